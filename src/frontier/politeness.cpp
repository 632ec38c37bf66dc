#include "crawl/frontier/politeness.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace crawl {
namespace {

using std::chrono::nanoseconds;

constexpr std::uint8_t kMaxStrikes = 30;
// No pause is so long.
constexpr std::chrono::hours kNever{24 * 365};

// `time`, doubled so many times, and at most `limit`.
nanoseconds doubled(nanoseconds time, unsigned times, nanoseconds limit) {
  for (; times > 0 && time < limit; --times) time *= 2;
  return std::min(time, limit);
}

bool asks_to_slow_down(const PaceAnswer& answer) {
  return answer.status_code == 429 || answer.status_code == 503;
}

}  // namespace

Clock::time_point HostPace::ready_at() const {
  return std::max(next_start_, held_until_);
}

unsigned HostPace::strikes(Clock::time_point now,
                           const PaceOptions& options) const {
  if (strikes_ == 0 || now <= held_until_) return strikes_;
  if (options.forgive_after <= nanoseconds(0)) return 0;
  const auto forgiven = (now - held_until_) / options.forgive_after;
  return forgiven >= strikes_ ? 0 : strikes_ - static_cast<unsigned>(forgiven);
}

nanoseconds HostPace::delay(Clock::time_point now,
                            const PaceOptions& options) const {
  nanoseconds delay = std::max<nanoseconds>(
      options.delay,
      std::min<nanoseconds>(crawl_delay_, options.max_crawl_delay));
  if (options.adaptive) {
    delay = std::max(
        delay, adaptive_ < nanoseconds(0) ? options.adaptive_start : adaptive_);
  }
  if (const unsigned count = strikes(now, options); count > 0) {
    const nanoseconds slow = doubled(std::max(delay, options.least_slow_delay),
                                     count, options.max_hold);
    delay = std::max(delay, slow);
  }
  return delay;
}

void HostPace::started(Clock::time_point now, const PaceOptions& options) {
  next_start_ = std::max(next_start_, now + delay(now, options));
}

void HostPace::answered(const PaceAnswer& answer, Clock::time_point now,
                        const PaceOptions& options) {
  // Nothing has come to a host without an address: there is nothing to spare.
  if (answer.error == ErrorKind::kDns) {
    next_start_ = std::min(next_start_, answer.started);
  }
  if (options.adaptive) adapt(answer, options);
  if (asks_to_slow_down(answer)) hold(answer, now, options);
}

void HostPace::adapt(const PaceAnswer& answer, const PaceOptions& options) {
  if (answer.latency <= nanoseconds(0)) return;  // no answer, nothing to learn
  const nanoseconds floor = std::max<nanoseconds>(
      options.delay,
      std::min<nanoseconds>(crawl_delay_, options.max_crawl_delay));
  const nanoseconds before = adaptive_ < nanoseconds(0)
                                 ? std::max(options.adaptive_start, floor)
                                 : adaptive_;
  const nanoseconds target(
      static_cast<std::int64_t>(static_cast<double>(answer.latency.count()) /
                                std::max(options.target_concurrency, 0.01)));
  // At once when the server slows down, half way when it gets faster.
  const nanoseconds after =
      std::clamp(std::max(target, (before + target) / 2), floor,
                 std::max(floor, options.adaptive_max));
  const bool good =
      answer.error == ErrorKind::kNone && answer.status_code == 200;
  if (good || after > before) adaptive_ = after;
}

void HostPace::hold(const PaceAnswer& answer, Clock::time_point now,
                    const PaceOptions& options) {
  const bool same_incident =
      strikes_ > 0 && answer.started <= held_since_ && now >= held_since_;
  unsigned count = strikes(now, options);
  if (!same_incident) {
    strikes_ =
        static_cast<std::uint8_t>(std::min<unsigned>(count + 1, kMaxStrikes));
    count = strikes_;
    held_since_ = now;
  }
  nanoseconds wait{0};
  if (answer.retry_after) {
    wait = std::min<nanoseconds>(
        std::min(*answer.retry_after, std::chrono::seconds(24 * 60 * 60)),
        options.max_retry_after);
    wait = std::max(wait, options.first_hold);
  } else if (!same_incident) {
    wait = doubled(options.first_hold, count - 1, options.max_hold);
    // Give or take a quarter, so that hosts of one server do not come back
    // together.
    wait = nanoseconds(static_cast<std::int64_t>(
        static_cast<double>(wait.count()) *
        (0.75 + 0.5 * std::clamp(answer.random, 0.0, 1.0))));
    wait = std::min(wait, options.max_hold);
  }
  held_until_ = std::max(held_until_, now + wait);
  next_start_ = std::max(next_start_, held_until_);
}

std::string HostPace::save(Clock::time_point now) const {
  // Long past is as good as never.
  const auto from_now = [now](Clock::time_point time) {
    return time == Clock::time_point::min() ? -nanoseconds(kNever) : time - now;
  };
  return fmt::format("{} {} {} {} {} {}", from_now(next_start_).count(),
                     from_now(held_since_).count(),
                     from_now(held_until_).count(), adaptive_.count(),
                     crawl_delay_.count(), strikes_);
}

HostPace HostPace::restore(std::string_view saved, nanoseconds ago,
                           nanoseconds rest, Clock::time_point now) {
  std::array<std::int64_t, 6> parts{};
  bool good = true;
  for (std::size_t i = 0; i < parts.size() && good; ++i) {
    if (i > 0) {
      good = saved.starts_with(' ');
      if (good) saved.remove_prefix(1);
    }
    const auto [end, error] =
        std::from_chars(saved.data(), saved.data() + saved.size(), parts[i]);
    good = good && error == std::errc();
    saved.remove_prefix(static_cast<std::size_t>(end - saved.data()));
  }
  HostPace pace;
  if (good && saved.empty()) {
    const auto time = [&](std::int64_t from_now) {
      const nanoseconds bounded(std::clamp(
          from_now, -nanoseconds(kNever).count(), nanoseconds(kNever).count()));
      return now + bounded - ago;
    };
    pace.next_start_ = time(parts[0]);
    pace.held_since_ = time(parts[1]);
    pace.held_until_ = time(parts[2]);
    pace.adaptive_ = nanoseconds(
        std::clamp<std::int64_t>(parts[3], -1, nanoseconds(kNever).count()));
    pace.crawl_delay_ = std::chrono::milliseconds(std::clamp<std::int64_t>(
        parts[4], 0, std::chrono::milliseconds(kNever).count()));
    pace.strikes_ = static_cast<std::uint8_t>(
        std::clamp<std::int64_t>(parts[5], 0, kMaxStrikes));
  }
  pace.next_start_ = std::max(pace.next_start_, now + rest);
  return pace;
}

bool HostPace::set_crawl_delay(std::optional<std::chrono::milliseconds> delay,
                               const PaceOptions& options) {
  crawl_delay_ = delay.value_or(std::chrono::milliseconds(0));
  return crawl_delay_ <= options.max_crawl_delay;
}

}  // namespace crawl
