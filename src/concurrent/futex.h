#ifndef CRAWL_CONCURRENT_FUTEX_H_
#define CRAWL_CONCURRENT_FUTEX_H_

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <climits>
#include <cstdint>

#include "crawl/concurrent/deadline.h"

namespace crawl::detail {

// futex(2): sleeping until an atomic word changes. Unlike a condition variable
// the waker needs the word's address only, and may use it after the word is
// gone: all that can happen is that a later owner of the address wakes in vain.

using FutexWord = std::atomic<std::uint32_t>;
static_assert(sizeof(FutexWord) == sizeof(std::uint32_t));
static_assert(FutexWord::is_always_lock_free);

// Sleeps while the word is `expected`, until woken, and sometimes for less.
inline void futex_wait(const FutexWord& word, std::uint32_t expected,
                       const Deadline& deadline) {
  timespec at{};
  if (deadline.at()) {
    // The steady clock is CLOCK_MONOTONIC, and so is the futex's by default.
    const auto since = deadline.at()->time_since_epoch();
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(since);
    at.tv_sec = static_cast<time_t>(seconds.count());
    at.tv_nsec =
        static_cast<long>(std::chrono::nanoseconds(since - seconds).count());
  }
  syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected,
          deadline.at() ? &at : nullptr, nullptr, FUTEX_BITSET_MATCH_ANY);
}

inline void futex_wake_all(const FutexWord* word) {
  syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, INT_MAX, nullptr,
          nullptr, 0);
}

}  // namespace crawl::detail

#endif  // CRAWL_CONCURRENT_FUTEX_H_
