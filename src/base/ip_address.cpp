#include "crawl/base/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <span>

namespace crawl {
namespace {

using Bytes = std::span<const std::uint8_t>;

// Whether the first `bits` bits of `bytes` are those of `prefix`.
bool begins(Bytes bytes, std::initializer_list<std::uint8_t> prefix,
            unsigned bits) {
  std::size_t i = 0;
  for (const std::uint8_t byte : prefix) {
    if (bits == 0) return true;
    const unsigned used = std::min(bits, 8u);
    const auto mask = static_cast<std::uint8_t>(0xff00u >> used);
    if ((bytes[i] & mask) != (byte & mask)) return false;
    bits -= used;
    ++i;
  }
  // A prefix longer than its list goes on with zeros.
  for (; bits > 0; bits -= 8, ++i) {
    if (bytes[i] != 0) return false;
    if (bits < 8) break;
  }
  return true;
}

AddressKind v4_kind(Bytes b) {
  if (begins(b, {0}, 8)) return AddressKind::kUnspecified;
  if (begins(b, {127}, 8)) return AddressKind::kLoopback;
  if (begins(b, {10}, 8) || begins(b, {172, 16}, 12) ||
      begins(b, {192, 168}, 16)) {
    return AddressKind::kPrivate;
  }
  if (begins(b, {169, 254}, 16)) return AddressKind::kLinkLocal;
  if (begins(b, {100, 64}, 10)) return AddressKind::kShared;
  if (begins(b, {224}, 4) || begins(b, {255, 255, 255, 255}, 32)) {
    return AddressKind::kMulticast;
  }
  if (begins(b, {192, 0, 0}, 24) || begins(b, {192, 0, 2}, 24) ||
      begins(b, {192, 88, 99}, 24) || begins(b, {198, 18}, 15) ||
      begins(b, {198, 51, 100}, 24) || begins(b, {203, 0, 113}, 24) ||
      begins(b, {240}, 4)) {
    return AddressKind::kReserved;
  }
  return AddressKind::kPublic;
}

AddressKind v6_kind(Bytes b) {
  if (begins(b, {}, 128)) return AddressKind::kUnspecified;
  if (begins(b, {}, 120) && b[15] == 1) return AddressKind::kLoopback;
  if (begins(b, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96) ||
      begins(b, {}, 96) || begins(b, {0, 0x64, 0xff, 0x9b}, 96)) {
    return v4_kind(b.subspan(12, 4));
  }
  if (begins(b, {0x20, 0x02}, 16)) return v4_kind(b.subspan(2, 4));
  if (begins(b, {0xfc}, 7) || begins(b, {0xfe, 0xc0}, 10) ||
      begins(b, {0, 0x64, 0xff, 0x9b, 0, 1}, 48)) {
    return AddressKind::kPrivate;
  }
  if (begins(b, {0xfe, 0x80}, 10)) return AddressKind::kLinkLocal;
  if (begins(b, {0xff}, 8)) return AddressKind::kMulticast;
  // Everything outside 2000::/3 is unassigned; of what is inside, the protocol
  // assignments (Teredo among them) and both documentation blocks.
  if (!begins(b, {0x20}, 3) || begins(b, {0x20, 0x01, 0, 0}, 23) ||
      begins(b, {0x20, 0x01, 0x0d, 0xb8}, 32) ||
      begins(b, {0x3f, 0xff, 0}, 20)) {
    return AddressKind::kReserved;
  }
  return AddressKind::kPublic;
}

}  // namespace

std::string_view to_string(AddressKind kind) {
  switch (kind) {
    case AddressKind::kPublic:
      return "public";
    case AddressKind::kUnspecified:
      return "unspecified";
    case AddressKind::kLoopback:
      return "loopback";
    case AddressKind::kPrivate:
      return "private";
    case AddressKind::kLinkLocal:
      return "link-local";
    case AddressKind::kShared:
      return "shared";
    case AddressKind::kMulticast:
      return "multicast";
    case AddressKind::kReserved:
      return "reserved";
  }
  return "reserved";
}

IpAddress::IpAddress(const V4Bytes& bytes) : is_v4_(true) {
  std::copy(bytes.begin(), bytes.end(), bytes_.begin());
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
    if (text.find(':') == text.npos) return std::nullopt;
  }
  char buffer[INET6_ADDRSTRLEN];  // inet_pton wants its end marked
  if (text.size() >= sizeof buffer || text.find('\0') != text.npos) {
    return std::nullopt;
  }
  std::memcpy(buffer, text.data(), text.size());
  buffer[text.size()] = '\0';
  V4Bytes v4;
  if (inet_pton(AF_INET, buffer, v4.data()) == 1) return IpAddress(v4);
  V6Bytes v6;
  if (inet_pton(AF_INET6, buffer, v6.data()) == 1) return IpAddress(v6);
  return std::nullopt;
}

AddressKind IpAddress::kind() const {
  return is_v4_ ? v4_kind(bytes_) : v6_kind(bytes_);
}

std::string IpAddress::to_string() const {
  char buffer[INET6_ADDRSTRLEN];
  inet_ntop(is_v4_ ? AF_INET : AF_INET6, bytes_.data(), buffer, sizeof buffer);
  return buffer;
}

bool is_private_host(std::string_view hostname) {
  if (hostname == "localhost" || hostname.ends_with(".localhost")) return true;
  const std::optional<IpAddress> address = IpAddress::parse(hostname);
  return address && !address->is_public();
}

}  // namespace crawl
