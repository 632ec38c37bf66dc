#ifndef CRAWL_FRONTIER_SEEN_KEY_H_
#define CRAWL_FRONTIER_SEEN_KEY_H_

#include <string>
#include <string_view>

namespace crawl {

// The text by which a URL is known: the same for all spellings of one URL that
// only differ in percent-encoding. What needs none (RFC 3986 section 2.3) is
// decoded, the digits of the rest are upper case (section 6.2.2.2 and .1); a
// `%` that begins no encoding stays. The URL itself is asked for as written.
//
// Returns `href` itself where nothing changes, for most URLs after one look for
// a `%`; else a view of `buffer`, whose content is replaced.
std::string_view seen_key(std::string_view href, std::string& buffer);

}  // namespace crawl

#endif  // CRAWL_FRONTIER_SEEN_KEY_H_
