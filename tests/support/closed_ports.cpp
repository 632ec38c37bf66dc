#include "support/closed_ports.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace crawl::testing {
namespace {

std::string url_of(std::uint16_t port, const std::string& path) {
  return "http://127.0.0.1:" + std::to_string(port) + path;
}

}  // namespace

RefusingPort::RefusingPort() : bound_(bind_socket(SOCK_STREAM)) {}

std::string RefusingPort::url(const std::string& path) const {
  return url_of(bound_.port, path);
}

SilentPort::SilentPort() : listener_(listen_on("127.0.0.1", 0, 0, 0)) {
  // A backlog of 0 holds one; the rest of these are themselves left waiting.
  sockaddr_in address{};
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  getsockname(listener_.socket.get(), generic, &size);
  for (int i = 0; i < 4; ++i) {
    waiting_.emplace_back(
        socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (connect(waiting_.back().get(), generic, size) < 0 &&
        errno != EINPROGRESS) {
      throw std::system_error(errno, std::generic_category(), "connect");
    }
  }
}

std::string SilentPort::url(const std::string& path) const {
  return url_of(listener_.port, path);
}

}  // namespace crawl::testing
