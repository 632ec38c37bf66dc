// --har, from outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/cli_fixture.h"

namespace crawl::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class HarCliTest : public CliTest {
 protected:
  // "200 /path", each entry.
  std::vector<std::string> entries() const {
    std::vector<std::string> all;
    const nlohmann::json log =
        nlohmann::json::parse(files_.read("a.har"))["log"];
    for (const nlohmann::json& entry : log["entries"]) {
      const std::string url = entry["request"]["url"];
      all.push_back(std::to_string(entry["response"]["status"].get<int>()) +
                    " " + url.substr(url.find('/', 8)));
    }
    return all;
  }
};

TEST_F(HarCliTest, HasEveryExchangeFailuresAndRepeatsToo) {
  const ProcessResult result =
      run({list({"/redirect/2", "/close-at-once", "/status/404"}), "--retry",
           "1", "-j", "1", "--har", files_.file("a.har"), "--warc-file",
           files_.file("a"), "-q"});
  EXPECT_EQ(result.exit_status, 1) << result.err;
  EXPECT_THAT(entries(),
              UnorderedElementsAre("307 /redirect/2", "302 /redirect/1",
                                   "200 /redirect/0", "0 /close-at-once",
                                   "0 /close-at-once", "404 /status/404"));
}

TEST_F(HarCliTest, SaysWhatPackedBodiesCameTo) {
  const ProcessResult result =
      run({list({"/gzip"}), "--har", files_.file("a.har"), "-q"});
  const std::size_t size = records(result.out).at(0)["size_body"];
  const nlohmann::json entry =
      nlohmann::json::parse(files_.read("a.har"))["log"]["entries"][0];
  EXPECT_EQ(entry["response"]["content"]["size"], size);
  EXPECT_GT(size, 0u);
  EXPECT_EQ(entry["response"]["bodySize"],
            records(result.out).at(0)["size_download"]);
}

TEST_F(HarCliTest, GoesOnWithTheCrawlOfItsState) {
  site_.serve("/robots.txt", "");
  site_.serve("/seed", "<title>s</title><a href=/1><a href=/2><a href=/3>");
  for (const char* path : {"/1", "/2", "/3"}) site_.serve(path, "<title>x");
  const std::vector<std::string> arguments = {site_.url("/seed"),
                                              "-qr",
                                              "--state",
                                              files_.file("s.db"),
                                              "-o",
                                              files_.file("o"),
                                              "--har",
                                              files_.file("a.har"),
                                              "--no-sitemaps"};
  std::vector<std::string> first = arguments;
  first.insert(first.end(), {"--max-pages", "2"});
  run(first);
  EXPECT_EQ(entries().size(), 3u);
  EXPECT_EQ(run(arguments).exit_status, 0);
  std::vector<std::string> pages = entries();
  std::erase(pages, "200 /robots.txt");
  EXPECT_THAT(pages,
              UnorderedElementsAre("200 /seed", "200 /1", "200 /2", "200 /3"));
}

TEST_F(HarCliTest, RefusesWhatItCannotDo) {
  const std::string urls = list({"/seed"});
  EXPECT_THAT(run({urls, "--har", "-"}).err, HasSubstr("--har needs a FILE"));
  EXPECT_THAT(run({urls, "--har", ""}).err, HasSubstr("is empty"));
  EXPECT_THAT(run({urls, "--har", "x", "--compare"}).err,
              HasSubstr("do not go together"));
  EXPECT_THAT(run({urls, "--har", urls}).err, HasSubstr("is also INPUT"));
}

}  // namespace
}  // namespace crawl::testing
