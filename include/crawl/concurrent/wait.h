#ifndef CRAWL_CONCURRENT_WAIT_H_
#define CRAWL_CONCURRENT_WAIT_H_

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <vector>

#include "crawl/concurrent/as_completed.h"
#include "crawl/concurrent/deadline.h"
#include "crawl/concurrent/future_range.h"

namespace crawl {

enum class ReturnWhen {
  kFirstCompleted,
  kFirstException,  // kAllCompleted if none fails; cancelling is no failure
  kAllCompleted,
};

// Both in the order given.
template <class T>
struct WaitResult {
  std::vector<Future<T>> done;
  std::vector<Future<T>> not_done;
};

namespace detail {

// Which of `futures`, no duplicates, have ended when the wait does.
std::vector<bool> wait_for_cores(const std::vector<FutureCore*>& futures,
                                 const Deadline& deadline, ReturnWhen when);

template <class T, class R>
WaitResult<T> wait_for_futures(R&& futures,
                               std::optional<std::chrono::nanoseconds> timeout,
                               ReturnWhen when) {
  const Deadline deadline = Deadline::after(timeout);
  const std::vector<Future<T>> all = distinct<T>(futures);
  const std::vector<bool> ended = wait_for_cores(cores_of(all), deadline, when);
  WaitResult<T> result;
  for (std::size_t i = 0; i < all.size(); ++i) {
    (ended[i] ? result.done : result.not_done).push_back(all[i]);
  }
  return result;
}

}  // namespace detail

// Waits until enough of `futures` (any range of Future<T>, of any executors)
// have ended, or `timeout` is over; then returns, and never throws
// TimeoutError. Duplicates count once; a cancelled future has ended when it has
// been notified.
template <detail::FutureRange R>
auto wait(R&& futures, std::optional<std::chrono::nanoseconds> timeout = {},
          ReturnWhen when = ReturnWhen::kAllCompleted)
    -> WaitResult<detail::FutureValueOf<R>> {
  return detail::wait_for_futures<detail::FutureValueOf<R>>(futures, timeout,
                                                            when);
}
template <class T>
auto wait(std::initializer_list<Future<T>> futures,
          std::optional<std::chrono::nanoseconds> timeout = {},
          ReturnWhen when = ReturnWhen::kAllCompleted) -> WaitResult<T> {
  return detail::wait_for_futures<T>(futures, timeout, when);
}

}  // namespace crawl

#endif  // CRAWL_CONCURRENT_WAIT_H_
