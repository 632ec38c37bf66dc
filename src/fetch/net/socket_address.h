#ifndef CRAWL_FETCH_NET_SOCKET_ADDRESS_H_
#define CRAWL_FETCH_NET_SOCKET_ADDRESS_H_

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crawl/base/ip_address.h"

namespace crawl {

// An address to connect to as the system takes it, but for the port. A value.
class SocketAddress {
 public:
  explicit SocketAddress(const in_addr& v4);
  explicit SocketAddress(const in6_addr& v6, std::uint32_t zone = 0);

  // "192.0.2.1", "2001:db8::1" or "[2001:db8::1]".
  static std::optional<SocketAddress> parse(std::string_view text);
  // Nothing for other families.
  static std::optional<SocketAddress> from(const sockaddr& address);

  bool is_v4() const { return address_.sin6_family == AF_INET; }
  IpAddress ip() const;
  std::string text() const;  // as curl's %{remote_ip}: no brackets, no zone

  // connect() to it.
  int connect(int fd, std::uint16_t port) const;

  friend bool operator==(const SocketAddress& a, const SocketAddress& b) {
    return a.ip() == b.ip() &&
           a.address_.sin6_scope_id == b.address_.sin6_scope_id;
  }

 private:
  in_addr v4() const;

  // An IPv4 one has its bytes where an IPv6 one begins.
  sockaddr_in6 address_{};
};

}  // namespace crawl

#endif  // CRAWL_FETCH_NET_SOCKET_ADDRESS_H_
