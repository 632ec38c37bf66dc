#include "fetch/net/ares_channel.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace crawl {
namespace {

void check(int status, const char* what) {
  if (status != ARES_SUCCESS) {
    throw std::runtime_error(
        fmt::format("c-ares: {}: {}", what, ares_strerror(status)));
  }
}

// c-ares's own would raise SIGPIPE where a name server closes a TCP connection.
const ares_socket_functions kSocketFunctions = {
    .asocket = [](int family, int type, int protocol, void*) -> ares_socket_t {
      return ::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
    },
    .aclose = [](ares_socket_t fd, void*) { return ::close(fd); },
    .aconnect = [](ares_socket_t fd, const sockaddr* to, ares_socklen_t size,
                   void*) { return ::connect(fd, to, size); },
    .arecvfrom = [](ares_socket_t fd, void* into, std::size_t size, int flags,
                    sockaddr* from, ares_socklen_t* from_size,
                    void*) -> ares_ssize_t {
      return ::recvfrom(fd, into, size, flags, from, from_size);
    },
    .asendv = [](ares_socket_t fd, const iovec* parts, int count,
                 void*) -> ares_ssize_t {
      msghdr message{};
      message.msg_iov = const_cast<iovec*>(parts);
      message.msg_iovlen = static_cast<std::size_t>(count);
      return ::sendmsg(fd, &message, MSG_NOSIGNAL);
    },
};

}  // namespace

AresChannel::AresChannel(const NetSources& sources, SocketSet& sockets,
                         std::size_t first)
    : sockets_(sockets) {
  ares_options options{};
  int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
             ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB;
  // Without it the sockets would be opened anew whenever nothing is in
  // flight.
  options.flags = ARES_FLAG_STAYOPEN;
  options.timeout = static_cast<int>(sources.patience.count());
  options.tries = sources.rounds;
  std::string lookups = "b";
  options.lookups = lookups.data();
  options.sock_state_cb = &AresChannel::on_socket;
  options.sock_state_cb_data = this;
  std::string resolv_conf = sources.resolv_conf;
  if (!resolv_conf.empty()) {
    options.resolvconf_path = resolv_conf.data();
    mask |= ARES_OPT_RESOLVCONF;
  }
  ares_channel made = nullptr;
  check(ares_init_options(&made, &options, mask), "set-up");
  channel_.reset(made);
  ares_set_socket_functions(made, &kSocketFunctions, nullptr);
  if (!sources.servers.empty()) {
    check(ares_set_servers_ports_csv(made, sources.servers.c_str()),
          "name servers");
  }
  begin_with(first);
  ares_options read{};
  int ignored = 0;
  check(ares_save_options(made, &read, &ignored), "set-up");
  search_.assign(read.domains, read.domains + read.ndomains);
  ndots_ = read.ndots;
  ares_destroy_options(&read);
}

AresChannel::~AresChannel() = default;

void AresChannel::begin_with(std::size_t first) {
  ares_addr_port_node* list = nullptr;
  check(ares_get_servers_ports(get(), &list), "name servers");
  const std::unique_ptr<ares_addr_port_node, void (*)(void*)> owned(
      list, &ares_free_data);
  std::vector<ares_addr_port_node> servers;
  for (; list != nullptr; list = list->next) servers.push_back(*list);
  servers_ = servers.size();
  if (servers_ == 0 || first % servers_ == 0) return;
  std::rotate(servers.begin(),
              servers.begin() + static_cast<std::ptrdiff_t>(first % servers_),
              servers.end());
  for (std::size_t i = 0; i < servers_; ++i) {
    servers[i].next = i + 1 < servers_ ? &servers[i + 1] : nullptr;
  }
  check(ares_set_servers_ports(get(), servers.data()), "name servers");
}

void AresChannel::check_time() {
  ares_process_fd(get(), ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

void AresChannel::ready(int fd, bool readable, bool writable) {
  ares_process_fd(get(), readable ? fd : ARES_SOCKET_BAD,
                  writable ? fd : ARES_SOCKET_BAD);
}

void AresChannel::on_socket(void* self, ares_socket_t fd, int readable,
                            int writable) noexcept {
  auto& channel = *static_cast<AresChannel*>(self);
  auto& open = channel.open_;
  const auto found = std::find(open.begin(), open.end(), fd);
  try {
    if (readable == 0 && writable == 0) {
      if (found == open.end()) return;
      open.erase(found);
      channel.sockets_.closing(fd);
      return;
    }
    if (found == open.end()) {
      open.push_back(fd);
      channel.sockets_.opened(fd, &channel);
    }
    channel.sockets_.watch(fd, readable != 0, writable != 0);
  } catch (...) {
    // Memory has run out: the question ends by its time limit.
  }
}

}  // namespace crawl
