#ifndef CRAWL_CHECK_PAGE_TEXT_H_
#define CRAWL_CHECK_PAGE_TEXT_H_

#include <string>
#include <string_view>

namespace crawl {

// All text of a page, which is UTF-8, as a reader may search it; "" if the page
// is too much for that.
std::string page_text(std::string_view html);

}  // namespace crawl

#endif  // CRAWL_CHECK_PAGE_TEXT_H_
