#include "extract/xpath.h"

#include <fmt/format.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <memory_resource>
#include <new>
#include <utility>

#include "crawl/base/utf8.h"
#include "extract/bounds.h"
#include "extract/html_writer.h"
#include "extract/page_tree.h"
#include "extract/xml_memory.h"
#include "extract/xpath_functions.h"
#include "extract/xpath_names.h"
#include "parse/html/gumbo_tree.h"

namespace crawl {
namespace {

constexpr std::size_t kMostBytes = 4096;

// Of one evaluation, steps as libxml2 counts them, and bytes; and of how many
// that take as much as they may; of a page that is larger than most, and in no
// cache, half as many steps as of the largest of the others.
constexpr std::size_t kWholeEvaluations = 8;
constexpr std::size_t kLeastSteps = std::size_t{1} << 21;
constexpr std::size_t kStepsANode = 64;
constexpr std::size_t kUsualNodes = std::size_t{1} << 17;
// libxml2 may compare every node of a set with every other, and count none.
constexpr std::size_t kMostCompared = std::size_t{1} << 28;
std::size_t steps_for(std::size_t nodes) {
  return kLeastSteps + kStepsANode * nodes;
}
std::size_t steps_for(const XPathPlan& plan, std::size_t nodes) {
  const std::size_t steps = steps_for(nodes);
  return plan.as_it_was ? std::min(steps, 1 + kMostCompared / (nodes + 1))
                        : steps;
}
constexpr std::size_t kMostMemory = std::size_t{256} << 20;
// Of all of a page's. What is counted ends long before.
constexpr double kMostSeconds = 5;

// To put two nodes in order libxml2 walks over the texts and comments between
// them; so many steps in all may that be, each once.
constexpr std::uint64_t kMostWalks = std::uint64_t{16} << 20;

constexpr int kTooManySteps = static_cast<int>(XML_XPATH_EXPRESSION_OK) +
                              static_cast<int>(XPATH_OP_LIMIT_EXCEEDED);

const xmlChar* xml_text(const char* text) {
  return reinterpret_cast<const xmlChar*>(text);
}

std::string_view view_of(const xmlChar* text) {
  return text == nullptr ? std::string_view()
                         : reinterpret_cast<const char*>(text);
}

void ignore_error(void*, xmlErrorPtr) {}

// One evaluation, within an XmlMemory: nothing here has a destructor.
struct Evaluation {
  xmlDoc* document;
  XPathNodes* nodes;
  const char* expression;
  std::size_t steps;

  xmlXPathContext* context = nullptr;
  // A set of nodes or a string; null if it failed.
  xmlXPathObject* result = nullptr;
  bool compiled = false;
};

void evaluate(void* argument) {
  auto& work = *static_cast<Evaluation*>(argument);
  work.context = xmlXPathNewContext(work.document);
  if (work.context == nullptr) return;
  work.context->error = ignore_error;
  work.context->opLimit = work.steps;
  xmlXPathRegisterNs(work.context, xml_text("xlink"),
                     xml_text("http://www.w3.org/1999/xlink"));
  use_xpath_functions(*work.context, *work.nodes);
  xmlXPathCompExpr* const compiled =
      xmlXPathCtxtCompile(work.context, xml_text(work.expression));
  if (compiled == nullptr) return;
  work.compiled = true;
  // Where what begins without a slash begins.
  work.context->node = xmlDocGetRootElement(work.document);
  xmlXPathObject* const result = xmlXPathCompiledEval(compiled, work.context);
  if (result == nullptr) return;
  work.result = result->type == XPATH_NODESET
                    ? result
                    : xmlXPathNewCString(reinterpret_cast<const char*>(
                          xmlXPathCastToString(result)));
}

std::string message_of(const xmlError& error) {
  switch (error.code - static_cast<int>(XML_XPATH_EXPRESSION_OK)) {
    case XPATH_INVALID_PREDICATE_ERROR:
      return "a ']' or the rest of a condition is missing";
    case XPATH_UNCLOSED_ERROR:
      return "a ')' is missing";
    case XPATH_EXPR_ERROR:
      return "an expression cannot go on so";
    case XPATH_INVALID_TYPE:
    case XPATH_INVALID_OPERAND:
      return "a function or an operator is given what it cannot take";
    case XPATH_RECURSION_LIMIT_EXCEEDED:
      return "it is nested too deep";
    default:
      return "this is no XPath 1.0";
  }
}

}  // namespace

struct XPathPage::Document {
  xmlDoc doc{};
  xmlNs xlink{};
  xmlNs xml{};
  std::pmr::monotonic_buffer_resource memory;
  std::deque<std::string> kept;
  std::size_t made = 0;
  XPathNodes nodes;

  Document() {
    doc.type = XML_HTML_DOCUMENT_NODE;
    doc.doc = &doc;
    xlink.type = xml.type = XML_NAMESPACE_DECL;
    xlink.href = xml_text("http://www.w3.org/1999/xlink");
    xlink.prefix = xml_text("xlink");
    xml.href = XML_XML_NAMESPACE;
    xml.prefix = xml_text("xml");
  }

  template <class Node>
  Node* make(xmlElementType type) {
    ++made;
    void* const at = memory.allocate(sizeof(Node), alignof(Node));
    auto* const node = new (at) Node{};
    node->type = type;
    node->doc = &doc;
    return node;
  }

  xmlNode* make_text(xmlElementType type, const char* content) {
    auto* const node = make<xmlNode>(type);
    node->name = type == XML_TEXT_NODE ? xmlStringText : xmlStringComment;
    node->content = const_cast<xmlChar*>(xml_text(content));
    return node;
  }

  // Gives a node its number: in document order.
  template <class Node>
  Node* number(Node* node) {
    const std::uintptr_t index = nodes.add(reinterpret_cast<xmlNode*>(node));
    node->psvi = reinterpret_cast<void*>(index);
    return node;
  }

  xmlNode* make_element(const GumboNode& source) {
    auto* const node = number(make<xmlNode>(XML_ELEMENT_NODE));
    const XPathNodes::Index index = nodes.ends.back();
    const GumboElement& element = source.v.element;
    node->name = xml_text(element_name(element, kept).data());
    node->_private = const_cast<GumboNode*>(&source);
    xmlAttr* last = nullptr;
    for (unsigned i = 0; i < element.attributes.length; ++i) {
      xmlAttr* const attribute = make_attribute(attribute_at(element, i));
      attribute->parent = node;
      attribute->children->parent = reinterpret_cast<xmlNode*>(attribute);
      attribute->prev = last;
      (last == nullptr ? node->properties : last->next) = attribute;
      last = attribute;
      if (attribute->ns == nullptr && view_of(attribute->name) == "id") {
        nodes.ids.emplace_back(view_of(attribute->children->content), index);
      }
    }
    nodes.ends[index] += element.attributes.length;
    return node;
  }

  xmlAttr* make_attribute(const GumboAttribute& source) {
    auto* const attribute = number(make<xmlAttr>(XML_ATTRIBUTE_NODE));
    attribute->name = xml_text(source.name);
    attribute->children = attribute->last =
        make_text(XML_TEXT_NODE, source.value);
    switch (source.attr_namespace) {
      case GUMBO_ATTR_NAMESPACE_XLINK:
        attribute->ns = &xlink;
        break;
      case GUMBO_ATTR_NAMESPACE_XML:
        attribute->ns = &xml;
        break;
      case GUMBO_ATTR_NAMESPACE_XMLNS:
        attribute->name =
            xml_text(kept.emplace_back(qualified_name(source)).c_str());
        break;
      case GUMBO_ATTR_NAMESPACE_NONE:
        break;
    }
    return attribute;
  }

  static std::uint32_t size_of(const GumboNode& text) {
    return static_cast<std::uint32_t>(std::strlen(text.v.text.text));
  }

  static void append(xmlNode& parent, xmlNode* node) {
    node->parent = &parent;
    node->prev = parent.last;
    (parent.last == nullptr ? parent.children : parent.last->next) = node;
    parent.last = node;
  }
};

XPathPage::XPathPage(const GumboNode& root)
    : document_(std::make_unique<Document>()),
      deadline_(XmlMemory::thread_seconds() + kMostSeconds) {
  Document& document = *document_;
  // Of a document the fields used here are where a node's are.
  auto* const top = reinterpret_cast<xmlNode*>(&document.doc);
  top->_private = const_cast<GumboNode*>(root.parent);
  struct Level {
    const GumboVector* children;
    unsigned next;
    xmlNode* parent;
    XPathNodes::Index index;  // of the parent
    bool text_before;
    std::uint64_t run;  // texts and comments in a row
  };
  std::vector<Level> open;
  XPathNodes& nodes = document.nodes;
  open.push_back(
      {&root.parent->v.document.children, 0, top, nodes.add(top), false, 0});
  std::uint64_t walks = 0;
  std::ptrdiff_t order = 0;
  while (!open.empty()) {
    Level& level = open.back();
    if (level.next == level.children->length) {
      nodes.ends[level.index] =
          static_cast<XPathNodes::Index>(nodes.nodes.size() - 1);
      open.pop_back();
      continue;
    }
    const GumboNode& source = child_at(*level.children, level.next++);
    if (is_text(source)) {
      if (*source.v.text.text == '\0') continue;
      if (level.text_before) {  // joined, see PageTree::add_text()
        xmlNode* const before = level.parent->last;
        if (document.kept.empty() ||
            xml_text(document.kept.back().c_str()) != before->content) {
          document.kept.emplace_back(view_of(before->content));
        }
        document.kept.back() += source.v.text.text;
        nodes.text_bytes += Document::size_of(source);
        before->content =
            const_cast<xmlChar*>(xml_text(document.kept.back().c_str()));
        continue;
      }
      level.text_before = true;
      walks += level.run++;
      Document::append(*level.parent, document.number(document.make_text(
                                          XML_TEXT_NODE, source.v.text.text)));
      nodes.text_bytes += Document::size_of(source);
    } else if (source.type == GUMBO_NODE_COMMENT) {
      level.text_before = false;
      walks += level.run++;
      Document::append(*level.parent,
                       document.number(document.make_text(XML_COMMENT_NODE,
                                                          source.v.text.text)));
    } else {
      level.text_before = false;
      level.run = 0;
      const auto index = static_cast<XPathNodes::Index>(nodes.nodes.size());
      xmlNode* const node = document.make_element(source);
      // What libxml2 itself would note to compare elements by.
      node->content = reinterpret_cast<xmlChar*>(-++order);
      Document::append(*level.parent, node);
      if (source.type == GUMBO_NODE_ELEMENT &&
          source.v.element.children.length > 0) {
        open.push_back({&source.v.element.children, 0, node, index, false, 0});
        nodes.depth =
            std::max(nodes.depth, static_cast<XPathNodes::Index>(open.size()));
      }
    }
    if (document.made > kMostNodes) {
      problem_ =
          fmt::format("XPath is for pages of at most {} nodes", kMostNodes);
    } else if (walks > kMostWalks) {
      problem_ = "too many texts and comments in a row for XPath";
    }
    if (!problem_.empty()) return;
  }
  steps_left_ = document.made <= kUsualNodes
                    ? kWholeEvaluations * steps_for(document.made)
                    : kWholeEvaluations * steps_for(kUsualNodes) / 2;
}

XPathPage::~XPathPage() = default;

namespace {

// The value of a node that an expression gave; false if it was cut.
bool append_node(const xmlNode& node, bool as_text, std::size_t most,
                 std::string& out) {
  std::string_view text;
  switch (node.type) {
    case XML_HTML_DOCUMENT_NODE:
    case XML_ELEMENT_NODE: {
      const auto& source = *static_cast<const GumboNode*>(node._private);
      return as_text ? append_text(source, most, out)
                     : append_outer_html(source, most, out);
    }
    case XML_ATTRIBUTE_NODE:
      text = view_of(reinterpret_cast<const xmlAttr&>(node).children->content);
      break;
    case XML_NAMESPACE_DECL:
      text = view_of(reinterpret_cast<const xmlNs&>(node).href);
      break;
    case XML_COMMENT_NODE:
      if (!as_text) {
        out.append("<!--").append(view_of(node.content)).append("-->");
        return out.size() <= most;
      }
      [[fallthrough]];
    default:
      text = view_of(node.content);
  }
  out += text;
  return out.size() <= most;
}

}  // namespace

std::string XPathPage::find(const XPathPlan& plan, bool as_text,
                            std::size_t needed, std::size_t most,
                            std::vector<std::string>& values) {
  if (!problem_.empty()) return problem_;
  XmlMemory memory(kMostMemory, deadline_);
  XPathNodes& numbered = document_->nodes;
  numbered.begin(plan.parts);
  Evaluation work{&document_->doc, &numbered, plan.expression.c_str(),
                  steps_for(plan, document_->made)};
  if (steps_left_ < work.steps) work.steps = steps_left_ + 1;  // 0 is no limit
  const bool whole = memory.run(evaluate, &work);
  if (work.context != nullptr) {
    steps_left_ -= std::min<std::size_t>(work.context->opCount, steps_left_);
  }
  constexpr const char* kTooMuch = "XPath takes too much time or memory here";
  if (!whole || work.context == nullptr) return kTooMuch;
  if (work.result == nullptr) {
    const xmlError& error = work.context->lastError;
    return error.code == kTooManySteps ? kTooMuch : message_of(error);
  }
  const auto take = [&](std::string value, bool all) {
    if (!all || value.size() + kStringCost > most) return false;
    most -= value.size() + kStringCost;
    values.push_back(std::move(value));
    return true;
  };
  bool all = true;
  if (work.result->type != XPATH_NODESET) {
    all = take(std::string(view_of(work.result->stringval)), true);
  } else if (const xmlNodeSet* const nodes = work.result->nodesetval) {
    for (int i = 0; i < nodes->nodeNr && all && values.size() < needed; ++i) {
      std::string value;
      const bool cut = !append_node(*nodes->nodeTab[i], as_text, most, value);
      all = take(std::move(value), !cut);
    }
  }
  return all ? std::string() : std::string(kTooMuchFound);
}

tl::expected<void, SelectorFault> check_xpath(const std::string& expression) {
  const auto fault = [](std::string message, std::size_t offset) {
    return tl::unexpected(SelectorFault{std::move(message), offset});
  };
  if (expression.size() > kMostBytes) {
    return fault(fmt::format("it is longer than {} bytes", kMostBytes),
                 kMostBytes);
  }
  if (const std::size_t bad = valid_utf8_prefix(expression);
      bad < expression.size()) {
    return fault("it is no valid UTF-8", bad);
  }
  XmlMemory::install();
  if (auto bad = check_xpath_names(expression)) {
    return tl::unexpected(*std::move(bad));
  }
  // On a page of nothing, for what else can be told before there is one.
  const GumboTree tree("<p>", std::size_t{1} << 20, 1);
  if (tree.root() == nullptr) return {};
  XPathPage page(*tree.root());
  return page.check(expression);
}

tl::expected<void, SelectorFault> XPathPage::check(
    const std::string& expression) {
  XmlMemory memory(kMostMemory, deadline_);
  Evaluation work{&document_->doc, &document_->nodes, expression.c_str(),
                  kLeastSteps};
  if (!memory.run(evaluate, &work) || work.context == nullptr) return {};
  if (work.result != nullptr) return {};
  const xmlError& error = work.context->lastError;
  const std::size_t offset =
      work.compiled ? 0 : static_cast<std::size_t>(std::max(error.int1, 0));
  return tl::unexpected(
      SelectorFault{message_of(error), std::min(offset, expression.size())});
}

}  // namespace crawl
