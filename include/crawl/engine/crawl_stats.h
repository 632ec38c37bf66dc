#ifndef CRAWL_ENGINE_CRAWL_STATS_H_
#define CRAWL_ENGINE_CRAWL_STATS_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "crawl/base/error_kind.h"
#include "crawl/engine/time_breakdown.h"

namespace crawl {

// The totals of a crawl. Every URL admitted is counted in exactly one of
// fetched, failed, skipped and left; adds_up() says so.
struct CrawlStats {
  std::uint64_t admitted = 0;
  std::uint64_t fetched = 0;  // final status under 400
  std::uint64_t failed = 0;   // of any kind, http statuses of 400 and more too
  std::uint64_t skipped = 0;  // not asked for: duplicate, robots, scope, ...
  std::uint64_t left = 0;     // not begun when the crawl was stopped
  // done() as an earlier run of this crawl left it; all else of this struct but
  // those four and by_kind is this run's.
  std::uint64_t done_before = 0;
  std::array<std::uint64_t, kErrorKindCount> by_kind{};  // failed and skipped

  // Of the URLs that the user gave: skipped for a reason of their own, so that
  // nothing of them was fetched (not as copies, nor by the user's patterns).
  std::uint64_t seeds_skipped = 0;
  std::uint64_t sitemaps_failed = 0;  // of those that the user named
  std::uint64_t bad_locations = 0;    // of sitemaps, that are no URLs
  // URLs were found, and the patterns to include (--include) fit none of them.
  bool nothing_included = false;

  std::uint64_t requests = 0;  // that went out: hops and retries counted
  std::uint64_t retries = 0;   // of these
  std::uint64_t redirects = 0;
  std::uint64_t connections = 0;       // opened
  std::uint64_t bytes_downloaded = 0;  // bodies, on the wire
  std::uint64_t bytes_decoded = 0;
  std::uint64_t truncated = 0;  // bodies of fetched pages, by --max-filesize
  bool of_archives = false;     // or by whoever archived them
  // Pages of which something asked for was left out, see Extraction::error.
  std::uint64_t extracts_cut = 0;

  // Records of archives that say nothing of a page fetched by http, by what
  // they are: "request", "resource", a response by its scheme: "dns:".
  std::map<std::string, std::uint64_t> passed_over;

  // What is going on now, for the progress line.
  std::size_t in_flight = 0;
  std::size_t queued = 0;

  std::chrono::nanoseconds elapsed{0};
  bool stopped = false;        // by request_stop() or a closed output
  bool out_of_budget = false;  // by a limit on pages, time or bytes
  std::string limit;           // which: the option's name

  // At the end, with CrawlOptions::time_breakdown.
  std::optional<TimeBreakdown> times;

  void end_by(std::string_view option) {
    out_of_budget = true;
    limit = option;
  }

  std::uint64_t done() const { return fetched + failed + skipped; }
  bool adds_up() const { return admitted == done() + left; }
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_CRAWL_STATS_H_
