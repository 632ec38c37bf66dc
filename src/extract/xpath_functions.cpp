#include "extract/xpath_functions.h"

#include <gumbo.h>
#include <libxml/xpathInternals.h>
#include <string.h>  // memmem

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include "extract/html_writer.h"

namespace crawl {

XPathNodes::Index XPathNodes::add(xmlNode* node) {
  const auto index = static_cast<Index>(nodes.size());
  nodes.push_back(node);
  ends.push_back(index);
  marks.push_back(0);
  return index;
}

namespace {

using Index = XPathNodes::Index;
using Context = xmlXPathParserContext;

// A step as libxml2 counts them costs what so much does.
constexpr std::size_t kNodesAStep = 8;
constexpr std::size_t kBytesAStep = 16;

XPathNodes& nodes_of(const Context& at) {
  return *static_cast<XPathNodes*>(at.context->userData);
}

std::string_view view_of(const xmlChar* text) {
  return text == nullptr ? std::string_view()
                         : reinterpret_cast<const char*>(text);
}

// False, and the evaluation ends, if no more may be done.
bool count_steps(Context& at, std::size_t steps) {
  xmlXPathContext& context = *at.context;
  if (context.opLimit - context.opCount < steps) {
    context.opCount = context.opLimit;
    xmlXPathErr(&at, XPATH_OP_LIMIT_EXCEEDED);
    return false;
  }
  context.opCount += steps;
  return true;
}

bool is_document(const xmlNode& node) {
  return node.type == XML_HTML_DOCUMENT_NODE;
}

Index index_of(const xmlNode& node) {
  if (is_document(node)) return 0;
  const void* const number = node.type == XML_ATTRIBUTE_NODE
                                 ? reinterpret_cast<const xmlAttr&>(node).psvi
                                 : node.psvi;
  return static_cast<Index>(reinterpret_cast<std::uintptr_t>(number));
}

// How many nodes are read for the text of this one.
std::size_t below(const Context& at, const xmlNode& node) {
  if (node.type == XML_NAMESPACE_DECL) return 1;
  const Index index = index_of(node);
  return nodes_of(at).ends[index] - index + 1;
}

bool is_set(const xmlXPathObject* value) {
  return value != nullptr && value->type == XPATH_NODESET;
}

// The nodes of a set.
std::pair<xmlNode**, xmlNode**> range_of(const xmlXPathObject& set) {
  const xmlNodeSet* const nodes = set.nodesetval;
  if (nodes == nullptr || nodes->nodeNr == 0) return {};
  return {nodes->nodeTab, nodes->nodeTab + nodes->nodeNr};
}

// The n-th value from the top of the stack.
xmlXPathObject*& value_at(Context& at, int n) {
  return at.valueTab[at.valueNr - 1 - n];
}

bool count_text_of(Context& at, const xmlXPathObject* value, bool all) {
  if (!is_set(value)) return true;
  std::size_t nodes = 0;
  const auto [begin, end] = range_of(*value);
  for (xmlNode** one = begin; one != end; ++one) {
    nodes += below(at, **one);
    if (!all) break;
  }
  return count_steps(at, nodes / kNodesAStep);
}

void append_value(const xmlNode& node, std::string& out) {
  switch (node.type) {
    case XML_HTML_DOCUMENT_NODE:
    case XML_ELEMENT_NODE:
      append_text(*static_cast<const GumboNode*>(node._private), out.max_size(),
                  out);
      break;
    case XML_ATTRIBUTE_NODE:
      out += view_of(reinterpret_cast<const xmlAttr&>(node).children->content);
      break;
    default:
      out += view_of(node.content);
  }
}

// --- Functions of XPath 1.0, of what they cost.

// Each of its arguments is made a string, or a number.
template <xmlXPathFunction function>
void reading(Context* at, int arguments) {
  for (int i = 0; i < arguments && i < at->valueNr; ++i) {
    if (!count_text_of(*at, value_at(*at, i), false)) return;
  }
  if (arguments == 0 &&
      !count_steps(*at, below(*at, *at->context->node) / kNodesAStep)) {
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

// libxml2 looks for each character of the one in the other.
void translate(Context* at, int arguments) {
  if (take_strings(*at, arguments, 3) &&
      count_steps(*at, bytes_at(*at, 2) * bytes_at(*at, 1) / kBytesAStep)) {
    xmlXPathTranslateFunction(at, arguments);
  }
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
  xmlXPathObject* const result =
      what == Find::kWhether
          ? xmlXPathNewBoolean(place != nullptr ? 1 : 0)
          : xmlXPathWrapString(
                xmlStrndup(reinterpret_cast<const xmlChar*>(given.data()),
                           static_cast<int>(given.size())));
  xmlXPathFreeObject(valuePop(at));
  xmlXPathFreeObject(valuePop(at));
  valuePush(at, result);
}

// Every name in it is looked for, and what is found compared with all that was.
void by_id(Context* at, int arguments) {
  if (at->valueNr > 0) {
    const xmlXPathObject* const value = value_at(*at, 0);
    if (!count_text_of(*at, value, true)) return;
    std::size_t bytes =
        value->type == XPATH_STRING ? view_of(value->stringval).size() : 0;
    if (is_set(value)) {
      const auto [begin, end] = range_of(*value);
      for (xmlNode** one = begin; one != end; ++one) {
        std::string& text = nodes_of(*at).value;
        text.clear();
        append_value(**one, text);
        bytes += text.size();
      }
    }
    // A name and a blank are two bytes at least.
    const std::size_t names =
        std::min(bytes / 2 + 1, nodes_of(*at).nodes.size());
    if (!count_steps(*at, bytes / kBytesAStep + names * names / kBytesAStep)) {
      return;
    }
  }
  xmlXPathIdFunction(at, arguments);
}

// --- What plan_xpath() writes.

// Whether a node is one that the step asks for.
class Test {
 public:
  explicit Test(std::string_view text)
      : name_(text),
        kind_(text == "*"           ? Kind::kElement
              : text == "node()"    ? Kind::kNode
              : text == "text()"    ? Kind::kText
              : text == "comment()" ? Kind::kComment
              : text.ends_with(')') ? Kind::kNothing
                                    : Kind::kName) {}

  bool holds(const xmlNode& node) const {
    switch (kind_) {
      case Kind::kElement:
        return node.type == XML_ELEMENT_NODE;
      case Kind::kNode:
        return true;
      case Kind::kText:
        return node.type == XML_TEXT_NODE;
      case Kind::kComment:
        return node.type == XML_COMMENT_NODE;
      case Kind::kName:
        return node.type == XML_ELEMENT_NODE && view_of(node.name) == name_;
      case Kind::kNothing:
        break;
    }
    return false;
  }

 private:
  enum class Kind { kElement, kNode, kText, kComment, kName, kNothing };
  const std::string_view name_;
  const Kind kind_;
};

// All that is reached along one axis from several nodes, each once.
class Walk {
 public:
  Walk(XPathNodes& nodes, const Test& test) : nodes_(nodes), test_(test) {
    nodes.found.clear();
    ++nodes.mark;
  }

  void run(std::string_view axis) {
    const std::vector<Index>& from = nodes_.from;
    if (from.empty()) return;
    if (axis == "descendant") {
      descendants(1);
    } else if (axis == "descendant-or-self") {
      descendants(0);
    } else if (axis == "following") {
      Index first = std::numeric_limits<Index>::max();
      for (const Index one : from) {
        first = std::min(first, nodes_.ends[of_element(one)]);
      }
      for (Index i = first + 1; i < nodes_.nodes.size(); ++i)
        take_no_attribute(i);
    } else if (axis == "preceding") {
      const Index last = of_element(from.back());
      for (Index i = 1; i < last; ++i) {
        if (nodes_.ends[i] < last) take_no_attribute(i);
      }
    } else {
      for (const Index one : from) along(axis, *nodes_.nodes[one]);
    }
    std::sort(nodes_.found.begin(), nodes_.found.end());
  }

  std::size_t steps() const { return steps_; }

 private:
  void take(Index index) {
    ++steps_;
    if (test_.holds(*nodes_.nodes[index])) nodes_.found.push_back(index);
  }
  void take_no_attribute(Index index) {
    if (nodes_.nodes[index]->type != XML_ATTRIBUTE_NODE) take(index);
  }
  // True for the first time.
  bool mark(Index index) {
    return std::exchange(nodes_.marks[index], nodes_.mark) != nodes_.mark;
  }

  // What an attribute follows and precedes is what its element does.
  Index of_element(Index index) const {
    const xmlNode& node = *nodes_.nodes[index];
    return node.type == XML_ATTRIBUTE_NODE ? index_of(*node.parent) : index;
  }

  void descendants(Index first) {
    Index next = 0;  // what is before it was seen
    for (const Index one : nodes_.from) {
      if (one < next) {
        if (first == 0 && nodes_.nodes[one]->type == XML_ATTRIBUTE_NODE) {
          take(one);
        }
        continue;
      }
      if (first == 0) take(one);
      for (Index i = one + 1; i <= nodes_.ends[one]; ++i) take_no_attribute(i);
      next = nodes_.ends[one] + 1;
    }
  }

  void along(std::string_view axis, xmlNode& from) {
    if (axis.ends_with("-sibling")) {
      if (from.type == XML_ATTRIBUTE_NODE || is_document(from)) return;
      const bool on = axis == "following-sibling";
      for (xmlNode* one = on ? from.next : from.prev; one != nullptr;
           one = on ? one->next : one->prev) {
        if (!mark(index_of(*one))) return;
        take(index_of(*one));
      }
      return;
    }
    // parent, ancestor, ancestor-or-self
    xmlNode* one = axis == "ancestor-or-self" ? &from : up(from);
    for (; one != nullptr; one = up(*one)) {
      if (!mark(index_of(*one))) return;
      take(index_of(*one));
      if (axis == "parent") return;
    }
  }

  static xmlNode* up(const xmlNode& node) {
    return is_document(node) ? nullptr : node.parent;
  }

  XPathNodes& nodes_;
  const Test& test_;
  std::size_t steps_ = 0;
};

// Puts the numbers of a set's nodes in `out`, in document order; false if it is
// none, or no more may be done.
bool read_set(Context& at, const xmlXPathObject* set, std::vector<Index>& out) {
  if (!is_set(set)) {
    xmlXPathErr(&at, XPATH_INVALID_TYPE);
    return false;
  }
  const auto [begin, end] = range_of(*set);
  if (!count_steps(at, static_cast<std::size_t>(end - begin) / kNodesAStep)) {
    return false;
  }
  for (xmlNode** one = begin; one != end; ++one) out.push_back(index_of(**one));
  return true;
}

// Pushes the nodes found.
void push_found(Context& at, const XPathNodes& nodes) {
  xmlNodeSet* const set = xmlXPathNodeSetCreate(nullptr);
  for (const Index one : nodes.found) {
    xmlXPathNodeSetAddUnique(set, nodes.nodes[one]);
  }
  valuePush(&at, xmlXPathWrapNodeSet(set));
}

// Each of them once, in document order, instead of so many arguments.
void push_found_once(Context& at, int arguments) {
  XPathNodes& nodes = nodes_of(at);
  std::vector<Index>& found = nodes.found;
  if (!count_steps(at, found.size())) return;
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  for (int i = 0; i < arguments; ++i) xmlXPathFreeObject(valuePop(&at));
  push_found(at, nodes);
}

// (nodes, axis, test)
void step(Context* at, int) {
  XPathNodes& nodes = nodes_of(*at);
  nodes.from.clear();
  if (!read_set(*at, value_at(*at, 2), nodes.from)) return;
  if (!std::is_sorted(nodes.from.begin(), nodes.from.end())) {
    std::sort(nodes.from.begin(), nodes.from.end());
  }
  const Test test(view_of(value_at(*at, 0)->stringval));
  Walk walk(nodes, test);
  walk.run(view_of(value_at(*at, 1)->stringval));
  if (!count_steps(*at, walk.steps() / kNodesAStep + nodes.found.size()))
    return;
  for (int i = 0; i < 3; ++i) xmlXPathFreeObject(valuePop(at));
  push_found(*at, nodes);
}

// What a step of the plan gives of one node, appended to `all`.
bool take_step(Context& at, xmlXPathCompExpr* step, xmlNode* from,
               xmlNodeSet* all) {
  constexpr std::size_t kStepsToBegin = 8;
  xmlXPathContext& context = *at.context;
  if (!count_steps(at, kStepsToBegin)) return false;
  context.node = from;
  xmlXPathObject* const found = xmlXPathCompiledEval(step, &context);
  if (!is_set(found)) {
    const int code = context.lastError.code;
    constexpr int kNone = XML_XPATH_EXPRESSION_OK;
    xmlXPathErr(&at, code > kNone ? code - kNone : XPATH_INVALID_TYPE);
    return false;
  }
  const auto [begin, end] = range_of(*found);
  for (xmlNode** one = begin; one != end; ++one) {
    xmlXPathNodeSetAddUnique(all, *one);
  }
  xmlXPathFreeObject(found);
  return true;
}

// (nodes, number of a step)
void each(Context* at, int) {
  XPathNodes& nodes = nodes_of(*at);
  xmlXPathContext& context = *at->context;
  if (!is_set(value_at(*at, 1))) {
    xmlXPathErr(at, XPATH_INVALID_TYPE);
    return;
  }
  const auto number = static_cast<std::size_t>(value_at(*at, 0)->floatval);
  xmlXPathCompExpr*& step = nodes.compiled[number];
  if (step == nullptr) {
    step = xmlXPathCtxtCompile(&context, reinterpret_cast<const xmlChar*>(
                                             (*nodes.steps)[number].c_str()));
  }
  xmlXPathObject* const all = xmlXPathNewNodeSet(nullptr);
  xmlNode* const outer = context.node;
  const int size = context.contextSize;
  const int position = context.proximityPosition;
  const int depth = context.depth;
  const auto [begin, end] = range_of(*value_at(*at, 1));
  bool whole = true;
  for (xmlNode** one = begin; one != end && whole; ++one) {
    whole = take_step(*at, step, *one, all->nodesetval);
  }
  context.node = outer;
  context.contextSize = size;
  context.proximityPosition = position;
  context.depth = depth;
  nodes.found.clear();
  if (!whole || !read_set(*at, all, nodes.found)) return;
  xmlXPathFreeObject(all);
  push_found_once(*at, 2);
}

void unite(Context* at, int) {
  XPathNodes& nodes = nodes_of(*at);
  std::vector<Index>& all = nodes.found;
  all.clear();
  if (read_set(*at, value_at(*at, 1), all) &&
      read_set(*at, value_at(*at, 0), all)) {
    push_found_once(*at, 2);
  }
}

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
    value.clear();
    append_value(**one, value);
    if (!count_steps(at, 1 + below(at, **one) / kNodesAStep +
                             value.size() / kBytesAStep)) {
      return false;
    }
    if (each(value)) return true;
  }
  return false;
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

void use_xpath_functions(xmlXPathContext& context, XPathNodes& nodes) {
  context.userData = &nodes;
  xmlXPathRegisterFuncLookup(&context, look_up, nullptr);
}

}  // namespace crawl
