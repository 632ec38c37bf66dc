#ifndef CRAWL_CONCURRENT_FUTURE_CORE_H_
#define CRAWL_CONCURRENT_FUTURE_CORE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <string_view>

#include "crawl/concurrent/deadline.h"

namespace crawl {

// Where a future is in its life. It starts pending and only moves forward:
// pending -> running -> finished, or pending -> cancelled -> cancelled and
// notified. The last step is taken by whoever would have run the task; only
// then do wait() and as_completed() count the future as ended.
enum class FutureState : std::uint8_t {
  kPending,
  kRunning,
  kCancelled,
  kCancelledAndNotified,
  kFinished,
};

// "pending", "running", "cancelled", "cancelled and notified", "finished".
std::string_view to_string(FutureState state);

namespace detail {

class CompletionQueue;
struct Watch;

// What is left to do after publishing an outcome.
enum class Published {
  kAll,        // nothing; the future may be gone
  kLast,       // destroy()
  kCallbacks,  // invoke_callbacks(), then release()
};

// The part of a future's shared state that does not depend on its type: the
// state machine, those who wait for it, and the exception it ended with.
//
// Counted by hand, so that a task and its result can be one allocation, and so
// that publishing an outcome and letting go of it are one step: whoever sees
// the outcome, and is the last to hold it, destroys it; not the worker, later.
//
// Any thread may call anything here, except that a running future has one
// owner, the thread that will publish its outcome.
class FutureCore {
 public:
  FutureCore(const FutureCore&) = delete;
  FutureCore& operator=(const FutureCore&) = delete;

  void add_reference() noexcept {
    word_.fetch_add(kReference, std::memory_order_relaxed);
  }
  // True if that was the last one: the caller must destroy().
  [[nodiscard]] bool drop_reference() noexcept {
    return word_.fetch_sub(kReference, std::memory_order_acq_rel) <
           2 * kReference;
  }
  void destroy() noexcept { delete this; }
  void release() noexcept {
    if (drop_reference()) destroy();
  }

  FutureState state() const noexcept { return state_of(word_.load()); }
  bool done() const noexcept { return ended(word_.load()); }

  // True if the future is cancelled now, or was before. Runs the callbacks.
  bool cancel();

  // True if the caller must now run the task; false if it was cancelled, and
  // those in wait() and as_completed() have been told. InvalidStateError in
  // any other state.
  bool set_running_or_notify_cancel();

  // The same for a task that its pool takes up: never throws.
  bool start() noexcept {
    if (unobservable() && state() == FutureState::kPending) {
      // Nobody is left who could cancel it meanwhile.
      word_.store(with_state(kReference, FutureState::kRunning),
                  std::memory_order_relaxed);
      return true;
    }
    return set_running_or_notify_cancel();
  }

  // Reserves the right to store the outcome; once. A pending future becomes
  // running. InvalidStateError if it has ended or was claimed before.
  void claim();
  // Gives the right back, if storing the outcome failed.
  void disclaim() noexcept;

  // For the owner only, before publishing.
  void store_exception(std::exception_ptr exception) noexcept;

  // For the owner: makes the stored outcome visible, wakes all who wait for
  // it, and drops the owner's reference unless there are callbacks to run.
  [[nodiscard]] Published publish_and_release() noexcept;

  // The same, and what is left to do.
  void finish() noexcept;

  virtual void invoke_callbacks() noexcept = 0;

  // Nobody but the caller can ever see the outcome: instead of publishing it,
  // the owner may destroy() the future.
  bool unobservable() const noexcept {
    const std::uint32_t word = word_.load();
    return word < 2 * kReference && (word & kWatched) == 0;
  }

  // Blocks until done(); false if it was not in time.
  bool wait_until_done(const Deadline& deadline) {
    return done() || sleep_until_done(deadline);
  }

  // Once done: throws CancelledError or the task's exception, if any.
  void throw_if_unsuccessful() const {
    if (state() != FutureState::kFinished || exception_) throw_outcome();
  }
  // Once done: null on success; throws CancelledError.
  std::exception_ptr exception() const;
  // Null unless it finished so.
  std::exception_ptr exception_if_finished() const;

 protected:
  explicit FutureCore(std::uint32_t references)
      : word_(references * kReference) {}
  virtual ~FutureCore();

  // Those who will be told of the end. Most futures have none, and so no lock.
  struct Observers {
    virtual ~Observers() = default;
    std::mutex mutex;
    bool has_callbacks = false;
    Watch* watches = nullptr;
  };
  Observers& observers();  // made when first asked for
  virtual std::unique_ptr<Observers> make_observers() const = 0;

  // With the observers' mutex held: false if the future is done; otherwise
  // whoever ends it will take the mutex, and so see what the caller adds.
  bool keep_watch() noexcept { return !ended(word_.fetch_or(kWatched)); }

 private:
  friend class CompletionQueue;

  // word_ is a FutureState, these flags, and above them the references.
  static constexpr std::uint32_t kStateMask = 7;
  static constexpr std::uint32_t kWatched = 8;   // see keep_watch()
  static constexpr std::uint32_t kClaimed = 16;  // the outcome is being stored
  static constexpr std::uint32_t kAwaited = 32;  // someone sleeps on word_
  static constexpr std::uint32_t kReference = 64;

  static FutureState state_of(std::uint32_t word) noexcept {
    return static_cast<FutureState>(word & kStateMask);
  }
  static std::uint32_t with_state(std::uint32_t word,
                                  FutureState state) noexcept {
    return (word & ~kStateMask) | static_cast<std::uint32_t>(state);
  }
  static bool ended(std::uint32_t word) noexcept {
    return state_of(word) >= FutureState::kCancelled;
  }
  bool over() const noexcept {
    const FutureState now = state();
    return now == FutureState::kFinished ||
           now == FutureState::kCancelledAndNotified;
  }
  // Moves from one state to another; false if it was elsewhere.
  bool move(FutureState from, FutureState to) noexcept;
  bool sleep_until_done(const Deadline& deadline);
  [[noreturn]] void throw_outcome() const;

  // For CompletionQueue. attach() is false if the future has ended, and been
  // notified if cancelled; prepare_attach() comes first, and may throw.
  void prepare_attach();
  bool attach(Watch& watch) noexcept;
  void detach(Watch& watch) noexcept;
  void fire_watches(Observers& observers) noexcept;  // with its mutex held
  bool failed() const noexcept;

  std::atomic<std::uint32_t> word_;
  std::atomic<Observers*> observers_{nullptr};
  std::exception_ptr exception_;  // written by the owner, before publishing
};

// Writes an error line for an exception that has nowhere else to go.
void log_callback_exception() noexcept;  // call it inside the catch block

}  // namespace detail
}  // namespace crawl

#endif  // CRAWL_CONCURRENT_FUTURE_CORE_H_
