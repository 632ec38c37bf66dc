#ifndef CRAWL_CLI_PROGRESS_H_
#define CRAWL_CLI_PROGRESS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "cli/screen.h"
#include "crawl/engine/crawl_stats.h"

namespace crawl::cli {

// What a progress line says besides the crawl's totals.
struct ProgressView {
  double rate = 0;                       // URLs done per second, of late
  std::optional<std::uint64_t> total{};  // lines of the list, once counted
  bool site = false;                     // -r: links add URLs all the while
  std::string waiting{};                 // what for, if nothing is in flight
};

// The line's text, in at most `columns`: what matters less is left out first.
// A bar, percent and the time left where the total is known.
std::string format_progress(const CrawlStats& stats, const ProgressView& view,
                            std::size_t columns);

// The one line that a terminal shows while a crawl runs. Redrawn in place, at
// most ten times a second (the interval is CrawlObserver's).
//
// One thread.
class ProgressLine {
 public:
  ProgressLine(std::shared_ptr<Screen> screen, bool site)
      : screen_(std::move(screen)) {
    view_.site = site;
  }

  // Does nothing within a tenth of a second of the last time. `waiting`: what
  // for, if nothing is in flight.
  void draw(const CrawlStats& stats, std::optional<std::uint64_t> total,
            std::string waiting = "");

 private:
  const std::shared_ptr<Screen> screen_;
  ProgressView view_;
  std::uint64_t last_done_ = 0;
  std::chrono::nanoseconds last_elapsed_{0};
  std::chrono::nanoseconds waiting_until_{0};  // is said so long
};

}  // namespace crawl::cli

#endif  // CRAWL_CLI_PROGRESS_H_
