#ifndef CRAWL_CLI_OPEN_FILES_H_
#define CRAWL_CLI_OPEN_FILES_H_

#include <cstddef>

namespace crawl::cli {

// Sees to it, as far as the system allows, that this process may have `wanted`
// files open, and returns how many it may have now.
std::size_t raise_open_files_limit(std::size_t wanted);

// Makes the process's table of open files large enough for `count`. To be done
// before a second thread runs: Linux makes whoever enlarges the table later
// wait until all processors have let go of the old one, 10 ms and more each
// time it doubles.
void make_room_for_open_files(std::size_t count);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_OPEN_FILES_H_
