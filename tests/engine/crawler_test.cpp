#include "crawl/engine/crawler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "crawl/writer/fields.h"
#include "crawl/writer/result_writer.h"
#include "support/fake_fetcher.h"
#include "support/manual_clock.h"

namespace crawl {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using testing::FakeFetcher;
using testing::ManualClock;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

// Keeps what is written; breaks on demand.
class MemoryOutput final : public OutputStream {
 public:
  struct State {
    std::string text;
    std::size_t break_after = std::string::npos;  // bytes
    bool break_is_closed_reader = false;
    bool closed = false;
  };
  explicit MemoryOutput(State& state) : state_(state) {}

  Result<void> write(std::string_view lines) override {
    if (state_.closed) return {};
    if (state_.text.size() + lines.size() > state_.break_after) {
      if (state_.break_is_closed_reader) {
        state_.closed = true;
        return {};
      }
      return make_error("output: No space left on device");
    }
    state_.text += lines;
    return {};
  }
  Result<void> flush() override { return {}; }
  bool closed_by_reader() const override { return state_.closed; }

 private:
  State& state_;
};

// A crawl on a fake web, by a clock that only the fake web moves.
class CrawlerTest : public ::testing::Test {
 protected:
  CrawlerTest() { options_.jobs = 4; }

  CrawlStats crawl(std::vector<std::string> lines) {
    const auto seeds = make_seeds(std::move(lines));
    ResultWriter writer(std::make_unique<MemoryOutput>(output_),
                        make_formatter(OutputFormat::kJsonl, default_fields()),
                        options_.ordered);
    Crawler crawler(options_, fetcher_, {&writer}, clock_);
    crawler_ = &crawler;
    Result<CrawlStats> stats = crawler.run(*seeds);
    crawler_ = nullptr;
    if (!stats) {
      run_error_ = stats.error().message;
      return {};
    }
    EXPECT_TRUE(stats->adds_up());
    return *stats;
  }

  std::vector<nlohmann::json> records() const {
    std::vector<nlohmann::json> records;
    std::istringstream lines(output_.text);
    for (std::string line; std::getline(lines, line);) {
      records.push_back(nlohmann::json::parse(line));
    }
    return records;
  }
  std::vector<std::string> column(const char* field) const {
    std::vector<std::string> values;
    for (const nlohmann::json& record : records()) {
      values.push_back(record[field].is_string()
                           ? record[field].get<std::string>()
                           : record[field].dump());
    }
    return values;
  }

  ManualClock clock_;
  FakeFetcher fetcher_{clock_};
  CrawlOptions options_;
  MemoryOutput::State output_;
  Crawler* crawler_ = nullptr;  // while it runs
  std::string run_error_;
};

std::vector<std::string> numbered(const std::string& prefix, int count) {
  std::vector<std::string> urls;
  for (int i = 0; i < count; ++i) urls.push_back(prefix + std::to_string(i));
  return urls;
}

TEST_F(CrawlerTest, EveryLineLeavesExactlyOneRecord) {
  fetcher_.reply("http://a.test/404", {.status = 404});
  fetcher_.reply("http://down.test/", {.error = ErrorKind::kTls});
  const CrawlStats stats =
      crawl({"http://a.test/", "http://a.test/404", "http://down.test/",
             "mailto:me@a.test", "http://[bad", "http://a.test/", "a.test"});
  EXPECT_THAT(column("input"),
              UnorderedElementsAre("http://a.test/", "http://a.test/404",
                                   "http://down.test/", "mailto:me@a.test",
                                   "http://[bad", "http://a.test/", "a.test"));
  EXPECT_THAT(column("error"),
              UnorderedElementsAre("null", "http", "tls", "unsupported_scheme",
                                   "invalid_url", "null", "null"));
  EXPECT_EQ(stats.admitted, 7u);
  EXPECT_EQ(stats.fetched, 3u);
  EXPECT_EQ(stats.failed, 4u);
}

TEST_F(CrawlerTest, EmptyInputEndsAtOnceWithNothing) {
  const CrawlStats stats = crawl({});
  EXPECT_EQ(stats.admitted, 0u);
  EXPECT_EQ(output_.text, "");
}

TEST_F(CrawlerTest, KeepsAsManyInFlightAsJobsAndNoMore) {
  crawl(numbered("http://a.test/", 50));
  EXPECT_EQ(fetcher_.max_in_flight(), 4u);
}

TEST_F(CrawlerTest, PerHostCapHoldsWhileOthersGoOn) {
  options_.per_host = 1;
  std::vector<std::string> lines = numbered("http://a.test/", 20);
  for (const std::string& url : numbered("http://b.test/", 20)) {
    lines.push_back(url);
  }
  crawl(lines);
  EXPECT_EQ(fetcher_.max_in_flight_at("http://a.test:80"), 1u);
  EXPECT_EQ(fetcher_.max_in_flight_at("http://b.test:80"), 1u);
  EXPECT_EQ(fetcher_.max_in_flight(), 2u);
  EXPECT_EQ(records().size(), 40u);
}

TEST_F(CrawlerTest, DelayHoldsBetweenStartsAtOneHost) {
  options_.pace.delay = 100ms;
  crawl(numbered("http://a.test/", 10));
  for (std::size_t i = 1; i < fetcher_.starts().size(); ++i) {
    EXPECT_GE(fetcher_.starts()[i].time - fetcher_.starts()[i - 1].time, 100ms);
  }
}

TEST_F(CrawlerTest, WritesAsCompletedByDefault) {
  fetcher_.reply("http://a.test/slow", {.latency = 1000ms});
  crawl({"http://a.test/slow", "http://a.test/1", "http://a.test/2"});
  EXPECT_EQ(column("url").back(), "http://a.test/slow");
}

TEST_F(CrawlerTest, OrderedWritesInInputOrder) {
  options_.ordered = true;
  fetcher_.reply("http://a.test/0", {.latency = 1000ms});
  const std::vector<std::string> lines = numbered("http://a.test/", 100);
  crawl(lines);
  EXPECT_EQ(column("url"), lines);
}

TEST_F(CrawlerTest, OrderedPausesWhenTheWindowIsFull) {
  options_.ordered = true;
  fetcher_.reply("http://slow.test/", {.latency = 3'600'000ms});
  std::vector<std::string> lines = numbered("http://a.test/", 20'000);
  lines.insert(lines.begin(), "http://slow.test/");
  std::size_t started_before_slow_ended = 0;
  const Clock::time_point begin = clock_.now();
  fetcher_.before_wait([&] {
    if (clock_.now() < begin + 1h) {
      started_before_slow_ended = fetcher_.starts().size();
    }
  });
  crawl(lines);
  EXPECT_LE(started_before_slow_ended, 1'000u);
  EXPECT_EQ(column("url"), lines);
}

TEST_F(CrawlerTest, UniqueKnowsTheSpellingsOfAUrl) {
  options_.unique = true;
  const CrawlStats stats =
      crawl({"http://a.test/~x", "http://a.test/%7Ex", "http://a.test/%7ex"});
  EXPECT_EQ(stats.fetched, 1u);
  EXPECT_EQ(stats.skipped, 2u);
}

TEST_F(CrawlerTest, LinesThatAreLeftOutTakeNoPlaceAmongMaxPages) {
  options_.unique = true;
  options_.budget.max_pages = 2;
  const CrawlStats stats =
      crawl({"http://a.test/1", "http://a.test/1", "http://a.test/1",
             "http://a.test/2", "http://a.test/3"});
  EXPECT_EQ(stats.fetched, 2u);
  EXPECT_EQ(stats.skipped, 2u);
}

TEST_F(CrawlerTest, UniqueSkipsAUrlSeenBefore) {
  options_.unique = true;
  const CrawlStats stats = crawl({"http://a.test/x", "HTTP://A.test:80/x",
                                  "http://a.test/x#part", "http://a.test/y"});
  EXPECT_EQ(fetcher_.starts().size(), 2u);
  EXPECT_EQ(stats.skipped, 2u);
  EXPECT_EQ(stats.failed, 0u);
  EXPECT_EQ(records().size(), 4u);
}

TEST_F(CrawlerTest, FollowsRedirectsAndRecordsTheChain) {
  fetcher_.reply("http://a.test/1", {.status = 301, .location = "/2"});
  fetcher_.reply("http://a.test/2",
                 {.status = 302, .location = "http://b.test/3"});
  fetcher_.reply("http://b.test/3", {.title = "There"});
  crawl({"http://a.test/1#part"});
  ASSERT_EQ(records().size(), 1u);
  const nlohmann::json record = records()[0];
  EXPECT_EQ(record["url"], "http://a.test/1#part");
  EXPECT_EQ(record["final_url"], "http://b.test/3#part");
  EXPECT_EQ(record["title"], "There");
  EXPECT_EQ(record["status_code"], 200);
  ASSERT_EQ(record["redirects"].size(), 2u);
  EXPECT_EQ(record["redirects"][0]["status_code"], 301);
  EXPECT_EQ(record["redirects"][1]["url"], "http://a.test/2#part");
  EXPECT_NEAR(record["time_total"].get<double>(), 0.030, 1e-9);
}

// What was received counts, whatever became of the body.
TEST_F(CrawlerTest, RedirectsAreFollowedWithoutTheirBodies) {
  for (const ErrorKind error :
       {ErrorKind::kDecode, ErrorKind::kClosed, ErrorKind::kProtocol,
        ErrorKind::kTimeout, ErrorKind::kTls}) {
    output_.text.clear();
    fetcher_.reply("http://a.test/", {.status = 301,
                                      .error = error,
                                      .location = "/caf\xE9",
                                      .headers_complete = true});
    crawl({"http://a.test/"});
    EXPECT_THAT(column("final_url"), ElementsAre("http://a.test/caf%E9"));
    EXPECT_THAT(column("error"), ElementsAre("null"));
    EXPECT_THAT(column("attempts"), ElementsAre("1"));
  }
  // Headers that broke off may say something else than was meant.
  output_.text.clear();
  fetcher_.reply(
      "http://b.test/",
      {.status = 301, .error = ErrorKind::kProtocol, .location = "/half"});
  crawl({"http://b.test/"});
  EXPECT_THAT(column("final_url"), ElementsAre("http://b.test/"));
  EXPECT_THAT(column("error"), ElementsAre("protocol"));
}

TEST_F(CrawlerTest, AStatusIsKeptWithTheErrorOfItsBody) {
  fetcher_.reply(
      "http://a.test/",
      {.status = 404, .error = ErrorKind::kDecode, .headers_complete = true});
  crawl({"http://a.test/"});
  EXPECT_THAT(column("status_code"), ElementsAre("404"));
  EXPECT_THAT(column("error"), ElementsAre("decode"));
}

TEST_F(CrawlerTest, AStatusThatAsksToWaitDoesSoWithoutItsBody) {
  for (const ErrorKind error :
       {ErrorKind::kDecode, ErrorKind::kClosed, ErrorKind::kProtocol}) {
    const std::string host =
        "http://" + std::string(to_string(error)) + ".test/";
    fetcher_.reply(host, {.status = 503,
                          .error = error,
                          .retry_after = "20",
                          .headers_complete = true});
    fetcher_.reply(host, {});
    output_.text.clear();
    const auto before = clock_.now();
    crawl({host});
    EXPECT_THAT(column("attempts"), ElementsAre("2"));
    EXPECT_GE(clock_.now() - before, 20s) << host;
  }
}

TEST_F(CrawlerTest, RedirectLoopEndsAtTheLimit) {
  fetcher_.reply("http://a.test/", {.status = 302, .location = "/"});
  options_.max_redirs = 10;
  crawl({"http://a.test/"});
  EXPECT_EQ(fetcher_.starts().size(), 11u);
  EXPECT_THAT(column("error"), ElementsAre("too_many_redirects"));
  EXPECT_THAT(column("status_code"), ElementsAre("302"));
}

TEST_F(CrawlerTest, CookiesAreKeptAlongARedirectChainAndNoLonger) {
  for (const char* url : {"http://a.test/1", "http://a.test/2"}) {
    fetcher_.reply(url, {.status = 302,
                         .location = "/in",
                         .set_cookies = {"s=1; Path=/", "t=2; Path=/in"}});
  }
  fetcher_.reply("http://a.test/in", {.status = 302,
                                      .location = "http://b.test/",
                                      .set_cookies = {"t=3; Path=/in"}});
  fetcher_.reply("http://b.test/",
                 {.status = 302, .location = "http://a.test/in/end"});
  options_.jobs = 1;
  crawl({"http://a.test/1", "http://a.test/2", "http://a.test/in/end"});
  std::vector<std::string> sent;
  for (const auto& start : fetcher_.starts()) {
    sent.push_back(start.url + " " + start.cookies);
  }
  EXPECT_THAT(sent, UnorderedElementsAre(
                        "http://a.test/1 ", "http://a.test/in t=2; s=1",
                        "http://b.test/ ", "http://a.test/in/end t=3; s=1",
                        "http://a.test/2 ", "http://a.test/in t=2; s=1",
                        "http://b.test/ ", "http://a.test/in/end t=3; s=1",
                        "http://a.test/in/end "));
}

TEST_F(CrawlerTest, ASiteThatSetsACookieAndRedirectsToItselfLetsUsIn) {
  fetcher_.reply("http://a.test/", {.status = 302,
                                    .location = "/",
                                    .set_cookies = {"seen=1"},
                                    .wants_cookie = "seen=1"});
  crawl({"http://a.test/"});
  EXPECT_THAT(column("error"), ElementsAre("null"));
  EXPECT_THAT(column("status_code"), ElementsAre("200"));
  EXPECT_EQ(fetcher_.starts().size(), 2u);
}

TEST_F(CrawlerTest, CookiesOfAChainOutliveARetry) {
  fetcher_.reply("http://a.test/",
                 {.status = 302, .location = "/in", .set_cookies = {"s=1"}});
  fetcher_.reply("http://a.test/in", {.status = 503});
  fetcher_.reply("http://a.test/in", {});
  crawl({"http://a.test/"});
  ASSERT_EQ(fetcher_.starts().size(), 3u);
  EXPECT_EQ(fetcher_.starts()[2].cookies, "s=1");
}

TEST_F(CrawlerTest, RedirectsToAnythingButHttpAreNotFollowed) {
  fetcher_.reply("http://a.test/1",
                 {.status = 302, .location = "file:///etc/passwd"});
  fetcher_.reply("http://a.test/2", {.status = 302, .location = "http://[::"});
  fetcher_.reply("http://a.test/3", {.status = 302});
  crawl({"http://a.test/1", "http://a.test/2", "http://a.test/3"});
  EXPECT_THAT(column("error"),
              ElementsAre("unsupported_scheme", "redirect", "null"));
  EXPECT_EQ(fetcher_.starts().size(), 3u);
}

TEST_F(CrawlerTest, RedirectToAUrlThatIsTooLongSaysSo) {
  fetcher_.reply("http://a.test/1",
                 {.status = 302, .location = "/" + std::string(95'000, 'x')});
  fetcher_.reply("http://a.test/2", {.status = 302, .location = "http://[::"});
  crawl({"http://a.test/1", "http://a.test/2"});
  EXPECT_THAT(column("error"), ElementsAre("redirect", "redirect"));
  EXPECT_THAT(
      column("error_message"),
      ElementsAre(StartsWith("redirected to a URL that is too long (95001 "
                             "bytes, at most 65536 are asked for): "
                             "http://a.test/xxx"),
                  StartsWith("redirected to something that is no URL: ")));
  EXPECT_EQ(fetcher_.starts().size(), 2u);
}

TEST_F(CrawlerTest, CredentialsNeverCrossToAnotherOrigin) {
  fetcher_.reply("http://a.test/1",
                 {.status = 302, .location = "http://a.test/2"});
  fetcher_.reply("http://a.test/2",
                 {.status = 302, .location = "http://a.test:81/3"});
  fetcher_.reply("http://a.test:81/3",
                 {.status = 302, .location = "https://a.test/4"});
  crawl({"http://a.test/1"});
  std::vector<bool> sent;
  for (const FakeFetcher::Start& start : fetcher_.starts()) {
    sent.push_back(start.credentials);
  }
  EXPECT_THAT(sent, ElementsAre(true, true, false, false));
}

TEST_F(CrawlerTest, WhatIsNeverSentIsNoRequest) {
  fetcher_.reply("http://a.test/", {.error = ErrorKind::kDns});
  fetcher_.reply("http://b.test/", {.error = ErrorKind::kConnect});
  fetcher_.reply("http://c.test/", {.error = ErrorKind::kConnect});
  fetcher_.reply("http://c.test/", {});
  const CrawlStats stats =
      crawl({"http://a.test/", "http://b.test/", "http://c.test/"});
  EXPECT_EQ(stats.failed, 2u);
  EXPECT_EQ(stats.requests, 1u);
  EXPECT_EQ(stats.retries, 1u);
}

TEST_F(CrawlerTest, RetriesTransientFailuresThenGivesUp) {
  fetcher_.reply("http://a.test/mends", {.status = 503});
  fetcher_.reply("http://a.test/mends", {.error = ErrorKind::kTimeout});
  fetcher_.reply("http://a.test/mends", {.title = "Up"});
  fetcher_.reply("http://a.test/stays", {.status = 503});
  fetcher_.reply("http://a.test/404", {.status = 404});
  const CrawlStats stats = crawl(
      {"http://a.test/mends", "http://a.test/stays", "http://a.test/404"});
  EXPECT_EQ(stats.retries, 4u);
  EXPECT_EQ(stats.requests, 7u);
  for (const nlohmann::json& record : records()) {
    const std::string url = record["url"];
    EXPECT_EQ(record["attempts"], url == "http://a.test/404" ? 1 : 3) << url;
    EXPECT_EQ(record["status_code"], url == "http://a.test/mends"   ? 200
                                     : url == "http://a.test/stays" ? 503
                                                                    : 404);
  }
}

TEST_F(CrawlerTest, WhatMayBeTheConnectionsFaultIsTriedOnAnother) {
  fetcher_.reply("http://a.test/", {.error = ErrorKind::kClosed});
  fetcher_.reply("http://a.test/", {.status = 408});
  fetcher_.reply("http://a.test/", {.status = 302, .location = "/b"});
  fetcher_.reply("http://b.test/", {.status = 503});
  fetcher_.reply("http://b.test/", {});
  crawl({"http://a.test/", "http://b.test/"});
  std::vector<std::string> starts;
  for (const FakeFetcher::Start& start : fetcher_.starts()) {
    starts.push_back(start.url + (start.fresh_connection ? " fresh" : ""));
  }
  EXPECT_THAT(starts,
              UnorderedElementsAre("http://a.test/", "http://a.test/ fresh",
                                   "http://a.test/ fresh", "http://a.test/b",
                                   "http://b.test/", "http://b.test/"));
}

TEST_F(CrawlerTest, RetryAfterIsObeyed) {
  fetcher_.reply("http://a.test/", {.status = 429, .retry_after = "120"});
  fetcher_.reply("http://a.test/", {});
  crawl({"http://a.test/"});
  ASSERT_EQ(fetcher_.starts().size(), 2u);
  EXPECT_GE(fetcher_.starts()[1].time - fetcher_.starts()[0].time, 120s);
}

TEST_F(CrawlerTest, SlowDownHoldsTheWholeHostAndNoOther) {
  options_.jobs = 1;
  fetcher_.reply("http://a.test/0", {.status = 429, .retry_after = "30"});
  fetcher_.reply("http://a.test/0", {});
  std::vector<std::string> lines = numbered("http://a.test/", 3);
  for (std::string& url : numbered("http://b.test/", 3)) lines.push_back(url);
  EXPECT_EQ(crawl(lines).fetched, 6u);
  const auto& starts = fetcher_.starts();
  ASSERT_EQ(starts.size(), 7u);
  for (std::size_t i = 1; i < starts.size(); ++i) {
    const auto after = starts[i].time - starts[0].time;
    if (starts[i].url.starts_with("http://a.test/")) {
      EXPECT_GE(after, 30s) << starts[i].url;
    } else {
      EXPECT_LT(after, 1s) << starts[i].url;
    }
  }
  EXPECT_LT(starts[6].time - starts[4].time, 1s) << "then it is as before";
}

TEST_F(CrawlerTest, HostThatHasEnoughForGoodHoldsAListUpForMinutesNotDays) {
  options_.jobs = 8;
  for (const std::string& url : numbered("http://a.test/", 100)) {
    fetcher_.reply(url, {.status = 503});
  }
  const CrawlStats stats = crawl(numbered("http://a.test/", 100));
  EXPECT_EQ(stats.failed, 100u);
  EXPECT_LT(stats.elapsed, 10min);
}

TEST_F(CrawlerTest, WaitingForARetryHoldsNoSlot) {
  options_.jobs = 1;
  fetcher_.reply("http://a.test/", {.status = 503});
  fetcher_.reply("http://a.test/", {});
  std::vector<std::string> lines = numbered("http://b.test/", 5);
  lines.insert(lines.begin(), "http://a.test/");
  crawl(lines);
  EXPECT_EQ(fetcher_.started_urls().back(), "http://a.test/");
  EXPECT_EQ(fetcher_.starts().size(), 7u);
}

TEST_F(CrawlerTest, FirstStopFinishesWhatIsInFlight) {
  int waits = 0;
  fetcher_.before_wait([&] {
    if (++waits == 3) crawler_->request_stop();
  });
  const CrawlStats stats = crawl(numbered("http://a.test/", 100));
  EXPECT_TRUE(stats.stopped);
  EXPECT_EQ(stats.done(), fetcher_.starts().size());
  EXPECT_EQ(stats.left, 100 - stats.done());
  EXPECT_EQ(records().size(), stats.done());
  for (const std::string& error : column("error")) EXPECT_EQ(error, "null");
}

TEST_F(CrawlerTest, SecondStopGivesUpWhatIsInFlight) {
  fetcher_.reply("http://a.test/0", {.latency = 3'600'000ms});
  int waits = 0;
  fetcher_.before_wait([&] {
    if (++waits <= 2) crawler_->request_stop();
  });
  const CrawlStats stats = crawl({"http://a.test/0"});
  EXPECT_EQ(stats.failed, 1u);
  EXPECT_THAT(column("error"), ElementsAre("interrupted"));
}

TEST_F(CrawlerTest, ClosedReaderEndsTheCrawlQuietly) {
  output_.break_after = 2'000;
  output_.break_is_closed_reader = true;
  const CrawlStats stats = crawl(numbered("http://a.test/", 50'000));
  EXPECT_TRUE(stats.stopped);
  EXPECT_EQ(run_error_, "");
  EXPECT_LT(fetcher_.starts().size(), 50'000u);
}

TEST_F(CrawlerTest, WriteErrorEndsTheCrawlWithItsMessage) {
  output_.break_after = 2'000;
  crawl(numbered("http://a.test/", 50'000));
  EXPECT_EQ(run_error_, "output: No space left on device");
  EXPECT_LT(fetcher_.starts().size(), 50'000u);
}

TEST_F(CrawlerTest, ReadsItsInputNoFurtherThanItsWindow) {
  class CountingSeeds final : public SeedSource {
   public:
    Status next(std::string& line) override {
      if (given == 1'000'000) return Status::kEnd;
      line = "http://a.test/" + std::to_string(given++);
      return Status::kLine;
    }
    int given = 0;
  } seeds;
  ResultWriter writer(std::make_unique<MemoryOutput>(output_),
                      make_formatter(OutputFormat::kJsonl, default_fields()),
                      false);
  Crawler crawler(options_, fetcher_, {&writer}, clock_);
  int waits = 0;
  fetcher_.before_wait([&] {
    if (++waits == 10) crawler.request_stop();
  });
  ASSERT_TRUE(crawler.run(seeds));
  EXPECT_LE(seeds.given, 20'000);
}

TEST_F(CrawlerTest, InputThatIsNotThereYetHoldsUpNothing) {
  class SlowSeeds final : public SeedSource {
   public:
    Status next(std::string& line) override {
      if (turn == 5) return Status::kEnd;
      if (turn++ % 2 == 0) {
        line = "http://a.test/";
        return Status::kLine;
      }
      return Status::kPending;
    }
    int turn = 0;
  } seeds;
  ResultWriter writer(std::make_unique<MemoryOutput>(output_),
                      make_formatter(OutputFormat::kJsonl, default_fields()),
                      false);
  Crawler crawler(options_, fetcher_, {&writer}, clock_);
  const Result<CrawlStats> stats = crawler.run(seeds);
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->fetched, 3u);
}

TEST_F(CrawlerTest, AHostThatMustWaitDoesNotHoldUpTheLinesBehindIt) {
  options_.per_host = 1;
  std::vector<std::string> lines = numbered("http://a.test/", 5'000);
  lines.push_back("http://b.test/");
  const Clock::time_point begin = clock_.now();
  crawl(lines);
  for (const FakeFetcher::Start& start : fetcher_.starts()) {
    if (start.url == "http://b.test/") {
      EXPECT_EQ(start.time, begin);
    }
  }
  EXPECT_EQ(fetcher_.starts().size(), lines.size());
}

TEST_F(CrawlerTest, TimeIsAccountedForWhereItWent) {
  options_.time_breakdown = true;
  options_.jobs = 2;
  options_.per_host = 1;
  fetcher_.reply("http://a.test/1", {.latency = 1s});
  fetcher_.reply("http://a.test/2", {.latency = 1s});
  const CrawlStats stats = crawl({"http://a.test/1", "http://a.test/2"});
  ASSERT_TRUE(stats.times);
  const auto slots = [&stats](SlotUse use) {
    return stats.times->slot_time[static_cast<std::size_t>(use)];
  };
  EXPECT_DOUBLE_EQ(slots(SlotUse::kNetwork), 2);
  EXPECT_DOUBLE_EQ(slots(SlotUse::kPoliteness), 1);  // /2 waited for /1
  EXPECT_DOUBLE_EQ(slots(SlotUse::kNothing), 1);
  ASSERT_EQ(stats.times->slowest.size(), 1u);
  EXPECT_EQ(stats.times->slowest[0].requests, 2u);
}

TEST_F(CrawlerTest, NoAccountOfTimeUnlessAskedFor) {
  EXPECT_FALSE(crawl({"http://a.test/"}).times);
}

}  // namespace
}  // namespace crawl
