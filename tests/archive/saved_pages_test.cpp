#include "crawl/archive/saved_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "archive/saved_name.h"
#include "support/temp_dir.h"

namespace crawl {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::TempDir;

std::string name_of(const std::string& url) {
  return saved_name(*Url::parse(url)).path();
}

TEST(SavedName, IsWhereWgetPutsIt) {
  const std::pair<std::string, std::string> rows[] = {
      {"https://a.test/", "a.test/index.html"},
      {"https://a.test/b/c.html", "a.test/b/c.html"},
      {"https://a.test/b/", "a.test/b/index.html"},
      {"https://a.test/b", "a.test/b"},
      {"http://a.test/b", "a.test/b"},
      {"http://a.test:80/b", "a.test/b"},
      {"http://a.test:8080/b.png", "a.test:8080/b.png"},
  };
  for (const auto& [url, name] : rows) EXPECT_EQ(name_of(url), name);
}

const std::vector<std::string> kOdd = {
    "https://a.test/",
    "https://a.test/index.html",
    "https://a.test/?x=1",
    "https://a.test/?x=2",
    "https://a.test/index.html?x=1",
    "https://a.test//",
    "https://a.test//b",
    "https://a.test/b",
    "https://a.test/b/",
    "https://a.test/b?",
    "https://a.test/%2e%2e%2fetc/passwd",
    "https://a.test/..%2f..%2fetc/passwd",
    "https://a.test/%5c..%5cx",
    "https://a.test/%00",
    "https://a.test/...",
    "https://a.test/...?x",
    "https://a.test/a.",
    "https://a.test/a",
    "https://a.test/con",
    "https://a.test/CON.txt",
    "https://a.test/a:b",
    "https://a.test/a%3Ab",
    "https://a.test/a*b",
    "https://a.test/x~0123456789abcdef",
    "https://a.test/~",
    "https://a.test/~/b",
    "https://a.test/.part",
    "https://a.test/.saved",
    "https://a.test/" + std::string(400, 'a'),
    "https://a.test/" + std::string(401, 'a'),
    "https://a.test/" + std::string(400, 'a') + ".html",
    "http://a.test/",
    "http://a.test:443/",
    "https://a.test:80/",
    "http://a.test:8080/",
    "https://a.test:8080/",
    "https://[::1]/",
    "https://[::1]:8443/",
};

TEST(SavedName, NoTwoUrlsHaveTheSameAndNoneLeadsElsewhere) {
  std::vector<std::string> urls = kOdd;
  std::string deep = "https://a.test/";
  for (int i = 0; i < 500; ++i) deep += "folder/";
  urls.push_back(deep + "a");
  urls.push_back(deep + "b");
  std::set<std::string> names;
  for (const std::string& each : urls) {
    const Url url = *Url::parse(each);
    // A page of http has the place that one of https would have.
    const bool shared = url.port().empty() && url.scheme() == "http";
    for (const SavedName& name :
         {shared ? saved_name_with_port(url) : saved_name(url),
          beside(shared ? saved_name_with_port(url) : saved_name(url)),
          other_saved_name(url)}) {
      if (name.folders.size() == 1 && names.contains(name.path())) continue;
      EXPECT_TRUE(names.insert(name.path()).second) << each << name.path();
      EXPECT_LT(name.path().size(), 3'000U);
      std::vector<std::string> parts = name.folders;
      parts.push_back(name.file);
      for (const std::string& part : parts) {
        EXPECT_NE(part, "");
        EXPECT_FALSE(part.starts_with('.')) << part;
        EXPECT_EQ(part.find_first_of(std::string("/\\\0", 3)),
                  std::string::npos);
        EXPECT_LT(part.size(), 255U);
      }
    }
  }
}

class SavedPages : public ::testing::Test {
 protected:
  std::string save(Sink& sink, const std::string& url,
                   const std::string& body) {
    CrawlRecord record;
    record.url = url;
    record.ok = true;
    record.status_code = 200;
    record.body = body;
    const Result<void> saved = sink.annotate(record);
    EXPECT_TRUE(saved) << saved.error().message;
    return record.file;
  }
  std::string folder() const { return dir_.file("out"); }
  std::string read(const std::string& name) const {
    return dir_.read("out/" + name);
  }

  TempDir dir_;
};

TEST_F(SavedPages, HttpAndHttpsShareAFolderAndNoFile) {
  auto sink = *open_saved_pages(folder(), std::nullopt);
  EXPECT_EQ(save(*sink, "http://a.test/1", "http 1"), "a.test/1");
  EXPECT_EQ(save(*sink, "https://a.test/2", "https 2"), "a.test/2");
  EXPECT_EQ(save(*sink, "https://a.test/1", "https 1"), "a.test:443+https/1");
  const std::uint64_t position = *sink->sync();
  EXPECT_EQ(save(*sink, "http://a.test/3", "gone"), "a.test/3");
  sink.reset();
  // Also when it goes on, without what came later.
  sink = *open_saved_pages(folder(), position);
  EXPECT_FALSE(std::filesystem::exists(folder() + "/a.test/3"));
  EXPECT_EQ(save(*sink, "https://a.test/3", "https 3"), "a.test/3");
  EXPECT_EQ(save(*sink, "http://a.test/2", "http 2"), "a.test:80/2");
  EXPECT_EQ(save(*sink, "https://a.test/1", "https 1"), "a.test:443+https/1");
  EXPECT_EQ(save(*sink, "http://a.test/1", "http 1 again"), "a.test/1");
  EXPECT_EQ(read("a.test/1"), "http 1 again");
  EXPECT_EQ(read("a.test:443+https/1"), "https 1");
  EXPECT_EQ(read("a.test/2"), "https 2");
  EXPECT_EQ(read("a.test:80/2"), "http 2");
}

TEST_F(SavedPages, EveryUrlHasAFileWithItsBody) {
  const auto sink = *open_saved_pages(folder(), std::nullopt);
  std::vector<std::pair<std::string, std::string>> files;
  for (const std::string& url : kOdd) {
    files.emplace_back(save(*sink, url, "body of " + url), "body of " + url);
  }
  for (const auto& [name, body] : files) EXPECT_EQ(read(name), body) << name;
}

// Links come before what they lead to, so files come before folders.
TEST_F(SavedPages, PagesBelowAPageAreInAFolderBesideIt) {
  const auto sink = *open_saved_pages(folder(), std::nullopt);
  EXPECT_EQ(save(*sink, "http://a.test/blog", "1"), "a.test/blog");
  EXPECT_EQ(save(*sink, "http://a.test/blog/one", "2"), "a.test/blog~/one");
  EXPECT_EQ(save(*sink, "http://a.test/blog/two/", "3"),
            "a.test/blog~/two~/index.html");
  EXPECT_EQ(save(*sink, "http://a.test/blog/two/c", "4"),
            "a.test/blog~/two~/c");
  EXPECT_EQ(save(*sink, "https://a.test/blog/one", "5"),
            "a.test:443+https/blog/one");
  EXPECT_THAT(save(*sink, "http://a.test/blog~/one", "6"),
              ::testing::StartsWith("a.test/blog~/one~"));
  EXPECT_EQ(read("a.test/blog~/one"), "2");
}

TEST_F(SavedPages, FilesAndFoldersOfOneNameDoNotMeet) {
  for (const bool file_first : {true, false}) {
    const TempDir dir;
    const auto sink = *open_saved_pages(dir.file("out"), std::nullopt);
    std::vector<std::string> urls = {"https://a.test/b", "https://a.test/b/c"};
    if (!file_first) std::swap(urls[0], urls[1]);
    const std::string first = save(*sink, urls[0], "first");
    const std::string second = save(*sink, urls[1], "second");
    EXPECT_NE(first, second);
    EXPECT_EQ(dir.read("out/" + first), "first");
    EXPECT_EQ(dir.read("out/" + second), "second");
  }
}

TEST_F(SavedPages, LinksInTheFolderAreNotFollowed) {
  fs::create_directories(folder() + "/b.test");
  fs::create_directory(dir_.file("elsewhere"));
  dir_.write("elsewhere/kept", "kept");
  fs::create_directory_symlink(dir_.file("elsewhere"), folder() + "/a.test");
  fs::create_symlink(dir_.file("elsewhere") + "/kept",
                     folder() + "/b.test/page");
  const auto sink = *open_saved_pages(folder(), std::nullopt);
  CrawlRecord record;
  record.url = "https://a.test/x";
  record.ok = true;
  record.status_code = 200;
  record.body = "x";
  // The host's own folder leads away: there is no place for it.
  EXPECT_FALSE(sink->annotate(record));
  const std::string name = save(*sink, "https://b.test/page", "new");
  EXPECT_EQ(read(name), "new");
  EXPECT_EQ(dir_.read("elsewhere/kept"), "kept");
  EXPECT_FALSE(fs::exists(dir_.file("elsewhere") + "/x"));
}

TEST_F(SavedPages, OnlyPagesThatCameAreSaved) {
  const auto sink = *open_saved_pages(folder(), std::nullopt);
  CrawlRecord record;
  record.url = "https://a.test/";
  record.status_code = 404;
  record.body = "not found";
  ASSERT_TRUE(sink->annotate(record));
  EXPECT_EQ(record.file, "");
  EXPECT_FALSE(fs::exists(folder() + "/a.test"));
}

TEST_F(SavedPages, BytesAreThoseThatCame) {
  const auto sink = *open_saved_pages(folder(), std::nullopt);
  CrawlRecord record;
  record.url = "https://a.test/";
  record.ok = true;
  record.status_code = 200;
  record.body = "\xC3\xBC";
  record.body_as_it_came = "\xFC";
  ASSERT_TRUE(sink->annotate(record));
  EXPECT_EQ(read(record.file), "\xFC");
}

TEST_F(SavedPages, WhatWasSavedAfterThePositionGoes) {
  auto sink = *open_saved_pages(folder(), std::nullopt);
  const std::string kept = save(*sink, "https://a.test/1", "one");
  const std::uint64_t position = *sink->sync();
  const std::string gone = save(*sink, "https://a.test/d/2", "two");
  sink.reset();
  sink = *open_saved_pages(folder(), position);
  EXPECT_EQ(read(kept), "one");
  EXPECT_FALSE(fs::exists(folder() + "/" + gone));
  EXPECT_FALSE(fs::exists(folder() + "/.part"));
}

}  // namespace
}  // namespace crawl
