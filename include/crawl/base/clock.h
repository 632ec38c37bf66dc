#ifndef CRAWL_BASE_CLOCK_H_
#define CRAWL_BASE_CLOCK_H_

#include <chrono>

namespace crawl {

// Where time comes from, so that a test can move it by hand.
//
// Any thread may call; implementations have no other effect.
class Clock {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::nanoseconds;

  virtual ~Clock() = default;

  // For waiting and measuring: never goes back.
  virtual time_point now() const = 0;

  // For records and HTTP dates.
  virtual std::chrono::system_clock::time_point wall_time() const = 0;
};

class SystemClock final : public Clock {
 public:
  time_point now() const override { return std::chrono::steady_clock::now(); }
  std::chrono::system_clock::time_point wall_time() const override {
    return std::chrono::system_clock::now();
  }
};

}  // namespace crawl

#endif  // CRAWL_BASE_CLOCK_H_
