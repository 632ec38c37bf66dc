// Links of pages in archives, checked from outside as a site's are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "cli/archive_fixture.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class ArchiveCheckCli : public CliTest {};

// What a check says of each target, but the seed, which an archive has none
// of: "outcome reason message".
std::map<std::string, std::string> judged(const ProcessResult& result) {
  std::map<std::string, std::string> all;
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) {
    const json entry = json::parse(line);
    if (entry["url"].get<std::string>().ends_with("/index.html")) continue;
    std::string said = entry["outcome"];
    for (const char* field : {"reason", "message"}) {
      if (entry[field].is_string())
        said += " " + entry[field].get<std::string>();
    }
    all[entry["url"]] = said;
  }
  return all;
}

TEST_F(ArchiveCheckCli, ACheckLooksForTextsOfPagesBeforeAndBehindTheLink) {
  const std::string links =
      "<a href='/p#:~:text=a%20BLUE%20whale'>1</a>"
      "<a href='/p#:~:text=red'>2</a><a href='/p#id:~:text=whale,sea'>3</a>"
      "<a href='/p#no:~:text=whale'>4</a><a href='/packed#:~:text=tea'>5</a>"
      "<a href='/packed#:~:text=coffee'>6</a><a "
      "href='/later#:~:text=end'>7</a>";
  site_.serve("/index.html", links + "<a href=/later>8</a>");
  site_.serve("/p", "<p id=id>A blue <b>whale</b> in the  sea");
  serve_reply(
      site_, "/packed",
      Reply::response(
          200, {{"Content-Type", "text/html"}, {"Content-Encoding", "gzip"}},
          gzip("<p>a cup of tea")));
  site_.serve("/later", "<a href='/p#:~:text=green'>9</a><p>the end");
  for (const std::vector<std::string>& how :
       {std::vector<std::string>{}, {"--no-warc-compression"}}) {
    const TempDir dir;
    std::vector<std::string> fetch = {"-r", site_.url("/index.html"), "-q",
                                      "--warc-file", dir.file("w")};
    fetch.insert(fetch.end(), how.begin(), how.end());
    ASSERT_EQ(run(fetch).exit_status, 0);
    site_.clear_log();
    const std::string archive = dir.file(how.empty() ? "w.warc.gz" : "w.warc");
    const ProcessResult of_archive =
        run({"--check", archive, "--format", "jsonl", "-q"});
    EXPECT_EQ(site_.log().size(), 0u);
    const ProcessResult of_site =
        run({"--check", site_.url("/index.html"), "--format", "jsonl", "-q"});
    EXPECT_EQ(of_archive.exit_status, 1) << of_archive.err;
    EXPECT_EQ(judged(of_archive), judged(of_site));
    std::vector<std::string> broken;
    for (const auto& [url, said] : judged(of_archive)) {
      if (said != "ok") broken.push_back(url.substr(site_.origin().size()));
    }
    EXPECT_THAT(broken, UnorderedElementsAre(
                            "/p#:~:text=red", "/p#no:~:text=whale",
                            "/packed#:~:text=coffee", "/p#:~:text=green"));
    // What goes by is not read twice.
    ProcessOptions piped;
    piped.input = dir.read(std::filesystem::path(archive).filename().string());
    broken.clear();
    for (const auto& [url, said] :
         judged(run({"--check", "-", "--format", "jsonl", "-q"}, piped))) {
      if (said != "ok") broken.push_back(url.substr(site_.origin().size()));
    }
    EXPECT_THAT(broken, ElementsAre("/p#no:~:text=whale"));
  }
}

TEST_F(ArchiveCheckCli, WhatADamagedArchiveLostIsNotInOrder) {
  site_.serve("/index.html", "<a href=/p>1</a>");
  site_.serve("/p", "<p>in order");
  run({"-r", site_.url("/index.html"), "-q", "--warc-file", files_.file("w")});
  const std::string whole = files_.read("w.warc.gz");
  files_.write("cut.warc.gz", whole.substr(0, whole.size() - 40));
  EXPECT_EQ(run({"--check", files_.file("w.warc.gz"), "-q"}).exit_status, 0);
  const ProcessResult cut = run({"--check", files_.file("cut.warc.gz")});
  EXPECT_EQ(cut.exit_status, 2);
  EXPECT_THAT(cut.err, ::testing::HasSubstr("an archive is damaged"));
}

TEST_F(ArchiveCheckCli, ACheckIgnoresWhatACheckOfTheSiteDoes) {
  site_.serve("/index.html",
              "<a href=/a>1</a><a href=/b#x>2</a><a href=/gone/1>3</a>"
              "<a href=/gone/2>4</a><a href=/to-gone>5</a>");
  site_.serve("/a", "<a href=/gone/3>1</a>");
  site_.serve("/b", "<p>b");
  serve_reply(site_, "/to-gone",
              Reply::response(302, {{"Location", "/gone/4"}}, ""));
  for (const char* path : {"/gone/1", "/gone/2", "/gone/3", "/gone/4"}) {
    serve_reply(site_, path, Reply::response(404, {}, ""));
  }
  run({"-r", site_.url("/index.html"), "-q", "--warc-file", files_.file("w")});
  struct Row {
    std::vector<std::string> options;
    std::string file;  // of patterns
    std::vector<std::string> ignored;
  };
  const Row rows[] = {
      {{}, "", {}},
      {{"--ignore", "/gone/1"}, "", {"/gone/1"}},
      {{"--ignore", "/gone/[12]"}, "", {"/gone/1", "/gone/2"}},
      {{"--ignore", "gone/1", "--ignore", "gone/2"},
       "",
       {"/gone/1", "/gone/2"}},
      {{}, "# a comment\n\n /gone/1 \r\n", {"/gone/1"}},
      {{"--ignore", "/gone/2"}, "/gone/1\n", {"/gone/1", "/gone/2"}},
      // What is only on an ignored page is not looked at.
      {{"--ignore", "/a$"}, "", {"/a"}},
      {{"--exclude", "/gone/2"}, "", {"/gone/2"}},
      {{"--ignore", "/b"}, "", {"/b"}},
  };
  for (const Row& row : rows) {
    const TempDir dir;
    if (!row.file.empty()) dir.write(".crawlignore", row.file);
    const auto check = [&](const std::string& input) {
      std::vector<std::string> all = {"--check", input, "--format", "jsonl",
                                      "-q"};
      all.insert(all.end(), row.options.begin(), row.options.end());
      return run(all, {.directory = dir.path().string()});
    };
    const ProcessResult of_archive = check(files_.file("w.warc.gz"));
    const ProcessResult of_site = check(site_.url("/index.html"));
    EXPECT_EQ(of_archive.exit_status, of_site.exit_status) << of_archive.err;
    const std::map<std::string, std::string> told = judged(of_archive);
    EXPECT_EQ(told, judged(of_site));
    std::vector<std::string> ignored;
    for (const auto& [url, said] : told) {
      if (said.starts_with("unchecked")) {
        ignored.push_back(url.substr(site_.origin().size()));
      }
    }
    EXPECT_EQ(ignored, row.ignored);
  }
}

}  // namespace
}  // namespace crawl::testing
