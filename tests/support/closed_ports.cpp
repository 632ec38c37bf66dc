#include "support/closed_ports.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace crawl::testing {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

UniqueFd tcp_socket(int flags) {
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
  if (fd.get() < 0) fail("socket");
  return fd;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::uint16_t bind_anywhere(const UniqueFd& fd) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd.get(), generic, size) < 0 ||
      getsockname(fd.get(), generic, &size) < 0) {
    fail("bind");
  }
  return ntohs(address.sin_port);
}

std::string url_of(std::uint16_t port, const std::string& path) {
  return "http://127.0.0.1:" + std::to_string(port) + path;
}

}  // namespace

RefusingPort::RefusingPort()
    : socket_(tcp_socket(0)), port_(bind_anywhere(socket_)) {}

std::string RefusingPort::url(const std::string& path) const {
  return url_of(port_, path);
}

SilentPort::SilentPort()
    : socket_(tcp_socket(0)), port_(bind_anywhere(socket_)) {
  if (listen(socket_.get(), 0) < 0) fail("listen");
  // A backlog of 0 holds one; the rest of these are themselves left waiting.
  const sockaddr_in address = loopback(port_);
  for (int i = 0; i < 4; ++i) {
    waiting_.push_back(tcp_socket(SOCK_NONBLOCK));
    if (connect(waiting_.back().get(),
                reinterpret_cast<const sockaddr*>(&address),
                sizeof address) < 0 &&
        errno != EINPROGRESS) {
      fail("connect");
    }
  }
}

std::string SilentPort::url(const std::string& path) const {
  return url_of(port_, path);
}

}  // namespace crawl::testing
