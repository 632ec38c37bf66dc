#ifndef CRAWL_CONCURRENT_FUTURE_H_
#define CRAWL_CONCURRENT_FUTURE_H_

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "crawl/concurrent/errors.h"
#include "crawl/concurrent/future_core.h"
#include "crawl/concurrent/shared_state.h"

namespace crawl {

// A future at one instant. The pointer is good for as long as the future, and
// until its result is taken.
template <class T>
struct FutureSnapshot {
  FutureState state;
  std::add_pointer_t<std::add_const_t<T>> result;  // null unless it has one
  std::exception_ptr exception;                    // null unless it failed

  bool done() const { return state >= FutureState::kCancelled; }
  bool cancelled() const { return done() && state != FutureState::kFinished; }
};

namespace detail {
struct FutureAccess;
std::string describe_future(const FutureCore& core,
                            const std::type_info& value);
}  // namespace detail

// The outcome of a task that runs elsewhere: Python's
// concurrent.futures.Future.
//
// A handle, cheap to copy: copies are equal and share one state, which lives as
// long as the last of them. Any thread may call anything; only take() moves the
// value away from under the references that result() gave out. A handle that
// was moved from throws InvalidStateError until it is assigned to.
//
// Timeouts count from the call; zero or less asks without waiting. A task must
// not wait for a task of its own full pool: nobody is left to run it.
template <class T>
class Future {
 public:
  using value_type = T;

  Future(const Future& other) noexcept : state_(other.state_) {
    if (state_ != nullptr) state_->add_reference();
  }
  Future(Future&& other) noexcept
      : state_(std::exchange(other.state_, nullptr)) {}
  Future& operator=(Future other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~Future() {
    if (state_ != nullptr) state_->release();
  }

  // Blocks until the future is done. Rethrows the task's exception;
  // CancelledError if it was cancelled; InvalidStateError after take().
  // The reference (T& itself if T is one) lives as long as the future: do not
  // keep it past the last handle.
  detail::ConstResult<T> result() const& {
    await_value();
    return shared().value();
  }
  // TimeoutError if it is not done in time.
  detail::ConstResult<T> result(std::chrono::nanoseconds timeout) const& {
    await_value(timeout);
    return shared().value();
  }
  // Of a handle that may be the last, such as `pool.submit(f).result()`: a copy
  // of the value, or the value itself, as take() gives it, if it has no copy.
  detail::OwnResult<T> result() const&& {
    await_value();
    return own_value();
  }
  detail::OwnResult<T> result(std::chrono::nanoseconds timeout) const&& {
    await_value(timeout);
    return own_value();
  }

  // As result(), but moves the value out: for one caller, the first. The others
  // get InvalidStateError. A Future<T&> or Future<void> may be asked again.
  T take() {
    await_value();
    return shared().take_value();
  }

  // Blocks until the future is done: the task's exception, null on success.
  // CancelledError if it was cancelled.
  std::exception_ptr exception() const {
    shared().wait_until_done(detail::Deadline::never());
    return shared().exception();
  }
  std::exception_ptr exception(std::chrono::nanoseconds timeout) const {
    wait_for(timeout);
    return shared().exception();
  }

  // Prevents the task from starting. False if it is running or finished; true
  // if it is cancelled now, or was before. Runs the callbacks.
  bool cancel() { return shared().cancel(); }

  bool cancelled() const { return snapshot_state(state()).cancelled(); }
  bool running() const { return state() == FutureState::kRunning; }
  // Cancelled or finished.
  bool done() const { return shared().done(); }
  FutureState state() const { return shared().state(); }

  // State, result and exception as they were at one instant; does not block.
  FutureSnapshot<T> snapshot() const {
    FutureSnapshot<T> snapshot = snapshot_state(state());
    if (snapshot.state == FutureState::kFinished) {
      snapshot.result = shared().value_if();
      snapshot.exception = shared().exception_if_finished();
    }
    return snapshot;
  }

  // Calls `callback` with this future once it is done: in the thread that
  // completes or cancels it, in the order added; or here and now if it is done.
  // What it throws is logged, and the other callbacks still run.
  void add_done_callback(std::function<void(const Future<T>&)> callback) const {
    shared().add_callback(std::move(callback));
  }

  // Same task.
  friend bool operator==(const Future& a, const Future& b) noexcept {
    return a.state_ == b.state_;
  }

  // For people: "<Future state=finished returned int>".
  friend std::string to_string(const Future& future) {
    return detail::describe_future(future.shared(), typeid(T));
  }

 private:
  friend struct detail::FutureAccess;
  friend class detail::SharedState<T>;
  friend struct std::hash<Future<T>>;

  // Takes over one reference.
  explicit Future(detail::SharedState<T>* state) noexcept : state_(state) {}

  detail::SharedState<T>& shared() const {
    if (state_ == nullptr) throw InvalidStateError("the future was moved from");
    return *state_;
  }
  static FutureSnapshot<T> snapshot_state(FutureState state) {
    return FutureSnapshot<T>{state, nullptr, nullptr};
  }
  void wait_for(std::chrono::nanoseconds timeout) const {
    if (!shared().wait_until_done(detail::Deadline::after(timeout))) {
      throw TimeoutError();
    }
  }
  void await_value() const {
    shared().wait_until_done(detail::Deadline::never());
    shared().throw_if_unsuccessful();
  }
  void await_value(std::chrono::nanoseconds timeout) const {
    wait_for(timeout);
    shared().throw_if_unsuccessful();
  }
  detail::OwnResult<T> own_value() const {
    if constexpr (std::is_copy_constructible_v<T> || std::is_void_v<T> ||
                  !std::is_move_constructible_v<T>) {
      return shared().value();
    } else {
      return shared().take_value();
    }
  }

  detail::SharedState<T>* state_;
};

namespace detail {

// The way into a Future for this room's own code.
struct FutureAccess {
  // Takes over one reference.
  template <class T>
  static Future<T> adopt(SharedState<T>* state) noexcept {
    return Future<T>(state);
  }
  template <class T>
  static SharedState<T>& state(const Future<T>& future) {
    return future.shared();
  }
};

}  // namespace detail
}  // namespace crawl

template <class T>
struct std::hash<crawl::Future<T>> {
  std::size_t operator()(const crawl::Future<T>& future) const noexcept {
    return std::hash<const void*>()(future.state_);
  }
};

#endif  // CRAWL_CONCURRENT_FUTURE_H_
