#ifndef CRAWL_FETCH_HTTP_HEADER_VALUES_H_
#define CRAWL_FETCH_HTTP_HEADER_VALUES_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "base/ascii.h"

namespace crawl {

// Without white space, line ends included, around it.
inline std::string_view trim_field(std::string_view text) {
  const auto is_blank = [](char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Whether it is a status code: three digits, the first of them not 0 (RFC 9112
// section 4; what is beyond 599 is left to whoever reads it).
inline bool is_status_code(std::string_view text) {
  return text.size() == 3 && text[0] != '0' &&
         std::all_of(text.begin(), text.end(), is_ascii_digit);
}

// Whether a header line goes on with the one before (RFC 9112 section 5.2).
inline bool is_folded(std::string_view line) {
  return line.starts_with(' ') || line.starts_with('\t');
}

// Calls `use` with each member of a comma-separated list that is not empty
// (RFC 9110 section 5.6.1), until it returns false. False if it did.
template <class Use>
bool for_each_member(std::string_view list, Use use) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    const std::string_view member = trim_field(list.substr(0, comma));
    if (!member.empty() && !use(member)) return false;
    if (comma == list.npos) break;
    list.remove_prefix(comma + 1);
  }
  return true;
}

// Whether a list of names, as in Connection, has this one.
inline bool has_member(std::string_view list, std::string_view name) {
  return !for_each_member(list, [name](std::string_view member) {
    return !equals_ignoring_case(member, name);
  });
}

// A Content-Length; nothing if it is no number. The same number repeated is
// that number (RFC 9110 section 8.6); what no 63 bits hold is the largest one,
// since nobody will send as much.
inline std::optional<std::uint64_t> read_content_length(
    std::string_view value) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::optional<std::uint64_t> found;
  const bool good = for_each_member(value, [&](std::string_view digits) {
    if (!std::all_of(digits.begin(), digits.end(), is_ascii_digit)) {
      return false;
    }
    std::uint64_t length = 0;
    for (const char c : digits) {
      const auto digit = static_cast<std::uint64_t>(c - '0');
      length = length > (kMost - digit) / 10 ? kMost : length * 10 + digit;
    }
    if (found && length != *found) return false;
    found = length;
    return true;
  });
  return good ? found : std::nullopt;
}

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_HEADER_VALUES_H_
