#include "base/robots_rules.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace crawl {
namespace {

constexpr std::string_view kBlanks = " \t\n\r\f";

constexpr std::array<std::string_view, 4> kRulesWithValues = {
    "unavailable_after", "max-snippet", "max-image-preview",
    "max-video-preview"};

bool is_crawler(std::string_view name) {
  return is_token(name) &&
         std::none_of(kRulesWithValues.begin(), kRulesWithValues.end(),
                      [name](std::string_view rule) {
                        return equals_ignoring_case(name, rule);
                      });
}

}  // namespace

bool robots_say(std::string_view rules, std::string_view rule,
                std::initializer_list<std::string_view> names) {
  bool for_us = true;  // until a crawler is named
  while (!rules.empty()) {
    const std::size_t end = std::min(rules.find(','), rules.size());
    std::string_view part = trim(rules.substr(0, end), kBlanks);
    rules.remove_prefix(std::min(rules.size(), end + 1));
    const std::size_t colon = part.find(':');
    const std::string_view name =
        trim(part.substr(0, colon == part.npos ? 0 : colon), kBlanks);
    if (is_crawler(name)) {
      for_us = std::any_of(names.begin(), names.end(),
                           [name](std::string_view each) {
                             return equals_ignoring_case(each, name);
                           });
      part = trim(part.substr(colon + 1), kBlanks);
    }
    if (for_us && (equals_ignoring_case(part, rule) ||
                   equals_ignoring_case(part, "none"))) {
      return true;
    }
  }
  return false;
}

}  // namespace crawl
