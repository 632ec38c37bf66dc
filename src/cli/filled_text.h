#ifndef CRAWL_CLI_FILLED_TEXT_H_
#define CRAWL_CLI_FILLED_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace crawl::cli {

// Appends `text`, a paragraph, as lines of at most `width` columns; all but the
// first begin at `column`, where the first one is already, and `indent`
// further.
void append_filled(std::string_view text, std::size_t column, std::size_t width,
                   std::string& out, std::size_t indent = 0);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_FILLED_TEXT_H_
