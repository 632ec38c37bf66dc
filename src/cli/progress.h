#ifndef CRAWL_CLI_PROGRESS_H_
#define CRAWL_CLI_PROGRESS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "crawl/engine/crawl_stats.h"

namespace crawl::cli {

// The one line that a terminal shows while a crawl runs: done, in flight,
// queued, rate, errors. Redrawn in place, at most ten times a second (the
// interval is CrawlObserver's); erased before anything else is printed to the
// same terminal.
//
// One thread.
class ProgressLine {
 public:
  // `fd` is a terminal's. Draws nothing until the first draw().
  explicit ProgressLine(int fd);
  ~ProgressLine();  // erases
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // Does nothing within a tenth of a second of the last time.
  void draw(const CrawlStats& stats);
  void erase();

 private:
  int fd_;
  bool drawn_ = false;
  std::uint64_t last_done_ = 0;
  std::chrono::nanoseconds last_elapsed_{0};
  double rate_ = 0;
};

// The line's text, cut to `columns`.
std::string format_progress(const CrawlStats& stats, double rate,
                            std::size_t columns);

}  // namespace crawl::cli

#endif  // CRAWL_CLI_PROGRESS_H_
