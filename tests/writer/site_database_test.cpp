#include "crawl/writer/site_database.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/sqlite.h"
#include "crawl/writer/fields.h"
#include "support/temp_dir.h"

namespace crawl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TempDir;

const std::string kAll = "+links,+headers,+body_digest";

class SiteDatabaseTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<Sink>> try_to_open(
      const std::string& fields = kAll, OutputMode mode = OutputMode::kReplace,
      std::optional<std::uint64_t> position = std::nullopt) {
    const auto list = parse_field_list(fields);
    EXPECT_TRUE(list);
    return open_site_database({path_, mode, position, *list, "crawl/test"});
  }
  std::unique_ptr<Sink> open(auto... arguments) {
    auto sink = try_to_open(arguments...);
    EXPECT_TRUE(sink) << sink.error().message;
    return *std::move(sink);
  }
  // Rows of a query, columns parted by '|'.
  std::vector<std::string> rows(const std::string& sql) const {
    std::vector<std::string> all;
    sqlite3* made = nullptr;
    EXPECT_EQ(
        sqlite3_open_v2(path_.c_str(), &made, SQLITE_OPEN_READONLY, nullptr),
        SQLITE_OK);
    const Database db(made);
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(made, sql.c_str(), -1, &statement, nullptr),
              SQLITE_OK)
        << sqlite3_errmsg(made);
    while (sqlite3_step(statement) == SQLITE_ROW) {
      std::string& row = all.emplace_back();
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        if (i > 0) row.push_back('|');
        const auto* const text = sqlite3_column_text(statement, i);
        row += text == nullptr ? "NULL" : reinterpret_cast<const char*>(text);
      }
    }
    sqlite3_finalize(statement);
    return all;
  }

  static CrawlRecord page(const std::string& path, int status = 200) {
    CrawlRecord record;
    record.url = record.final_url = record.input = "http://d.test" + path;
    record.status_code = status;
    record.ok = status < 400;
    record.attempts = 1;
    record.link_count = 0;
    return record;
  }
  static void link(CrawlRecord& from, std::string_view url,
                   std::string_view text = "") {
    from.links.add({.url = url, .rel = "", .text = text});
    ++*from.link_count;
  }
  static void give(Sink& sink, const CrawlRecord& record,
                   bool is_record = true) {
    const Result<void> taken = sink.take({record, is_record});
    ASSERT_TRUE(taken) << taken.error().message;
  }

  TempDir dir_;
  const std::string path_ = (dir_.path() / "site.db").string();
};

TEST_F(SiteDatabaseTest, APageIsARowAndItsLinksRedirectsAndHeadersAreRows) {
  CrawlRecord record = page("/a");
  record.title = "A & B";
  record.time_total = 0.25;
  record.depth = 2;
  record.headers = {{"server", "x"}, {"etag", "\"1\""}};
  record.redirects = {{"http://d.test/old", 301, "http://d.test/a"}};
  link(record, "http://d.test/b#part", "to b");
  link(record, "http://d.test/c");
  const auto sink = open();
  give(*sink, record);
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(rows("SELECT id, url, status_code, ok, title, time_total, depth, "
                   "canonical, link_count FROM pages"),
              ElementsAre("1|http://d.test/a|200|1|A & B|0.25|2|NULL|2"));
  EXPECT_THAT(
      rows("SELECT page, url, fragment, element, attribute, text FROM links"),
      ElementsAre("1|http://d.test/b|part|a|href|to b",
                  "1|http://d.test/c|NULL|a|href|NULL"));
  EXPECT_THAT(rows("SELECT * FROM redirects"),
              ElementsAre("1|1|http://d.test/old|301|http://d.test/a"));
  EXPECT_THAT(rows("SELECT * FROM headers"),
              ElementsAre("1|server|x", "1|etag|\"1\""));
}

TEST_F(SiteDatabaseTest, WhatWasLeftOutStandsInSkippedWithItsReason) {
  const auto sink = open();
  CrawlRecord seed = page("/seed", 0);
  seed.error = ErrorKind::kRobots;
  give(*sink, seed);
  CrawlRecord link = page("/far", 0);
  link.error = ErrorKind::kScope;
  link.parent = "http://d.test/seed";
  give(*sink, link, false);
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(rows("SELECT id, url FROM pages"),
              ElementsAre("1|http://d.test/seed"));
  EXPECT_THAT(rows("SELECT id, url, error, parent FROM skipped"),
              ElementsAre("1|http://d.test/seed|robots|NULL",
                          "2|http://d.test/far|scope|http://d.test/seed"));
}

TEST_F(SiteDatabaseTest, ViewsAnswerWhatPeopleAsk) {
  const auto sink = open();
  CrawlRecord front = page("/");
  front.title = "Same";
  link(front, "http://d.test/gone#x", "gone");
  link(front, "http://d.test/moved", "moved");
  link(front, "http://d.test/two");
  CrawlRecord two = page("/two");
  two.title = "Same";
  two.description = "two";
  CrawlRecord moved = page("/moved");
  moved.final_url = "http://d.test/new";
  moved.redirects = {{"http://d.test/moved", 301, "http://d.test/new"}};
  give(*sink, front);
  give(*sink, page("/gone", 404));
  give(*sink, moved);
  give(*sink, two);
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(rows("SELECT url, status_code, page, text FROM broken_links"),
              ElementsAre("http://d.test/gone|404|http://d.test/|gone"));
  EXPECT_THAT(rows("SELECT url, status_code FROM broken_pages"),
              ElementsAre("http://d.test/gone|404"));
  EXPECT_THAT(
      rows("SELECT url, final_url, status_code, page FROM redirected_links"),
      ElementsAre("http://d.test/moved|http://d.test/new|301|http://d.test/"));
  EXPECT_THAT(rows("SELECT * FROM duplicate_titles"),
              ElementsAre("Same|2|http://d.test/"));
  EXPECT_THAT(rows("SELECT url FROM missing_titles"),
              ElementsAre("http://d.test/moved"));
  EXPECT_THAT(rows("SELECT url FROM missing_descriptions ORDER BY id"),
              ElementsAre("http://d.test/", "http://d.test/moved"));
  EXPECT_THAT(rows("SELECT url, links FROM inlinks WHERE url LIKE '%two'"),
              ElementsAre("http://d.test/two|1"));
  EXPECT_THAT(rows("SELECT status_code, pages FROM status_by_depth"),
              ElementsAre("200|3", "404|1"));
}

TEST_F(SiteDatabaseTest, AViewIsThereOnlyWithItsColumns) {
  const auto sink = open("url,title");
  give(*sink, page("/"));
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(rows("SELECT name FROM sqlite_schema WHERE type = 'view'"),
              IsEmpty());
  EXPECT_THAT(rows("SELECT name FROM sqlite_schema WHERE type = 'table' "
                   "ORDER BY name"),
              ElementsAre("pages", "runs", "sitemap_urls", "skipped"));
}

TEST_F(SiteDatabaseTest, TextIsValidAndNothingAScreenObeys) {
  CrawlRecord record = page("/");
  record.title = std::string("a\x1b[31m\xff\0b\tc", 11);
  const auto sink = open();
  give(*sink, record);
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(rows("SELECT title FROM pages"),
              ElementsAre("a\uFFFD[31m\uFFFD\uFFFD"
                          "b\tc"));
}

TEST_F(SiteDatabaseTest, IsOneFileInTheEndAndOthersMayReadMeanwhile) {
  const auto sink = open();
  give(*sink, page("/"));
  ASSERT_TRUE(sink->sync());
  EXPECT_THAT(rows("SELECT url FROM pages"), ElementsAre("http://d.test/"));
  ASSERT_TRUE(sink->close());
  EXPECT_FALSE(std::filesystem::exists(path_ + "-wal"));
  EXPECT_THAT(rows("PRAGMA integrity_check"), ElementsAre("ok"));
  EXPECT_THAT(rows("SELECT version, pages, ended IS NULL FROM runs"),
              ElementsAre("crawl/test|1|0"));
}

TEST_F(SiteDatabaseTest, ReplacesAnEarlierOneAndAppendsToOne) {
  auto sink = open("url,title");
  give(*sink, page("/1"));
  ASSERT_TRUE(sink->close());
  sink.reset();
  sink = open();
  give(*sink, page("/2"));
  ASSERT_TRUE(sink->close());
  sink.reset();
  EXPECT_THAT(rows("SELECT id, url FROM pages"),
              ElementsAre("1|http://d.test/2"));
  sink = open(kAll, OutputMode::kAppend);
  give(*sink, page("/3"));
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(rows("SELECT id, url FROM pages"),
              ElementsAre("1|http://d.test/2", "2|http://d.test/3"));
  EXPECT_THAT(rows("SELECT count(*) FROM runs"), ElementsAre("2"));
  const auto other = try_to_open("url,title", OutputMode::kAppend);
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("other columns"));
}

TEST_F(SiteDatabaseTest, WhatIsNotItsOwnIsLeftAlone) {
  for (const std::string text : {"a,b\r\n1,2\r\n", "SQLite format 3"}) {
    std::ofstream(path_, std::ios::trunc) << text;
    const auto sink = try_to_open();
    ASSERT_FALSE(sink);
    EXPECT_THAT(sink.error().message, HasSubstr("no database of crawl"));
    std::ifstream file(path_);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), text);
  }
}

TEST_F(SiteDatabaseTest, IsWrittenByOneAtATime) {
  const auto first = open();
  give(*first, page("/1"));
  const auto second = try_to_open();
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("another process"));
  give(*first, page("/2"));
  ASSERT_TRUE(first->close());
  EXPECT_THAT(rows("SELECT count(*) FROM pages"), ElementsAre("2"));
}

TEST_F(SiteDatabaseTest, RowsThatAreMissingAreNotTakenForACutBackCrawl) {
  auto sink = open();
  give(*sink, page("/1"));
  const Result<std::uint64_t> position = sink->sync();
  ASSERT_TRUE(position);
  ASSERT_TRUE(sink->close());
  sink.reset();
  std::filesystem::remove(path_);
  const auto again = try_to_open("url,title", OutputMode::kReplace, *position);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("not as the crawl left it"));
}

TEST_F(SiteDatabaseTest, AnErrorNamesTheFileAndComesBack) {
  const auto none = open_site_database({(dir_.path() / "no" / "x.db").string(),
                                        OutputMode::kReplace, std::nullopt,
                                        default_fields(), ""});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("No such file"));
  EXPECT_FALSE(std::filesystem::exists(dir_.path() / "no"));
}

}  // namespace
}  // namespace crawl
