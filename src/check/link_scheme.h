#ifndef CRAWL_CHECK_LINK_SCHEME_H_
#define CRAWL_CHECK_LINK_SCHEME_H_

#include <string>
#include <string_view>

namespace crawl {

// In small letters, "mailto"; "" if `url` has none.
std::string scheme_of(std::string_view url);

// What is wrong with a link of a scheme that is neither http nor https, if
// nobody gets anywhere by it: a sentence; else "". One letter of http or https
// is wrong, or a host with its port was meant.
std::string wrong_scheme(std::string_view url);

}  // namespace crawl

#endif  // CRAWL_CHECK_LINK_SCHEME_H_
