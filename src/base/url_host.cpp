#include "base/url_host.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <iterator>
#include <optional>

#include "base/idna.h"
#include "base/url_chars.h"
#include "crawl/base/utf8.h"

namespace crawl::url {
namespace {

using Ipv6Pieces = std::array<std::uint16_t, 8>;

// "IPv4 number parser" (section 3.5). Values past 32 bits come out as more
// than 32 bits, never wrapped.
std::optional<std::uint64_t> parse_ipv4_number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  unsigned radix = 10;
  if (text.size() >= 2 && text[0] == '0' && (text[1] | 0x20) == 'x') {
    text.remove_prefix(2);
    radix = 16;
  } else if (text.size() >= 2 && text[0] == '0') {
    text.remove_prefix(1);
    radix = 8;
  }
  constexpr std::uint64_t kTooBig = std::uint64_t{1} << 33;
  std::uint64_t value = 0;
  for (const char c : text) {
    // The -1 of what is no digit is more than any radix.
    const auto digit = static_cast<unsigned>(hex_digit_value(c));
    if (digit >= radix) return std::nullopt;
    if (value < kTooBig) value = value * radix + digit;
  }
  return value;
}

// "IPv4 parser" (section 3.5).
std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  std::uint64_t address = 0;
  for (unsigned parts = 1;; ++parts) {
    if (parts > 4) return std::nullopt;
    const std::size_t dot = text.find('.');
    const auto number = parse_ipv4_number(text.substr(0, dot));
    if (!number) return std::nullopt;
    if (dot == std::string_view::npos) {
      // The last number fills the octets that are left.
      const unsigned bits = 8 * (5 - parts);
      if (*number >> bits != 0) return std::nullopt;
      return static_cast<std::uint32_t>((address << bits) | *number);
    }
    if (*number > 255) return std::nullopt;
    address = (address << 8) | *number;
    text.remove_prefix(dot + 1);
  }
}

void append_ipv4(std::string& out, std::uint32_t address) {
  fmt::format_to(std::back_inserter(out), "{}.{}.{}.{}", address >> 24,
                 (address >> 16) & 255, (address >> 8) & 255, address & 255);
}

// The dotted tail of an IPv6 address ("IPv6 parser", step 6.5): exactly four
// decimal numbers without leading zeros, to the end of `text`.
std::optional<std::uint32_t> parse_ipv4_tail(std::string_view text) {
  std::uint32_t address = 0;
  std::size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (at >= text.size() || text[at] != '.') return std::nullopt;
      ++at;
    }
    if (at >= text.size() || !is_ascii_digit(text[at])) return std::nullopt;
    unsigned value = 0;
    const std::size_t begin = at;
    for (; at < text.size() && is_ascii_digit(text[at]); ++at) {
      if (at > begin && value == 0) return std::nullopt;
      value = value * 10 + static_cast<unsigned>(text[at] - '0');
      if (value > 255) return std::nullopt;
    }
    address = (address << 8) | value;
  }
  if (at != text.size()) return std::nullopt;
  return address;
}

// "IPv6 parser" (section 3.5).
std::optional<Ipv6Pieces> parse_ipv6(std::string_view text) {
  Ipv6Pieces pieces{};
  std::size_t count = 0;
  std::optional<std::size_t> compress;
  std::size_t at = 0;
  if (text.starts_with(':')) {
    if (!text.starts_with("::")) return std::nullopt;
    at = 2;
    compress = count = 1;
  }
  while (at < text.size()) {
    if (count == 8) return std::nullopt;
    if (text[at] == ':') {
      if (compress) return std::nullopt;
      ++at;
      compress = ++count;
      continue;
    }
    unsigned value = 0;
    const std::size_t begin = at;
    for (; at < text.size() && at - begin < 4; ++at) {
      const int digit = hex_digit_value(text[at]);
      if (digit < 0) break;
      value = value * 16 + static_cast<unsigned>(digit);
    }
    if (at < text.size() && text[at] == '.') {
      if (at == begin || count > 6) return std::nullopt;
      const auto tail = parse_ipv4_tail(text.substr(begin));
      if (!tail) return std::nullopt;
      pieces.at(count++) = static_cast<std::uint16_t>(*tail >> 16);
      pieces.at(count++) = static_cast<std::uint16_t>(*tail & 0xFFFF);
      break;
    }
    if (at < text.size()) {
      if (text[at] != ':') return std::nullopt;
      ++at;
      if (at == text.size()) return std::nullopt;
    }
    pieces.at(count++) = static_cast<std::uint16_t>(value);
  }
  if (!compress) {
    if (count != 8) return std::nullopt;
    return pieces;
  }
  // What follows the "::" (a piece by itself) moves to the end.
  Ipv6Pieces expanded{};
  for (std::size_t i = 0; i < *compress; ++i) expanded.at(i) = pieces.at(i);
  for (std::size_t i = *compress; i < count; ++i)
    expanded.at(8 - count + i) = pieces.at(i);
  return expanded;
}

// "IPv6 serializer" (section 3.6): the first longest run of two or more zero
// pieces becomes "::".
void append_ipv6(std::string& out, const Ipv6Pieces& pieces) {
  std::size_t best = 8;
  std::size_t best_length = 1;
  for (std::size_t i = 0; i < 8;) {
    std::size_t end = i;
    while (end < 8 && pieces.at(end) == 0) ++end;
    if (end - i > best_length) {
      best = i;
      best_length = end - i;
    }
    i = end + 1;
  }
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == best) {
      out.append(i == 0 ? "::" : ":");
      i += best_length - 1;
      continue;
    }
    fmt::format_to(std::back_inserter(out), "{:x}", pieces.at(i));
    if (i != 7) out.push_back(':');
  }
}

// "Opaque-host parser" (section 3.5).
bool append_opaque_host(std::string& out, std::string_view input) {
  if ((roles_of_all(input) & kForbiddenHost) != 0) return false;
  append_encoded(out, input, kC0Set);
  return true;
}

// Steps of the host parser from the domain in ASCII on. `domain` may be the
// end of `out` itself, from `begin`.
bool finish_domain(std::string& out, std::size_t begin) {
  const std::string_view domain = std::string_view(out).substr(begin);
  if (domain.empty()) return false;
  if (!ends_in_number(domain)) return true;
  const auto address = parse_ipv4(domain);
  if (!address) return false;
  out.resize(begin);
  append_ipv4(out, *address);
  return true;
}

}  // namespace

bool ends_in_number(std::string_view domain) {
  if (domain.ends_with('.')) domain.remove_suffix(1);
  std::size_t last = domain.size();
  while (last > 0 && domain[last - 1] != '.') --last;
  domain.remove_prefix(last);
  if (domain.empty() || !is_ascii_digit(domain[0])) return false;
  return domain.find_first_not_of("0123456789") == std::string_view::npos ||
         (domain.starts_with("0x") &&
          domain.find_first_not_of("0123456789abcdef", 2) ==
              std::string_view::npos);
}

bool append_host(std::string& out, std::string_view input, bool special) {
  if (input.starts_with('[')) {
    if (!input.ends_with(']') || input.size() < 2) return false;
    const auto pieces = parse_ipv6(input.substr(1, input.size() - 2));
    if (!pieces) return false;
    out.push_back('[');
    append_ipv6(out, *pieces);
    out.push_back(']');
    return true;
  }
  if (!special) return append_opaque_host(out, input);

  const std::size_t begin = out.size();
  const std::uint8_t roles = roles_of_all(input);
  if ((roles & kHostSlow) != 0) {
    const std::string domain = percent_decode(input);
    if (!is_valid_utf8(domain)) return false;
    const auto ascii = domain_to_ascii(domain);
    if (!ascii || (roles_of_all(*ascii) & kForbiddenDomain) != 0) return false;
    out.append(*ascii);
    return finish_domain(out, begin);
  }
  if ((roles & kForbiddenDomain) != 0) return false;
  return append_plain_domain(out, input);
}

bool append_plain_domain(std::string& out, std::string_view input) {
  const std::size_t begin = out.size();
  out.append(input);
  for (char* p = out.data() + begin; p != out.data() + out.size(); ++p)
    *p = to_lower(*p);
  return finish_domain(out, begin);
}

}  // namespace crawl::url
