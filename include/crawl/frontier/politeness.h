#ifndef CRAWL_FRONTIER_POLITENESS_H_
#define CRAWL_FRONTIER_POLITENESS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crawl/base/clock.h"
#include "crawl/base/error_kind.h"

namespace crawl {

// How fast one host may be asked; the same for all hosts of a crawl.
struct PaceOptions {
  // Between two request starts, whatever the server says.
  std::chrono::nanoseconds delay{0};
  // A longer Crawl-delay counts as this much.
  std::chrono::nanoseconds max_crawl_delay = std::chrono::seconds(30);

  // --delay auto, after Scrapy's AutoThrottle: aim at so many requests under
  // way at once, going by how long the server takes to answer.
  bool adaptive = false;
  double target_concurrency = 1;
  std::chrono::nanoseconds adaptive_start = std::chrono::seconds(1);
  std::chrono::nanoseconds adaptive_max = std::chrono::seconds(60);

  // After 429 and 503 without Retry-After: first, then twice as long each time.
  // Until they are forgiven the delay doubles too, from this at least (0: not
  // if there is none).
  std::chrono::nanoseconds first_hold = std::chrono::seconds(1);
  std::chrono::nanoseconds max_hold = std::chrono::minutes(5);
  std::chrono::nanoseconds least_slow_delay = std::chrono::milliseconds(100);
  std::chrono::nanoseconds max_retry_after = std::chrono::hours(1);
  // So long without another 429 or 503 takes one of them off the count.
  std::chrono::nanoseconds forgive_after = std::chrono::minutes(1);
};

// How a request ended, as far as the pace goes.
struct PaceAnswer {
  Clock::time_point started;  // when the request began
  ErrorKind error = ErrorKind::kNone;
  int status_code = 0;
  // From the request's start to the first byte of the answer.
  std::chrono::nanoseconds latency{0};
  std::optional<std::chrono::seconds> retry_after{};
  double random = 0.5;  // 0 to 1, evenly spread: the jitter of a hold
};

// When one host may be asked again: a small state machine without a clock, a
// thread or a queue. The same `options` must be given at every call.
//
// The time of the next start is the latest of: the last start plus the delay,
// and the end of a hold. The delay is the longest of the user's, the capped
// Crawl-delay and, if adaptive, what the server's latency asks for; errors may
// lengthen that, never shorten it. 429 and 503 hold the whole host, and double
// its delay until they are forgiven. Answers to requests
// that began before a hold belong to the same incident.
class HostPace {
 public:
  // No request may start before this.
  Clock::time_point ready_at() const;

  // A request starts now (which may be later than ready_at()).
  void started(Clock::time_point now, const PaceOptions& options);

  void answered(const PaceAnswer& answer, Clock::time_point now,
                const PaceOptions& options);

  // What robots.txt asks for; false if the cap shortens it.
  bool set_crawl_delay(std::optional<std::chrono::milliseconds> delay,
                       const PaceOptions& options);
  bool has_crawl_delay() const { return crawl_delay_.count() > 0; }

  // Between request starts, as things stand at `now`.
  std::chrono::nanoseconds delay(Clock::time_point now,
                                 const PaceOptions& options) const;

  // 429s and 503s not forgiven yet.
  unsigned strikes(Clock::time_point now, const PaceOptions& options) const;

  // All of it as text for another process, whose clock is another one; and what
  // was saved so long `ago`. No request starts before `now` plus `rest`. What
  // is no such text is a pace that nothing is known of.
  std::string save(Clock::time_point now) const;
  static HostPace restore(std::string_view saved, std::chrono::nanoseconds ago,
                          std::chrono::nanoseconds rest, Clock::time_point now);

 private:
  void hold(const PaceAnswer& answer, Clock::time_point now,
            const PaceOptions& options);
  void adapt(const PaceAnswer& answer, const PaceOptions& options);

  Clock::time_point next_start_ = Clock::time_point::min();
  Clock::time_point held_since_ = Clock::time_point::min();
  Clock::time_point held_until_ = Clock::time_point::min();
  std::chrono::nanoseconds adaptive_{-1};  // unset
  std::chrono::milliseconds crawl_delay_{0};
  std::uint8_t strikes_ = 0;  // when the latest hold began
};

}  // namespace crawl

#endif  // CRAWL_FRONTIER_POLITENESS_H_
