#include "crawl/concurrent/as_completed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <latch>
#include <list>
#include <memory>
#include <semaphore>
#include <string>
#include <thread>
#include <unordered_set>
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
using test::pending;
using test::successful;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;
using Futures = std::vector<Future<int>>;

static_assert(std::input_iterator<CompletedRange<int>::iterator>);
static_assert(
    std::sentinel_for<std::default_sentinel_t, CompletedRange<int>::iterator>);
static_assert(std::ranges::input_range<CompletedRange<int>>);
static_assert(std::movable<CompletedRange<std::unique_ptr<int>>>);

template <class Range>
Futures all_of(Range&& range) {
  Futures futures;
  for (auto future : range) futures.push_back(future);
  return futures;
}

// CPython: as_completed.test_no_timeout
TEST(AsCompleted, YieldsEachOnceThoseAlreadyEndedFirst) {
  const Promise<int> before = notified();
  const Promise<int> error = failed();
  const Promise<int> value = successful();
  std::latch go(1);
  const auto task = [&go] {
    go.wait();
    return 1;
  };
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 2});
  const Future<int> a = pool.submit(task);
  const Future<int> b = pool.submit(task);
  auto range = as_completed(
      Futures{a, before.future(), error.future(), b, value.future()});
  go.count_down();
  const Futures order = all_of(range);
  ASSERT_EQ(order.size(), 5u);
  EXPECT_THAT(Futures(order.begin(), order.begin() + 3),
              ElementsAre(before.future(), error.future(), value.future()));
  EXPECT_THAT(Futures(order.begin() + 3, order.end()),
              UnorderedElementsAre(a, b));
}

TEST(AsCompleted, YieldsInTheOrderOfCompletion) {
  std::vector<Promise<int>> promises(4);
  Futures futures;
  for (const Promise<int>& promise : promises) {
    futures.push_back(promise.future());
  }
  auto range = as_completed(futures);
  for (const std::size_t i : {2u, 0u, 3u, 1u}) promises[i].set_result(1);
  EXPECT_THAT(all_of(range),
              ElementsAre(futures[2], futures[0], futures[3], futures[1]));
}

// CPython: as_completed.test_future_times_out
TEST(AsCompleted, TimesOutAfterTheFinishedOnes) {
  const Promise<int> never;
  const Promise<int> value = successful();
  for (const auto timeout : {0ns, 1000ns}) {
    Futures seen;
    EXPECT_THROW(for (auto future
                      : as_completed(Futures{never.future(), value.future()},
                                     timeout)) seen.push_back(future),
                 TimeoutError);
    EXPECT_THAT(seen, ElementsAre(value.future()));
  }
}

// CPython: as_completed.test_duplicate_futures
TEST(AsCompleted, DuplicatesComeOnceFromAnyRange) {
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 1});
  const Future<int> future = pool.submit([] { return 1; });
  const std::list<Future<int>> list{future, future, future};
  EXPECT_THAT(all_of(as_completed(list)), ElementsAre(future));
  EXPECT_THAT(all_of(as_completed({future, future})), ElementsAre(future));
  const std::unordered_set<Future<int>> set{future};
  EXPECT_THAT(all_of(as_completed(set)), ElementsAre(future));
  EXPECT_THAT(all_of(as_completed(as_completed(list))), ElementsAre(future));
}

// CPython: as_completed.test_free_reference_yielded_future
TEST(AsCompleted, KeepsNoFutureItHasYielded) {
  using Value = std::shared_ptr<int>;
  std::vector<Promise<Value>> promises(8);
  std::vector<std::weak_ptr<int>> values;
  std::vector<Future<Value>> futures;
  for (Promise<Value>& promise : promises) {
    auto value = std::make_shared<int>(1);
    values.emplace_back(value);
    futures.push_back(promise.future());
    promise.set_result(std::move(value));
  }
  promises.clear();
  auto range = as_completed(std::exchange(futures, {}));
  std::size_t at = 0;
  for (auto future : range) {
    EXPECT_FALSE(values[at].expired());
    { const Future<Value> dropped = std::move(future); }
    EXPECT_TRUE(values[at].expired());
    ++at;
  }
  EXPECT_EQ(at, 8u);
}

// CPython: as_completed.test_correct_timeout_exception_msg
TEST(AsCompleted, TimeoutSaysHowManyAreUnfinished) {
  const Promise<int> a;
  const Promise<int> b = cancelled();
  const Promise<int> c = notified();
  const Promise<int> d = successful();
  std::string message;
  try {
    for (auto future : as_completed(
             Futures{a.future(), b.future(), c.future(), d.future()}, 0ns)) {
      EXPECT_TRUE(future.done());
    }
  } catch (const TimeoutError& error) {
    message = error.what();
  }
  EXPECT_EQ(message, "2 (of 4) futures unfinished");
}

TEST(AsCompleted, ByHandWithBeginAndEnd) {
  const Promise<int> never;
  const Promise<int> value = successful(7);
  auto range = as_completed(Futures{value.future(), never.future()}, 0ns);
  auto it = range.begin();
  ASSERT_FALSE(it == range.end());
  EXPECT_EQ(it->result(), 7);
  EXPECT_EQ((*it).result(), 7) << "reading twice is harmless";
  EXPECT_EQ(*it, value.future());
  ++it;
  ASSERT_TRUE(it != range.end());
  EXPECT_THROW(*it, TimeoutError);
  EXPECT_TRUE(it == range.end()) << "the timeout ends the range";
}

TEST(AsCompleted, StepsOverWhatIsNotRead) {
  const Promise<int> a = successful(1);
  const Promise<int> b = successful(2);
  auto range = as_completed({a.future(), b.future()});
  auto it = range.begin();
  it++;
  EXPECT_EQ(it->result(), 2);
  ++it;
  EXPECT_TRUE(it == range.end());
}

TEST(AsCompleted, FuturesOfSeveralExecutorsTogether) {
  ThreadPoolExecutor two(ThreadPoolOptions{.max_workers = 1});
  std::binary_semaphore release(0);
  ThreadPoolExecutor one(ThreadPoolOptions{.max_workers = 1});
  const Future<int> slow = one.submit([&] {
    release.acquire();
    return 1;
  });
  const Future<int> fast = two.submit([] { return 2; });
  std::vector<int> order;
  for (const auto& future : as_completed({slow, fast}, kLong)) {
    order.push_back(future.result());
    if (order.size() == 1) release.release();
  }
  EXPECT_THAT(order, ElementsAre(2, 1));
}

TEST(AsCompleted, LeavingEarlyIsHarmless) {
  Promise<int> late;
  {
    const Promise<int> value = successful();
    for (auto future : as_completed({value.future(), late.future()})) {
      EXPECT_EQ(future, value.future());
      break;
    }
    auto dropped = as_completed({late.future()});
  }
  late.set_result(1);
  EXPECT_EQ(late.future().result(), 1);
}

TEST(AsCompleted, SeesWhatShutdownCancels) {
  std::latch started(1);
  std::binary_semaphore release(0);
  Futures futures;
  ThreadPoolExecutor pool(ThreadPoolOptions{.max_workers = 1});
  futures.push_back(pool.submit([&] {
    started.count_down();
    release.acquire();
    return 1;
  }));
  for (int i = 0; i < 10; ++i) futures.push_back(pool.submit([] { return 2; }));
  started.wait();
  auto range = as_completed(futures);
  pool.shutdown(/*wait=*/false, /*cancel_futures=*/true);
  int cancelled_count = 0;
  for (auto future : range) {
    if (!future.cancelled()) continue;
    if (++cancelled_count == 10) release.release();
  }
  EXPECT_EQ(cancelled_count, 10);
}

TEST(AsCompleted, Nothing) {
  EXPECT_THAT(all_of(as_completed(Futures{}, 0ns)), ElementsAre());
}

}  // namespace
}  // namespace crawl
