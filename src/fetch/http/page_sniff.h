#ifndef CRAWL_FETCH_HTTP_PAGE_SNIFF_H_
#define CRAWL_FETCH_HTTP_PAGE_SNIFF_H_

#include <cstdint>
#include <string_view>

namespace crawl {

// What a Content-Type header says of a body: nothing if there is none, or none
// that is valid, or one that says so (MIME Sniffing Standard section 7).
enum class BodyType : std::uint8_t { kHtml, kOther, kUnsaid };

BodyType body_type(std::string_view content_type);

// text/css.
bool is_style_sheet(std::string_view content_type);

// What a page is made of beside HTML: images, style sheets, scripts, fonts,
// audio and video.
bool is_page_part(std::string_view content_type);

// Whether a body of which nothing is said begins like HTML, by the MIME
// Sniffing Standard's section 7.1: white space aside, with one of its tags. A
// byte order mark is passed over too, and what ends a tag's name is whatever
// does in HTML.
bool begins_like_html(std::string_view body);

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_PAGE_SNIFF_H_
