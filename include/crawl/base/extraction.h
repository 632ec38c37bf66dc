#ifndef CRAWL_BASE_EXTRACTION_H_
#define CRAWL_BASE_EXTRACTION_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crawl/base/page_content.h"
#include "crawl/base/page_facts.h"

namespace crawl {

// What was asked of one page by name (--extract): for each name the strings
// found, in the page's order. All text is valid UTF-8.
struct Extraction {
  // One list for all pages of a crawl; never null, unless nothing was asked.
  std::shared_ptr<const std::vector<std::string>> names;
  std::vector<std::vector<std::string>> values;  // as many as names
  std::optional<PageFacts> facts;                // if they were asked for
  std::optional<PageContent> content;            // if some of it was
  // Why some of it is missing, for people; "" if all of it is here.
  std::string error;
};

}  // namespace crawl

#endif  // CRAWL_BASE_EXTRACTION_H_
