// Output files that hold something when a crawl begins, or are being written.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cli/cli_fixture.h"
#include "crawl/writer/result_writer.h"
#include "support/content_codings.h"

namespace crawl::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class FilesThereTest : public CliTest {
 protected:
  FilesThereTest() {
    site_.serve("/a", "<title>A</title>");
    site_.serve(
        "/first",
        "<a href=/a>a</a><a href=/gate/held>held</a><a href=/no>no</a>");
    site_.serve("/robots.txt", "User-agent: *\nDisallow: /no\n");
  }

  ProcessOptions here() const { return {.directory = files_.path().string()}; }
  ProcessResult run_here(std::vector<std::string> arguments) {
    return run(std::move(arguments), here());
  }
  std::vector<std::string> site(std::vector<std::string> more) const {
    more.insert(more.begin(), {"-r", site_.url("/first"), "--no-sitemaps"});
    return more;
  }
  std::size_t lines_in(const std::string& file) const {
    const std::string text = files_.read(file);
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }
  bool wait_for_lines(const std::string& file, std::size_t count) const {
    const auto limit =
        std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (lines_in(file) < count) {
      if (std::chrono::steady_clock::now() > limit) return false;
      std::this_thread::yield();
    }
    return true;
  }

  static inline const std::string kOld = "{\"url\":\"old\"}\n";
};

TEST_F(FilesThereTest, AStateIsNoOutput) {
  files_.write("urls", site_.url("/a") + "\n");
  ASSERT_EQ(run_here({"urls", "--state", "s.db", "-o", "out"}).exit_status, 0);
  const std::string before = files_.read("s.db");
  for (const std::string option : {"-o", "--skipped", "--log-file"}) {
    const ProcessResult result = run_here({"urls", option, "s.db"});
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_EQ(result.err, "crawl: " + option +
                              " 's.db': is the state of a crawl; --state names "
                              "that, " +
                              option + " another file\n");
    EXPECT_EQ(files_.read("s.db"), before);
  }
}

TEST_F(FilesThereTest, AnothersDatabaseIsNoOutput) {
  files_.write("urls", site_.url("/a") + "\n");
  // What each database begins with (sqlite.org/fileformat.html section 1.3.1).
  const std::string before =
      std::string("SQLite format 3") + std::string(1'009, '\0');
  files_.write("o.db", before);
  for (const std::string option : {"-o", "--skipped", "--log-file"}) {
    const ProcessResult result = run_here({"urls", option, "o.db"});
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_EQ(result.err, "crawl: " + option +
                              " 'o.db': is a database of another program; name "
                              "another file\n");
    EXPECT_EQ(files_.read("o.db"), before);
  }
}

// What others wrote there before is kept, and what they write there next comes
// behind it.
TEST_F(FilesThereTest, AnOpenDescriptorIsWrittenWhereItStands) {
  files_.write("urls", site_.url("/a") + "\n");
  const std::string crawl = CRAWL_BINARY " urls -q --overwrite --fields title ";
  for (const std::string sink :
       {"-o /dev/stdout", "-o /dev/fd/1", "-o /proc/self/fd/1",
        "-o /dev/stderr 2>&1", "-o /dev/fd/3 3>&1"}) {
    for (const std::string redirection : {"> f", ">> f"}) {
      const ProcessResult result = run_process(
          {"sh", "-c",
           "(echo before; " + crawl + sink + "; echo after) " + redirection},
          here());
      EXPECT_EQ(result.err, "") << sink;
      EXPECT_EQ(files_.read("f"), "before\n{\"title\":\"A\"}\nafter\n") << sink;
      std::filesystem::remove(files_.file("f"));
    }
  }
  const ProcessResult state =
      run_here({"urls", "--state", "s.db", "-o", "/dev/fd/2"});
  EXPECT_EQ(state.exit_status, 2);
  EXPECT_THAT(state.err, HasSubstr("--state needs -o FILE"));
}

TEST_F(FilesThereTest, ADatabaseIsAFile) {
  files_.write("urls", site_.url("/a") + "\n");
  for (const std::string path : {"/dev/stdout", "/dev/fd/1", "/dev/null"}) {
    const ProcessResult result =
        run_here({"urls", "--format", "sqlite", "-o", path});
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.err, HasSubstr(" a file"));
    EXPECT_EQ(result.out, "");
  }
}

TEST_F(FilesThereTest, ADatabaseIsReplacedByAnotherAndByNothingElse) {
  files_.write("urls", site_.url("/a") + "\n");
  ASSERT_EQ(run_here({"urls", "-o", "s.db"}).exit_status, 0);
  ASSERT_EQ(run_here({"urls", "-o", "s.db"}).exit_status, 0);
  const std::string before = files_.read("s.db");
  const std::vector<std::vector<std::string>> others = {
      {"-o", "s.db", "--format", "jsonl"},
      {"--skipped", "s.db"},
      {"--log-file", "s.db"},
      {"--state", "s.db", "-o", "x"}};
  for (std::vector<std::string> arguments : others) {
    arguments.insert(arguments.begin(), "urls");
    const ProcessResult result = run_here(arguments);
    EXPECT_EQ(result.exit_status, 2) << arguments[1];
    EXPECT_THAT(result.err, HasSubstr("s.db")) << arguments[1];
    EXPECT_EQ(files_.read("s.db"), before) << arguments[1];
  }
  files_.write("x.db", kOld);
  const ProcessResult result = run_here({"urls", "-o", "x.db"});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_EQ(result.err,
            "crawl: x.db is no database of crawl; it was left as it is, name "
            "another file\n");
  EXPECT_EQ(files_.read("x.db"), kOld);
}

TEST_F(FilesThereTest, ALogIsNotWrittenIntoAnothersOutput) {
  const auto writer = open_output(files_.file("out"));
  ASSERT_TRUE(writer);
  const ProcessResult other = run_here({site_.url("/a"), "--log-file", "out"});
  EXPECT_EQ(other.exit_status, 2);
  EXPECT_THAT(other.err, HasSubstr(" is writing it; name another file"));
}

TEST_F(FilesThereTest, AnArchiveIsNoPlaceForRecords) {
  const std::string archive =
      gzip("WARC/1.1\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n");
  for (const std::string option : {"-o", "--skipped", "--har", "--log-file"}) {
    files_.write("a.warc.gz", archive);
    std::vector<std::string> arguments = {site_.url("/a"), option, "a.warc.gz"};
    if (option != "-o") arguments.insert(arguments.end(), {"-o", "new"});
    const ProcessResult result = run_here(arguments);
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(
        result.err,
        HasSubstr(option + " 'a.warc.gz': is an archive; name another"));
    EXPECT_EQ(files_.read("a.warc.gz"), archive);
  }
  EXPECT_EQ(
      run_here({site_.url("/a"), "-o", "a.warc.gz", "--overwrite"}).exit_status,
      0);
}

// Whatever is behind bytes packed in another way cannot be read with them.
TEST_F(FilesThereTest, NothingIsWrittenBehindWhatIsPackedInAnotherWay) {
  const std::string record = "{}\n";
  const std::string archived =
      "WARC/1.1\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n";
  struct Case {
    std::string name, holds, says;
    std::vector<std::string> options;
  };
  const std::vector<Case> cases = {
      {"a.gz", record, "'a.gz': what it holds is not packed", {"-o", "a.gz"}},
      {"a.zst",
       record,
       "'a.zst': what it holds is not packed",
       {"-o", "a.zst"}},
      {"b", gzip(record), "'b': what it holds is packed by gzip", {"-o", "b"}},
      {"c.gz",
       zstd(record),
       "'c.gz': what it holds is packed by zstd",
       {"-o", "c.gz"}},
      {"d.gz",
       record,
       "--skipped 'd.gz': what it holds is not packed",
       {"-o", "new", "--skipped", "d.gz"}},
      {"e.warc.gz",
       archived,
       "'e.warc.gz': what it holds is not packed",
       {"-o", "new", "--warc-file", "e"}},
      {"f.warc",
       gzip(archived),
       "'f.warc': what it holds is packed by gzip",
       {"-o", "new", "--warc-file", "f", "--no-warc-compression"}},
      {"h.jsonl.gz",
       gzip(kOld).append(gzip(kOld), 0, 30),
       fmt::format("truncate -s {}", gzip(kOld).size()),
       {"-o", "h.jsonl.gz"}},
      {"i.zst",
       zstd(kOld).append("\0", 1),
       fmt::format("truncate -s {}", zstd(kOld).size()),
       {"-o", "new", "--skipped", "i.zst"}},
      {"k.warc.gz",
       gzip(archived).append(gzip(archived), 0, 1),
       fmt::format("truncate -s {}", gzip(archived).size()),
       {"-o", "new", "--warc-file", "k"}},
      {"g.warc.gz",
       gzip(record),
       "'g.warc.gz' is no archive",
       {"-o", "new", "--warc-file", "g"}},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    files_.write(each.name, each.holds);
    std::vector<std::string> arguments = {site_.url("/a"), "--append"};
    arguments.insert(arguments.end(), each.options.begin(), each.options.end());
    const ProcessResult result = run_here(arguments);
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.err, HasSubstr(each.says));
    EXPECT_EQ(files_.read(each.name), each.holds);
    EXPECT_FALSE(std::filesystem::exists(files_.file("new")));
  }
  EXPECT_EQ(site_.log().size(), 0u);
}

TEST_F(FilesThereTest, ANewStateLeavesThemAndSaysTheWaysOn) {
  for (const std::string option : {"-o", "--skipped"}) {
    files_.write("old", kOld);
    std::vector<std::string> arguments =
        site({"--state", "state", option, "old"});
    if (option != "-o") arguments.insert(arguments.end(), {"-o", "new"});
    const ProcessResult result = run_here(arguments);
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_EQ(result.err,
              "crawl: " + option +
                  " 'old': holds records already, and the crawl of --state "
                  "'state' is a new one: name another file, or add --append to "
                  "write behind them, or --overwrite to have them gone\n");
    EXPECT_EQ(files_.read("old"), kOld);
    EXPECT_FALSE(std::filesystem::exists(files_.file("state")));
    EXPECT_FALSE(std::filesystem::exists(files_.file("new")));
    EXPECT_EQ(site_.log().size(), 0u);
  }
}

TEST_F(FilesThereTest, ANewStateAppendsOrOverwritesWhereItIsTold) {
  site_.open_gate("held");
  for (const bool append : {true, false}) {
    files_.write("out", kOld);
    files_.write("skipped", kOld);
    const ProcessResult result = run_here(
        site({"--state", append ? "s1" : "s2", "-o", "out", "--skipped",
              "skipped", append ? "--append" : "--overwrite"}));
    EXPECT_EQ(result.exit_status, 0) << result.err;
    for (const auto& [file, records] :
         {std::pair{"out", 3u}, std::pair{"skipped", 1u}}) {
      EXPECT_EQ(files_.read(file).starts_with(kOld), append) << file;
      EXPECT_EQ(lines_in(file), records + (append ? 1 : 0)) << file;
    }
  }
}

// The same command goes on, whatever it wrote before its first commit.
TEST_F(FilesThereTest, WhatWasWrittenBeforeAKillIsNoOtherCrawls) {
  for (const bool append : {false, true}) {
    const std::string state = append ? "s1" : "s2";
    const std::string out = append ? "o1" : "o2";
    std::vector<std::string> arguments = site(
        {"--state", state, "-o", out, "--commit-interval", "1h", "-j", "1"});
    if (append) {
      files_.write(out, kOld);
      arguments.emplace_back("--append");
    }
    const std::size_t old = append ? 1 : 0;
    Process killed(command(arguments), here());
    EXPECT_TRUE(wait_for_lines(out, old + 1));
    killed.signal(SIGKILL);
    killed.wait();
    site_.open_gate("held");
    const ProcessResult result = run_here(arguments);
    EXPECT_EQ(result.exit_status, 0) << result.err;
    std::multiset<std::string> urls;
    for (const auto& record : records(files_.read(out))) {
      urls.insert(record["url"]);
    }
    std::multiset<std::string> expected = {site_.url("/first"), site_.url("/a"),
                                           site_.url("/gate/held")};
    if (append) expected.insert("old");
    EXPECT_EQ(urls, expected);
  }
}

TEST_F(FilesThereTest, WithoutAStateTheyAreEmptiedUnlessAppendedTo) {
  const std::string urls = list({"/a"});
  files_.write("out", kOld);
  EXPECT_EQ(run_here({urls, "-o", "out", "--append"}).exit_status, 0);
  EXPECT_THAT(files_.read("out"), StartsWith(kOld));
  EXPECT_EQ(lines_in("out"), 2u);
  EXPECT_EQ(run_here({urls, "-o", "out"}).exit_status, 0);
  EXPECT_EQ(lines_in("out"), 1u);
  EXPECT_EQ(run_here({"--compare=2", urls, "-o", "table"}).exit_status, 0);
  const std::string table = files_.read("table");
  EXPECT_EQ(
      run_here({"--compare=2", urls, "-o", "table", "--append"}).exit_status,
      0);
  EXPECT_THAT(files_.read("table"), StartsWith(table));
  EXPECT_GT(files_.read("table").size(), table.size());
}

TEST_F(FilesThereTest, AHeaderLineIsWrittenWhereThereIsNothingYet) {
  const std::string urls = list({"/a"});
  for (const std::string command :
       {"$0 $1 --fields url --format csv >> out",
        "$0 $1 --fields url --format csv -o out --append"}) {
    files_.write("out", "");
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(run_process({"sh", "-c", command, CRAWL_BINARY, urls}, here())
                    .exit_status,
                0);
    }
    const std::string line = site_.url("/a") + "\r\n";
    EXPECT_EQ(files_.read("out"), "url\r\n" + line + line) << command;
  }
}

TEST_F(FilesThereTest, AFileThatIsBeingWrittenIsLeftToItsCrawl) {
  const std::string urls = list({"/a", "/gate/held"});
  Process first(command({urls, "-o", "out"}), here());
  ASSERT_TRUE(site_.request_log().wait_for_started(2));
  for (const std::vector<std::string>& more :
       std::vector<std::vector<std::string>>{
           {}, {"--append"}, {"--overwrite"}}) {
    std::vector<std::string> arguments = {urls, "-o", "out"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ProcessResult second = run_here(arguments);
    EXPECT_EQ(second.exit_status, 2);
    EXPECT_EQ(second.err,
              fmt::format("crawl: cannot write to out: process {} is writing "
                          "it; wait for its end, or name another file\n",
                          first.pid()));
  }
  site_.open_gate("held");
  EXPECT_EQ(first.wait().exit_status, 0);
  EXPECT_EQ(lines_in("out"), 2u);
}

// Whichever of its outputs or inputs a command is refused for, and in whatever
// order they are opened.
TEST_F(FilesThereTest, ARefusedCommandLeavesEveryFileAsItWas) {
  const std::map<std::string, std::string> outputs = {
      {"-o", "out.jsonl"},  {"--skipped", "skipped.jsonl"},
      {"--har", "all.har"}, {"--report", "page.html"},
      {"--save", "saved"},  {"--warc-file", "kept"}};
  const auto run_with = [&](std::map<std::string, std::string> files) {
    std::vector<std::string> arguments =
        site({"--overwrite", "--warc-cdx", "-q"});
    for (auto& [option, file] : files) {
      arguments.insert(arguments.end(), {option, file});
    }
    return run_here(arguments);
  };
  site_.open_gate("held");
  ASSERT_EQ(run_with(outputs).exit_status, 0);
  std::filesystem::create_directories(files_.file("folder.warc.gz"));
  std::filesystem::create_directories(files_.file("index.cdxj"));
  files_.write("file", "text");
  const auto all = [&] {
    std::map<std::string, std::string> found;
    for (const auto& each :
         std::filesystem::recursive_directory_iterator(files_.path())) {
      found[each.path().string()] =
          each.is_regular_file() ? files_.read(each.path().string()) : "";
    }
    return found;
  };
  const auto before = all();
  for (const auto& [option, value] :
       std::vector<std::pair<std::string, std::string>>{
           {"-o", "saved"},           {"-o", "no/file"},
           {"-o", "file/x"},          {"--skipped", "saved"},
           {"--skipped", "no/file"},  {"--har", "saved"},
           {"--har", "no/file"},      {"--report", "saved"},
           {"--report", "no/file"},   {"--save", "file"},
           {"--save", "file/folder"}, {"--warc-file", "no/kept"},
           {"--warc-file", "folder"}, {"--warc-file", "index"},
           {"--warc-dedup", "none"},  {"--warc-dedup", "saved"},
           {"--warc-dedup", "file"},  {"--cacert", "none"},
           {"--cacert", "file"},      {"--state", "saved"},
           {"--state", "file"},       {"--log-file", "saved"},
           {"--config", "none"}}) {
    SCOPED_TRACE(option + " " + value);
    auto files = outputs;
    files[option] = value;
    const ProcessResult refused = run_with(files);
    EXPECT_EQ(refused.exit_status, 2);
    EXPECT_THAT(refused.err, HasSubstr(value));
    EXPECT_EQ(all() == before, true);
  }
}

TEST_F(FilesThereTest, OptionsThatContradictEachOtherAreRefused) {
  EXPECT_THAT(
      run({list({"/a"}), "-o", files_.file("out"), "--append", "--overwrite"})
          .err,
      HasSubstr("--append keeps what --overwrite takes"));
  EXPECT_THAT(run({list({"/a"}), "--append"}).err, HasSubstr(">> FILE"));
}

}  // namespace
}  // namespace crawl::testing
