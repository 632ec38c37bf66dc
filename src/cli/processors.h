#ifndef CRAWL_CLI_PROCESSORS_H_
#define CRAWL_CLI_PROCESSORS_H_

#include <cstddef>

namespace crawl::cli {

// The processors this process may run on; at least 1.
std::size_t usable_processors();

}  // namespace crawl::cli

#endif  // CRAWL_CLI_PROCESSORS_H_
