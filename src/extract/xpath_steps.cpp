#include "extract/xpath_steps.h"

#include <libxml/xpathInternals.h>

#include <algorithm>
#include <limits>

namespace crawl::xpath {
namespace {

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

// What a part of the plan gives of the context's node; null, and the evaluation
// ends, if that is no set, or no more may be done.
xmlXPathObject* evaluate_part(Context& at, std::size_t number) {
  constexpr std::size_t kStepsToBegin = 8;
  if (!count_steps(at, kStepsToBegin)) return nullptr;
  xmlXPathContext& context = *at.context;
  XPathNodes& nodes = nodes_of(at);
  if (nodes.compiled[number] == nullptr) {
    nodes.compiled[number] = xmlXPathCtxtCompile(
        &context,
        reinterpret_cast<const xmlChar*>((*nodes.parts)[number].c_str()));
  }
  const int size = context.contextSize;
  const int position = context.proximityPosition;
  const int depth = context.depth;
  xmlXPathObject* const found =
      xmlXPathCompiledEval(nodes.compiled[number], &context);
  context.contextSize = size;
  context.proximityPosition = position;
  context.depth = depth;
  if (is_set(found)) return found;
  const int code = context.lastError.code;
  constexpr int kNone = XML_XPATH_EXPRESSION_OK;
  xmlXPathErr(&at, code > kNone ? code - kNone : XPATH_INVALID_TYPE);
  return nullptr;
}

std::size_t number_at(Context& at) {
  return static_cast<std::size_t>(value_at(at, 0)->floatval);
}

}  // namespace

void push_found_once(Context& at, int arguments) {
  XPathNodes& nodes = nodes_of(at);
  std::vector<Index>& found = nodes.found;
  if (!count_steps(at, found.size())) return;
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  for (int i = 0; i < arguments; ++i) xmlXPathFreeObject(valuePop(&at));
  push_found(at, nodes);
}

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

void each(Context* at, int) {
  if (!is_set(value_at(*at, 1))) {
    xmlXPathErr(at, XPATH_INVALID_TYPE);
    return;
  }
  const std::size_t number = number_at(*at);
  xmlXPathObject* const all = xmlXPathNewNodeSet(nullptr);
  xmlNode* const outer = at->context->node;
  const auto [begin, end] = range_of(*value_at(*at, 1));
  for (xmlNode** from = begin; from != end; ++from) {
    at->context->node = *from;
    xmlXPathObject* const found = evaluate_part(*at, number);
    if (found == nullptr) break;
    const auto [first, last] = range_of(*found);
    for (xmlNode** one = first; one != last; ++one) {
      xmlXPathNodeSetAddUnique(all->nodesetval, *one);
    }
    xmlXPathFreeObject(found);
  }
  at->context->node = outer;
  std::vector<Index>& found = nodes_of(*at).found;
  found.clear();
  if (at->error != XPATH_EXPRESSION_OK || !read_set(*at, all, found)) return;
  xmlXPathFreeObject(all);
  push_found_once(*at, 2);
}

void once(Context* at, int) {
  const std::size_t number = number_at(*at);
  XPathNodes& nodes = nodes_of(*at);
  if (nodes.given[number] == nullptr) {
    xmlXPathObject* const found = evaluate_part(*at, number);
    if (found == nullptr) return;
    nodes.given[number] = found;
  }
  const auto [begin, end] = range_of(*nodes.given[number]);
  if (!count_steps(*at, static_cast<std::size_t>(end - begin))) {
    return;
  }
  xmlXPathFreeObject(valuePop(at));
  valuePush(at, xmlXPathObjectCopy(nodes.given[number]));
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

}  // namespace crawl::xpath
