#ifndef CRAWL_EXTRACT_XPATH_FUNCTIONS_H_
#define CRAWL_EXTRACT_XPATH_FUNCTIONS_H_

#include <libxml/tree.h>
#include <libxml/xpath.h>

#include <cstdint>
#include <string>
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

  Index add(xmlNode* node);

  // Of the evaluation that is on: XPathPlan::steps, and those of them that were
  // needed, compiled; in libxml2's memory.
  const std::vector<std::string>* steps = nullptr;
  std::vector<xmlXPathCompExpr*> compiled;

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

// Has `context`, of a document with these nodes, know what plan_xpath() writes,
// and count for those functions of XPath 1.0 that read the text of nodes how
// much they read, in the steps that its opLimit bounds. `nodes` must outlive
// it.
void use_xpath_functions(xmlXPathContext& context, XPathNodes& nodes);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_XPATH_FUNCTIONS_H_
