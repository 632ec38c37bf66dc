#include "crawl/concurrent/wait.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <forward_list>
#include <latch>
#include <list>
#include <semaphore>
#include <stdexcept>
#include <thread>
#include <vector>

#include "concurrent/test_support.h"
#include "crawl/concurrent/thread_pool_executor.h"

namespace crawl {
namespace {

using std::chrono_literals::operator""ns;
using test::cancelled;
using test::failed;
using test::kLong;
using test::notified;
using test::successful;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Futures = std::vector<Future<int>>;

class WaitTest : public ::testing::Test {
 protected:
  // A task that ends once release is raised for it.
  Future<int> blocked() {
    return pool_.submit([this] {
      release_.acquire();
      return 1;
    });
  }

  std::counting_semaphore<> release_{0};
  ThreadPoolExecutor pool_{ThreadPoolOptions{.max_workers = 5}};
};

// CPython: wait.test_20369
TEST_F(WaitTest, DuplicatesCountOnce) {
  const Future<int> future = pool_.submit([] { return 1; });
  const auto [done, not_done] = wait({future, future});
  EXPECT_THAT(done, ElementsAre(future));
  EXPECT_THAT(not_done, IsEmpty());
}

// CPython: wait.test_first_completed
TEST_F(WaitTest, FirstCompletedIgnoresTheCancelledButNotNotified) {
  const Promise<int> unnotified = cancelled();
  const Future<int> slow = blocked();
  const Future<int> fast = pool_.submit([] { return 1; });
  const auto [done, not_done] = wait(Futures{unnotified.future(), fast, slow},
                                     kLong, ReturnWhen::kFirstCompleted);
  EXPECT_THAT(done, ElementsAre(fast));
  EXPECT_THAT(not_done, ElementsAre(unnotified.future(), slow));
  release_.release();
}

// CPython: wait.test_first_completed_some_already_completed
TEST_F(WaitTest, FirstCompletedReturnsAtOnceIfSomeHave) {
  const Promise<int> before = notified();
  const Promise<int> value = successful();
  const Future<int> slow = blocked();
  const auto [done, not_done] =
      wait(Futures{before.future(), value.future(), slow}, {},
           ReturnWhen::kFirstCompleted);
  EXPECT_THAT(done, ElementsAre(before.future(), value.future()));
  EXPECT_THAT(not_done, ElementsAre(slow));
  release_.release();
}

// CPython: wait.test_first_exception
TEST_F(WaitTest, FirstExceptionReturnsThoughOthersRun) {
  const Future<int> slow = blocked();
  const Future<int> good = pool_.submit([] { return 1; });
  good.result();
  const Future<int> bad =
      pool_.submit([]() -> int { throw std::runtime_error("bad"); });
  const auto [done, not_done] =
      wait(Futures{good, bad, slow}, {}, ReturnWhen::kFirstException);
  EXPECT_THAT(done, ElementsAre(good, bad));
  EXPECT_THAT(not_done, ElementsAre(slow));
  release_.release();
}

// CPython: wait.test_first_exception_some_already_complete
TEST_F(WaitTest, FirstExceptionIgnoresCancellations) {
  const Promise<int> value = successful();
  const Promise<int> unnotified = cancelled();
  const Promise<int> before = notified();
  const Future<int> slow = blocked();
  std::latch waiting(1);
  const Future<int> bad = pool_.submit([&]() -> int {
    waiting.wait();
    throw std::runtime_error("bad");
  });
  waiting.count_down();
  const auto [done, not_done] = wait(
      Futures{value.future(), unnotified.future(), before.future(), bad, slow},
      {}, ReturnWhen::kFirstException);
  EXPECT_THAT(done, ElementsAre(value.future(), before.future(), bad));
  EXPECT_THAT(not_done, ElementsAre(unnotified.future(), slow));
  release_.release();
}

// CPython: wait.test_first_exception_one_already_failed
TEST_F(WaitTest, FirstExceptionReturnsAtOnceIfOneHasFailed) {
  const Promise<int> before = failed();
  const Future<int> slow = blocked();
  const auto [done, not_done] =
      wait(Futures{before.future(), slow}, {}, ReturnWhen::kFirstException);
  EXPECT_THAT(done, ElementsAre(before.future()));
  EXPECT_THAT(not_done, ElementsAre(slow));
  release_.release();
}

TEST_F(WaitTest, FirstExceptionWithoutOneWaitsForAll) {
  const Promise<int> before = notified();
  const Future<int> a = blocked();
  const Future<int> b = blocked();
  release_.release(2);
  const auto [done, not_done] =
      wait(Futures{before.future(), a, b}, {}, ReturnWhen::kFirstException);
  EXPECT_THAT(done, ElementsAre(before.future(), a, b));
  EXPECT_THAT(not_done, IsEmpty());
}

// CPython: wait.test_all_completed
TEST_F(WaitTest, AllCompletedWaitsForEveryKindOfEnd) {
  const Promise<int> value = successful();
  const Promise<int> before = notified();
  const Promise<int> error = failed();
  const Future<int> a = blocked();
  const Future<int> b = pool_.submit([]() -> int { throw 1; });
  release_.release();
  const auto [done, not_done] =
      wait(Futures{value.future(), before.future(), error.future(), a, b});
  EXPECT_THAT(
      done, ElementsAre(value.future(), before.future(), error.future(), a, b));
  EXPECT_THAT(not_done, IsEmpty());
}

// CPython: wait.test_timeout
TEST_F(WaitTest, TimeoutReturnsWhatHasEnded) {
  const Promise<int> before = notified();
  const Promise<int> error = failed();
  const Promise<int> value = successful();
  const Future<int> slow = blocked();
  for (const auto timeout : {0ns, 1000ns, -1ns}) {
    const auto [done, not_done] =
        wait(Futures{before.future(), error.future(), value.future(), slow},
             timeout);
    EXPECT_THAT(done,
                ElementsAre(before.future(), error.future(), value.future()));
    EXPECT_THAT(not_done, ElementsAre(slow));
  }
  release_.release();
}

// CPython: wait.test_pending_calls_race
TEST_F(WaitTest, ManyFuturesEndingAtOnceAreAllSeen) {
  for (int round = 0; round < 20; ++round) {
    std::latch go(1);
    std::vector<Future<void>> futures;
    for (int i = 0; i < 100; ++i) {
      futures.push_back(pool_.submit([&go] { go.wait(); }));
    }
    std::thread opener([&go] { go.count_down(); });
    const auto [done, not_done] = wait(futures);
    EXPECT_EQ(done.size(), 100u);
    EXPECT_THAT(not_done, IsEmpty());
    opener.join();
  }
}

TEST_F(WaitTest, CancelledInTheQueueEndsWhenAWorkerComesToIt) {
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 1});
  const Future<void> first = pool.submit([this] { release_.acquire(); });
  Future<void> second = pool.submit([] {});
  EXPECT_TRUE(second.cancel());
  EXPECT_THAT(wait({second}, 0ns).not_done, ElementsAre(second));
  release_.release();
  EXPECT_THAT(wait({second}).done, ElementsAre(second));
}

TEST_F(WaitTest, NotifyingACancelledFutureWakesTheWait) {
  Promise<int> promise = cancelled();
  std::latch started(2);
  std::thread notifier([&] {
    started.arrive_and_wait();
    promise.set_running_or_notify_cancel();
  });
  started.arrive_and_wait();
  EXPECT_EQ(wait({promise.future()}).done.size(), 1u);
  notifier.join();
}

TEST_F(WaitTest, NothingToWaitFor) {
  for (const ReturnWhen when :
       {ReturnWhen::kFirstCompleted, ReturnWhen::kFirstException,
        ReturnWhen::kAllCompleted}) {
    const auto [done, not_done] = wait(Futures{}, {}, when);
    EXPECT_THAT(done, IsEmpty());
    EXPECT_THAT(not_done, IsEmpty());
  }
}

TEST_F(WaitTest, TakesAnyRange) {
  const Promise<int> promise = successful();
  const Future<int> future = promise.future();
  const std::list<Future<int>> list{future};
  const std::unordered_set<Future<int>> set{future};
  const Future<int> array[] = {future};
  std::forward_list<Future<int>> forward{future};
  EXPECT_THAT(wait(list).done, ElementsAre(future));
  EXPECT_THAT(wait(set).done, ElementsAre(future));
  EXPECT_THAT(wait(array).done, ElementsAre(future));
  EXPECT_THAT(wait(forward).done, ElementsAre(future));
  EXPECT_THAT(wait(as_completed(list)).done, ElementsAre(future));
}

TEST_F(WaitTest, MoveOnlyResults) {
  const auto future = pool_.submit([] { return std::make_unique<int>(3); });
  auto [done, not_done] = wait({future});
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(*done[0].take(), 3);
}

}  // namespace
}  // namespace crawl
