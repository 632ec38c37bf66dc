// What a recursive crawl fetches, what it leaves out, and when.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "engine/site_fixture.h"
#include "engine/site_queue.h"
#include "support/temp_dir.h"

namespace crawl::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

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

TEST_F(SiteTest, QueryIsCleanedBeforeAUrlIsKnown) {
  options_.site->cleaner = {.strip_query_params = {"utm_*"},
                            .sort_query = true};
  page("http://a.test/", {"http://a.test/p?b=2&a=1", "http://a.test/p?a=1&b=2",
                          "http://a.test/p?a=1&utm_source=x&b=2"});
  crawl();
  EXPECT_THAT(urls(), UnorderedElementsAre("http://a.test/",
                                           "http://a.test/p?a=1&b=2"));
}

TEST_F(SiteTest, SpellingsOfOneUrlAreOneAskedForAsWrittenFirst) {
  page("http://a.test/",
       {"http://a.test/%7Eme", "http://a.test/~me", "http://a.test/%7eme",
        "http://a.test/%41%2f", "http://a.test/A%2F"});
  crawl();
  EXPECT_THAT(urls(),
              UnorderedElementsAre("http://a.test/", "http://a.test/%7Eme",
                                   "http://a.test/%41%2f"));
}

TEST_F(SiteTest, RedirectToAnotherSpellingIsFollowed) {
  page("http://a.test/", {"http://a.test/%7Eme"});
  fetcher_.reply("http://a.test/%7Eme", {.status = 301, .location = "/~me"});
  crawl();
  EXPECT_EQ(record("http://a.test/%7Eme")["final_url"], "http://a.test/~me");
}

TEST_F(SiteTest, SessionIdsInPathsMakeNoNewPages) {
  page("http://a.test/", {"http://a.test/p;jsessionid=1", "http://a.test/p",
                          "http://a.test/p;jsessionid=2?PHPSESSID=3"});
  crawl();
  EXPECT_THAT(urls(),
              UnorderedElementsAre("http://a.test/", "http://a.test/p"));
}

TEST_F(SiteTest, TrapsAreSkippedAndNamed) {
  std::string deep = "http://a.test";
  for (int i = 0; i < 30; ++i) deep += "/" + std::to_string(i);
  page("http://a.test/",
       {deep, "http://a.test/a/b/a/b/a/b/a/b", "http://a.test/ok"});
  const CrawlStats stats = crawl();
  EXPECT_THAT(urls(),
              UnorderedElementsAre("http://a.test/", "http://a.test/ok"));
  EXPECT_THAT(skips(),
              UnorderedElementsAre(deep + ": trap",
                                   "http://a.test/a/b/a/b/a/b/a/b: trap"));
  EXPECT_THAT(skipped_, HasSubstr("path is 30 segments deep (limit 20)"));
  EXPECT_EQ(stats.skipped, 2u);
}

TEST_F(SiteTest, SkippedSeedIsInTheOutputAndAmongTheSkipped) {
  fetcher_.reply("http://r.test/robots.txt",
                 {.body = "User-agent: *\nDisallow: /\n"});
  const CrawlStats stats = crawl({"http://r.test/"});
  EXPECT_EQ(record("http://r.test/")["error"], "robots");
  EXPECT_THAT(skips(), ElementsAre("http://r.test/: robots"));
  EXPECT_EQ(stats.admitted, 1u);
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

// Where a page only sends its readers on, the crawl goes on there too.
TEST_F(SiteTest, ARefreshIsFollowedWhereNoOtherLinkIs) {
  const struct {
    std::vector<std::string> links;
    bool followed;
  } kCases[] = {
      {{"refresh http://a.test/next"}, true},
      // What leads nowhere is no other link.
      {{"http://a.test/#top", "refresh http://a.test/next"}, true},
      {{"nofollow http://a.test/x", "refresh http://a.test/next"}, true},
      {{"http://elsewhere.test/", "refresh http://a.test/next"}, true},
      {{"http://a.test/x", "refresh http://a.test/next"}, false},
      {{"refresh http://a.test/next", "http://a.test/x"}, false},
  };
  int number = 0;
  for (const auto& one : kCases) {
    const std::string origin = "http://" + std::to_string(++number) + ".a.test";
    no_robots(origin);
    std::vector<std::string> links = one.links;
    for (std::string& link : links) {
      const std::size_t at = link.find("http://a.test");
      if (at != link.npos) link.replace(at, 13, origin);
    }
    page(origin + "/", links);
    crawl({origin + "/"});
    EXPECT_EQ(asked(origin + "/next"), one.followed ? 1u : 0u)
        << ::testing::PrintToString(one.links);
  }
}

TEST_F(SiteTest, ARefreshIsALinkOfAMetaElementToThoseWhoNameThem) {
  page("http://a.test/", {"http://a.test/x", "refresh http://a.test/next"});
  page("http://a.test/x", {"refresh http://a.test/lone"});
  options_.site->follow_lone_refresh = false;
  crawl();
  EXPECT_THAT(urls(), ElementsAre("http://a.test/", "http://a.test/x"));
  options_.site->follow = {LinkElement::kA, LinkElement::kMeta};
  out_.clear();
  crawl();
  EXPECT_THAT(urls(),
              UnorderedElementsAre("http://a.test/", "http://a.test/x",
                                   "http://a.test/next", "http://a.test/lone"));
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
  EXPECT_THAT(skips(), UnorderedElementsAre("http://a.test/rel: nofollow",
                                            "http://a.test/x1: nofollow",
                                            "http://a.test/x2: nofollow"));
}

// The crawl is killed between its runs, too: what the second skips anew must
// not be listed twice.
TEST_F(SiteTest, SkippedHasNoUrlTwiceAfterAResume) {
  const testing::TempDir folder;
  state_ = folder.file("state.db");
  for (int i = 0; i < 40; ++i) {
    page("http://a.test/" + (i == 0 ? "" : std::to_string(i)),
         {"http://a.test/" + std::to_string(i + 1),
          "nofollow http://a.test/never", "http://elsewhere.test/"});
  }
  options_.budget.max_pages = 5;
  crawl();
  options_.budget.max_pages = 30;
  crawl();
  EXPECT_THAT(skips(), UnorderedElementsAre("http://a.test/never: nofollow",
                                            "http://elsewhere.test/: scope"));
}

TEST_F(SiteTest, SeedThatIsNotFetchedIsToldApartFromOneThatIs) {
  fetcher_.reply("http://r.test/robots.txt",
                 {.body = "User-agent: *\nDisallow: /no\n"});
  fetcher_.reply("http://a.test/image", {.error = ErrorKind::kContentType});
  EXPECT_EQ(crawl({"http://a.test/", "http://a.test/"}).seeds_skipped, 0u);
  const CrawlStats stats =
      crawl({"http://a.test/", "http://r.test/no", "http://a.test/image"});
  EXPECT_EQ(stats.seeds_skipped, 2u);
  EXPECT_EQ(record("http://r.test/no")["attempts"], 0);
  EXPECT_EQ(record("http://r.test/no")["error"], "robots");
}

TEST_F(SiteTest, SeedThatCannotBeReachedEndsAsInAList) {
  fetcher_.reply("http://none.test/robots.txt", {.error = ErrorKind::kDns});
  fetcher_.reply("http://shut.test/robots.txt", {.error = ErrorKind::kConnect});
  const CrawlStats stats =
      crawl({"http://none.test/", "http://shut.test/", "http://a.test/"});
  EXPECT_EQ(record("http://none.test/")["error"], "dns");
  EXPECT_EQ(record("http://shut.test/")["error"], "connect");
  EXPECT_EQ(stats.failed, 2u);
  EXPECT_LT(stats.elapsed, 5s);
}

TEST_F(SiteTest, PatternsThatFitNothingAreSaid) {
  page("http://a.test/", {"http://a.test/1", "http://a.test/2"});
  options_.site->scope.include = {"/2$"};
  EXPECT_FALSE(crawl().nothing_included);
  options_.site->scope.include = {"/3$"};
  EXPECT_TRUE(crawl().nothing_included);
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

TEST_F(SiteTest, PagesThatOnlyLeadToCopiesOfThemselvesEnd) {
  options_.site->max_duplicates = 10;
  options_.site->scope.traps = {0, 0, 0, 0, 0, 0};
  // A catch-all, as far as anybody will look.
  const std::function<void(const std::string&, int)> catch_all =
      [&](const std::string& url, int levels) {
        FakeFetcher::Reply reply{.body = "the same"};
        for (const char* name : {"a/", "b/", "c/", "d/"}) {
          reply.links.push_back(url + name);
          if (levels > 0) catch_all(url + name, levels - 1);
        }
        fetcher_.reply(url, reply);
      };
  catch_all("http://a.test/", 5);
  const CrawlStats stats = crawl();
  // The page, its four, their sixteen, and what ten of those lead to.
  EXPECT_EQ(stats.fetched, 61u);
  EXPECT_THAT(skips(), Contains(HasSubstr(": trap")));
  EXPECT_THAT(skipped_, HasSubstr("--max-duplicates 10"));
  EXPECT_THAT(notices_.all, ElementsAre(HasSubstr("below http://a.test/")));
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

TEST_F(SiteTest, EveryUrlOfACookieWallIsLetIn) {
  for (const char* path : {"robots.txt", "", "1", "2"}) {
    const std::string url = std::string("http://w.test/") + path;
    fetcher_.reply(url, {.status = 302,
                         .location = url,
                         .set_cookies = {"seen=1"},
                         .wants_cookie = "seen=1"});
  }
  const CrawlStats stats =
      crawl({"http://w.test/", "http://w.test/1", "http://w.test/2"});
  EXPECT_EQ(stats.fetched, 3u);
  EXPECT_EQ(asked("http://w.test/robots.txt"), 2u);
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
  fetcher_.reply("http://r.test/robots.txt", {.error = ErrorKind::kClosed});
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
  fetcher_.reply("http://a.test/",
                 {.latency = 25h, .links = {"http://a.test/1"}});
  crawl();
  EXPECT_EQ(asked("http://a.test/robots.txt"), 2u);
  EXPECT_EQ(asked("http://a.test/1"), 1u);
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

TEST_F(SiteTest, CrawlDelayThatIsCutIsReported) {
  fetcher_.reply("http://r.test/robots.txt",
                 {.body = "User-agent: *\nCrawl-delay: 100\n"});
  page("http://r.test/", {});
  crawl({"http://r.test/"});
  EXPECT_THAT(notices_.all,
              ElementsAre("http://r.test:80: Crawl-delay of 100 s is cut to 30 "
                          "s"));
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
    Crawler crawler(options_, fetcher_, {&writer}, clock_);
    return *crawler.run(*seeds);
  };
  EXPECT_EQ(run().fetched, 1u);
  options_.robots = RobotsMode::kAlways;
  EXPECT_EQ(run().skipped, 1u);
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

TEST_F(SiteTest, LongWaitOfAHostIsReportedOnce) {
  page("http://a.test/", {"http://a.test/1", "http://a.test/2"});
  for (const char* url : {"http://a.test/1", "http://a.test/2"}) {
    fetcher_.reply(url, {.status = 429, .retry_after = "120"});
    fetcher_.reply(url, {});
  }
  EXPECT_EQ(crawl().fetched, 3u);
  EXPECT_THAT(notices_.all,
              ElementsAre("http://a.test:80 asks to be left alone "
                          "(Retry-After); its URLs wait for 120 s"));
}

TEST_F(SiteTest, AHostMayAskForAnHourAndThatIsWhatIsReported) {
  page("http://a.test/", {"http://a.test/1"});
  fetcher_.reply("http://a.test/1", {.status = 503, .retry_after = "7200"});
  fetcher_.reply("http://a.test/1", {});
  EXPECT_EQ(crawl().fetched, 2u);
  EXPECT_THAT(notices_.all,
              ElementsAre("http://a.test:80 asks to be left alone "
                          "(Retry-After); its URLs wait for 3600 s"));
  const auto& starts = fetcher_.starts();
  EXPECT_GE(starts.back().time - starts[starts.size() - 2].time, 1h);
}

TEST_F(SiteTest, OneHostOverTwoSchemesIsPacedAsOne) {
  options_.pace.delay = 1s;
  page("http://a.test/", {"https://a.test/1", "http://a.test/2",
                          "https://a.test/3", "http://a.test/4"});
  no_robots("https://a.test");
  EXPECT_EQ(crawl().fetched, 5u);
  const auto& starts = fetcher_.starts();
  ASSERT_EQ(starts.size(), 7u) << "each origin has a robots.txt";
  for (std::size_t i = 1; i < starts.size(); ++i) {
    EXPECT_GE(starts[i].time - starts[i - 1].time, 1s);
  }
}

// More hosts than the window has places, whatever keeps them from answering.
TEST_F(SiteTest, HostsThatHaveToWaitKeepOutNoOther) {
  const FakeFetcher::Reply robots[] = {
      {.error = ErrorKind::kConnect},
      {.status = 503},
      {.status = 429, .retry_after = "3600"},
  };
  for (const FakeFetcher::Reply& refusal : robots) {
    FakeFetcher fetcher(clock_);
    options_.jobs = 64;
    std::vector<std::string> lines;
    for (int host = 0; host < 2'200; ++host) {
      const std::string origin = "http://r" + std::to_string(host) + ".test";
      for (int i = 0; i < 9; ++i) {
        lines.push_back(origin + "/" + std::to_string(i));
      }
      fetcher.reply(origin + "/robots.txt", refusal);
      fetcher.reply(origin + "/robots.txt", {.status = 404});
    }
    lines.push_back("http://good.test/");
    auto store = FileState::open({});
    ASSERT_TRUE(store);
    const auto seeds = make_seeds(std::move(lines));
    Crawler crawler(options_, fetcher, {}, clock_, nullptr, store->get());
    const Result<CrawlStats> stats = crawler.run(*seeds);
    ASSERT_TRUE(stats) << stats.error().message;
    EXPECT_EQ(stats->fetched, 2'200u * 9 + 1);
    const auto& starts = fetcher.starts();
    const auto good = std::find_if(
        starts.begin(), starts.end(),
        [](const auto& start) { return start.url == "http://good.test/"; });
    ASSERT_NE(good, starts.end());
    EXPECT_LT(good->time - starts.front().time, 4s) << refusal.status;
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

}  // namespace
}  // namespace crawl::testing
