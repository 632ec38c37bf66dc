#include "fetch/curl/curl_user.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <optional>

#include "crawl/base/ip_address.h"
#include "fetch/exchange.h"

namespace crawl {
namespace {

std::optional<IpAddress> to_ip(const curl_sockaddr& address) {
  if (address.family == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, &address.addr, sizeof in);
    IpAddress::V4Bytes bytes;
    std::memcpy(bytes.data(), &in.sin_addr, bytes.size());
    return IpAddress(bytes);
  }
  if (address.family == AF_INET6 && address.addrlen >= sizeof(sockaddr_in6)) {
    // libcurl lays the whole address out from `addr` on.
    sockaddr_in6 in;
    std::memcpy(&in, reinterpret_cast<const char*>(&address.addr), sizeof in);
    IpAddress::V6Bytes bytes;
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
    return IpAddress(bytes);
  }
  return std::nullopt;
}

}  // namespace

curl_socket_t open_socket(LoopContext& context, Exchange& exchange,
                          const curl_sockaddr& address) noexcept {
  int fd = -1;
  try {
    exchange.past_lookup();
    if (!context.setup.has_proxy()) {
      const auto ip = to_ip(address);
      const bool judged =
          ip ? exchange.may_reach(*ip) : exchange.request().allow_private;
      if (!judged) {
        exchange.refused_address();
        return CURL_SOCKET_BAD;
      }
    }
    fd = ::socket(address.family, address.socktype | SOCK_CLOEXEC,
                  address.protocol);
    if (fd < 0) return CURL_SOCKET_BAD;
    context.sockets.opened(fd);
    exchange.opened_socket();
    return fd;
  } catch (...) {
    if (fd >= 0) ::close(fd);
    return CURL_SOCKET_BAD;
  }
}

int close_socket(LoopContext& context, curl_socket_t fd) noexcept {
  context.sockets.closing(fd);
  return ::close(fd);
}

}  // namespace crawl
