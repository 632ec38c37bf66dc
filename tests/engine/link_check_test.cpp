// What a crawl that checks links asks for, how, and when.

#include "engine/link_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "engine/site_fixture.h"

namespace crawl::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class LinkCheckTest : public SiteTest {
 protected:
  LinkCheckTest() {
    options_.site->check.emplace();
    no_robots("http://b.test");
  }

  // "GET URL" of every request, in order; robots.txt aside.
  std::vector<std::string> asked_for() const {
    std::vector<std::string> all;
    for (const FakeFetcher::Start& start : fetcher_.starts()) {
      if (start.url.ends_with("/robots.txt")) continue;
      all.push_back((start.head ? "HEAD " : "GET ") + start.url);
    }
    return all;
  }
};

TEST_F(LinkCheckTest, FollowsTheSiteAndAsksOnceForWhatItLinksTo) {
  page("http://a.test/", {"http://a.test/1", "http://b.test/x"});
  page("http://a.test/1", {"http://b.test/x", "http://b.test/y"});
  page("http://b.test/x", {"http://b.test/never"});
  crawl();
  EXPECT_THAT(asked_for(), UnorderedElementsAre(
                               "GET http://a.test/", "GET http://a.test/1",
                               "HEAD http://b.test/x", "HEAD http://b.test/y"));
  EXPECT_THAT(urls(),
              UnorderedElementsAre("http://a.test/", "http://a.test/1",
                                   "http://b.test/x", "http://b.test/y"));
}

TEST_F(LinkCheckTest, GetDecidesWhereHeadBringsNo2xx) {
  page("http://a.test/", {"http://b.test/x", "http://b.test/gone"});
  fetcher_.reply("http://b.test/x", {.head_status = 405});
  fetcher_.reply("http://b.test/gone", {.status = 404});
  crawl();
  EXPECT_THAT(asked_for(), UnorderedElementsAre(
                               "GET http://a.test/", "HEAD http://b.test/x",
                               "GET http://b.test/x", "HEAD http://b.test/gone",
                               "GET http://b.test/gone"));
  EXPECT_EQ(record("http://b.test/x")["status_code"], 200);
  EXPECT_EQ(record("http://b.test/gone")["status_code"], 404);
}

TEST_F(LinkCheckTest, APageIsFetchedAtOnceIfAFragmentIsLookedFor) {
  page("http://a.test/",
       {"http://b.test/x#id", "http://b.test/y#", "http://b.test/z#top"});
  crawl();
  EXPECT_THAT(asked_for(), UnorderedElementsAre(
                               "GET http://a.test/", "GET http://b.test/x",
                               "HEAD http://b.test/y", "HEAD http://b.test/z"));
}

TEST_F(LinkCheckTest, AFragmentFoundLaterHasItsPageFetchedOnce) {
  page("http://a.test/", {"http://b.test/x", "http://a.test/1"});
  fetcher_.reply("http://a.test/1",
                 {.latency = 5s,
                  .links = {"http://b.test/x#id", "http://b.test/x#other",
                            "http://a.test/2"}});
  page("http://a.test/2", {"http://b.test/x#third"});
  const CrawlStats stats = crawl();
  EXPECT_THAT(asked_for(),
              UnorderedElementsAre("GET http://a.test/", "HEAD http://b.test/x",
                                   "GET http://a.test/1", "GET http://b.test/x",
                                   "GET http://a.test/2"));
  EXPECT_EQ(stats.fetched, 4u) << "the second look is no record";
}

TEST_F(LinkCheckTest, HostsThatAreOnlyLinkedToArePacedByTheirOwn) {
  options_.pace.delay = 100ms;
  options_.leaf_pace = PaceOptions{.delay = 1s};
  page("http://a.test/", {"http://a.test/1", "http://b.test/x",
                          "http://b.test/y", "http://b.test/z"});
  crawl();
  std::vector<Clock::time_point> a, b;
  for (const FakeFetcher::Start& start : fetcher_.starts()) {
    (start.url.starts_with("http://a") ? a : b).push_back(start.time);
  }
  for (std::size_t i = 1; i < a.size(); ++i) EXPECT_GE(a[i] - a[i - 1], 100ms);
  EXPECT_LT(a.back() - a.front(), 1s);
  ASSERT_EQ(b.size(), 4u);
  for (std::size_t i = 1; i < b.size(); ++i) EXPECT_GE(b[i] - b[i - 1], 1s);
}

TEST_F(LinkCheckTest, OtherSitesAreBusyWhileTheSiteIsRead) {
  options_.per_host = 1;
  page("http://a.test/", {"http://a.test/1", "http://a.test/2",
                          "http://a.test/3", "http://b.test/x"});
  crawl();
  const std::vector<std::string> asked = asked_for();
  const auto at = [&asked](const std::string& request) {
    return std::find(asked.begin(), asked.end(), request) - asked.begin();
  };
  EXPECT_LT(at("HEAD http://b.test/x"), at("GET http://a.test/3"));
}

TEST_F(LinkCheckTest, RobotsTxtOfOtherSitesIsObeyed) {
  fetcher_.reply("http://c.test/robots.txt", {.status = 401});
  page("http://a.test/", {"http://c.test/x"});
  crawl();
  EXPECT_EQ(asked("http://c.test/robots.txt"), 1u);
}

TEST_F(LinkCheckTest, DepthLimitsWhatIsFollowedNotWhatIsAsked) {
  options_.site->depth = 0;
  page("http://a.test/", {"http://a.test/1", "http://b.test/x"});
  page("http://a.test/1", {"http://a.test/2"});
  crawl();
  EXPECT_THAT(asked_for(),
              UnorderedElementsAre("GET http://a.test/", "HEAD http://a.test/1",
                                   "HEAD http://b.test/x"));
}

TEST_F(LinkCheckTest, FilesOfTheSiteAreNotReadAndPagesInDisguiseAre) {
  page("http://a.test/", {"http://a.test/file.pdf"});
  crawl();
  EXPECT_EQ(asked_for()[1], "HEAD http://a.test/file.pdf");
}

TEST_F(LinkCheckTest, NothingOfOtherSitesIsAskedOffline) {
  options_.site->check->offline = true;
  page("http://a.test/", {"http://a.test/1", "http://b.test/x"});
  crawl();
  EXPECT_THAT(asked_for(),
              ElementsAre("GET http://a.test/", "GET http://a.test/1"));
  EXPECT_THAT(skips(), ElementsAre("http://b.test/x: scope"));
}

TEST_F(LinkCheckTest, WhatIsExcludedIsNotAskedOnOtherSitesEither) {
  options_.site->scope.exclude = {"b\\.test/secret"};
  page("http://a.test/", {"http://b.test/secret", "http://b.test/x"});
  crawl();
  EXPECT_THAT(asked_for(), Not(Contains("HEAD http://b.test/secret")));
  EXPECT_THAT(skips(), ElementsAre("http://b.test/secret: excluded"));
}

TEST_F(LinkCheckTest, WhatWasThereAShortTimeAgoIsNotAskedUnlessItHasToBeSeen) {
  options_.site->check->is_known = [](std::string_view url) {
    return url != "http://b.test/new";
  };
  page("http://a.test/",
       {"http://b.test/x", "http://b.test/new", "http://b.test/y#id"});
  crawl();
  EXPECT_THAT(asked_for(), UnorderedElementsAre("GET http://a.test/",
                                                "HEAD http://b.test/new",
                                                "GET http://b.test/y"));
}

TEST_F(LinkCheckTest, RedirectsOfLeavesAreFollowedWhereverTheyLead) {
  page("http://a.test/", {"http://b.test/x", "http://a.test/out"});
  fetcher_.reply("http://b.test/x",
                 {.status = 301, .location = "http://b.test/y"});
  fetcher_.reply("http://a.test/out",
                 {.status = 302, .location = "http://b.test/z"});
  fetcher_.reply("http://b.test/z",
                 {.links = {"http://a.test/not-from-there"}});
  crawl();
  EXPECT_EQ(record("http://b.test/x")["final_url"], "http://b.test/y");
  EXPECT_EQ(record("http://a.test/out")["final_url"], "http://b.test/z");
  EXPECT_EQ(asked("http://a.test/not-from-there"), 0u);
}

TEST_F(LinkCheckTest, OfARedirectToAKnownPageTheRecordSaysWhither) {
  page("http://a.test/", {"http://a.test/1", "http://a.test/old"});
  fetcher_.reply("http://a.test/old",
                 {.status = 301, .location = "http://a.test/1"});
  crawl();
  const nlohmann::json old = record("http://a.test/old");
  EXPECT_EQ(old["error"], "duplicate");
  EXPECT_EQ(old["final_url"], "http://a.test/1");
  EXPECT_EQ(old["redirects"].size(), 1u);
  EXPECT_EQ(asked("http://a.test/1"), 1u);
}

}  // namespace
}  // namespace crawl::testing
