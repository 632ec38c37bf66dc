#ifndef CRAWL_FETCH_HTTP_HEADER_VALUES_H_
#define CRAWL_FETCH_HTTP_HEADER_VALUES_H_

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

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_HEADER_VALUES_H_
