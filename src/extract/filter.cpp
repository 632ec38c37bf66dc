#include "extract/filter.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/ascii.h"
#include "crawl/base/utf8.h"
#include "parse/html/link_resolver.h"

namespace crawl {
namespace {

constexpr std::array<std::pair<std::string_view, Filter>, 6> kFilters = {
    {{"string", Filter::kString},
     {"strip", Filter::kStrip},
     {"normalize", Filter::kNormalize},
     {"nonempty", Filter::kNonempty},
     {"first", Filter::kFirst},
     {"url", Filter::kUrl}}};

constexpr std::string_view kBlanks = " \t\n\r\f";

// What Python's str.strip() and split() take for white space: Unicode's.
bool is_white_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 ||
         c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

// `text` (valid UTF-8) without white space at its ends; with `within`, a run of
// it in between becomes a space.
std::string without_white_space(std::string_view text, bool within) {
  std::string out;
  std::size_t end = 0;  // of what is known to be kept
  bool space = false;
  while (!text.empty()) {
    const Utf8Sequence next = first_utf8_sequence(text);
    if (is_white_space(next.code_point)) {
      space = true;
      if (!within && !out.empty()) out += text.substr(0, next.size);
    } else {
      if (within && space && !out.empty()) out.push_back(' ');
      space = false;
      out += text.substr(0, next.size);
      end = out.size();
    }
    text.remove_prefix(next.size);
  }
  out.resize(end);
  return out;
}

}  // namespace

std::vector<Filter> take_filters(std::string_view& selector) {
  std::vector<Filter> filters;
  for (;;) {
    const std::size_t bar = selector.rfind('|');
    if (bar == selector.npos) break;
    const std::string_view word = trim(selector.substr(bar + 1), kBlanks);
    const auto* const found =
        std::find_if(kFilters.begin(), kFilters.end(),
                     [&](const auto& filter) { return filter.first == word; });
    if (found == kFilters.end()) break;
    filters.insert(filters.begin(), found->second);
    selector = selector.substr(0, bar);
  }
  return filters;
}

std::string normalized(std::string_view text) {
  return without_white_space(text, true);
}

std::size_t values_needed(const std::vector<Filter>& filters) {
  for (const Filter filter : filters) {
    if (filter == Filter::kFirst) return 1;
    if (filter == Filter::kNonempty || filter == Filter::kUrl) break;
  }
  return std::numeric_limits<std::size_t>::max();
}

void apply_filter(Filter filter, LinkResolver& resolver,
                  std::vector<std::string>& values) {
  switch (filter) {
    case Filter::kString:
      break;
    case Filter::kStrip:
    case Filter::kNormalize:
      for (std::string& value : values) {
        value = without_white_space(value, filter == Filter::kNormalize);
      }
      break;
    case Filter::kNonempty:
      std::erase_if(values, [](const std::string& v) { return v.empty(); });
      break;
    case Filter::kFirst:
      if (values.size() > 1) values.resize(1);
      break;
    case Filter::kUrl:
      std::erase_if(values, [&](std::string& value) {
        const std::string reference = std::move(value);
        return !resolver.resolve(reference, value) &&
               resolver.unlinked(reference, value) !=
                   LinkResolver::Unlinked::kOtherScheme;
      });
      break;
  }
}

}  // namespace crawl
