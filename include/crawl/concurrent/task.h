#ifndef CRAWL_CONCURRENT_TASK_H_
#define CRAWL_CONCURRENT_TASK_H_

#include <concepts>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "crawl/concurrent/future.h"
#include "crawl/concurrent/shared_state.h"

namespace crawl::detail {

class PoolCore;  // what the workers share; src/concurrent/thread_pool_core.h

// What a pool queues. The queue holds one reference to future().
class PoolTask {
 public:
  // Runs the callable, keeps its outcome unpublished, and destroys it. False if
  // it was cancelled before it could start; those waiting have been told.
  virtual bool execute() noexcept = 0;

  virtual FutureCore& future() noexcept = 0;

  PoolTask* next = nullptr;  // the queue's own

 protected:
  ~PoolTask() = default;
};

// A callable with its arguments and the future they end in, as one allocation.
template <class T, class F, class... Args>
class Task final : public SharedState<T>, public PoolTask {
 public:
  template <class... Given>
  explicit Task(std::in_place_t, Given&&... given)
      : SharedState<T>(2),  // the queue and the submitter
        call_(std::in_place, std::forward<Given>(given)...) {}

  bool execute() noexcept override {
    const bool started = this->start();
    if (started) {
      std::exception_ptr error;
      try {
        this->store_result_of([this]() -> decltype(auto) {
          return std::apply(
              [](F& f, Args&... args) -> decltype(auto) {
                return std::invoke(std::move(f), std::move(args)...);
              },
              *call_);
        });
      } catch (...) {
        error = std::current_exception();
      }
      // Outside the catch block, so that no reference of this thread is left
      // when another reads the exception.
      if (error) this->store_exception(std::move(error));
    }
    call_.reset();
    return started;
  }

  FutureCore& future() noexcept override { return *this; }

 private:
  std::optional<std::tuple<F, Args...>> call_;
};

// Queues `task`, taking over one reference. Throws as submit() does.
void enqueue(PoolCore& pool, PoolTask& task);

template <class F, class... Args>
auto submit_to(PoolCore& pool, F&& f, Args&&... args) {
  using T =
      ResultOf<std::invoke_result_t<std::decay_t<F>, std::decay_t<Args>...>>;
  using TaskType = Task<T, std::decay_t<F>, std::decay_t<Args>...>;
  auto* task = new TaskType(std::in_place, std::forward<F>(f),
                            std::forward<Args>(args)...);
  Future<T> future = FutureAccess::adopt<T>(task);
  try {
    enqueue(pool, *task);
  } catch (...) {
    task->release();
    throw;
  }
  return future;
}

}  // namespace crawl::detail

#endif  // CRAWL_CONCURRENT_TASK_H_
