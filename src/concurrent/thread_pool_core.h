#ifndef CRAWL_CONCURRENT_THREAD_POOL_CORE_H_
#define CRAWL_CONCURRENT_THREAD_POOL_CORE_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "crawl/concurrent/task.h"

namespace crawl::detail {

// First in, first out, linked through the tasks themselves.
class TaskQueue {
 public:
  bool empty() const { return head_ == nullptr; }
  std::size_t size() const { return size_; }
  void push(PoolTask& task);
  PoolTask& pop();     // REQUIRES: !empty()
  void remove_last();  // REQUIRES: !empty()
  TaskQueue take_all();

 private:
  PoolTask* head_ = nullptr;
  PoolTask* tail_ = nullptr;
  std::size_t size_ = 0;
};

// How threads of a pool are called.
struct WorkerNames {
  std::string words;    // may be cut to fit
  std::string numbers;  // kept: what tells pools apart

  static WorkerNames from(const std::string& prefix);
  std::string full(std::size_t worker) const;
  std::string short_name(std::size_t worker) const;  // at most 15 bytes
};

// What the executor and its workers share; lives as long as any of them.
//
// A worker is busy from taking a task until its callable is gone, and again
// while it runs callbacks: whenever foreign code may keep it. All others are
// free; a free worker is asleep, or awake and about to look at the queue. The
// rule that keeps every task moving: there are never more tasks queued than
// free workers awake, unless every worker that may exist does and is awake.
class PoolCore : public std::enable_shared_from_this<PoolCore> {
 public:
  PoolCore(std::size_t max_workers, WorkerNames names,
           std::function<void()> initializer);

  // Takes over the queue's reference if it returns.
  void enqueue(PoolTask& task);
  void shutdown(bool wait, bool cancel_futures);
  // Nobody will join the threads any more.
  void detach();

  bool on_own_worker() const;

 private:
  struct Worker {
    explicit Worker(std::size_t i) : index(i) {}
    std::size_t index;
    std::thread thread;
    std::condition_variable wake;
    bool called = false;  // guarded by mutex_: taken off sleepers_
  };

  void work(Worker& worker);
  bool initialize();
  void run(PoolTask& task);
  void become_busy();
  void become_free() { busy_.fetch_sub(1); }

  // With mutex_ held, after the queue grew or a free worker became busy by one:
  // restores the rule. Returns a worker to wake once the mutex is free.
  Worker* call_worker();
  void start_worker();
  void join();

  const std::size_t max_workers_;
  const WorkerNames names_;
  const std::function<void()> initializer_;

  std::mutex mutex_;
  // Guarded by mutex_.
  TaskQueue queue_;
  std::vector<std::unique_ptr<Worker>> workers_;  // all ever started
  std::vector<Worker*> sleepers_;  // last to sleep, first to wake
  std::size_t running_ = 0;        // workers that have not ended
  bool shutdown_ = false;
  bool detached_ = false;
  std::string broken_;  // why, once an initializer threw

  // Raised under mutex_, lowered by workers before a result shows, so that
  // whoever has seen the result finds its worker free.
  std::atomic<std::size_t> busy_{0};

  std::mutex join_mutex_;  // held while joining; taken before mutex_
};

}  // namespace crawl::detail

#endif  // CRAWL_CONCURRENT_THREAD_POOL_CORE_H_
