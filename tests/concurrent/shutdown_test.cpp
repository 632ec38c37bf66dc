#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/wait.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "concurrent/test_support.h"
#include "concurrent/thread_pool_core.h"
#include "crawl/concurrent/thread_pool_executor.h"
#include "crawl/concurrent/wait.h"

namespace crawl {
namespace {

using std::chrono_literals::operator""ns;
using test::kLong;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

struct Ended {
  int status;
  std::string output;
};

// Runs the helper program and waits for it to exit.
Ended run_helper(const std::string& mode) {
  const std::string command =
      std::string(CRAWL_EXIT_HELPER) + " " + mode + " 2>&1";
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return {-1, "popen"};
  Ended ended{};
  std::array<char, 256> buffer{};
  while (const std::size_t n =
             std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    ended.output.append(buffer.data(), n);
  }
  const int status = pclose(pipe);
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ended;
}

// Counts threads that have come to their end.
std::atomic<int> ended_threads{0};
struct CountsItsEnd {
  ~CountsItsEnd() { ++ended_threads; }
  bool used = false;
};
thread_local CountsItsEnd counts_its_end;

std::string system_thread_name() {
  std::array<char, 16> name{};
  pthread_getname_np(pthread_self(), name.data(), name.size());
  return name.data();
}

// CPython: shutdown.test_run_after_shutdown
TEST(Shutdown, SubmitAfterItThrows) {
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 1});
  pool.shutdown();
  try {
    pool.submit([] {});
    FAIL() << "accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "cannot schedule new futures after shutdown");
  }
}

// CPython: shutdown.test_interpreter_shutdown
TEST(Shutdown, PendingTaskCompletesWhenMainReturns) {
  for (const char* mode : {"local", "static", "no-wait"}) {
    const Ended ended = run_helper(mode);
    EXPECT_EQ(ended.status, 0) << mode;
    EXPECT_EQ(ended.output, "main returns\napple\n") << mode;
  }
}

// CPython: shutdown.test_submit_after_interpreter_shutdown
TEST(Shutdown, SubmitAtExitThrows) {
  for (const char* mode : {"atexit", "static-task"}) {
    const Ended ended = run_helper(mode);
    EXPECT_EQ(ended.status, 0) << mode;
    EXPECT_EQ(ended.output,
              "main returns\ncannot schedule new futures after shutdown\n")
        << mode;
  }
}

TEST(Shutdown, ThrowingCallbackIsLoggedEvenAsStaticsAreDestroyed) {
  const Ended ended = run_helper("static-log");
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.output, HasSubstr("too late?"));
}

// CPython: shutdown.test_hang_issue12364
TEST(Shutdown, EveryQueuedTaskStillRuns) {
  std::counting_semaphore<> release(0);
  std::vector<Future<int>> futures;
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 5});
  for (int i = 0; i < 50; ++i) {
    futures.push_back(pool.submit([&release, i] {
      release.acquire();
      return i;
    }));
  }
  std::thread releaser([&release] { release.release(50); });
  pool.shutdown();
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(futures[static_cast<std::size_t>(i)].result(0ns), i);
  }
  releaser.join();
}

// CPython: shutdown.test_cancel_futures
TEST(Shutdown, CancelFuturesCancelsOnlyWhatHasNotStarted) {
  std::latch started(5);
  std::counting_semaphore<> release(0);
  std::vector<Future<void>> futures;
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 5});
  for (int i = 0; i < 50; ++i) {
    futures.push_back(pool.submit([&] {
      started.count_down();
      release.acquire();
    }));
  }
  started.wait();
  // The last to be cancelled lets the others go, so that waiting can end.
  futures.back().add_done_callback(
      [&release](const Future<void>&) { release.release(5); });
  pool.shutdown(/*wait=*/true, /*cancel_futures=*/true);
  for (std::size_t i = 0; i < 50; ++i) {
    EXPECT_EQ(futures[i].cancelled(), i >= 5) << i;
    EXPECT_TRUE(futures[i].done()) << i;
    if (i < 5) {
      EXPECT_EQ(futures[i].exception(), nullptr) << i;
    }
  }
  EXPECT_THAT(wait(futures, 0ns).not_done, IsEmpty())
      << "those cancelled have been notified";
}

TEST(Shutdown, CancelFuturesNotifiesThoseCancelledBefore) {
  std::latch started(1);
  std::binary_semaphore release(0);
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 1});
  pool.submit([&] {
    started.count_down();
    release.acquire();
  });
  started.wait();
  Future<void> future = pool.submit([] {});
  EXPECT_TRUE(future.cancel());
  EXPECT_EQ(future.state(), FutureState::kCancelled);
  pool.shutdown(/*wait=*/false, /*cancel_futures=*/true);
  EXPECT_EQ(future.state(), FutureState::kCancelledAndNotified);
  release.release();
}

// CPython: shutdown.test_hang_gh83386
TEST(Shutdown, WithoutWaitReturnsWhileATaskRuns) {
  std::latch started(1);
  std::binary_semaphore release(0);
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 1});
  const Future<int> future = pool.submit([&] {
    started.count_down();
    release.acquire();
    return 1;
  });
  started.wait();
  pool.shutdown(/*wait=*/false);
  EXPECT_TRUE(future.running());
  release.release();
  EXPECT_EQ(future.result(), 1);
  EXPECT_EQ(run_helper("no-wait").output, "main returns\napple\n");
}

// CPython: shutdown.test_hang_gh94440
TEST(Shutdown, AfterACancelReturns) {
  for (int round = 0; round < 50; ++round) {
    ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 1});
    pool.submit([] {}).result();
    pool.submit([] {}).cancel();
    pool.shutdown(/*wait=*/true);
  }
}

// CPython: shutdown.test_threads_terminate
TEST(Shutdown, EndsAllThreads) {
  ended_threads = 0;
  std::latch started(3);
  std::counting_semaphore<> release(0);
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 8});
  for (int i = 0; i < 3; ++i) {
    pool.submit([&] {
      counts_its_end.used = true;
      started.count_down();
      release.acquire();
    });
  }
  started.wait();
  EXPECT_EQ(ended_threads, 0);
  release.release(3);
  pool.shutdown();
  EXPECT_EQ(ended_threads, 3);
}

// CPython: shutdown.test_context_manager_shutdown
TEST(Shutdown, LeavingTheScopeWaits) {
  std::vector<int> results;
  std::optional<Future<int>> future;
  {
    ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 5});
    for (const int i : pool.map([](int n) { return std::abs(n); },
                                std::vector{-5, -4, -3, -2, -1, 0, 1, 2, 3})) {
      results.push_back(i);
    }
    future = pool.submit([] { return 1; });
  }
  EXPECT_THAT(results, ElementsAre(5, 4, 3, 2, 1, 0, 1, 2, 3));
  EXPECT_EQ(future->result(0ns), 1);
}

// CPython: shutdown.test_del_shutdown
TEST(Shutdown, MapResultsOutliveTheExecutor) {
  auto pool =
      std::make_unique<ThreadPoolExecutor>(ThreadPoolOptions{.max_workers = 5});
  auto results =
      pool->map([](int n) { return std::abs(n); }, std::vector{-2, -1, 0, 1});
  auto buffered = pool->map(
      {.buffersize = 2}, [](int n) { return n; }, std::vector{1, 2});
  pool.reset();
  std::vector<int> seen;
  for (const int i : results) seen.push_back(i);
  for (const int i : buffered) seen.push_back(i);
  EXPECT_THAT(seen, ElementsAre(2, 1, 0, 1, 1, 2));
}

// CPython: shutdown.test_shutdown_no_wait
TEST(Shutdown, WithoutWaitQueuedWorkStillRuns) {
  ended_threads = 0;
  int started_threads = 0;
  {
    std::latch go(1);
    ThreadPoolExecutor pool(
        ThreadPoolOptions{.max_workers = 1, .initializer = [&started_threads] {
                            counts_its_end.used = true;
                            ++started_threads;
                          }});
    auto results = pool.map(
        [&go](int n) {
          go.wait();
          return std::abs(n);
        },
        std::vector{-5, -4, -3, -2, -1, 0, 1, 2, 3});
    pool.shutdown(/*wait=*/false);
    go.count_down();
    std::vector<int> seen;
    for (const int i : results) seen.push_back(i);
    EXPECT_THAT(seen, ElementsAre(5, 4, 3, 2, 1, 0, 1, 2, 3));
  }
  EXPECT_EQ(started_threads, 1);
  EXPECT_EQ(ended_threads, 1);
}

// CPython: shutdown.test_thread_names_assigned
TEST(Shutdown, ThreadsAreNamedAsAsked) {
  std::latch all(5);
  std::mutex mutex;
  std::set<std::string> names;
  std::set<std::string> full_names;
  ThreadPoolExecutor pool(
      ThreadPoolOptions{.max_workers = 5, .thread_name_prefix = "SpecialPool"});
  for (int i = 0; i < 5; ++i) {
    pool.submit([&] {
      {
        const std::lock_guard lock(mutex);
        names.insert(system_thread_name());
        full_names.emplace(current_worker_name());
      }
      all.arrive_and_wait();
    });
  }
  pool.shutdown();
  EXPECT_THAT(names,
              ElementsAre("SpecialPool_0", "SpecialPool_1", "SpecialPool_2",
                          "SpecialPool_3", "SpecialPool_4"));
  EXPECT_EQ(names, full_names);
  EXPECT_EQ(current_worker_name(), "");
}

// CPython: shutdown.test_thread_names_default
TEST(Shutdown, DefaultThreadNamesTellExecutorsApart) {
  ThreadPoolExecutor a;
  ThreadPoolExecutor b;
  const auto full = [] { return std::string(current_worker_name()); };
  const auto in_a = a.submit(full);
  const auto in_b = b.submit(full);
  EXPECT_THAT(in_a.result(), MatchesRegex("ThreadPoolExecutor-[0-9]+_0"));
  EXPECT_THAT(in_b.result(), MatchesRegex("ThreadPoolExecutor-[0-9]+_0"));
  EXPECT_NE(in_a.result(), in_b.result());
  const auto short_a = a.submit(system_thread_name);
  const auto short_b = b.submit(system_thread_name);
  EXPECT_THAT(short_a.result(), MatchesRegex("Thread[A-Za-z]*-[0-9]+_0"));
  EXPECT_NE(short_a.result(), short_b.result());
}

TEST(Shutdown, LongThreadNamesKeepTheirNumbers) {
  const auto names = detail::WorkerNames::from("a rather long prefix");
  EXPECT_EQ(names.full(12), "a rather long prefix_12");
  EXPECT_EQ(names.short_name(12), "a rather lon_12");
  EXPECT_EQ(detail::WorkerNames::from("x").short_name(3), "x_3");
  const detail::WorkerNames numbers{"P", "-12345678901234567"};
  EXPECT_EQ(numbers.short_name(1).size(), 15u);
}

// CPython: shutdown.test_cancel_futures_wait_false
TEST(Shutdown, CancelWithoutWaitRunsATaskOnceOrNotAtAll) {
  for (int round = 0; round < 200; ++round) {
    std::atomic<int> runs{0};
    std::optional<Future<void>> future;
    {
      ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 1});
      future = pool.submit([&runs] { ++runs; });
      pool.shutdown(/*wait=*/false, /*cancel_futures=*/true);
    }
    EXPECT_TRUE(future->done());
    EXPECT_EQ(runs, future->cancelled() ? 0 : 1);
  }
  const Ended ended = run_helper("cancel");
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.output, MatchesRegex("(ran\n)?main returns\n(ran\n)?"));
}

TEST(Shutdown, AgainAndFromSeveralThreadsIsHarmless) {
  std::atomic<int> ran{0};
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 3});
  for (int i = 0; i < 100; ++i) pool.submit([&ran] { ++ran; });
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&pool, &ran] {
      pool.shutdown();
      EXPECT_EQ(ran, 100) << "each of them waits";
    });
  }
  for (std::thread& thread : threads) thread.join();
  pool.shutdown();
  pool.shutdown(false, true);
}

TEST(Shutdown, OfAnUnusedPool) {
  ThreadPoolExecutor pool;
  pool.shutdown();
}

TEST(Shutdown, FromATaskDoesNotWaitForItself) {
  std::latch both(2);
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 2});
  const auto task = [&] {
    both.arrive_and_wait();
    pool.shutdown(/*wait=*/true);
    return 1;
  };
  const auto a = pool.submit(task);
  const auto b = pool.submit(task);
  EXPECT_EQ(a.result() + b.result(), 2);
}

TEST(Shutdown, DestructionByATaskDoesNotWaitForItself) {
  // Shared, as nobody joins these threads.
  const auto go = std::make_shared<std::binary_semaphore>(0);
  std::vector<Future<int>> futures;
  {
    auto pool = std::make_shared<ThreadPoolExecutor>(
        ThreadPoolOptions{.max_workers = 1});
    // When it has run, its worker destroys the pool, with work in the queue.
    futures.push_back(pool->submit([go, pool] {
      go->acquire();
      return 0;
    }));
    for (int i = 1; i < 4; ++i) {
      futures.push_back(pool->submit([i] { return i; }));
    }
  }
  go->release();
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(futures[static_cast<std::size_t>(i)].result(), i);
  }
}

TEST(Shutdown, NotifiesTheCallbacksOfCancelledFuturesOutsideItsLocks) {
  std::latch started(1);
  std::binary_semaphore release(0);
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 1});
  pool.submit([&] {
    started.count_down();
    release.acquire();
  });
  started.wait();
  std::string message;
  pool.submit([] {}).add_done_callback([&](const Future<void>& future) {
    EXPECT_TRUE(future.cancelled());
    try {
      pool.submit([] {});
    } catch (const std::runtime_error& error) {
      message = error.what();
    }
    release.release();
  });
  pool.shutdown(/*wait=*/true, /*cancel_futures=*/true);
  EXPECT_THAT(message, HasSubstr("after shutdown"));
}

}  // namespace
}  // namespace crawl
