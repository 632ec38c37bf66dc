#ifndef CRAWL_TESTS_SUPPORT_MANUAL_CLOCK_H_
#define CRAWL_TESTS_SUPPORT_MANUAL_CLOCK_H_

#include <atomic>
#include <chrono>

#include "crawl/base/clock.h"

namespace crawl::testing {

// A clock that stands still until it is moved. Starts a day after the epoch of
// both clocks, so that times before the start can be told apart. Any thread may
// ask, one moves it.
class ManualClock final : public Clock {
 public:
  time_point now() const override { return time_point{} + since_epoch_.load(); }
  std::chrono::system_clock::time_point wall_time() const override {
    return std::chrono::system_clock::time_point{} + since_epoch_.load();
  }
  void advance(duration by) { since_epoch_ = since_epoch_.load() + by; }
  void advance_to(time_point when) {
    if (when > now()) advance(when - now());
  }

 private:
  std::atomic<duration> since_epoch_{std::chrono::hours(24)};
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_MANUAL_CLOCK_H_
