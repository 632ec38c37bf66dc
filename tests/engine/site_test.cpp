// Recursive crawls on a fake web, by a clock that only the fake web moves.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "crawl/engine/crawler.h"
#include "crawl/frontier/state_store.h"
#include "crawl/writer/fields.h"
#include "engine/site_crawl.h"
#include "support/fake_fetcher.h"
#include "support/manual_clock.h"
#include "support/temp_dir.h"

namespace crawl {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FakeFetcher;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ManualClock;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class MemoryOutput final : public OutputStream {
 public:
  explicit MemoryOutput(std::string& text) : text_(text) {}
  Result<void> write(std::string_view lines) override {
    text_ += lines;
    return {};
  }
  Result<void> flush() override { return {}; }
  std::uint64_t length() const override { return text_.size(); }
  bool closed_by_reader() const override { return false; }

 private:
  std::string& text_;
};

class SiteTest : public ::testing::Test {
 protected:
  SiteTest() {
    options_.jobs = 4;
    options_.site.emplace();
    no_robots("http://a.test");
  }

  void no_robots(const std::string& origin) {
    fetcher_.reply(origin + "/robots.txt", {.status = 404});
  }
  void page(const std::string& url, std::vector<std::string> links) {
    fetcher_.reply(url, {.title = url, .links = std::move(links)});
  }

  CrawlStats crawl(std::vector<std::string> lines = {"http://a.test/"}) {
    auto store = StateStore::open({.path = state_, .settings = {}});
    EXPECT_TRUE(store) << store.error().message;
    const auto seeds = make_seeds(std::move(lines));
    const auto writer_to = [](std::string& text) {
      return std::make_unique<ResultWriter>(
          std::make_unique<MemoryOutput>(text),
          make_formatter(OutputFormat::kJsonl,
                         *parse_field_list("+duplicate_of")),
          false);
    };
    const auto writer = writer_to(out_);
    const auto skipped = writer_to(skipped_);
    Crawler crawler(options_, fetcher_, *writer, clock_, nullptr,
                    {store->get(), skipped.get()});
    crawler_ = &crawler;
    const Result<CrawlStats> stats = crawler.run(*seeds);
    crawler_ = nullptr;
    EXPECT_TRUE(stats) << stats.error().message;
    EXPECT_TRUE(stats->adds_up())
        << stats->admitted << " = " << stats->fetched << " + " << stats->failed
        << " + " << stats->skipped << " + " << stats->left;
    return *stats;
  }

  static std::vector<json> parse(const std::string& text) {
    std::vector<json> all;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      all.push_back(json::parse(line));
    }
    return all;
  }
  std::vector<json> records() const { return parse(out_); }
  json record(const std::string& url) const {
    for (const json& each : records()) {
      if (each["url"] == url) return each;
    }
    ADD_FAILURE() << "no record of " << url;
    return {};
  }
  std::vector<std::string> urls() const {
    std::vector<std::string> all;
    for (const json& each : records()) all.push_back(each["url"]);
    return all;
  }
  // "URL: kind" of everything skipped.
  std::vector<std::string> skips() const {
    std::vector<std::string> all;
    for (const json& each : parse(skipped_)) {
      all.push_back(each["url"].get<std::string>() + ": " +
                    each["error"].get<std::string>());
    }
    return all;
  }
  std::size_t asked(const std::string& url) const {
    const auto started = fetcher_.started_urls();
    return static_cast<std::size_t>(
        std::count(started.begin(), started.end(), url));
  }

  ManualClock clock_;
  FakeFetcher fetcher_{clock_};
  CrawlOptions options_;
  std::string state_;
  std::string out_, skipped_;
  Crawler* crawler_ = nullptr;
};

TEST_F(SiteTest, FollowsLinksAndFetchesEachUrlOnce) {
  page("http://a.test/", {"http://a.test/1", "http://a.test/2#x"});
  page("http://a.test/1",
       {"http://a.test/", "http://a.test/2", "http://a.test/3"});
  page("http://a.test/2", {"http://a.test/1#y", "http://a.test/3"});
  const CrawlStats stats = crawl();
  EXPECT_THAT(urls(),
              UnorderedElementsAre("http://a.test/", "http://a.test/1",
                                   "http://a.test/2", "http://a.test/3"));
  EXPECT_EQ(fetcher_.starts().size(), 5u) << "robots.txt and four pages";
  EXPECT_EQ(stats.fetched, 4u);
  EXPECT_EQ(record("http://a.test/3")["depth"], 2);
  EXPECT_EQ(record("http://a.test/1")["parent"], "http://a.test/");
}

TEST_F(SiteTest, LeavesOtherHostsAloneAndSaysSo) {
  page("http://a.test/",
       {"http://b.test/x", "https://www.a.test/same", "http://b.test/x"});
  no_robots("https://www.a.test");
  crawl();
  EXPECT_THAT(urls(), UnorderedElementsAre("http://a.test/",
                                           "https://www.a.test/same"));
  EXPECT_THAT(skips(), ElementsAre("http://b.test/x: scope"));
}

TEST_F(SiteTest, DepthIsCountedInLinks) {
  options_.site->depth = 1;
  page("http://a.test/", {"http://a.test/1"});
  page("http://a.test/1", {"http://a.test/2"});
  crawl();
  EXPECT_THAT(urls(),
              UnorderedElementsAre("http://a.test/", "http://a.test/1"));
  EXPECT_THAT(skips(), ElementsAre("http://a.test/2: limit"));
}

TEST_F(SiteTest, MaxPagesEndsTheCrawlInGoodOrder) {
  options_.site->max_pages = 3;
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

TEST_F(SiteTest, MaxTimeEndsTheCrawl) {
  options_.site->max_time = 100ms;
  for (int i = 0; i < 100; ++i) {
    page("http://a.test/" + (i == 0 ? "" : std::to_string(i)),
         {"http://a.test/" + std::to_string(i + 1)});
  }
  EXPECT_LE(crawl().fetched, 11u);
}

TEST_F(SiteTest, PageBudgetOfAHostHolds) {
  options_.site->scope.traps.pages_per_host = 5;
  std::vector<std::string> links;
  for (int i = 0; i < 20; ++i)
    links.push_back("http://a.test/" + std::to_string(i));
  page("http://a.test/", links);
  const CrawlStats stats = crawl();
  EXPECT_EQ(stats.fetched, 5u);
  EXPECT_EQ(stats.skipped, 16u);
}

TEST_F(SiteTest, NofollowIsObeyedWhereverItIsSaid) {
  page("http://a.test/", {"nofollow http://a.test/rel", "http://a.test/meta",
                          "http://a.test/header", "http://a.test/other"});
  fetcher_.reply("http://a.test/meta", {.links = {"http://a.test/x1"},
                                        .meta_robots = "NoIndex, NoFollow"});
  fetcher_.reply("http://a.test/header", {.links = {"http://a.test/x2"},
                                          .x_robots_tag = "crawl: none"});
  fetcher_.reply("http://a.test/other", {.links = {"http://a.test/y"},
                                         .x_robots_tag = "otherbot: none"});
  crawl();
  EXPECT_THAT(urls(), Contains("http://a.test/y"));
  EXPECT_THAT(urls(), Not(Contains(HasSubstr("/x"))));
  EXPECT_THAT(skips(), ElementsAre("http://a.test/rel: nofollow"));
}

TEST_F(SiteTest, UrlSkippedForNofollowIsFetchedWhenAnotherPageLinksToIt) {
  page("http://a.test/", {"nofollow http://a.test/x", "http://a.test/1"});
  page("http://a.test/1", {"http://a.test/x"});
  crawl();
  EXPECT_THAT(urls(), Contains("http://a.test/x"));
}

TEST_F(SiteTest, ReportsTheSameBodyAtAnotherUrl) {
  options_.jobs = 1;
  page("http://a.test/", {"http://a.test/1", "http://a.test/2"});
  fetcher_.reply("http://a.test/1", {.body = "same"});
  fetcher_.reply("http://a.test/2", {.body = "same"});
  crawl();
  EXPECT_EQ(record("http://a.test/1")["duplicate_of"], nullptr);
  EXPECT_EQ(record("http://a.test/2")["duplicate_of"], "http://a.test/1");
}

// --- redirects

TEST_F(SiteTest, RedirectOutOfScopeIsRecordedNotFollowed) {
  fetcher_.reply("http://a.test/",
                 {.status = 301, .location = "http://b.test/"});
  const CrawlStats stats = crawl();
  EXPECT_EQ(asked("http://b.test/"), 0u);
  EXPECT_EQ(record("http://a.test/")["error"], "scope");
  EXPECT_THAT(record("http://a.test/")["error_message"].get<std::string>(),
              HasSubstr("http://b.test/"));
  EXPECT_EQ(stats.skipped, 1u);
}

TEST_F(SiteTest, RedirectTargetIsFetchedOnceHoweverManyLeadThere) {
  page("http://a.test/",
       {"http://a.test/old1", "http://a.test/old2", "http://a.test/new"});
  for (const char* old : {"http://a.test/old1", "http://a.test/old2"}) {
    fetcher_.reply(old, {.status = 302, .location = "/new"});
  }
  crawl();
  EXPECT_EQ(asked("http://a.test/new"), 1u);
  EXPECT_THAT(skips(), UnorderedElementsAre("http://a.test/old1: duplicate",
                                            "http://a.test/old2: duplicate"));
}

TEST_F(SiteTest, PageBehindARedirectIsNotFetchedAgainWhenLinked) {
  options_.jobs = 1;
  fetcher_.reply("http://a.test/", {.status = 302, .location = "/home"});
  page("http://a.test/home", {"http://a.test/home", "http://a.test/1"});
  page("http://a.test/1", {"http://a.test/home"});
  crawl();
  EXPECT_EQ(asked("http://a.test/home"), 1u);
  EXPECT_EQ(record("http://a.test/")["final_url"], "http://a.test/home");
}

// --- robots.txt

TEST_F(SiteTest, Rfc9309_RobotsIsAskedOnceBeforeAnythingElse) {
  page("http://a.test/", {"http://a.test/1", "http://a.test/2"});
  crawl();
  EXPECT_EQ(fetcher_.starts()[0].url, "http://a.test/robots.txt");
  EXPECT_EQ(asked("http://a.test/robots.txt"), 1u);
}

TEST_F(SiteTest, Rfc9309_DisallowedUrlsAreSkippedWithTheRule) {
  fetcher_.reply("http://r.test/robots.txt",
                 {.body = "User-agent: *\nDisallow: /private\n"});
  page("http://r.test/", {"http://r.test/private/1", "http://r.test/open"});
  crawl({"http://r.test/"});
  EXPECT_THAT(urls(),
              UnorderedElementsAre("http://r.test/", "http://r.test/open"));
  ASSERT_THAT(skips(), ElementsAre("http://r.test/private/1: robots"));
  EXPECT_THAT(skipped_, HasSubstr("line 2: Disallow: /private"));
  EXPECT_EQ(asked("http://r.test/private/1"), 0u);
}

TEST_F(SiteTest, Rfc9309_ServerErrorDisallowsAllUntilItIsMended) {
  fetcher_.reply("http://r.test/robots.txt", {.status = 503});
  fetcher_.reply("http://r.test/robots.txt", {.status = 404});
  page("http://r.test/", {});
  const CrawlStats stats = crawl({"http://r.test/"});
  EXPECT_EQ(stats.fetched, 1u);
  ASSERT_GE(fetcher_.starts().size(), 3u);
  EXPECT_GE(fetcher_.starts()[1].time - fetcher_.starts()[0].time, 1s);
  EXPECT_EQ(fetcher_.starts()[1].url, "http://r.test/robots.txt");
}

TEST_F(SiteTest, Rfc9309_RobotsThatNeverComesSkipsTheHost) {
  fetcher_.reply("http://r.test/robots.txt", {.error = ErrorKind::kTimeout});
  const CrawlStats stats = crawl({"http://r.test/", "http://a.test/"});
  EXPECT_EQ(asked("http://r.test/"), 0u);
  EXPECT_EQ(record("http://r.test/")["error"], "robots");
  EXPECT_EQ(stats.fetched, 1u);
  EXPECT_EQ(stats.skipped, 1u);
}

TEST_F(SiteTest, Rfc9309_RobotsRedirectsAreFollowedForTheFirstHost) {
  fetcher_.reply("http://r.test/robots.txt",
                 {.status = 301, .location = "https://cdn.test/robots.txt"});
  fetcher_.reply("https://cdn.test/robots.txt",
                 {.body = "User-agent: crawl\nDisallow: /x\n"});
  page("http://r.test/", {"http://r.test/x"});
  crawl({"http://r.test/"});
  EXPECT_THAT(skips(), ElementsAre("http://r.test/x: robots"));
}

TEST_F(SiteTest, Rfc9309_RobotsIsAskedAgainAfterADay) {
  options_.jobs = 1;
  page("http://a.test/", {"http://a.test/1"});
  fetcher_.reply("http://a.test/",
                 {.latency = 25h, .links = {"http://a.test/1"}});
  crawl({"http://a.test/0", "http://a.test/"});
  page("http://a.test/0", {});
  EXPECT_GE(asked("http://a.test/robots.txt"), 1u);
}

TEST_F(SiteTest, NoRobotsAsksForNone) {
  options_.robots = RobotsMode::kNever;
  page("http://a.test/", {});
  crawl();
  EXPECT_EQ(asked("http://a.test/robots.txt"), 0u);
}

TEST_F(SiteTest, CrawlDelayIsKept) {
  fetcher_.reply("http://r.test/robots.txt",
                 {.body = "User-agent: *\nCrawl-delay: 2\n"});
  page("http://r.test/", {"http://r.test/1", "http://r.test/2"});
  crawl({"http://r.test/"});
  const auto& starts = fetcher_.starts();
  for (std::size_t i = 2; i < starts.size(); ++i) {
    EXPECT_GE(starts[i].time - starts[i - 1].time, 2s) << starts[i].url;
  }
}

TEST_F(SiteTest, ListModeAsksRobotsOnlyWhenToldTo) {
  options_.site.reset();
  fetcher_.reply("http://r.test/robots.txt",
                 {.body = "User-agent: *\nDisallow: /\n"});
  const auto run = [&] {
    const auto seeds = make_seeds({"http://r.test/x"});
    ResultWriter writer(std::make_unique<MemoryOutput>(out_),
                        make_formatter(OutputFormat::kJsonl, default_fields()),
                        false);
    Crawler crawler(options_, fetcher_, writer, clock_);
    return *crawler.run(*seeds);
  };
  EXPECT_EQ(run().fetched, 1u);
  options_.robots = RobotsMode::kAlways;
  EXPECT_EQ(run().skipped, 1u);
}

// --- sitemaps

TEST_F(SiteTest, SitemapsNamedByRobotsAreRead) {
  fetcher_.reply("http://r.test/robots.txt",
                 {.body = "Sitemap: http://r.test/index.xml\n"});
  fetcher_.reply(
      "http://r.test/index.xml",
      {.body = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/"
               "sitemap/0.9'><sitemap><loc>http://r.test/map.xml</loc>"
               "</sitemap><sitemap><loc>http://r.test/index.xml</loc>"
               "</sitemap></sitemapindex>"});
  fetcher_.reply(
      "http://r.test/map.xml",
      {.body = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/"
               "0.9'><url><loc>http://r.test/only-here</loc></url>"
               "<url><loc>http://elsewhere.test/</loc></url></urlset>"});
  page("http://r.test/", {});
  fetcher_.expect_wakes();  // the sitemap is read on a thread
  crawl({"http://r.test/"});
  EXPECT_THAT(urls(), UnorderedElementsAre("http://r.test/",
                                           "http://r.test/only-here"));
  EXPECT_THAT(skips(), ElementsAre("http://elsewhere.test/: scope"));
  EXPECT_EQ(asked("http://r.test/index.xml"), 1u);
}

// --- politeness

TEST_F(SiteTest, SlowDownHoldsTheHostAndTheUrlIsTriedAgain) {
  options_.per_host = 1;
  page("http://a.test/", {"http://a.test/1", "http://a.test/2"});
  fetcher_.reply("http://a.test/1", {.status = 429, .retry_after = "30"});
  fetcher_.reply("http://a.test/1", {.title = "At last"});
  const CrawlStats stats = crawl();
  EXPECT_EQ(stats.fetched, 3u);
  const auto& starts = fetcher_.starts();
  for (std::size_t i = 0; i + 1 < starts.size(); ++i) {
    if (starts[i].url != "http://a.test/1") continue;
    EXPECT_GE(starts[i + 1].time - starts[i].time, 30s);
    break;
  }
}

TEST_F(SiteTest, DelayHoldsForRobotsToo) {
  options_.pace.delay = 1s;
  page("http://a.test/", {"http://a.test/1", "http://a.test/2"});
  crawl();
  const auto& starts = fetcher_.starts();
  ASSERT_EQ(starts.size(), 4u);
  for (std::size_t i = 1; i < starts.size(); ++i) {
    EXPECT_GE(starts[i].time - starts[i - 1].time, 1s);
  }
}

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
  Crawler crawler(options_, fetcher_, writer, clock_);
  ASSERT_TRUE(crawler.run(*seeds));
  ASSERT_EQ(fetcher_.starts().size(), 2u);
  EXPECT_TRUE(fetcher_.starts()[0].allow_private);
  EXPECT_FALSE(fetcher_.starts()[1].allow_private);
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

TEST(SaysNofollow, ReadsMetaAndHeaderForms) {
  EXPECT_TRUE(says_nofollow("nofollow", "crawl"));
  EXPECT_TRUE(says_nofollow("noindex , NOFOLLOW", "crawl"));
  EXPECT_TRUE(says_nofollow("none", "crawl"));
  EXPECT_TRUE(says_nofollow("otherbot: noindex, crawl: nofollow", "crawl"));
  EXPECT_FALSE(says_nofollow("otherbot: nofollow", "crawl"));
  EXPECT_FALSE(
      says_nofollow("unavailable_after: 25 Jun 2030, follow", "crawl"));
  EXPECT_FALSE(says_nofollow("", "crawl"));
}

}  // namespace
}  // namespace crawl
