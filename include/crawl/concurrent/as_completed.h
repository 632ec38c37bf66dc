#ifndef CRAWL_CONCURRENT_AS_COMPLETED_H_
#define CRAWL_CONCURRENT_AS_COMPLETED_H_

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "crawl/concurrent/completion_queue.h"
#include "crawl/concurrent/future_range.h"

namespace crawl {

namespace detail {

// The futures of a range, the first of each, in its order.
template <class T, class R>
std::vector<Future<T>> distinct(R&& futures) {
  std::vector<Future<T>> kept;
  std::unordered_set<Future<T>> seen;
  for (auto&& future : futures) {
    if (seen.insert(future).second) kept.push_back(future);
  }
  return kept;
}

template <class T>
std::vector<FutureCore*> cores_of(const std::vector<Future<T>>& futures) {
  std::vector<FutureCore*> cores;
  cores.reserve(futures.size());
  for (const Future<T>& future : futures) {
    cores.push_back(&FutureAccess::state(future));
  }
  return cores;
}

}  // namespace detail

// The futures given to as_completed(), each once, as they end. An input range
// for one thread, which iterates it once; it may be moved until begin().
//
// *it waits for the next one. It may be moved from; `for (auto future : ...)`
// does so, and then the range keeps no future that it has given out. The
// timeout shows as a TimeoutError from *it, "2 (of 4) futures unfinished",
// and ends the range. Leaving early is harmless.
template <class T>
class CompletedRange {
 public:
  using value_type = Future<T>;
  using reference = Future<T>&&;
  using iterator = detail::StreamIterator<CompletedRange>;

  CompletedRange(std::vector<Future<T>> futures,
                 std::optional<std::chrono::nanoseconds> timeout)
      : deadline_(detail::Deadline::after(timeout)),
        total_(futures.size()),
        unfinished_(futures.size()),
        state_(std::make_unique<State>(std::move(futures))) {}

  iterator begin() { return iterator(this); }
  std::default_sentinel_t end() const { return {}; }

 private:
  friend iterator;

  struct State {
    explicit State(std::vector<Future<T>> given)
        : queue(detail::cores_of(given)) {
      futures.reserve(given.size());
      for (Future<T>& future : given) futures.emplace_back(std::move(future));
    }
    std::vector<std::optional<Future<T>>> futures;  // outlives the queue
    detail::CompletionQueue queue;
  };

  bool finished() const { return unfinished_ == 0; }

  reference get() {
    if (!current_) {
      if (!state_ || !state_->queue.wait_for(1, false, deadline_)) {
        std::string message = std::to_string(unfinished_) + " (of " +
                              std::to_string(total_) + ") futures unfinished";
        unfinished_ = 0;
        state_.reset();
        throw TimeoutError(message);
      }
      std::optional<Future<T>>& slot = state_->futures[*state_->queue.pop()];
      current_ = std::move(slot);
      slot.reset();
    }
    return std::move(*current_);
  }

  void advance() {
    if (finished()) return;
    if (!current_) get();
    current_.reset();
    if (--unfinished_ == 0) state_.reset();
  }

  detail::Deadline deadline_;
  std::size_t total_;
  std::size_t unfinished_;  // not yet stepped over
  std::unique_ptr<State> state_;
  std::optional<Future<T>> current_;
};

// Those of `futures` (any range of Future<T>, of any executors) that have ended
// come first, in the order given; then the others as they end. Duplicates count
// once; a cancelled future comes when it has been notified. `timeout` counts
// from this call.
template <detail::FutureRange R>
auto as_completed(R&& futures,
                  std::optional<std::chrono::nanoseconds> timeout = {}) {
  using T = detail::FutureValueOf<R>;
  return CompletedRange<T>(detail::distinct<T>(futures), timeout);
}
template <class T>
auto as_completed(std::initializer_list<Future<T>> futures,
                  std::optional<std::chrono::nanoseconds> timeout = {}) {
  return CompletedRange<T>(detail::distinct<T>(futures), timeout);
}

}  // namespace crawl

#endif  // CRAWL_CONCURRENT_AS_COMPLETED_H_
