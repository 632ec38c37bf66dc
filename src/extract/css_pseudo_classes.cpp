#include "extract/css_pseudo_classes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "crawl/base/nearest_name.h"

namespace crawl {
namespace {

using Kind = CssTest::Kind;

constexpr std::array<CssPseudoClass, 44> kPlain = {{
    {"root", Kind::kRoot},
    {"scope", Kind::kRoot},  // of a whole page
    {"empty", Kind::kEmpty},
    {"first-child", Kind::kNthChild, 0, 1},
    {"last-child", Kind::kNthLastChild, 0, 1},
    {"first-of-type", Kind::kNthOfType, 0, 1},
    {"last-of-type", Kind::kNthLastOfType, 0, 1},
    {"only-child", Kind::kNthChild, 0, 1},  // and the last, see below
    {"only-of-type", Kind::kNthOfType, 0, 1},
    {"link", Kind::kLink},
    {"any-link", Kind::kLink},
    {"checked", Kind::kChecked},
    {"enabled", Kind::kEnabled},
    {"disabled", Kind::kDisabled},
    {"required", Kind::kRequired},
    {"optional", Kind::kOptional},
    {"visited", Kind::kNever},
    {"hover", Kind::kNever},
    {"active", Kind::kNever},
    {"focus", Kind::kNever},
    {"focus-within", Kind::kNever},
    {"focus-visible", Kind::kNever},
    {"target", Kind::kNever},
    {"target-within", Kind::kNever},
    {"indeterminate", Kind::kIndeterminate},
    {"current", Kind::kNever},
    {"past", Kind::kNever},
    {"future", Kind::kNever},
    {"playing", Kind::kNever},
    {"paused", Kind::kNever},
    {"fullscreen", Kind::kNever},
    {"modal", Kind::kNever},
    {"picture-in-picture", Kind::kNever},
    {"popover-open", Kind::kNever},
    {"user-valid", Kind::kNever},
    {"user-invalid", Kind::kNever},
    {"autofill", Kind::kNever},
    {"local-link", Kind::kNever},
    {"seeking", Kind::kNever},
    {"stalled", Kind::kNever},
    {"buffering", Kind::kNever},
    {"volume-locked", Kind::kNever},
    {"host", Kind::kNever},  // a page that no script made has no shadow
    {"has-slotted", Kind::kNever},
}};

constexpr std::array<CssPseudoClass, 11> kFunctions = {{
    {"not", Kind::kNot},
    {"is", Kind::kIs},
    {"where", Kind::kIs},
    {"matches", Kind::kIs},  // earlier names of :is()
    {"any", Kind::kIs},
    {"has", Kind::kHas},
    {"lang", Kind::kLang},
    {"nth-child", Kind::kNthChild},
    {"nth-last-child", Kind::kNthLastChild},
    {"nth-of-type", Kind::kNthOfType},
    {"nth-last-of-type", Kind::kNthLastOfType},
}};

template <std::size_t size>
const CssPseudoClass* find(const std::array<CssPseudoClass, size>& words,
                           std::string_view name) {
  const auto* const at =
      std::find_if(words.begin(), words.end(),
                   [&](const CssPseudoClass& w) { return w.name == name; });
  return at == words.end() ? nullptr : at;
}

}  // namespace

const CssPseudoClass* find_pseudo_class(std::string_view name) {
  return find(kPlain, name);
}

const CssPseudoClass* find_pseudo_function(std::string_view name) {
  return find(kFunctions, name);
}

std::string why_no_pseudo_class(std::string_view word) {
  if (find_pseudo_function(word) != nullptr) {
    return fmt::format(":{} needs parentheses", word);
  }
  if (find_pseudo_class(word) != nullptr) {
    return fmt::format(":{} takes no parentheses", word);
  }
  if (word == "contains") {
    return "':contains()' is not CSS: XPath can say it, "
           "//p[contains(., \"word\")]";
  }
  if (word == "text" || word == "attr") {
    return fmt::format("two colons are written before it: ::{}", word);
  }
  std::vector<std::string_view> names;
  for (const CssPseudoClass& known : kPlain) names.push_back(known.name);
  for (const CssPseudoClass& known : kFunctions) names.push_back(known.name);
  const auto nearest = nearest_name(word, names);
  return nearest ? fmt::format("no such pseudo-class; did you mean ':{}'?",
                               *nearest)
                 : "no such pseudo-class";
}

}  // namespace crawl
