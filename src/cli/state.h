#ifndef CRAWL_CLI_STATE_H_
#define CRAWL_CLI_STATE_H_

#include "cli/options.h"
#include "crawl/frontier/state_store.h"

namespace crawl::cli {

// The file and the options that give its content a meaning: a crawl can only be
// gone on with as it was begun.
StateOptions state_options(const Options& options);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_STATE_H_
