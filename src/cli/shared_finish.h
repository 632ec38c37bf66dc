#ifndef CRAWL_CLI_SHARED_FINISH_H_
#define CRAWL_CLI_SHARED_FINISH_H_

#include <string>

namespace crawl::cli {

// --finish: cuts the outputs of workers that are gone to what counts, where
// they are on this machine, and says of all others how much that is. The exit
// status.
int finish_shared(const std::string& address);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_SHARED_FINISH_H_
