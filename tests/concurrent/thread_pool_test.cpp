// What is particular to threads: how many there are, and which runs what.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <mutex>
#include <semaphore>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "concurrent/cpu_quota.h"
#include "concurrent/test_support.h"
#include "crawl/concurrent/thread_pool_executor.h"
#include "support/no_more_threads.h"

namespace crawl {
namespace {

using std::chrono_literals::operator""ns;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::NoMoreThreads;

// The threads that tasks ran on.
class Threads {
 public:
  void note() {
    const std::lock_guard lock(mutex_);
    ids_.insert(std::this_thread::get_id());
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return ids_.size();
  }

 private:
  std::mutex mutex_;
  std::set<std::thread::id> ids_;
};

// CPython: thread_pool.test_map_submits_without_iteration
TEST(ThreadPool, MapSubmitsWithoutIteration) {
  std::atomic<int> ran{0};
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 2});
  const auto results = pool.map([&ran](int) { ++ran; }, std::vector<int>(10));
  pool.shutdown(true);
  EXPECT_EQ(ran, 10);
}

// CPython: thread_pool.test_default_workers
TEST(ThreadPool, DefaultWorkers) {
  EXPECT_EQ(default_max_workers(),
            std::min<std::size_t>(32, usable_processors() + 4));
  EXPECT_GE(default_max_workers(), 5u);

  // And that many can be blocked at a time, but no more.
  const std::size_t n = default_max_workers();
  std::latch all(static_cast<std::ptrdiff_t>(n));
  ThreadPoolExecutor pool;
  for (std::size_t i = 0; i < n; ++i) {
    pool.submit([&all] { all.arrive_and_wait(); });
  }
  all.wait();
}

// CPython: thread_pool.test_saturation
TEST(ThreadPool, NeverMoreThanMaxWorkers) {
  std::counting_semaphore<> release(0);
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  Threads threads;
  std::latch four(4);
  std::vector<Future<void>> futures;
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 4});
  for (int i = 0; i < 60; ++i) {
    futures.push_back(pool.submit([&, i] {
      threads.note();
      const int now = ++running;
      int seen = most;
      while (now > seen && !most.compare_exchange_weak(seen, now)) {
      }
      if (i < 4) four.count_down();
      release.acquire();
      --running;
    }));
  }
  four.wait();
  EXPECT_EQ(threads.count(), 4u);
  release.release(60);
  pool.shutdown(true);
  EXPECT_EQ(threads.count(), 4u);
  EXPECT_EQ(most, 4);
  for (const auto& future : futures) EXPECT_EQ(future.exception(0ns), nullptr);
}

// CPython: thread_pool.test_idle_thread_reuse
TEST(ThreadPool, SequentialSubmitsUseOneThread) {
  for (int round = 0; round < 100; ++round) {
    Threads threads;
    ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 8});
    for (int i = 0; i < 3; ++i) {
      pool.submit([&threads] { threads.note(); }).result();
    }
    EXPECT_EQ(threads.count(), 1u);
  }
}

TEST(ThreadPool, FailedAndCancelledTasksLeaveTheirWorkerIdleToo) {
  Threads threads;
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 8});
  for (int i = 0; i < 10; ++i) {
    const auto future = pool.submit([&threads] {
      threads.note();
      throw std::runtime_error("x");
    });
    EXPECT_THROW(future.result(), std::runtime_error);
  }
  EXPECT_EQ(threads.count(), 1u);
}

TEST(ThreadPool, EveryBlockedTaskGetsAThread) {
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 16});
  for (int round = 0; round < 20; ++round) {
    std::latch all(16);
    std::vector<Future<void>> futures;
    for (int i = 0; i < 16; ++i) {
      futures.push_back(pool.submit([&all] { all.arrive_and_wait(); }));
    }
    for (const auto& future : futures) future.result();
  }
}

TEST(ThreadPool, TasksStartInTheOrderSubmitted) {
  std::vector<int> order;
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 1});
  for (int i = 0; i < 100; ++i) {
    pool.submit([&order, i] { order.push_back(i); });
  }
  pool.shutdown();
  ASSERT_EQ(order.size(), 100u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

// CPython: thread_pool.test_executor_map_current_future_cancel
TEST(ThreadPool, MapTimeoutCancelsTheOneWaitedForToo) {
  std::latch started(1);
  std::binary_semaphore release(0);
  std::vector<std::string> log;
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 1});
  pool.submit([&] {
    started.count_down();
    release.acquire();
    log.emplace_back("first");
  });
  started.wait();
  {
    auto results = pool.map(
        {.timeout = 0ns},
        [&log](const std::string& name) {
          log.push_back(name);
          return name;
        },
        std::vector<std::string>{"second", "third"});
    EXPECT_THROW(*results.begin(), TimeoutError);
    EXPECT_TRUE(results.begin() == results.end());
  }
  release.release();
  pool.shutdown(true);
  EXPECT_THAT(log, ElementsAre("first"));
}

// CPython: thread_pool.test_hang_global_shutdown_lock
TEST(ThreadPool, TaskThatResubmitsItselfDoesNotHoldUpShutdown) {
  std::latch going(100);
  std::latch refused(1);
  std::atomic<int> runs{0};
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 2});
  std::function<void()> again = [&] {
    if (runs.fetch_add(1) < 100) going.count_down();
    try {
      pool.submit(again);
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "cannot schedule new futures after shutdown");
      refused.count_down();
    }
  };
  pool.submit(again);
  going.wait();
  pool.shutdown(true);
  refused.wait();
}

// CPython raises RuntimeError, "can't start new thread".
TEST(ThreadPool, SubmitThrowsWhenThereIsNoWorkerAndNoneCanBeStarted) {
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 2});
  bool ran = false;
  {
    const NoMoreThreads none;
    try {
      pool.submit([&ran] { ran = true; });
      ADD_FAILURE() << "accepted";
    } catch (const std::system_error& error) {
      EXPECT_THAT(error.what(), HasSubstr("cannot start a new thread"));
    }
  }
  EXPECT_EQ(pool.submit([] { return 1; }).result(), 1);
  pool.shutdown();
  EXPECT_FALSE(ran) << "what was refused stays so";
}

TEST(ThreadPool, TasksWaitForTheWorkersThereAreWhenNoMoreCanBeStarted) {
  const test::LogCapture log;
  std::binary_semaphore release(0);
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 4});
  const auto first = pool.submit([&release] { release.acquire(); });
  std::vector<Future<int>> waiting;
  {
    const NoMoreThreads none;
    for (int i = 0; i < 3; ++i) {
      waiting.push_back(pool.submit([i] { return i; }));
    }
  }
  release.release();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(waiting[static_cast<std::size_t>(i)].result(), i);
  }
  const std::string said = "goes on with 1 threads: cannot start a new thread";
  const std::string text = log.text();
  ASSERT_THAT(text, HasSubstr(said));
  EXPECT_EQ(text.find(said, text.find(said) + 1), std::string::npos) << "once";
}

TEST(ThreadPool, NothingItReportsGoesToStandardOutput) {
  std::binary_semaphore release(0);
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 2});
  pool.submit([&release] { release.acquire(); });
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  {
    const NoMoreThreads none;
    pool.submit([] {});
  }
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("goes on"));
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  release.release();
}

}  // namespace
}  // namespace crawl
