#include "extract/xpath_functions.h"

#include <libxml/xpathInternals.h>
#include <string.h>  // memmem

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <string_view>

#include "base/ascii.h"
#include "extract/xpath_steps.h"

namespace crawl {
namespace xpath {
namespace {

// Of a string, or of what would be made one: the first of a set, or all.
bool count_text_of(Context& at, const xmlXPathObject* value, bool all) {
  std::size_t steps = 0;
  if (value != nullptr && value->type == XPATH_STRING) {
    steps = view_of(value->stringval).size() / kBytesAStep;
  } else if (is_set(value)) {
    const auto [begin, end] = range_of(*value);
    for (xmlNode** one = begin; one != end; ++one) {
      steps += cost_of_text(at, **one);
      if (!all) break;
    }
  }
  return count_steps(at, steps);
}

constexpr std::string_view kBlanks = " \t\n\f\r";

// --- Functions of XPath 1.0, of what they cost.

// Each of its arguments is made a string, or a number.
template <xmlXPathFunction function>
void reading(Context* at, int arguments) {
  for (int i = 0; i < arguments && i < at->valueNr; ++i) {
    if (!count_text_of(*at, value_at(*at, i), false)) return;
  }
  if (arguments == 0 &&
      !count_steps(*at, cost_of_text(*at, *at->context->node))) {
    return;
  }
  function(at, arguments);
}

template <xmlXPathFunction function>
void reading_all(Context* at, int arguments) {
  if (at->valueNr > 0 && !count_text_of(*at, value_at(*at, 0), true)) return;
  function(at, arguments);
}

void language(Context* at, int arguments) {
  if (count_steps(*at, nodes_of(*at).depth / kNodesAStep)) {
    xmlXPathLangFunction(at, arguments);
  }
}

// Makes the arguments strings; false if that, or so many of them as there are,
// is not to be.
bool take_strings(Context& at, int arguments, int expected) {
  if (arguments != expected || at.valueNr < arguments) {
    xmlXPathErr(&at, XPATH_INVALID_ARITY);
    return false;
  }
  for (int i = 0; i < arguments; ++i) {
    xmlXPathObject*& value = value_at(at, i);
    if (!count_text_of(at, value, false)) return false;
    value = xmlXPathConvertString(value);
    if (i == 0) at.value = value;
  }
  return true;
}

std::size_t bytes_at(Context& at, int n) {
  return view_of(value_at(at, n)->stringval).size();
}

// Puts a string there instead of so many arguments.
void give_string(Context& at, int arguments, std::string_view given) {
  xmlXPathObject* const result = xmlXPathWrapString(
      xmlStrndup(reinterpret_cast<const xmlChar*>(given.data()),
                 static_cast<int>(given.size())));
  for (int i = 0; i < arguments; ++i) xmlXPathFreeObject(valuePop(&at));
  valuePush(&at, result);
}

// libxml2 looks for each character of the one in the other; of ASCII, as in
// most expressions, what becomes of each is known before.
void translate(Context* at, int arguments) {
  if (!take_strings(*at, arguments, 3)) return;
  const std::string_view text = view_of(value_at(*at, 2)->stringval);
  const std::string_view from = view_of(value_at(*at, 1)->stringval);
  const std::string_view to = view_of(value_at(*at, 0)->stringval);
  if (!is_ascii(from) || !is_ascii(to)) {
    if (count_steps(*at, text.size() * from.size() / kBytesAStep)) {
      xmlXPathTranslateFunction(at, arguments);
    }
    return;
  }
  if (!count_steps(*at, (text.size() + from.size()) / kBytesAStep)) return;
  std::array<char, 256> becomes{};  // '\0': left out
  std::iota(becomes.begin(), becomes.end(), '\0');
  for (std::size_t i = from.size(); i-- > 0;) {  // the first counts
    becomes[static_cast<unsigned char>(from[i])] = i < to.size() ? to[i] : '\0';
  }
  std::string& out = nodes_of(*at).value;
  out.clear();
  for (const char c : text) {
    const char now = becomes[static_cast<unsigned char>(c)];
    if (now != '\0') out += now;
  }
  give_string(*at, arguments, out);
}

// libxml2 begins anew at every byte.
enum class Find { kWhether, kBefore, kAfter };
template <Find what>
void find(Context* at, int arguments) {
  if (!take_strings(*at, arguments, 2)) return;
  const std::string_view text = view_of(value_at(*at, 1)->stringval);
  const std::string_view part = view_of(value_at(*at, 0)->stringval);
  const void* const place =
      memmem(text.data(), text.size(), part.data(), part.size());
  const std::size_t begin =
      place == nullptr ? text.npos
                       : static_cast<std::size_t>(
                             static_cast<const char*>(place) - text.data());
  std::string_view given("");  // libxml2 takes null for no string
  if (what == Find::kBefore && place != nullptr) given = text.substr(0, begin);
  if (what == Find::kAfter && place != nullptr) {
    given = text.substr(begin + part.size());
  }
  if (what != Find::kWhether) return give_string(*at, arguments, given);
  for (int i = 0; i < arguments; ++i) xmlXPathFreeObject(valuePop(at));
  valuePush(at, xmlXPathNewBoolean(place != nullptr ? 1 : 0));
}

// As parsel has it: whether all of these are classes of the element.
void has_class(Context* at, int arguments) {
  std::string& classes = nodes_of(*at).value;
  classes = ' ';
  const xmlNode& node = *at->context->node;
  if (node.type == XML_ELEMENT_NODE) {
    for (const xmlAttr* one = node.properties; one != nullptr;
         one = one->next) {
      if (one->ns != nullptr || view_of(one->name) != "class") continue;
      for (const char c : view_of(one->children->content)) {
        const bool blank = kBlanks.find(c) != kBlanks.npos;
        if (!blank || classes.back() != ' ') classes += blank ? ' ' : c;
      }
      if (classes.back() != ' ') classes += ' ';
    }
  }
  bool all = true;
  for (int i = 0; i < arguments && all; ++i) {
    const xmlXPathObject& wanted = *value_at(*at, i);
    if (wanted.type != XPATH_STRING) {
      xmlXPathErr(at, XPATH_INVALID_TYPE);
      return;
    }
    const std::string_view name = view_of(wanted.stringval);
    if (!count_steps(*at, 1 + (classes.size() + name.size()) / kBytesAStep)) {
      return;
    }
    std::string& between = nodes_of(*at).first;
    between = ' ';
    between.append(name) += ' ';
    all = memmem(classes.data(), classes.size(), between.data(),
                 between.size()) != nullptr;
  }
  for (int i = 0; i < arguments; ++i) xmlXPathFreeObject(valuePop(at));
  valuePush(at, xmlXPathNewBoolean(all ? 1 : 0));
}

// --- What plan_xpath() writes for comparisons.

double number_of(const std::string& value) {
  return xmlXPathCastStringToNumber(
      reinterpret_cast<const xmlChar*>(value.c_str()));
}

// Calls `each` with the values of a set's nodes, until it says true. False if
// it never did, or no more may be done.
bool any_value(Context& at, const xmlXPathObject& set, auto&& each) {
  std::string& value = nodes_of(at).value;
  const auto [begin, end] = range_of(set);
  for (xmlNode** one = begin; one != end; ++one) {
    if (!count_steps(at, cost_of_text(at, **one))) return false;
    value.clear();
    append_value(**one, value);
    if (each(value)) return true;
  }
  return false;
}

// The elements that are named in `text`; false if no more may be done.
bool find_ids(Context& context, std::string_view text) {
  XPathNodes& nodes = nodes_of(context);
  constexpr std::string_view kSpaces = " \t\n\r";  // XPath's
  for (std::size_t at = 0;;) {
    at = text.find_first_not_of(kSpaces, at);
    if (at == text.npos) return true;
    if (!count_steps(context, 1)) return false;
    const std::size_t end =
        std::min(text.find_first_of(kSpaces, at), text.size());
    const std::string_view name = text.substr(at, end - at);
    const auto found = std::lower_bound(nodes.ids.begin(), nodes.ids.end(),
                                        std::pair(name, Index{0}));
    if (found != nodes.ids.end() && found->first == name) {
      nodes.found.push_back(found->second);
    }
    at = end;
  }
}

// libxml2's own table of names is made anew for each evaluation, and grows no
// further than some thousand places.
void by_id(Context* at, int arguments) {
  if (arguments != 1 || at->valueNr < 1) {
    xmlXPathErr(at, XPATH_INVALID_ARITY);
    return;
  }
  XPathNodes& nodes = nodes_of(*at);
  if (!nodes.ids_sorted) {
    if (!count_steps(*at, nodes.ids.size())) return;
    std::sort(nodes.ids.begin(), nodes.ids.end());
    nodes.ids_sorted = true;
  }
  nodes.found.clear();
  if (is_set(value_at(*at, 0))) {
    any_value(*at, *value_at(*at, 0),
              [&](const std::string& one) { return !find_ids(*at, one); });
    if (at->error != XPATH_EXPRESSION_OK) return;
  } else {
    if (!take_strings(*at, arguments, 1) ||
        !count_steps(*at, bytes_at(*at, 0) / kBytesAStep)) {
      return;
    }
    if (!find_ids(*at, view_of(value_at(*at, 0)->stringval))) return;
  }
  push_found_once(*at, 1);
}

// One of the one set is one of the other.
bool sets_meet(Context& at, const xmlXPathObject& a, const xmlXPathObject& b) {
  std::vector<std::string>& values = nodes_of(at).values;
  values.clear();
  any_value(at, a, [&](const std::string& one) {
    values.push_back(one);
    return false;
  });
  std::sort(values.begin(), values.end());
  return any_value(at, b, [&](const std::string& one) {
    return std::binary_search(values.begin(), values.end(), one);
  });
}

// One of the one set is not one of the other.
bool sets_differ(Context& at, const xmlXPathObject& a,
                 const xmlXPathObject& b) {
  std::string& first = nodes_of(at).first;
  const auto take_first = [&](const std::string& one) {
    first = one;
    return true;
  };
  const auto is_other = [&](const std::string& one) { return one != first; };
  if (!any_value(at, a, take_first)) return false;
  if (any_value(at, b, is_other)) return true;
  // All of the other are the same.
  return range_of(b).first != range_of(b).second && any_value(at, a, is_other);
}

// The least number of a set, or the greatest; NaN if there is none.
double extreme_of(Context& at, const xmlXPathObject& set, bool least) {
  double extreme = std::numeric_limits<double>::quiet_NaN();
  any_value(at, set, [&](const std::string& one) {
    const double number = number_of(one);
    extreme = least ? std::fmin(extreme, number) : std::fmax(extreme, number);
    return false;
  });
  return extreme;
}

// As libxml2 would, anew for every node that it is compared with.
void make_number(Context& at, int n) {
  xmlXPathObject*& value = value_at(at, n);
  if (value == nullptr || value->type != XPATH_STRING) return;
  value = xmlXPathConvertNumber(value);
  if (n == 0) at.value = value;
}

enum class Compare { kEqual, kUnequal, kLess, kAtMost, kMore, kAtLeast };

bool compare_sets(Context& at, Compare how) {
  const xmlXPathObject& a = *value_at(at, 1);
  const xmlXPathObject& b = *value_at(at, 0);
  switch (how) {
    case Compare::kEqual: {
      const bool first = a.nodesetval != nullptr && b.nodesetval != nullptr &&
                         a.nodesetval->nodeNr <= b.nodesetval->nodeNr;
      return first ? sets_meet(at, a, b) : sets_meet(at, b, a);
    }
    case Compare::kUnequal:
      return sets_differ(at, a, b);
    case Compare::kLess:
      return extreme_of(at, a, true) < extreme_of(at, b, false);
    case Compare::kAtMost:
      return extreme_of(at, a, true) <= extreme_of(at, b, false);
    case Compare::kMore:
      return extreme_of(at, a, false) > extreme_of(at, b, true);
    case Compare::kAtLeast:
      return extreme_of(at, a, false) >= extreme_of(at, b, true);
  }
  return false;
}

template <Compare how>
void compare(Context* at, int) {
  bool result = false;
  if (is_set(value_at(*at, 0)) && is_set(value_at(*at, 1))) {
    result = compare_sets(*at, how);
    for (int i = 0; i < 2; ++i) xmlXPathFreeObject(valuePop(at));
  } else {
    for (int i = 0; i < 2; ++i) {
      if (!count_text_of(*at, value_at(*at, i), true)) return;
    }
    constexpr bool kSmaller = how == Compare::kLess || how == Compare::kAtMost;
    constexpr bool kStrict = how == Compare::kLess || how == Compare::kMore;
    if (how != Compare::kEqual && how != Compare::kUnequal) {
      make_number(*at, 0);
      make_number(*at, 1);
    }
    const int found = how == Compare::kEqual ? xmlXPathEqualValues(at)
                      : how == Compare::kUnequal
                          ? xmlXPathNotEqualValues(at)
                          : xmlXPathCompareValues(at, kSmaller, kStrict);
    result = found != 0;
  }
  valuePush(at, xmlXPathNewBoolean(result ? 1 : 0));
}

struct Function {
  std::string_view name;
  xmlXPathFunction function;
};
constexpr std::array kFunctions = {
    Function{"ceiling", reading<xmlXPathCeilingFunction>},
    Function{"concat", reading<xmlXPathConcatFunction>},
    Function{"contains", find<Find::kWhether>},
    Function{"floor", reading<xmlXPathFloorFunction>},
    Function{"has-class", has_class},
    Function{"id", by_id},
    Function{"lang", language},
    Function{"normalize-space", reading<xmlXPathNormalizeFunction>},
    Function{"number", reading<xmlXPathNumberFunction>},
    Function{"round", reading<xmlXPathRoundFunction>},
    Function{"starts-with", reading<xmlXPathStartsWithFunction>},
    Function{"string", reading<xmlXPathStringFunction>},
    Function{"string-length", reading<xmlXPathStringLengthFunction>},
    Function{"substring", reading<xmlXPathSubstringFunction>},
    Function{"substring-after", find<Find::kAfter>},
    Function{"substring-before", find<Find::kBefore>},
    Function{"sum", reading_all<xmlXPathSumFunction>},
    Function{"translate", translate},
    Function{"crawl-step", step},
    Function{"crawl-each", each},
    Function{"crawl-once", once},
    Function{"crawl-union", unite},
    Function{"crawl-equal", compare<Compare::kEqual>},
    Function{"crawl-unequal", compare<Compare::kUnequal>},
    Function{"crawl-less", compare<Compare::kLess>},
    Function{"crawl-at-most", compare<Compare::kAtMost>},
    Function{"crawl-more", compare<Compare::kMore>},
    Function{"crawl-at-least", compare<Compare::kAtLeast>},
};

// Null if libxml2's own is meant.
xmlXPathFunction look_up(void*, const xmlChar* name, const xmlChar* space) {
  if (space != nullptr) return nullptr;
  const auto* const found = std::find_if(
      kFunctions.begin(), kFunctions.end(),
      [name = view_of(name)](const Function& f) { return f.name == name; });
  return found == kFunctions.end() ? nullptr : found->function;
}

}  // namespace
}  // namespace xpath

void use_xpath_functions(xmlXPathContext& context, XPathNodes& nodes) {
  context.userData = &nodes;
  xmlXPathRegisterFuncLookup(&context, xpath::look_up, nullptr);
}

}  // namespace crawl
