#ifndef CRAWL_CLI_STATE_H_
#define CRAWL_CLI_STATE_H_

#include <string>

#include "cli/options.h"
#include "crawl/frontier/shared_state.h"
#include "crawl/frontier/state_store.h"

namespace crawl::cli {

// The file and the options that give its content a meaning: a crawl can only be
// gone on with as it was begun.
StateOptions state_options(const Options& options);

// The same of a crawl that workers share: each has its own seeds and outputs.
SharedOptions shared_options(const Options& options);

// A worker goes by its machine's name and where its -o is.
std::string worker_name(const Options& options);

// What a worker's name begins with: that of the machine it is on.
std::string machine_name();

}  // namespace crawl::cli

#endif  // CRAWL_CLI_STATE_H_
