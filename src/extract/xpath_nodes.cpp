#include "extract/xpath_nodes.h"

#include <gumbo.h>
#include <libxml/xpathInternals.h>

#include "extract/html_writer.h"

namespace crawl {

XPathNodes::Index XPathNodes::add(xmlNode* node) {
  const auto index = static_cast<Index>(nodes.size());
  nodes.push_back(node);
  ends.push_back(index);
  marks.push_back(0);
  text_before.push_back(text_bytes);
  return index;
}

void XPathNodes::begin(const std::vector<std::string>& of_plan) {
  parts = &of_plan;
  compiled.assign(of_plan.size(), nullptr);
  given.assign(of_plan.size(), nullptr);
}

namespace xpath {

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

Index index_of(const xmlNode& node) {
  if (is_document(node)) return 0;
  const void* const number = node.type == XML_ATTRIBUTE_NODE
                                 ? reinterpret_cast<const xmlAttr&>(node).psvi
                                 : node.psvi;
  return static_cast<Index>(reinterpret_cast<std::uintptr_t>(number));
}

std::size_t cost_of_text(const Context& at, const xmlNode& node) {
  const XPathNodes& nodes = nodes_of(at);
  switch (node.type) {
    case XML_HTML_DOCUMENT_NODE:
    case XML_ELEMENT_NODE: {
      const Index index = index_of(node);
      const std::size_t next = std::size_t{nodes.ends[index]} + 1;
      const std::uint32_t end = next < nodes.text_before.size()
                                    ? nodes.text_before[next]
                                    : nodes.text_bytes;
      return kStepsAText * (next - index) +
             (end - nodes.text_before[index]) / kBytesAStep;
    }
    case XML_ATTRIBUTE_NODE:
      return kStepsAText +
             view_of(reinterpret_cast<const xmlAttr&>(node).children->content)
                     .size() /
                 kBytesAStep;
    case XML_NAMESPACE_DECL:
      return kStepsAText;
    default:
      return kStepsAText + view_of(node.content).size() / kBytesAStep;
  }
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
    case XML_NAMESPACE_DECL:
      out += view_of(reinterpret_cast<const xmlNs&>(node).href);
      break;
    default:
      out += view_of(node.content);
  }
}

std::pair<xmlNode**, xmlNode**> range_of(const xmlXPathObject& set) {
  const xmlNodeSet* const nodes = set.nodesetval;
  if (nodes == nullptr || nodes->nodeNr == 0) return {};
  return {nodes->nodeTab, nodes->nodeTab + nodes->nodeNr};
}

}  // namespace xpath
}  // namespace crawl
