// What a recursive crawl may have, and how hosts share it: budgets over all
// runs, windows, pace by name or address.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "engine/site_fixture.h"
#include "support/temp_dir.h"

namespace crawl::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::UnorderedElementsAre;

TEST_F(SiteTest, MaxPagesEndsTheCrawlInGoodOrder) {
  options_.budget.max_pages = 3;
  std::vector<std::string> links;
  for (int i = 0; i < 50; ++i)
    links.push_back("http://a.test/" + std::to_string(i));
  page("http://a.test/", links);
  const CrawlStats stats = crawl();
  EXPECT_EQ(stats.fetched, 3u);
  EXPECT_EQ(stats.left, 48u);
  EXPECT_TRUE(stats.out_of_budget);
  EXPECT_FALSE(stats.stopped);
}

TEST_F(SiteTest, MaxPagesAreTriedAgainBeforeTheEnd) {
  options_.budget.max_pages = 4;
  std::vector<std::string> links;
  for (int i = 0; i < 50; ++i) {
    links.push_back("http://a.test/" + std::to_string(i));
  }
  page("http://a.test/", links);
  fetcher_.reply("http://a.test/0", {.error = ErrorKind::kClosed});
  fetcher_.reply("http://a.test/0", {.status = 500});
  fetcher_.reply("http://a.test/0", {.links = {"http://a.test/late"}});
  fetcher_.reply("http://a.test/1", {.status = 500});
  fetcher_.reply("http://a.test/2",
                 {.status = 302, .location = "http://a.test/moved"});
  const CrawlStats stats = crawl();
  EXPECT_THAT(urls(),
              UnorderedElementsAre("http://a.test/", "http://a.test/0",
                                   "http://a.test/1", "http://a.test/2"));
  EXPECT_EQ(record("http://a.test/0")["attempts"], 3);
  EXPECT_EQ(record("http://a.test/1")["status_code"], 500);
  EXPECT_EQ(stats.retries, 4u);
  EXPECT_EQ(stats.left, 48u);
  EXPECT_TRUE(stats.out_of_budget);
}

TEST_F(SiteTest, RetriesThatAStopPreventedAreNotCounted) {
  options_.budget.max_time = 100ms;
  options_.retry.first_wait = 10s;
  fetcher_.reply("http://a.test/", {.status = 500});
  const CrawlStats stats = crawl();
  EXPECT_EQ(stats.retries, 0u);
  EXPECT_EQ(stats.left, 1u);
}

TEST_F(SiteTest, MaxTimeEndsTheCrawl) {
  options_.budget.max_time = 100ms;
  for (int i = 0; i < 100; ++i) {
    page("http://a.test/" + (i == 0 ? "" : std::to_string(i)),
         {"http://a.test/" + std::to_string(i + 1)});
  }
  EXPECT_LE(crawl().fetched, 11u);
}

TEST_F(SiteTest, MaxBytesEndsTheCrawl) {
  options_.jobs = 1;
  options_.budget.max_bytes = 250;
  for (int i = 0; i < 10; ++i) {
    fetcher_.reply("http://a.test/" + (i == 0 ? "" : std::to_string(i)),
                   {.links = {"http://a.test/" + std::to_string(i + 1)},
                    .body = std::string(100, 'x')});
  }
  const CrawlStats stats = crawl();
  EXPECT_EQ(stats.fetched, 3u);
  EXPECT_TRUE(stats.out_of_budget);
}

TEST_F(SiteTest, MaxPagesCountsTheRecordsNotWhatTurnsOutToBeNone) {
  options_.budget.max_pages = 10;
  std::vector<std::string> links;
  for (int i = 0; i < 50; ++i) {
    const std::string url = "http://a.test/" + std::to_string(i);
    links.push_back(url);
    if (i % 2 == 0) {
      fetcher_.reply(url, {.status = 302, .location = "http://a.test/"});
    } else if (i % 3 == 0) {
      fetcher_.reply(url, {.error = ErrorKind::kContentType});
    }
  }
  page("http://a.test/", links);
  const CrawlStats stats = crawl();
  EXPECT_EQ(urls().size(), 10u);
  EXPECT_EQ(stats.fetched, 10u);
  EXPECT_TRUE(stats.out_of_budget);
}

TEST_F(SiteTest, LimitThatEndsNothingIsNotSaidToHaveEndedIt) {
  options_.budget.max_pages = 2;
  page("http://a.test/", {"http://a.test/1"});
  EXPECT_FALSE(crawl().out_of_budget);
}

TEST_F(SiteTest, MaxPagesEndsItThoughAHostHasToWait) {
  options_.budget.max_pages = 3;
  options_.site->scope.kind = ScopeKind::kAny;
  fetcher_.reply("http://slow.test/robots.txt",
                 {.status = 503, .retry_after = "3600"});
  page("http://a.test/", {"http://slow.test/1", "http://a.test/1",
                          "http://a.test/2", "http://a.test/3"});
  const CrawlStats stats = crawl();
  EXPECT_EQ(stats.fetched, 3u);
  EXPECT_LT(stats.elapsed, 10s);
}

// It gives up its place to pages that need not wait.
TEST_F(SiteTest, MaxPagesAreHadThoughAPageHasToWait) {
  options_.budget.max_pages = 3;
  options_.site->scope.kind = ScopeKind::kAny;
  fetcher_.reply("http://slow.test/1", {.status = 503, .retry_after = "3600"});
  page("http://a.test/", {"http://slow.test/1", "http://a.test/1",
                          "http://a.test/2", "http://a.test/3"});
  const CrawlStats stats = crawl();
  EXPECT_EQ(stats.fetched, 3u);
  EXPECT_TRUE(stats.out_of_budget);
  EXPECT_LT(stats.elapsed, 20s);
}

TEST_F(SiteTest, MaxTimeIsKeptWhileTheInputIsOpen) {
  class OpenInput final : public SeedSource {
   public:
    Status next(std::string& /*line*/) override { return Status::kPending; }
  };
  options_.budget.max_time = 5s;
  std::size_t waits = 0;
  fetcher_.before_wait([&] { ++waits; });
  auto store = FileState::open({});
  ASSERT_TRUE(store);
  for (const bool site : {true, false}) {
    if (!site) options_.site.reset();
    OpenInput input;
    Crawler crawler(options_, fetcher_, {}, clock_, nullptr, store->get());
    const Result<CrawlStats> stats = crawler.run(input);
    ASSERT_TRUE(stats);
    EXPECT_EQ(stats->elapsed, 5s);
    EXPECT_TRUE(stats->out_of_budget);
  }
  EXPECT_LT(waits, 5u);
}

// More hosts that want to be left alone than the window has room for pages.
TEST_F(SiteTest, HostsThatMustWaitDoNotHoldUpTheOthers) {
  options_.site->scope.kind = ScopeKind::kAny;
  options_.budget.max_time = 60s;
  std::vector<std::string> links;
  for (int host = 0; host < 2'500; ++host) {
    const std::string origin = "http://h" + std::to_string(host) + ".test";
    fetcher_.reply(origin + "/robots.txt", {.status = 503});
    for (int i = 0; i < 8; ++i) {
      links.push_back(origin + "/" + std::to_string(i));
    }
  }
  no_robots("http://good.test");
  links.push_back("http://good.test/");
  page("http://a.test/", links);
  crawl();
  Clock::time_point at{};
  for (const FakeFetcher::Start& start : fetcher_.starts()) {
    if (start.url == "http://good.test/") at = start.time;
  }
  EXPECT_LT(at - fetcher_.starts().front().time, 15s);
  EXPECT_GT(at, fetcher_.starts().front().time);
}

TEST_F(SiteTest, NamesAtOneAddressAreOneHostIfAsked) {
  options_.jobs = 16;
  options_.per_host = 2;
  options_.pace_by_address = true;
  std::vector<std::string> seeds;
  for (int i = 0; i < 8; ++i) {
    const std::string origin = "http://n" + std::to_string(i) + ".test";
    no_robots(origin);
    seeds.push_back(origin + "/");
    std::vector<std::string> links;
    for (int k = 0; k < 5; ++k) {
      links.push_back(origin + "/" + std::to_string(k));
    }
    page(origin + "/", links);
  }
  std::size_t most = 0;
  fetcher_.before_wait([&] {
    // Once each name has answered, robots.txt and all.
    if (fetcher_.starts().size() > 24) {
      most = std::max(most, fetcher_.in_flight_of(""));
    }
  });
  EXPECT_EQ(crawl(seeds).fetched, 48u);
  EXPECT_EQ(most, 2u);
}

TEST_F(SiteTest, PagesOfAHostAreThoseOfItsNameAndOfAllRuns) {
  const testing::TempDir folder;
  state_ = folder.file("state.db");
  no_robots("https://a.test");
  no_robots("http://a.test:81");
  options_.site->scope.traps.pages_per_host = 6;
  std::vector<std::string> links;
  for (int i = 0; i < 10; ++i) {
    links.push_back("http://a.test/" + std::to_string(i));
    links.push_back("https://a.test/s" + std::to_string(i));
  }
  page("http://a.test/", links);
  page("http://a.test/0", {"http://a.test:81/late"});
  for (const std::uint64_t pages : {2U, 4U, 5U, 0U}) {
    options_.budget.max_pages = pages;
    crawl();
  }
  EXPECT_EQ(urls().size(), 6u);
  EXPECT_EQ(skips().size(), 16u);
}

TEST_F(SiteTest, SeedBeyondThePagesOfItsHostHasItsRecord) {
  options_.site->scope.traps.pages_per_host = 2;
  crawl({"http://a.test/", "http://a.test/1", "http://a.test/2"});
  EXPECT_EQ(urls().size(), 3u);
  EXPECT_EQ(record("http://a.test/2")["error"], "limit");
}

}  // namespace
}  // namespace crawl::testing
