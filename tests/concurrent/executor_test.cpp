// What any executor must do, whatever runs its tasks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <latch>
#include <memory>
#include <mutex>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "concurrent/test_support.h"
#include "crawl/concurrent/thread_pool_executor.h"
#include "crawl/concurrent/wait.h"

namespace crawl {
namespace {

using test::kLong;
using test::message_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ExecutorTest : public ::testing::Test {
 protected:
  ThreadPoolExecutor executor_{ThreadPoolOptions{.max_workers = 2}};
};

template <class... Call>
concept Submittable = requires(ThreadPoolExecutor& executor, Call&&... call) {
  executor.submit(std::forward<Call>(call)...);
};

// CPython: executor.test_submit
TEST_F(ExecutorTest, SubmitCallsWithArguments) {
  const auto power = [](int base, int exponent) {
    return static_cast<int>(std::pow(base, exponent));
  };
  EXPECT_EQ(executor_.submit(power, 2, 8).result(), 256);
}

struct Counter {
  int add(int n) { return total += n; }
  int total = 0;
};

// CPython: executor.test_submit_keyword
TEST_F(ExecutorTest, SubmitForwardsArgumentsOfEveryKind) {
  // Moved into the call.
  EXPECT_EQ(executor_
                .submit([](std::unique_ptr<int> p) { return *p; },
                        std::make_unique<int>(3))
                .result(),
            3);
  // By reference when asked to.
  std::string text = "a";
  executor_.submit([](std::string& s) { s += "b"; }, std::ref(text)).result();
  EXPECT_EQ(text, "ab");
  // Copied otherwise: what the caller does next does not show.
  const auto copied = executor_.submit([](std::string s) { return s; }, text);
  text.clear();
  EXPECT_EQ(copied.result(), "ab");
  // Member functions, and many arguments.
  Counter counter;
  EXPECT_EQ(executor_.submit(&Counter::add, &counter, 5).result(), 5);
  EXPECT_EQ(executor_
                .submit(
                    [](int a, long b, char c, double d, const char* e,
                       std::string f) {
                      return std::to_string(a + b) + c +
                             std::to_string(static_cast<int>(d)) + e + f;
                    },
                    1, 2L, 'x', 3.0, "yz", std::string("!"))
                .result(),
            "3x3yz!");

  const auto unary = [](int) {};
  static_assert(Submittable<decltype(unary), int>);
  static_assert(!Submittable<decltype(unary)>);
  static_assert(!Submittable<decltype(unary), std::string>);
  static_assert(!Submittable<int>);
}

TEST_F(ExecutorTest, SubmitTakesMoveOnlyCallables) {
  auto value = std::make_unique<int>(4);
  const auto future =
      executor_.submit([value = std::move(value)] { return *value; });
  EXPECT_EQ(future.result(), 4);
}

struct Immovable {
  explicit Immovable(int v) : value(v) {}
  Immovable(Immovable&&) = delete;
  int value;
};

TEST_F(ExecutorTest, ResultsOfEveryKind) {
  int target = 0;
  Future<int&> reference =
      executor_.submit([&target]() -> int& { return target; });
  reference.result() = 9;
  EXPECT_EQ(target, 9);

  Future<void> nothing = executor_.submit([] {});
  nothing.result();
  EXPECT_EQ(nothing.exception(), nullptr);

  EXPECT_EQ(executor_.submit([] { return Immovable(6); }).result().value, 6);

  Future<std::unique_ptr<int>> moved =
      executor_.submit([] { return std::make_unique<int>(7); });
  EXPECT_EQ(*moved.take(), 7);

  static_assert(std::is_same_v<decltype(executor_.submit(
                                   []() -> std::string&& { throw 1; })),
                               Future<std::string>>);
  static_assert(std::is_same_v<decltype(executor_.submit(
                                   []() -> const std::string { return ""; })),
                               Future<std::string>>);
}

TEST_F(ExecutorTest, AnyExceptionGoesIntoTheFuture) {
  const auto error = executor_.submit([] { throw std::out_of_range("here"); });
  EXPECT_THROW(error.result(), std::out_of_range);
  EXPECT_EQ(message_of(error.exception()), "here");
  const auto odd = executor_.submit([]() -> int { throw 42; });
  EXPECT_THROW(odd.result(), int);
  EXPECT_EQ(executor_.submit([] { return 1; }).result(), 1)
      << "the workers live on";
}

// CPython: executor.test_no_stale_references
TEST_F(ExecutorTest, CallableIsGoneBeforeTheResultShows) {
  auto captured = std::make_shared<int>(1);
  const std::weak_ptr<int> left = captured;
  const auto future =
      executor_.submit([captured = std::move(captured)] { return *captured; });
  EXPECT_EQ(future.result(), 1);
  EXPECT_TRUE(left.expired());

  auto argument = std::make_shared<int>(1);
  const std::weak_ptr<int> left_argument = argument;
  const auto failing = executor_.submit(
      [](const std::shared_ptr<int>&) { throw 1; }, std::move(argument));
  EXPECT_NE(failing.exception(), nullptr);
  EXPECT_TRUE(left_argument.expired());
}

TEST_F(ExecutorTest, CallableGoesWhenTheFutureWasDropped) {
  std::latch gone(1);
  {
    std::shared_ptr<int> captured(new int(1), [&gone](int* p) {
      delete p;
      gone.count_down();
    });
    executor_.submit([captured = std::move(captured)] { return captured; });
  }
  gone.wait();
}

TEST_F(ExecutorTest, CancelledCallableGoesWhenAWorkerComesToIt) {
  std::binary_semaphore release(0);
  ThreadPoolExecutor one(ThreadPoolOptions{.max_workers = 1});
  one.submit([&release] { release.acquire(); });
  auto captured = std::make_shared<int>(1);
  const std::weak_ptr<int> left = captured;
  Future<void> future = one.submit([captured = std::move(captured)] {});
  EXPECT_TRUE(future.cancel());
  release.release();
  one.submit([] {}).result();
  EXPECT_TRUE(left.expired());
}

// CPython: executor.test_max_workers_negative
TEST(Executor, NoWorkersIsAnError) {
  EXPECT_THROW(ThreadPoolExecutor(ThreadPoolOptions{.max_workers = 0}),
               std::invalid_argument);
  EXPECT_THROW(ThreadPoolExecutor(ThreadPoolOptions{
                   .max_workers = static_cast<std::size_t>(-1)}),
               std::invalid_argument);
}

TEST_F(ExecutorTest, CallbacksRunOnTheWorker) {
  std::binary_semaphore release(0);
  std::latch ran(1);
  std::string name;
  const Future<int> future = executor_.submit([&release] {
    release.acquire();
    return 1;
  });
  future.add_done_callback([&](const Future<int>& done) {
    name = std::string(current_worker_name()) + "/" +
           std::to_string(done.result());
    ran.count_down();
  });
  release.release();
  ran.wait();
  EXPECT_THAT(name, HasSubstr("_0/1"));
}

TEST_F(ExecutorTest, CallbackThatThrowsLeavesTheWorkerAlive) {
  const test::LogCapture log;
  std::binary_semaphore release(0);
  ThreadPoolExecutor one(ThreadPoolOptions{.max_workers = 1});
  const Future<void> future = one.submit([&release] { release.acquire(); });
  future.add_done_callback(
      [](const Future<void>&) { throw std::runtime_error("doh!"); });
  release.release();
  EXPECT_EQ(one.submit([] { return 2; }).result(), 2);
  EXPECT_THAT(log.text(), HasSubstr("doh!"));
}

TEST_F(ExecutorTest, CallbackMaySubmitAndEvenWaitForAnotherTask) {
  std::binary_semaphore release(0);
  std::latch ran(1);
  int seen = 0;
  const Future<void> future =
      executor_.submit([&release] { release.acquire(); });
  future.add_done_callback([&](const Future<void>&) {
    // This worker is taken, so the pool must find another.
    seen = executor_.submit([] { return 5; }).result();
    ran.count_down();
  });
  release.release();
  ran.wait();
  EXPECT_EQ(seen, 5);
}

TEST_F(ExecutorTest, DestructorOfADroppedResultMayWaitForAnotherTask) {
  struct Waits {
    explicit Waits(ThreadPoolExecutor* e, std::latch* g)
        : executor(e), gone(g) {}
    Waits(Waits&&) = delete;
    ~Waits() {
      executor->submit([] {}).result();
      gone->count_down();
    }
    ThreadPoolExecutor* executor;
    std::latch* gone;
  };
  for (int i = 0; i < 20; ++i) {
    std::latch gone(1);
    executor_.submit([this, &gone] { return Waits(&executor_, &gone); });
    gone.wait();
  }
}

TEST_F(ExecutorTest, RunningFutureCannotBeCancelled) {
  std::latch started(1);
  std::binary_semaphore release(0);
  Future<void> future = executor_.submit([&] {
    started.count_down();
    release.acquire();
  });
  started.wait();
  EXPECT_TRUE(future.running());
  EXPECT_FALSE(future.cancel());
  release.release();
  future.result();
  EXPECT_FALSE(future.cancel());
}

TEST_F(ExecutorTest, ManyThreadsMaySubmitAndTasksToo) {
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::vector<Future<Future<int>>> futures;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        auto future = executor_.submit(
            [this] { return executor_.submit([] { return 1; }); });
        const std::lock_guard lock(mutex);
        futures.push_back(future);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  int total = 0;
  for (const auto& future : futures) total += future.result().result();
  EXPECT_EQ(total, 200);
}

}  // namespace
}  // namespace crawl
