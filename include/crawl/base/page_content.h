#ifndef CRAWL_BASE_PAGE_CONTENT_H_
#define CRAWL_BASE_PAGE_CONTENT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "crawl/base/fingerprint.h"

namespace crawl {

// What of a page's content was asked for. All text is valid UTF-8.
struct PageContent {
  std::optional<std::string> text;
  std::optional<std::string> markdown;
  std::optional<std::uint64_t> words;
  // Of the main content's text, white space apart.
  std::optional<Fingerprint> digest;
  // As the page says so; "" if it does not.
  std::string published, modified, author;
};

}  // namespace crawl

#endif  // CRAWL_BASE_PAGE_CONTENT_H_
