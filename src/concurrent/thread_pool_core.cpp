#include "concurrent/thread_pool_core.h"

#include <fmt/format.h>
#include <pthread.h>
#include <spdlog/logger.h>

#include <exception>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include "concurrent/describe.h"
#include "concurrent/log.h"
#include "crawl/concurrent/errors.h"
#include "crawl/concurrent/thread_pool_executor.h"

namespace crawl {
namespace detail {
namespace {

constexpr std::size_t kSystemNameLength = 15;  // pthread_setname_np(3)

template <class Code>
std::thread start_thread(Code code) {
  try {
    return std::thread(std::move(code));
  } catch (const std::system_error& error) {
    throw std::system_error(error.code(), "cannot start a new thread");
  }
}

thread_local const PoolCore* current_pool = nullptr;
thread_local std::string current_name;

}  // namespace

void TaskQueue::push(PoolTask& task) {
  task.next = nullptr;
  (head_ == nullptr ? head_ : tail_->next) = &task;
  tail_ = &task;
  ++size_;
}

PoolTask& TaskQueue::pop() {
  PoolTask& task = *head_;
  head_ = task.next;
  --size_;
  return task;
}

void TaskQueue::remove_last() {
  PoolTask** link = &head_;
  PoolTask* before = nullptr;
  while (*link != tail_) {
    before = *link;
    link = &before->next;
  }
  *link = nullptr;
  tail_ = before;
  --size_;
}

TaskQueue TaskQueue::take_all() { return std::exchange(*this, TaskQueue()); }

WorkerNames WorkerNames::from(const std::string& prefix) {
  static std::atomic<std::size_t> pools{0};
  if (!prefix.empty()) return {prefix, ""};
  return {"ThreadPoolExecutor", fmt::format("-{}", pools.fetch_add(1))};
}

std::string WorkerNames::full(std::size_t worker) const {
  return fmt::format("{}{}_{}", words, numbers, worker);
}

std::string WorkerNames::short_name(std::size_t worker) const {
  std::string tail = fmt::format("{}_{}", numbers, worker);
  if (tail.size() > kSystemNameLength) {
    tail.erase(0, tail.size() - kSystemNameLength);
  }
  return words.substr(0, kSystemNameLength - tail.size()) + tail;
}

PoolCore::PoolCore(std::size_t max_workers, WorkerNames names,
                   std::function<void()> initializer)
    : max_workers_(max_workers),
      names_(std::move(names)),
      initializer_(std::move(initializer)) {}

bool PoolCore::on_own_worker() const { return current_pool == this; }

void PoolCore::enqueue(PoolTask& task) {
  Worker* to_wake = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (!broken_.empty()) throw BrokenThreadPool(broken_);
    if (shutdown_) {
      throw std::runtime_error("cannot schedule new futures after shutdown");
    }
    queue_.push(task);
    try {
      to_wake = call_worker();
    } catch (...) {
      queue_.remove_last();
      throw;
    }
  }
  wake(to_wake);
}

void PoolCore::wake(Worker* worker) {
  if (worker == nullptr) return;
  worker->called.store(1);
  futex_wake_all(&worker->called);
}

PoolCore::Worker* PoolCore::call_worker() {
  const std::size_t awake =
      running_ - taken_ + free_early_.load() - sleepers_.size();
  if (queue_.size() <= awake) return nullptr;
  if (!sleepers_.empty()) {
    Worker* worker = sleepers_.back();
    sleepers_.pop_back();
    return worker;
  }
  if (running_ < max_workers_) start_worker();
  return nullptr;
}

void PoolCore::start_worker() {
  try {
    auto worker = std::make_unique<Worker>(workers_.size());
    sleepers_.reserve(workers_.size() + 1);  // so that sleeping cannot fail
    workers_.reserve(workers_.size() + 1);
    worker->thread = start_thread(
        [self = shared_from_this(), w = worker.get()] { self->work(*w); });
    if (detached_) worker->thread.detach();
    workers_.push_back(std::move(worker));
    ++running_;
  } catch (const std::exception& error) {
    if (running_ == 0) throw;
    if (std::exchange(warned_, true)) return;
    room_logger()->warn("a thread pool goes on with {} threads: {}", running_,
                        error.what());
  }
}

void PoolCore::work(Worker& worker) {
  current_pool = this;
  current_name = names_.full(worker.index);
  pthread_setname_np(pthread_self(), names_.short_name(worker.index).c_str());
  if (!initialize()) return;

  std::unique_lock lock(mutex_);
  for (;;) {
    while (queue_.empty()) {
      if (shutdown_) {
        --running_;
        return;
      }
      worker.called.store(0);
      sleepers_.push_back(&worker);
      lock.unlock();
      while (worker.called.load() == 0) {
        futex_wait(worker.called, 0, Deadline::never());
      }
      lock.lock();
    }
    PoolTask& task = queue_.pop();
    ++taken_;
    lock.unlock();
    const bool free_early = run(task);
    lock.lock();
    --taken_;
    if (free_early) free_early_.fetch_sub(1);
  }
}

bool PoolCore::run(PoolTask& task) {
  FutureCore& future = task.future();
  if (!task.execute()) {
    future.release();
    return false;
  }
  if (future.unobservable()) {
    future.destroy();
    return false;
  }
  free_early_.fetch_add(1);
  switch (future.publish_and_release()) {
    case Published::kAll:
      break;
    case Published::kLast:
      while_busy([&future] { future.destroy(); });
      break;
    case Published::kCallbacks:
      while_busy([&future] {
        future.invoke_callbacks();
        future.release();
      });
      break;
  }
  return true;
}

template <class Code>
void PoolCore::while_busy(Code code) {
  Worker* to_wake = nullptr;
  {
    const std::lock_guard lock(mutex_);
    free_early_.fetch_sub(1);
    to_wake = call_worker();
  }
  wake(to_wake);
  code();
  free_early_.fetch_add(1);
}

bool PoolCore::initialize() {
  if (!initializer_) return true;
  std::string reason;
  try {
    initializer_();
    return true;
  } catch (...) {
    reason = describe_current_exception();
  }
  room_logger()->critical("exception in initializer of {}: {}", current_name,
                          reason);
  TaskQueue abandoned;
  std::string message;
  {
    const std::lock_guard lock(mutex_);
    --running_;
    if (broken_.empty()) {
      broken_ = fmt::format(
          "the thread pool is broken: its initializer threw {}", reason);
    }
    message = broken_;
    abandoned = queue_.take_all();
  }
  while (!abandoned.empty()) {
    FutureCore& future = abandoned.pop().future();
    if (future.set_running_or_notify_cancel()) {
      future.store_exception(
          std::make_exception_ptr(BrokenThreadPool(message)));
      future.finish();
    } else {
      future.release();
    }
  }
  return false;
}

void PoolCore::shutdown(bool wait, bool cancel_futures) {
  TaskQueue cancelled;
  std::vector<Worker*> to_wake;
  {
    const std::lock_guard lock(mutex_);
    shutdown_ = true;
    if (cancel_futures) cancelled = queue_.take_all();
    to_wake.swap(sleepers_);
    sleepers_.reserve(to_wake.size());
  }
  for (Worker* worker : to_wake) wake(worker);
  while (!cancelled.empty()) {
    FutureCore& future = cancelled.pop().future();
    future.cancel();
    future.set_running_or_notify_cancel();
    future.release();
  }
  if (wait && !on_own_worker()) join();
}

void PoolCore::join() {
  const std::lock_guard joining(join_mutex_);
  // A worker may still start others, while it can be joined itself.
  for (std::size_t i = 0;; ++i) {
    std::thread* thread = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (i == workers_.size()) return;
      thread = &workers_[i]->thread;
    }
    if (thread->joinable()) thread->join();
  }
}

void PoolCore::detach() {
  const std::lock_guard joining(join_mutex_);
  const std::lock_guard lock(mutex_);
  detached_ = true;
  for (const std::unique_ptr<Worker>& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.detach();
  }
}

void enqueue(PoolCore& pool, PoolTask& task) { pool.enqueue(task); }

}  // namespace detail

std::string_view current_worker_name() { return detail::current_name; }

}  // namespace crawl
