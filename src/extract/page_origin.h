#ifndef CRAWL_EXTRACT_PAGE_ORIGIN_H_
#define CRAWL_EXTRACT_PAGE_ORIGIN_H_

#include "crawl/base/page_content.h"
#include "extract/page_tree.h"

namespace crawl {

// When a page says that it was published and changed, and by whom: what its
// JSON-LD says of an article, else its meta elements (Open Graph's article:*,
// Dublin Core and the like), microdata, time elements that say so, rel=author.
// A date is as the page writes it, and has a year in it.
void read_origin(const PageTree& tree, PageContent& content);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_PAGE_ORIGIN_H_
