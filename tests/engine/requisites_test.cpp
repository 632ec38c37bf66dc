// What pages need to be shown: --page-requisites.

#include "engine/requisites.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "engine/site_fixture.h"
#include "support/temp_dir.h"

namespace crawl::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

TEST(Requisites, AreWhatBrowsersFetchForThemselves) {
  using E = LinkElement;
  using A = LinkAttribute;
  const auto needed = [](E element, A attribute, std::string_view rel = "") {
    return is_needed({"http://a.test/", element, attribute, rel, ""});
  };
  EXPECT_TRUE(needed(E::kImg, A::kSrc));
  EXPECT_TRUE(needed(E::kImg, A::kSrcset));
  EXPECT_TRUE(needed(E::kScript, A::kSrc));
  EXPECT_TRUE(needed(E::kIframe, A::kSrc));
  EXPECT_TRUE(needed(E::kBody, A::kBackground));
  EXPECT_TRUE(needed(E::kInput, A::kSrc));
  EXPECT_TRUE(needed(E::kVideo, A::kPoster));
  EXPECT_TRUE(needed(E::kLink, A::kHref, "Alternate STYLESHEET"));
  EXPECT_TRUE(needed(E::kLink, A::kHref, "shortcut icon"));
  EXPECT_TRUE(needed(E::kLink, A::kImagesrcset));
  EXPECT_FALSE(needed(E::kLink, A::kHref, "canonical"));
  EXPECT_FALSE(needed(E::kLink, A::kHref, "next stylesheets"));
  EXPECT_FALSE(needed(E::kA, A::kHref, "stylesheet"));
  EXPECT_FALSE(needed(E::kInput, A::kFormaction));
  EXPECT_FALSE(needed(E::kForm, A::kAction));
  EXPECT_FALSE(needed(E::kMeta, A::kContent));
}

TEST(Requisites, WaysAreOneNumberThatIsTheLinksOfPages) {
  for (const int depth : {0, 1, 70'000, (1 << 24) - 1}) {
    EXPECT_EQ((Way{depth, 0}.packed()), depth);
    for (const int needed : {0, 1, kMostNeeded}) {
      const Way way = Way::of(Way{depth, needed}.packed());
      EXPECT_EQ(way.depth, depth);
      EXPECT_EQ(way.needed, needed);
    }
  }
  EXPECT_GT((Way{std::numeric_limits<int>::max(), kMostNeeded}.packed()), 0);
}

class RequisitesTest : public SiteTest {
 protected:
  RequisitesTest() {
    options_.site->page_requisites = true;
    no_robots("http://cdn.test");
  }
};

TEST_F(RequisitesTest, AreFetchedOnceWhereverTheyAreAndNotFollowed) {
  options_.site->depth = 0;
  page("http://a.test/", {"http://a.test/1", "needs http://cdn.test/x.png",
                          "needs http://cdn.test/frame"});
  page("http://cdn.test/frame",
       {"http://cdn.test/page", "needs http://cdn.test/x.png",
        "needs http://cdn.test/y.png"});
  const CrawlStats stats = crawl();
  EXPECT_THAT(urls(), UnorderedElementsAre(
                          "http://a.test/", "http://cdn.test/x.png",
                          "http://cdn.test/frame", "http://cdn.test/y.png"));
  EXPECT_EQ(asked("http://cdn.test/x.png"), 1u);
  EXPECT_EQ(record("http://cdn.test/y.png")["depth"], 2);
  EXPECT_EQ(record("http://cdn.test/y.png")["parent"], "http://cdn.test/frame");
  EXPECT_EQ(stats.fetched, 4u);
}

TEST_F(RequisitesTest, AreNotLostWhereAnotherPageOnlyLinksToThem) {
  page("http://a.test/", {"http://cdn.test/x.png", "http://a.test/1"});
  page("http://a.test/1", {"needs http://cdn.test/x.png"});
  crawl();
  EXPECT_THAT(urls(), UnorderedElementsAre("http://a.test/", "http://a.test/1",
                                           "http://cdn.test/x.png"));
  EXPECT_THAT(skips(), ElementsAre("http://cdn.test/x.png: scope"));
}

TEST_F(RequisitesTest, ObeyRobotsAndExcludeButNotInclude) {
  options_.site->scope.include = {"/[0-9]*$"};
  options_.site->scope.exclude = {"/ads/"};
  fetcher_.reply("http://b.test/robots.txt",
                 {.body = "User-agent: *\nDisallow: /\n"});
  page("http://a.test/",
       {"needs http://cdn.test/x.png", "needs http://cdn.test/ads/1",
        "needs http://b.test/y.png"});
  crawl();
  EXPECT_THAT(urls(),
              UnorderedElementsAre("http://a.test/", "http://cdn.test/x.png"));
  EXPECT_THAT(skips(), UnorderedElementsAre("http://cdn.test/ads/1: excluded",
                                            "http://b.test/y.png: robots"));
}

TEST_F(RequisitesTest, RedirectsOfThemLeadAnywhere) {
  page("http://a.test/", {"needs http://a.test/x.png"});
  fetcher_.reply("http://a.test/x.png",
                 {.status = 302, .location = "http://cdn.test/x.png"});
  crawl();
  EXPECT_EQ(record("http://a.test/x.png")["final_url"],
            "http://cdn.test/x.png");
}

TEST_F(RequisitesTest, ChainsEnd) {
  options_.site->depth = 0;
  page("http://a.test/", {"needs http://a.test/f1"});
  for (int i = 1; i < 50; ++i) {
    page("http://a.test/f" + std::to_string(i),
         {"needs http://a.test/f" + std::to_string(i + 1)});
  }
  crawl();
  EXPECT_EQ(urls().size(), 1u + kMostNeeded);
  EXPECT_THAT(skips(), ElementsAre("http://a.test/f9: limit"));
}

TEST_F(RequisitesTest, AreGoneOnWith) {
  const TempDir dir;
  state_ = dir.file("state");
  page("http://a.test/", {"needs http://cdn.test/f", "http://a.test/1"});
  page("http://cdn.test/f", {"needs http://cdn.test/y.png"});
  options_.budget.max_pages = 1;
  crawl();
  options_.budget.max_pages = 0;
  crawl();
  EXPECT_THAT(urls(), UnorderedElementsAre("http://a.test/", "http://a.test/1",
                                           "http://cdn.test/f",
                                           "http://cdn.test/y.png"));
  EXPECT_EQ(record("http://cdn.test/y.png")["depth"], 2);
}

TEST_F(RequisitesTest, PrivateAddressesAreForThoseWhoAreThere) {
  page("http://a.test/", {"needs http://cdn.test/x.png"});
  crawl();
  EXPECT_THAT(private_allowed("http://cdn.test/x.png"), ElementsAre(false));
}

TEST_F(RequisitesTest, PatternsOfAListAreForItsLines) {
  options_.site->follow.clear();
  options_.filter.emplace();
  options_.filter->kind = ScopeKind::kAny;
  options_.filter->exclude = {"/no"};
  page("http://a.test/", {"needs http://cdn.test/x.png"});
  const CrawlStats stats = crawl({"http://a.test/", "http://a.test/no"});
  EXPECT_EQ(record("http://a.test/no")["error"], "excluded");
  EXPECT_EQ(record("http://cdn.test/x.png")["ok"], true);
  EXPECT_EQ(stats.skipped, 1u);
}

}  // namespace
}  // namespace crawl::testing
