// Text and Markdown of a page, of its main content and of all of it: valid
// UTF-8, bounded, the same each time, and the Markdown rendered again has the
// text that the page has. What is read of the tags alone is what the tree
// gives.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "crawl/base/utf8.h"
#include "crawl/extract/extractor.h"
#include "extract/content_traits.h"
#include "extract/markdown_writer.h"
#include "parse/html/html_text.h"
#include "parse/html/huge_numbers.h"
#include "parse/html/link_resolver.h"
#include "support/content_oracle.h"
#include "support/markdown_reader.h"
#include "support/page_oracle.h"

namespace {

void check(bool good, const char* what, const std::string& a = "",
           const std::string& b = "") {
  if (good) return;
  std::fprintf(stderr, "%s\n--- text\n%s\n--- Markdown\n%s\n", what, a.c_str(),
               b.c_str());
  std::abort();
}

// Without white space, and without the characters that gumbo replaces when it
// reads them as they are, but not when a reference stands for them.
std::string bare(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const crawl::Utf8Sequence next = crawl::first_utf8_sequence(text);
    const char32_t c = next.code_point;
    const bool replaced = c < 0x21 || (c >= 0x7F && c < 0xA0) ||
                          (c >= 0xFDD0 && c <= 0xFDEF) ||
                          (c & 0xFFFE) == 0xFFFE || c == 0xFFFD;
    if (!replaced) out += text.substr(0, next.size);
    text.remove_prefix(next.size);
  }
  return out;
}

bool is_same(const crawl::PageContent& a, const crawl::PageContent& b) {
  return a.text == b.text && a.markdown == b.markdown && a.digest == b.digest &&
         a.words == b.words;
}

void read(const crawl::ContentTree& tree, crawl::ContentPlan plan,
          std::size_t size, const crawl::Url& url) {
  // Of these Markdown has none, whatever is asked for.
  for (crawl::ContentTree::Index i = 0; i < tree.size(); ++i) {
    if (crawl::is_permalink(tree, i) || crawl::is_line_number(tree, i)) {
      plan.left_out[i] = 1;
    }
  }
  std::string text;
  check(crawl::append_content_text(tree, plan, 8 * size + 100, text),
        "the text is longer than the page");
  check(crawl::is_valid_utf8(text), "the text is no UTF-8");
  for (const std::size_t most : {std::size_t{1} << 20, size / 2}) {
    crawl::LinkResolver resolver(url, std::nullopt, "utf-8", 1'000'000);
    std::string markdown;
    const bool all =
        crawl::append_markdown(tree, plan, resolver, most, markdown);
    check(markdown.size() <= most, "more came out than may");
    check(crawl::is_valid_utf8(markdown), "the Markdown is no UTF-8");
    if (!all) continue;
    const std::string again =
        crawl::testing::text_of_html(crawl::testing::render_markdown(markdown));
    check(bare(again) == bare(text), "the text is another", text, markdown);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size > 4'000) return 0;
  const std::string page =
      crawl::replace_invalid_utf8({reinterpret_cast<const char*>(data), size});
  static const crawl::Url url = *crawl::Url::parse("https://site.test/a/b?c");
  const crawl::GumboTree gumbo(page, std::size_t{64} << 20, 5);
  if (gumbo.root() == nullptr) return 0;
  const crawl::ContentTree tree(*gumbo.root());
  std::string by_tags;
  std::string by_tree;
  // gumbo puts the text right before a form's end behind the form.
  check(crawl::testing::compare_content(page, by_tags, by_tree) !=
                crawl::testing::Scanned::kOtherwise ||
            !crawl::testing::known_departure(page).empty() ||
            crawl::find_ignoring_case(page, "</form") != page.npos,
        "the tags say otherwise than the tree", by_tree, by_tags);
  // What gumbo makes of these is no text.
  if (!crawl::without_huge_numbers(page)) {
    read(tree, crawl::plan_all(tree), page.size(), url);
    read(tree, crawl::plan_main(tree), page.size(), url);
  }

  crawl::Extractor extractor;
  crawl::ContentWishes wishes;
  wishes.text = wishes.markdown = wishes.words = wishes.digest = true;
  wishes.origin = wishes.again = true;
  extractor.want_content(wishes);
  const auto first = extractor.extract(page, "utf-8", url).content;
  const auto second = extractor.extract(page, "utf-8", url).content;
  check(is_same(*first, *second), "it is another the second time");
  // Read again without blocks, and without every other one.
  crawl::BlockSet repeated;
  check(
      is_same(*first, extractor.content_without(repeated, *first->again, url)),
      "read again it is another");
  bool other = false;
  for (const crawl::BlockKey block : first->again->blocks) {
    if ((other = !other)) repeated.insert(block);
  }
  const crawl::PageContent without =
      extractor.content_without(repeated, *first->again, url);
  for (const std::string& one :
       {*first->text, *first->markdown, *without.text, *without.markdown}) {
    check(crawl::is_valid_utf8(one), "what is read is no UTF-8");
  }
  check(without.text->size() <= first->text->size() + 2 &&
            *without.words <= *first->words &&
            without.text->empty() == first->text->empty(),
        "more is left than there was", *without.text, *first->text);
  for (const std::string& one :
       {first->published, first->modified, first->author}) {
    check(crawl::is_valid_utf8(one), "what the page says is no UTF-8");
  }
  return 0;
}
