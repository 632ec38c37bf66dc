#ifndef CRAWL_TESTS_SUPPORT_CONTENT_ORACLE_H_
#define CRAWL_TESTS_SUPPORT_CONTENT_ORACLE_H_

#include <string>

#include "crawl/base/url.h"
#include "extract/content_scan.h"
#include "extract/markdown_writer.h"
#include "extract/text_writer.h"
#include "parse/html/gumbo_tree.h"
#include "parse/html/link_resolver.h"

// A page's content read from its tags, and from gumbo's tree, which is right.
namespace crawl::testing {

// Everything that can be read of a tree.
inline std::string content_of(const ContentTree& tree, std::size_t size) {
  static const Url url = *Url::parse("https://site.test/dir/page.html");
  std::string out = tree.title() + "\n";
  for (const ContentPlan& plan : {plan_all(tree), plan_main(tree)}) {
    append_content_text(tree, plan, 8 * size + 100, out);
    LinkResolver resolver(url, std::nullopt, "utf-8", 10'000'000);
    out += "\n----\n";
    append_markdown(tree, plan, resolver, 50 * size + 10'000, out);
    out += "\n====\n";
  }
  return out;
}

enum class Scanned { kAlike, kDoubted, kOtherwise };

// `html` is valid UTF-8. What both say in `scan` and `tree` if they differ.
inline Scanned compare_content(const std::string& html, std::string& scan,
                               std::string& tree) {
  const auto scanned = scan_content(html);
  if (!scanned) return Scanned::kDoubted;
  const GumboTree gumbo(html, std::size_t{512} << 20, 60);
  if (gumbo.root() == nullptr) return Scanned::kDoubted;
  scan = content_of(*scanned, html.size());
  tree = content_of(ContentTree(*gumbo.root()), html.size());
  return scan == tree ? Scanned::kAlike : Scanned::kOtherwise;
}

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_CONTENT_ORACLE_H_
