#include "crawl/frontier/robots_policy.h"

#include <gtest/gtest.h>

namespace crawl {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

RobotsVerdict status(int code) {
  RobotsAnswer answer;
  answer.status_code = code;
  return judge_robots(answer);
}

TEST(RobotsPolicy, Rfc9309_2_3_1_1_SuccessIsParsed) {
  for (const int code : {200, 203, 204, 206, 299}) {
    EXPECT_EQ(status(code).access, RobotsAccess::kParse) << code;
  }
}

TEST(RobotsPolicy, Rfc9309_2_3_1_2_FiveRedirectsAreFollowed) {
  RobotsAnswer answer;
  answer.status_code = 301;
  answer.has_target = true;
  for (answer.redirects = 0; answer.redirects < 5; ++answer.redirects) {
    EXPECT_EQ(judge_robots(answer).access, RobotsAccess::kFollow);
  }
  EXPECT_EQ(judge_robots(answer).access, RobotsAccess::kAllowAll);
}

TEST(RobotsPolicy, Rfc9309_2_3_1_2_RedirectWithoutTargetIsUnavailable) {
  for (const int code : {300, 302, 304, 307, 308}) {
    EXPECT_EQ(status(code).access, RobotsAccess::kAllowAll) << code;
  }
}

TEST(RobotsPolicy, Rfc9309_2_3_1_3_UnavailableAllowsAll) {
  for (const int code : {400, 401, 403, 404, 410, 451, 499}) {
    const RobotsVerdict verdict = status(code);
    EXPECT_EQ(verdict.access, RobotsAccess::kAllowAll) << code;
    EXPECT_EQ(verdict.ask_again, hours(24));
    EXPECT_FALSE(verdict.give_up);
  }
}

TEST(RobotsPolicy, Rfc9309_2_3_1_4_UnreachableDisallowsAll) {
  for (const int code : {0, 100, 429, 500, 502, 503, 599, 600, 999}) {
    const RobotsVerdict verdict = status(code);
    EXPECT_EQ(verdict.access, RobotsAccess::kDisallowAll) << code;
    EXPECT_LT(verdict.ask_again, hours(1));
    EXPECT_FALSE(verdict.give_up);
  }
  EXPECT_EQ(status(503).reason, "robots.txt: status 503");
}

TEST(RobotsPolicy, Rfc9309_2_3_1_4_NoAnswerDisallowsAll) {
  for (const ErrorKind error :
       {ErrorKind::kDns, ErrorKind::kConnect, ErrorKind::kTls,
        ErrorKind::kTimeout, ErrorKind::kProtocol, ErrorKind::kClosed,
        ErrorKind::kDecode, ErrorKind::kBlockedAddress}) {
    RobotsAnswer answer;
    answer.error = error;
    answer.status_code = 200;  // the headers came, the body did not
    EXPECT_EQ(judge_robots(answer).access, RobotsAccess::kDisallowAll);
  }
  RobotsAnswer timeout;
  timeout.error = ErrorKind::kTimeout;
  EXPECT_EQ(judge_robots(timeout).reason, "robots.txt: no answer (timeout)");
}

// A page of a host that is not there ends as it would without robots.txt.
TEST(RobotsPolicy, WhereThereIsNoServerItsPagesEndAsThat) {
  struct Case {
    ErrorKind error;
    int attempts;
  };
  for (const auto& [error, attempts] :
       {Case{ErrorKind::kDns, 1}, Case{ErrorKind::kTls, 1},
        Case{ErrorKind::kTlsChain, 1}, Case{ErrorKind::kConnect, 3}}) {
    RobotsAnswer answer;
    answer.error = error;
    for (answer.failures = 0; answer.failures < attempts; ++answer.failures) {
      const RobotsVerdict verdict = judge_robots(answer);
      EXPECT_EQ(verdict.access, RobotsAccess::kDisallowAll);
      EXPECT_EQ(verdict.give_up, answer.failures == attempts - 1);
      if (verdict.give_up) {
        EXPECT_EQ(verdict.error, error);
      } else {
        EXPECT_LE(verdict.ask_again, seconds(2));
      }
    }
    // It was there, and sent us to one that is not.
    answer.failures = 0;
    answer.redirects = 1;
    EXPECT_FALSE(judge_robots(answer).give_up);
  }
}

// A port behind a wall that says nothing; one that takes connections and says
// nothing has a server behind it.
TEST(RobotsPolicy, WhereNobodyAnswersACallThereIsNoServer) {
  RobotsAnswer answer;
  answer.error = ErrorKind::kTimeout;
  answer.failures = 2;
  answer.connected = false;
  EXPECT_TRUE(judge_robots(answer).give_up);
  EXPECT_EQ(judge_robots(answer).error, ErrorKind::kTimeout);
  answer.connected = true;
  EXPECT_FALSE(judge_robots(answer).give_up);
  // As often as the user has pages tried.
  answer.connected = false;
  answer.failures = 0;
  EXPECT_TRUE(judge_robots(answer, {.connect_attempts = 1}).give_up);
}

TEST(RobotsPolicy, Rfc9309_2_3_1_4_AsksAgainLaterAndLater) {
  RobotsPolicy policy;
  policy.first_retry = seconds(5);
  policy.max_retry = seconds(30);
  policy.max_attempts = 100;
  RobotsAnswer answer;
  answer.status_code = 500;
  for (const int expected : {5, 10, 20, 30, 30}) {
    EXPECT_EQ(judge_robots(answer, policy).ask_again, seconds(expected));
    ++answer.failures;
  }
}

TEST(RobotsPolicy, Rfc9309_2_3_1_4_GivesUpAfterSoManyAttempts) {
  RobotsPolicy policy;
  policy.max_attempts = 3;
  RobotsAnswer answer;
  answer.status_code = 503;
  answer.failures = 1;
  EXPECT_FALSE(judge_robots(answer, policy).give_up);
  answer.failures = 2;
  const RobotsVerdict verdict = judge_robots(answer, policy);
  EXPECT_TRUE(verdict.give_up);
  EXPECT_EQ(verdict.access, RobotsAccess::kDisallowAll);
  EXPECT_EQ(verdict.reason, "robots.txt: status 503, 3 times");
}

TEST(RobotsPolicy, Rfc9309_2_4_ACopyOutlivesItsDayWhileUnreachable) {
  RobotsAnswer answer;
  answer.status_code = 503;
  answer.has_copy = true;
  answer.failures = 50;
  const RobotsVerdict verdict = judge_robots(answer);
  EXPECT_EQ(verdict.access, RobotsAccess::kUseCopy);
  EXPECT_FALSE(verdict.give_up);
  EXPECT_EQ(verdict.ask_again, RobotsPolicy().max_retry);
}

TEST(RobotsPolicy, Rfc9309_2_4_NoCopyIsKeptForMoreThanADay) {
  EXPECT_EQ(status(200).ask_again, hours(24));
}

}  // namespace
}  // namespace crawl
