// Records, an archive, its index and saved pages, whatever kills the crawl.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "archive/archive_reader.h"
#include "archive/cdxj.h"
#include "archive/unpacker.h"
#include "cli/cli_fixture.h"
#include "support/synthetic_pages.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::SizeIs;

class ArchiveKill : public CliTest {
 protected:
  // Goes on with a crawl until it ends, killed as often as that at most; how
  // often it was.
  int crawl_killed(std::vector<std::string> what, int most_kills) {
    for (const char* option : {"state", "save", "warc-file"}) {
      what.insert(what.end(),
                  {std::string("--") + option, files_.file(option)});
    }
    what.insert(what.end(), {"-o", files_.file("pages.jsonl.gz"), "--warc-cdx",
                             "--commit-interval", "20ms", "-q"});
    const std::vector<std::string> arguments = command(what);
    std::minstd_rand random(20261128);
    std::uniform_int_distribution<std::size_t> moment(1, 100);
    const int kills = kill_again_and_again(arguments, most_kills,
                                           [&] { return moment(random); });
    const ProcessResult last = run_process(arguments);
    EXPECT_EQ(last.exit_status, 0) << last.err;
    return kills;
  }

  // Each URL is once in each output, all of them whole.
  void expect_once_everywhere(const std::set<std::string>& expected) {
    Unpacker unpacker(*open_bytes(files_.file("pages.jsonl.gz")));
    std::string lines;
    while (unpacker.more(lines)) {
    }
    EXPECT_EQ(unpacker.fault(), "");
    std::set<std::string> urls, archived, files;
    const std::vector<json> all = records(lines);
    EXPECT_THAT(all, SizeIs(expected.size()));
    for (const json& record : all) {
      const std::string url = record["url"];
      EXPECT_TRUE(urls.insert(url).second) << url;
      const std::string file = record["file"];
      EXPECT_TRUE(files.insert(file).second) << file;
      EXPECT_EQ(files_.read("save/" + file).size(), record["size_body"]) << url;
    }
    EXPECT_EQ(urls, expected);
    const std::string archive = files_.file("warc-file.warc.gz");
    ArchiveReader reader(*open_bytes(archive), 1 << 24);
    while (const auto record = reader.next()) {
      EXPECT_EQ(record->fault, "");
      // Asked once in each run.
      if (record->url.ends_with("/robots.txt")) continue;
      EXPECT_TRUE(archived.insert(record->url).second) << record->url;
    }
    EXPECT_EQ(archived, expected);
    EXPECT_EQ(run({"--warc-check", archive}).exit_status, 0);
    std::multiset<std::string> indexed;
    std::istringstream index(files_.read("warc-file.cdxj"));
    for (std::string line; std::getline(index, line);) {
      const auto capture = read_cdxj_line(line);
      ASSERT_TRUE(capture) << line;
      if (!capture->url.ends_with("/robots.txt")) indexed.insert(capture->url);
    }
    EXPECT_EQ(indexed,
              std::multiset<std::string>(expected.begin(), expected.end()));
    std::size_t saved = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(files_.file("save"))) {
      saved += entry.is_regular_file() && entry.path().filename() != ".saved";
    }
    EXPECT_EQ(saved, expected.size());
  }

  // Pages with an image each, and sheets that some share, that import each
  // other in circles, and have an image each too.
  void serve_pages_with_parts() {
    for (int i = 1; i <= kPages; ++i) {
      const std::string number = std::to_string(i);
      site_.serve("/" + number,
                  "<!doctype html><title>Page " + number +
                      "</title><link rel=stylesheet href=/s" +
                      std::to_string(i % kSheets) + "><img src=/i" + number +
                      "><a href=/" + std::to_string(2 * i % kPages + 1) +
                      ">a</a><a href=/" +
                      std::to_string((2 * i + 1) % kPages + 1) + ">b</a>");
      serve_as("/i" + number, "image/png", "image " + number);
      pages_.insert(site_.url("/" + number));
      parts_.insert(site_.url("/i" + number));
    }
    for (int i = 0; i < kSheets; ++i) {
      const std::string number = std::to_string(i);
      const std::string next = std::to_string(i / 3 * 3 + (i + 1) % 3);
      serve_as("/s" + number, "text/css",
               "@import '/s" + next + "'; a{b:url(/b" + number + ")}");
      serve_as("/b" + number, "image/png", "behind " + number);
      parts_.insert({site_.url("/s" + number), site_.url("/b" + number)});
    }
  }

  void serve_as(const std::string& path, const std::string& type,
                const std::string& body) {
    site_.serve(path, [=](const HttpRequest&) {
      return Reply::response(200, {{"Content-Type", type}}, body);
    });
  }

  std::string list_of_pages() {
    std::string lines;
    for (const std::string& url : pages_) lines += url + "\n";
    return files_.write("urls", lines);
  }

  static constexpr int kPages = 300;
  static constexpr int kSheets = 12;
  std::set<std::string> pages_, parts_;
};

TEST_F(ArchiveKill, OfASiteEveryPageIsOnceInEveryOutputAfterAHundred) {
  constexpr std::size_t kCount = 2'000;
  serve_synthetic_pages(site_, {.count = kCount, .page_size = 800});
  EXPECT_GT(crawl_killed({"-r", site_.url("/p/1.html")}, 100), 15);
  std::set<std::string> expected;
  for (std::size_t i = 1; i <= kCount; ++i) {
    expected.insert(site_.url("/p/" + std::to_string(i) + ".html"));
  }
  expect_once_everywhere(expected);
}

TEST_F(ArchiveKill, OfASiteWithWhatItsPagesNeed) {
  serve_pages_with_parts();
  EXPECT_GT(crawl_killed({"-r", "-p", site_.url("/1")}, 30), 5);
  pages_.merge(parts_);
  expect_once_everywhere(pages_);
}

TEST_F(ArchiveKill, OfAList) {
  serve_pages_with_parts();
  EXPECT_GT(crawl_killed({list_of_pages()}, 30), 2);
  expect_once_everywhere(pages_);
}

TEST_F(ArchiveKill, OfAListWithWhatItsPagesNeed) {
  serve_pages_with_parts();
  EXPECT_GT(crawl_killed({"-p", list_of_pages()}, 30), 5);
  pages_.merge(parts_);
  expect_once_everywhere(pages_);
}

}  // namespace
}  // namespace crawl::testing
