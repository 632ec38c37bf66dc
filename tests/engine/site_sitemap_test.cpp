// Sitemaps in a recursive crawl: which are read, and what they lead to.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/site_fixture.h"
#include "support/temp_dir.h"

namespace crawl::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

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

// Their bodies are held until they are read.
TEST_F(SiteTest, FewSitemapsAreFetchedAtATime) {
  options_.jobs = 64;
  options_.per_host = 64;
  std::string robots;
  for (int i = 0; i < 100; ++i) {
    const std::string map = "http://r.test/" + std::to_string(i) + ".txt";
    robots += "Sitemap: " + map + "\n";
    fetcher_.reply(map,
                   {.body = "http://r.test/page" + std::to_string(i) + "\n"});
  }
  fetcher_.reply("http://r.test/robots.txt", {.body = robots});
  page("http://r.test/", {});
  std::size_t most = 0;
  fetcher_.before_wait(
      [&] { most = std::max(most, fetcher_.in_flight_of(".txt")); });
  fetcher_.expect_wakes();
  EXPECT_EQ(crawl({"http://r.test/"}).fetched, 101u);
  EXPECT_LE(most, 4u);
}

TEST_F(SiteTest, SitemapOfTheUserThatCannotBeReadIsCounted) {
  options_.site->sitemaps = {"http://a.test/none.xml"};
  fetcher_.reply("http://a.test/none.xml", {.status = 404});
  fetcher_.reply("http://a.test/robots.txt",
                 {.body = "Sitemap: http://a.test/other.xml"});
  fetcher_.reply("http://a.test/other.xml", {.status = 404});
  fetcher_.expect_wakes();
  EXPECT_EQ(crawl().sitemaps_failed, 1u);
}

TEST_F(SiteTest, SitemapOfTheUserThatIsNoneIsCounted) {
  for (const std::string body :
       {"", "<html><p>Not found", "<urlset><url><loc>http://a.test/x</loc"}) {
    options_.site->sitemaps = {"http://a.test/map.xml"};
    fetcher_.reply("http://a.test/map.xml", {.body = body});
    fetcher_.expect_wakes();
    EXPECT_EQ(crawl().sitemaps_failed, 1u) << body;
  }
}

TEST_F(SiteTest, SitemapThatAnIndexOfTheUserNamesIsTheUsersToo) {
  options_.site->sitemaps = {"http://a.test/index.xml"};
  fetcher_.reply("http://a.test/index.xml",
                 {.body = "<sitemapindex><sitemap><loc>http://a.test/none.xml"
                          "</loc></sitemap></sitemapindex>"});
  fetcher_.reply("http://a.test/none.xml", {.status = 404});
  fetcher_.expect_wakes();
  EXPECT_EQ(crawl().sitemaps_failed, 1u);
}

TEST_F(SiteTest, LocationsOfASitemapThatAreNoUrlsAreSaidAndListed) {
  options_.site->sitemaps = {"http://a.test/map.xml"};
  fetcher_.reply("http://a.test/map.xml",
                 {.body = "<urlset><url><loc>/relative</loc></url>"
                          "<url><loc>\xef\xbb\xbf http://a.test/x "
                          "</loc></url><url><loc>/relative</loc></url>"
                          "<url><loc>no url</loc></url></urlset>"});
  page("http://a.test/", {});
  fetcher_.expect_wakes();  // the sitemap is read on a thread
  const CrawlStats stats = crawl();
  EXPECT_EQ(stats.failed, 0u);
  EXPECT_EQ(stats.bad_locations, 2u);
  EXPECT_THAT(urls(),
              UnorderedElementsAre("http://a.test/", "http://a.test/x"));
  EXPECT_THAT(skips(), UnorderedElementsAre("/relative: invalid_url",
                                            "no url: invalid_url"));
  EXPECT_THAT(notices_.all,
              ElementsAre("sitemap http://a.test/map.xml: 3 locations are no "
                          "http or https URLs"));
}

// What was received counts.
TEST_F(SiteTest, OfASitemapThatBreaksOffWhatCameIsRead) {
  options_.site->sitemaps = {"http://a.test/moved.txt",
                             "http://a.test/none.txt"};
  fetcher_.reply("http://a.test/moved.txt", {.status = 302,
                                             .error = ErrorKind::kDecode,
                                             .location = "/list.txt",
                                             .headers_complete = true});
  fetcher_.reply("http://a.test/list.txt",
                 {.error = ErrorKind::kDecode,
                  .body = "http://a.test/x\nhttp://a.test/y\n",
                  .headers_complete = true});
  fetcher_.reply("http://a.test/none.txt", {.status = 404,
                                            .error = ErrorKind::kDecode,
                                            .body = "http://a.test/z\n",
                                            .headers_complete = true});
  page("http://a.test/", {});
  fetcher_.expect_wakes();
  crawl();
  EXPECT_THAT(urls(), UnorderedElementsAre("http://a.test/", "http://a.test/x",
                                           "http://a.test/y"));
  EXPECT_THAT(
      notices_.all,
      Contains(::testing::StartsWith("sitemap http://a.test/list.txt")));
}

TEST_F(SiteTest, SitemapOfTheCommandLineIsRead) {
  options_.site->sitemaps = {"http://a.test/list.txt"};
  fetcher_.reply("http://a.test/list.txt", {.body = "http://a.test/x\n"});
  page("http://a.test/", {});
  fetcher_.expect_wakes();
  crawl();
  EXPECT_THAT(urls(),
              UnorderedElementsAre("http://a.test/", "http://a.test/x"));
}

TEST_F(SiteTest, NoSitemapsReadsNoneThatRobotsNames) {
  options_.site->read_sitemaps = false;
  fetcher_.reply("http://r.test/robots.txt",
                 {.body = "Sitemap: http://r.test/map.txt\n"});
  crawl({"http://r.test/"});
  EXPECT_EQ(asked("http://r.test/map.txt"), 0u);
}

TEST_F(SiteTest, IndexesLeadThreeLevelsDownAndNoFurther) {
  fetcher_.reply("http://r.test/robots.txt",
                 {.body = "Sitemap: http://r.test/0.xml\n"});
  for (int i = 0; i < 5; ++i) {
    fetcher_.reply(
        "http://r.test/" + std::to_string(i) + ".xml",
        {.body = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/"
                 "sitemap/0.9'><sitemap><loc>http://r.test/" +
                 std::to_string(i + 1) +
                 ".xml</loc></sitemap></sitemapindex>"});
  }
  fetcher_.expect_wakes();
  crawl({"http://r.test/"});
  EXPECT_EQ(asked("http://r.test/3.xml"), 1u);
  EXPECT_EQ(asked("http://r.test/4.xml"), 0u);
}

TEST_F(SiteTest, PageThatOnlyASitemapListsIsSkippedLikeALink) {
  fetcher_.reply("http://r.test/robots.txt",
                 {.body = "Sitemap: http://r.test/map.txt\n"
                          "User-agent: *\nDisallow: /no\n"});
  fetcher_.reply("http://r.test/map.txt",
                 {.body = "http://r.test/no\nhttp://r.test/yes\n"});
  fetcher_.expect_wakes();
  crawl({"http://r.test/"});
  EXPECT_THAT(urls(),
              UnorderedElementsAre("http://r.test/", "http://r.test/yes"));
  EXPECT_THAT(skips(), ElementsAre("http://r.test/no: robots"));
}

TEST_F(SiteTest, SitemapThatAStopLeftUnreadIsReadByTheNextRun) {
  const TempDir folder;
  state_ = folder.file("state.db");
  fetcher_.reply("http://r.test/robots.txt",
                 {.body = "Sitemap: http://r.test/map.txt\n"});
  fetcher_.reply("http://r.test/map.txt",
                 {.latency = 10s, .body = "http://r.test/only-here\n"});
  page("http://r.test/", {});
  bool stopped = false;
  fetcher_.before_wait([&] {
    if (!out_.empty() && !std::exchange(stopped, true)) {
      crawler_->request_stop();
    }
  });
  crawl({"http://r.test/"});
  EXPECT_THAT(urls(), ElementsAre("http://r.test/"));

  fetcher_.before_wait(nullptr);
  fetcher_.expect_wakes();
  crawl({"http://r.test/"});
  EXPECT_THAT(urls(), ElementsAre("http://r.test/", "http://r.test/only-here"));
  EXPECT_EQ(asked("http://r.test/"), 1u);

  // Read once, it is left to nobody.
  const std::size_t before = asked("http://r.test/map.txt");
  crawl({"http://r.test/"});
  EXPECT_EQ(asked("http://r.test/map.txt"), before);
}

// --- where sitemaps may lead

TEST_F(SiteTest, PublicSitemapsMayNotLeadToPrivateAddresses) {
  options_.site->scope.kind = ScopeKind::kAny;
  fetcher_.reply("http://r.test/robots.txt",
                 {.body = "Sitemap: http://10.0.0.1/map.txt\n"
                          "Sitemap: http://r.test/index.xml\n"});
  fetcher_.reply(
      "http://r.test/index.xml",
      {.body = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/"
               "sitemap/0.9'><sitemap><loc>http://10.0.0.2/map.txt</loc>"
               "</sitemap><sitemap><loc>http://r.test/map.txt</loc>"
               "</sitemap></sitemapindex>"});
  fetcher_.reply("http://r.test/map.txt", {.body = "http://10.0.0.3/admin\n"});
  page("http://r.test/", {});
  fetcher_.expect_wakes();
  crawl({"http://r.test/"});
  EXPECT_THAT(private_allowed("http://10.0.0.1/"), ElementsAre(false));
  EXPECT_THAT(private_allowed("http://10.0.0.2/"), ElementsAre(false));
  const std::vector<bool> listed = private_allowed("http://10.0.0.3/");
  EXPECT_THAT(listed, Not(IsEmpty()));
  EXPECT_THAT(listed, Not(Contains(true)));
}

TEST_F(SiteTest, SitemapsAtPrivateAddressesMayListTheirOwn) {
  fetcher_.reply("http://10.0.0.1/robots.txt",
                 {.body = "Sitemap: /map.txt\n", .remote_ip = "10.0.0.1"});
  fetcher_.reply("http://10.0.0.1/map.txt",
                 {.body = "http://10.0.0.1/x\n", .remote_ip = "10.0.0.1"});
  fetcher_.reply("http://10.0.0.1/", {.remote_ip = "10.0.0.1"});
  fetcher_.expect_wakes();
  crawl({"http://10.0.0.1/"});
  EXPECT_THAT(urls(),
              UnorderedElementsAre("http://10.0.0.1/", "http://10.0.0.1/x"));
  EXPECT_THAT(private_allowed("http://10.0.0.1/"), Not(Contains(false)));
}

}  // namespace
}  // namespace crawl::testing
