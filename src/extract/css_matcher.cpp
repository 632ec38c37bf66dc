#include "extract/css_matcher.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

#include "base/ascii.h"
#include "extract/form_state.h"

namespace crawl {
namespace {

using Kind = CssTest::Kind;
using Element = PageTree::Element;

constexpr std::string_view kSpaces = " \t\n\f\r";

// Attributes whose values have no case in HTML (HTML Standard, "Case-
// sensitivity of selectors"), in order.
constexpr std::array<std::string_view, 46> kCaseless = {
    "accept",    "accept-charset", "align",     "alink",    "axis",
    "bgcolor",   "charset",        "checked",   "clear",    "codetype",
    "color",     "compact",        "declare",   "defer",    "dir",
    "direction", "disabled",       "enctype",   "face",     "frame",
    "hreflang",  "http-equiv",     "lang",      "language", "link",
    "media",     "method",         "multiple",  "nohref",   "noresize",
    "noshade",   "nowrap",         "readonly",  "rel",      "rev",
    "rules",     "scope",          "scrolling", "selected", "shape",
    "target",    "text",           "type",      "valign",   "valuetype",
    "vlink"};
static_assert(std::is_sorted(kCaseless.begin(), kCaseless.end()));

bool equal(std::string_view a, std::string_view b, bool ignore_case) {
  if (!ignore_case) return a == b;
  return a.size() == b.size() && equals_ignoring_case(a, b);
}

bool begins(std::string_view text, std::string_view with, bool ignore_case) {
  return equal(text.substr(0, with.size()), with, ignore_case);
}

// One of the words of `list` is `word`.
bool has_word(std::string_view list, std::string_view word, bool ignore_case) {
  if (word.empty() || list.size() < word.size()) return false;
  for (std::size_t at = 0;;) {
    at = list.find_first_not_of(kSpaces, at);
    if (at == list.npos) return false;
    const std::size_t end =
        std::min(list.find_first_of(kSpaces, at), list.size());
    if (equal(list.substr(at, end - at), word, ignore_case)) return true;
    at = end;
  }
}

bool compare(Kind kind, std::string_view found, std::string_view value,
             bool ignore_case) {
  switch (kind) {
    case Kind::kAttributeIs:
      return equal(found, value, ignore_case);
    case Kind::kAttributeHasWord:
      return value.find_first_of(kSpaces) == value.npos &&
             has_word(found, value, ignore_case);
    case Kind::kAttributeDash:
      return begins(found, value, ignore_case) &&
             (found.size() == value.size() || found[value.size()] == '-');
    case Kind::kAttributeBegins:
      return !value.empty() && begins(found, value, ignore_case);
    case Kind::kAttributeEnds:
      return !value.empty() && found.size() >= value.size() &&
             equal(found.substr(found.size() - value.size()), value,
                   ignore_case);
    case Kind::kAttributeContains:
      return !value.empty() && (ignore_case ? find_ignoring_case(found, value)
                                            : found.find(value)) != found.npos;
    default:
      return true;
  }
}

bool has_attribute(const Element& element, std::string_view name) {
  return attribute_value(element, name).has_value();
}

bool is_link(const Element& element) {
  if (is_html(element, {"a", "area"})) return has_attribute(element, "href");
  return element.name_space == CssNamespace::kSvg && element.name == "a" &&
         find_attribute(element, CssNamespace::kAny, "href", "href") != nullptr;
}

std::string_view take_subtag(std::string_view& tag) {
  const std::size_t dash = std::min(tag.find('-'), tag.size());
  const std::string_view subtag = tag.substr(0, dash);
  tag.remove_prefix(std::min(dash + 1, tag.size()));
  return subtag;
}

// Extended filtering (RFC 4647, section 3.3.2).
bool language_matches(std::string_view range, std::string_view language) {
  if (range.empty() || language.empty())
    return range.empty() && language.empty();
  const std::string_view first = take_subtag(range);
  const std::string_view found = take_subtag(language);
  if (first != "*" && !equal(first, found, true)) return false;
  while (!range.empty()) {
    const std::string_view wanted = take_subtag(range);
    if (wanted == "*") continue;
    for (;;) {
      if (language.empty()) return false;
      const std::string_view subtag = take_subtag(language);
      if (equal(wanted, subtag, true)) break;
      if (subtag.size() == 1) return false;
    }
  }
  return true;
}

// `count` is an+b for some n of 0 or more.
bool is_nth(const CssTest& test, std::uint32_t count) {
  const std::int64_t above = std::int64_t{count} - test.b;
  if (test.a == 0) return above == 0;
  return above % test.a == 0 && above / test.a >= 0;
}

// Those that are the first or last child, of whatever kind: no need to count.
bool is_end(const CssTest& test) {
  return test.a == 0 && test.b == 1 && test.list.empty() &&
         (test.kind == Kind::kNthChild || test.kind == Kind::kNthLastChild);
}

}  // namespace

bool is_html(const Element& element,
             std::initializer_list<std::string_view> names) {
  return is_html(element) &&
         std::find(names.begin(), names.end(), element.name) != names.end();
}

const GumboAttribute* next_attribute(const Element& element,
                                     CssNamespace name_space,
                                     std::string_view name,
                                     std::string_view lower, unsigned& at) {
  const GumboElement& source = element.node->v.element;
  const std::string_view wanted = is_html(element) ? lower : name;
  while (at < source.attributes.length) {
    const GumboAttribute& attribute = attribute_at(source, at++);
    if (attribute.name[0] != wanted.front() || attribute.name != wanted) {
      continue;
    }
    switch (name_space) {
      case CssNamespace::kNone:
        if (attribute.attr_namespace != GUMBO_ATTR_NAMESPACE_NONE) continue;
        break;
      case CssNamespace::kXlink:
        if (attribute.attr_namespace != GUMBO_ATTR_NAMESPACE_XLINK) continue;
        break;
      case CssNamespace::kXml:
        if (attribute.attr_namespace != GUMBO_ATTR_NAMESPACE_XML) continue;
        break;
      default:
        break;
    }
    return &attribute;
  }
  return nullptr;
}

const GumboAttribute* find_attribute(const Element& element,
                                     CssNamespace name_space,
                                     std::string_view name,
                                     std::string_view lower) {
  unsigned at = 0;
  return next_attribute(element, name_space, name, lower, at);
}

std::optional<std::string_view> attribute_value(const Element& element,
                                                std::string_view name) {
  const GumboAttribute* const found =
      find_attribute(element, CssNamespace::kNone, name, name);
  if (found == nullptr) return std::nullopt;
  return found->value;
}

Marks CssMatcher::match(const CssComplex& selector) {
  Marks marks = match_compound(selector.compounds[0], nullptr);
  for (std::size_t i = 1; i < selector.compounds.size(); ++i) {
    const Marks among = reached(selector.combinators[i - 1], marks);
    marks = match_compound(selector.compounds[i], &among);
  }
  return marks;
}

Marks CssMatcher::match_any(const CssList& list) {
  Marks any(size());
  for (const CssComplex& selector : list) {
    const Marks marks = match(selector);
    for (Index i = 0; i < any.size(); ++i) any[i] |= marks[i];
  }
  return any;
}

Marks CssMatcher::match_relative(const CssList& list) {
  Marks any(size());
  for (const CssComplex& selector : list) {
    const Marks marks = match_relative(selector);
    for (Index i = 0; i < any.size(); ++i) any[i] |= marks[i];
  }
  return any;
}

// From the last compound back to the element that has all of this.
Marks CssMatcher::match_relative(const CssComplex& selector) {
  std::size_t i = selector.compounds.size() - 1;
  Marks marks = match_compound(selector.compounds[i], nullptr);
  for (; i > 0; --i) {
    const Marks among = reaching(selector.combinators[i - 1], marks);
    marks = match_compound(selector.compounds[i - 1], &among);
  }
  return reaching(selector.leading, marks);
}

std::vector<CssMatcher::Prepared> CssMatcher::prepare(
    const CssCompound& compound) {
  std::vector<Prepared> tests;
  for (const CssTest& test : compound) {
    Prepared prepared{&test, {}, true};
    switch (test.kind) {
      case Kind::kIs:
      case Kind::kNot:
        prepared.marks = match_any(test.list);
        break;
      case Kind::kHas:
        prepared.marks = match_relative(test.list);
        break;
      case Kind::kLang:
        prepared.marks = match_language(test);
        break;
      case Kind::kEnabled:
      case Kind::kDisabled:
        prepared.marks = disabled();
        break;
      case Kind::kIndeterminate:
        prepared.marks = indeterminate();
        break;
      case Kind::kNthChild:
      case Kind::kNthLastChild:
      case Kind::kNthOfType:
      case Kind::kNthLastOfType:
        prepared.marked = !is_end(test);
        if (prepared.marked) prepared.marks = match_nth(test);
        break;
      default:
        prepared.marked = false;
    }
    tests.push_back(std::move(prepared));
  }
  return tests;
}

Marks CssMatcher::match_compound(const CssCompound& compound,
                                 const Marks* among) {
  Marks marks = among != nullptr ? *among : Marks(size(), 1);
  marks[PageTree::kNone] = 0;
  for (const Prepared& prepared : prepare(compound)) {
    const CssTest& test = *prepared.test;
    const auto keep = [&marks](auto&& matches) {
      for (Index i = PageTree::kRoot; i < marks.size(); ++i) {
        if (marks[i] != 0) marks[i] = matches(i) ? 1 : 0;
      }
    };
    if (test.kind == Kind::kName) {
      keep_named(test, marks);
    } else if (!prepared.marked) {
      keep([&](Index i) { return holds(test, i); });
    } else if (test.kind == Kind::kNot) {
      keep([&](Index i) { return prepared.marks[i] == 0; });
    } else if (test.kind == Kind::kEnabled) {
      keep([&](Index i) {
        return prepared.marks[i] == 0 && can_be_disabled(at(i));
      });
    } else {
      keep([&](Index i) { return prepared.marks[i] != 0; });
    }
  }
  return marks;
}

// Of most elements the tag tells the name.
void CssMatcher::keep_named(const CssTest& test, Marks& marks) const {
  const GumboTag tag = gumbo_tagn_enum(
      test.lower.data(), static_cast<unsigned>(test.lower.size()));
  const std::vector<std::uint16_t>& tags = tree_.tags();
  for (Index i = PageTree::kRoot; i < marks.size(); ++i) {
    if (tags[i] != tag) {
      marks[i] =
          marks[i] != 0 && tags[i] == PageTree::kForeign && holds(test, i);
    } else if (tag == GUMBO_TAG_UNKNOWN) {
      marks[i] = marks[i] != 0 && holds(test, i);
    }
  }
}

bool CssMatcher::holds(const CssTest& test, Index index) const {
  const Element& element = at(index);
  switch (test.kind) {
    case Kind::kName:
      return element.name == (is_html(element) ? test.lower : test.name);
    case Kind::kNamespace:
      return element.name_space == test.name_space;
    case Kind::kId:
      return element.id != nullptr &&
             equal(element.id, test.value, tree_.quirks());
    case Kind::kClass:
      return element.classes != nullptr &&
             has_word(element.classes, test.value, tree_.quirks());
    case Kind::kHasAttribute:
    case Kind::kAttributeIs:
    case Kind::kAttributeHasWord:
    case Kind::kAttributeDash:
    case Kind::kAttributeBegins:
    case Kind::kAttributeEnds:
    case Kind::kAttributeContains:
      return attribute_holds(test, element);
    case Kind::kRoot:
      return index == PageTree::kRoot;
    case Kind::kEmpty:
      return element.empty;
    case Kind::kNthChild:
      return element.previous == PageTree::kNone;
    case Kind::kNthLastChild:
      return element.last;
    case Kind::kLink:
      return is_link(element);
    case Kind::kChecked:
      return is_checked(element);
    case Kind::kRequired:
      return can_be_required(element) && has_attribute(element, "required");
    case Kind::kOptional:
      return can_be_required(element) && !has_attribute(element, "required");
    default:
      return false;
  }
}

bool CssMatcher::attribute_holds(const CssTest& test,
                                 const Element& element) const {
  const bool ignore_case =
      test.letter_case == CssTest::Case::kIgnored ||
      (test.letter_case == CssTest::Case::kByName && is_html(element) &&
       std::binary_search(kCaseless.begin(), kCaseless.end(), test.lower));
  unsigned at = 0;
  while (const GumboAttribute* const found = next_attribute(
             element, test.name_space, test.name, test.lower, at)) {
    if (compare(test.kind, found->value, test.value, ignore_case)) return true;
  }
  return false;
}

Marks CssMatcher::reached(CssCombinator combinator, const Marks& from) const {
  Marks out(size());
  for (Index i = PageTree::kRoot; i < out.size(); ++i) {
    const Element& element = at(i);
    switch (combinator) {
      case CssCombinator::kDescendant:
        out[i] = out[element.parent] | from[element.parent];
        break;
      case CssCombinator::kDescendantOrSelf:
        out[i] = out[element.parent] | from[i];
        break;
      case CssCombinator::kChild:
        out[i] = from[element.parent];
        break;
      case CssCombinator::kNextSibling:
        out[i] = from[element.previous];
        break;
      case CssCombinator::kLaterSibling:
        out[i] = out[element.previous] | from[element.previous];
        break;
    }
  }
  return out;
}

Marks CssMatcher::reaching(CssCombinator combinator, const Marks& to) const {
  Marks out(size());
  for (auto i = static_cast<Index>(size()); --i > PageTree::kNone;) {
    const Element& element = at(i);
    switch (combinator) {
      case CssCombinator::kDescendant:
      case CssCombinator::kDescendantOrSelf:
        out[element.parent] |= static_cast<std::uint8_t>(out[i] | to[i]);
        break;
      case CssCombinator::kChild:
        out[element.parent] |= to[i];
        break;
      case CssCombinator::kNextSibling:
        out[element.previous] |= to[i];
        break;
      case CssCombinator::kLaterSibling:
        out[element.previous] |= static_cast<std::uint8_t>(out[i] | to[i]);
        break;
    }
  }
  out[PageTree::kNone] = 0;
  return out;
}

Marks CssMatcher::match_nth(const CssTest& test) {
  Marks marks(size());
  if (test.kind == Kind::kNthOfType || test.kind == Kind::kNthLastOfType) {
    number_types();
    const Counts& counts =
        test.kind == Kind::kNthOfType ? of_type_ : last_of_type_;
    for (Index i = PageTree::kRoot; i < marks.size(); ++i) {
      marks[i] = is_nth(test, counts[i]);
    }
    return marks;
  }
  const Marks counted =
      test.list.empty() ? Marks(size(), 1) : match_any(test.list);
  // How many of the siblings up to it, or from it on, are counted.
  Counts counts(size());
  const auto count = [&](Index i) {
    if (counted[i] != 0) marks[i] = is_nth(test, counts[i]);
  };
  if (test.kind == Kind::kNthChild) {
    for (Index i = PageTree::kRoot; i < marks.size(); ++i) {
      const Index previous = at(i).previous;
      counts[i] = counted[i];
      if (previous != PageTree::kNone) counts[i] += counts[previous];
      count(i);
    }
  } else {
    for (auto i = static_cast<Index>(size()); --i > PageTree::kNone;) {
      counts[i] += counted[i];
      if (at(i).previous != PageTree::kNone) counts[at(i).previous] = counts[i];
      count(i);
    }
  }
  return marks;
}

void CssMatcher::number_types() {
  if (!of_type_.empty()) return;
  of_type_.resize(size());
  last_of_type_.resize(size());
  // A number for each type: the tag, or one behind all tags. In a map, since
  // names can be made to collide in a hash table.
  std::map<std::pair<CssNamespace, std::string_view>, std::uint32_t> others;
  const auto type_of = [&](Index i) -> std::uint32_t {
    const std::uint16_t tag = tree_.tags()[i];
    if (tag < GUMBO_TAG_UNKNOWN) return tag;
    const auto next =
        static_cast<std::uint32_t>(GUMBO_TAG_LAST + others.size());
    return others.try_emplace({at(i).name_space, at(i).name}, next)
        .first->second;
  };
  std::vector<std::uint32_t> types(size());
  for (Index i = PageTree::kRoot; i < size(); ++i) types[i] = type_of(i);
  // From the last of some siblings to the first, thrice: all counts are 0 then.
  Counts counts(GUMBO_TAG_LAST + others.size());
  const auto back_from = [this](Index last, auto&& visit) {
    for (Index i = last; i != PageTree::kNone; i = at(i).previous) visit(i);
  };
  for (Index last = PageTree::kRoot; last < size(); ++last) {
    if (!at(last).last) continue;
    back_from(last, [&](Index i) { last_of_type_[i] = ++counts[types[i]]; });
    back_from(last, [&](Index i) {
      of_type_[i] = counts[types[i]] + 1 - last_of_type_[i];
    });
    back_from(last, [&](Index i) { counts[types[i]] = 0; });
  }
}

Marks CssMatcher::match_language(const CssTest& test) {
  if (languages_.empty()) {
    languages_.resize(size());
    // What the page says of itself, if no element does.
    for (const Element& element : tree_.elements()) {
      if (element.node == nullptr || !is_html(element, {"meta"}) ||
          !equal(attribute_value(element, "http-equiv").value_or(""),
                 "content-language", true)) {
        continue;
      }
      std::string_view content =
          attribute_value(element, "content").value_or("");
      if (content.find(',') != content.npos) continue;
      content.remove_prefix(
          std::min(content.find_first_not_of(kSpaces), content.size()));
      content = content.substr(0, content.find_first_of(kSpaces));
      if (!content.empty()) languages_[PageTree::kNone] = content;
    }
    for (Index i = PageTree::kRoot; i < size(); ++i) {
      const Element& element = at(i);
      const GumboAttribute* found =
          find_attribute(element, CssNamespace::kXml, "lang", "lang");
      if (found == nullptr) {
        found = find_attribute(element, CssNamespace::kNone, "lang", "lang");
      }
      languages_[i] =
          found != nullptr ? found->value : languages_[element.parent];
    }
  }
  Marks marks(size());
  for (Index i = PageTree::kRoot; i < marks.size(); ++i) {
    marks[i] = std::any_of(test.words.begin(), test.words.end(),
                           [&](const std::string& range) {
                             return language_matches(range, languages_[i]);
                           });
  }
  return marks;
}

const Marks& CssMatcher::disabled() {
  if (disabled_.empty()) disabled_ = find_disabled(tree_);
  return disabled_;
}

const Marks& CssMatcher::indeterminate() {
  if (indeterminate_.empty()) indeterminate_ = find_indeterminate(tree_);
  return indeterminate_;
}

}  // namespace crawl
