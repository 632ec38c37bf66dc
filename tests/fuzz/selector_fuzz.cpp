// The first line is a selector with filters, as --extract takes it, the rest a
// page. Asserts that a fault is marked within the selector; that a CSS selector
// finds what a plain reading of it finds, element by element, and XPath that is
// read as CSS what libxml2 finds; and that what comes out is valid UTF-8 and
// bounded.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/utf8.h"
#include "crawl/extract/extractor.h"
#include "extract/css_matcher.h"
#include "extract/css_selector.h"
#include "extract/page_tree.h"
#include "extract/xpath.h"
#include "extract/xpath_as_css.h"
#include "parse/html/gumbo_tree.h"
#include "parse/html/nesting_gauge.h"
#include "parse/html/plain_tree.h"
#include "parse/html/tree_reader.h"
#include "support/plain_matcher.h"

namespace {

void check(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

void compare(const crawl::CssList& list, const std::string& page) {
  // The plain reading takes its time.
  if (page.size() > 2'000) return;
  const crawl::GumboTree gumbo(page, std::size_t{64} << 20, 5);
  if (gumbo.root() == nullptr) return;
  const crawl::PageTree tree(*gumbo.root());
  if (tree.elements().size() > 60) return;
  crawl::CssMatcher matcher(tree);
  crawl::testing::PlainMatcher plain(tree);
  for (const crawl::CssComplex& selector : list) {
    const crawl::Marks marks = matcher.match(selector);
    for (std::uint32_t i = 1; i < marks.size(); ++i) {
      const std::optional<bool> wanted = plain.matches(selector, i);
      if (wanted) check(*wanted == (marks[i] != 0), "an element is mistaken");
    }
  }
}

void compare_xpath(const std::string& expression, const std::string& page) {
  // Behind a '|' there may be a filter.
  if (page.size() > 2'000 || expression.find('|') != expression.npos ||
      !crawl::check_xpath(expression) || !crawl::xpath_as_css(expression)) {
    return;
  }
  const crawl::PlainTree tree(page, std::size_t{64} << 20);
  if (tree.root() == nullptr) return;
  std::vector<std::string> wanted;
  crawl::XPathPage xpath(*tree.root());
  if (!xpath
           .find(crawl::plan_xpath(expression), false, page.size() + 10,
                 1 << 20, wanted)
           .empty()) {
    return;
  }
  crawl::Extractor extractor;
  check(extractor.add("x", "xpath:" + expression).has_value(), "refused");
  const auto found = extractor.extract(
      page, "utf-8", *crawl::Url::parse("https://site.test/"));
  check(found.values.at(0) == wanted, "libxml2 finds something else");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\n');
  if (end == input.npos) return 0;
  const std::string_view selector = input.substr(0, end);
  const std::string page = crawl::replace_invalid_utf8(input.substr(end + 1));
  static const crawl::Url url = *crawl::Url::parse("https://site.test/a/b?c");

  const auto css = crawl::parse_css(selector);
  if (!css) {
    check(css.error().offset <= selector.size(), "a fault is beyond the end");
    check(!css.error().message.empty(), "a fault without words");
  } else {
    compare(*css, page);
  }
  compare_xpath(std::string(selector), page);
  crawl::Extractor extractor;
  const auto added = extractor.add("x", selector);
  if (!added) {
    check(added.error().offset <= selector.size(), "a fault is beyond the end");
    return 0;
  }
  const crawl::Extraction found = extractor.extract(page, "utf-8", url);
  std::size_t bytes = 0;
  for (const std::string& value : found.values.at(0)) {
    check(crawl::is_valid_utf8(value), "a value is no UTF-8");
    bytes += value.size();
  }
  // Links may be three times as long once they are percent-encoded.
  check(bytes <= 3 * ((std::size_t{1} << 20) + 8 * page.size()),
        "more came out than may");
  return 0;
}
