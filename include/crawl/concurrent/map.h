#ifndef CRAWL_CONCURRENT_MAP_H_
#define CRAWL_CONCURRENT_MAP_H_

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "crawl/concurrent/future_range.h"
#include "crawl/concurrent/promise.h"
#include "crawl/concurrent/task.h"

namespace crawl {

struct MapOptions {
  // For all results together, from the call of map(); none without.
  std::optional<std::chrono::nanoseconds> timeout = {};
  // How many calls are submitted ahead of the one being read; all without.
  // 0 throws std::invalid_argument.
  std::optional<std::size_t> buffersize = {};
};

namespace detail {

// The calls of one map(), submitted one by one.
template <class T>
class MapSource {
 public:
  virtual ~MapSource() = default;
  // Nothing when the shortest input has ended.
  virtual std::optional<Future<T>> submit_next() = 0;
};

}  // namespace detail

// What map() returns: the results in input order. An input range for one
// thread, which iterates it once; it may be moved until begin().
//
// *it waits for the result at its place, and may throw: what the call threw,
// CancelledError, or what an input or submitting threw; ++it then goes on with
// the next place. When the time is over *it throws TimeoutError, what has not
// started is cancelled, and the range ends. Destroying the range cancels what
// has not started; the executor may be destroyed before it.
//
// *it may be moved from; `for (auto result : ...)` does so, and then the range
// keeps nothing of what it gave out. Calls that return void give monostates.
template <class T>
class MapRange {
 public:
  using value_type = std::conditional_t<std::is_void_v<T>, std::monostate,
                                        std::remove_cvref_t<T>>;
  using reference = std::conditional_t<
      std::is_void_v<T>, std::monostate,
      std::conditional_t<std::is_lvalue_reference_v<T>, T, value_type&&>>;
  using iterator = detail::StreamIterator<MapRange>;

  // Submits `buffersize` calls, or all.
  MapRange(std::unique_ptr<detail::MapSource<T>> source,
           const MapOptions& options)
      : MapRange(std::move(source), detail::Deadline::after(options.timeout)) {
    while (source_ != nullptr &&
           futures_.size() < options.buffersize.value_or(SIZE_MAX)) {
      submit_next();
    }
  }
  MapRange(MapRange&& other) noexcept
      : deadline_(other.deadline_),
        timed_out_(other.timed_out_),
        refilled_(other.refilled_),
        source_(std::move(other.source_)) {
    futures_.swap(other.futures_);
  }
  MapRange& operator=(MapRange other) noexcept {
    std::swap(deadline_, other.deadline_);
    std::swap(timed_out_, other.timed_out_);
    std::swap(refilled_, other.refilled_);
    source_.swap(other.source_);
    futures_.swap(other.futures_);
    return *this;
  }
  ~MapRange() { cancel_all(); }

  iterator begin() { return iterator(this); }
  std::default_sentinel_t end() const { return {}; }

 private:
  friend iterator;

  MapRange(std::unique_ptr<detail::MapSource<T>> source,
           detail::Deadline deadline)
      : deadline_(deadline), source_(std::move(source)) {}

  bool finished() const { return futures_.empty(); }

  reference get() {
    if (timed_out_) throw TimeoutError();
    refill();
    auto& state = detail::FutureAccess::state(futures_.front());
    if (!state.wait_until_done(deadline_)) {
      timed_out_ = true;
      cancel_all();
      throw TimeoutError();
    }
    state.throw_if_unsuccessful();
    if constexpr (std::is_void_v<T>) {
      return {};
    } else {
      return state.yield_value();
    }
  }

  void advance() {
    if (finished()) return;
    refill();
    futures_.pop_front();
    refilled_ = false;
  }

  // One more call for the one being read, so that `buffersize` are ahead of it.
  // Failures take their own place, behind what was submitted before.
  void refill() {
    if (std::exchange(refilled_, true) || source_ == nullptr) return;
    try {
      submit_next();
    } catch (...) {
      source_.reset();
      Promise<T> failed;
      failed.set_exception(std::current_exception());
      futures_.push_back(failed.future());
    }
  }

  void submit_next() {
    if (std::optional<Future<T>> future = source_->submit_next()) {
      futures_.push_back(*std::move(future));
    } else {
      source_.reset();
    }
  }

  void cancel_all() {
    source_.reset();
    for (Future<T>& future : futures_) future.cancel();
    futures_.clear();
  }

  detail::Deadline deadline_;
  bool timed_out_ = false;
  bool refilled_ = false;                         // for the place being read
  std::unique_ptr<detail::MapSource<T>> source_;  // null once exhausted
  std::deque<Future<T>> futures_;                 // from the place being read
};

namespace detail {

// Reads one input of map(). Views and rvalues are kept, other ranges referred
// to. Never reads further than asked.
template <class R>
class MapInput {
 public:
  explicit MapInput(R&& range) : range_(std::forward<R>(range)) {}

  // Steps to the next element; false at the end.
  bool step() {
    if (it_) {
      ++*it_;
    } else {
      it_.emplace(range_access::begin_of(get()));
      end_.emplace(range_access::end_of(get()));
    }
    return !(*it_ == *end_);
  }
  ElementOf<R> value() { return ElementOf<R>(**it_); }

 private:
  using Range = std::remove_reference_t<R>;
  static constexpr bool kKeep =
      !std::is_lvalue_reference_v<R> ||
      (std::ranges::enable_view<std::remove_cv_t<Range>> &&
       std::copy_constructible<Range>);

  Range& get() { return range_; }

  std::conditional_t<kKeep, Range, std::reference_wrapper<Range>> range_;
  std::optional<IteratorOf<R>> it_;
  std::optional<SentinelOf<R>> end_;
};

template <class F, class... Ranges>
using MapResult = ResultOf<std::invoke_result_t<F&, ElementOf<Ranges>...>>;

// Zips the inputs; the shortest ends it.
template <class F, class... Ranges>
class ZipSource final : public MapSource<MapResult<F, Ranges...>> {
 public:
  using T = MapResult<F, Ranges...>;

  ZipSource(std::shared_ptr<PoolCore> pool, F f, Ranges&&... ranges)
      : pool_(std::move(pool)),
        f_(std::make_shared<F>(std::move(f))),
        inputs_(MapInput<Ranges>(std::forward<Ranges>(ranges))...) {}

  std::optional<Future<T>> submit_next() override {
    if constexpr (sizeof...(Ranges) == 0) {
      return std::nullopt;
    } else {
      return std::apply(
          [this](auto&... inputs) -> std::optional<Future<T>> {
            if (!(inputs.step() && ...)) return std::nullopt;
            return submit_to(
                *pool_,
                [f = f_](ElementOf<Ranges>&&... values) -> decltype(auto) {
                  return std::invoke(*f, std::move(values)...);
                },
                inputs.value()...);
          },
          inputs_);
    }
  }

 private:
  std::shared_ptr<PoolCore> pool_;
  std::shared_ptr<F> f_;
  std::tuple<MapInput<Ranges>...> inputs_;
};

}  // namespace detail
}  // namespace crawl

#endif  // CRAWL_CONCURRENT_MAP_H_
