#ifndef CRAWL_EXTRACT_XPATH_STEPS_H_
#define CRAWL_EXTRACT_XPATH_STEPS_H_

#include "extract/xpath_nodes.h"

namespace crawl::xpath {

// Functions that plan_xpath() writes: what is found from all nodes of a set,
// each node once, in document order.

// (nodes, axis, test): along an axis.
void step(Context* at, int arguments);
// (nodes, number of a part): by a part of the plan, from each by itself.
void each(Context* at, int arguments);
// (number of a part): by a part of the plan that is the same from everywhere.
void once(Context* at, int arguments);
// (nodes, nodes)
void unite(Context* at, int arguments);

// For those that find nodes: pushes XPathNodes::found, each once, in document
// order, instead of so many arguments.
void push_found_once(Context& at, int arguments);

}  // namespace crawl::xpath

#endif  // CRAWL_EXTRACT_XPATH_STEPS_H_
