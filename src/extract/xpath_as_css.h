#ifndef CRAWL_EXTRACT_XPATH_AS_CSS_H_
#define CRAWL_EXTRACT_XPATH_AS_CSS_H_

#include <optional>
#include <string_view>

#include "extract/css_selector.h"

namespace crawl {

// The selectors that find what an XPath expression does, of paths such as
// //table//tr/td[@class='x']//text(): they take time that goes with the page's
// size, where libxml2's may go with its square. Nothing of other expressions:
// steps are names in lower case or *, from the document down, with conditions
// on attributes; the last may be text() or an attribute; '|' joins paths.
//
// `expression` is valid XPath.
std::optional<CssList> xpath_as_css(std::string_view expression);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_XPATH_AS_CSS_H_
