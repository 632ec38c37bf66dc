#ifndef CRAWL_CLI_REFUSE_H_
#define CRAWL_CLI_REFUSE_H_

#include <cstdio>

#include "cli/exit_status.h"
#include "crawl/base/error.h"

namespace crawl::cli {

// Says on standard error why nothing, or no more, is done; the exit status
// then.
inline int refuse(const Error& error) {
  std::fprintf(stderr, "crawl: %s\n", error.message.c_str());
  return kExitUsage;
}

}  // namespace crawl::cli

#endif  // CRAWL_CLI_REFUSE_H_
