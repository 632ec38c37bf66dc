#include "parse/html/huge_numbers.h"

#include <algorithm>
#include <cstddef>

namespace crawl {
namespace {

// What an int holds whatever they are.
constexpr std::size_t kMostDigits = 9;
constexpr std::size_t kMostHexDigits = 7;

constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
constexpr std::string_view kDigits = kHexDigits.substr(0, 10);

}  // namespace

std::optional<std::string> without_huge_numbers(std::string_view html) {
  std::optional<std::string> out;
  for (std::size_t at = 0; (at = html.find("&#", at)) != html.npos;) {
    at += 2;
    const bool hex = at < html.size() && (html[at] == 'x' || html[at] == 'X');
    if (hex) ++at;
    const std::size_t end = std::min(
        html.find_first_not_of(hex ? kHexDigits : kDigits, at), html.size());
    const std::size_t first = std::min(html.find_first_not_of('0', at), end);
    if (end - first > (hex ? kMostHexDigits : kMostDigits)) {
      if (!out) out.emplace(html);
      const std::string_view instead = hex ? "FFFD" : "65533";
      out->replace(at, end - at, end - at, '0');
      out->replace(end - instead.size(), instead.size(), instead);
    }
    at = end;
  }
  return out;
}

}  // namespace crawl
