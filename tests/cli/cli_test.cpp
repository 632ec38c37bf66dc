// The command from outside: what it prints, how it ends, what it leaves behind.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/cli_fixture.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(CliTest, EveryLineLeavesOneRecordAndTheTotalsSaySo) {
  site_.serve("/a", "<title>A</title><a href=/b>b</a>");
  const ProcessResult result =
      run({list({"/a", "", "# comment", "/status/404", "mailto:x@y", "http://[",
                 "/a", "\xff\xfe"}),
           "-j", "4"});
  EXPECT_EQ(records(result.out).size(), 6u);
  EXPECT_EQ(result.exit_status, 1) << "some failed";
  EXPECT_THAT(result.err, HasSubstr("6"));
}

TEST_F(CliTest, ExitStatusIsZeroWhenAllAreFetched) {
  site_.serve("/a", "<title>A</title>");
  EXPECT_EQ(run({list({"/a", "/redirect/3"})}).exit_status, 0);
}

TEST_F(CliTest, RecordHasTheTitleAndTheTimes) {
  site_.serve("/a",
              "<title>Caf\xc3\xa9</title><a href=/1>1</a><a href=/2>2</a>");
  const json record = record_of("/a");
  EXPECT_EQ(record["title"], "Caf\xc3\xa9");
  EXPECT_EQ(record["status_code"], 200);
  EXPECT_EQ(record["ok"], true);
  EXPECT_EQ(record["error"], nullptr);
  EXPECT_EQ(record["link_count"], 2);
  EXPECT_EQ(record["attempts"], 1);
  EXPECT_GT(record["time_total"].get<double>(), 0);
  EXPECT_EQ(record["remote_ip"], "127.0.0.1");
}

TEST_F(CliTest, StandardInputAndUrlArgumentsAreInputsToo) {
  site_.serve("/a", "<title>A</title>");
  EXPECT_EQ(records(run({"-"}, {.input = site_.url("/a") + "\r\n"}).out).size(),
            1u);
  EXPECT_EQ(records(run({site_.url("/a")}).out).size(), 1u);
}

TEST_F(CliTest, RecordsComeWhileStandardInputIsStillOpen) {
  site_.serve("/a", "<title>A</title>");
  Process process(command({"-"}),
                  {.input = site_.url("/a") + "\n", .keep_stdin_open = true});
  EXPECT_TRUE(process.wait_for_output("\"title\":\"A\""));
  process.close_stdin();
  EXPECT_EQ(process.wait().exit_status, 0);
}

TEST_F(CliTest, OrderedWritesInInputOrder) {
  std::vector<std::string> lines;
  for (int i = 0; i < 60; ++i) {
    lines.push_back("/delay/" + std::to_string((i * 7) % 30));
  }
  const ProcessResult result = run({list(lines), "--ordered", "-j", "16"});
  std::vector<std::string> urls;
  for (const json& record : records(result.out))
    urls.push_back(record["input"]);
  for (std::string& line : lines) line = site_.url(line);
  EXPECT_EQ(urls, lines);
}

TEST_F(CliTest, TenThousandDuplicateLinesAreTenThousandRecords) {
  site_.serve("/a", "<title>A</title>");
  const std::vector<std::string> lines(10'000, "/a");
  EXPECT_EQ(records(run({list(lines), "-j", "32"}).out).size(), 10'000u);
  const ProcessResult unique = run({list(lines), "-j", "32", "--unique"});
  EXPECT_EQ(unique.exit_status, 0);
  EXPECT_EQ(records(unique.out).size(), 10'000u);
  site_.clear_log();
  run({list(lines), "--unique"});
  EXPECT_EQ(site_.log().size(), 1u);
}

TEST_F(CliTest, SyncGivesTheSameRecords) {
  std::vector<std::string> lines;
  for (int i = 0; i < 20; ++i) {
    const std::string path = "/p" + std::to_string(i);
    site_.serve(path, "<title>" + path + "</title>");
    lines.push_back(path);
  }
  const std::string urls = list(lines);
  const auto titles = [&](const ProcessResult& result) {
    std::multiset<std::string> all;
    for (const json& record : records(result.out)) all.insert(record["title"]);
    return all;
  };
  site_.clear_log();
  const auto sync = titles(run({urls, "--sync"}));
  EXPECT_EQ(site_.log().max_concurrent(), 1u);
  EXPECT_EQ(sync, titles(run({urls, "-j", "8"})));
}

TEST_F(CliTest, PerHostHoldsAsTheServerSeesIt) {
  run({list(std::vector<std::string>(40, "/delay/2")), "-j", "16", "--per-host",
       "3"});
  EXPECT_EQ(site_.log().size(), 40u);
  EXPECT_LE(site_.log().max_concurrent(), 3u);
}

TEST_F(CliTest, DelayHoldsAsTheServerSeesIt) {
  run({list(std::vector<std::string>(6, "/delay/0")), "-j", "16", "--delay",
       "100ms"});
  ASSERT_EQ(site_.log().size(), 6u);
  // Half of it allows for requests that this machine held up on their way.
  EXPECT_GE(*site_.log().min_gap(), std::chrono::milliseconds(50));
  const auto log = site_.log();
  EXPECT_GE(log[5].started - log[0].started, std::chrono::milliseconds(450));
}

// --- what goes wrong before anything is asked of a server

TEST_F(CliTest, UsageErrorsAreOneLineAndStatusTwo) {
  const std::string urls = list({"/a"});
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"no-such-file.txt"},
      {files_.path().string()},
      {urls, "--no-such-option"},
      {urls, "--ordred"},
      {urls, "-j", "0"},
      {urls, "-j", "many"},
      {urls, "-j", "-3"},
      {urls, "--format", "xml"},
      {urls, "--fields", "url,titel"},
      {urls, "--delay", "soon"},
      {urls, "--rate", "fast"},
      {urls, "-o", "/no/such/folder/out.jsonl"},
      {urls, "--cacert", "/no/such/ca.pem"},
      {urls, "--proxy-cacert", "/no/such/ca.pem"},
      {urls, "--compare=0"},
      {urls, "--config", "/no/such/config"},
  };
  for (const std::vector<std::string>& arguments : wrong) {
    const ProcessResult result = run(arguments);
    const std::string said = ::testing::PrintToString(arguments) + result.err;
    EXPECT_EQ(result.exit_status, 2) << said;
    EXPECT_THAT(result.out, IsEmpty()) << said;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1)
        << said;
  }
  EXPECT_EQ(site_.log().size(), 0u);
}

TEST_F(CliTest, MistypedNamesAreCorrected) {
  const std::string urls = list({"/a"});
  EXPECT_THAT(run({urls, "--ordred"}).err, HasSubstr("--ordered"));
  EXPECT_THAT(run({urls, "--fields", "titel"}).err, HasSubstr("title"));
}

TEST_F(CliTest, MoreJobsThanOpenFilesNamesTheLimit) {
  const std::string urls = list({"/a"});
  const ProcessResult result = run({urls, "-j", "100000"}, {.open_files = 256});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr("open files"));
  EXPECT_THAT(result.err, HasSubstr("256"));
}

TEST_F(CliTest, EmptyInputIsNoError) {
  const ProcessResult result = run({list({})});
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_EQ(result.out, "");
}

TEST_F(CliTest, BinaryInputIsAnsweredLineByLine) {
  std::string bytes;
  for (int i = 0; i < 4096; ++i) bytes += static_cast<char>((i * 37) % 256);
  const ProcessResult result = run({files_.write("binary", bytes)});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(records(result.out), Not(IsEmpty()));
}

TEST_F(CliTest, EndlessLineIsOneRecord) {
  const ProcessResult result = run({files_.write(
      "long", "http://127.0.0.1/" + std::string(1 << 20, 'x') + "\n")});
  ASSERT_EQ(records(result.out).size(), 1u);
  EXPECT_EQ(records(result.out)[0]["error"], "invalid_url");
}

TEST_F(CliTest, HelpVersionAndFieldsGoToStandardOutput) {
  for (const char* option : {"--help", "-V", "--list-fields"}) {
    const ProcessResult result = run({option});
    EXPECT_EQ(result.exit_status, 0) << option;
    EXPECT_THAT(result.out, Not(IsEmpty())) << option;
    EXPECT_THAT(result.err, IsEmpty()) << option;
  }
}

// --- output

TEST_F(CliTest, FullDiskIsSaidAndEndsWithStatusTwo) {
  site_.serve("/a", "<title>A</title>");
  const std::string urls = list(std::vector<std::string>(2'000, "/a"));
  for (const ProcessResult& result :
       {run({urls, "-o", "/dev/full"}),
        run({urls}, {.stdout_file = "/dev/full"})}) {
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.err, HasSubstr("No space left on device"));
  }
}

TEST_F(CliTest, ClosedPipeEndsTheCrawlQuietly) {
  site_.serve("/a", "<title>A</title>");
  Process process(command(
      {list(std::vector<std::string>(100'000, "/a")), "-j", "8", "-q"}));
  ASSERT_TRUE(process.wait_for_output("\n"));
  process.close_stdout();
  const ProcessResult result = process.wait();
  EXPECT_EQ(result.signal, 0);
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_EQ(result.err, "");
  EXPECT_LT(site_.log().size(), 100'000u);
}

TEST_F(CliTest, OutputFileHasWholeLines) {
  site_.serve("/a", "<title>A</title>");
  const std::string out = files_.file("out.jsonl");
  run({list(std::vector<std::string>(100, "/a")), "-o", out});
  EXPECT_EQ(records(files_.read(out)).size(), 100u);
}

TEST_F(CliTest, FormatsAgreeOnTheNumberOfRecords) {
  site_.serve("/a", "<title>A\tB\nC</title>");
  const std::string urls = list({"/a", "/status/404", "nonsense://x"});
  for (const char* format : {"tsv", "csv"}) {
    const std::string out = run({urls, "--format", format}).out;
    EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 4) << format;
  }
  const std::string text = run({urls, "--format", "text"}).out;
  EXPECT_GE(std::count(text.begin(), text.end(), '\n'), 3);
}

TEST_F(CliTest, FieldsChooseAndAdd) {
  site_.serve("/a", "<title>A</title><a href=/b rel=next>b</a>");
  const json chosen = record_of("/a", {"--fields", "title,url"});
  EXPECT_EQ(chosen.size(), 2u);
  const json added = record_of("/a", {"--fields", "+links,+headers,+body"});
  EXPECT_EQ(added["links"][0]["url"], site_.url("/b"));
  EXPECT_EQ(added["links"][0]["rel"], "next");
  EXPECT_EQ(added["links"][0]["text"], "b");
  EXPECT_THAT(added["body"].get<std::string>(), HasSubstr("<title>"));
  EXPECT_FALSE(added["headers"].empty());
}

TEST_F(CliTest, NothingAServerSendsReachesATerminalRaw) {
  for (const char* format : {"text", "tsv", "csv"}) {
    const ProcessResult result =
        run({list({"/title-escapes", "/escape-header", "/title-nul"}),
             "--format", format, "-v"});
    for (const std::string& stream : {result.out, result.err}) {
      for (const char c : stream) {
        EXPECT_FALSE((static_cast<unsigned char>(c) < 0x20 && c != '\n' &&
                      c != '\t' && c != '\r') ||
                     c == 0x7f)
            << format;
      }
    }
  }
}

// --- what the request looks like

TEST_F(CliTest, CurlsOptionsMeanWhatTheyMeanToCurl) {
  const json echo =
      json::parse(record_of("/echo", {"-A", "agent/1", "-H", "X-One: 1", "-H",
                                      "Accept:", "--fields", "body"})["body"]
                      .get<std::string>());
  const std::string all = echo.dump();
  EXPECT_THAT(all, HasSubstr("agent/1"));
  EXPECT_THAT(all, HasSubstr("X-One"));
  EXPECT_THAT(all, Not(HasSubstr("\"Accept\"")));
  EXPECT_EQ(
      record_of("/auth/basic/me/secret", {"-u", "me:secret"})["status_code"],
      200);
  EXPECT_EQ(record_of("/auth/basic/me/secret")["status_code"], 401);
}

TEST_F(CliTest, ResolveAndConnectToMapNames) {
  site_.serve("//name.test/a", "<title>By name</title>");
  const std::string port = std::to_string(site_.port());
  const std::string url = "http://name.test:" + port + "/a";
  EXPECT_EQ(record_of(url, {"--resolve",
                            "name.test:" + port + ":127.0.0.1"})["title"],
            "By name");
  EXPECT_EQ(record_of("http://name.test/a",
                      {"--connect-to", "::127.0.0.1:" + port})["title"],
            "By name");
}

TEST_F(CliTest, ProxyIsAskedForEverything) {
  site_.serve("//far.test/a", "<title>Through the proxy</title>");
  EXPECT_EQ(record_of("http://far.test/a", {"-x", site_.origin()})["title"],
            "Through the proxy");
}

TEST_F(CliTest, ConfigFileHoldsOptions) {
  site_.serve("/a", "<title>A</title>");
  const std::string config =
      files_.write("config.ini", "jobs=3\nfields=\"url,title\"\n");
  EXPECT_EQ(record_of("/a", {"--config", config}).size(), 2u);
}

TEST_F(CliTest, LogFileTakesTheWordsAndLeavesStderrAlone) {
  const std::string log = files_.file("log");
  const ProcessResult result = run(
      {list({"/status/500"}), "--retry", "0", "-v", "-q", "--log-file", log});
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(files_.read(log), HasSubstr("/status/500"));
}

TEST_F(CliTest, LogFileGetsFailuresAsWarningsAndTheSummary) {
  site_.serve("/a", "<title>A</title>");
  const std::string log = files_.file("log");
  const ProcessResult result =
      run({list({"/a", "/status/404"}), "--retry", "0", "--log-file", log});
  const std::string logged = files_.read(log);
  EXPECT_THAT(logged,
              HasSubstr(" warning could not fetch " + site_.url("/status/404") +
                        ": HTTP status 404 (http)\n"));
  EXPECT_THAT(logged, HasSubstr(" info 2 URLs = 1 fetched + 1 failed"));
  EXPECT_THAT(logged, Not(HasSubstr(site_.url("/a"))));
  EXPECT_THAT(result.err, HasSubstr("2 URLs = 1 fetched + 1 failed"));
}

TEST_F(CliTest, LogFileThatIsFullIsSaidOnce) {
  const ProcessResult result = run({list({"/status/404", "/status/500"}),
                                    "--retry", "0", "--log-file", "/dev/full"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, StartsWith("crawl: --log-file /dev/full: lines are "
                                     "missing from it: No space left on "
                                     "device\n2 URLs = "));
  EXPECT_THAT(result.err, Not(HasSubstr("LOG ERROR")));
}

TEST_F(CliTest, LogFileMakesNoFolders) {
  const std::string folder = files_.file("missing");
  const ProcessResult result =
      run({list({"/a"}), "--log-file", folder + "/log"});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr("there is no folder " + folder));
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_F(CliTest, LogFileDashIsStandardError) {
  const ProcessResult result =
      run({list({"/status/404"}), "--retry", "0", "-v", "--log-file", "-"},
          {.directory = files_.path().string()});
  EXPECT_THAT(result.err, HasSubstr("crawl: could not fetch"));
  EXPECT_FALSE(std::filesystem::exists(files_.file("-")));
}

TEST_F(CliTest, VerboseIsFailuresAndRetriesAndTwiceIsEveryTransfer) {
  site_.serve("/a", "<title>A</title>");
  const std::string urls = list({"/a", "/status/404"});
  EXPECT_THAT(run({urls}).err, Not(HasSubstr("crawl: ")));
  const std::string once = run({urls, "-v"}).err;
  EXPECT_THAT(once,
              HasSubstr("crawl: could not fetch " + site_.url("/status/404") +
                        ": HTTP status 404 (http)\n"));
  EXPECT_THAT(once, Not(HasSubstr(site_.url("/a"))));
  EXPECT_THAT(run({urls, "-vv"}).err,
              HasSubstr("crawl: fetched " + site_.url("/a") + ": status 200"));
  // Those that the crawl makes for itself, and those on the way, too.
  const std::string all = run({"-r", site_.url("/redirect/1"), "-vv"}).err;
  for (const char* line : {"/robots.txt: status 404", "/redirect/1: status 30",
                           "/redirect/0: status 200"}) {
    const std::string path(line);
    EXPECT_THAT(all, HasSubstr("crawl: fetched " + site_.url(path))) << path;
  }
}

TEST_F(CliTest, WhatIsNoListIsRefusedOnce) {
  const std::string table = files_.write("x.csv", "url,title\nhttp://a/,A\n");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{table},
        std::vector<std::string>{table, "--compare"}}) {
    const ProcessResult result = run(arguments);
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr("x.csv looks like a table (CSV): "));
  }
}

TEST_F(CliTest, BodiesThatWereCutAreInTheSummary) {
  site_.serve("/a", "<title>A</title>" + std::string(1'000, ' '));
  EXPECT_THAT(run({list({"/a"}), "--max-filesize", "100"}).err,
              HasSubstr("\n1 body was cut at --max-filesize\n"));
}

TEST_F(CliTest, WhatCannotHaveItsEffectIsSaidUnlessQuiet) {
  site_.serve("/a", "<title>A</title>");
  const std::string said = "crawl: --per-host 9 comes to 2: no more run";
  const std::vector<std::string> command = {list({"/a"}), "-j", "2",
                                            "--per-host", "9"};
  EXPECT_THAT(run(command).err, HasSubstr(said));
  std::vector<std::string> quiet = command;
  quiet.emplace_back("-q");
  EXPECT_EQ(run(quiet).err, "");
}

TEST_F(CliTest, HeadAsksForNoBodies) {
  const std::string page = "<title>A</title>" + std::string(1'000, ' ');
  site_.serve("/a", page);
  site_.serve("/moved",
              [](const HttpRequest&) { return Reply::redirect("/a"); });
  const ProcessResult result =
      run({list({"/a", "/moved", "/status/404"}), "-I", "--ordered"});
  EXPECT_EQ(result.exit_status, 1) << result.err;
  const auto all = records(result.out);
  ASSERT_EQ(all.size(), 3u);
  for (const std::size_t i : {0U, 1U}) {
    EXPECT_EQ(all[i]["status_code"], 200);
    EXPECT_EQ(all[i]["content_length"], page.size());
    EXPECT_THAT(all[i]["content_type"], HasSubstr("text/html"));
    EXPECT_EQ(all[i]["size_download"], 0);
    EXPECT_EQ(all[i]["title"], nullptr);
  }
  EXPECT_EQ(all[2]["error"], "http");
  for (const LoggedRequest& request : site_.log()) {
    EXPECT_EQ(request.request.method, "HEAD");
  }
  // robots.txt is read, not measured.
  site_.clear_log();
  run({list({"/a"}), "-I", "--robots", "always"});
  EXPECT_EQ(site_.log()[0].request.method, "GET");
  EXPECT_EQ(site_.log()[1].request.method, "HEAD");
}

TEST_F(CliTest, HostAndPortAloneIsAUrlInTheClear) {
  site_.serve("/a", "<title>A</title>");
  const std::string bare = site_.url("/a").substr(7);
  const std::string quoted = "\"" + site_.url("/a") + "\"";
  for (const std::string& input : {bare, list({bare}), list({quoted})}) {
    const ProcessResult result = run({input});
    EXPECT_EQ(result.exit_status, 0) << input << result.err;
    const auto all = records(result.out);
    ASSERT_EQ(all.size(), 1u) << input;
    EXPECT_EQ(all[0]["url"], site_.url("/a"));
  }
}

// --- comparing

TEST_F(CliTest, CompareRunsSequentiallyThenPooled) {
  site_.serve("/a", "<title>A</title>");
  const ProcessResult result = run({list(std::vector<std::string>(20, "/a")),
                                    "--compare=2,4", "--format", "jsonl"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  const auto runs = records(result.out);
  ASSERT_EQ(runs.size(), 3u);
  EXPECT_EQ(runs[1]["jobs"], 2);
  EXPECT_EQ(site_.log().size(), 60u);
}

TEST_F(CliTest, CompareSaysWhenTheRunsDoNotAgree) {
  site_.serve("/a", "<title>A</title>");
  int served = 0;
  site_.serve("/changing", [&served](const HttpRequest&) {
    return Reply::html("<title>" + std::to_string(++served) + "</title>");
  });
  const ProcessResult result =
      run({list({"/changing", "/a"}), "--compare=2,3,4"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err,
              HasSubstr("the runs do not agree on 1 of 2 URLs: URL 1 of "));
}

TEST_F(CliTest, CompareReadsStandardInputOnce) {
  site_.serve("/a", "<title>A</title>");
  const ProcessResult result =
      run({"-", "--compare=2"}, {.input = site_.url("/a") + "\n"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(site_.log().size(), 2u);
}

}  // namespace
}  // namespace crawl::testing
