#include "crawl/frontier/state_store.h"

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
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace crawl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Url url(std::string_view text) { return *Url::parse(text); }

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

class StateStoreTest : public ::testing::Test {
 protected:
  StateStoreTest() {
    std::string name = ::testing::TempDir() + "crawl-state-XXXXXX";
    folder_ = mkdtemp(name.data());
    path_ = folder_ + "/s.db";
  }
  ~StateStoreTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<StateStore> open(
      std::vector<std::pair<std::string, std::string>> settings = {}) {
    auto store = StateStore::open({path_, std::move(settings)});
    EXPECT_TRUE(store) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }
  std::string error_of_open(
      std::vector<std::pair<std::string, std::string>> settings = {}) {
    auto store = StateStore::open({path_, std::move(settings)});
    EXPECT_FALSE(store);
    return store ? "" : store.error().message;
  }

  static PageId add(StateStore& store, std::string_view text, int depth = 0,
                    PageId parent = kNoPage) {
    const auto page = store.add(url(text), depth, parent);
    EXPECT_TRUE(page) << page.error().message;
    EXPECT_TRUE(*page) << text << " is known";
    return page->value_or(kNoPage);
  }
  static std::vector<std::string> load(StateStore& store,
                                       StateStore::HostId host,
                                       std::size_t max) {
    std::vector<QueuedPage> pages;
    const auto loaded = store.load(host, max, pages);
    EXPECT_TRUE(loaded) << loaded.error().message;
    std::vector<std::string> out;
    for (const QueuedPage& page : pages) out.emplace_back(page.url.href());
    return out;
  }

  std::string folder_, path_;
};

TEST_F(StateStoreTest, AUrlIsTakenOnce) {
  const auto store = open();
  EXPECT_FALSE(store->knows("http://a/1"));
  EXPECT_TRUE(*store->add(url("http://a/1"), 0, kNoPage));
  EXPECT_FALSE(*store->add(url("http://a/1"), 0, kNoPage));
  EXPECT_FALSE(*store->add(url("http://a/1#x"), 0, kNoPage));
  EXPECT_TRUE(store->knows("http://a/1"));
  EXPECT_TRUE(store->knows("http://a/1#y"));
  EXPECT_EQ(store->counts().admitted, 1u);
}

TEST_F(StateStoreTest, RememberedUrlsAreKnownButNotQueued) {
  const auto store = open();
  EXPECT_TRUE(*store->remember("http://b/out"));
  EXPECT_FALSE(*store->remember("http://b/out#x"));
  EXPECT_FALSE(*store->add(url("http://b/out"), 0, kNoPage));
  EXPECT_EQ(store->counts().known, 1u);
  EXPECT_EQ(store->counts().admitted, 0u);
}

TEST_F(StateStoreTest, AHostsQueueIsFirstComeFirstServed) {
  const auto store = open();
  for (int i = 0; i < 10; ++i) {
    add(*store, "http://a/" + std::to_string(i));
    add(*store, "https://b/" + std::to_string(i));
  }
  ASSERT_EQ(store->hosts(), 2u);
  EXPECT_EQ(store->host_key(0), "http://a:80");
  EXPECT_EQ(store->host_key(1), "https://b:443");
  EXPECT_THAT(load(*store, 1, 2), ElementsAre("https://b/0", "https://b/1"));
  EXPECT_THAT(load(*store, 0, 1), ElementsAre("http://a/0"));
  EXPECT_THAT(load(*store, 1, 1), ElementsAre("https://b/2"));
  EXPECT_EQ(store->waiting(1), 7u);
  EXPECT_EQ(store->admitted(1), 10u);
  EXPECT_EQ(load(*store, 1, 100).size(), 7u);
  EXPECT_THAT(load(*store, 1, 100), IsEmpty());
  add(*store, "https://b/late");
  EXPECT_THAT(load(*store, 1, 100), ElementsAre("https://b/late"));
}

TEST_F(StateStoreTest, APageKeepsWhatBelongsToIt) {
  const auto store = open();
  const PageId seed = add(*store, "http://a:8080/x?y=1#z");
  const PageId same = add(*store, "http://a:8080/2", 1, seed);
  const PageId other = add(*store, "https://u:p@b/3", 2, same);
  std::vector<QueuedPage> pages;
  ASSERT_TRUE(store->load(0, 9, pages));
  ASSERT_TRUE(store->load(1, 9, pages));
  ASSERT_EQ(pages.size(), 3u);
  EXPECT_EQ(pages[0].url.href(), "http://a:8080/x?y=1");
  EXPECT_EQ(pages[0].parent, kNoPage);
  EXPECT_EQ(pages[1].parent, seed);
  EXPECT_EQ(pages[1].depth, 1);
  EXPECT_EQ(pages[2].id, other);
  EXPECT_EQ(pages[2].url.href(), "https://u:p@b/3");
  EXPECT_EQ(pages[2].parent, same);
  EXPECT_EQ(*store->url_of(seed), "http://a:8080/x?y=1");
  EXPECT_EQ(*store->url_of(other), "https://u:p@b/3");
}

TEST_F(StateStoreTest, APageOfASitemapKeepsThat) {
  {
    const auto store = open();
    add(*store, "http://a/1", 0, kNoPage);
    add(*store, "http://a/2", 0, kFromSitemap);
    add(*store, "http://a/3", 0, kFromPrivateSitemap);
    add(*store, "http://a/4", 1, PageId{0});
    ASSERT_TRUE(store->commit(0));
  }
  const auto store = open();
  std::vector<QueuedPage> pages;
  ASSERT_TRUE(store->load(0, 9, pages));
  ASSERT_EQ(pages.size(), 4u);
  EXPECT_EQ(pages[0].parent, kNoPage);
  EXPECT_EQ(pages[1].parent, kFromSitemap);
  EXPECT_EQ(pages[2].parent, kFromPrivateSitemap);
  EXPECT_EQ(pages[3].parent, PageId{0});
}

TEST_F(StateStoreTest, AFreshPageCanBeClaimedInItsTurn) {
  const auto store = open();
  const PageId first = add(*store, "http://a/1");
  const PageId second = add(*store, "http://a/2");
  EXPECT_FALSE(store->claim(second));
  EXPECT_TRUE(store->claim(first));
  EXPECT_FALSE(store->claim(first));
  EXPECT_TRUE(store->claim(second));
  EXPECT_THAT(load(*store, 0, 9), IsEmpty());
}

TEST_F(StateStoreTest, ClaimedAndLoadedPagesMix) {
  const auto store = open();
  std::vector<std::string> given;
  for (int i = 0; i < 3000; ++i) {
    const PageId page = add(*store, "http://a/" + std::to_string(i));
    if (store->claim(page)) given.push_back(*store->url_of(page));
    if (i % 7 < 3) continue;
    add(*store, "http://b/" + std::to_string(i));
    add(*store, "http://a/" + std::to_string(i) + "x");
    for (const std::string& href : load(*store, 0, 1)) given.push_back(href);
  }
  EXPECT_EQ(given.size(), store->admitted(0));
  EXPECT_EQ(std::set<std::string>(given.begin(), given.end()).size(),
            given.size());
  EXPECT_EQ(load(*store, 1, 9999).size(), store->admitted(1));
}

// More than is kept back before it is written.
TEST_F(StateStoreTest, ManyPagesBetweenCommits) {
  {
    const auto store = open();
    for (int i = 0; i < 70'000; ++i) {
      add(*store,
          "http://h" + std::to_string(i % 31) + "/" + std::to_string(i));
    }
    EXPECT_EQ(*store->url_of(PageId{2} << 32 | 2000),
              "http://h2/" + std::to_string(2000 * 31 + 2));
    ASSERT_TRUE(store->commit(0));
  }
  const auto store = open();
  EXPECT_EQ(store->counts().admitted, 70'000u);
  for (unsigned host = 0; host < 31; ++host) {
    const auto pages = load(*store, host, 9999);
    ASSERT_EQ(pages.size(), store->admitted(host));
    for (std::size_t i = 0; i < pages.size(); ++i) {
      ASSERT_EQ(pages[i], "http://h" + std::to_string(host) + "/" +
                              std::to_string(i * 31 + host));
    }
  }
}

TEST_F(StateStoreTest, WhatIsCommittedIsThereAgain) {
  {
    const auto store = open();
    EXPECT_FALSE(store->resumed());
    for (int i = 0; i < 5; ++i) add(*store, "http://a/" + std::to_string(i));
    ASSERT_TRUE(store->remember("http://out/"));
    std::vector<QueuedPage> pages;
    ASSERT_TRUE(store->load(0, 3, pages));
    store->done(pages[0].id);
    store->done(pages[2].id);
    ASSERT_TRUE(store->set_note("totals", "1 2"));
    ASSERT_TRUE(store->set_note("empty", ""));
    ASSERT_TRUE(store->commit(1234));
  }
  const auto store = open();
  EXPECT_TRUE(store->resumed());
  EXPECT_EQ(store->output_length(), 1234u);
  EXPECT_EQ(store->counts().admitted, 5u);
  EXPECT_EQ(store->counts().known, 6u);
  EXPECT_EQ(store->counts().done, 2u);
  EXPECT_EQ(store->waiting(0), 3u);
  EXPECT_TRUE(store->knows("http://a/4"));
  EXPECT_TRUE(store->knows("http://out/"));
  EXPECT_EQ(*store->note("totals"), "1 2");
  EXPECT_EQ(*store->note("empty"), "");
  EXPECT_EQ(*store->note("none"), std::nullopt);
  // What was under way waits again; what is done does not.
  EXPECT_THAT(load(*store, 0, 9),
              ElementsAre("http://a/1", "http://a/3", "http://a/4"));
}

TEST_F(StateStoreTest, WhatIsNotCommittedIsUndone) {
  {
    const auto store = open();
    add(*store, "http://a/1");
    std::vector<QueuedPage> pages;
    ASSERT_TRUE(store->load(0, 9, pages));
    ASSERT_TRUE(store->commit(10));
    store->done(pages[0].id);
    add(*store, "http://a/2");
    ASSERT_TRUE(store->set_note("n", "x"));
  }
  const auto store = open();
  EXPECT_EQ(store->counts().admitted, 1u);
  EXPECT_EQ(store->counts().done, 0u);
  EXPECT_FALSE(store->knows("http://a/2"));
  EXPECT_EQ(*store->note("n"), std::nullopt);
  EXPECT_THAT(load(*store, 0, 9), ElementsAre("http://a/1"));
}

// Done in any order, over several runs: the queue never gives one again, and
// nothing is left out.
TEST_F(StateStoreTest, DoneInAnyOrderOverManyRuns) {
  std::mt19937 random(5);
  std::set<std::string> finished;
  std::size_t added = 0;
  for (int run = 0; run < 40; ++run) {
    const auto store = open();
    ASSERT_EQ(store->counts().done, finished.size());
    std::vector<QueuedPage> under_way;
    std::set<std::string> finished_now;
    std::set<std::string> finished_at_commit = finished;
    std::size_t added_at_commit = added;
    for (int step = 0; step < 60; ++step) {
      switch (random() % 4) {
        case 0:
          if (added < 400) {
            add(*store, "http://a/" + std::to_string(added++));
          }
          break;
        case 1:
          if (store->hosts() > 0) {
            ASSERT_TRUE(store->load(0, random() % 5, under_way));
          }
          break;
        case 2:
          if (!under_way.empty()) {
            const std::size_t pick = random() % under_way.size();
            const std::string href(under_way[pick].url.href());
            ASSERT_TRUE(finished.insert(href).second) << href;
            store->done(under_way[pick].id);
            store->done(under_way[pick].id);  // twice is once
            under_way.erase(under_way.begin() +
                            static_cast<std::ptrdiff_t>(pick));
          }
          break;
        default:
          if (random() % 3 == 0) {
            ASSERT_TRUE(store->commit(0));
            finished_at_commit = finished;
            added_at_commit = added;
          }
      }
      if (store->hosts() > 0) {
        ASSERT_EQ(store->waiting(0),
                  added - finished.size() - under_way.size());
      }
    }
    finished = finished_at_commit;
    added = added_at_commit;
  }
  const auto store = open();
  std::vector<QueuedPage> rest;
  ASSERT_TRUE(store->load(0, 1000, rest));
  for (const QueuedPage& page : rest) {
    EXPECT_TRUE(finished.insert(std::string(page.url.href())).second);
    store->done(page.id);
  }
  EXPECT_EQ(finished.size(), added);
  EXPECT_EQ(store->counts().done, added);
}

TEST_F(StateStoreTest, FirstPageWithABody) {
  const Fingerprint one = fingerprint("one"), two = fingerprint("two");
  {
    const auto store = open();
    EXPECT_EQ(*store->first_with_body(one, 5), 5u);
    EXPECT_EQ(*store->first_with_body(two, 6), 6u);
    EXPECT_EQ(*store->first_with_body(one, 7), 5u);
    EXPECT_EQ(*store->first_with_body({one.high, one.low + 1}, 8), 8u);
    ASSERT_TRUE(store->commit(0));
  }
  EXPECT_EQ(*open()->first_with_body(two, 9), 6u);
}

TEST_F(StateStoreTest, ManyHosts) {
  constexpr int kHosts = 3000;
  {
    const auto store = open();
    for (int i = 0; i < kHosts; ++i) {
      add(*store, "http://h" + std::to_string(i) + "/");
    }
    ASSERT_TRUE(store->commit(0));
  }
  const auto store = open();
  ASSERT_EQ(store->hosts(), std::size_t{kHosts});
  for (unsigned i = 0; i < kHosts; ++i) {
    const std::string name = "http://h" + std::to_string(i);
    ASSERT_EQ(store->host_key(i), name + ":80");
    ASSERT_THAT(load(*store, i, 2), ElementsAre(name + "/"));
  }
}

TEST_F(StateStoreTest, ATemporaryStateHasNoFile) {
  auto store = StateStore::open({});
  ASSERT_TRUE(store);
  for (int i = 0; i < 100'000; ++i) {
    add(**store, "http://a/" + std::to_string(i));
  }
  ASSERT_TRUE((*store)->commit(1));
  EXPECT_EQ(load(**store, 0, 1'000'000).size(), 100'000u);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(StateStoreTest, AFileWithASpecialNameIsAFile) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder_);
  path_ = ":memory:";
  ASSERT_TRUE(open()->commit(7));
  EXPECT_EQ(open()->output_length(), 7u);
  std::filesystem::current_path(before);
}

TEST_F(StateStoreTest, ACleanEndLeavesOneFile) {
  {
    const auto store = open();
    add(*store, "http://a/");
    ASSERT_TRUE(store->commit(0));
  }
  const std::filesystem::directory_iterator files(folder_);
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

// ---- Refusals: clear words, and nothing changed

TEST_F(StateStoreTest, Refuses_OtherSettings) {
  {
    const auto store = open({{"--scope", "host"}, {"seeds", "http://a/"}});
    add(*store, "http://a/");
    ASSERT_TRUE(store->commit(0));
  }
  EXPECT_EQ(error_of_open({{"--scope", "domain"}, {"seeds", "http://a/"}}),
            "state file " + path_ +
                " belongs to another crawl: --scope was \"host\", now it is "
                "\"domain\"; repeat the earlier command, or name another file "
                "with --state");
  EXPECT_TRUE(open({{"seeds", "http://a/"}, {"--scope", "host"}}));
  EXPECT_THAT(error_of_open({{"--include", "x"}}),
              HasSubstr("--include was nothing"));
}

// A crawl whose output could not be opened, say, and now has another.
TEST_F(StateStoreTest, AStateThatWasNeverUsedTakesOtherSettings) {
  ASSERT_TRUE(open({{"-o", "/nowhere/out"}}));
  {
    const auto store = open({{"-o", "out"}});
    EXPECT_FALSE(store->resumed());
    add(*store, "http://a/");
    ASSERT_TRUE(store->commit(0));
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
  EXPECT_TRUE(store->commit(3));
}

TEST_F(StateStoreTest, Refuses_ASecondProcess) {
  const auto store = open();
  const pid_t child = fork();
  if (child == 0) {
    const auto second = StateStore::open({path_, {}});
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
  EXPECT_THAT(error_of_open(), HasSubstr("state format 7, this one reads 1"));
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
    ASSERT_TRUE(store->commit(0));
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
    ASSERT_TRUE(store->commit(0));
  }
  const std::string good = read_file(path_);
  for (const char* sql :
       {"DELETE FROM page WHERE id=4", "DELETE FROM host",
        "UPDATE host SET done=10", "UPDATE host SET done=-1",
        "INSERT INTO ahead VALUES(20)", "INSERT INTO ahead VALUES(-1)",
        "INSERT INTO page VALUES(-5,0,-1,'/x')",
        "INSERT INTO page VALUES(1<<40,0,-1,'/x')",
        "UPDATE page SET url='/1' WHERE id=2",
        "UPDATE page SET url='' WHERE id=2",
        "UPDATE page SET parent=1<<50 WHERE id=2",
        "UPDATE meta SET value='x' WHERE name='seed'",
        "UPDATE meta SET value='-1' WHERE name='output_length'",
        "DELETE FROM meta WHERE name='output_length'"}) {
    write_file(path_, good);
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK)
        << sql;
    sqlite3_close(db);
    EXPECT_THAT(error_of_open(), HasSubstr("is damaged")) << sql;
  }
}

TEST_F(StateStoreTest, Refuses_AUrlThatIsNone) {
  {
    const auto store = open();
    add(*store, "http://a/1");
    ASSERT_TRUE(store->commit(0));
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
  EXPECT_FALSE(store->commit(0));
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
    ASSERT_TRUE(store->commit(42));
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
        result = store->commit(42);
        if (result) admitted = store->counts().admitted;
      }
    }
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("cannot write state file"));
    // It stays so: nothing is written on top of half a transaction.
    EXPECT_FALSE(store->commit(43));
    EXPECT_FALSE(store->add(url("http://a/x"), 0, kNoPage));
  }
  const auto store = open();
  EXPECT_EQ(store->output_length(), 42u);
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
  auto opened = StateStore::open({state, {}});
  if (!opened) _exit(3);
  if (life > 0 && !with_opening) die_in(life);
  StateStore& store = **opened;
  if (!cut_output(output, store.output_length())) _exit(4);
  const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  std::uint64_t length = store.output_length();
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
      if (++since % 50 == 0 && !store.commit(length)) _exit(9);
    }
  }
  if (!store.commit(length)) _exit(10);
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
