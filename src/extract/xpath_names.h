#ifndef CRAWL_EXTRACT_XPATH_NAMES_H_
#define CRAWL_EXTRACT_XPATH_NAMES_H_

#include <optional>
#include <string_view>

#include "crawl/extract/extractor.h"

namespace crawl {

// What is wrong with the names in an XPath 1.0 expression: functions and how
// many arguments they take (section 4), axes, prefixes (xlink and xml),
// variables (there are none). libxml2 looks them up only when it comes to them.
// Nothing if nothing is; what else may be wrong is not looked at.
std::optional<SelectorFault> check_xpath_names(std::string_view expression);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_XPATH_NAMES_H_
