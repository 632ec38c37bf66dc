#ifndef CRAWL_CLI_COMPARE_H_
#define CRAWL_CLI_COMPARE_H_

#include <string>
#include <vector>

#include "cli/compare_table.h"
#include "cli/options.h"
#include "cli/report.h"
#include "crawl/base/error.h"
#include "crawl/engine/crawler.h"

namespace crawl::cli {

struct Comparison {
  std::vector<CompareRun> runs;  // the sequential one first
  std::uint64_t urls = 0;        // of the list
  // Of them, those whose status or body was not the same in every run, however
  // many did not agree, with an example.
  std::uint64_t disagreements = 0;
  std::string first_disagreement;
  bool interrupted = false;
  bool failures = false;
};

// Runs the same list sequentially and then at each level of options.compare,
// and checks that every URL got the same status and the same body each time.
// Keeps 32 bytes a URL. `watch` is told of each Crawler while it runs, and of
// null after.
Result<Comparison> run_comparison(const Options& options, Report& report,
                                  const std::function<void(Crawler*)>& watch);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_COMPARE_H_
