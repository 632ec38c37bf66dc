#include "base/sqlite_header.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "base/sqlite.h"
#include "support/temp_dir.h"

namespace crawl {
namespace {

using testing::TempDir;

TEST(SqliteHeader, SaysWhatADatabaseSaysOfItself) {
  const TempDir dir;
  const std::string path = dir.file("a.db");
  sqlite3* made = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &made), SQLITE_OK);
  const Database db(made);
  ASSERT_EQ(execute(made,
                    "PRAGMA application_id=305419896; PRAGMA "
                    "user_version=7; CREATE TABLE t(a)"),
            SQLITE_OK);
  const auto header = read_sqlite_header(path);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->application_id, 305'419'896u);
  EXPECT_EQ(header->user_version, 7u);
  EXPECT_TRUE(header->whole);
}

TEST(SqliteHeader, ABeginningIsKnownAndNotWhole) {
  const TempDir dir;
  for (const std::string& text :
       {std::string("SQLite format 3"),
        "SQLite format 3 " + std::string(99, 'x'),
        std::string("SQLite format 3\0", 16) + std::string(83, 'x')}) {
    dir.write("a", text);
    const auto header = read_sqlite_header(dir.file("a"));
    ASSERT_TRUE(header) << text;
    EXPECT_FALSE(header->whole) << text;
  }
}

TEST(SqliteHeader, AnythingElseHasNone) {
  const TempDir dir;
  EXPECT_FALSE(read_sqlite_header(dir.file("none")));
  EXPECT_FALSE(read_sqlite_header(dir.path().string()));
  for (const char* const text : {"", "SQLite format 2", "{\"url\":1}\n"}) {
    dir.write("a", text);
    EXPECT_FALSE(read_sqlite_header(dir.file("a"))) << text;
  }
}

}  // namespace
}  // namespace crawl
