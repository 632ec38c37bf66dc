#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "concurrent/test_support.h"
#include "crawl/concurrent/as_completed.h"
#include "crawl/concurrent/thread_pool_executor.h"

namespace crawl {
namespace {

using test::LogCapture;
using ::testing::HasSubstr;

thread_local std::string worker_status = "uninitialized";

// CPython: init.InitializerMixin.test_initializer
TEST(Initializer, RunsOnceInEachWorkerBeforeAnyTask) {
  std::atomic<int> runs{0};
  ThreadPoolExecutor pool(ThreadPoolOptions{
      .max_workers = 2, .initializer = [&runs, status = "initialized"] {
        ++runs;
        worker_status = status;
      }});
  std::latch both(2);
  const auto task = [&both] {
    both.arrive_and_wait();
    return worker_status;
  };
  const auto a = pool.submit(task);
  const auto b = pool.submit(task);
  EXPECT_EQ(a.result(), "initialized");
  EXPECT_EQ(b.result(), "initialized");
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(pool.submit([] { return worker_status; }).result(),
              "initialized");
  }
  EXPECT_EQ(runs, 2);
}

// CPython: init.FailingInitializerMixin.test_initializer
TEST(Initializer, ThatThrowsBreaksThePool) {
  const LogCapture log;
  std::binary_semaphore release(0);
  ThreadPoolExecutor pool(
      ThreadPoolOptions{.max_workers = 1, .initializer = [&release] {
                          release.acquire();
                          throw std::runtime_error("no database");
                        }});
  std::vector<Future<int>> futures;
  for (int i = 0; i < 3; ++i) futures.push_back(pool.submit([] { return 1; }));
  Future<int> cancelled = futures[2];
  EXPECT_TRUE(cancelled.cancel());
  release.release();
  EXPECT_THROW(futures[0].result(), BrokenThreadPool);
  EXPECT_THROW(futures[1].result(), BrokenExecutor);
  EXPECT_THROW(cancelled.result(), CancelledError);
  EXPECT_THROW(pool.submit([] {}), BrokenThreadPool);
  // The cancelled one is notified as well, so this ends.
  int seen = 0;
  for (auto future : as_completed(futures)) seen += future.done();
  EXPECT_EQ(seen, 3);
  pool.shutdown();
  EXPECT_THROW(pool.submit([] {}), BrokenThreadPool) << "tested first";
  EXPECT_THAT(log.text(), HasSubstr("critical"));
  EXPECT_THAT(log.text(), HasSubstr("exception in initializer"));
  EXPECT_THAT(log.text(), HasSubstr("no database"));
}

TEST(Initializer, ThatThrowsAnythingSaysWhy) {
  const LogCapture log;
  ThreadPoolExecutor pool(
      ThreadPoolOptions{.max_workers = 1, .initializer = [] { throw 3; }});
  const auto future = pool.submit([] {});
  EXPECT_THAT(test::message_of(future.exception()), HasSubstr("int"));
}

TEST(Initializer, ThatThrowsLateLeavesRunningTasksAlone) {
  const LogCapture log;
  std::atomic<int> workers{0};
  std::latch started(1);
  std::binary_semaphore release(0);
  ThreadPoolExecutor pool(
      ThreadPoolOptions{.max_workers = 2, .initializer = [&workers] {
                          if (workers++ == 1) throw std::runtime_error("late");
                        }});
  const auto good = pool.submit([&] {
    started.count_down();
    release.acquire();
    return 1;
  });
  started.wait();
  EXPECT_THROW(pool.submit([] {}).result(), BrokenThreadPool);
  release.release();
  EXPECT_EQ(good.result(), 1);
}

}  // namespace
}  // namespace crawl
