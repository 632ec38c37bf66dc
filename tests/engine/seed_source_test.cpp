#include "crawl/engine/seed_source.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/line_splitter.h"
#include "support/no_more_threads.h"

namespace crawl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SeedSourceTest : public ::testing::Test {
 protected:
  SeedSourceTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "crawl-seeds-XXXXXX");
    folder_ = mkdtemp(pattern.data());
  }
  ~SeedSourceTest() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text) {
    const std::string path = folder_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  static std::vector<std::string> read_all(SeedSource& seeds) {
    std::vector<std::string> lines;
    for (std::string line; seeds.next(line) == SeedSource::Status::kLine;) {
      lines.push_back(line);
    }
    return lines;
  }
  static std::vector<std::string> read_all(
      const std::vector<std::string>& inputs) {
    return read_all(**open_seeds(inputs));
  }

  std::filesystem::path folder_;
};

TEST_F(SeedSourceTest, BlankLinesCommentsWhiteSpaceCrlfAndMarkAreLeftOut) {
  EXPECT_THAT(read_all({file("list",
                             "\xEF\xBB\xBFhttp://a/\r\n\r\n# note\n"
                             "  http://b/ \t\n\n#http://c/\nhttp://d/#e")}),
              ElementsAre("http://a/", "http://b/", "http://d/#e"));
}

TEST_F(SeedSourceTest, LastLineNeedsNoLineEnd) {
  EXPECT_THAT(read_all({file("list", "a\nb")}), ElementsAre("a", "b"));
}

TEST_F(SeedSourceTest, EmptyFileHasNoLines) {
  EXPECT_THAT(read_all({file("list", "")}), ElementsAre());
}

TEST_F(SeedSourceTest, InputsAreReadOneAfterTheOther) {
  EXPECT_THAT(read_all({file("one", "a"), "http://given/", file("two", "b")}),
              ElementsAre("a", "http://given/", "b"));
}

TEST_F(SeedSourceTest, ALineIsCutAtItsLimitAndTheNextIsWhole) {
  const auto lines = read_all(
      {file("list", std::string(3 * kMaxLineBytes, 'x') + "\nnext\n")});
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].size(), kMaxLineBytes);
  EXPECT_EQ(lines[1], "next");
}

TEST_F(SeedSourceTest, NulsAndInvalidUtf8ComeThroughAsTheyAre) {
  const std::string odd = std::string("a\0b", 3) + "\xff";
  EXPECT_THAT(read_all({file("list", odd + "\n")}), ElementsAre(odd));
}

TEST_F(SeedSourceTest, MissingFileIsNamedBeforeAnythingIsRead) {
  const auto seeds = open_seeds({file("list", "a"), folder_ / "urls.tx"});
  ASSERT_FALSE(seeds);
  EXPECT_THAT(seeds.error().message, HasSubstr("urls.tx: no such file"));
}

TEST_F(SeedSourceTest, WhatMayBeAUrlIsGivenBackAsOne) {
  for (const auto& [typed, meant] :
       {std::pair{"nobody.test/x", "https://nobody.test/x"},
        {"http:/nobody.test/x", "http://nobody.test/x"},
        {"https:nobody.test", "https://nobody.test/"},
        {"//nobody.test", "https://nobody.test/"},
        {"me:pw@nobody.test/", "https://me:***@nobody.test/"}}) {
    const auto seeds = open_seeds({typed});
    ASSERT_FALSE(seeds) << typed;
    EXPECT_THAT(
        seeds.error().message,
        HasSubstr(std::string("(if it is a URL, write ") + meant + ")"));
  }
}

TEST_F(SeedSourceTest, DirectoryIsRefused) {
  const auto seeds = open_seeds({folder_});
  ASSERT_FALSE(seeds);
  EXPECT_THAT(seeds.error().message, HasSubstr("is a directory"));
}

TEST_F(SeedSourceTest, SlowPipeIsPendingNotBlocking) {
  const std::string path = folder_ / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int keep_open = open(path.c_str(), O_RDWR);
  std::binary_semaphore ready(0);
  {
    const auto seeds = *open_seeds({path}, [&] { ready.release(); });
    std::string line;
    EXPECT_EQ(seeds->next(line), SeedSource::Status::kPending);
    ASSERT_EQ(write(keep_open, "http://a/\nhttp", 14), 14);
    ready.acquire();
    ASSERT_EQ(seeds->next(line), SeedSource::Status::kLine);
    EXPECT_EQ(line, "http://a/");
    EXPECT_EQ(seeds->next(line), SeedSource::Status::kPending);
    // Destroyed while its reader waits: must not hang.
  }
  close(keep_open);
}

TEST_F(SeedSourceTest, NobodyIsWaitedForToOpenAPipe) {
  const std::string path = folder_ / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::binary_semaphore ready(0);
  std::string line;
  {
    const auto seeds = *open_seeds({path}, [] {});
    EXPECT_EQ(seeds->next(line), SeedSource::Status::kPending);
    // Destroyed while its reader waits: must not hang.
  }
  const auto seeds = *open_seeds({path}, [&] { ready.release(); });
  EXPECT_EQ(seeds->next(line), SeedSource::Status::kPending);
  std::ofstream(path) << "http://a/\n";
  ready.acquire();
  ASSERT_EQ(seeds->next(line), SeedSource::Status::kLine);
  EXPECT_EQ(line, "http://a/");
  while (seeds->next(line) == SeedSource::Status::kPending) ready.acquire();
  EXPECT_EQ(seeds->next(line), SeedSource::Status::kEnd);
  EXPECT_EQ(seeds->error(), "");
}

TEST_F(SeedSourceTest, APipeWithoutAWriterIsNoEmptyOne) {
  const std::string path = folder_ / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::thread producer([&path] { std::ofstream(path) << "http://a/\n"; });
  EXPECT_THAT(read_all({path}), ElementsAre("http://a/"));
  producer.join();
}

TEST_F(SeedSourceTest, APipeIsReadHereWhenNoThreadCanBeStarted) {
  const std::string path = folder_ / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  // For whoever this is while no thread can be started.
  ASSERT_EQ(chmod(folder_.c_str(), 0755), 0);
  ASSERT_EQ(chmod(path.c_str(), 0666), 0);
  std::thread producer([&path] { std::ofstream(path) << "http://a/\n"; });
  const testing::NoMoreThreads none;
  const auto seeds = *open_seeds({path, "http://b/"}, [] {});
  EXPECT_THAT(read_all(*seeds), ElementsAre("http://a/", "http://b/"));
  producer.join();
}

TEST_F(SeedSourceTest, PipeIsReadToItsEndAndItsQueueIsBounded) {
  const std::string path = folder_ / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  constexpr int kLines = 200'000;  // about 10 MB: over what the queue may hold
  std::thread producer([&path] {
    std::ofstream out(path);
    for (int i = 0; i < kLines; ++i) {
      out << "http://a.test/some/longer/path/to/fill/the/queue/" << i << '\n';
    }
  });
  std::counting_semaphore<> ready(0);
  const auto seeds = *open_seeds({path}, [&] { ready.release(); });
  int lines = 0;
  std::string line;
  while (true) {
    const SeedSource::Status status = seeds->next(line);
    if (status == SeedSource::Status::kEnd) break;
    if (status == SeedSource::Status::kPending) {
      ready.acquire();
    } else {
      ++lines;
    }
  }
  producer.join();
  EXPECT_EQ(lines, kLines);
}

TEST_F(SeedSourceTest, LoneCarriageReturnsEndLinesToo) {
  EXPECT_THAT(read_all({file("list", "http://a/\rhttp://b/\r\n\rhttp://c/\r")}),
              ElementsAre("http://a/", "http://b/", "http://c/"));
}

TEST(LineSplitter, Utf16IsToldByItsMarkHoweverTheBytesAreCut) {
  const std::u16string text =
      u"http://a/\r\nhttp://\u00FC.test/\U0001F600\n#c\n"
      u"\xD800x\nend";
  for (const bool big : {false, true}) {
    std::string bytes = big ? "\xFE\xFF" : "\xFF\xFE";
    for (const char16_t unit : text) {
      const char high = static_cast<char>(unit >> 8U);
      const char low = static_cast<char>(unit & 0xFFU);
      bytes += big ? high : low;
      bytes += big ? low : high;
    }
    for (std::size_t piece = 1; piece < bytes.size(); ++piece) {
      LineSplitter splitter;
      std::vector<std::string> lines;
      const auto sink = [&lines](std::string line) {
        lines.push_back(std::move(line));
      };
      for (std::size_t at = 0; at < bytes.size(); at += piece) {
        splitter.feed(std::string_view(bytes).substr(at, piece), sink);
      }
      splitter.finish(sink);
      EXPECT_THAT(lines,
                  ElementsAre("http://a/", "http://ü.test/😀", "\uFFFDx", "end"))
          << piece;
      // And is ready for another input.
      lines.clear();
      splitter.feed("next", sink);
      splitter.finish(sink);
      EXPECT_THAT(lines, ElementsAre("next"));
    }
  }
}

TEST(LineSplitter, GivesTheSameLinesHoweverTheBytesAreCut) {
  const std::string text = "\xEF\xBB\xBF one\r\n\n#c\n\xEF\xBB\xBFtwo\nthree";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    LineSplitter splitter;
    std::vector<std::string> lines;
    const auto sink = [&](std::string line) { lines.push_back(line); };
    for (std::size_t at = 0; at < text.size(); at += size) {
      splitter.feed(std::string_view(text).substr(at, size), sink);
    }
    splitter.finish(sink);
    EXPECT_THAT(lines, ElementsAre("one", "two", "three")) << size;
  }
}

}  // namespace
}  // namespace crawl
