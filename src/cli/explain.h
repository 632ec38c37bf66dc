#ifndef CRAWL_CLI_EXPLAIN_H_
#define CRAWL_CLI_EXPLAIN_H_

#include "cli/options.h"
#include "cli/report.h"

namespace crawl::cli {

// --explain: what the crawl that the other options describe would do with one
// URL, rule by rule: scope, traps, state, robots.txt (which is fetched). To
// stdout; returns the exit status: 0 if it would be fetched, 1 if not.
int run_explain(const Options& options, Report& report);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_EXPLAIN_H_
