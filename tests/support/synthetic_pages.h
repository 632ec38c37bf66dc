#ifndef CRAWL_TESTS_SUPPORT_SYNTHETIC_PAGES_H_
#define CRAWL_TESTS_SUPPORT_SYNTHETIC_PAGES_H_

#include <cstddef>
#include <string>

#include "support/loopback_site.h"

namespace crawl::testing {

struct SyntheticPages {
  std::size_t count = 0;
  std::size_t page_size = 2000;  // bytes of HTML; a page needs about 400
};

// Page `number` (from 1): always the same bytes, exactly page_size of them
// unless that is too few for its title and links. Its title is
// "Page <number> of <count>"; it links to ten others (fewer if there are fewer)
// so that all are reached from the first.
std::string synthetic_page(const SyntheticPages& pages, std::size_t number);

// Serves them as /p/<number>.html, and their URLs, one a line, as /urls.txt
// (with the host that was asked).
void serve_synthetic_pages(LoopbackSite& site, SyntheticPages pages);

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_SYNTHETIC_PAGES_H_
