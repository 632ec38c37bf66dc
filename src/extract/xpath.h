#ifndef CRAWL_EXTRACT_XPATH_H_
#define CRAWL_EXTRACT_XPATH_H_

#include <gumbo.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "crawl/extract/extractor.h"
#include "extract/xpath_plan.h"

namespace crawl {

// Says what is wrong with an XPath 1.0 expression, if something is, as far as
// it can be told without a page: syntax, functions and how many arguments they
// take, prefixes (xlink and xml), variables (there are none).
tl::expected<void, SelectorFault> check_xpath(const std::string& expression);

// A page's tree as XPath sees it: of every element the name alone, whatever its
// namespace, so that //svg finds what //p does; what a template holds is not in
// it. Made of gumbo's tree, which must outlive it, without a copy of its text.
//
// One thread at a time.
class XPathPage {
 public:
  // Of a page: as much memory as the tree that they are made of may take.
  static constexpr std::size_t kMostNodes = std::size_t{1} << 21;

  // `root`: gumbo's html element. If the page is too large, or made to be slow,
  // problem() says so and nothing is found.
  explicit XPathPage(const GumboNode& root);
  ~XPathPage();
  XPathPage(const XPathPage&) = delete;
  XPathPage& operator=(const XPathPage&) = delete;

  const std::string& problem() const { return problem_; }

  // Appends each node that the expression gives, in document order, or what
  // else it gives as a string. Elements as HTML, or as text if `as_text`. Says
  // what went wrong; "" if nothing. No more than `needed` strings are appended,
  // and `most` bytes, 32 for every string counted.
  std::string find(const XPathPlan& plan, bool as_text, std::size_t needed,
                   std::size_t most, std::vector<std::string>& values);

  // What of check_xpath() takes an evaluation.
  tl::expected<void, SelectorFault> check(const std::string& expression);

 private:
  struct Document;

  std::unique_ptr<Document> document_;
  std::string problem_;
  // For all expressions.
  std::size_t steps_left_ = 0;
  double deadline_;
};

}  // namespace crawl

#endif  // CRAWL_EXTRACT_XPATH_H_
