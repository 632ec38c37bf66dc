#include "crawl/frontier/politeness.h"

#include <gtest/gtest.h>

namespace crawl {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// One host, and a clock that the test moves.
class PaceTest : public ::testing::Test {
 protected:
  // A request as soon as it may start, answered after `took`.
  nanoseconds ask(int status, nanoseconds took = milliseconds(10),
                  std::optional<seconds> retry_after = {}) {
    const Clock::time_point before = now_;
    now_ = std::max(now_, pace_.ready_at());
    const nanoseconds waited = now_ - before;
    pace_.started(now_, options_);
    const Clock::time_point began = now_;
    now_ += took;
    answer(began, status, took, retry_after);
    return waited;
  }

  void answer(Clock::time_point began, int status, nanoseconds took = {},
              std::optional<seconds> retry_after = {}) {
    PaceAnswer answer;
    answer.started = began;
    answer.status_code = status;
    answer.latency = took;
    answer.retry_after = retry_after;
    pace_.answered(answer, now_, options_);
  }

  nanoseconds left() const {
    return std::max(nanoseconds(0), nanoseconds(pace_.ready_at() - now_));
  }

  PaceOptions options_;
  HostPace pace_;
  Clock::time_point now_{hours(1)};
};

TEST_F(PaceTest, AHostThatHasNoAddressNeedNotBeLeftAlone) {
  options_.delay = seconds(1);
  pace_.started(now_, options_);
  EXPECT_EQ(pace_.ready_at() - now_, seconds(1));
  PaceAnswer answer;
  answer.started = now_;
  answer.error = ErrorKind::kDns;
  pace_.answered(answer, now_, options_);
  EXPECT_LE(pace_.ready_at(), now_);
  answer.error = ErrorKind::kConnect;
  pace_.started(now_, options_);
  pace_.answered(answer, now_, options_);
  EXPECT_EQ(pace_.ready_at() - now_, seconds(1));
}

TEST_F(PaceTest, WithoutADelayIsAlwaysReady) {
  EXPECT_LE(pace_.ready_at(), now_);
  EXPECT_EQ(ask(200), nanoseconds(0));
  EXPECT_EQ(ask(200), nanoseconds(0));
}

TEST_F(PaceTest, DelayIsBetweenStarts) {
  options_.delay = milliseconds(250);
  EXPECT_EQ(ask(200), nanoseconds(0));
  EXPECT_EQ(ask(200), milliseconds(240));  // the first took ten
  now_ += seconds(5);
  EXPECT_EQ(ask(200), nanoseconds(0));
}

TEST_F(PaceTest, AStartReservesTheNext) {
  options_.delay = seconds(1);
  pace_.started(now_, options_);
  pace_.started(now_, options_);
  EXPECT_EQ(left(), seconds(1));
}

TEST_F(PaceTest, CrawlDelayIsAFloor) {
  options_.delay = milliseconds(250);
  EXPECT_TRUE(pace_.set_crawl_delay(seconds(2), options_));
  EXPECT_EQ(pace_.delay(now_, options_), seconds(2));
  EXPECT_TRUE(pace_.set_crawl_delay(milliseconds(1), options_));
  EXPECT_EQ(pace_.delay(now_, options_), milliseconds(250));
  EXPECT_TRUE(pace_.set_crawl_delay(std::nullopt, options_));
  EXPECT_EQ(pace_.delay(now_, options_), milliseconds(250));
}

TEST_F(PaceTest, CrawlDelayHasACapAndSaysSo) {
  EXPECT_FALSE(pace_.set_crawl_delay(hours(10), options_));
  EXPECT_EQ(pace_.delay(now_, options_), options_.max_crawl_delay);
}

TEST_F(PaceTest, RetryAfterHoldsTheHost) {
  ask(429, milliseconds(10), seconds(7));
  EXPECT_EQ(left(), seconds(7));
  now_ += seconds(8);
  ask(503, milliseconds(10), seconds(0));
  EXPECT_EQ(left(), options_.first_hold);
}

TEST_F(PaceTest, RetryAfterHasACap) {
  ask(429, milliseconds(10), seconds::max());
  EXPECT_EQ(left(), options_.max_retry_after);
}

TEST_F(PaceTest, HoldsDoubleUpToAMaximum) {
  for (const int expected : {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
    now_ = std::max(now_, pace_.ready_at());
    answer(now_, 429);
    EXPECT_EQ(left(), seconds(expected));
  }
  for (int i = 0; i < 100; ++i) {
    now_ = std::max(now_, pace_.ready_at());
    answer(now_, 503);
  }
  EXPECT_EQ(left(), minutes(5));
}

TEST_F(PaceTest, HoldsHaveJitter) {
  for (const double random : {0.0, 1.0}) {
    HostPace pace;
    PaceAnswer answer;
    answer.started = now_;
    answer.status_code = 503;
    answer.random = random;
    pace.answered(answer, now_, options_);
    EXPECT_EQ(pace.ready_at() - now_, milliseconds(random > 0 ? 1250 : 750));
  }
}

TEST_F(PaceTest, RequestsUnderWayBelongToTheSameIncident) {
  const Clock::time_point began = now_;
  now_ += milliseconds(100);
  for (int i = 0; i < 8; ++i) answer(began, 429);
  EXPECT_EQ(left(), seconds(1));
  EXPECT_EQ(pace_.strikes(now_, options_), 1u);
  // The longest Retry-After of them counts.
  answer(began, 429, {}, seconds(5));
  answer(began, 429, {}, seconds(3));
  EXPECT_EQ(left(), seconds(5));
  EXPECT_EQ(pace_.strikes(now_, options_), 1u);
}

TEST_F(PaceTest, ASlowedHostIsAskedLessOften) {
  options_.delay = milliseconds(250);
  ask(429);
  EXPECT_EQ(pace_.delay(now_, options_), milliseconds(500));
  ask(503);
  EXPECT_EQ(pace_.delay(now_, options_), seconds(1));
  EXPECT_EQ(ask(200), seconds(2));         // the hold
  EXPECT_EQ(ask(200), milliseconds(990));  // the delay
  options_.delay = nanoseconds(0);
  EXPECT_EQ(pace_.delay(now_, options_), milliseconds(400));
}

TEST_F(PaceTest, StrikesAreForgivenOneByOne) {
  ask(429);
  ask(429);
  ask(429);
  EXPECT_EQ(pace_.strikes(now_, options_), 3u);
  now_ = pace_.ready_at() + seconds(59);
  EXPECT_EQ(pace_.strikes(now_, options_), 3u);
  now_ += seconds(1);
  EXPECT_EQ(pace_.strikes(now_, options_), 2u);
  answer(now_, 200);
  now_ += seconds(60);
  EXPECT_EQ(pace_.strikes(now_, options_), 1u);
  answer(now_, 429);
  EXPECT_EQ(left(), seconds(2));
  now_ += hours(1);
  EXPECT_EQ(pace_.strikes(now_, options_), 0u);
  EXPECT_EQ(pace_.delay(now_, options_), nanoseconds(0));
  answer(now_, 429);
  EXPECT_EQ(left(), seconds(1));
}

TEST_F(PaceTest, OtherErrorsHoldNothing) {
  for (const int status : {0, 200, 404, 500, 502, 504}) ask(status);
  EXPECT_EQ(left(), nanoseconds(0));
}

TEST_F(PaceTest, Adaptive_FollowsTheLatency) {
  options_.adaptive = true;
  EXPECT_EQ(pace_.delay(now_, options_), options_.adaptive_start);
  ask(200, milliseconds(200));  // (1000 + 200) / 2
  EXPECT_EQ(pace_.delay(now_, options_), milliseconds(600));
  ask(200, milliseconds(200));
  EXPECT_EQ(pace_.delay(now_, options_), milliseconds(400));
  for (int i = 0; i < 40; ++i) ask(200, milliseconds(200));
  EXPECT_LT(pace_.delay(now_, options_), milliseconds(201));
}

TEST_F(PaceTest, Adaptive_SlowsDownAtOnce) {
  options_.adaptive = true;
  ask(200, milliseconds(200));
  ask(200, seconds(4));
  EXPECT_EQ(pace_.delay(now_, options_), seconds(4));
}

TEST_F(PaceTest, Adaptive_AimsAtTheTargetConcurrency) {
  options_.adaptive = true;
  options_.target_concurrency = 4;
  for (int i = 0; i < 40; ++i) ask(200, seconds(2));
  EXPECT_NEAR(
      std::chrono::duration<double>(pace_.delay(now_, options_)).count(), 0.5,
      0.001);
}

TEST_F(PaceTest, Adaptive_ErrorsNeverMakeItFaster) {
  options_.adaptive = true;
  ask(200, seconds(2));
  for (const int status : {404, 500, 301, 0}) {
    ask(status, milliseconds(1));
    EXPECT_EQ(pace_.delay(now_, options_), seconds(2)) << status;
  }
  PaceAnswer failed;
  failed.started = now_;
  failed.error = ErrorKind::kConnect;
  failed.status_code = 200;
  failed.latency = milliseconds(1);
  pace_.answered(failed, now_, options_);
  EXPECT_EQ(pace_.delay(now_, options_), seconds(2));
  ask(500, seconds(5));  // but slower they may make it
  EXPECT_EQ(pace_.delay(now_, options_), seconds(5));
}

TEST_F(PaceTest, Adaptive_StaysBetweenItsBounds) {
  options_.adaptive = true;
  options_.delay = milliseconds(300);
  for (int i = 0; i < 40; ++i) ask(200, milliseconds(1));
  EXPECT_EQ(pace_.delay(now_, options_), milliseconds(300));
  ask(200, hours(2));
  EXPECT_EQ(pace_.delay(now_, options_), options_.adaptive_max);
  pace_.set_crawl_delay(seconds(90), options_);
  options_.max_crawl_delay = minutes(2);
  ask(200, milliseconds(1));
  EXPECT_EQ(pace_.delay(now_, options_), seconds(90));
}

}  // namespace
}  // namespace crawl
