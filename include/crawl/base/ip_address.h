#ifndef CRAWL_BASE_IP_ADDRESS_H_
#define CRAWL_BASE_IP_ADDRESS_H_

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crawl {

// Where an address can be reached, by IANA's special-purpose registries
// (RFC 6890 and its updates).
enum class AddressKind : std::uint8_t {
  kPublic,
  kUnspecified,  // 0.0.0.0/8, ::
  kLoopback,     // 127.0.0.0/8, ::1
  kPrivate,      // RFC 1918, unique local fc00::/7, site-local, local NAT64
  kLinkLocal,    // 169.254.0.0/16, fe80::/10
  kShared,       // carrier-grade NAT, 100.64.0.0/10
  kMulticast,    // and 255.255.255.255
  kReserved,     // documentation, benchmarking, discard, future use
};
std::string_view to_string(AddressKind kind);  // "link-local"

// An IPv4 or IPv6 address, without port or zone.
//
// A value. An IPv6 address that stands for an IPv4 one (mapped, compatible,
// NAT64, 6to4) is of the kind of the IPv4 address inside: what counts is the
// machine that a connection to it would reach.
class IpAddress {
 public:
  using V4Bytes = std::array<std::uint8_t, 4>;
  using V6Bytes = std::array<std::uint8_t, 16>;

  // Network byte order.
  explicit IpAddress(const V4Bytes& bytes);
  explicit IpAddress(const V6Bytes& bytes) : bytes_(bytes), is_v4_(false) {}

  // "192.0.2.1" (four decimal parts, nothing else), "2001:db8::1" or
  // "[2001:db8::1]"; nothing for anything else, a host name included.
  static std::optional<IpAddress> parse(std::string_view text);

  bool is_v4() const { return is_v4_; }
  // Network byte order; IPv4 in the first four, the rest 0.
  const V6Bytes& bytes() const { return bytes_; }
  AddressKind kind() const;
  bool is_public() const { return kind() == AddressKind::kPublic; }

  std::string to_string() const;  // RFC 5952, no brackets

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  V6Bytes bytes_{};  // IPv4 in the first four, the rest 0
  bool is_v4_;
};

// Can be told private without asking DNS: "localhost", names below it, and
// addresses that are not public. `hostname` as Url::hostname() gives it.
bool is_private_host(std::string_view hostname);

}  // namespace crawl

#endif  // CRAWL_BASE_IP_ADDRESS_H_
