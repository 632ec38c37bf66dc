#ifndef CRAWL_CONCURRENT_SHARED_STATE_H_
#define CRAWL_CONCURRENT_SHARED_STATE_H_

#include <atomic>
#include <functional>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "crawl/concurrent/errors.h"
#include "crawl/concurrent/future_core.h"

namespace crawl {

template <class T>
class Future;

namespace detail {

// What a call's result is kept as: void as a monostate, a reference as a
// pointer.
template <class T>
using Stored = std::conditional_t<
    std::is_void_v<T>, std::monostate,
    std::conditional_t<std::is_reference_v<T>, std::remove_reference_t<T>*, T>>;

// What result() returns.
template <class T>
using ConstResult = std::add_lvalue_reference_t<std::add_const_t<T>>;

// What result() of a future that goes away returns: nothing can be left behind
// in it. (But a value that cannot be moved has to be used at once.)
template <class T>
using OwnResult =
    std::conditional_t<std::is_void_v<T> || std::is_move_constructible_v<T>, T,
                       ConstResult<T>>;

// A future's type for a callable that returns R: an rvalue reference would
// dangle, and const would forbid take().
template <class R>
using ResultOf =
    std::conditional_t<std::is_lvalue_reference_v<R>, R,
                       std::remove_cv_t<std::remove_reference_t<R>>>;

// The shared state of a Future<T>: a FutureCore, the value and the callbacks.
template <class T>
class SharedState : public FutureCore {
 public:
  using Callback = std::function<void(const Future<T>&)>;

  explicit SharedState(std::uint32_t references) : FutureCore(references) {}

  // For the owner, before publish(): keeps what `call` returns.
  template <class Call>
  void store_result_of(Call&& call) {
    if constexpr (std::is_void_v<T>) {
      std::forward<Call>(call)();
    } else if constexpr (std::is_reference_v<T>) {
      slot_.value = std::addressof(std::forward<Call>(call)());
    } else {
      ::new (static_cast<void*>(std::addressof(slot_.value)))
          T(std::forward<Call>(call)());
    }
    has_value_ = true;
  }

  // Once done and successful.
  ConstResult<T> value() const {
    if constexpr (!std::is_void_v<T>) {
      if (taken_.load(std::memory_order_acquire)) throw_taken();
      if constexpr (std::is_reference_v<T>) {
        return static_cast<T>(*slot_.value);
      } else {
        return slot_.value;
      }
    }
  }
  // Null unless there is a value to see.
  std::add_pointer_t<std::add_const_t<T>> value_if() const noexcept {
    if (state() != FutureState::kFinished || !has_value_ || taken_.load()) {
      return nullptr;
    }
    if constexpr (std::is_void_v<T>) {
      return &slot_;
    } else if constexpr (std::is_reference_v<T>) {
      return slot_.value;
    } else {
      return std::addressof(slot_.value);
    }
  }
  T take_value() {
    if constexpr (!std::is_void_v<T>) {
      if constexpr (std::is_reference_v<T>) {
        return static_cast<T>(*slot_.value);
      } else {
        if (taken_.exchange(true, std::memory_order_acq_rel)) throw_taken();
        return std::move(slot_.value);
      }
    }
  }
  // The value for its only reader to move from or leave.
  auto yield_value() -> std::add_rvalue_reference_t<T> {
    if constexpr (std::is_reference_v<T>) {
      return static_cast<T>(*slot_.value);
    } else if constexpr (!std::is_void_v<T>) {
      return std::move(slot_.value);
    }
  }

  void add_callback(Callback callback) {
    {
      auto& observers = static_cast<TypedObservers&>(this->observers());
      const std::lock_guard lock(observers.mutex);
      if (keep_watch()) {
        observers.callbacks.push_back(std::move(callback));
        observers.has_callbacks = true;
        return;
      }
    }
    add_reference();
    run_callback(callback, Future<T>(this));
  }

  void invoke_callbacks() noexcept override {
    // No lock: they change only before the future ends, and one thread ends it.
    const std::vector<Callback> callbacks =
        std::move(static_cast<TypedObservers&>(this->observers()).callbacks);
    add_reference();
    const Future<T> self(this);
    for (const Callback& callback : callbacks) run_callback(callback, self);
  }

 protected:
  ~SharedState() override {
    if constexpr (!std::is_void_v<T> && !std::is_reference_v<T>) {
      if (has_value_) std::destroy_at(std::addressof(slot_.value));
    }
  }

 private:
  struct TypedObservers final : FutureCore::Observers {
    std::vector<Callback> callbacks;
  };
  std::unique_ptr<FutureCore::Observers> make_observers() const override {
    return std::make_unique<TypedObservers>();
  }

  static void run_callback(const Callback& callback,
                           const Future<T>& future) noexcept {
    try {
      callback(future);
    } catch (...) {
      log_callback_exception();
    }
  }
  [[noreturn]] static void throw_taken() {
    throw InvalidStateError("the future's result was taken");
  }

  union Slot {
    Slot() {}   // NOLINT: the value comes later
    ~Slot() {}  // NOLINT
    Stored<T> value;
  };

  Slot slot_;
  bool has_value_ = false;
  std::atomic<bool> taken_{false};
};

}  // namespace detail
}  // namespace crawl

#endif  // CRAWL_CONCURRENT_SHARED_STATE_H_
