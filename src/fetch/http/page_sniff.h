#ifndef CRAWL_FETCH_HTTP_PAGE_SNIFF_H_
#define CRAWL_FETCH_HTTP_PAGE_SNIFF_H_

#include <cstdint>
#include <string_view>

namespace crawl {

// What a Content-Type header says of a body.
enum class BodyType : std::uint8_t { kHtml, kOther, kUnsaid };

BodyType body_type(std::string_view content_type);

// Whether a body without a Content-Type begins like HTML: a byte order mark,
// white space and comments aside, with "<!doctype html" or "<html" (the MIME
// Sniffing Standard's section 7.1 knows more; a crawler needs no more).
bool begins_like_html(std::string_view body);

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_PAGE_SNIFF_H_
