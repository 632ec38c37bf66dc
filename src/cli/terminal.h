#ifndef CRAWL_CLI_TERMINAL_H_
#define CRAWL_CLI_TERMINAL_H_

#include <cstddef>

#include "crawl/writer/result_writer.h"

namespace crawl::cli {

// Columns of the terminal at `fd`; 80 where it does not say.
std::size_t terminal_columns(int fd);
// The same, but 0, which is any, where `fd` is no terminal.
std::size_t columns_of(int fd);

// For text on `fd`: lines as wide as the terminal is at the time, in colours
// unless NO_COLOR (no-color.org) is set or the terminal is dumb, with links if
// it is known to have them; plain and uncut elsewhere.
TextStyle text_style_of(int fd);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_TERMINAL_H_
