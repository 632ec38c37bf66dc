#include "fetch/net/socket_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace crawl {

SocketAddress::SocketAddress(const in_addr& v4) {
  address_.sin6_family = AF_INET;
  std::memcpy(&address_.sin6_addr, &v4, sizeof v4);
}

SocketAddress::SocketAddress(const in6_addr& v6, std::uint32_t zone) {
  address_.sin6_family = AF_INET6;
  address_.sin6_addr = v6;
  address_.sin6_scope_id = zone;
}

std::optional<SocketAddress> SocketAddress::parse(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
    if (text.find(':') == text.npos) return std::nullopt;
  }
  std::array<char, INET6_ADDRSTRLEN> copy;
  if (text.size() >= copy.size()) return std::nullopt;
  *std::copy(text.begin(), text.end(), copy.begin()) = '\0';
  if (in_addr v4; ::inet_pton(AF_INET, copy.data(), &v4) == 1) {
    return SocketAddress(v4);
  }
  if (in6_addr v6; ::inet_pton(AF_INET6, copy.data(), &v6) == 1) {
    return SocketAddress(v6);
  }
  return std::nullopt;
}

std::optional<SocketAddress> SocketAddress::from(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, &address, sizeof in);
    return SocketAddress(in.sin_addr);
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 in;
    std::memcpy(&in, &address, sizeof in);
    return SocketAddress(in.sin6_addr, in.sin6_scope_id);
  }
  return std::nullopt;
}

in_addr SocketAddress::v4() const {
  in_addr v4;
  std::memcpy(&v4, &address_.sin6_addr, sizeof v4);
  return v4;
}

IpAddress SocketAddress::ip() const {
  if (is_v4()) {
    IpAddress::V4Bytes bytes;
    std::memcpy(bytes.data(), &address_.sin6_addr, bytes.size());
    return IpAddress(bytes);
  }
  IpAddress::V6Bytes bytes;
  std::memcpy(bytes.data(), &address_.sin6_addr, bytes.size());
  return IpAddress(bytes);
}

std::string SocketAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(address_.sin6_family, &address_.sin6_addr, text.data(),
              text.size());
  return text.data();
}

int SocketAddress::connect(int fd, std::uint16_t port) const {
  if (is_v4()) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    in.sin_addr = v4();
    return ::connect(fd, reinterpret_cast<const sockaddr*>(&in), sizeof in);
  }
  sockaddr_in6 in = address_;
  in.sin6_port = htons(port);
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&in), sizeof in);
}

}  // namespace crawl
