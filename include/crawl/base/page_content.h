#ifndef CRAWL_BASE_PAGE_CONTENT_H_
#define CRAWL_BASE_PAGE_CONTENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crawl/base/fingerprint.h"

namespace crawl {

// A page whose content is to be read once more, when what stands on many pages
// is known.
struct PageAgain {
  std::string html;      // UTF-8
  std::string encoding;  // that it came in
  bool by_tags = false;  // read of its tags alone, and no tree made
  // Digests of what the blocks of its content say, each once, sorted; if there
  // are too many, some of them.
  std::vector<std::uint64_t> blocks;
  bool all_blocks = true;
};

// What of a page's content was asked for. All text is valid UTF-8.
struct PageContent {
  std::optional<std::string> text;
  std::optional<std::string> markdown;
  std::optional<std::uint64_t> words;
  // Of the main content's text, white space apart.
  std::optional<Fingerprint> digest;
  // As the page says so; "" if it does not.
  std::string published, modified, author;
  // Of crawls that want that.
  std::optional<PageAgain> again = std::nullopt;
};

}  // namespace crawl

#endif  // CRAWL_BASE_PAGE_CONTENT_H_
