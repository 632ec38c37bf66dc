#ifndef CRAWL_ENGINE_CRAWL_OPTIONS_H_
#define CRAWL_ENGINE_CRAWL_OPTIONS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "crawl/engine/site_options.h"
#include "crawl/fetch/fetcher.h"
#include "crawl/fetch/retry_policy.h"
#include "crawl/frontier/politeness.h"
#include "crawl/frontier/scope.h"

namespace crawl {

// How much a crawl may have in all, over every run of it: then it ends in good
// order, with the rest left. 0: any.
struct BudgetOptions {
  std::uint64_t max_pages = 0;  // records
  std::chrono::nanoseconds max_time{0};
  std::uint64_t max_bytes = 0;  // of bodies, decoded
};

// Every setting of a crawl with its default, in plain types. A value; whoever
// runs the crawl keeps its own copy.
struct CrawlOptions {
  std::size_t jobs = 8;     // -j: exchanges in flight, at most
  std::size_t threads = 1;  // transfer loops
  bool sync = false;        // one at a time on the calling thread
  bool ordered = false;     // records in input order
  bool head = false;        // -I: pages are asked for with HEAD
  bool unique = false;      // a URL seen before is skipped, not fetched again

  std::size_t per_host = 0;  // exchanges in flight per host; 0: jobs
  // Between request starts at one host: at public addresses, and at loopback
  // and private ones.
  PaceOptions pace;
  PaceOptions private_pace;
  // And at public hosts that links are only checked at; else as of the others.
  std::optional<PaceOptions> leaf_pace;
  double rate = 0;  // request starts per second; 0: no limit
  // A host is an address, once that is known, not a name: many sites may be at
  // one machine. Not through a proxy.
  bool pace_by_address = false;

  int max_redirs = 10;
  RetryOptions retry;

  // Redirects from public addresses may lead to private ones, and so may links.
  bool allow_private = false;
  RobotsMode robots = RobotsMode::kLinks;
  std::string product_token = "crawl";  // our name in robots.txt

  BudgetOptions budget;
  // What is found since the last commit of the state, if there is one, a crash
  // costs.
  std::chrono::nanoseconds commit_interval = std::chrono::seconds(1);
  bool lasting = false;  // the state is a file that can be gone on with

  // Which lines of a list are fetched: by its patterns and traps alone.
  std::optional<ScopeOptions> filter;

  std::optional<SiteOptions> site;  // -r: follow links

  // Archives to be read before the list is fetched, if there is one; "-" is
  // standard input. With neither a state nor `site`.
  std::vector<std::string> archives;

  bool time_breakdown = false;  // fills CrawlStats::times
  bool slot_times = false;      // tells the sinks the same while it goes on

  FetchOptions fetch;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_CRAWL_OPTIONS_H_
