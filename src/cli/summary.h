#ifndef CRAWL_CLI_SUMMARY_H_
#define CRAWL_CLI_SUMMARY_H_

#include <string>

#include "cli/options.h"
#include "crawl/engine/crawl_stats.h"

namespace crawl::cli {

// What a crawl says at its end, a few lines for stderr: the totals, which
// visibly add up (admitted = fetched + failed + skipped + left), failures and
// skips by kind, requests, retries, bytes, time and rate.
std::string format_summary(const CrawlStats& stats);

// What --stats adds: where the time went, as a table of the transfer slots, and
// what it was spent on besides.
std::string format_times(const CrawlStats& stats, const TimeBreakdown& times);

// How to go on after Ctrl-C. For a list whose records name its lines it is a
// command for the shell that picks those without one; `exact`: they name them
// byte by byte. Looks for the files and for a name that is free.
std::string format_resume_hint(const Options& options, bool exact);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_SUMMARY_H_
