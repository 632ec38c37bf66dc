#ifndef CRAWL_PARSE_STYLE_URLS_H_
#define CRAWL_PARSE_STYLE_URLS_H_

#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/url.h"
#include "crawl/parse/page.h"

namespace crawl {

// What styles need to be shown: url(), @import and their like, resolved, http
// and https only, each once, in the order of the source. Any thread, any bytes;
// time and memory bounded as those of read_page() are.

// Of the style sheet that `url` answered with. `body` is the body after content
// decoding; `content_type` the Content-Type header's value, or "".
std::vector<std::string> sheet_urls(std::string_view body, const Url& url,
                                    std::string_view content_type);

// Of the style elements and attributes of the page that `url` answered with,
// which read_page() has read.
std::vector<std::string> page_style_urls(std::string_view body, const Url& url,
                                         const Page& page);

// The same for a check of links: each as often as it is there, with its place,
// and what is no link of the web as Page has it. An element's place is that of
// its tag; in a sheet, as in a style element, it is that of url() itself.

// Of a style sheet; of what is returned only the three lists are set. Elements
// are kCss, attributes kUrl or kImport.
Page sheet_links(std::string_view body, const Url& url,
                 std::string_view content_type);

// Adds to a page's lists what its styles refer to (kStyle with kUrl, kImport
// or, of an attribute, kStyle), and what kCite names. Not what is in templates,
// which scripts may still complete.
void add_style_links(std::string_view body, const Url& url, Page& page);

}  // namespace crawl

#endif  // CRAWL_PARSE_STYLE_URLS_H_
