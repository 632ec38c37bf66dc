// Recursive crawls from outside: what survives, what is said.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "cli/cli_fixture.h"
#include "support/synthetic_pages.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class SiteCliTest : public CliTest {
 protected:
  std::vector<std::string> site_command(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"-r",
                                          site_.url("/p/1.html"),
                                          "-q",
                                          "--state",
                                          files_.file("state.db"),
                                          "-o",
                                          files_.file("out.jsonl"),
                                          "--skipped",
                                          files_.file("skipped.jsonl"),
                                          "--commit-interval",
                                          "5ms"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return command(std::move(arguments));
  }
  static std::multiset<std::string> urls_in(const std::string& jsonl) {
    std::multiset<std::string> urls;
    for (const json& record : records(jsonl)) urls.insert(record["url"]);
    return urls;
  }
};

TEST_F(SiteCliTest, ACrawlThatWasTurnedAwayIsNoSuccess) {
  site_.serve("/robots.txt", "User-agent: *\nDisallow: /\n");
  const ProcessResult result = run({"-r", site_.url("/p/1.html")});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("1 skipped"));
  EXPECT_EQ(records(result.out).size(), 1u);
}

TEST_F(SiteCliTest, SurvivesAHundredKillsWithEveryPageExactlyOnce) {
  constexpr std::size_t kPages = 3'000;
  serve_synthetic_pages(site_, {.count = kPages, .page_size = 800});
  std::minstd_rand random(20261121);
  std::uniform_int_distribution<std::size_t> moment(1, 120);
  const int kills =
      kill_again_and_again(site_command(), 100, [&] { return moment(random); });
  const ProcessResult last = run_process(site_command());
  EXPECT_EQ(last.exit_status, 0) << last.err;
  EXPECT_GT(kills, 20);

  const auto once = urls_in(files_.read("out.jsonl"));
  EXPECT_EQ(once.size(), kPages);
  EXPECT_EQ(std::set<std::string>(once.begin(), once.end()).size(), kPages);

  // And they are those of a crawl that nobody disturbed.
  const ProcessResult whole = run({"-r", site_.url("/p/1.html"), "-q"});
  EXPECT_EQ(urls_in(whole.out), once);
}

TEST_F(SiteCliTest, InterruptedCrawlSaysHowToGoOnAndDoes) {
  serve_synthetic_pages(site_, {.count = 500, .page_size = 800});
  auto arguments = site_command();
  std::erase(arguments, "-q");
  Process process(arguments);
  ASSERT_TRUE(site_.request_log().wait_for_started(50));
  process.signal(SIGINT);
  const ProcessResult stopped = process.wait();
  if (stopped.exit_status == 130) {
    EXPECT_THAT(stopped.err, HasSubstr("run the same command again"));
  }
  EXPECT_EQ(run_process(site_command()).exit_status, 0);
  EXPECT_EQ(urls_in(files_.read("out.jsonl")).size(), 500u);
}

TEST_F(SiteCliTest, FinishedCrawlRunAgainAddsNothing) {
  serve_synthetic_pages(site_, {.count = 50, .page_size = 800});
  EXPECT_EQ(run_process(site_command()).exit_status, 0);
  const std::string before = files_.read("out.jsonl");
  EXPECT_EQ(run_process(site_command()).exit_status, 0);
  EXPECT_EQ(files_.read("out.jsonl"), before);
}

TEST_F(SiteCliTest, OtherOptionsThanTheStateWasBegunWithAreRefused) {
  serve_synthetic_pages(site_, {.count = 10, .page_size = 800});
  EXPECT_EQ(run_process(site_command()).exit_status, 0);
  const std::string before = files_.read("out.jsonl");
  const ProcessResult other = run_process(site_command({"--scope", "any"}));
  EXPECT_EQ(other.exit_status, 2);
  EXPECT_THAT(other.err, HasSubstr("--scope"));
  EXPECT_EQ(files_.read("out.jsonl"), before);
}

TEST_F(SiteCliTest, ForeignStateFileIsRefusedAndLeftAlone) {
  files_.write("state.db", "these are somebody's notes\n");
  const ProcessResult result = run_process(site_command());
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr("state.db"));
  EXPECT_EQ(files_.read("state.db"), "these are somebody's notes\n");
  EXPECT_EQ(site_.log().size(), 0u);
}

TEST_F(SiteCliTest, TwoProcessesOnOneStateAreTold) {
  site_.serve("/p/1.html", [](const HttpRequest&) {
    return Reply().wait_for("held").then(Reply::html("<title>1</title>"));
  });
  Process first(site_command());
  ASSERT_TRUE(site_.request_log().wait_for_started(2));
  const ProcessResult second = run_process(site_command());
  EXPECT_EQ(second.exit_status, 2);
  EXPECT_THAT(second.err, HasSubstr("state.db"));
  site_.open_gate("held");
  EXPECT_EQ(first.wait().exit_status, 0);
}

TEST_F(SiteCliTest, RobotsScopeAndTrapsAreExplained) {
  site_.serve("/robots.txt", "User-agent: *\nDisallow: /private\n");
  const auto explain = [&](const std::string& url) {
    return run({"-r", site_.url("/"), "--explain", url});
  };
  const ProcessResult open = explain(site_.url("/open"));
  EXPECT_EQ(open.exit_status, 0);
  EXPECT_THAT(open.out, HasSubstr("it would be fetched"));
  const ProcessResult robots = explain(site_.url("/private/1"));
  EXPECT_EQ(robots.exit_status, 1);
  EXPECT_THAT(robots.out, HasSubstr("line 2: Disallow: /private"));
  EXPECT_THAT(explain("http://elsewhere.invalid/").out, HasSubstr("host"));
  std::string deep = "/";
  for (int i = 0; i < 30; ++i) deep += std::to_string(i) + "/";
  EXPECT_THAT(explain(site_.url(deep)).out, HasSubstr("trap"));
}

TEST_F(SiteCliTest, ExplainSaysOnlyWhatIsKnown) {
  const auto explain = [&](const std::string& path,
                           std::vector<std::string> more = {}) {
    more.insert(more.begin(),
                {"-r", site_.url("/"), "--explain", site_.url(path)});
    return run(more).out;
  };
  // There is no robots.txt: that allows nothing by itself.
  const std::string page = explain("/a.html");
  EXPECT_THAT(page, HasSubstr("robots   yes  " + site_.url("/robots.txt") +
                              " is not there (HTTP status 404): nothing is "
                              "forbidden\n"));
  EXPECT_THAT(page, HasSubstr("links    ?    whether a page or sitemap leads"));
  EXPECT_THAT(page, EndsWith("it would be fetched if something leads to it\n"));
  EXPECT_THAT(page, Not(HasSubstr("\ndepth")));
  EXPECT_THAT(page, Not(HasSubstr("\ntype")));
  const std::string paper = explain("/x/a.PDF?b", {"--depth", "2"});
  EXPECT_THAT(paper, HasSubstr("type     ?    its name ends in .pdf: if it"));
  EXPECT_THAT(paper, HasSubstr("depth    ?    links are followed 2 deep"));
  EXPECT_THAT(explain("/a.pdf", {"--all-types"}), Not(HasSubstr("\ntype")));
  // Of seeds all is known.
  EXPECT_THAT(explain("/"), EndsWith("it would be fetched: it is a seed\n"));
}

TEST_F(SiteCliTest, TrapOfEverDeeperLinksEnds) {
  const ProcessResult result =
      run({"-r", site_.url("/trap/"), "-q", "--skipped", files_.file("skipped"),
           "--no-robots"});
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_LT(records(result.out).size(), 200u);
  EXPECT_THAT(files_.read("skipped"), HasSubstr("\"trap\""));
}

TEST_F(SiteCliTest, PerHostAndDelayHoldAsTheServerSeesThem) {
  serve_synthetic_pages(site_, {.count = 30, .page_size = 800});
  run({"-r", site_.url("/p/1.html"), "-q", "--per-host", "2", "--delay",
       "20ms"});
  EXPECT_GE(site_.log().size(), 31u);
  EXPECT_LE(site_.log().max_concurrent(), 2u);
  const auto log = site_.log();
  const auto whole = log[log.size() - 1].started - log[0].started;
  EXPECT_GE(whole, std::chrono::milliseconds(20) * (log.size() - 2));
}

TEST_F(SiteCliTest, OtherTypesAreDroppedOnceTheirHeadersAreIn) {
  site_.serve("/", "<a href=/big>big</a><a href=/page>page</a>");
  site_.serve("/page", "<title>Page</title>");
  site_.serve("/big", [](const HttpRequest&) {
    return Reply::response(200, {{"Content-Type", "application/zip"}},
                           std::string(8 << 20, 'x'));
  });
  const ProcessResult result =
      run({"-r", site_.url("/"), "-q", "--skipped", files_.file("skipped")});
  EXPECT_EQ(records(result.out).size(), 2u);
  EXPECT_THAT(files_.read("skipped"), HasSubstr("content_type"));
}

TEST_F(SiteCliTest, FollowChoosesTheElementsWhoseLinksCount) {
  site_.serve("/",
              "<a href=/a>a</a><iframe src=/frame></iframe><img src=/img>"
              "<link rel=next href=/link><script src=/script></script>");
  const auto found = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"-r", site_.url("/"), "-q"});
    const ProcessResult result = run(std::move(more));
    std::set<std::string> paths;
    for (const std::string& url : urls_in(result.out)) {
      paths.insert(url.substr(site_.url("").size()));
    }
    return paths;
  };
  using Paths = std::set<std::string>;
  EXPECT_EQ(found({}), (Paths{"/", "/a", "/frame"}));
  EXPECT_EQ(found({"--follow", "a,img"}), (Paths{"/", "/a", "/img"}));
}

// A front page that only sends its readers on, by element or by header.
TEST_F(SiteCliTest, ALoneRefreshIsFollowedUnlessElementsAreNamed) {
  site_.serve("/",
              "<meta http-equiv=refresh content='0; url=/by-meta'>"
              "<link rel=stylesheet href=/s.css><img src=/i.png>");
  site_.serve("/by-meta", [](const HttpRequest&) {
    return Reply::response(
        200, {{"Content-Type", "text/html"}, {"Refresh", "0; url=/by-header"}},
        "<title>on</title>");
  });
  site_.serve("/by-header", "<title>here</title>");
  const auto found = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"-r", site_.url("/"), "-q"});
    return urls_in(run(std::move(more)).out).size();
  };
  EXPECT_EQ(found({}), 3u);
  EXPECT_EQ(found({"--follow", "a"}), 1u);
  EXPECT_EQ(found({"--follow", "a,meta"}), 3u);
}

TEST_F(SiteCliTest, SummaryOfARecursiveCrawlAddsUp) {
  site_.serve("/robots.txt", "User-agent: *\nDisallow: /no\n");
  site_.serve("/",
              "<a href=/1>1</a><a href=/no>no</a>"
              "<a href=http://elsewhere.invalid/>e</a>"
              "<a href=/status/404>gone</a>");
  site_.serve("/1", "<title>1</title>");
  const ProcessResult result =
      run({"-r", site_.url("/"), "-o", files_.file("out.jsonl")});
  EXPECT_THAT(result.err,
              HasSubstr("5 URLs = 2 fetched + 1 failed + 2 skipped"));
  EXPECT_THAT(result.err, HasSubstr("Skipped: 1 robots, 1 scope"));
}

TEST_F(SiteCliTest, SkippedUrlsComeWithReasonAndTheirPage) {
  site_.serve("/", "<a href=http://elsewhere.invalid/x>e</a>");
  run({"-r", site_.url("/"), "-q", "--skipped", files_.file("skipped")});
  const auto skipped = records(files_.read("skipped"));
  ASSERT_EQ(skipped.size(), 1u);
  EXPECT_EQ(skipped[0]["url"], "http://elsewhere.invalid/x");
  EXPECT_EQ(skipped[0]["error"], "scope");
  EXPECT_EQ(skipped[0]["error_message"],
            "not the host of a seed (--scope host)");
  EXPECT_EQ(skipped[0]["parent"], site_.url("/"));
  EXPECT_EQ(skipped[0]["depth"], 1);
}

TEST_F(SiteCliTest, TableThatIsGoneOnWithHasOneHeader) {
  serve_synthetic_pages(site_, {.count = 20, .page_size = 800});
  const auto crawl = [&](const char* pages) {
    return run_process(site_command(
        {"--format", "tsv", "--fields", "url,title", "--max-pages", pages}));
  };
  crawl("5");
  crawl("100");
  std::istringstream lines(files_.read("out.jsonl"));
  std::set<std::string> urls;
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(line, "url\ttitle");
  while (std::getline(lines, line)) {
    EXPECT_NE(line, "url\ttitle");
    EXPECT_TRUE(urls.insert(line).second) << line;
  }
  EXPECT_EQ(urls.size(), 20u);
}

TEST_F(SiteCliTest, OtherFieldsThanTheOutputWasBegunWithAreRefused) {
  serve_synthetic_pages(site_, {.count = 5, .page_size = 800});
  EXPECT_EQ(run_process(site_command()).exit_status, 0);
  const ProcessResult other = run_process(site_command({"--fields", "url"}));
  EXPECT_EQ(other.exit_status, 2);
  EXPECT_THAT(other.err, HasSubstr("--fields"));
}

TEST_F(SiteCliTest, DamagedStateFileIsRefusedAndNothingIsTouched) {
  serve_synthetic_pages(site_, {.count = 50, .page_size = 800});
  EXPECT_EQ(run_process(site_command()).exit_status, 0);
  const std::string output = files_.read("out.jsonl");
  std::string state = files_.read("state.db");
  ASSERT_GT(state.size(), 8'192u);
  state.replace(4'096, state.size() - 4'096, state.size() - 4'096, '\xAA');
  files_.write("state.db", state);
  const ProcessResult result = run_process(site_command());
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr("state.db is damaged"));
  EXPECT_THAT(result.err, HasSubstr("begin anew with another file"));
  EXPECT_EQ(files_.read("state.db"), state);
  EXPECT_EQ(files_.read("out.jsonl"), output);
}

TEST_F(SiteCliTest, ExplainKnowsWhatTheStateKnows) {
  serve_synthetic_pages(site_, {.count = 5, .page_size = 800});
  EXPECT_EQ(run_process(site_command()).exit_status, 0);
  const ProcessResult known =
      run_process(site_command({"--explain", site_.url("/p/2.html")}));
  EXPECT_EQ(known.exit_status, 1);
  EXPECT_THAT(known.out, HasSubstr("the state knows it"));
  const ProcessResult fresh =
      run_process(site_command({"--explain", site_.url("/p/new.html")}));
  EXPECT_EQ(fresh.exit_status, 0);
  EXPECT_THAT(fresh.out, HasSubstr("not in the state"));
}

}  // namespace
}  // namespace crawl::testing
