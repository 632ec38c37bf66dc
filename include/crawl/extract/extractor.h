#ifndef CRAWL_EXTRACT_EXTRACTOR_H_
#define CRAWL_EXTRACT_EXTRACTOR_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "crawl/extract/repeated_blocks.h"
#include "crawl/parse/page_extractor.h"

namespace crawl {

// What is wrong with a selector, and where.
struct SelectorFault {
  std::string message;     // for people
  std::size_t offset = 0;  // in bytes
};

// One thing to take out of pages, parsed.
//
// A selector is CSS, see parse_css(), of which each element found gives its
// outer HTML, with ::text each of its text nodes, with ::attr(name) the
// attribute; or, if it begins with '/', './', '(' or "xpath:", XPath 1.0. Then
// filters may follow, each behind a '|': string, strip, normalize, nonempty,
// first, url.
struct Selector;

// What is asked of a page's content, see PageContent.
struct ContentWishes {
  bool text = false, markdown = false, words = false, digest = false;
  bool origin = false;  // when published and changed, and by whom
  // The whole body, and not only the main content; for text, Markdown and
  // words.
  bool whole = false;
  // PageContent::again, for content_without().
  bool again = false;

  bool any() const { return text || markdown || words || digest || origin; }
};

// Selectors with names, for all pages of a crawl.
//
// What one page can cost is bounded by a multiple of its size: what is beyond
// is left out, and Extraction::error says so.
class Extractor final : public PageExtractor {
 public:
  Extractor();
  ~Extractor() override;
  Extractor(Extractor&&) noexcept;
  Extractor& operator=(Extractor&&) noexcept;

  // Fails without a change if `selector` is none.
  tl::expected<void, SelectorFault> add(std::string name,
                                        std::string_view selector);

  // Has extract() also read what pages say of themselves.
  void want_facts() { facts_ = true; }

  // And read their content.
  void want_content(const ContentWishes& wishes) { content_ = wishes; }

  bool empty() const { return names_->empty() && !facts_ && !content_.any(); }
  const std::vector<std::string>& names() const { return *names_; }

  Extraction extract(std::string_view body, std::string_view encoding,
                     const Url& url) const override;

  // The content of a page that was read, but for the blocks of it that are
  // repeated: text, Markdown, words and digest, of those that were asked for.
  PageContent content_without(const BlockSet& repeated, const PageAgain& page,
                              const Url& url) const;

 private:
  std::shared_ptr<std::vector<std::string>> names_;
  std::vector<Selector> selectors_;
  bool facts_ = false;
  ContentWishes content_;
};

}  // namespace crawl

#endif  // CRAWL_EXTRACT_EXTRACTOR_H_
