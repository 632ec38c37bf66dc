#ifndef CRAWL_FETCH_COMPLETION_QUEUE_H_
#define CRAWL_FETCH_COMPLETION_QUEUE_H_

#include <condition_variable>
#include <cstdint>
#include <iterator>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "crawl/base/clock.h"
#include "crawl/fetch/fetch_result.h"
#include "fetch/transfer_loop.h"

namespace crawl {

// Finished exchanges on their way from the loops to the crawl loop: a batch
// costs one lock and at most one wake-up.
//
// push() and wake() from any thread, take() from one.
class CompletionQueue {
 public:
  // Leaves the batch empty, with its room.
  void push(FinishedBatch& batch) {
    bool notify = false;
    {
      const std::lock_guard lock(mutex_);
      append(finished_.results, batch.results);
      append(finished_.tls_http1_origins, batch.tls_http1_origins);
      if (!finished_.results.empty()) notify = std::exchange(waiting_, false);
    }
    if (notify) ready_.notify_one();
  }

  void wake() {
    {
      const std::lock_guard lock(mutex_);
      woken_ = true;
      waiting_ = false;
    }
    ready_.notify_one();
  }

  // Swaps what is there into `batch`, which must be empty. Waits for the first
  // result until `until` (for ever without) or wake().
  void take(std::optional<Clock::time_point> until, FinishedBatch& batch) {
    std::unique_lock lock(mutex_);
    while (finished_.results.empty() && !woken_) {
      waiting_ = true;
      if (!until) {
        ready_.wait(lock);
      } else if (ready_.wait_until(lock, *until) == std::cv_status::timeout) {
        break;
      }
    }
    waiting_ = false;
    woken_ = false;
    std::swap(finished_, batch);
  }

 private:
  template <class T>
  static void append(std::vector<T>& to, std::vector<T>& from) {
    if (to.empty()) {
      to.swap(from);
    } else {
      to.insert(to.end(), std::make_move_iterator(from.begin()),
                std::make_move_iterator(from.end()));
      from.clear();
    }
  }

  std::mutex mutex_;
  std::condition_variable ready_;
  FinishedBatch finished_;  // these three guarded by mutex_
  bool woken_ = false;
  bool waiting_ = false;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_COMPLETION_QUEUE_H_
