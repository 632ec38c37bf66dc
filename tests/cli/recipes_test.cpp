// The README's recipes, run as they stand there, but for the site.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "base/sqlite.h"
#include "cli/cli_fixture.h"

namespace crawl::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// Each by the first line of the paragraph above it.
std::map<std::string, std::string> read_recipes(
    const std::string& section = "## Recipes") {
  std::ifstream in(CRAWL_DATA_DIR "/../README.md");
  std::map<std::string, std::string> recipes;
  std::string title;
  bool begun = false;
  bool blank = true;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## ")) begun = line == section;
    if (!begun || line.starts_with("## ")) continue;
    if (line.starts_with("    ")) {
      recipes[title] += line.substr(4) + "\n";
    } else if (!line.empty() && blank) {
      title = line;
    }
    blank = line.empty();
  }
  return recipes;
}

class Recipes : public CliTest {
 protected:
  // Where urls.txt is.
  ProcessResult run_recipe(std::string commands) {
    const std::string site = "https://example.org/";
    for (std::size_t at = commands.find(site); at != std::string::npos;
         at = commands.find(site, at)) {
      commands.replace(at, site.size(), site_.url("/"));
    }
    const std::string bin =
        std::filesystem::path(CRAWL_BINARY).parent_path().string();
    return run_process({"sh", "-c", commands},
                       {.environment = {{"PATH", bin + ":/usr/bin:/bin"}},
                        .directory = files_.file("")});
  }
  // Runs the recipe whose title begins so.
  ProcessResult follow(const std::string& title,
                       const std::string& section = "## Recipes") {
    for (const auto& [name, commands] : read_recipes(section)) {
      if (name.starts_with(title)) return run_recipe(commands);
    }
    ADD_FAILURE() << "no recipe begins with " << title;
    return {};
  }
  std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }
};

TEST_F(Recipes, AreFive) { EXPECT_THAT(read_recipes(), SizeIs(5)); }

TEST_F(Recipes, BrokenLinksComeWithTheirPages) {
  site_.serve("/", "<a href=good>good</a> <a href=gone>gone</a>");
  site_.serve("/good", "<title>Good</title>");
  const ProcessResult result = follow("Broken links of a site");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out,
            "http\t" + site_.url("/gone") + "\t" + site_.url("/") + "\n");
}

TEST_F(Recipes, TitlesAreATable) {
  site_.serve("/a", "<title>A, or =b</title>");
  list({"/a"});
  const ProcessResult result = follow("Titles as a table");
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(files_.read("titles.csv"), "url,status_code,title\r\n\"" +
                                           site_.url("/a") +
                                           "\",200,\"A, or =b\"\r\n");
}

TEST_F(Recipes, OnlyWhatChangedIsNamed) {
  for (const char* path : {"/a", "/b", "/c"}) site_.serve(path, path);
  list({"/a", "/b", "/c"});
  files_.write("before.tsv", "");
  EXPECT_THAT(lines_of(follow("Only what changed").out), SizeIs(4));
  files_.write("before.tsv", files_.read("today.tsv"));
  EXPECT_EQ(follow("Only what changed").out, "");
  site_.serve("/b", "something new");
  EXPECT_EQ(follow("Only what changed").out, site_.url("/b") + "\n");
}

TEST_F(Recipes, ManyHostsArePolite) {
  site_.serve("/robots.txt", "User-agent: *\nDisallow: /private\n");
  site_.serve("/a", "<title>A</title>");
  list({"/a", "/private"});
  const ProcessResult result = follow("Many hosts, politely");
  EXPECT_THAT(result.err, HasSubstr("1 fetched + 0 failed + 1 skipped"));
  std::vector<std::string> errors;
  for (const auto& record : records(files_.read("pages.jsonl"))) {
    errors.push_back(record["error"].is_null() ? "" : record["error"]);
  }
  std::sort(errors.begin(), errors.end());
  EXPECT_THAT(errors, ElementsAre("", "robots"));
  EXPECT_EQ(site_.log().max_concurrent(), 1u);
}

TEST_F(Recipes, ConcurrencyIsCompared) {
  site_.serve("/a", "<title>A</title>");
  list({"/a"});
  const ProcessResult result = follow("What concurrency buys");
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(lines_of(result.out), SizeIs(4));
}

TEST_F(Recipes, TheAuditFindsWhatAPageAndWhatAllPagesHave) {
  site_.serve("/robots.txt", "Sitemap: " + site_.url("/sitemap.xml") + "\n");
  site_.serve("/sitemap.xml", "<urlset><url><loc>" + site_.url("/alone") +
                                  "</loc></url></urlset>");
  site_.serve("/",
              "<html lang=en><title>T</title><h1>x</h1><img src=i>"
              "<meta name=description content=x><a href=/two>two</a>");
  site_.serve("/two", "<title>" + std::string(71, 't') + "</title>");
  site_.serve("/alone", "<title>alone</title>");
  const auto audit = read_recipes("## Audit");
  std::string said;
  for (const auto& [title, commands] : audit) {
    said += run_recipe(commands).out;
  }
  EXPECT_THAT(said, HasSubstr("alt_missing\t" + site_.url("/") + "\n"));
  EXPECT_THAT(said, HasSubstr("lang_missing\t" + site_.url("/two") + "\n"));
  EXPECT_THAT(said, Not(HasSubstr("lang_missing\t" + site_.url("/") + "\n")));
  EXPECT_THAT(said, HasSubstr(site_.url("/two") + "|71 characters: t"));
  EXPECT_THAT(said, HasSubstr(site_.url("/alone") + "|" +
                              site_.url("/sitemap.xml") + "\n"));
  EXPECT_THAT(said, Not(HasSubstr(site_.url("/two") + "|" +
                                  site_.url("/sitemap.xml"))));
}

constexpr const char* kCheck = "## Link check";

TEST_F(Recipes, AreFourOfTheLinkCheck) {
  EXPECT_THAT(read_recipes(kCheck), SizeIs(4));
}

TEST_F(Recipes, ACheckIsForPeopleToRead) {
  site_.serve("/", "<a href=good>good</a> <a href=gone>gone</a>");
  site_.serve("/good", "<title>Good</title>");
  const ProcessResult result = follow("Check a site", kCheck);
  EXPECT_EQ(result.exit_status, 1) << result.err;
  EXPECT_THAT(result.out, HasSubstr("1:23  broken        " +
                                    site_.url("/gone") + "  <a> \"gone\""));
}

TEST_F(Recipes, ACheckFailsForWhatIsNewAlone) {
  site_.serve("/", "<a href=gone>gone</a> <a href=gone>again</a>");
  const ProcessResult counted = follow("What is broken", kCheck);
  EXPECT_EQ(counted.out, "2\thttp\t" + site_.url("/gone") + "\n");
  const ProcessResult same = follow("In CI", kCheck);
  EXPECT_EQ(same.exit_status, 0) << same.err;
  EXPECT_THAT(files_.read("links.sarif"), HasSubstr("known-broken-link"));
  site_.serve("/", "<a href=gone>gone</a> <a href=lost>lost</a>");
  EXPECT_EQ(follow("In CI", kCheck).exit_status, 1);
  EXPECT_THAT(files_.read("links.sarif"), HasSubstr(site_.url("/lost")));
}

TEST_F(Recipes, AFolderIsCheckedWithoutAServer) {
  std::filesystem::create_directories(files_.path() / "public");
  files_.write("public/index.html", "<a href=about>a</a><a href=gone>g</a>");
  files_.write("public/about.html", "<a href=.>up</a>");
  const ProcessResult result = follow("Before it is published", kCheck);
  EXPECT_EQ(result.exit_status, 1) << result.err;
  EXPECT_THAT(result.out, HasSubstr("public/index.html\n       1:20  broken "));
  EXPECT_THAT(result.out, HasSubstr("1 broken"));
  EXPECT_EQ(site_.log().size(), 0u);
}

TEST_F(Recipes, TheQueriesOfADatabaseAnswerWhatTheySay) {
  site_.serve("/", "<title>Same</title><a href=two>two</a> <a href=gone>x</a>");
  site_.serve("/two", "<title>Same</title><a href=/>front</a>");
  const ProcessResult crawled =
      run({"-r", site_.url("/"), "-q", "-o", files_.file("site.db")});
  EXPECT_EQ(crawled.err, "");
  sqlite3* made = nullptr;
  ASSERT_EQ(sqlite3_open_v2(files_.file("site.db").c_str(), &made,
                            SQLITE_OPEN_READONLY, nullptr),
            SQLITE_OK);
  const Database db(made);
  std::vector<std::string> queries;
  for (const auto& [title, commands] : read_recipes("## A database")) {
    for (const std::string& line : lines_of(commands)) {
      const std::size_t quote = line.find('"');
      ASSERT_TRUE(line.starts_with("sqlite3 site.db \"")) << line;
      queries.push_back(line.substr(quote + 1, line.size() - quote - 2));
    }
  }
  std::vector<std::string> first;
  for (const std::string& query : queries) {
    Statement rows;
    ASSERT_EQ(rows.prepare(made, query), SQLITE_OK) << query;
    ASSERT_EQ(rows.step(), SQLITE_ROW) << query;
    first.emplace_back(rows.text(0));
  }
  EXPECT_THAT(first, ElementsAre(site_.url("/gone"), "Same", ::testing::_,
                                 ::testing::_, "0"));
}

}  // namespace
}  // namespace crawl::testing
