#ifndef CRAWL_CONCURRENT_DEADLINE_H_
#define CRAWL_CONCURRENT_DEADLINE_H_

#include <chrono>
#include <optional>

namespace crawl::detail {

// A moment of the steady clock after which a wait gives up, or never.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  static Deadline never() { return Deadline(); }

  // `timeout` from now; never without one, or if the clock cannot count so far.
  // A negative timeout has passed already.
  static Deadline after(std::optional<std::chrono::nanoseconds> timeout) {
    Deadline deadline;
    if (timeout) {
      const Clock::time_point now = Clock::now();
      if (*timeout < Clock::time_point::max() - now) {
        deadline.at_ = now + *timeout;
      }
    }
    return deadline;
  }

  // Nothing for never.
  const std::optional<Clock::time_point>& at() const { return at_; }
  bool passed() const { return at_ && Clock::now() >= *at_; }

  // Waits on `condition` until `ready()` holds; false if it did not in time.
  template <class Condition, class Lock, class Ready>
  bool wait(Condition& condition, Lock& lock, Ready ready) const {
    if (at_) return condition.wait_until(lock, *at_, ready);
    condition.wait(lock, ready);
    return true;
  }

 private:
  std::optional<Clock::time_point> at_;
};

}  // namespace crawl::detail

#endif  // CRAWL_CONCURRENT_DEADLINE_H_
