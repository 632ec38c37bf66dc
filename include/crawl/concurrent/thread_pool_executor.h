#ifndef CRAWL_CONCURRENT_THREAD_POOL_EXECUTOR_H_
#define CRAWL_CONCURRENT_THREAD_POOL_EXECUTOR_H_

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "crawl/concurrent/errors.h"
#include "crawl/concurrent/future.h"
#include "crawl/concurrent/map.h"
#include "crawl/concurrent/task.h"

namespace crawl {

struct ThreadPoolOptions {
  // At most this many threads; default_max_workers() without. 0, or a negative
  // number made unsigned, throws std::invalid_argument.
  std::optional<std::size_t> max_workers = {};

  // Threads are named "<prefix>_<i>". "" stands for "ThreadPoolExecutor-<n>",
  // where n counts the pools of the process. The system shows 15 characters:
  // a longer name loses the end of its words, never its numbers.
  std::string thread_name_prefix = {};

  // Runs first on every new worker. If it throws the pool is broken: what is
  // queued, and every later submit(), fails with BrokenThreadPool.
  std::function<void()> initializer = {};
};

// min(32, usable processors + 4): the processors this process may run on, fewer
// if its control group has a smaller CPU quota.
std::size_t default_max_workers();

// The full name of the calling thread if it is a worker, else "".
std::string_view current_worker_name();

// Runs callables on a pool of threads: Python's ThreadPoolExecutor.
//
// Tasks start in the order submitted. A thread is started when a task finds no
// idle worker, up to max_workers; threads then live until shutdown. Any thread
// may call anything, a task included, but a task must not wait for one that
// needs its worker. What a task throws goes into its future. Callables are
// destroyed when they have run, before their result can be seen.
class ThreadPoolExecutor {
 public:
  explicit ThreadPoolExecutor(ThreadPoolOptions options = {});

  // shutdown(true). From one of its own workers (a task held the last owner) it
  // cannot wait for itself: it returns at once, and the workers end by
  // themselves once the queue is empty.
  ~ThreadPoolExecutor();

  ThreadPoolExecutor(const ThreadPoolExecutor&) = delete;
  ThreadPoolExecutor& operator=(const ThreadPoolExecutor&) = delete;

  // Calls f(args...) on a worker, with copies of both as std::thread makes
  // them (std::ref passes a reference). BrokenThreadPool if the pool is broken;
  // std::runtime_error after shutdown(); std::system_error if there is no
  // worker and the system starts no thread. With workers the task waits for
  // one of them then: for ever, if all run tasks without end.
  template <class F, class... Args>
  requires std::invocable<std::decay_t<F>, std::decay_t<Args>...>
  auto submit(F&& f, Args&&... args) {
    return detail::submit_to(*core_, std::forward<F>(f),
                             std::forward<Args>(args)...);
  }

  // Calls f on the elements of `inputs`, zipped, the shortest ending it; see
  // MapRange for the results. Elements are copied into the calls; one f serves
  // all, from several threads at once. With `buffersize` the inputs are read as
  // the results are, and those given as lvalues (views apart) must live as long
  // as the returned range; they may be infinite. Without, all are read here.
  template <class F, detail::Iterable... Ranges>
  requires std::invocable<F&, detail::ElementOf<Ranges>...>
  auto map(MapOptions options, F f, Ranges&&... inputs) {
    if (options.buffersize && *options.buffersize == 0) {
      throw std::invalid_argument("buffersize must be greater than 0");
    }
    using T = detail::MapResult<F, Ranges...>;
    return MapRange<T>(
        std::make_unique<detail::ZipSource<F, Ranges...>>(
            core_, std::move(f), std::forward<Ranges>(inputs)...),
        options);
  }
  template <class F, detail::Iterable... Ranges>
  requires(!std::same_as<F, MapOptions> &&
           std::invocable<
               F&, detail::ElementOf<Ranges>...>) auto map(F f,
                                                           Ranges&&... inputs) {
    return map(MapOptions{}, std::move(f), std::forward<Ranges>(inputs)...);
  }

  // Refuses new tasks; again is harmless. What is queued still runs, unless
  // `cancel_futures`: then what has not started is cancelled and notified,
  // here. With `wait`, returns when all threads have ended; not from one of its
  // own workers, where `wait` is taken for false.
  void shutdown(bool wait = true, bool cancel_futures = false);

 private:
  std::shared_ptr<detail::PoolCore> core_;
};

}  // namespace crawl

#endif  // CRAWL_CONCURRENT_THREAD_POOL_EXECUTOR_H_
