#ifndef CRAWL_CLI_EXIT_STATUS_H_
#define CRAWL_CLI_EXIT_STATUS_H_

namespace crawl::cli {

enum ExitStatus : int {
  kExitOk = 0,        // every URL fetched with a status under 400
  kExitFailures = 1,  // finished; some URL failed
  kExitUsage = 2,     // could not begin, or not write its output or state
  kExitInterrupted = 130,
};

}  // namespace crawl::cli

#endif  // CRAWL_CLI_EXIT_STATUS_H_
