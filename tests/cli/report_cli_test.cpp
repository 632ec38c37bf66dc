// --report, from outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/cli_fixture.h"

namespace crawl::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ReportCliTest : public CliTest {};

TEST_F(ReportCliTest, IsMadeOfAWholeCrawlWhateverElseIsWritten) {
  site_.serve("/robots.txt", "User-agent: *\nDisallow: /hidden\n");
  site_.serve("/seed",
              "<title></script><script>x</title><a href=/ok><a href=/hidden>"
              "<a href=/status/404>gone</a>");
  site_.serve("/ok", "<title>ok</title>");
  const ProcessResult result =
      run({site_.url("/seed"), "-r", "--fields", "url", "--no-sitemaps",
           "--report", files_.file("r.html"), "-u", "me:s3cret"});
  const std::string html = files_.read("r.html");
  EXPECT_THAT(result.err,
              HasSubstr("4 URLs = 2 fetched + 1 failed + 1 skipped"));
  EXPECT_THAT(html,
              AllOf(HasSubstr("4 URLs = 2 fetched + 1 failed + 1 skipped"),
                    HasSubstr("id=\"broken-links\""),
                    HasSubstr("id=\"waterfall\""), HasSubstr("No description"),
                    HasSubstr("</html>"), Not(HasSubstr("s3cret"))));
  EXPECT_THAT(files_.read("r.html.db"), Not(HasSubstr("s3cret")));
}

TEST_F(ReportCliTest, IsOfAllRunsOfACrawl) {
  site_.serve("/robots.txt", "");
  site_.serve("/seed", "<title>s</title><a href=/1><a href=/2><a href=/3>");
  for (const char* path : {"/1", "/2", "/3"}) site_.serve(path, "<title>x");
  std::vector<std::string> arguments = {site_.url("/seed"),
                                        "-qr",
                                        "--state",
                                        files_.file("s.db"),
                                        "-o",
                                        files_.file("o"),
                                        "--report",
                                        files_.file("r.html"),
                                        "--no-sitemaps",
                                        "--max-pages",
                                        "2"};
  run(arguments);
  EXPECT_THAT(files_.read("r.html"), HasSubstr("2 URLs = 2 fetched"));
  arguments.resize(arguments.size() - 2);
  EXPECT_EQ(run(arguments).exit_status, 0);
  EXPECT_THAT(files_.read("r.html"), HasSubstr("4 URLs = 4 fetched"));
}

TEST_F(ReportCliTest, OfAComparisonShowsTheSpeedUps) {
  run({list({"/echo", "/seed"}), "--compare=2", "--report",
       files_.file("c.html")});
  EXPECT_THAT(files_.read("c.html"),
              AllOf(HasSubstr("Speed-up"), HasSubstr(">1 (--sync)<")));
}

TEST_F(ReportCliTest, IsMadeOfAnArchiveToo) {
  site_.serve("/a", "<title>a</title><a href=/b><a href=/status/404>gone</a>");
  site_.serve("/b", "<title>b</title>");
  run({site_.url("/a"), site_.url("/b"), site_.url("/status/404"), "-q",
       "--warc-file", files_.file("kept")});
  const ProcessResult read =
      run({files_.file("kept.warc.gz"), "-o", files_.file("o"), "--report",
           files_.file("r.html")});
  EXPECT_EQ(read.exit_status, 1) << read.err;
  EXPECT_THAT(files_.read("r.html"),
              AllOf(HasSubstr("3 URLs = 2 fetched + 1 failed"),
                    HasSubstr("No description"), HasSubstr("</html>")));
}

TEST_F(ReportCliTest, RefusesWhatItCannotDo) {
  const std::string urls = list({"/seed"});
  EXPECT_THAT(run({urls, "--report", "-"}).err, HasSubstr("needs a FILE"));
  const std::string page = files_.file("r.html");
  EXPECT_THAT(run({urls, "--report", page, "-o", page + ".db"}).err,
              HasSubstr("is also"));
}

}  // namespace
}  // namespace crawl::testing
