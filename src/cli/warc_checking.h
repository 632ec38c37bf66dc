#ifndef CRAWL_CLI_WARC_CHECKING_H_
#define CRAWL_CLI_WARC_CHECKING_H_

#include "cli/options.h"
#include "cli/report.h"

namespace crawl::cli {

// --warc-check: the faults of each INPUT, a line each on stdout with the offset
// of its record; returns the exit status: 0 if there is none, 1 if there are, 2
// if an INPUT cannot be read.
int run_warc_check(const Options& options, Report& report);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_WARC_CHECKING_H_
