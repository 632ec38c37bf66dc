#ifndef CRAWL_CLI_SUMMARY_H_
#define CRAWL_CLI_SUMMARY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "crawl/engine/crawl_stats.h"

namespace crawl::cli {

// "1 URL", "4,424 URLs".
std::string counted(std::uint64_t count, std::string_view what);

// What a crawl says at its end, a few lines for stderr: the totals, which
// visibly add up (admitted = fetched + failed + skipped + left), failures and
// skips by kind, requests, retries, bytes, time and rate. Lines of at most
// `width` columns, broken between words; 0 for any.
std::string format_summary(const CrawlStats& stats, std::size_t width = 0);

// What --stats adds: where the time went, as a table of the transfer slots, and
// what it was spent on besides. `width` as above.
std::string format_times(const CrawlStats& stats, const TimeBreakdown& times,
                         std::size_t width = 0);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_SUMMARY_H_
