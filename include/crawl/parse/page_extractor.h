#ifndef CRAWL_PARSE_PAGE_EXTRACTOR_H_
#define CRAWL_PARSE_PAGE_EXTRACTOR_H_

#include <string_view>

#include "crawl/base/extraction.h"
#include "crawl/base/url.h"

namespace crawl {

// Takes out of a page what a user asks for, on the thread that reads the page.
// What that is, a higher room knows: extract/extractor.h.
//
// Any thread, several at a time.
class PageExtractor {
 public:
  virtual ~PageExtractor() = default;

  // `body` is the page after content decoding, `encoding` the Encoding
  // Standard's name of what it is in, `url` what answered with it. Never fails
  // and never throws but for lost memory: what goes wrong is in the result.
  virtual Extraction extract(std::string_view body, std::string_view encoding,
                             const Url& url) const = 0;
};

}  // namespace crawl

#endif  // CRAWL_PARSE_PAGE_EXTRACTOR_H_
