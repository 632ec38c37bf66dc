#include "archive/arc_line.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <vector>

#include "base/ascii.h"

namespace crawl {

std::optional<std::uint64_t> record_length(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  // More than a file can have would overflow what it is added to.
  constexpr std::uint64_t kMost = std::uint64_t{1} << 60U;
  if (error != std::errc() || end != text.data() + text.size() ||
      value > kMost) {
    return std::nullopt;
  }
  return value;
}

std::optional<ArcLine> read_arc_line(std::string_view line) {
  for (const std::size_t behind_url : {4U, 9U}) {
    std::vector<std::string_view> fields;
    std::string_view rest = trim(line, " \t\r");
    while (fields.size() < behind_url) {
      const std::size_t space = rest.rfind(' ');
      if (space == std::string_view::npos) return std::nullopt;
      fields.push_back(rest.substr(space + 1));
      rest = rest.substr(0, space);
    }
    std::reverse(fields.begin(), fields.end());
    const std::string_view date = fields[1];
    const auto length = record_length(fields.back());
    if (length && (date.size() == 14 || date.size() == 12) &&
        std::all_of(date.begin(), date.end(), is_ascii_digit) &&
        rest.find(':') != std::string_view::npos) {
      return ArcLine{rest, fields[0], date, fields[2], *length};
    }
  }
  return std::nullopt;
}

}  // namespace crawl
