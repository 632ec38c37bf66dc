#ifndef CRAWL_EXTRACT_XPATH_NODE_SETS_H_
#define CRAWL_EXTRACT_XPATH_NODE_SETS_H_

#include <string_view>

namespace crawl {

// Whether libxml2 (2.9.14), evaluating this XPath 1.0 expression, may compare
// each node of one set with each of another, which its steps do not count:
// where from several nodes it goes on by an axis on which their ways may meet
// ("//a//b", "//a/.."), unites sets, looks for ids, or compares two sets. True
// too where that is not plain from the expression's tokens.
bool may_compare_node_sets(std::string_view expression);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_XPATH_NODE_SETS_H_
