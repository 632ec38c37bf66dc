#include "crawl/concurrent/completion_queue.h"

#include "crawl/concurrent/future_core.h"

namespace crawl::detail {

CompletionQueue::CompletionQueue(const std::vector<FutureCore*>& futures)
    : futures_(futures), watches_(futures.size()) {
  ended_.reserve(futures.size());
  for (FutureCore* future : futures) future->prepare_attach();
  for (std::size_t i = 0; i < futures.size(); ++i) {
    watches_[i].queue = this;
    watches_[i].index = i;
    if (!futures[i]->attach(watches_[i])) {
      push(watches_[i], futures[i]->failed());
    }
  }
}

CompletionQueue::~CompletionQueue() {
  for (Watch& watch : watches_) {
    // A popped future may be gone; any other is alive and may be pushing.
    if (!watch.popped) futures_[watch.index]->detach(watch);
  }
}

bool CompletionQueue::wait_for(std::size_t count, bool or_exception,
                               const Deadline& deadline) {
  std::unique_lock lock(mutex_);
  wanted_ = popped_ + count;
  or_exception_ = or_exception;
  return deadline.wait(ready_, lock, [this] { return satisfied(); });
}

std::optional<std::size_t> CompletionQueue::pop() {
  const std::lock_guard lock(mutex_);
  if (popped_ == ended_.size()) return std::nullopt;
  const std::size_t index = ended_[popped_++];
  watches_[index].popped = true;
  return index;
}

void CompletionQueue::push(Watch& watch, bool failed) {
  const std::lock_guard lock(mutex_);
  ended_.push_back(watch.index);
  failed_ = failed_ || failed;
  // Under the mutex: once it is free the consumer may destroy the queue.
  if (satisfied()) ready_.notify_one();
}

bool CompletionQueue::satisfied() const {
  return ended_.size() >= wanted_ || (or_exception_ && failed_);
}

}  // namespace crawl::detail
