#ifndef CRAWL_EXTRACT_XPATH_NODES_H_
#define CRAWL_EXTRACT_XPATH_NODES_H_

#include <libxml/tree.h>
#include <libxml/xpath.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crawl {

// The nodes of a page's tree, as libxml2 has them, by their number in document
// order; each holds its own (psvi). 0 is the document.
//
// One thread at a time.
struct XPathNodes {
  using Index = std::uint32_t;

  std::vector<xmlNode*>
      nodes;                // attributes too, which stand behind their element
  std::vector<Index> ends;  // the last of what is below, or itself
  Index depth = 0;          // of the deepest
  // How many bytes all texts before a node have, and all of the page.
  std::vector<std::uint32_t> text_before;
  std::uint32_t text_bytes = 0;

  Index add(xmlNode* node);

  // What elements' id attributes say, and their number; in order once
  // ids_sorted, of equal ones the first of the page first.
  std::vector<std::pair<std::string_view, Index>> ids;
  bool ids_sorted = false;

  // Of the evaluation that is on: XPathPlan::parts, and those of them that were
  // needed, compiled, or what they gave; in libxml2's memory.
  void begin(const std::vector<std::string>& of_plan);
  const std::vector<std::string>* parts = nullptr;
  std::vector<xmlXPathCompExpr*> compiled;
  std::vector<xmlXPathObject*> given;

  // For xpath_functions.cpp: what a function works with while it runs. Here, so
  // that libxml2 may give up in the midst of it.
  std::vector<std::uint32_t> marks;
  std::uint32_t mark = 0;
  std::vector<Index> from;
  std::vector<Index> found;
  std::vector<std::string> values;
  std::string value;
  std::string first;
};

// For the functions that libxml2 calls while it evaluates an expression: no
// destructor may be needed where they call it in turn, see XmlMemory.
namespace xpath {

using Index = XPathNodes::Index;
using Context = xmlXPathParserContext;

// A step as libxml2 counts them costs what so much does.
inline constexpr std::size_t kNodesAStep = 8;
inline constexpr std::size_t kBytesAStep = 16;
// And so many what is read for a text does, of each node.
inline constexpr std::size_t kStepsAText = 2;

inline XPathNodes& nodes_of(const Context& at) {
  return *static_cast<XPathNodes*>(at.context->userData);
}

inline std::string_view view_of(const xmlChar* text) {
  return text == nullptr ? std::string_view()
                         : reinterpret_cast<const char*>(text);
}

// False, and the evaluation ends, if no more may be done.
bool count_steps(Context& at, std::size_t steps);

inline bool is_document(const xmlNode& node) {
  return node.type == XML_HTML_DOCUMENT_NODE;
}
Index index_of(const xmlNode& node);
// In steps, what it costs to make a string of a node: the nodes and the bytes
// that are read, each node by itself, for they are in no cache.
std::size_t cost_of_text(const Context& at, const xmlNode& node);
// As the DOM's textContent.
void append_value(const xmlNode& node, std::string& out);

inline bool is_set(const xmlXPathObject* value) {
  return value != nullptr && value->type == XPATH_NODESET;
}
// The nodes of a set.
std::pair<xmlNode**, xmlNode**> range_of(const xmlXPathObject& set);

// The n-th value from the top of the stack.
inline xmlXPathObject*& value_at(Context& at, int n) {
  return at.valueTab[at.valueNr - 1 - n];
}

}  // namespace xpath
}  // namespace crawl

#endif  // CRAWL_EXTRACT_XPATH_NODES_H_
