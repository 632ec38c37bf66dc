#ifndef CRAWL_CONCURRENT_PROMISE_H_
#define CRAWL_CONCURRENT_PROMISE_H_

#include <exception>
#include <type_traits>
#include <utility>

#include "crawl/concurrent/errors.h"
#include "crawl/concurrent/future.h"

namespace crawl {

// The producing end of a future that no executor made.
//
// Any thread may call; of several that set an outcome one wins. Destroying a
// promise ends its future: one that is unfinished fails with
// InvalidStateError, so that nobody waits for ever, and one that was cancelled
// is notified. A promise that was moved from throws InvalidStateError
// until it is assigned to.
template <class T>
class Promise {
 public:
  Promise() : future_(detail::FutureAccess::adopt(new State(1))) {}
  Promise(Promise&& other) noexcept
      : future_(std::move(other.future_)),
        abandoned_(std::exchange(other.abandoned_, true)) {}
  Promise& operator=(Promise&& other) noexcept {
    abandon();
    future_ = std::move(other.future_);
    abandoned_ = std::exchange(other.abandoned_, true);
    return *this;
  }
  ~Promise() { abandon(); }

  // Any number of times.
  Future<T> future() const { return future_; }

  // To be called before the work begins. True: the future is running, go on.
  // False: it was cancelled, and wait() and as_completed() have been told.
  // InvalidStateError if it is running or finished, or was notified.
  bool set_running_or_notify_cancel() {
    return state().set_running_or_notify_cancel();
  }

  // Makes `value` the result. Nothing to pass for void; T& for a reference.
  // InvalidStateError if the future is done; what a constructor of T throws
  // leaves it running.
  template <class... Value>
  requires(sizeof...(Value) ==
           (std::is_void_v<T> ? 0 : 1)) void set_result(Value&&... value) {
    state().claim();
    try {
      state().store_result_of([&]() -> T {
        if constexpr (!std::is_void_v<T>) {
          return static_cast<T>((std::forward<Value>(value), ...));
        }
      });
    } catch (...) {
      state().disclaim();
      throw;
    }
    publish();
  }

  // InvalidStateError if the future is done.
  void set_exception(std::exception_ptr exception) {
    state().claim();
    state().store_exception(std::move(exception));
    publish();
  }

 private:
  using State = detail::SharedState<T>;

  State& state() { return detail::FutureAccess::state(future_); }

  void publish() {
    state().add_reference();  // which finish() drops
    state().finish();
  }

  void abandon() noexcept {
    if (std::exchange(abandoned_, true)) return;
    try {
      if (state().state() == FutureState::kCancelled) {
        state().set_running_or_notify_cancel();
      } else if (!state().done()) {
        set_exception(std::make_exception_ptr(
            InvalidStateError("the promise was destroyed unfulfilled")));
      }
    } catch (const InvalidStateError&) {
      // Cancelled this very moment.
      if (state().state() == FutureState::kCancelled) {
        state().set_running_or_notify_cancel();
      }
    }
  }

  Future<T> future_;
  bool abandoned_ = false;
};

}  // namespace crawl

#endif  // CRAWL_CONCURRENT_PROMISE_H_
