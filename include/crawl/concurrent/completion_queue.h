#ifndef CRAWL_CONCURRENT_COMPLETION_QUEUE_H_
#define CRAWL_CONCURRENT_COMPLETION_QUEUE_H_

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

#include "crawl/concurrent/deadline.h"

namespace crawl::detail {

class CompletionQueue;
class FutureCore;

// One future's entry in one queue; lies in the future's list of watches.
struct Watch {
  CompletionQueue* queue = nullptr;
  std::size_t index = 0;
  Watch* next = nullptr;
  Watch** link = nullptr;  // what points here; null when in no list
  bool popped = false;     // the queue's consumer's own
};

// Tells in which order given futures end: under wait() and as_completed().
//
// One thread consumes. Each future must live until its index was popped, or
// the queue is gone. A cancelled future counts once it has been notified.
class CompletionQueue {
 public:
  // `futures`: no duplicates. Those that have ended come first, in this order.
  explicit CompletionQueue(const std::vector<FutureCore*>& futures);
  ~CompletionQueue();
  CompletionQueue(const CompletionQueue&) = delete;
  CompletionQueue& operator=(const CompletionQueue&) = delete;

  // Blocks until `count` more than were popped have ended or, if
  // `or_exception`, any one has with an exception. False if not in time.
  bool wait_for(std::size_t count, bool or_exception, const Deadline& deadline);

  // The next that has ended, as an index into `futures`; does not block.
  std::optional<std::size_t> pop();

 private:
  friend class FutureCore;

  // Called with the future's mutex held, or by the constructor.
  void push(Watch& watch, bool failed);
  bool satisfied() const;

  std::vector<FutureCore*> futures_;
  std::vector<Watch> watches_;

  std::mutex mutex_;
  std::condition_variable ready_;
  // Guarded by mutex_. All indices that ended, in order; never reallocates.
  std::vector<std::size_t> ended_;
  std::size_t popped_ = 0;
  bool failed_ = false;
  std::size_t wanted_ = 0;  // what the consumer waits for
  bool or_exception_ = false;
};

}  // namespace crawl::detail

#endif  // CRAWL_CONCURRENT_COMPLETION_QUEUE_H_
