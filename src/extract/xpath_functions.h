#ifndef CRAWL_EXTRACT_XPATH_FUNCTIONS_H_
#define CRAWL_EXTRACT_XPATH_FUNCTIONS_H_

#include <libxml/xpath.h>

#include "extract/xpath_nodes.h"

namespace crawl {

// Has `context`, of a document with these nodes, know what plan_xpath() writes,
// and count for those functions of XPath 1.0 that read the text of nodes how
// much they read, in the steps that its opLimit bounds. `nodes` must outlive
// it.
void use_xpath_functions(xmlXPathContext& context, XPathNodes& nodes);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_XPATH_FUNCTIONS_H_
