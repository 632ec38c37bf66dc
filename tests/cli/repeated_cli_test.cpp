// --drop-repeated from outside: what stands on many pages of a host is left
// out, however and in whatever order they came.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "cli/archive_fixture.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kPages = 24;

std::string path_of(int n) { return fmt::format("/pages/{}.html", n); }

void add_repeating_pages(LoopbackSite& site) {
  for (int n = 0; n < kPages; ++n) {
    std::string links;
    for (const int next : {(2 * n + 1) % kPages, (2 * n + 2) % kPages}) {
      links += fmt::format("<a href={}>{}</a> ", path_of(next), next);
    }
    site.serve(
        path_of(n),
        fmt::format("<!doctype html><title>{0}</title><header>The site of all "
                    "lamps</header><main><h1>Page {0}</h1><h2>Synopsis</h2>"
                    "<p>What page {0} has to say.<p>Subscribe to our letter "
                    "today and get ten percent off all that you order from us."
                    "<p>More of page {0}.</main><footer>{1}</footer>",
                    n, links));
  }
}

std::string text_of(int n) {
  return fmt::format(
      "Page {0}\n\nSynopsis\n\nWhat page {0} has to say.\n\nMore of page {0}.",
      n);
}

class RepeatedCliTest : public CliTest {
 protected:
  RepeatedCliTest() { add_repeating_pages(site_); }

  static std::vector<std::string> with(std::vector<std::string> arguments) {
    for (const char* more : {"--drop-repeated", "--fields",
                             "url,text,markdown,word_count,text_digest"}) {
      arguments.emplace_back(more);
    }
    return arguments;
  }
  // What records say, by the path of their page.
  static std::map<std::string, json> by_path(const std::string& jsonl) {
    std::map<std::string, json> found;
    for (json& record : records(jsonl)) {
      const std::string url = record["url"];
      record.erase("url");
      found[url.substr(url.find('/', 8))] = record;
    }
    return found;
  }
  std::string list_of_pages() {
    std::vector<std::string> paths;
    for (int n = 0; n < kPages; ++n) paths.push_back(path_of(n));
    return list(paths);
  }
  std::map<std::string, json> expected() {
    return by_path(run(with({list_of_pages(), "-q"})).out);
  }
};

TEST_F(RepeatedCliTest, AListsPagesHaveWhatIsTheirOwn) {
  const ProcessResult result = run(with({list_of_pages()}));
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("what stands on many pages of a host was "
                                    "left out of 24 pages\n"));
  const auto found = by_path(result.out);
  ASSERT_EQ(found.size(), kPages);
  for (int n = 0; n < kPages; ++n) {
    const json& record = found.at(path_of(n));
    EXPECT_EQ(record["text"], text_of(n));
    EXPECT_THAT(record["markdown"].get<std::string>(),
                HasSubstr(fmt::format("# Page {}\n\n## Synopsis\n\nWhat", n)));
    EXPECT_THAT(record["markdown"].get<std::string>(),
                Not(HasSubstr("Subscribe")));
    EXPECT_EQ(record["word_count"], 13);
  }
}

TEST_F(RepeatedCliTest, TheOrderOfThePagesMakesNoDifference) {
  const auto wanted = expected();
  std::vector<std::string> paths;
  for (int n = 0; n < kPages; ++n) paths.push_back(path_of(n));
  std::minstd_rand random(5);
  for (const std::vector<std::string>& more :
       std::vector<std::vector<std::string>>{
           {"--sync"}, {"-j", "1"}, {"-j", "8", "--threads", "2"}}) {
    std::shuffle(paths.begin(), paths.end(), random);
    std::vector<std::string> arguments = with({list(paths), "-q"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_EQ(by_path(run(arguments).out), wanted) << more[0];
  }
  EXPECT_EQ(by_path(run(with({"-r", site_.url(path_of(3)), "-q", "--delay", "0",
                              "-j", "8"}))
                        .out),
            wanted);
}

TEST_F(RepeatedCliTest, InTheOrderOfTheInputIfThatIsAsked) {
  const ProcessResult result =
      run(with({list_of_pages(), "-q", "--ordered", "-j", "8"}));
  const auto all = records(result.out);
  ASSERT_EQ(all.size(), kPages);
  for (int n = 0; n < kPages; ++n) {
    EXPECT_EQ(all[static_cast<std::size_t>(n)]["url"], site_.url(path_of(n)));
  }
}

TEST_F(RepeatedCliTest, TheWholeBodyIsWithoutItToo) {
  const ProcessResult result =
      run(with({list_of_pages(), "-q", "--content", "all"}));
  for (int n = 0; n < kPages; ++n) {
    const std::string text = by_path(result.out).at(path_of(n))["text"];
    EXPECT_THAT(text, HasSubstr(text_of(n)));
    EXPECT_THAT(text, Not(HasSubstr("all lamps")));
  }
}

TEST_F(RepeatedCliTest, SelectorsAndFactsAreOfThePageAsItIs) {
  const ProcessResult result =
      run({list_of_pages(), "-q", "--drop-repeated", "--fields",
           "text,headings,link_count", "--extract", "h=h2::text|first"});
  for (const json& record : records(result.out)) {
    EXPECT_EQ(record["extracted"]["h"], json::array({"Synopsis"}));
    EXPECT_EQ(record["headings"].size(), 2u);
    EXPECT_EQ(record["link_count"], 2);
    EXPECT_THAT(record["text"].get<std::string>(), Not(HasSubstr("Subscribe")));
  }
}

TEST_F(RepeatedCliTest, EveryFormatHasIt) {
  const std::string pages = list_of_pages();
  for (const std::string format : {"jsonl", "tsv", "csv", "text"}) {
    const ProcessResult result =
        run({pages, "-q", "--drop-repeated", "--format", format, "--fields",
             "text,word_count"});
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_THAT(result.out, HasSubstr("More of page 7."));
    EXPECT_THAT(result.out, Not(HasSubstr("Subscribe")));
  }
  const std::string database = files_.file("site.db");
  const ProcessResult result =
      run({"-r", site_.url(path_of(0)), "-q", "--drop-repeated", "--delay", "0",
           "-o", database, "--fields", "url,text,links"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  const std::string bytes = files_.read("site.db");
  EXPECT_THAT(bytes, HasSubstr("More of page 7."));
  EXPECT_THAT(bytes, Not(HasSubstr("Subscribe")));
}

TEST_F(RepeatedCliTest, AReaderThatGoesAwayEndsItQuietly) {
  const ProcessResult result = run_process(
      {"/bin/sh", "-c",
       fmt::format("{} {} --drop-repeated --fields text -q | head -n 1",
                   CRAWL_BINARY, list_of_pages())});
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(records(result.out).size(), 1u);
}

TEST_F(RepeatedCliTest, WhatItCannotDoIsSaid) {
  const std::string pages = list_of_pages();
  for (const auto& [arguments, message] :
       std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--drop-repeated"}, "is about the fields text, markdown"},
           {{"--drop-repeated", "--fields", "+headings"},
            "is about the fields"},
           {{"--drop-repeated", "--fields", "+text", "--compare=2"},
            "does not go with --compare"},
           {{"--drop-repeated", "--fields", "+text", "-r", "--shared",
             "redis://127.0.0.1/x", "-o", "x.jsonl"},
            "does not go with --shared"},
           {{"--drop-repeated", "--fields", "+text", "--state", "s", "-o",
             "x.jsonl", "--append"},
            "leave out --append"}}) {
    std::vector<std::string> all = {pages};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const ProcessResult result =
        run(all, {.directory = files_.path().string()});
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.err, HasSubstr(message));
  }
  EXPECT_EQ(site_.log().size(), 0u);
}

TEST_F(RepeatedCliTest, TenKillsChangeNothing) {
  const auto arguments = [&](const std::string& name) {
    return with({"-r", site_.url(path_of(0)), "--delay", "0", "-j", "2",
                 "--state", files_.file(name + ".state"), "--commit-interval",
                 "1ms", "-o", files_.file(name + ".jsonl")});
  };
  const ProcessResult whole = run(arguments("whole"));
  EXPECT_EQ(whole.exit_status, 0) << whole.err;
  const auto wanted = by_path(files_.read("whole.jsonl"));
  EXPECT_EQ(wanted, expected());
  std::size_t moment = 3;
  kill_again_and_again(command(arguments("killed")), 10, [&moment] {
    moment = 2 + (moment * 5) % 7;
    return moment;
  });
  const ProcessResult last = run(arguments("killed"));
  EXPECT_EQ(last.exit_status, 0) << last.err;
  EXPECT_EQ(records(files_.read("killed.jsonl")).size(), kPages);
  EXPECT_EQ(by_path(files_.read("killed.jsonl")), wanted);
  // Once more, with nothing left to do.
  site_.clear_log();
  EXPECT_EQ(run(arguments("killed")).exit_status, 0);
  EXPECT_EQ(by_path(files_.read("killed.jsonl")), wanted);
  EXPECT_EQ(records(files_.read("killed.jsonl")).size(), kPages);
}

TEST_F(RepeatedCliTest, WhoCannotGoOnLeavesTheRecordsAsTheyWere) {
  for (const char* ending : {".jsonl", ".jsonl.gz", ".db"}) {
    SCOPED_TRACE(ending);
    const std::string name = "out" + std::string(ending);
    const std::string state = files_.file("state" + std::string(ending));
    const std::vector<std::string> arguments = with(
        {list_of_pages(), "-q", "--state", state, "-o", files_.file(name)});
    EXPECT_EQ(run(arguments).exit_status, 0);
    const std::string before = files_.read(name);
    const std::string held =
        files_.read("state" + std::string(ending) + "-held");
    const auto refused = [&](const std::string& why) {
      const ProcessResult result = run(arguments);
      EXPECT_EQ(result.exit_status, 2);
      EXPECT_THAT(result.err, HasSubstr(why));
      EXPECT_TRUE(files_.read(name) == before);
    };
    std::filesystem::remove(state + "-held");
    refused("records are missing");
    files_.write("state" + std::string(ending) + "-held",
                 held.substr(0, held.size() / 2));
    refused("is damaged");
    files_.write("state" + std::string(ending) + "-held", held);
    EXPECT_EQ(run(arguments).exit_status, 0);
  }
}

// It says on each of them what it says on all.
TEST_F(RepeatedCliTest, PagesThatAServerHasNotGotAreNoneOfItsHosts) {
  site_.serve("/no/*", [](const HttpRequest& request) {
    return Reply::html("<p>there is no " + request.target, 404);
  });
  std::vector<std::string> paths;
  for (int n = 0; n < kPages; ++n) {
    paths.push_back(path_of(n));
    for (const char* folder : {"/no/a", "/no/b"}) {
      paths.push_back(fmt::format("{}{}", folder, n));
    }
  }
  const auto found = by_path(run(with({list(paths), "-q"})).out);
  for (const auto& [path, record] : expected()) {
    EXPECT_EQ(found.at(path), record) << path;
  }
}

// What there is until then, by what is known until then.
TEST_F(RepeatedCliTest, AnInterruptedCrawlHasItsRecordsAndGoesOn) {
  site_.serve("/pages/start.html",
              "<p>own start<a href=/pages/0.html>x</a><a href=/hang/1>y</a>");
  const std::vector<std::string> arguments =
      with({"-r", site_.url("/pages/start.html"), "--delay", "0", "--state",
            files_.file("s"), "-o", files_.file("part.jsonl"), "--exclude",
            "hang/[2-9]"});
  Process process(command(arguments));
  site_.request_log().wait_for_started(4, std::chrono::seconds(60));
  process.signal(SIGINT);
  process.signal(SIGINT);
  const ProcessResult result = process.wait();
  EXPECT_EQ(result.exit_status, 130) << result.err;
  EXPECT_TRUE(std::filesystem::exists(files_.file("part.jsonl")));
  std::vector<std::string> rest = arguments;
  rest.insert(rest.end(), {"--max-time", "1", "--retry", "0"});
  run(rest);
  EXPECT_EQ(by_path(files_.read("part.jsonl")).at(path_of(5))["text"],
            text_of(5));
}

TEST_F(RepeatedCliTest, ArchivesGiveTheSameInAnyOrder) {
  const auto wanted = expected();
  std::vector<std::string> files;
  for (int part = 0; part < 3; ++part) {
    std::vector<std::string> paths;
    for (int n = part; n < kPages; n += 3) paths.push_back(path_of(n));
    const std::string prefix = files_.file(fmt::format("part{}", part));
    EXPECT_EQ(run({list(paths), "-q", "--warc-file", prefix}).exit_status, 0);
    files.push_back(prefix + ".warc.gz");
  }
  std::sort(files.begin(), files.end());
  do {
    std::vector<std::string> arguments = with({"-q"});
    arguments.insert(arguments.begin(), files.begin(), files.end());
    EXPECT_EQ(by_path(run(arguments).out), wanted);
  } while (std::next_permutation(files.begin(), files.end()));
  std::string all;
  for (const std::string& file : files) all += files_.read(file);
  EXPECT_EQ(by_path(run(with({"-", "-q"}), {.input = all}).out), wanted);
}

TEST(RepeatedOverTls, GivesTheSameOverHttpsAndHttp2) {
  std::map<std::string, std::string> first;
  for (const Spoken& spoken : transports()) {
    LoopbackSite site(spoken.site);
    add_repeating_pages(site);
    std::vector<std::string> arguments = {
        CRAWL_BINARY, "-r", site.url(path_of(0)), "-q",
        "--delay",    "0",  "--drop-repeated",    "--fields",
        "title,text"};
    arguments.insert(arguments.end(), spoken.options.begin(),
                     spoken.options.end());
    std::map<std::string, std::string> texts;
    std::istringstream lines(run_process(arguments).out);
    for (std::string line; std::getline(lines, line);) {
      const json record = json::parse(line);
      texts[record["title"]] = record["text"];
    }
    EXPECT_EQ(texts.size(), kPages) << spoken.name;
    if (first.empty()) first = texts;
    EXPECT_EQ(texts, first) << spoken.name;
  }
}

}  // namespace
}  // namespace crawl::testing
