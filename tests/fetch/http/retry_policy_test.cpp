#include "crawl/fetch/retry_policy.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace crawl {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using namespace std::chrono_literals;

// 1994-11-06 08:49:00 UTC: 37 seconds before the RFC's own example dates.
const std::chrono::system_clock::time_point kNow{seconds(784111740)};

FailedTry status(int code, unsigned attempt = 1) {
  FailedTry failed;
  failed.status_code = code;
  failed.attempt = attempt;
  failed.now = kNow;
  return failed;
}

TEST(RetryPolicy, TransientStatusesAreCurls) {
  for (const int code : {408, 429, 500, 502, 503, 504, 522, 524}) {
    EXPECT_TRUE(is_transient(ErrorKind::kNone, code)) << code;
    EXPECT_TRUE(is_transient(ErrorKind::kHttp, code)) << code;
  }
  for (const int code : {0, 200, 301, 400, 401, 403, 404, 410, 501, 505, 521}) {
    EXPECT_FALSE(is_transient(ErrorKind::kNone, code)) << code;
  }
}

TEST(RetryPolicy, TransientErrorsAreTimeoutsAndLostConnections) {
  for (const auto kind :
       {ErrorKind::kTimeout, ErrorKind::kConnect, ErrorKind::kClosed}) {
    EXPECT_TRUE(is_transient(kind, 0)) << to_string(kind);
    EXPECT_TRUE(is_transient(kind, 200)) << to_string(kind);
  }
  for (const auto kind : {ErrorKind::kDns, ErrorKind::kTls,
                          ErrorKind::kInterrupted, ErrorKind::kInvalidUrl,
                          ErrorKind::kBlockedAddress, ErrorKind::kInternal}) {
    EXPECT_FALSE(is_transient(kind, 503)) << to_string(kind);
  }
}

TEST(RetryPolicy, AStatusCountsThoughItsBodyIsBroken) {
  for (const auto kind : {ErrorKind::kProtocol, ErrorKind::kDecode}) {
    EXPECT_TRUE(is_transient(kind, 503)) << to_string(kind);
    for (const int code : {0, 200, 404}) {
      EXPECT_FALSE(is_transient(kind, code)) << to_string(kind);
    }
  }
}

TEST(RetryPolicy, WaitDoublesAndEndsAfterTheLastRetry) {
  RetryOptions options;
  options.retries = 3;
  EXPECT_EQ(retry_wait(options, status(503, 1)), 1000ms);
  EXPECT_EQ(retry_wait(options, status(503, 2)), 2000ms);
  EXPECT_EQ(retry_wait(options, status(503, 3)), 4000ms);
  EXPECT_EQ(retry_wait(options, status(503, 4)), std::nullopt);
  EXPECT_EQ(retry_wait(options, status(404, 1)), std::nullopt);
}

TEST(RetryPolicy, NoRetriesMeansNone) {
  RetryOptions options;
  options.retries = 0;
  EXPECT_EQ(retry_wait(options, status(503)), std::nullopt);
}

TEST(RetryPolicy, JitterSpreadsByAQuarter) {
  FailedTry failed = status(500);
  failed.random = 0;
  EXPECT_EQ(retry_wait({}, failed), 750ms);
  failed.random = 1;
  EXPECT_EQ(retry_wait({}, failed), 1250ms);
}

TEST(RetryPolicy, WaitNeverExceedsItsLimit) {
  RetryOptions options;
  options.retries = 10'000;
  for (const unsigned attempt : {11u, 60u, 100u, 9'999u}) {
    EXPECT_EQ(retry_wait(options, status(503, attempt)), 10min) << attempt;
  }
  FailedTry failed = status(503);
  failed.retry_after = "86400";
  EXPECT_EQ(retry_wait({}, failed), 10min);
}

TEST(RetryPolicy, RetryAfterIsAFloorUnderTheBackoff) {
  FailedTry failed = status(429);
  failed.retry_after = "7";
  EXPECT_EQ(retry_wait({}, failed), 7s);
  failed.retry_after = "0";
  EXPECT_EQ(retry_wait({}, failed), 1s);
  failed.retry_after = "soon";
  EXPECT_EQ(retry_wait({}, failed), 1s);
}

TEST(RetryPolicy, Rfc9110_10_2_3_DelaySeconds) {
  EXPECT_EQ(parse_retry_after("120", kNow), 120s);
  EXPECT_EQ(parse_retry_after(" 5\t", kNow), 5s);
  EXPECT_EQ(parse_retry_after("0", kNow), 0s);
  EXPECT_GT(parse_retry_after("99999999999999999999999", kNow), 24h);
}

TEST(RetryPolicy, Rfc9110_10_2_3_HttpDate) {
  for (const char* date :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994"}) {
    EXPECT_EQ(parse_retry_after(date, kNow), 37s) << date;
  }
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:48:00 GMT", kNow), 0s);
}

TEST(RetryPolicy, RetryAfterThatIsNeitherIsIgnored) {
  for (const char* value : {"", "  ", "-1", "1.5", "5 s", "soon", "+3",
                            "1994-11-06", "Someday, 99 Foo 1994"}) {
    EXPECT_EQ(parse_retry_after(value, kNow), std::nullopt) << value;
  }
}

}  // namespace
}  // namespace crawl
