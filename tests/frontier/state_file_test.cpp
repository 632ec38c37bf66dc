// The file behind a state: whose it is, what is refused, what it survives.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "crawl/frontier/state_store.h"
#include "frontier/state_store_fixture.h"

namespace crawl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::read_file;
using testing::StateStoreTest;
using testing::url;
using testing::write_file;

TEST_F(StateStoreTest, ATemporaryStateHasNoFile) {
  auto store = FileState::open({});
  ASSERT_TRUE(store);
  for (int i = 0; i < 100'000; ++i) {
    add(**store, "http://a/" + std::to_string(i));
  }
  ASSERT_TRUE((*store)->commit({{"records", 1}}));
  EXPECT_EQ(load(**store, 0, 1'000'000).size(), 100'000u);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(StateStoreTest, AFileWithASpecialNameIsAFile) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder_);
  for (const char* name : {":memory:", "file:x?mode=memory", "file:x"}) {
    path_ = name;
    ASSERT_TRUE(open()->commit({{"records", 7}}));
    EXPECT_EQ(open()->position("records"), 7u) << name;
    EXPECT_TRUE(std::filesystem::exists(name)) << name;
  }
  EXPECT_FALSE(std::filesystem::exists("x"));
  std::filesystem::current_path(before);
}

TEST_F(StateStoreTest, ACleanEndLeavesOneFile) {
  {
    const auto store = open();
    add(*store, "http://a/");
    ASSERT_TRUE(store->commit({{"records", 0}}));
  }
  const std::filesystem::directory_iterator files(folder_);
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

// ---- Refusals: clear words, and nothing changed

TEST_F(StateStoreTest, Refuses_OtherSettings) {
  {
    const auto store = open({{"--scope", "host"}, {"seeds", "http://a/"}});
    add(*store, "http://a/");
    ASSERT_TRUE(store->commit({{"records", 0}}));
  }
  EXPECT_EQ(error_of_open({{"--scope", "domain"}, {"seeds", "http://a/"}}),
            "state file " + path_ +
                " belongs to another crawl: --scope was \"host\", now it is "
                "\"domain\"; repeat the earlier command, or name another file "
                "with --state");
  EXPECT_TRUE(open({{"seeds", "http://a/"}, {"--scope", "host"}}));
  EXPECT_THAT(
      error_of_open(
          {{"--scope", "host"}, {"seeds", "http://a/"}, {"--include", "x"}}),
      HasSubstr("--include was nothing, now it is \"x\""));
  // What is left out is another crawl too.
  EXPECT_THAT(error_of_open({{"seeds", "http://a/"}}),
              HasSubstr("--scope was \"host\", now it is nothing"));
}

// A crawl whose output could not be opened, say, and now has another.
TEST_F(StateStoreTest, AStateThatWasNeverUsedTakesOtherSettings) {
  {
    const auto store = open({{"-o", "/nowhere/out"}});
    ASSERT_TRUE(store->set_note("sitemaps", "http://a/sitemap.xml"));
    ASSERT_TRUE(store->commit({{"records", 0}}));
  }
  {
    const auto store = open({{"-o", "out"}});
    EXPECT_FALSE(store->resumed());
    EXPECT_EQ(store->note("sitemaps"), std::nullopt);
    add(*store, "http://a/");
    ASSERT_TRUE(store->commit({{"records", 0}}));
  }
  EXPECT_THAT(error_of_open({{"-o", "/nowhere/out"}}),
              HasSubstr("-o was \"out\""));
}

TEST_F(StateStoreTest, Refuses_ASecondOwner) {
  const auto store = open();
  EXPECT_EQ(error_of_open(), "state file " + path_ +
                                 " is in use by another crawl; wait for its "
                                 "end, or name another file with --state");
  add(*store, "http://a/");
  EXPECT_TRUE(store->commit({{"records", 3}}));
}

TEST_F(StateStoreTest, Refuses_ASecondProcess) {
  const auto store = open();
  const pid_t child = fork();
  if (child == 0) {
    const auto second = FileState::open({path_, {}});
    _exit(!second && second.error().message.find("in use") != std::string::npos
              ? 0
              : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(StateStoreTest, Refuses_ForeignFiles) {
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "CREATE TABLE t(x)", nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(other);
  const std::string database = read_file(path_);
  for (const std::string& content :
       {std::string("http://a/\nhttp://b/\n"), std::string("x"),
        std::string(5000, '\0'), database, database.substr(0, 60)}) {
    write_file(path_, content);
    EXPECT_EQ(error_of_open(),
              path_ +
                  " is not a state file of crawl; it was left as it is, name "
                  "another file with --state");
    EXPECT_EQ(read_file(path_), content);
  }
  const std::filesystem::directory_iterator files(folder_);
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST_F(StateStoreTest, Refuses_AnotherVersion) {
  open();
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
  sqlite3_exec(db, "PRAGMA user_version=7", nullptr, nullptr, nullptr);
  sqlite3_close(db);
  EXPECT_THAT(error_of_open(),
              HasSubstr("state format 7, this one reads 1 to 2"));
}

// As version 0.1.0 left it: one output, and the rest as text.
TEST_F(StateStoreTest, AnEarlierFormatIsBroughtUpToDate) {
  const auto write_old = [this](const std::string& length) {
    std::filesystem::remove(path_);
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
    const std::string sql =
        "PRAGMA application_id=1668446060; PRAGMA user_version=1;"
        "CREATE TABLE ahead(id INTEGER PRIMARY KEY) STRICT;"
        "CREATE TABLE body(high INTEGER PRIMARY KEY, low INTEGER NOT NULL, "
        "page INTEGER NOT NULL) STRICT;"
        "CREATE TABLE host(id INTEGER PRIMARY KEY, key TEXT NOT NULL, "
        "done INTEGER NOT NULL) STRICT;"
        "CREATE TABLE known(id INTEGER PRIMARY KEY, hash INTEGER NOT NULL) "
        "STRICT;"
        "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, "
        "WITHOUT ROWID;"
        "CREATE TABLE page(id INTEGER PRIMARY KEY, depth INTEGER NOT NULL, "
        "parent INTEGER NOT NULL, url TEXT NOT NULL) STRICT;"
        "INSERT INTO meta VALUES('seed','0123456789abcdef'),"
        "('output_length','" +
        length +
        "'),('note totals','34 5 6 7 8'),('note trusted_hosts','1 2 '),"
        "('setting --scope','host');"
        "INSERT INTO host VALUES(0,'http://a:80',1),(1,'http://b:80',0),"
        "(2,'http://c:80',0);"
        "INSERT INTO page VALUES(0,0,-1,'/'),(1,1,-2,'/x'),"
        "(1<<32,1,0,'/'),(2<<32,1,0,'/');";
    char* message = nullptr;
    ASSERT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &message),
              SQLITE_OK)
        << message;
    sqlite3_close(db);
  };
  write_old("1234");
  const std::string before = read_file(path_);
  EXPECT_THAT(error_of_open({{"--scope", "domain"}}),
              HasSubstr("belongs to another crawl"));
  EXPECT_EQ(read_file(path_), before);
  for (int run = 0; run < 2; ++run) {
    const auto store = open({{"--scope", "host"}});
    EXPECT_TRUE(store->resumed());
    EXPECT_EQ(store->position("records"), 1234u);
    EXPECT_EQ(store->position("skipped"), 34u);
    EXPECT_EQ(*store->note("totals"), "34 5 6 7 8");
    EXPECT_FALSE(store->trusted(0));
    EXPECT_TRUE(store->trusted(1));
    EXPECT_TRUE(store->trusted(2));
    EXPECT_THAT(load(*store, 0, 9), ElementsAre("http://a/x"));
  }
  for (const char* length : {"x", "-1", "", "99999999999999999999"}) {
    write_old(length);
    const std::string damaged = read_file(path_);
    EXPECT_THAT(error_of_open({{"--scope", "host"}}), HasSubstr("is damaged"))
        << length;
    EXPECT_EQ(read_file(path_), damaged);
  }
}

TEST_F(StateStoreTest, Refuses_TablesThatAreNotOurs) {
  open();
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
  sqlite3_exec(db,
               "CREATE TRIGGER t AFTER INSERT ON page BEGIN DELETE FROM page; "
               "END",
               nullptr, nullptr, nullptr);
  sqlite3_close(db);
  EXPECT_THAT(error_of_open(), HasSubstr("its tables are not those of crawl"));
}

TEST_F(StateStoreTest, Refuses_ADamagedFile) {
  {
    const auto store = open();
    for (int i = 0; i < 5000; ++i) add(*store, "http://a/" + std::to_string(i));
    ASSERT_TRUE(store->commit({{"records", 0}}));
  }
  std::string bytes = read_file(path_);
  bytes.replace(bytes.size() / 2, 9000, std::string(9000, '\x5a'));
  write_file(path_, bytes);
  EXPECT_THAT(error_of_open(), HasSubstr("is damaged"));
  EXPECT_EQ(read_file(path_), bytes);
  bytes.resize(bytes.size() / 2);
  write_file(path_, bytes);
  EXPECT_THAT(error_of_open(), HasSubstr("is damaged"));
}

TEST_F(StateStoreTest, Refuses_RowsThatDoNotFitTogether) {
  {
    const auto store = open();
    for (int i = 0; i < 9; ++i) add(*store, "http://a/" + std::to_string(i));
    load(*store, 0, 9);
    ASSERT_TRUE(*store->claim(url("http://b/"), 1, 0));
    ASSERT_FALSE(*store->add(url("http://b/"), 1, 2));
    ASSERT_TRUE(store->trust(0));
    ASSERT_TRUE(store->commit({{"records", 0}, {"skipped", 0}}));
  }
  const std::string good = read_file(path_);
  for (const char* sql : {"DELETE FROM page WHERE id=4",
                          "DELETE FROM host",
                          "UPDATE host SET done=10",
                          "UPDATE host SET done=-1",
                          "INSERT INTO ahead VALUES(20)",
                          "INSERT INTO ahead VALUES(-1)",
                          "INSERT INTO page VALUES(-5,0,-1,'/x')",
                          "INSERT INTO page VALUES(1<<40,0,-1,'/x')",
                          "UPDATE page SET url='/1' WHERE id=2",
                          "UPDATE page SET url='' WHERE id=2",
                          "UPDATE page SET parent=1<<50 WHERE id=2",
                          "UPDATE page SET parent=-2-9 WHERE id=2",
                          "UPDATE page SET parent=9 WHERE id=2",
                          "INSERT INTO host VALUES(1,'http://b:80',0); "
                          "UPDATE page SET parent=1<<32 WHERE id=2",
                          "UPDATE page SET depth=-1 WHERE id=2",
                          "UPDATE page SET depth=1<<31 WHERE id=2",
                          "UPDATE meta SET value='x' WHERE name='seed'",
                          "DELETE FROM meta WHERE name='seed'",
                          "UPDATE position SET value=-1 WHERE name='skipped'",
                          "DELETE FROM position WHERE name='skipped'",
                          "DELETE FROM meta WHERE name='sinks'",
                          "INSERT INTO trusted VALUES(1)",
                          "INSERT INTO trusted VALUES(-1)",
                          "UPDATE wanted SET url='no url'",
                          "UPDATE wanted SET url='ftp://b/'",
                          "UPDATE wanted SET depth=-1",
                          "UPDATE wanted SET depth=1<<31",
                          "UPDATE wanted SET parent=9",
                          "UPDATE wanted SET parent=1<<32"}) {
    write_file(path_, good);
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK)
        << sql;
    sqlite3_exec(db, "PRAGMA journal_mode=DELETE", nullptr, nullptr, nullptr);
    sqlite3_close(db);
    const std::string changed = read_file(path_);
    EXPECT_THAT(error_of_open(), HasSubstr("is damaged")) << sql;
    EXPECT_EQ(read_file(path_), changed) << sql;
  }
}

// Each byte of the head and the end of every page changed: what SQLite notices
// only when it writes there must not be noticed after other things were
// written.
TEST_F(StateStoreTest, AFileThatIsRefusedIsLeftAsItWas) {
  {
    const auto store = open();
    for (int i = 0; i < 9; ++i) add(*store, "http://a/" + std::to_string(i));
    load(*store, 0, 9);
    for (const PageId page : {4u, 6u}) store->done(page);
    ASSERT_TRUE(*store->claim(url("http://b/"), 1, 0));
    ASSERT_FALSE(*store->add(url("http://b/"), 1, 2));
    ASSERT_TRUE(store->first_with_body({1, 2}, 3));
    ASSERT_TRUE(store->remember("http://x/"));
    ASSERT_TRUE(store->trust(0));
    ASSERT_TRUE(store->commit({{"records", 0}}));
  }
  const std::string good = read_file(path_);
  constexpr std::size_t kPage = 4096, kHead = 20, kTail = 24;
  int refused = 0;
  const auto expect_whole_or_untouched = [&](const std::string& bytes,
                                             std::size_t at) {
    write_file(path_, bytes);
    if (FileState::open({path_, {}})) return;
    ++refused;
    EXPECT_TRUE(read_file(path_) == bytes) << "byte " << at;
    EXPECT_FALSE(std::filesystem::exists(path_ + "-journal")) << "byte " << at;
  };
  for (const char journal : {'\1', '\2'}) {
    std::string bytes = good;
    bytes[18] = bytes[19] = journal;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      const std::size_t place = at % kPage;
      if (place >= kHead && place < kPage - kTail) continue;
      for (const char value : {'\0', '\1', '\x29', '\xff'}) {
        const char before = std::exchange(bytes[at], value);
        expect_whole_or_untouched(bytes, at);
        bytes[at] = before;
      }
    }
  }
  EXPECT_GT(refused, 1000);
}

// No statement can make it so, but a bad disk can.
TEST_F(StateStoreTest, Refuses_APageDoneTwice) {
  {
    const auto store = open();
    for (int i = 0; i < 9; ++i) add(*store, "http://a/" + std::to_string(i));
    load(*store, 0, 9);
    for (const PageId page : {4u, 6u}) store->done(page);
    ASSERT_TRUE(store->commit({{"records", 0}}));
  }
  // Two cells at the end of the table's page, each of four bytes: the payload's
  // size, the row's number, and a record of one NULL.
  constexpr std::size_t kEnd = 2 * 4096;
  std::string bytes = read_file(path_);
  ASSERT_EQ(bytes.substr(kEnd - 8, 8), std::string("\2\6\2\0\2\4\2\0", 8));
  bytes[kEnd - 3] = 6;
  write_file(path_, bytes);
  EXPECT_THAT(error_of_open(), HasSubstr("is damaged"));
}

TEST_F(StateStoreTest, Refuses_AUrlThatIsNone) {
  {
    const auto store = open();
    add(*store, "http://a/1");
    ASSERT_TRUE(store->commit({{"records", 0}}));
  }
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
  sqlite3_exec(db, "UPDATE page SET url='no url'", nullptr, nullptr, nullptr);
  sqlite3_close(db);
  const auto store = open();
  std::vector<QueuedPage> pages;
  const auto loaded = store->load(0, 9, pages);
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr("a page is not readable"));
  EXPECT_FALSE(store->commit({{"records", 0}}));
}

TEST_F(StateStoreTest, Refuses_WhatCannotBeAFile) {
  path_ = folder_;
  EXPECT_EQ(error_of_open(),
            "cannot open state file " + path_ + ": Is a directory");
  path_ = folder_ + "/missing/s.db";
  EXPECT_EQ(error_of_open(),
            "cannot open state file " + path_ + ": No such file or directory");
  path_ = "/dev/null";
  EXPECT_THAT(error_of_open(), HasSubstr("not a state file of crawl"));
  path_ = folder_ + "/pipe";
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THAT(error_of_open(), HasSubstr("not a state file of crawl"));
}

TEST_F(StateStoreTest, Refuses_AFolderItCannotWriteIn) {
  path_ = "/proc/self/s.db";  // not even root can
  EXPECT_THAT(error_of_open(), HasSubstr("cannot open state file"));
  if (geteuid() == 0) return;
  path_ = folder_ + "/s.db";
  ASSERT_EQ(chmod(folder_.c_str(), 0500), 0);
  EXPECT_THAT(error_of_open(), HasSubstr("Permission denied"));
  ASSERT_EQ(chmod(folder_.c_str(), 0700), 0);
}

// No file may grow past a size: as good as a full disk.
TEST_F(StateStoreTest, AFullDiskLosesNothingCommitted) {
  std::uint64_t admitted = 0;
  {
    const auto store = open();
    for (int i = 0; i < 2000; ++i) {
      add(*store, "http://a/" + std::to_string(i));
    }
    ASSERT_TRUE(store->commit({{"records", 42}}));
    admitted = store->counts().admitted;

    signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    rlimit small = before;
    small.rlim_cur = 300'000;
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    Result<void> result;
    int i = 2000;
    while (result && i < 100'000) {
      const auto page =
          store->add(url("http://a/" + std::to_string(i++)), 0, kNoPage);
      if (!page) result = tl::unexpected(page.error());
      if (result && i % 1000 == 0) {
        result = store->commit({{"records", 42}});
        if (result) admitted = store->counts().admitted;
      }
    }
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("cannot write state file"));
    // It stays so: nothing is written on top of half a transaction.
    EXPECT_FALSE(store->commit({{"records", 43}}));
    EXPECT_FALSE(store->add(url("http://a/x"), 0, kNoPage));
  }
  const auto store = open();
  EXPECT_EQ(store->position("records"), 42u);
  EXPECT_EQ(store->counts().admitted, admitted);
  EXPECT_EQ(load(*store, 0, 1'000'000).size(), admitted);
}

// ---- Killed at any moment

void die_in(suseconds_t microseconds) {
  // The alarm's default is to end the process on the spot.
  signal(SIGALRM, SIG_DFL);
  itimerval timer{};
  timer.it_value.tv_usec = microseconds;
  setitimer(ITIMER_REAL, &timer, nullptr);
}

// A crawl of pages that link to others, over and over: each record is a line.
// Dies after so many microseconds, if any, of which the opening is a part or
// not.
void crawl_some(const std::string& state, const std::string& output,
                suseconds_t life, bool with_opening) {
  if (life > 0 && with_opening) die_in(life);
  auto opened = FileState::open({state, {}});
  if (!opened) _exit(3);
  if (life > 0 && !with_opening) die_in(life);
  FileState& store = **opened;
  if (!cut_output(output, store.position("records"))) _exit(4);
  const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  std::uint64_t length = store.position("records");
  if (!store.add(url("http://h0/0"), 0, kNoPage)) _exit(5);
  int since = 0;
  for (;;) {
    std::vector<QueuedPage> pages;
    for (StateStore::HostId host = 0; host < store.hosts(); ++host) {
      if (!store.load(host, 3, pages)) _exit(6);
    }
    if (pages.empty()) break;
    for (std::size_t i = pages.size(); i-- > 0;) {
      const std::string href(pages[i].url.href());
      const int number = std::atoi(href.c_str() + href.rfind('/') + 1);
      for (int link = number * 2 + 1; link <= number * 2 + 3; ++link) {
        if (link >= 3000) continue;
        const std::string target =
            "http://h" + std::to_string(link % 7) + "/" + std::to_string(link);
        if (!store.add(url(target), 0, pages[i].id)) _exit(7);
      }
      // In two halves, so that a line can be torn.
      const std::string line = href + "\n";
      const std::size_t half = line.size() / 2;
      if (write(file, line.data(), half) < 0) _exit(8);
      if (write(file, line.data() + half, line.size() - half) < 0) _exit(8);
      length += line.size();
      store.done(pages[i].id);
      if (++since % 50 == 0 && !store.commit({{"records", length}})) _exit(9);
    }
  }
  if (!store.commit({{"records", length}})) _exit(10);
  _exit(0);
}

TEST_F(StateStoreTest, AfterAHundredKillsEachPageIsThereOnce) {
  const std::string output = folder_ + "/out";
  std::mt19937 random(9);
  int kills = 0, kills_midway = 0;
  for (int run = 0; run < 5000; ++run) {
    const bool kill = kills < 100 || kills_midway < 50;
    const auto life = static_cast<suseconds_t>(100 + random() % 20'000);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) crawl_some(path_, output, kill ? life : 0, run % 4 == 0);
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) {
      ASSERT_EQ(WTERMSIG(status), SIGALRM);
      ++kills;
      std::error_code none;
      const auto size = std::filesystem::file_size(output, none);
      if (!none && size > 0) ++kills_midway;
      continue;
    }
    ASSERT_EQ(WEXITSTATUS(status), 0);
    if (!kill) break;
    // Finished before its kill: begin again for the rest of the hundred.
    std::filesystem::remove(path_);
    std::filesystem::remove(output);
  }
  std::map<std::string, int> lines;
  std::ifstream file(output);
  std::string line;
  while (std::getline(file, line)) ++lines[line];
  EXPECT_EQ(lines.size(), 3000u);
  for (const auto& [text, count] : lines) EXPECT_EQ(count, 1) << text;
}

// ---- cut_output()

TEST_F(StateStoreTest, CutOutput_DropsWhatCameAfterTheCommit) {
  const std::string output = folder_ + "/out";
  write_file(output, "one\ntwo\nthr");
  ASSERT_TRUE(cut_output(output, 4));
  EXPECT_EQ(read_file(output), "one\n");
  ASSERT_TRUE(cut_output(output, 4));
  ASSERT_TRUE(cut_output(output, 0));
  EXPECT_EQ(read_file(output), "");
}

TEST_F(StateStoreTest, CutOutput_RefusesAnotherFile) {
  const std::string output = folder_ + "/out";
  EXPECT_TRUE(cut_output(output, 0));
  EXPECT_FALSE(cut_output(output, 1));
  write_file(output, "one\ntwo\n");
  const auto shorter = cut_output(output, 9);
  ASSERT_FALSE(shorter);
  EXPECT_THAT(shorter.error().message, HasSubstr("it has 8 bytes, but had 9"));
  EXPECT_FALSE(cut_output(output, 3));
  EXPECT_EQ(read_file(output), "one\ntwo\n");
  EXPECT_FALSE(cut_output("/dev/null", 0));
}

}  // namespace
}  // namespace crawl
