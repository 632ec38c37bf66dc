// Where a recursive crawl may not go, and what it may not lose.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "engine/site_fixture.h"
#include "support/temp_dir.h"

namespace crawl::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

// --- addresses

TEST_F(SiteTest, LinksOnPublicPagesMayNotReachPrivateAddresses) {
  options_.site->scope.kind = ScopeKind::kAny;
  no_robots("http://10.0.0.1");
  page("http://a.test/", {"http://10.0.0.1/admin"});
  crawl();
  for (const FakeFetcher::Start& start : fetcher_.starts()) {
    if (start.url.starts_with("http://10.0.0.1")) {
      EXPECT_FALSE(start.allow_private) << start.url;
    }
  }
  EXPECT_TRUE(fetcher_.starts()[0].allow_private) << "a seed may";
}

TEST_F(SiteTest, LinksOnPrivatePagesMayStayPrivate) {
  fetcher_.reply("http://10.0.0.1/robots.txt",
                 {.status = 404, .remote_ip = "10.0.0.1"});
  fetcher_.reply("http://10.0.0.1/",
                 {.links = {"http://10.0.0.1/1"}, .remote_ip = "10.0.0.1"});
  fetcher_.reply("http://10.0.0.1/1",
                 {.links = {"http://10.0.0.1/2"}, .remote_ip = "10.0.0.1"});
  fetcher_.reply("http://10.0.0.1/2", {.remote_ip = "10.0.0.1"});
  crawl({"http://10.0.0.1/"});
  for (const FakeFetcher::Start& start : fetcher_.starts()) {
    EXPECT_TRUE(start.allow_private) << start.url;
  }
}

TEST_F(SiteTest, RedirectFromAPublicPageMayNotReachAPrivateAddress) {
  options_.site.reset();
  fetcher_.reply("http://public.test/",
                 {.status = 302, .location = "http://127.0.0.1/"});
  const auto seeds = make_seeds({"http://public.test/"});
  ResultWriter writer(std::make_unique<MemoryOutput>(out_),
                      make_formatter(OutputFormat::kJsonl, default_fields()),
                      false);
  Crawler crawler(options_, fetcher_, {&writer}, clock_);
  ASSERT_TRUE(crawler.run(*seeds));
  ASSERT_EQ(fetcher_.starts().size(), 2u);
  EXPECT_TRUE(fetcher_.starts()[0].allow_private);
  EXPECT_FALSE(fetcher_.starts()[1].allow_private);
}

TEST_F(SiteTest, RedirectsOfRobotsMayNotReachAPrivateAddress) {
  fetcher_.reply("http://r.test/robots.txt",
                 {.status = 301, .location = "http://127.0.0.1/robots.txt"});
  fetcher_.reply("http://127.0.0.1/robots.txt", {.status = 404});
  crawl({"http://r.test/"});
  EXPECT_THAT(private_allowed("http://r.test/"), Each(true)) << "a seed may";
  EXPECT_THAT(private_allowed("http://127.0.0.1/"), ElementsAre(false));
}

TEST_F(SiteTest, PageAtABlockedAddressIsSaidToBeAtOnce) {
  options_.site->scope.kind = ScopeKind::kAny;
  page("http://a.test/", {"http://10.0.0.1/1", "http://10.0.0.1/2"});
  fetcher_.reply("http://10.0.0.1/robots.txt",
                 {.error = ErrorKind::kBlockedAddress});
  const CrawlStats stats = crawl();
  EXPECT_THAT(skips(),
              UnorderedElementsAre("http://10.0.0.1/1: blocked_address",
                                   "http://10.0.0.1/2: blocked_address"));
  EXPECT_EQ(asked("http://10.0.0.1/robots.txt"), 1u);
  EXPECT_LT(stats.elapsed, 1s);
}

// Every address is the proxy's then, and that is often at this machine.
TEST_F(SiteTest, ProxyAtAPrivateAddressMakesNoHostPrivate) {
  options_.fetch.proxy = "http://127.0.0.1:3128";
  options_.pace.delay = 1s;
  options_.site->scope.kind = ScopeKind::kAny;
  for (const char* url : {"http://p.test/robots.txt", "http://p.test/"}) {
    fetcher_.reply(url,
                   {.links = {"http://10.0.0.1/"}, .remote_ip = "127.0.0.1"});
  }
  crawl({"http://p.test/"});
  EXPECT_THAT(private_allowed("http://10.0.0.1/"), Not(Contains(true)));
  EXPECT_GE(fetcher_.starts()[1].time - fetcher_.starts()[0].time, 1s);
}

// --- state

TEST_F(SiteTest, StoppedCrawlGoesOnAndFetchesEveryPageExactlyOnce) {
  const testing::TempDir folder;
  state_ = folder.file("state.db");
  for (int i = 0; i < 60; ++i) {
    const std::string url =
        "http://a.test/" + (i == 0 ? "" : std::to_string(i));
    page(url, {"http://a.test/" + std::to_string(2 * i + 1),
               "http://a.test/" + std::to_string(2 * i + 2)});
  }
  int waits = 0;
  fetcher_.before_wait([&] {
    if (++waits % 12 == 0 && crawler_ != nullptr) crawler_->request_stop();
  });
  CrawlStats stats = crawl();
  EXPECT_GT(stats.left, 0u);
  int runs = 1;
  while (stats.left > 0 && ++runs < 100) stats = crawl();
  EXPECT_GT(runs, 3);
  const std::vector<std::string> all = urls();
  EXPECT_EQ(all.size(), 121u);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 121u);
  EXPECT_EQ(stats.fetched, 121u) << "totals are those of the whole crawl";
}

}  // namespace
}  // namespace crawl::testing
