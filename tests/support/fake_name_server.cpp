#include "support/fake_name_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace crawl::testing {
namespace {

const std::string kHangUp = "hang up";  // no reply is so

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

void put16(std::string& out, std::size_t value) {
  out += static_cast<char>(value >> 8 & 0xff);
  out += static_cast<char>(value & 0xff);
}

std::string encoded(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const std::size_t dot = std::min(name.find('.'), name.size());
    out += static_cast<char>(dot);
    out += name.substr(0, dot);
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
  return out + '\0';
}

std::string record(std::string_view name, int type, std::uint32_t ttl,
                   std::string_view data) {
  std::string out = encoded(name);
  put16(out, static_cast<std::size_t>(type));
  put16(out, 1);
  put16(out, ttl >> 16);
  put16(out, ttl & 0xffff);
  put16(out, data.size());
  return out.append(data);
}

// "" if `text` is not of that type.
std::string address_bytes(const std::string& text, DnsType type) {
  std::array<char, 16> bytes;
  const bool v4 = type == DnsType::kA;
  if (inet_pton(v4 ? AF_INET : AF_INET6, text.c_str(), bytes.data()) != 1) {
    return "";
  }
  return {bytes.data(), v4 ? 4u : 16u};
}

bool read_all(int fd, char* into, std::size_t size) {
  while (size > 0) {
    const ssize_t count = read(fd, into, size);
    if (count <= 0) return false;
    into += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

FakeNameServer::FakeNameServer()
    : stop_(checked(eventfd(0, EFD_CLOEXEC), "eventfd")) {
  // The same port for both; another try where the second is taken.
  for (int tries = 0;; ++tries) {
    udp_ = bind_socket(SOCK_DGRAM);
    try {
      tcp_ = listen_on("127.0.0.1", udp_.port).socket;
      break;
    } catch (const std::system_error&) {
      if (tries == 20) throw;
    }
  }
  thread_ = std::thread([this] { serve(); });
}

FakeNameServer::~FakeNameServer() {
  const std::uint64_t one = 1;
  while (write(stop_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
  thread_.join();
}

std::string FakeNameServer::address() const {
  return "127.0.0.1:" + std::to_string(udp_.port);
}

void FakeNameServer::set(const std::string& name, DnsAnswer answer) {
  set(name, DnsType::kA, answer);
  set(name, DnsType::kAaaa, std::move(answer));
}

void FakeNameServer::set(const std::string& name, DnsType type,
                         DnsAnswer answer) {
  const std::lock_guard lock(mutex_);
  answers_[{name, type}] = std::move(answer);
}

void FakeNameServer::set_others(DnsAnswer answer) {
  const std::lock_guard lock(mutex_);
  others_ = std::move(answer);
}

std::vector<FakeNameServer::Question> FakeNameServer::questions() const {
  const std::lock_guard lock(mutex_);
  return questions_;
}

std::size_t FakeNameServer::asked(std::string_view name) const {
  return asked(name, DnsType::kA) + asked(name, DnsType::kAaaa);
}

std::size_t FakeNameServer::asked(std::string_view name, DnsType type) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(
      questions_.begin(), questions_.end(),
      [&](const auto& q) { return q.name == name && q.type == type; }));
}

void FakeNameServer::serve() {
  while (true) {
    std::array<pollfd, 3> ready{{{stop_.get(), POLLIN, 0},
                                 {udp_.socket.get(), POLLIN, 0},
                                 {tcp_.get(), POLLIN, 0}}};
    if (poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) return;
    if (ready[0].revents != 0) return;
    if (ready[1].revents != 0) serve_udp();
    if (ready[2].revents != 0) serve_tcp();
  }
}

void FakeNameServer::serve_udp() {
  std::array<char, 2048> query;
  sockaddr_in from{};
  socklen_t size = sizeof from;
  auto* address = reinterpret_cast<sockaddr*>(&from);
  const ssize_t count = recvfrom(udp_.socket.get(), query.data(), query.size(),
                                 0, address, &size);
  if (count < 0) return;
  const std::string reply =
      reply_to({query.data(), static_cast<std::size_t>(count)}, false);
  if (reply.empty()) return;
  if (reply == kHangUp) {
    sendto(udp_.socket.get(), nullptr, 0, 0, address, size);
    return;
  }
  sendto(udp_.socket.get(), reply.data(), reply.size(), 0, address, size);
}

// One question a connection; who sends none is given up soon.
void FakeNameServer::serve_tcp() {
  const UniqueFd peer(accept(tcp_.get(), nullptr, nullptr));
  if (peer.get() < 0) return;
  const timeval limit{5, 0};
  setsockopt(peer.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  std::array<char, 2> length;
  if (!read_all(peer.get(), length.data(), 2)) return;
  std::string query(static_cast<unsigned char>(length[0]) * 256u +
                        static_cast<unsigned char>(length[1]),
                    '\0');
  if (!read_all(peer.get(), query.data(), query.size())) return;
  const std::string reply = reply_to(query, true);
  if (reply == kHangUp) return;
  std::string whole;
  put16(whole, reply.size());
  whole += reply;
  send(peer.get(), whole.data(), whole.size(), MSG_NOSIGNAL);
}

std::string FakeNameServer::reply_to(std::string_view query, bool tcp) {
  if (query.size() < 12) return "";
  std::string name;
  std::size_t at = 12;
  while (at < query.size() && query[at] != 0) {
    const auto length = static_cast<unsigned char>(query[at]);
    if (!name.empty()) name += '.';
    name += query.substr(at + 1, length);
    at += length + 1u;
  }
  if (at + 5 > query.size()) return "";
  const auto type =
      static_cast<DnsType>(static_cast<unsigned char>(query[at + 1]) * 256 +
                           static_cast<unsigned char>(query[at + 2]));
  DnsAnswer answer;
  {
    const std::lock_guard lock(mutex_);
    questions_.push_back({name, type, tcp});
    const auto found = answers_.find({name, type});
    answer = found == answers_.end() ? others_ : found->second;
  }
  if (answer.silent) return "";
  if (answer.hangs_up && (tcp || !answer.truncated)) return kHangUp;

  std::string id(query.substr(0, 2));
  if (answer.wrong_id) id[0] = static_cast<char>(id[0] ^ 0x55);
  if (!answer.garbage.empty()) return id + answer.garbage;

  const bool truncated = answer.truncated && !tcp;
  std::string records;
  std::size_t count = 0;
  std::string owner = name;
  if (!truncated) {
    for (const std::string& alias : answer.aliases) {
      records += record(owner, 5, answer.ttl, encoded(alias));
      owner = alias;
      ++count;
    }
    for (const std::string& text : answer.addresses) {
      const std::string bytes = address_bytes(text, type);
      if (bytes.empty()) continue;
      records += record(owner, static_cast<int>(type), answer.ttl, bytes);
      ++count;
    }
  }
  std::string reply = id;
  put16(reply, 0x8180u | (truncated ? 0x0200u : 0u) |
                   static_cast<unsigned>(answer.rcode));
  put16(reply, 1);
  put16(reply, count);
  put16(reply, 0);
  put16(reply, 0);
  if (answer.wrong_question) {
    reply += encoded("another.test");
    reply += query.substr(at + 1, 4);
  } else {
    reply += query.substr(12, at + 5 - 12);
  }
  return reply + records;
}

}  // namespace crawl::testing
