#ifndef CRAWL_ENGINE_CRAWL_OPTIONS_H_
#define CRAWL_ENGINE_CRAWL_OPTIONS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "crawl/fetch/fetcher.h"
#include "crawl/fetch/retry_policy.h"

namespace crawl {

// Every setting of a crawl with its default, in plain types. A value; whoever
// runs the crawl keeps its own copy.
struct CrawlOptions {
  std::size_t jobs = 8;     // -j: exchanges in flight, at most
  std::size_t threads = 1;  // transfer loops
  bool sync = false;        // one at a time on the calling thread
  bool ordered = false;     // records in input order
  bool unique = false;      // a URL seen before is skipped, not fetched again

  std::size_t per_host = 0;           // exchanges in flight per host; 0: jobs
  std::chrono::nanoseconds delay{0};  // between request starts at one host
  double rate = 0;                    // request starts per second; 0: no limit

  int max_redirs = 10;
  RetryOptions retry;

  FetchOptions fetch;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_CRAWL_OPTIONS_H_
