#include "archive/passed_over.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "base/ascii.h"

namespace crawl {
namespace {

constexpr std::size_t kMostNames = 16;
constexpr std::size_t kLongestScheme = 16;
constexpr std::string_view kOther = "of another kind";

// WARC/1.1 section 5.5, but those that may be pages.
constexpr std::array<std::string_view, 6> kTypes = {
    "warcinfo", "request",    "metadata",
    "resource", "conversion", "continuation"};

std::string name_of(std::string_view type, std::string_view url) {
  for (const std::string_view known : kTypes) {
    if (equals_ignoring_case(type, known)) return std::string(known);
  }
  if (!equals_ignoring_case(type, "response") &&
      !equals_ignoring_case(type, "revisit")) {
    return std::string(kOther);
  }
  const std::string_view scheme = scheme_in(url);
  return scheme.empty() ? std::string(kOther)
                        : lower_case(std::string(scheme)) + ":";
}

}  // namespace

std::string_view scheme_in(std::string_view url) {
  const std::string_view scheme = url.substr(0, url.find(':'));
  const bool is_scheme =
      scheme.size() < url.size() && scheme.size() <= kLongestScheme &&
      std::all_of(scheme.begin(), scheme.end(),
                  [](char c) { return is_unreserved(c) || c == '+'; });
  return is_scheme ? scheme : std::string_view();
}

void PassedOver::add(std::string_view type, std::string_view url) {
  ++of(name_of(type, url));
}

void PassedOver::add(const Counts& others) {
  for (const auto& [name, count] : others) of(name) += count;
}

std::uint64_t& PassedOver::of(std::string name) {
  if (counts_.size() >= kMostNames && counts_.find(name) == counts_.end()) {
    name = kOther;
  }
  return counts_[std::move(name)];
}

}  // namespace crawl
