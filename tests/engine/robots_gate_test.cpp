#include "engine/robots_gate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

namespace crawl {
namespace {

using namespace std::chrono_literals;
using Access = RobotsGate::Access;

class RobotsGateTest : public ::testing::Test {
 protected:
  RobotsGate::Outcome answered(FetchResult result, int redirects = 0) {
    return gate_.answered(url_.host_key(), RobotsGate::robots_url(url_),
                          redirects, result, now_);
  }
  RobotsGate::Outcome answered(int status, std::string body = "") {
    FetchResult result;
    result.status_code = status;
    result.body = std::move(body);
    return answered(std::move(result));
  }
  RobotsGate::Verdict judge(bool allow_private = false) const {
    return gate_.judge(url_, allow_private, now_);
  }

  RobotsGate gate_{"crawl"};
  const Url url_ = *Url::parse("http://user:pass@a.test:81/x?q#f");
  Clock::time_point now_{1h};
};

TEST_F(RobotsGateTest, AsksTheHostItselfAndNobodyElse) {
  EXPECT_EQ(RobotsGate::robots_url(url_).href(), "http://a.test:81/robots.txt");
  EXPECT_EQ(judge().access, Access::kAskFirst);
}

TEST_F(RobotsGateTest, NamesTheLineThatDisallows) {
  answered(200, "User-agent: *\nDisallow: /x\n");
  EXPECT_EQ(judge().access, Access::kDisallowed);
  EXPECT_EQ(judge().error, ErrorKind::kRobots);
  EXPECT_EQ(judge().reason, "robots.txt line 2: Disallow: /x");
}

TEST_F(RobotsGateTest, HostThatIsNotThereIsSaidToBe) {
  FetchResult result;
  result.error = ErrorKind::kDns;
  result.error_message = "a.test: no such host";
  EXPECT_FALSE(answered(std::move(result)).hold_until);
  EXPECT_EQ(judge().access, Access::kDisallowed);
  EXPECT_EQ(judge().error, ErrorKind::kDns);
  EXPECT_EQ(judge().reason, "a.test: no such host");
}

// What was received counts: RFC 9309 goes by the status, but for rules of which
// not all have come.
TEST_F(RobotsGateTest, Rfc9309_2_3_1_AStatusCountsWithoutItsBody) {
  const auto broken = [](int status, ErrorKind error) {
    FetchResult result;
    result.status_code = status;
    result.error = error;
    result.headers_complete = true;
    result.location = "/caf\xE9";
    result.body = "User-agent: *\nDis";
    return result;
  };
  for (const ErrorKind error : {ErrorKind::kDecode, ErrorKind::kClosed,
                                ErrorKind::kProtocol, ErrorKind::kTimeout}) {
    const auto ask = [&](int status, bool headers_complete = true) {
      FetchResult result = broken(status, error);
      result.headers_complete = headers_complete;
      RobotsGate gate("crawl");
      RobotsGate::Outcome outcome = gate.answered(
          url_.host_key(), RobotsGate::robots_url(url_), 0, result, now_);
      return std::pair(std::move(outcome),
                       gate.judge(url_, false, now_).access);
    };
    for (const int status : {400, 401, 403, 404, 410, 451}) {
      EXPECT_EQ(ask(status).second, Access::kAllowed) << status;
    }
    for (const int status : {200, 206, 429, 500, 503}) {
      EXPECT_TRUE(ask(status).first.hold_until) << status;
      EXPECT_NE(ask(status).second, Access::kAllowed) << status;
    }
    for (const int status : {301, 302, 303, 307, 308}) {
      const RobotsGate::Outcome outcome = ask(status).first;
      ASSERT_TRUE(outcome.follow) << status;
      EXPECT_EQ(outcome.follow->href(), "http://a.test:81/caf%E9");
    }
    // Of headers that broke off nothing counts.
    EXPECT_TRUE(ask(404, false).first.hold_until);
  }
}

TEST_F(RobotsGateTest, Rfc9309_2_4_ACopyIsGoodForADay) {
  answered(200);
  now_ += 24h - 1s;
  EXPECT_EQ(judge().access, Access::kAllowed);
  now_ += 1s;
  EXPECT_EQ(judge().access, Access::kAskFirst);
}

TEST_F(RobotsGateTest, Rfc9309_2_4_ACopyThatIsKeptKeepsItsCrawlDelay) {
  answered(200, "User-agent: *\nCrawl-delay: 7\nDisallow: /x\n");
  now_ += 24h;
  const RobotsGate::Outcome outcome = answered(503);
  EXPECT_EQ(outcome.crawl_delay, 7s);
  EXPECT_FALSE(outcome.hold_until);
  EXPECT_EQ(judge().access, Access::kDisallowed);
}

TEST_F(RobotsGateTest, Rfc9309_2_3_1_4_AFailureHoldsTheHostThenGivesUp) {
  for (int i = 0; i < 3; ++i) {
    const RobotsGate::Outcome outcome = answered(500);
    ASSERT_TRUE(outcome.hold_until);
    EXPECT_EQ(judge().access, Access::kAskFirst);
    now_ = *outcome.hold_until;
  }
  EXPECT_FALSE(answered(500).hold_until);
  EXPECT_EQ(judge().access, Access::kDisallowed);
  EXPECT_EQ(judge().reason, "robots.txt: status 500, 4 times");
}

TEST_F(RobotsGateTest, PagesOfABlockedAddressAreBlocked) {
  FetchResult blocked;
  blocked.error = ErrorKind::kBlockedAddress;
  blocked.error_message = "10.0.0.1 is a private address";
  EXPECT_FALSE(answered(blocked).hold_until);
  EXPECT_EQ(judge().access, Access::kDisallowed);
  EXPECT_EQ(judge().error, ErrorKind::kBlockedAddress);
  EXPECT_EQ(judge().reason, "10.0.0.1 is a private address");
}

TEST_F(RobotsGateTest, WhoMayGoToABlockedAddressAsksAgain) {
  FetchResult blocked;
  blocked.error = ErrorKind::kBlockedAddress;
  answered(blocked);
  EXPECT_EQ(judge(true).access, Access::kAskFirst);
  answered(404);
  EXPECT_EQ(judge(true).access, Access::kAllowed);
  EXPECT_EQ(judge().access, Access::kAllowed) << "the fetcher blocks it";
}

TEST_F(RobotsGateTest, RedirectToABlockedAddressIsNoAnswer) {
  FetchResult blocked;
  blocked.error = ErrorKind::kBlockedAddress;
  EXPECT_TRUE(answered(blocked, 1).hold_until);
  EXPECT_EQ(judge().access, Access::kAskFirst);
}

// ---- Memory

// About 20 KB of rules.
std::string many_rules() {
  std::string body = "User-agent: *\n";
  for (int i = 0; i < 1'000; ++i) {
    body += "Disallow: /x" + std::to_string(i) + "\n";
  }
  return body;
}

class RobotsGateMemoryTest : public ::testing::Test {
 protected:
  static Url host(int number) {
    return *Url::parse("http://h" + std::to_string(number) + ".test/x1");
  }
  void answered(int number, int status, std::string body) {
    FetchResult result;
    result.status_code = status;
    result.body = std::move(body);
    gate_.answered(host(number).host_key(),
                   RobotsGate::robots_url(host(number)), 0, result, now_);
  }
  Access judge(int number) const {
    return gate_.judge(host(number), false, now_).access;
  }

  static constexpr std::size_t kMaxBytes = 1'000'000;
  RobotsGate gate_{"crawl", kMaxBytes};
  const Clock::time_point now_{1h};
};

TEST_F(RobotsGateMemoryTest, RulesOfABusyHostStayWhileOthersAreForgotten) {
  const std::string rules = many_rules();
  for (int i = 0; i < 300; ++i) {
    answered(i, 200, rules);
    ASSERT_LE(gate_.memory_use(), kMaxBytes);
    ASSERT_EQ(judge(0), Access::kDisallowed) << i;
    ASSERT_EQ(judge(i), Access::kDisallowed) << i;
  }
  EXPECT_GT(gate_.memory_use(), kMaxBytes / 2);
  EXPECT_EQ(judge(1), Access::kAskFirst);
  EXPECT_EQ(judge(298), Access::kDisallowed);
  answered(1, 200, rules);
  EXPECT_EQ(judge(1), Access::kDisallowed);
}

TEST_F(RobotsGateMemoryTest, ManyHostsWithoutRulesAreKept) {
  for (int i = 0; i < 2'000; ++i) answered(i, 404, "");
  for (int i = 0; i < 2'000; ++i) ASSERT_EQ(judge(i), Access::kAllowed) << i;
  EXPECT_LE(gate_.memory_use(), kMaxBytes);
}

TEST_F(RobotsGateMemoryTest, AnAnswerThatReplacesAnotherIsCountedOnce) {
  for (int i = 0; i < 300; ++i) {
    answered(1, 200, i % 2 == 0 ? many_rules() : "");
    answered(2, 404, "");
    ASSERT_EQ(judge(2), Access::kAllowed) << i;
  }
  EXPECT_LT(gate_.memory_use(), 10'000u);
}

TEST_F(RobotsGateMemoryTest, TheLatestAnswerStaysWhateverItsSize) {
  std::string rules;
  while (rules.size() < kRobotsMinBytes - 30'000) rules += many_rules();
  RobotsGate gate("crawl", 1'000);
  FetchResult result;
  result.status_code = 200;
  result.body = rules;
  gate.answered(host(0).host_key(), RobotsGate::robots_url(host(0)), 0, result,
                now_);
  EXPECT_EQ(gate.judge(host(0), false, now_).access, Access::kDisallowed);
}

}  // namespace
}  // namespace crawl
