#include "crawl/archive/saved_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <map>
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
using ::testing::EndsWith;
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

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return text;
}

// File systems may take names for the same that differ in case, or in how an
// accent is written.
TEST_F(SavedPages, NoTwoNamesDifferInCaseAlone) {
  struct Row {
    std::vector<std::string> urls, files;
  };
  const Row rows[] = {
      {{"http://a.test/A", "http://a.test/a"}, {"a.test/A", "a.test/a~*"}},
      {{"http://a.test/a", "http://a.test/A"}, {"a.test/a", "a.test/A~*"}},
      {{"http://a.test/B.html", "http://a.test/b.html", "http://a.test/b.HTML"},
       {"a.test/B.html", "a.test/b~*.html", "a.test/b~*.HTML"}},
      {{"http://a.test/d/x", "http://a.test/D/x", "http://a.test/D/y"},
       {"a.test/d/x", "a.test/D/x~*", "a.test/D/y"}},
      {{"http://a.test/d/", "http://a.test/D/"},
       {"a.test/d/index.html", "a.test/D/index~*.html"}},
      // Of a letter, its parts, and their other spelling.
      {{"http://a.test/%C3%A9", "http://a.test/%c3%a9", "http://a.test/e%CC%81",
        "http://a.test/\xC3\x89"},
       {"a.test/%C3%A9", "a.test/%c3%a9~*", "a.test/e%CC%81", "a.test/%C3%89"}},
      // With the two schemes.
      {{"http://a.test/A", "https://a.test/A", "https://a.test/a",
        "http://a.test/a"},
       {"a.test/A", "a.test:443+https/A", "a.test/a~*", "a.test/a~*"}},
      {{"https://a.test/x", "http://a.test/X", "http://a.test/x",
        "https://a.test/X"},
       {"a.test/x", "a.test/X~*", "a.test:80/x", "a.test/X~*"}},
      // What has a hash has it anyway.
      {{"http://a.test/Q?x", "http://a.test/q?x", "http://a.test/q?X"},
       {"a.test/Q~*", "a.test/q~*", "a.test/q~*"}},
      // In the folder beside a page.
      {{"http://a.test/blog", "http://a.test/blog/One",
        "http://a.test/blog/one", "http://a.test/blog/ONE"},
       {"a.test/blog", "a.test/blog~/One", "a.test/blog~/one~*",
        "a.test/blog~/ONE~*"}},
  };
  for (const Row& row : rows) {
    const TempDir dir;
    std::map<std::string, std::string> first;  // the file of each URL
    std::set<std::string> folded;
    std::uint64_t position = 0;
    for (int run = 0; run < 2; ++run) {
      // What came later is found again in a folder that is gone on with.
      auto sink = run == 0 ? *open_saved_pages(dir.file("out"), std::nullopt)
                           : *open_saved_pages(dir.file("out"), position);
      for (std::size_t i = 0; i < row.urls.size(); ++i) {
        const std::string file = save(*sink, row.urls[i], row.urls[i]);
        const std::size_t star = row.files[i].find('*');
        if (star == std::string::npos) {
          EXPECT_EQ(file, row.files[i]);
        } else {
          EXPECT_THAT(file, StartsWith(row.files[i].substr(0, star)));
          EXPECT_THAT(file, EndsWith(row.files[i].substr(star + 1)));
          EXPECT_EQ(file.size(), row.files[i].size() + 15) << file;
        }
        EXPECT_EQ(first.try_emplace(row.urls[i], file).first->second, file);
        if (run == 0) {
          EXPECT_TRUE(folded.insert(lower(file)).second) << file;
        }
        for (const char c : file) EXPECT_TRUE(c > ' ' && c < 0x7F) << file;
      }
      position = *sink->sync();
    }
    for (const auto& [url, file] : first) {
      EXPECT_EQ(dir.read("out/" + file), url);
    }
  }
}

// What a kill took back has no name any more.
TEST_F(SavedPages, ANameThatWasTakenBackIsFree) {
  auto sink = *open_saved_pages(folder(), std::nullopt);
  save(*sink, "http://a.test/kept", "1");
  const std::uint64_t position = *sink->sync();
  EXPECT_EQ(save(*sink, "http://a.test/Page", "gone"), "a.test/Page");
  sink.reset();
  sink = *open_saved_pages(folder(), position);
  EXPECT_EQ(save(*sink, "http://a.test/page", "2"), "a.test/page");
  EXPECT_THAT(save(*sink, "http://a.test/Page", "3"),
              StartsWith("a.test/Page~"));
  EXPECT_THAT(save(*sink, "http://a.test/KEPT", "4"),
              StartsWith("a.test/KEPT~"));
}

TEST_F(SavedPages, LinksInTheFolderAreNotFollowed) {
  fs::create_directories(folder() + "/b.test");
  fs::create_directory(dir_.file("elsewhere"));
  dir_.write("elsewhere/kept", "kept");
  fs::create_directory_symlink(dir_.file("elsewhere"), folder() + "/a.test");
  fs::create_symlink(dir_.file("elsewhere") + "/kept",
                     folder() + "/b.test/page");
  const auto sink = *open_saved_pages(folder(), std::nullopt);
  // The host's own folder leads away: its pages are beside it.
  const std::string beside = save(*sink, "https://a.test/x", "x");
  EXPECT_THAT(beside, StartsWith("a.test~/~/x~"));
  EXPECT_EQ(read(beside), "x");
  const std::string name = save(*sink, "https://b.test/page", "new");
  EXPECT_EQ(read(name), "new");
  EXPECT_EQ(dir_.read("elsewhere/kept"), "kept");
  EXPECT_FALSE(fs::exists(dir_.file("elsewhere") + "/x"));
}

TEST_F(SavedPages, TheListIsNoLinkToAnotherFile) {
  fs::create_directory(folder());
  dir_.write("elsewhere", "kept");
  fs::create_symlink(dir_.file("elsewhere"), folder() + "/.saved");
  const auto sink = open_saved_pages(folder(), std::nullopt);
  ASSERT_FALSE(sink);
  EXPECT_THAT(sink.error().message, HasSubstr(".saved is a link"));
  EXPECT_EQ(dir_.read("elsewhere"), "kept");
}

// Whatever has the name that a file has until it is whole.
TEST_F(SavedPages, APartThatWasLeftIsNotWrittenThrough) {
  for (const char* kind : {"link", "hard link", "file", "fifo"}) {
    const TempDir dir;
    const std::string out = dir.file("out");
    fs::create_directory(out);
    dir.write("elsewhere", "kept");
    const std::string part = out + "/.part";
    if (kind == std::string("link")) {
      fs::create_symlink(dir.file("elsewhere"), part);
    } else if (kind == std::string("hard link")) {
      fs::create_hard_link(dir.file("elsewhere"), part);
    } else if (kind == std::string("file")) {
      dir.write("out/.part", "half of it");
    } else {
      ASSERT_EQ(::mkfifo(part.c_str(), 0600), 0);
    }
    const auto sink = *open_saved_pages(out, std::nullopt);
    EXPECT_EQ(save(*sink, "http://a.test/x", "new"), "a.test/x") << kind;
    EXPECT_EQ(dir.read("out/a.test/x"), "new") << kind;
    EXPECT_EQ(dir.read("elsewhere"), "kept") << kind;
    EXPECT_FALSE(fs::exists(fs::symlink_status(part))) << kind;
  }
}

TEST_F(SavedPages, WhatIsInTheWayIsSaid) {
  fs::create_directories(folder());
  dir_.write("out/a.test", "a file");
  dir_.write("out/a.test~", "another");
  const auto sink = *open_saved_pages(folder(), std::nullopt);
  CrawlRecord record;
  record.url = "http://a.test/x";
  record.ok = true;
  record.status_code = 200;
  const Result<void> saved = sink->annotate(record);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().message,
            "cannot save " + folder() +
                "/a.test/x: other files or links are in the way wherever it "
                "might be");
  // A folder that is a file cannot be made.
  const auto none = open_saved_pages(folder() + "/a.test", std::nullopt);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, StartsWith("cannot save pages in "));
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
