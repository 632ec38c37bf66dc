#ifndef CRAWL_CLI_SHOWN_VALUE_H_
#define CRAWL_CLI_SHOWN_VALUE_H_

#include <string>
#include <string_view>

namespace crawl::cli {

// What the user typed, quoted for an error message: on one line, without
// terminal escapes, cut if it is long.
std::string shown_value(std::string_view value);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_SHOWN_VALUE_H_
