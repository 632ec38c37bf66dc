#include "cli/options.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "cli/config_file.h"
#include "cli/typed_args.h"
#include "crawl/writer/fields.h"

namespace crawl::cli {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

class OptionsTest : public testing::Test {
 protected:
  OptionsTest() {
    surroundings_.raise_open_files_limit = [](std::size_t wanted) {
      return wanted;
    };
    surroundings_.processors = 6;
    surroundings_.default_jobs = 10;
  }
  ~OptionsTest() override {
    for (const std::string& file : files_) std::remove(file.c_str());
  }

  Result<ParsedArgs> parsed(const std::vector<std::string>& words) {
    std::vector<const char*> argv = {"crawl"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    return parse_args(static_cast<int>(argv.size()), argv.data(),
                      surroundings_);
  }
  // Of words that make sense, with an INPUT.
  Options options(std::vector<std::string> words) {
    words.emplace_back("urls.txt");
    auto args = parsed(words);
    EXPECT_TRUE(args) << args.error().message;
    return args ? args->options : Options{};
  }
  std::string error(std::vector<std::string> words) {
    words.insert(words.begin(), "urls.txt");
    const auto args = parsed(words);
    if (args) return "no error";
    EXPECT_EQ(args.error().message.find('\n'), std::string::npos);
    return args.error().message;
  }
  std::string config(const std::string& content) {
    std::string path = testing::TempDir() + "crawl-config-XXXXXX";
    const int fd = mkstemp(path.data());
    ::close(fd);
    std::ofstream(path) << content;
    files_.push_back(path);
    return path;
  }

  Surroundings surroundings_;
  std::vector<std::string> files_;
};

TEST_F(OptionsTest, DefaultsAreTheDocumentedOnes) {
  const Options o = options({});
  EXPECT_THAT(o.inputs, ElementsAre("urls.txt"));
  EXPECT_EQ(o.output, "-");
  EXPECT_EQ(o.format, OutputFormat::kJsonl);
  EXPECT_EQ(o.fields, default_fields());
  EXPECT_EQ(o.crawl.jobs, 10U);
  EXPECT_EQ(o.crawl.threads, 6U);
  EXPECT_FALSE(o.crawl.sync);
  EXPECT_FALSE(o.crawl.ordered);
  EXPECT_FALSE(o.crawl.unique);
  EXPECT_EQ(o.crawl.per_host, 0U);
  EXPECT_EQ(o.crawl.pace.delay, 0s);
  EXPECT_EQ(o.crawl.rate, 0);
  EXPECT_EQ(o.crawl.max_redirs, 10);
  EXPECT_EQ(o.crawl.retry.retries, 2U);
  EXPECT_EQ(o.crawl.fetch.connect_timeout, 10s);
  EXPECT_EQ(o.crawl.fetch.max_time, 60s);
  EXPECT_EQ(o.crawl.fetch.max_body, 16U << 20U);
  EXPECT_THAT(o.crawl.fetch.user_agent, StartsWith("crawl/"));
  EXPECT_TRUE(o.crawl.fetch.parse_pages);
  EXPECT_FALSE(o.crawl.fetch.keep_body);
  EXPECT_FALSE(o.crawl.fetch.keep_headers);
  EXPECT_FALSE(o.crawl.fetch.body_digest);
  EXPECT_FALSE(o.crawl.fetch.page.links);
  EXPECT_TRUE(o.compare.empty());
  EXPECT_FALSE(o.quiet);
  EXPECT_EQ(o.verbosity, 0);
}

TEST_F(OptionsTest, ThreadsAreTheProcessorsButNoMoreThanJobs) {
  EXPECT_EQ(options({"-j", "2"}).crawl.threads, 2U);
  EXPECT_EQ(options({"-j", "200"}).crawl.threads, 6U);
  EXPECT_EQ(options({"--compare=1,4"}).crawl.threads, 6U);
  EXPECT_EQ(options({"--threads", "12"}).crawl.threads, 12U);
  const Surroundings real;
  EXPECT_GE(real.processors, 1U);
  EXPECT_LE(real.default_jobs, 32U);
}

TEST_F(OptionsTest, CurlsSpellings) {
  const FetchOptions fetch = options({"-H",
                                      "Accept: text/html",
                                      "--header=X-A: b",
                                      "-A",
                                      "me/1",
                                      "-u",
                                      "joe:secret",
                                      "-x",
                                      "socks5h://localhost:9050",
                                      "-k",
                                      "--cacert",
                                      "ca.pem",
                                      "--proxy-cacert",
                                      "proxy.pem",
                                      "--proxy-insecure",
                                      "--resolve",
                                      "a.test:443:127.0.0.1",
                                      "--connect-to",
                                      "::b.test:8443",
                                      "--resolve",
                                      "[::1]:80:[::1]",
                                      "--http1.1",
                                      "--system-resolver",
                                      "-m",
                                      "2.5",
                                      "--connect-timeout",
                                      "250ms",
                                      "--max-filesize",
                                      "1M"})
                                 .crawl.fetch;
  EXPECT_THAT(fetch.headers,
              ElementsAre(Pair("Accept", "text/html"), Pair("X-A", "b")));
  EXPECT_EQ(fetch.user_agent, "me/1");
  EXPECT_EQ(fetch.user_password, "joe:secret");
  EXPECT_EQ(fetch.proxy, "socks5h://localhost:9050");
  EXPECT_TRUE(fetch.insecure);
  EXPECT_EQ(fetch.ca_file, "ca.pem");
  EXPECT_EQ(fetch.proxy_ca_file, "proxy.pem");
  EXPECT_TRUE(fetch.proxy_insecure);
  EXPECT_THAT(fetch.resolve,
              ElementsAre("a.test:443:127.0.0.1", "[::1]:80:[::1]"));
  EXPECT_THAT(fetch.connect_to, ElementsAre("::b.test:8443"));
  EXPECT_TRUE(fetch.http1_only);
  EXPECT_TRUE(fetch.system_resolver);
  EXPECT_EQ(fetch.max_time, 2500ms);
  EXPECT_EQ(fetch.connect_timeout, 250ms);
  EXPECT_EQ(fetch.max_body, 1U << 20U);

  const CrawlOptions crawl =
      options({"--max-redirs", "0", "--retry", "5"}).crawl;
  EXPECT_EQ(crawl.max_redirs, 0);
  EXPECT_EQ(crawl.retry.retries, 5U);
}

TEST_F(OptionsTest, HostHeaderStaysWithItsOrigin) {
  const FetchOptions fetch = options({"-H", "hOST: a.test"}).crawl.fetch;
  EXPECT_TRUE(fetch.headers.empty());
  EXPECT_THAT(fetch.origin_headers, ElementsAre(Pair("hOST", "a.test")));
}

TEST_F(OptionsTest, OurOwn) {
  const Options o =
      options({"-j8", "--threads", "2", "--ordered", "--per-host=3", "--delay",
               "250ms", "--rate", "600/m", "--unique", "-qvv", "--log-file",
               "log", "-o", "out.tsv", "--format", "tsv"});
  EXPECT_EQ(o.crawl.jobs, 8U);
  EXPECT_EQ(o.crawl.threads, 2U);
  EXPECT_TRUE(o.crawl.ordered);
  EXPECT_EQ(o.crawl.per_host, 3U);
  EXPECT_EQ(o.crawl.pace.delay, 250ms);
  EXPECT_DOUBLE_EQ(o.crawl.rate, 10);
  EXPECT_TRUE(o.crawl.unique);
  EXPECT_TRUE(o.quiet);
  EXPECT_EQ(o.verbosity, 2);
  EXPECT_EQ(o.log_file, "log");
  EXPECT_EQ(o.output, "out.tsv");
  EXPECT_EQ(o.format, OutputFormat::kTsv);
}

TEST_F(OptionsTest, InputsStandAnywhere) {
  const auto args = parsed({"a.txt", "-j", "2", "-", "--ordered", "[a,b]",
                            "http://[::1]/", "--", "-odd-name.txt"});
  ASSERT_TRUE(args) << args.error().message;
  EXPECT_THAT(
      args->options.inputs,
      ElementsAre("a.txt", "-", "[a,b]", "http://[::1]/", "-odd-name.txt"));
}

TEST_F(OptionsTest, RepeatedHeadersDoNotSwallowInputs) {
  const auto args = parsed({"-H", "A: 1", "a.txt", "-H", "B: 2", "b.txt"});
  ASSERT_TRUE(args) << args.error().message;
  EXPECT_THAT(args->options.inputs, ElementsAre("a.txt", "b.txt"));
  EXPECT_EQ(args->options.crawl.fetch.headers.size(), 2U);
}

TEST_F(OptionsTest, TheLastOfAValueCounts) {
  EXPECT_EQ(options({"-j", "2", "-j", "5"}).crawl.jobs, 5U);
}

TEST_F(OptionsTest, AnEmptyValueIsAValue) {
  const auto args = parsed({"--user-agent=", "urls.txt"});
  ASSERT_TRUE(args) << args.error().message;
  EXPECT_EQ(args->options.crawl.fetch.user_agent, "");
  EXPECT_THAT(args->options.inputs, ElementsAre("urls.txt"));
  EXPECT_EQ(options({"-A", ""}).crawl.fetch.user_agent, "");
  EXPECT_EQ(error({"-o", ""}), "-o '': the file name is empty");
}

TEST_F(OptionsTest, FormatFollowsTheTerminal) {
  surroundings_.stdout_is_terminal = true;
  EXPECT_EQ(options({}).format, OutputFormat::kText);
  EXPECT_EQ(options({"-o", "out"}).format, OutputFormat::kJsonl);
  EXPECT_EQ(options({"-o", "-"}).format, OutputFormat::kText);
  EXPECT_EQ(options({"--format", "csv"}).format, OutputFormat::kCsv);
}

TEST_F(OptionsTest, FieldsDecideWhatIsGathered) {
  FetchOptions fetch =
      options({"--fields", "+links,+headers,+body"}).crawl.fetch;
  EXPECT_TRUE(fetch.page.links);
  EXPECT_TRUE(fetch.page.anchor_text);
  EXPECT_TRUE(fetch.keep_headers);
  EXPECT_TRUE(fetch.keep_body);
  EXPECT_TRUE(fetch.parse_pages);
  fetch = options({"--fields", "url,status_code"}).crawl.fetch;
  EXPECT_FALSE(fetch.parse_pages);
  EXPECT_TRUE(options({"--fields", "body_digest"}).crawl.fetch.body_digest);
  EXPECT_TRUE(options({"--fields", "parser"}).crawl.fetch.parse_pages);
  EXPECT_FALSE(has_field(options({"--fields", "-title"}).fields, "title"));
  EXPECT_FALSE(has_field(options({"--fields=-title"}).fields, "title"));
}

TEST_F(OptionsTest, CompareTakesItsLevelsOnlyWithAnEqualsSign) {
  EXPECT_THAT(options({"--compare"}).compare, ElementsAre(1, 2, 4, 8));
  EXPECT_THAT(options({"--compare=8,64"}).compare, ElementsAre(8, 64));
  EXPECT_THAT(options({"-j", "6", "--compare"}).compare, ElementsAre(6));
  surroundings_.stdout_is_terminal = false;
  EXPECT_EQ(options({"--compare"}).format, OutputFormat::kText);
  EXPECT_EQ(options({"--compare", "--format", "jsonl"}).format,
            OutputFormat::kJsonl);
  EXPECT_THAT(error({"--compare=8,x"}), StartsWith("--compare '8,x': give"));
  EXPECT_THAT(error({"--compare="}), HasSubstr("missing"));
  EXPECT_THAT(error({"--compare", "--sync"}), HasSubstr("leave out --sync"));
}

TEST_F(OptionsTest, SyncIsOneAtATime) {
  const Options o = options({"--sync"});
  EXPECT_TRUE(o.crawl.sync);
  EXPECT_EQ(o.crawl.jobs, 1U);
  EXPECT_EQ(options({"--sync", "-j1"}).crawl.jobs, 1U);
  EXPECT_THAT(error({"--sync", "-j", "8"}), HasSubstr("leave out"));
  EXPECT_THAT(error({"--sync", "--threads", "2"}), HasSubstr("leave out"));
}

TEST_F(OptionsTest, EveryBadValueIsNamedWithWhatMendsIt) {
  EXPECT_EQ(error({"-j", "0"}), "-j '0': give 1 or more");
  EXPECT_EQ(error({"-j", "-5"}), "-j '-5': give a whole number");
  EXPECT_EQ(error({"--jobs=x"}), "-j 'x': give a whole number");
  EXPECT_EQ(error({"-j", "1000001"}), "-j '1000001': give 1,000,000 or less");
  EXPECT_EQ(error({"--threads", "0"}), "--threads '0': give 1 or more");
  EXPECT_EQ(error({"--per-host", "0"}), "--per-host '0': give 1 or more");
  EXPECT_EQ(error({"--max-redirs", "-1"}),
            "--max-redirs '-1': give a whole number");
  EXPECT_EQ(error({"--retry", "many"}), "--retry 'many': give a whole number");
  EXPECT_THAT(error({"--delay", "soon"}),
              StartsWith("--delay 'soon': give a time such as 250ms"));
  EXPECT_THAT(error({"-m", "1 minute"}), StartsWith("-m '1 minute': give a "));
  EXPECT_THAT(error({"--connect-timeout", ""}),
              StartsWith("--connect-timeout '': give a time"));
  EXPECT_THAT(error({"--rate", "10"}),
              StartsWith("--rate '10': give a rate with its unit"));
  EXPECT_THAT(error({"--max-filesize", "big"}),
              StartsWith("--max-filesize 'big': give a size"));
  EXPECT_EQ(error({"--format", "json"}),
            "--format 'json': did you mean 'jsonl'? give jsonl, tsv, csv, text "
            "or sqlite");
  EXPECT_EQ(error({"--format", "xml"}),
            "--format 'xml': give jsonl, tsv, csv, text or sqlite");
  EXPECT_THAT(error({"--fields", "url,titel"}),
              StartsWith("--fields 'url,titel': unknown field 'titel', did you "
                         "mean 'title'?"));
  EXPECT_THAT(error({"-H", "nonsense"}), StartsWith("-H 'nonsense': give 'Na"));
  EXPECT_THAT(error({"-H", "X: a\nY: b"}), HasSubstr("one line"));
  // It may be the password.
  EXPECT_THAT(error({"-u", "joe"}), StartsWith("-u: give USER:PASSWORD"));
}

TEST_F(OptionsTest, WhatIsTypedReachesTheTerminalHarmless) {
  EXPECT_THAT(error({"-j", "\x1b]0;x\x07"}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(error({"--\x1b[2J"}), Not(HasSubstr("\x1b")));
  EXPECT_LT(error({"-j", std::string(100'000, 'x')}).size(), 200U);
}

TEST_F(OptionsTest, UnknownOptionSuggestsTheNearest) {
  EXPECT_EQ(error({"--fomat", "tsv"}),
            "unknown option '--fomat', did you mean '--format'?; crawl --help "
            "lists them all");
  EXPECT_THAT(error({"--order=x"}), HasSubstr("did you mean '--ordered'?"));
  // As wget, curl and others call it.
  EXPECT_THAT(error({"--retries=3"}), HasSubstr("did you mean '--retry'?"));
  EXPECT_THAT(error({"--parallel-max"}), HasSubstr("did you mean '--jobs'?"));
  EXPECT_THAT(error({"--zzzzzz"}), Not(HasSubstr("did you mean")));
  EXPECT_THAT(error({"-Z"}), StartsWith("unknown option '-Z'"));
}

TEST_F(OptionsTest, MissingAndUncalledForValues) {
  EXPECT_EQ(error({"--output"}), "--output needs a value: --output FILE");
  EXPECT_EQ(error({"-j"}), "-j needs a value: -j N");
  EXPECT_EQ(error({"-kj"}), "-kj needs a value: -kj N");
  EXPECT_EQ(error({"--ordered=yes"}), "--ordered takes no value");
}

TEST_F(OptionsTest, NoInputSaysWhatItMayBe) {
  const auto args = parsed({"-j", "8"});
  ASSERT_FALSE(args);
  EXPECT_THAT(args.error().message, StartsWith("no INPUT: name a file"));
  EXPECT_FALSE(parsed({""}));
}

TEST_F(OptionsTest, ManyJobsRaiseTheOpenFilesLimit) {
  std::size_t asked = 0;
  surroundings_.raise_open_files_limit = [&](std::size_t wanted) {
    asked = wanted;
    return wanted;
  };
  EXPECT_EQ(options({"-j", "100000"}).crawl.jobs, 100'000U);
  EXPECT_GT(asked, 200'000U);
}

TEST_F(OptionsTest, TooManyJobsNameTheOpenFilesLimit) {
  surroundings_.raise_open_files_limit = [](std::size_t) {
    return std::size_t{4096};
  };
  const std::string message = error({"-j", "100000", "--threads", "1"});
  EXPECT_THAT(message, StartsWith("-j 100000: that takes 100,068 open files "
                                  "and the system allows 4,096"));
  EXPECT_THAT(message, HasSubstr("ulimit -n 100068"));
  // What it advises works.
  EXPECT_THAT(message, HasSubstr("use -j 4028 "));
  EXPECT_EQ(options({"-j", "4028", "--threads", "1"}).crawl.jobs, 4028U);
  EXPECT_THAT(error({"--compare=1,100000"}), HasSubstr("open-files limit"));
}

TEST_F(OptionsTest, ASmallOpenFilesLimitKeepsFewerIdleConnections) {
  surroundings_.raise_open_files_limit = [](std::size_t) {
    return std::size_t{300};
  };
  const Options o = options({"-j", "100", "--threads", "1"});
  EXPECT_EQ(o.crawl.fetch.max_connections, 300U - 168U);
  EXPECT_EQ(o.open_files, 300U);
}

TEST_F(OptionsTest, RealLimitIsRaisedForOrdinaryJobs) {
  surroundings_.raise_open_files_limit = raise_open_files_limit;
  EXPECT_EQ(options({"-j", "64"}).crawl.jobs, 64U);
}

TEST_F(OptionsTest, HelpVersionAndFieldsNeedNothingElse) {
  for (const char* word : {"-h", "--help"}) {
    const auto args = parsed({word});
    ASSERT_TRUE(args && args->text);
    EXPECT_THAT(*args->text, StartsWith("Usage: crawl [OPTIONS] INPUT...\n"));
  }
  const auto version = parsed({"-V"});
  ASSERT_TRUE(version && version->text);
  EXPECT_THAT(*version->text,
              testing::ContainsRegex(
                  "^crawl [0-9.]+ \\(([0-9a-f]+(-dirty)?, )?libcurl/[0-9.]+ "));
  const auto fields = parsed({"--list-fields"});
  ASSERT_TRUE(fields && fields->text);
  for (const FieldInfo& field : all_fields()) {
    EXPECT_THAT(*fields->text,
                HasSubstr("\n  " + std::string(field.name) + " "));
  }
}

TEST_F(OptionsTest, ConfigFileIsReadAndTheCommandLineWins) {
  const std::string path = config(
      "\xEF\xBB\xBF# for the office network\r\n"
      "jobs = 16   # not more\n"
      "\n"
      "header = \"X-Note: a # b\"\n"
      "header = 'X-Other: \"quoted\"'\n"
      "user-agent = me #1\n"
      "fields = url,title\n"
      "ordered\n"
      "unique = false\n"
      "insecure = yes\n"
      "verbose = 2\n"
      "http1.1 = true\n"
      "--retry = 7\n"
      "resolve = [::1]:80:[::1]\n"
      "; done\n");
  Options o = options({"--config", path});
  EXPECT_EQ(o.crawl.jobs, 16U);
  EXPECT_THAT(
      o.crawl.fetch.headers,
      ElementsAre(Pair("X-Note", "a # b"), Pair("X-Other", "\"quoted\"")));
  EXPECT_EQ(o.crawl.fetch.user_agent, "me");
  EXPECT_EQ(o.fields.size(), 2U);
  EXPECT_TRUE(o.crawl.ordered);
  EXPECT_FALSE(o.crawl.unique);
  EXPECT_TRUE(o.crawl.fetch.insecure);
  EXPECT_EQ(o.verbosity, 2);
  EXPECT_TRUE(o.crawl.fetch.http1_only);
  EXPECT_EQ(o.crawl.retry.retries, 7U);
  EXPECT_THAT(o.crawl.fetch.resolve, ElementsAre("[::1]:80:[::1]"));

  o = options({"-j", "3", "--config", path, "-H", "A: b"});
  EXPECT_EQ(o.crawl.jobs, 3U);
  EXPECT_THAT(o.crawl.fetch.headers, ElementsAre(Pair("A", "b")));
}

TEST_F(OptionsTest, DefaultConfigurationCountsLast) {
  surroundings_.default_config =
      config("jobs = 5\nretry = 1\nordered\nheader = A: b\nunique\n");
  Options o = options({});
  EXPECT_EQ(o.crawl.jobs, 5U);
  EXPECT_TRUE(o.crawl.ordered);
  EXPECT_TRUE(o.crawl.unique);
  const std::string other =
      config("retry = 7\nordered = false\nheader = C: d\n");
  o = options({"--config", other, "-j", "6"});
  EXPECT_EQ(o.crawl.jobs, 6U);
  EXPECT_EQ(o.crawl.retry.retries, 7U);
  EXPECT_FALSE(o.crawl.ordered);
  EXPECT_TRUE(o.crawl.unique);
  EXPECT_THAT(o.crawl.fetch.headers, ElementsAre(Pair("C", "d")));
  o = options({"--no-config"});
  EXPECT_EQ(o.crawl.jobs, 10U);
  EXPECT_FALSE(o.crawl.unique);
  surroundings_.default_config = "/no/such/file";
  EXPECT_EQ(options({}).crawl.jobs, 10U);
  surroundings_.default_config = config("fobs = 1\n");
  EXPECT_THAT(error({}), HasSubstr("line 1: unknown option 'fobs'"));
}

TEST_F(OptionsTest, PrintedConfigurationSaysWhereEachValueCameFrom) {
  const std::string mine = surroundings_.default_config =
      config("\njobs = 5\nverbose = 2\n");
  const std::string other = config("header = \"A: \\\"b\\\" # c\"\n");
  const auto printed = parsed({"--print-config", "--config", other, "-k",
                               "--compare", "-u", "joe:secret", "-H",
                               "Cookie: secret", "-x", "http://me:secret@h:1"});
  // Options of the command line replace those of files: one origin each.
  ASSERT_TRUE(printed && printed->text) << printed.error().message;
  EXPECT_EQ(*printed->text,
            "# " + mine + ": read\n" + "jobs = \"5\"  # " + mine +
                ", line 2\n" +
                "compare = \"default\"  # command line\n"
                "header = \"Cookie: (hidden)\"  # command line\n"
                "user = \"joe:(hidden)\"  # command line\n"
                "proxy = \"http://(hidden)@h:1\"  # command line\n"
                "insecure  # command line\n"
                "verbose = 2  # " +
                mine + ", line 3\n");
  surroundings_.default_config = "";
  EXPECT_EQ(*parsed({"--print-config"})->text,
            "# every option has its default\n");
}

TEST_F(OptionsTest, PrintedConfigurationCanBeReadAgain) {
  const std::vector<std::string> words = {
      "-j", "7",    "--fields",  "url,title", "-H",         R"(A: "b\c" # d)",
      "-H", "E: f", "--ordered", "-vv",       "--compare=2"};
  std::vector<std::string> print = words;
  print.emplace_back("--print-config");
  const auto printed = parsed(print);
  ASSERT_TRUE(printed && printed->text);
  const Options typed = options(words);
  const Options read = options({"--config", config(*printed->text)});
  EXPECT_EQ(read.crawl.jobs, typed.crawl.jobs);
  EXPECT_EQ(read.fields, typed.fields);
  EXPECT_EQ(read.crawl.fetch.headers, typed.crawl.fetch.headers);
  EXPECT_TRUE(read.crawl.ordered);
  EXPECT_EQ(read.verbosity, 2);
  EXPECT_EQ(read.compare, typed.compare);
}

TEST_F(OptionsTest, DefaultConfigurationIsWhereTheXdgSpecificationHasIt) {
  setenv("HOME", "/home/me", 1);
  unsetenv("XDG_CONFIG_HOME");
  EXPECT_EQ(default_config_path(), "/home/me/.config/crawl/config");
  setenv("XDG_CONFIG_HOME", "relative", 1);
  EXPECT_EQ(default_config_path(), "/home/me/.config/crawl/config");
  setenv("XDG_CONFIG_HOME", "/etc/mine", 1);
  EXPECT_EQ(default_config_path(), "/etc/mine/crawl/config");
  unsetenv("XDG_CONFIG_HOME");
  setenv("HOME", "", 1);
  EXPECT_EQ(default_config_path(), "");
}

TEST_F(OptionsTest, NameOfTheOutputChoosesItsFormat) {
  EXPECT_EQ(options({"-o", "x.csv"}).format, OutputFormat::kCsv);
  EXPECT_EQ(options({"-o", "a.b/x.TSV"}).format, OutputFormat::kTsv);
  EXPECT_EQ(options({"-o", "x.txt"}).format, OutputFormat::kText);
  EXPECT_EQ(options({"-o", "x.jsonl"}).format, OutputFormat::kJsonl);
  for (const std::string name : {"x.db", "x.SQLite", "x.sqlite3"}) {
    EXPECT_EQ(options({"-o", name}).format, OutputFormat::kSqlite) << name;
  }
  EXPECT_EQ(options({"-o", "x.csv/y"}).format, OutputFormat::kJsonl);
  EXPECT_EQ(options({"-o", ".csv"}).format, OutputFormat::kJsonl);
  EXPECT_EQ(options({"-o", "x.csv", "--format", "jsonl"}).format,
            OutputFormat::kJsonl);
}

TEST_F(OptionsTest, ADatabaseIsAFileThatKnowsLinks) {
  const Options o = options({"--format", "sqlite", "-o", "x"});
  EXPECT_TRUE(has_field(o.fields, "links"));
  EXPECT_TRUE(o.crawl.fetch.page.links);
  EXPECT_FALSE(has_field(
      options({"-o", "x.db", "--fields", "url,title"}).fields, "links"));
  EXPECT_FALSE(has_field(options({"-o", "x.db", "--head"}).fields, "links"));
  EXPECT_THAT(error({"--format", "sqlite"}), HasSubstr("-o FILE"));
  EXPECT_THAT(error({"-o", "x.db", "--ordered"}), HasSubstr("--ordered"));
  EXPECT_THAT(error({"-o", "x", "--format", "sqlite", "--compare"}),
              HasSubstr("--compare"));
}

TEST_F(OptionsTest, SafeCsvIsCsv) {
  EXPECT_EQ(options({"--csv-safe"}).format, OutputFormat::kCsvSafe);
  EXPECT_EQ(options({"--csv-safe", "--format", "csv"}).format,
            OutputFormat::kCsvSafe);
  EXPECT_EQ(options({"--csv-safe", "-o", "x.csv"}).format,
            OutputFormat::kCsvSafe);
  for (const std::vector<std::string>& other :
       {std::vector<std::string>{"--csv-safe", "--format", "tsv"},
        std::vector<std::string>{"--csv-safe", "-o", "x.tsv"}}) {
    EXPECT_EQ(error(other), "--csv-safe is about CSV: add --format csv");
  }
}

TEST_F(OptionsTest, ProxiesComeFromOptionsThenFromTheEnvironment) {
  surroundings_.proxies = {"", "h:1", "s:1", "a:1", "local"};
  ProxyRules rules = options({}).crawl.fetch.proxy_rules;
  EXPECT_EQ(rules.every, "");
  EXPECT_EQ(rules.http, "h:1");
  EXPECT_EQ(rules.no_proxy, "local");
  rules = options({"-x", "x:1", "--noproxy", "a.test"}).crawl.fetch.proxy_rules;
  EXPECT_EQ(rules.every, "x:1");
  EXPECT_EQ(rules.no_proxy, "a.test");
  EXPECT_EQ(options({"--noproxy="}).crawl.fetch.proxy_rules.no_proxy, "");
}

TEST_F(OptionsTest, OptionsOfOtherToolsGetTheRightHint) {
  const std::pair<std::string, std::string> hints[] = {
      {"-b", "-H 'Cookie: NAME=VALUE'"},
      {"--cookie=a=b", "-H 'Cookie:"},
      {"--data", "curl can send data"},
      {"--max-depth", "'--depth'"},
      {"--silent", "'--quiet'"},
      {"-t", "--retry"},
      {"--wait", "'--delay'"},
      {"-L", "--max-redirs 0"},
      {"-np", "--scope prefix"},
      {"-i", "crawl urls.txt"},
      {"-O", "--output"},
      {"-U", "--user-agent"},
  };
  for (const auto& [word, hint] : hints) {
    EXPECT_THAT(error({word}), HasSubstr(hint)) << word;
    EXPECT_THAT(error({word}), StartsWith("unknown option '")) << word;
  }
}

// Every hint names options that there are.
TEST_F(OptionsTest, EveryOptionOfCurlWgetAndScrapyLeadsToOneOfOurs) {
  std::istringstream words(
      // curl
      "-b --cookie --cookie-jar -c --data --data-raw --data-urlencode --json "
      "--request -X -F --form -G --silent -s -S -sS -sSL -fsSL --show-error -w "
      "--write-out --retry-delay --limit-rate --speed-limit -L --location -f "
      "--fail -O --output-dir --remote-name -D --dump-header --referer -Z "
      "--parallel --parallel-max -C --compressed -n --netrc --proxy-user "
      "--socks5 --socks5-hostname -4 --ipv4 --ipv6 --http2 --http3 -g "
      "--globoff -K -# --progress-bar --trace-ascii --capath --url "
      // wget
      "-t --tries --wait --random-wait --waitretry -l --level -np --no-parent "
      "--domains --span-hosts --accept --reject -R --accept-regex "
      "--reject-regex --include-directories -P --directory-prefix -nd --mirror "
      "--convert-links -N -nc --continue --spider "
      "--server-response -nv --no-verbose --output-document --output-file -i "
      "--input-file -e -U --post-data --load-cookies --http-user --password "
      "--no-check-certificate --ca-certificate --certificate --private-key "
      "--timeout -T --read-timeout --dns-timeout --max-redirect --quota "
      "--no-proxy --max-threads "
      // Scrapy and others
      "--set -a --depth-limit --max-depth --download-delay --autothrottle "
      "--concurrent-requests --concurrent-requests-per-domain "
      "--allowed-domains --overwrite-output --output-format --loglevel --debug "
      "--limit "
      "--concurrency --max-concurrency --workers --num-threads --max-retries "
      "--allow --deny --filter --ignore-robots --respect-robots "
      "--dry-run --headless --no-color --csv --jsonl --file --input");
  std::string ours = " --help ";
  for (const OptionSpec& spec : all_options()) {
    ours += fmt::format("--{} -{} ", spec.long_name, spec.short_name);
  }
  for (std::string word; words >> word;) {
    const std::string message = error({word});
    const std::string begin = fmt::format("unknown option '{}'", word);
    ASSERT_THAT(message, StartsWith(begin));
    const std::string hint = message.substr(begin.size());
    EXPECT_FALSE(hint.starts_with(";")) << word << ": there is no hint";
    for (std::size_t at = hint.find("--"); at != std::string::npos;
         at = hint.find("--", at + 2)) {
      const std::size_t end = hint.find_first_not_of(
          "abcdefghijklmnopqrstuvwxyz0123456789.-", at + 2);
      const std::string option = hint.substr(at, end - at);
      EXPECT_THAT(ours, HasSubstr(" " + option + " ")) << message;
    }
  }
}

TEST_F(OptionsTest, WhatCannotHaveItsEffectIsSaidOnce) {
  EXPECT_THAT(options({"-r", "-j", "32"}).notices,
              ElementsAre(HasSubstr("-j 32 is for all hosts together: of one "
                                    "host 2 run at a time")));
  EXPECT_THAT(options({"--per-host", "16", "-j", "8"}).notices,
              ElementsAre("--per-host 16 comes to 8: no more run at a time in "
                          "all (-j 8)"));
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{
           {},
           {"-r"},
           {"-j", "32"},
           {"-r", "-j", "2"},
           {"-r", "-j", "32", "--per-host", "32"},
           {"--per-host", "8", "-j", "8"},
           {"--per-host", "8", "--compare=8"}}) {
    EXPECT_THAT(options(words).notices, IsEmpty());
  }
}

TEST_F(OptionsTest, PrintedConfigurationHasTheEnvironmentsProxies) {
  surroundings_.proxy_variables = {{"http_proxy", "http://me:secret@p:3128"},
                                   {"NO_PROXY", "localhost"}};
  EXPECT_EQ(*parsed({"--print-config"})->text,
            "# environment: http_proxy = \"http://(hidden)@p:3128\"\n"
            "# environment: NO_PROXY = \"localhost\"\n"
            "# every option has its default\n");
  // Options come first.
  EXPECT_EQ(*parsed({"--print-config", "-x", "q:1", "--noproxy", "*"})->text,
            "proxy = \"q:1\"  # command line\n"
            "noproxy = \"*\"  # command line\n");
}

TEST_F(OptionsTest, NumbersBehindCompareBelongToIt) {
  EXPECT_EQ(error({"--compare", "2,4"}),
            "--compare 2,4: its numbers follow a '=', --compare=2,4");
}

TEST_F(OptionsTest, ConfigFileMayCompare) {
  EXPECT_THAT(options({"--config", config("compare\n")}).compare,
              ElementsAre(1, 2, 4, 8));
  EXPECT_THAT(options({"--config", config("compare = 2,4\n")}).compare,
              ElementsAre(2, 4));
}

TEST_F(OptionsTest, ConfigFileErrorsNameTheLine) {
  const auto with = [&](const std::string& content) {
    return error({"--config", config(content)});
  };
  EXPECT_THAT(with("jobs = 4\n\nfomat = tsv\n"),
              HasSubstr("', line 3: unknown option 'fomat', did you mean "
                        "'--format'?"));
  EXPECT_THAT(with("j = 4\n"),
              HasSubstr("line 1: 'j' is short for 'jobs', and only long names "
                        "stand here: write jobs = N"));
  EXPECT_THAT(with("k\n"), HasSubstr("write insecure"));
  EXPECT_THAT(with("wait = 1\n"), HasSubstr("did you mean '--delay'?"));
  EXPECT_THAT(with("cookie = a\n"), HasSubstr("-H 'Cookie: NAME=VALUE'"));
  EXPECT_THAT(with("ordered = perhaps\n"),
              HasSubstr("line 1: 'ordered' is true or false"));
  EXPECT_THAT(with("jobs\n"), HasSubstr("'jobs' needs a value: jobs = N"));
  EXPECT_THAT(with("jobs = 1\njobs = 2\n"), HasSubstr("'jobs' is there twice"));
  EXPECT_THAT(with("output = \"a\n"), HasSubstr("closing quote is missing"));
  EXPECT_THAT(with("output = \"a\" b\n"),
              HasSubstr("behind the closing quote"));
  EXPECT_THAT(with("help\n"), HasSubstr("belongs on the command line"));
  EXPECT_THAT(with("config = x\n"), HasSubstr("belongs on the command line"));
  EXPECT_THAT(with("[section]\n"), HasSubstr("unknown option '[section]'"));
  EXPECT_THAT(with("jobs = 0\n"), StartsWith("-j '0': give 1 or more"));
  EXPECT_EQ(error({"--config", "/no/such/file"}),
            "--config '/no/such/file': No such file or directory");
  EXPECT_THAT(error({"--config", testing::TempDir()}),
              HasSubstr("Is a directory"));
}

}  // namespace
}  // namespace crawl::cli
