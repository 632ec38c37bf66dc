#ifndef CRAWL_FRONTIER_TRAP_H_
#define CRAWL_FRONTIER_TRAP_H_

#include "crawl/base/url.h"
#include "crawl/frontier/scope.h"

namespace crawl {

// The first trap guard that `url` runs into; kInScope if none.
ScopeDecision judge_traps(const Url& url, const TrapLimits& limits);

}  // namespace crawl

#endif  // CRAWL_FRONTIER_TRAP_H_
