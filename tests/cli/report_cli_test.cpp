// --report, from outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/sqlite.h"
#include "cli/cli_fixture.h"
#include "support/synthetic_pages.h"

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

TEST_F(ReportCliTest, RedirectsToPagesThatAreKnownAreInItsDatabase) {
  site_.serve("/robots.txt", "");
  site_.serve("/seed", "<a href=/redirect/0>x</a><a href=/redirect/2>y</a>");
  run({site_.url("/seed"), "-qr", "--no-sitemaps", "--report",
       files_.file("r.html")});
  sqlite3* made = nullptr;
  ASSERT_EQ(sqlite3_open(files_.file("r.html.db").c_str(), &made), SQLITE_OK);
  const Database db(made);
  Statement rows;
  ASSERT_EQ(rows.prepare(made,
                         "SELECT url || '|' || detail FROM "
                         "audit_redirect_chain UNION SELECT url || '|' || "
                         "final_url FROM redirected_links"),
            SQLITE_OK);
  std::vector<std::string> found;
  while (rows.step() == SQLITE_ROW) found.emplace_back(rows.text(0));
  const std::string from = site_.url("/redirect/2") + "|";
  const std::string to = site_.url("/redirect/0");
  EXPECT_THAT(found, ::testing::UnorderedElementsAre(
                         from + "2 redirects to " + to, from + to));
}

// What its database says to what the page gives to ask it.
TEST_F(ReportCliTest, WhereAListIsCutItSaysHowToGetTheRest) {
  site_.serve("/robots.txt", "");
  const std::string target = "/status/404?it's&gone";
  std::string page = "<title>s</title>";
  for (int i = 0; i < 9; ++i) {
    page += "<a href=/status/404?" + std::to_string(i) + ">x</a>";
  }
  for (int i = 0; i < 110; ++i) {
    page += "<a href=\"" + target + "\">" + std::to_string(i) + "</a>";
  }
  site_.serve("/seed", page);
  run({site_.url("/seed"), "-qr", "--no-sitemaps", "--report",
       files_.file("r.html")});
  const std::string html = files_.read("r.html");
  sqlite3* made = nullptr;
  ASSERT_EQ(sqlite3_open(files_.file("r.html.db").c_str(), &made), SQLITE_OK);
  const Database db(made);
  std::vector<int> found;
  const std::string begin = "has the rest: <code>";
  for (std::size_t at = 0; (at = html.find(begin, at)) != html.npos;) {
    at += begin.size();
    std::string query = html.substr(at, html.find("</code>", at) - at);
    for (const auto& [escaped, plain] :
         {std::pair{"&#39;", "'"}, {"&lt;", "<"}, {"&amp;", "&"}}) {
      for (std::size_t i = 0; (i = query.find(escaped, i)) != query.npos; ++i) {
        query.replace(i, std::string(escaped).size(), plain);
      }
    }
    Statement rows;
    ASSERT_EQ(rows.prepare(made, query), SQLITE_OK) << query;
    found.push_back(0);
    while (rows.step() == SQLITE_ROW) ++found.back();
  }
  EXPECT_THAT(found, ::testing::UnorderedElementsAre(10, 110));
}

TEST_F(ReportCliTest, OfAComparisonShowsTheSpeedUps) {
  run({list({"/echo", "/seed"}), "--compare=2", "--report",
       files_.file("c.html")});
  EXPECT_THAT(files_.read("c.html"),
              AllOf(HasSubstr("Speed-up"), HasSubstr(">1 (--sync)<")));
}

TEST_F(ReportCliTest, OfAnArchiveHasAllButTimes) {
  site_.serve("/a", "<title>a</title><a href=/b><a href=/status/404>gone</a>");
  site_.serve("/b", "<title>b</title>");
  run({list({"/a", "/b", "/status/404"}), "--warc-file", files_.file("a"),
       "-q"});
  const ProcessResult result =
      run({files_.file("a.warc.gz"), "-o", files_.file("o"), "--report",
           files_.file("r.html")});
  EXPECT_EQ(result.exit_status, 1) << result.err;
  EXPECT_THAT(
      files_.read("r.html"),
      AllOf(HasSubstr("3 URLs = 2 fetched + 1 failed"),
            HasSubstr("No description"), HasSubstr("id=\"audit\""),
            HasSubstr("id=\"folders\""), Not(HasSubstr("id=\"waterfall\"")),
            Not(HasSubstr("id=\"over-time\"")), Not(HasSubstr(" each<")),
            HasSubstr("</html>")));
  EXPECT_THAT(
      run({files_.file("a.warc.gz"), "--har", files_.file("a.har")}).err,
      HasSubstr("--har is about fetching"));
}

TEST_F(ReportCliTest, SaysWhatLimitedTheRate) {
  run({list({"/seed", "/seed?2", "/seed?3"}), "--delay", "0.1", "--report",
       files_.file("r.html"), "-q"});
  EXPECT_THAT(files_.read("r.html"),
              AllOf(HasSubstr("What limited the rate"),
                    HasSubstr("politeness: URLs are queued")));
}

// Not at the end of a crawl of hours.
TEST_F(ReportCliTest, TellsBeforehandWhatCannotBeWritten) {
  const std::string urls = list({"/seed"});
  for (const std::string& path :
       {files_.file(""), files_.file("none/r.html"), std::string("/dev/full"),
        files_.file(std::string(254, 'r'))}) {
    const ProcessResult result = run({urls, "--report", path});
    EXPECT_EQ(result.exit_status, 2) << path;
    EXPECT_THAT(result.err, AllOf(HasSubstr("r"), Not(HasSubstr("URLs ="))))
        << path;
  }
  EXPECT_THAT(run({urls, "--report", files_.file("none/r.html")}).err,
              HasSubstr("there is no folder " + files_.file("none") + "\n"));
  EXPECT_EQ(site_.log().size(), 0u);
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

// As a shell's > does: through a link, and whoever may read it still may.
TEST_F(ReportCliTest, IsWrittenWhereALinkLeadsWithTheModeThatWasThere) {
  namespace fs = std::filesystem;
  site_.serve("/seed", "<title>s</title>");
  const fs::path real = files_.write("real.html", "old");
  const auto mode =
      fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read;
  fs::permissions(real, mode);
  fs::create_symlink("real.html", files_.file("r.html"));
  EXPECT_EQ(run({list({"/seed"}), "-q", "--report", files_.file("r.html")})
                .exit_status,
            0);
  EXPECT_TRUE(fs::is_symlink(files_.file("r.html")));
  EXPECT_THAT(files_.read("real.html"), HasSubstr("</html>"));
  EXPECT_EQ(fs::status(real).permissions(), mode);
}

TEST_F(ReportCliTest, KilledAtAnyMomentHasEachPageOnceInTheEnd) {
  constexpr std::size_t kPages = 600;
  serve_synthetic_pages(site_, {.count = kPages, .page_size = 600});
  const std::vector<std::string> command = {CRAWL_BINARY,
                                            "-qr",
                                            site_.url("/p/1.html"),
                                            "--state",
                                            files_.file("s.db"),
                                            "--commit-interval",
                                            "0.01",
                                            "-o",
                                            files_.file("o"),
                                            "--har",
                                            files_.file("a.har"),
                                            "--report",
                                            files_.file("r.html")};
  static constexpr std::array<std::size_t, 7> kMoments = {1,   30, 77, 5,
                                                          120, 60, 33};
  const int kills =
      kill_again_and_again(command, static_cast<int>(kMoments.size()),
                           [at = kMoments.begin()]() mutable { return *at++; });
  EXPECT_GT(kills, 0);
  const ProcessResult last = run_process(command);
  EXPECT_EQ(last.exit_status, 0) << last.err;
  const std::string html = files_.read("r.html");
  EXPECT_THAT(html,
              AllOf(HasSubstr("600 URLs = 600 fetched"), HasSubstr("</html>")));
  std::multiset<std::string> in_har;
  const nlohmann::json log = nlohmann::json::parse(files_.read("a.har"))["log"];
  for (const nlohmann::json& entry : log["entries"]) {
    in_har.insert(entry["request"]["url"].get<std::string>());
  }
  in_har.erase(site_.url("/robots.txt"));
  EXPECT_EQ(in_har.size(), kPages);
  EXPECT_EQ(std::set<std::string>(in_har.begin(), in_har.end()).size(), kPages);
  sqlite3* made = nullptr;
  ASSERT_EQ(sqlite3_open(files_.file("r.html.db").c_str(), &made), SQLITE_OK);
  const Database db(made);
  Statement rows;
  ASSERT_EQ(rows.prepare(made,
                         "SELECT (SELECT count(DISTINCT url) FROM pages), "
                         "(SELECT count(*) FROM pages), "
                         "(SELECT count(*) FROM requests WHERE url LIKE "
                         "'%/p/%'), (SELECT count(DISTINCT url) FROM requests "
                         "WHERE url LIKE '%/p/%')"),
            SQLITE_OK);
  ASSERT_EQ(rows.step(), SQLITE_ROW);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(rows.integer(i), static_cast<std::int64_t>(kPages)) << i;
  }
}

// No file may grow past a size: as good as a full disk.
TEST_F(ReportCliTest, AFullDiskIsSaidAndNoLoss) {
  constexpr std::size_t kPages = 400;
  serve_synthetic_pages(site_, {.count = kPages, .page_size = 2'000});
  const std::string command = std::string("exec ") + CRAWL_BINARY + " -qr " +
                              site_.url("/p/1.html") +
                              " --state s.db -o o --har a.har --report r.html";
  const ProcessResult full =
      run_process({"sh", "-c", "trap '' XFSZ; ulimit -f 300; " + command},
                  {.directory = files_.file("")});
  EXPECT_NE(full.exit_status, 0);
  EXPECT_THAT(full.err, HasSubstr("cannot write"));
  EXPECT_FALSE(std::filesystem::exists(files_.file("r.html.part")));
  const ProcessResult whole =
      run_process({"sh", "-c", command}, {.directory = files_.file("")});
  EXPECT_EQ(whole.exit_status, 0) << whole.err;
  EXPECT_THAT(files_.read("r.html"), HasSubstr("400 URLs = 400 fetched"));
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
