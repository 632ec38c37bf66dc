#ifndef CRAWL_CONCURRENT_THREAD_POOL_CORE_H_
#define CRAWL_CONCURRENT_THREAD_POOL_CORE_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "concurrent/futex.h"
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
// A worker is busy while foreign code may keep it: from taking a task until its
// callable is gone, and while it runs callbacks or destroys a result. All
// others are free; a free worker is asleep, or awake and about to look at the
// queue. The rule that keeps every task moving: there are never more tasks
// queued than free workers awake, unless every worker that may exist does and
// is awake. A worker is free before its result can be seen, so that whoever
// has seen it, and submits again, finds it so.
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
    // Set once taken off sleepers_, which is when it is to wake up.
    FutexWord called{0};
  };

  void work(Worker& worker);
  bool initialize();
  // Returns whether the worker became free early.
  bool run(PoolTask& task);
  // Runs foreign code outside a task, on a worker that became free early.
  template <class Code>
  void while_busy(Code code);
  static void wake(Worker* worker);

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
  bool warned_ = false;  // that no more threads can be started
  std::string broken_;   // why, once an initializer threw

  std::size_t taken_ = 0;  // workers that took a task and are not back yet

  // Those among them that became free early, before they are back.
  std::atomic<std::size_t> free_early_{0};

  std::mutex join_mutex_;  // held while joining; taken before mutex_
};

}  // namespace crawl::detail

#endif  // CRAWL_CONCURRENT_THREAD_POOL_CORE_H_
