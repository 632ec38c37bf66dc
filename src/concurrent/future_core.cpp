#include "crawl/concurrent/future_core.h"

#include <fmt/format.h>
#include <spdlog/logger.h>

#include <memory>
#include <string>
#include <utility>

#include "concurrent/describe.h"
#include "concurrent/futex.h"
#include "concurrent/log.h"
#include "crawl/concurrent/completion_queue.h"
#include "crawl/concurrent/errors.h"

namespace crawl {

std::string_view to_string(FutureState state) {
  switch (state) {
    case FutureState::kPending:
      return "pending";
    case FutureState::kRunning:
      return "running";
    case FutureState::kCancelled:
      return "cancelled";
    case FutureState::kCancelledAndNotified:
      return "cancelled and notified";
    case FutureState::kFinished:
      return "finished";
  }
  return "unknown";
}

namespace detail {

bool FutureCore::move(FutureState from, FutureState to) noexcept {
  std::uint32_t word = word_.load();
  while (state_of(word) == from) {
    if (word_.compare_exchange_weak(word, with_state(word, to))) return true;
  }
  return false;
}

FutureCore::~FutureCore() {
  if (Observers* observers = observers_.load()) {
    // The publisher drops its reference under the mutex: let it leave.
    { const std::lock_guard lock(observers->mutex); }
    delete observers;
  }
}

FutureCore::Observers& FutureCore::observers() {
  Observers* observers = observers_.load();
  if (observers == nullptr) {
    std::unique_ptr<Observers> made = make_observers();
    if (observers_.compare_exchange_strong(observers, made.get())) {
      return *made.release();
    }
  }
  return *observers;
}

bool FutureCore::cancel() {
  if (!move(FutureState::kPending, FutureState::kCancelled)) {
    const FutureState now = state();
    return now == FutureState::kCancelled ||
           now == FutureState::kCancelledAndNotified;
  }
  // Not yet notified: only those in result() and the callbacks learn of it.
  const std::uint32_t word = word_.load();
  if ((word & kAwaited) != 0) futex_wake_all(&word_);
  if ((word & kWatched) != 0) {
    bool callbacks = false;
    {
      const std::lock_guard lock(observers().mutex);
      callbacks = observers().has_callbacks;
    }
    if (callbacks) invoke_callbacks();
  }
  return true;
}

bool FutureCore::set_running_or_notify_cancel() {
  if (move(FutureState::kPending, FutureState::kRunning)) return true;
  if (move(FutureState::kCancelled, FutureState::kCancelledAndNotified)) {
    if ((word_.load() & kWatched) != 0) {
      const std::lock_guard lock(observers().mutex);
      fire_watches(observers());
    }
    return false;
  }
  const std::string message =
      fmt::format("cannot start a future that is {}", to_string(state()));
  room_logger()->critical("{}", message);
  throw InvalidStateError(message);
}

void FutureCore::claim() {
  std::uint32_t word = word_.load();
  while (!ended(word) && (word & kClaimed) == 0) {
    const std::uint32_t next =
        with_state(word, FutureState::kRunning) | kClaimed;
    if (word_.compare_exchange_weak(word, next)) return;
  }
  if (ended(word)) {
    throw InvalidStateError(
        fmt::format("the future is already {}", to_string(state_of(word))));
  }
  throw InvalidStateError("the future's outcome is already being set");
}

void FutureCore::disclaim() noexcept { word_.fetch_and(~kClaimed); }

void FutureCore::store_exception(std::exception_ptr exception) noexcept {
  exception_ = std::move(exception);
}

Published FutureCore::publish_and_release() noexcept {
  std::uint32_t word = word_.load();
  while ((word & kWatched) == 0) {
    const std::uint32_t next =
        with_state(word, FutureState::kFinished) - kReference;
    if (word_.compare_exchange_weak(word, next)) {
      if (next < kReference) return Published::kLast;
      if ((word & kAwaited) != 0) futex_wake_all(&word_);
      return Published::kAll;
    }
  }
  bool callbacks = false;
  bool last = false;
  {
    Observers& told = *observers_.load();
    const std::lock_guard lock(told.mutex);
    move(FutureState::kRunning, FutureState::kFinished);
    fire_watches(told);
    callbacks = told.has_callbacks;
    word = callbacks ? word_.load() : word_.fetch_sub(kReference);
    last = !callbacks && word < 2 * kReference;
  }
  if ((word & kAwaited) != 0) futex_wake_all(&word_);
  if (callbacks) return Published::kCallbacks;
  return last ? Published::kLast : Published::kAll;
}

void FutureCore::finish() noexcept {
  switch (publish_and_release()) {
    case Published::kAll:
      break;
    case Published::kLast:
      destroy();
      break;
    case Published::kCallbacks:
      invoke_callbacks();
      release();
      break;
  }
}

void FutureCore::fire_watches(Observers& observers) noexcept {
  Watch*& first = observers.watches;
  while (first != nullptr) {
    Watch& watch = *first;
    first = watch.next;
    if (first != nullptr) first->link = &first;
    watch.link = nullptr;
    watch.queue->push(watch, failed());  // after which it may be gone
  }
}

bool FutureCore::sleep_until_done(const Deadline& deadline) {
  std::uint32_t word = word_.load();
  while (!ended(word)) {
    if (deadline.passed()) return false;
    if ((word & kAwaited) == 0) {
      if (!word_.compare_exchange_weak(word, word | kAwaited)) continue;
      word |= kAwaited;
    }
    futex_wait(word_, word, deadline);
    word = word_.load();
  }
  return true;
}

void FutureCore::prepare_attach() {
  if (!over()) observers();
}

bool FutureCore::attach(Watch& watch) noexcept {
  if (over()) return false;
  Observers& all = observers();
  const std::lock_guard lock(all.mutex);
  word_.fetch_or(kWatched);
  if (over()) return false;
  watch.next = all.watches;
  if (watch.next != nullptr) watch.next->link = &watch.next;
  watch.link = &all.watches;
  all.watches = &watch;
  return true;
}

void FutureCore::detach(Watch& watch) noexcept {
  const std::lock_guard lock(observers().mutex);
  if (watch.link == nullptr) return;
  *watch.link = watch.next;
  if (watch.next != nullptr) watch.next->link = watch.link;
  watch.link = nullptr;
}

bool FutureCore::failed() const noexcept {
  return state() == FutureState::kFinished && exception_ != nullptr;
}

void FutureCore::throw_outcome() const {
  if (state() != FutureState::kFinished) throw CancelledError();
  std::rethrow_exception(exception_);
}

std::exception_ptr FutureCore::exception() const {
  if (state() != FutureState::kFinished) throw CancelledError();
  return exception_;
}

std::exception_ptr FutureCore::exception_if_finished() const {
  return state() == FutureState::kFinished ? exception_ : nullptr;
}

void log_callback_exception() noexcept {
  try {
    room_logger()->error("exception calling callback of a future: {}",
                         describe_current_exception());
  } catch (...) {  // a sink that fails must not end the worker
  }
}

}  // namespace detail
}  // namespace crawl
