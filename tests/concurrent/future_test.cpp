#include "crawl/concurrent/future.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <unordered_set>
#include <vector>

#include "concurrent/test_support.h"
#include "crawl/concurrent/promise.h"

namespace crawl {
namespace {

using std::chrono_literals::operator""ns;
using test::cancelled;
using test::failed;
using test::kLong;
using test::LogCapture;
using test::message_of;
using test::notified;
using test::pending;
using test::running;
using test::successful;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

static_assert(std::is_nothrow_move_constructible_v<Future<int>>);
static_assert(std::is_copy_constructible_v<Future<std::unique_ptr<int>>>);
static_assert(
    std::is_same_v<decltype(std::declval<const Future<int>&>().result()),
                   const int&>);
static_assert(std::is_same_v<
              decltype(std::declval<const Future<int&>&>().result()), int&>);
static_assert(
    std::is_void_v<decltype(std::declval<const Future<void>&>().result())>);
// What may be the last handle leaves nothing behind in the future.
static_assert(
    std::is_same_v<decltype(std::declval<Future<int>>().result()), int>);
static_assert(std::is_same_v<
              decltype(std::declval<const Future<int>>().result(0ns)), int>);
static_assert(
    std::is_same_v<decltype(std::declval<Future<int&>>().result()), int&>);
static_assert(std::is_void_v<decltype(std::declval<Future<void>>().result())>);
static_assert(!std::is_copy_constructible_v<Promise<int>>);

// One of each state, in the order of FutureState with the two ways to finish
// last: pending, running, cancelled, notified, failed, successful.
std::array<Promise<int>, 6> all_states() {
  return {pending(),  running(), cancelled(),
          notified(), failed(),  successful()};
}

template <class Question>
std::vector<bool> ask_all(Question question) {
  std::vector<bool> answers;
  for (Promise<int>& promise : all_states()) {
    answers.push_back(question(promise.future()));
  }
  return answers;
}

// CPython: future.test_done_callback_with_result
TEST(Future, CallbackSeesTheResult) {
  Promise<int> promise;
  int seen = 0;
  promise.future().add_done_callback(
      [&](const Future<int>& future) { seen = future.result(); });
  EXPECT_EQ(seen, 0);
  promise.set_result(5);
  EXPECT_EQ(seen, 5);
}

// CPython: future.test_done_callback_with_exception
TEST(Future, CallbackSeesTheException) {
  Promise<int> promise;
  std::string seen;
  promise.future().add_done_callback([&](const Future<int>& future) {
    seen = message_of(future.exception());
  });
  promise.set_exception(std::make_exception_ptr(std::runtime_error("test")));
  EXPECT_EQ(seen, "test");
}

// CPython: future.test_done_callback_with_cancel
TEST(Future, CancelRunsTheCallbacksInItsThread) {
  Promise<int> promise;
  bool seen = false;
  std::thread::id thread;
  promise.future().add_done_callback([&](const Future<int>& future) {
    seen = future.cancelled();
    thread = std::this_thread::get_id();
  });
  EXPECT_TRUE(promise.future().cancel());
  EXPECT_TRUE(seen);
  EXPECT_EQ(thread, std::this_thread::get_id());
}

TEST(Future, CallbacksRunInTheOrderAddedAndOnce) {
  Promise<int> promise;
  std::vector<int> order;
  for (int i = 0; i < 4; ++i) {
    promise.future().add_done_callback(
        [&order, i](const Future<int>&) { order.push_back(i); });
  }
  EXPECT_TRUE(promise.future().cancel());
  EXPECT_TRUE(promise.future().cancel());
  EXPECT_FALSE(promise.set_running_or_notify_cancel());
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3));
}

// CPython: future.test_done_callback_raises
TEST(Future, ThrowingCallbackIsLoggedAndTheRestStillRun) {
  const LogCapture log;
  Promise<int> promise;
  bool first = false;
  bool last = false;
  promise.future().add_done_callback([&](const Future<int>&) {
    first = true;
    throw std::runtime_error("doh!");
  });
  promise.future().add_done_callback([](const Future<int>&) { throw 7; });
  promise.future().add_done_callback([&](const Future<int>&) { last = true; });
  EXPECT_NO_THROW(promise.set_result(5));
  EXPECT_TRUE(first);
  EXPECT_TRUE(last);
  EXPECT_THAT(log.text(), HasSubstr("exception calling callback"));
  EXPECT_THAT(log.text(), HasSubstr("std::runtime_error: doh!"));
  EXPECT_THAT(log.text(), HasSubstr("int"));
}

// CPython: future.test_done_callback_already_successful
TEST(Future, CallbackAddedAfterSuccessRunsAtOnce) {
  int seen = 0;
  successful(5).future().add_done_callback(
      [&](const Future<int>& future) { seen = future.result(); });
  EXPECT_EQ(seen, 5);
}

// CPython: future.test_done_callback_already_failed
TEST(Future, CallbackAddedAfterFailureRunsAtOnce) {
  std::string seen;
  failed().future().add_done_callback([&](const Future<int>& future) {
    seen = message_of(future.exception());
  });
  EXPECT_EQ(seen, "the reason");
}

// CPython: future.test_done_callback_already_cancelled
TEST(Future, CallbackAddedAfterCancelRunsAtOnce) {
  const Promise<int> promise = cancelled();
  bool seen = false;
  promise.future().add_done_callback(
      [&](const Future<int>& future) { seen = future.cancelled(); });
  EXPECT_TRUE(seen);
}

// CPython: future.test_done_callback_raises_already_succeeded
TEST(Future, ThrowingCallbackAddedAfterTheEndIsLogged) {
  const LogCapture log;
  EXPECT_NO_THROW(successful().future().add_done_callback(
      [](const Future<int>&) { throw std::runtime_error("doh!"); }));
  EXPECT_THAT(log.text(), HasSubstr("doh!"));
}

TEST(Future, CallbacksAndTheirCapturesGoOnceTheyHaveRun) {
  Promise<int> promise;
  auto captured = std::make_shared<int>();
  promise.future().add_done_callback(
      [captured, future = promise.future()](const Future<int>&) {});
  const std::weak_ptr<int> left = captured;
  captured.reset();
  promise.set_result(1);
  EXPECT_TRUE(left.expired());
}

// CPython: future.test_repr
TEST(Future, ToStringShowsTheState) {
  const auto states = all_states();
  EXPECT_EQ(to_string(states[0].future()), "<Future state=pending>");
  EXPECT_EQ(to_string(states[1].future()), "<Future state=running>");
  EXPECT_EQ(to_string(states[2].future()), "<Future state=cancelled>");
  EXPECT_EQ(to_string(states[3].future()),
            "<Future state=cancelled and notified>");
  EXPECT_EQ(to_string(states[4].future()),
            "<Future state=finished raised std::out_of_range>");
  EXPECT_EQ(to_string(states[5].future()),
            "<Future state=finished returned int>");
}

// CPython: future.test_cancel
TEST(Future, CancelSucceedsOnlyBeforeTheStart) {
  EXPECT_THAT(ask_all([](Future<int> f) { return f.cancel(); }),
              ElementsAre(true, false, true, true, false, false));
  const auto after = [](Promise<int> promise) {
    promise.future().cancel();
    return promise.future().state();
  };
  EXPECT_EQ(after(cancelled()), FutureState::kCancelled);
  EXPECT_EQ(after(notified()), FutureState::kCancelledAndNotified);
  EXPECT_EQ(after(failed()), FutureState::kFinished);
}

// CPython: future.test_cancelled
TEST(Future, CancelledByState) {
  EXPECT_THAT(ask_all([](const Future<int>& f) { return f.cancelled(); }),
              ElementsAre(false, false, true, true, false, false));
}

// CPython: future.test_done
TEST(Future, DoneByState) {
  EXPECT_THAT(ask_all([](const Future<int>& f) { return f.done(); }),
              ElementsAre(false, false, true, true, true, true));
}

// CPython: future.test_running
TEST(Future, RunningByState) {
  EXPECT_THAT(ask_all([](const Future<int>& f) { return f.running(); }),
              ElementsAre(false, true, false, false, false, false));
}

// CPython: future.test_result_with_timeout
TEST(Future, ResultByState) {
  const auto states = all_states();
  EXPECT_THROW(states[0].future().result(0ns), TimeoutError);
  EXPECT_THROW(states[1].future().result(0ns), TimeoutError);
  EXPECT_THROW(states[2].future().result(0ns), CancelledError);
  EXPECT_THROW(states[3].future().result(0ns), CancelledError);
  EXPECT_THROW(states[4].future().result(0ns), std::out_of_range);
  EXPECT_EQ(states[5].future().result(0ns), 42);
  EXPECT_THROW(states[0].future().result(-1ns), TimeoutError);
  EXPECT_EQ(states[5].future().result(std::chrono::nanoseconds::max()), 42);
}

// CPython: future.test_result_with_success
TEST(Future, ResultWakesWhenAnotherThreadSetsIt) {
  Promise<int> promise;
  const Future<int> future = promise.future();
  std::latch started(2);
  std::thread other([&] {
    started.arrive_and_wait();
    promise.set_result(42);
  });
  started.arrive_and_wait();
  EXPECT_EQ(future.result(kLong), 42);
  EXPECT_EQ(future.result(), 42);
  other.join();
}

// CPython: future.test_result_with_cancel
TEST(Future, ResultWakesWhenAnotherThreadCancels) {
  Promise<int> promise;
  const Future<int> future = promise.future();
  std::latch started(2);
  std::thread other([&] {
    started.arrive_and_wait();
    promise.future().cancel();
  });
  started.arrive_and_wait();
  EXPECT_THROW(future.result(kLong), CancelledError);
  other.join();
}

// CPython: future.test_exception_with_timeout
TEST(Future, ExceptionByState) {
  const auto states = all_states();
  EXPECT_THROW(states[0].future().exception(0ns), TimeoutError);
  EXPECT_THROW(states[1].future().exception(0ns), TimeoutError);
  EXPECT_THROW(states[2].future().exception(0ns), CancelledError);
  EXPECT_THROW(states[3].future().exception(0ns), CancelledError);
  EXPECT_EQ(message_of(states[4].future().exception(0ns)), "the reason");
  EXPECT_EQ(states[5].future().exception(0ns), nullptr);
}

// CPython: future.test_exception_with_success
TEST(Future, ExceptionWakesWhenAnotherThreadSetsIt) {
  Promise<int> promise;
  const Future<int> future = promise.future();
  std::latch started(2);
  std::thread other([&] {
    started.arrive_and_wait();
    promise.set_exception(std::make_exception_ptr(std::runtime_error("x")));
  });
  started.arrive_and_wait();
  EXPECT_EQ(message_of(future.exception(kLong)), "x");
  EXPECT_EQ(message_of(future.exception()), "x");
  other.join();
}

// CPython: future.test_multiple_set_result
TEST(Future, SecondResultIsAnErrorAndTheFirstIsKept) {
  Promise<int> promise;
  promise.set_result(1);
  EXPECT_THROW(promise.set_result(2), InvalidStateError);
  EXPECT_THROW(promise.set_exception(nullptr), InvalidStateError);
  EXPECT_TRUE(promise.future().done());
  EXPECT_EQ(promise.future().result(), 1);
}

// CPython: future.test_multiple_set_exception
TEST(Future, SecondExceptionIsAnErrorAndTheFirstIsKept) {
  Promise<int> promise = failed();
  EXPECT_THROW(
      promise.set_exception(std::make_exception_ptr(std::runtime_error("2"))),
      InvalidStateError);
  EXPECT_EQ(message_of(promise.future().exception()), "the reason");
}

TEST(Future, NoOutcomeCanBeSetOnceCancelled) {
  Promise<int> promise = cancelled();
  EXPECT_THROW(promise.set_result(1), InvalidStateError);
  EXPECT_EQ(promise.future().state(), FutureState::kCancelled);
}

// CPython: future.test_get_snapshot
TEST(Future, SnapshotIsOneInstant) {
  const auto states = all_states();
  std::vector<FutureState> seen;
  for (const Promise<int>& promise : states) {
    const FutureSnapshot<int> snapshot = promise.future().snapshot();
    seen.push_back(snapshot.state);
    EXPECT_EQ(snapshot.done(), promise.future().done());
    EXPECT_EQ(snapshot.cancelled(), promise.future().cancelled());
  }
  EXPECT_THAT(
      seen,
      ElementsAre(FutureState::kPending, FutureState::kRunning,
                  FutureState::kCancelled, FutureState::kCancelledAndNotified,
                  FutureState::kFinished, FutureState::kFinished));
  EXPECT_EQ(states[0].future().snapshot().result, nullptr);
  EXPECT_EQ(states[4].future().snapshot().result, nullptr);
  EXPECT_EQ(message_of(states[4].future().snapshot().exception), "the reason");

  // While one thread finishes it, readers see either nothing or everything.
  Promise<int> promise;
  std::latch started(5);
  std::vector<std::thread> readers;
  for (int t = 0; t < 4; ++t) {
    readers.emplace_back([&, future = promise.future()] {
      started.arrive_and_wait();
      for (int i = 0; i < 1000; ++i) {
        const FutureSnapshot<int> snapshot = future.snapshot();
        EXPECT_EQ(snapshot.exception, nullptr);
        EXPECT_EQ(snapshot.done(), snapshot.result != nullptr);
        if (snapshot.result != nullptr) {
          EXPECT_EQ(*snapshot.result, 42);
        }
      }
    });
  }
  started.arrive_and_wait();
  promise.set_result(42);
  for (std::thread& reader : readers) reader.join();
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(*promise.future().snapshot().result, 42);
  }
}

// CPython: future.set_running_or_notify_cancel (doc)
TEST(Future, SetRunningOrNotifyCancelByState) {
  const LogCapture log;
  Promise<int> first = pending();
  EXPECT_TRUE(first.set_running_or_notify_cancel());
  EXPECT_EQ(first.future().state(), FutureState::kRunning);
  Promise<int> second = cancelled();
  EXPECT_FALSE(second.set_running_or_notify_cancel());
  EXPECT_EQ(second.future().state(), FutureState::kCancelledAndNotified);
  Promise<int> r = running();
  Promise<int> n = notified();
  Promise<int> f = failed();
  Promise<int> s = successful();
  for (Promise<int>* promise : {&r, &n, &f, &s}) {
    EXPECT_THROW(promise->set_running_or_notify_cancel(), InvalidStateError);
  }
  EXPECT_THAT(log.text(), HasSubstr("critical"));
}

TEST(Future, CopiesAreTheSameTask) {
  const Promise<int> promise;
  const Promise<int> other;
  const Future<int> a = promise.future();
  const Future<int> b = a;  // NOLINT
  EXPECT_EQ(a, b);
  EXPECT_NE(a, other.future());
  EXPECT_EQ(std::hash<Future<int>>()(a), std::hash<Future<int>>()(b));
  EXPECT_EQ((std::unordered_set<Future<int>>{a, b, other.future()}).size(), 2u);
}

TEST(Future, MovedFromHandleThrowsUntilAssignedTo) {
  const Promise<int> promise = successful();
  Future<int> a = promise.future();
  const Future<int> b = std::move(a);
  EXPECT_THROW(a.result(), InvalidStateError);  // NOLINT
  EXPECT_THROW(a.done(), InvalidStateError);
  const Future<int> copy = a;
  EXPECT_THROW(copy.done(), InvalidStateError);
  a = b;
  EXPECT_EQ(a.result(), 42);
  Promise<int> moved = successful();
  const Promise<int> kept = std::move(moved);
  EXPECT_THROW(moved.set_result(1), InvalidStateError);  // NOLINT
}

TEST(Future, TakeMovesTheResultOutOnce) {
  Promise<std::unique_ptr<int>> promise;
  Future<std::unique_ptr<int>> future = promise.future();
  promise.set_result(std::make_unique<int>(7));
  EXPECT_EQ(*future.result(), 7);
  EXPECT_EQ(*future.take(), 7);
  EXPECT_THROW(future.take(), InvalidStateError);
  EXPECT_THROW(future.result(), InvalidStateError);
  EXPECT_TRUE(future.done());
  EXPECT_EQ(future.exception(), nullptr);
  EXPECT_EQ(future.snapshot().result, nullptr);
}

TEST(Future, ResultOfATemporaryOutlivesIt) {
  const std::vector<std::string> words(3, std::string(100, 'x'));
  std::size_t letters = 0;
  const auto made = [&words] {
    Promise<std::vector<std::string>> promise;
    promise.set_result(words);
    return promise.future();
  };
  for (const std::string& word : made().result()) letters += word.size();
  for (const std::string& word : made().result(kLong)) letters += word.size();
  EXPECT_EQ(letters, 600u);
}

TEST(Future, ResultOfATemporaryIsACopyIfThereIsOne) {
  const Promise<std::string> promise = [] {
    Promise<std::string> made;
    made.set_result("text");
    return made;
  }();
  EXPECT_EQ(promise.future().result(), "text");
  EXPECT_EQ(promise.future().result(), "text");

  Promise<std::unique_ptr<int>> alone;
  alone.set_result(std::make_unique<int>(7));
  const std::unique_ptr<int> taken = alone.future().result();
  EXPECT_EQ(*taken, 7);
  EXPECT_THROW(alone.future().result(), InvalidStateError);
}

TEST(Future, TakeThrowsLikeResult) {
  EXPECT_THROW(failed().future().take(), std::out_of_range);
  const Promise<int> promise = cancelled();
  EXPECT_THROW(promise.future().take(), CancelledError);
}

TEST(Future, OfVoidAndOfReference) {
  Promise<void> nothing;
  nothing.set_result();
  nothing.future().result();
  nothing.future().take();
  EXPECT_NE(nothing.future().snapshot().result, nullptr);
  EXPECT_EQ(to_string(nothing.future()),
            "<Future state=finished returned void>");

  int value = 1;
  Promise<int&> reference;
  reference.set_result(value);
  reference.future().result() = 2;
  EXPECT_EQ(&reference.future().take(), &value);
  EXPECT_EQ(&reference.future().take(), &value);
  EXPECT_EQ(value, 2);
}

TEST(Future, DestroyedPromiseEndsItsFuture) {
  const auto outlives = [](Promise<int> (*make)()) { return make().future(); };
  EXPECT_THROW(outlives(pending).result(), InvalidStateError);
  EXPECT_THROW(outlives(running).result(), InvalidStateError);
  EXPECT_EQ(outlives(cancelled).state(), FutureState::kCancelledAndNotified);
  EXPECT_THROW(outlives(failed).result(), std::out_of_range);

  Promise<int> promise;
  const Future<int> first = promise.future();
  promise = successful();
  EXPECT_THROW(first.result(), InvalidStateError);
  EXPECT_EQ(promise.future().result(), 42);
}

struct ThrowsWhenCopied {
  ThrowsWhenCopied() = default;
  ThrowsWhenCopied(const ThrowsWhenCopied&) { throw std::bad_alloc(); }
};

TEST(Future, FailureToStoreAResultLeavesTheFutureOpen) {
  Promise<ThrowsWhenCopied> promise;
  const ThrowsWhenCopied value;
  EXPECT_THROW(promise.set_result(value), std::bad_alloc);
  EXPECT_FALSE(promise.future().done());
  promise.set_exception(std::make_exception_ptr(std::runtime_error("y")));
  EXPECT_EQ(message_of(promise.future().exception()), "y");
}

TEST(Future, ResultIsDestroyedWithTheLastHandle) {
  auto value = std::make_shared<int>(1);
  const std::weak_ptr<int> left = value;
  {
    Promise<std::shared_ptr<int>> promise;
    Future<std::shared_ptr<int>> future = promise.future();
    promise.set_result(std::move(value));
    EXPECT_FALSE(left.expired());
  }
  EXPECT_TRUE(left.expired());
}

}  // namespace
}  // namespace crawl
