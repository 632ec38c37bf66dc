#ifndef CRAWL_EXTRACT_XPATH_PLAN_H_
#define CRAWL_EXTRACT_XPATH_PLAN_H_

#include <string>
#include <string_view>
#include <vector>

namespace crawl {

// An XPath 1.0 expression as libxml2 (2.9.14) is given it.
//
// There, where ways from several nodes may meet ("//a//b", "//a/..", "//a |
// //b"), each node found is compared with all that were; so are two sets whose
// values are compared ("//a[. = //b]"). Such steps, unions and comparisons are
// calls of the functions in xpath_functions.h instead, which do it in one pass.
// The value is the same.
struct XPathPlan {
  std::string expression;
  // What is to be done from each node of a set by itself, since it asks for
  // positions: the second argument of crawl-each() says which. And what is the
  // same for every node of which a condition asks it ("//a[. = //b]"), and is
  // found once: the argument of crawl-once().
  std::vector<std::string> parts;
  // It was not understood, and is given as it was.
  bool as_it_was = false;
};

// `expression`: a valid one, see check_xpath().
XPathPlan plan_xpath(std::string_view expression);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_XPATH_PLAN_H_
