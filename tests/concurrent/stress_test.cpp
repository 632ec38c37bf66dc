// Many threads at once, meant for ThreadSanitizer and many repetitions.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

#include "concurrent/test_support.h"
#include "crawl/concurrent/thread_pool_executor.h"
#include "crawl/concurrent/wait.h"

namespace crawl {
namespace {

using std::chrono_literals::operator""ns;

// Property: every accepted task ends once, run or cancelled, its callback is
// called once, and nothing of it is left.
TEST(Stress, EveryTaskEndsOnce) {
  constexpr int kThreads = 4;
  constexpr int kTasks = 300;
  std::atomic<int> ran{0};
  std::atomic<int> cancelled{0};
  std::atomic<int> called_back{0};
  const auto token = std::make_shared<int>();
  {
    std::latch go(kThreads);
    std::vector<std::thread> threads;
    ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 3});
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        std::minstd_rand random(static_cast<unsigned>(t + 1));
        go.arrive_and_wait();
        std::optional<Future<int>> last;
        for (int i = 0; i < kTasks; ++i) {
          Future<int> future = pool.submit([&ran, token, i] {
            ++ran;
            if (i % 7 == 0) throw std::runtime_error("seven");
            return i;
          });
          future.add_done_callback(
              [&called_back, token](const Future<int>&) { ++called_back; });
          switch (random() % 4) {
            case 0:
              if (future.cancel()) ++cancelled;
              break;
            case 1:
              EXPECT_NO_THROW(future.exception(test::kLong));
              break;
            case 2:
              last = future;
              break;
            default:
              break;
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(ran + cancelled, kThreads * kTasks);
  EXPECT_EQ(called_back, kThreads * kTasks);
  EXPECT_EQ(token.use_count(), 1);
}

// Property: a submit that races with shutdown is refused or runs.
TEST(Stress, SubmitAgainstShutdown) {
  for (int round = 0; round < 30; ++round) {
    std::atomic<int> accepted{0};
    std::atomic<int> ran{0};
    {
      std::latch go(3);
      std::vector<std::thread> threads;
      ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 2});
      for (int t = 0; t < 2; ++t) {
        threads.emplace_back([&] {
          go.arrive_and_wait();
          try {
            for (int i = 0; i < 200; ++i) {
              pool.submit([&ran] { ++ran; });
              ++accepted;
            }
          } catch (const std::runtime_error&) {
          }
        });
      }
      threads.emplace_back([&] {
        go.arrive_and_wait();
        pool.shutdown(round % 2 == 0);
      });
      for (std::thread& thread : threads) thread.join();
    }
    EXPECT_EQ(ran, accepted);
  }
}

// Property: of cancel and start exactly one wins.
TEST(Stress, CancelAgainstStart) {
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 2});
  for (int i = 0; i < 2000; ++i) {
    std::atomic<int> ran{0};
    Future<void> future = pool.submit([&ran] { ++ran; });
    const bool won = future.cancel();
    wait({future});
    EXPECT_EQ(ran, won ? 0 : 1);
    EXPECT_EQ(future.cancelled(), won);
  }
}

// Property: a callback added while the future ends is called once.
TEST(Stress, CallbackAgainstCompletion) {
  for (int i = 0; i < 500; ++i) {
    Promise<int> promise;
    std::atomic<int> calls{0};
    std::latch go(2);
    std::thread completer([&] {
      go.arrive_and_wait();
      if (i % 2 == 0) {
        promise.set_result(1);
      } else {
        promise.future().cancel();
      }
    });
    const Future<int> future = promise.future();
    go.arrive_and_wait();
    for (int c = 0; c < 3; ++c) {
      future.add_done_callback([&calls](const Future<int>&) { ++calls; });
    }
    completer.join();
    EXPECT_EQ(calls, 3);
  }
}

// Property: of several that set the outcome, or cancel, one wins.
TEST(Stress, OutcomesAgainstEachOther) {
  for (int i = 0; i < 300; ++i) {
    Promise<int> promise;
    std::atomic<int> wins{0};
    std::latch go(3);
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&, t] {
        go.arrive_and_wait();
        try {
          if (t == 0) {
            if (!promise.future().cancel()) return;
          } else {
            promise.set_result(t);
          }
          ++wins;
        } catch (const InvalidStateError&) {
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wins, 1);
  }
}

// Property: several threads may wait for the same futures, in every way.
TEST(Stress, ManyWaitersOnTheSameFutures) {
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 3});
  for (int round = 0; round < 10; ++round) {
    std::latch go(1);
    std::vector<Future<int>> futures;
    for (int i = 0; i < 60; ++i) {
      futures.push_back(pool.submit([&go, i] {
        go.wait();
        return i;
      }));
    }
    std::vector<std::thread> waiters;
    for (int t = 0; t < 6; ++t) {
      waiters.emplace_back([&futures, t] {
        if (t % 3 == 0) {
          EXPECT_EQ(wait(futures).done.size(), 60u);
        } else if (t % 3 == 1) {
          std::size_t seen = 0;
          for (auto future : as_completed(futures)) seen += future.done();
          EXPECT_EQ(seen, 60u);
        } else {
          for (int i = 0; i < 60; ++i) {
            EXPECT_EQ(futures[static_cast<std::size_t>(i)].result(), i);
          }
        }
      });
    }
    // Some come and go while the futures end.
    waiters.emplace_back([&futures] {
      for (int i = 0; i < 50; ++i) {
        wait(futures, 0ns, ReturnWhen::kFirstCompleted);
        auto dropped = as_completed(futures, 0ns);
      }
    });
    go.count_down();
    for (std::thread& waiter : waiters) waiter.join();
  }
}

// Property: tasks that submit tasks, from callbacks too, all run.
TEST(Stress, TreeOfTasks) {
  std::atomic<int> leaves{0};
  std::latch all(3 * 3 * 3 * 3 * 3);
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 3});
  std::function<void(int)> grow = [&](int depth) {
    if (depth == 5) {
      ++leaves;
      all.count_down();
      return;
    }
    for (int i = 0; i < 3; ++i) {
      if (i == 0) {
        pool.submit([] {}).add_done_callback(
            [&grow, depth](const Future<void>&) { grow(depth + 1); });
      } else {
        pool.submit(grow, depth + 1);
      }
    }
  };
  grow(0);
  all.wait();
  pool.shutdown();
  EXPECT_EQ(leaves, 243);
}

}  // namespace
}  // namespace crawl
