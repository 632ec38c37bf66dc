#ifndef CRAWL_CLI_OPEN_FILES_H_
#define CRAWL_CLI_OPEN_FILES_H_

#include <cstddef>

namespace crawl::cli {

// Sees to it, as far as the system allows, that this process may have `wanted`
// files open, and returns how many it may have now.
std::size_t raise_open_files_limit(std::size_t wanted);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_OPEN_FILES_H_
