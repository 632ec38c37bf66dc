#ifndef CRAWL_PARSE_HTML_HUGE_NUMBERS_H_
#define CRAWL_PARSE_HTML_HUGE_NUMBERS_H_

#include <optional>
#include <string>
#include <string_view>

namespace crawl {

// The same page where numeric references that gumbo 0.10.1 cannot count to
// (it makes any character of them, or bytes that are none) are as long, and of
// U+FFFD, which the standard makes of them. Nothing if there are none.
std::optional<std::string> without_huge_numbers(std::string_view html);

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_HUGE_NUMBERS_H_
