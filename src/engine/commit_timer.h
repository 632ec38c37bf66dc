#ifndef CRAWL_ENGINE_COMMIT_TIMER_H_
#define CRAWL_ENGINE_COMMIT_TIMER_H_

#include <chrono>
#include <cstdint>
#include <optional>

#include "crawl/base/clock.h"

namespace crawl {

// When an agenda should commit: so long after the last time, sooner if much has
// happened, never if nothing has.
class CommitTimer {
 public:
  void start(Clock::time_point now, std::chrono::nanoseconds interval) {
    due_ = now + interval;
    happened_ = 0;
  }

  // A URL is done with.
  void note() { ++happened_; }

  std::optional<Clock::time_point> due() const {
    if (happened_ == 0) return std::nullopt;
    return happened_ < kAtOnce ? due_ : Clock::time_point::min();
  }

 private:
  static constexpr std::uint64_t kAtOnce = 5'000;

  Clock::time_point due_{};
  std::uint64_t happened_ = 0;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_COMMIT_TIMER_H_
