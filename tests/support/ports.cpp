#include "support/ports.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <fstream>
#include <random>
#include <system_error>
#include <utility>

namespace crawl::testing {
namespace {

constexpr int kAttempts = 1'000;

[[noreturn]] void fail(const std::string& address, std::uint16_t port) {
  throw std::system_error(errno, std::generic_category(),
                          address + " port " + std::to_string(port));
}

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

SocketAddress socket_address(const std::string& address, std::uint16_t port) {
  SocketAddress made;
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&made.storage);
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&made.storage);
  if (inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    made.size = sizeof *v4;
  } else if (inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    made.size = sizeof *v6;
  } else {
    errno = EINVAL;
    fail(address, port);
  }
  return made;
}

// One of the 12,000 below the range of connections' ports.
std::uint16_t any_port() {
  static const unsigned end = [] {
    constexpr unsigned kLinuxDefault = 32'768;
    unsigned first = kLinuxDefault;
    std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first;
    return first > 14'000 ? first : kLinuxDefault;
  }();
  static std::random_device random;
  return static_cast<std::uint16_t>(end - 1 - random() % 12'000);
}

// Not open if the port is another's.
UniqueFd bound(int type, const SocketAddress& address, bool reuse) {
  UniqueFd fd(socket(address.storage.ss_family, type | SOCK_CLOEXEC, 0));
  const int on = reuse ? 1 : 0;
  if (fd.get() < 0 ||
      setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
      bind(fd.get(), reinterpret_cast<const sockaddr*>(&address.storage),
           address.size) < 0) {
    return {};
  }
  return fd;
}

// What `open` makes of a port, of any that it takes if it is to be chosen.
template <typename Open>
BoundSocket at_port(const std::string& address, std::uint16_t port, Open open) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const std::uint16_t tried = port != 0 ? port : any_port();
    if (UniqueFd fd = open(socket_address(address, tried)); fd.get() >= 0) {
      return {std::move(fd), tried};
    }
    if (port != 0 || errno != EADDRINUSE) break;
  }
  fail(address, port);
}

}  // namespace

BoundSocket bind_socket(int type, const std::string& address,
                        std::uint16_t port) {
  return at_port(address, port, [type](const SocketAddress& tried) {
    return bound(type, tried, false);
  });
}

BoundSocket listen_on(const std::string& address, std::uint16_t port, int flags,
                      int backlog) {
  return at_port(address, port, [flags, backlog](const SocketAddress& tried) {
    UniqueFd fd = bound(SOCK_STREAM | flags, tried, true);
    if (fd.get() >= 0 && listen(fd.get(), backlog) < 0) return UniqueFd();
    return fd;
  });
}

std::uint16_t free_port() { return bind_socket(SOCK_STREAM).port; }

}  // namespace crawl::testing
