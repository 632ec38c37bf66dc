// The command on a terminal, judged by the screen that a person sees.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <string>
#include <vector>

#include "cli/cli_fixture.h"
#include "support/terminal_process.h"

namespace crawl::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

bool is_progress(const std::string& row) {
  static const std::regex percent("[^a-z]*[0-9]+ %.*");
  return row.find(" done") != std::string::npos ||
         std::regex_match(row, percent);
}

bool shows_progress(const ScreenModel& screen) {
  const std::vector<std::string> rows = screen.rows();
  return std::any_of(rows.begin(), rows.end(), is_progress);
}

// What must hold of the screen at every moment.
void expect_apart(const ScreenModel& screen) {
  const std::vector<std::string> rows = screen.rows();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string& row = rows[i];
    const std::size_t said = row.find("crawl: ");
    EXPECT_TRUE(said == std::string::npos || said == 0) << row;
    if (!is_progress(row)) continue;
    EXPECT_THAT(row, Not(HasSubstr("http"))) << row;
    EXPECT_EQ(i + 1, rows.size()) << "something is below:\n" << screen.text();
  }
  EXPECT_EQ(screen.surprises(), "");
}

class ScreenTest : public CliTest {
 protected:
  // URLs that take their time beside one that waits for the gate.
  std::string slow_list(int count = 30) {
    std::vector<std::string> lines = {"/gate/held"};
    for (int i = 0; i < count; ++i) {
      lines.push_back("/delay/20?" + std::to_string(i) + "=" +
                      std::string(static_cast<std::size_t>(i) * 4, 'x'));
      if (i % 10 == 5) lines.push_back("/status/404");
    }
    return list(lines);
  }
};

struct Case {
  const char* name;
  std::vector<std::string> arguments;
  unsigned short columns = 80;
  bool records_shown = true;
  bool progress_shown = true;
};

class ScreenCase : public ScreenTest,
                   public ::testing::WithParamInterface<Case> {};

TEST_P(ScreenCase, RecordsMessagesAndProgressNeverShareALine) {
  const Case& one = GetParam();
  TerminalOptions options{.columns = one.columns};
  options.always = expect_apart;
  if (!one.records_shown) options.stdout_file = files_.file("records");
  if (!one.progress_shown) options.stderr_file = files_.file("messages");
  std::vector<std::string> arguments = {slow_list(), "-j", "2"};
  arguments.insert(arguments.end(), one.arguments.begin(), one.arguments.end());
  TerminalProcess process(command(arguments), options);
  if (one.progress_shown) {
    EXPECT_TRUE(process.wait_until(shows_progress)) << process.screen().text();
  }
  site_.open_gate("held");
  EXPECT_EQ(process.wait(), 1) << process.screen().text();
  EXPECT_FALSE(shows_progress(process.screen())) << process.screen().text();

  const std::string text = process.screen().text();
  std::size_t records = 0;
  for (const std::string& row : process.screen().rows()) {
    // Status and time, then perhaps a size, then the URL or its begin.
    static const std::regex record("[ 0-9-]{3} +[0-9.]+ .?s .*http://.*");
    if (std::regex_match(row, record)) ++records;
  }
  EXPECT_EQ(records, one.records_shown ? 34u : 0u) << text;
  EXPECT_EQ(text.find("34 URLs = 31 fetched") != std::string::npos,
            one.progress_shown)
      << text;
}

INSTANTIATE_TEST_SUITE_P(
    Ways, ScreenCase,
    ::testing::Values(Case{"Bare", {}}, Case{"Narrow", {}, 45},
                      Case{"SixtyColumns", {}, 60}, Case{"Wide", {}, 200},
                      Case{"Ordered", {"--ordered"}}, Case{"Failures", {"-v"}},
                      Case{"EveryTransferNarrow", {"-vv"}, 60},
                      Case{"RecordsElsewhere", {}, 80, false},
                      Case{"RecordsElsewhereVerbose", {"-vv"}, 60, false},
                      Case{"MessagesElsewhere", {}, 80, true, false}),
    [](const auto& test) { return test.param.name; });

TEST_F(ScreenTest, StaysWholeWhenTheTerminalIsResized) {
  TerminalOptions options{.columns = 100};
  options.always = [](const ScreenModel& screen) {
    for (const std::string& row : screen.rows()) {
      EXPECT_FALSE(is_progress(row) && row.find("http") != std::string::npos)
          << screen.text();
    }
  };
  TerminalProcess process(command({slow_list(60), "-j", "2"}), options);
  for (const unsigned short columns :
       std::vector<unsigned short>{40, 25, 120}) {
    ASSERT_TRUE(process.wait_until(shows_progress));
    process.resize(columns);
    const std::size_t row = process.screen().cursor_row();
    ASSERT_TRUE(process.wait_until([row](const ScreenModel& screen) {
      return screen.cursor_row() > row + 3;
    }));
  }
  site_.open_gate("held");
  EXPECT_EQ(process.wait(), 1);
  EXPECT_FALSE(shows_progress(process.screen())) << process.screen().text();
}

TEST_F(ScreenTest, NoProgressWhereAReaderOfOursWritesToTheTerminal) {
  for (const std::string& reader : std::vector<std::string>{
           "cat", "head -n 3", "cat | cat", "tee " + files_.file("copy")}) {
    TerminalOptions options;
    options.always = [&reader](const ScreenModel& screen) {
      EXPECT_FALSE(shows_progress(screen)) << reader << "\n" << screen.text();
    };
    TerminalProcess process(
        {"sh", "-c",
         std::string(CRAWL_BINARY) + " " +
             list(std::vector<std::string>(60, "/delay/20")) +
             " -j 2 --fields status_code | " + reader},
        options);
    process.wait();
    EXPECT_THAT(process.screen().row(0), HasSubstr("{\"status_code\":200}"));
    EXPECT_THAT(process.screen().row(2), HasSubstr("{\"status_code\":200}"));
  }
}

TEST_F(ScreenTest, ProgressWhereAReaderOfOursWritesElsewhere) {
  TerminalProcess process({"sh", "-c",
                           std::string(CRAWL_BINARY) + " " + slow_list() +
                               " -j 2 | cat > " + files_.file("out")},
                          {.always = expect_apart});
  EXPECT_TRUE(process.wait_until(shows_progress)) << process.screen().text();
  site_.open_gate("held");
  EXPECT_EQ(process.wait(), 0);
  EXPECT_THAT(process.screen().row(0), HasSubstr("34 URLs = "));
}

TEST_F(ScreenTest, InterruptIsSaidOnALineOfItsOwn) {
  TerminalProcess process(command({slow_list(), "-j", "2"}));
  ASSERT_TRUE(process.wait_until(shows_progress));
  process.type("\x03");
  ASSERT_TRUE(process.wait_for("interrupted"));
  site_.open_gate("held");
  EXPECT_EQ(process.wait(), 130);
  expect_apart(process.screen());
  EXPECT_FALSE(shows_progress(process.screen())) << process.screen().text();
  EXPECT_THAT(process.screen().text(), Not(HasSubstr("^C"))) << "not erased";
}

// A shell with jobs, as a person has it.
std::vector<std::string> shell() {
  return {"bash", "--norc", "--noprofile", "-i"};
}
TerminalOptions shell_options() {
  return {.environment = {{"PS1", "ready> "},
                          {"HISTFILE", "/dev/null"},
                          {"INPUTRC", "/dev/null"},
                          {"LC_ALL", "C"}}};
}

TEST_F(ScreenTest, StoppedAndGoneOnWithInAShell) {
  TerminalProcess process(shell(), shell_options());
  ASSERT_TRUE(process.wait_for("ready>"));
  process.type(std::string(CRAWL_BINARY) + " " + slow_list() + " -j 2\n");
  ASSERT_TRUE(process.wait_until(shows_progress)) << process.screen().text();
  process.type("\x1a");
  ASSERT_TRUE(process.wait_for("Stopped")) << process.screen().text();
  EXPECT_FALSE(shows_progress(process.screen())) << process.screen().text();
  process.type("fg\n");
  ASSERT_TRUE(process.wait_until(shows_progress)) << process.screen().text();
  site_.open_gate("held");
  ASSERT_TRUE(process.wait_for("34 URLs = 31 fetched"))
      << process.screen().text();
  process.type("exit\n");
  EXPECT_EQ(process.wait(), 1);
  EXPECT_FALSE(shows_progress(process.screen())) << process.screen().text();
}

TEST_F(ScreenTest, InTheBackgroundThereIsNoProgress) {
  TerminalOptions options = shell_options();
  options.always = [](const ScreenModel& screen) {
    for (const std::string& row : screen.rows()) {
      EXPECT_FALSE(row.find("crawl ") == std::string::npos && is_progress(row))
          << row;
    }
  };
  TerminalProcess process(shell(), options);
  ASSERT_TRUE(process.wait_for("ready>"));
  process.type(std::string(CRAWL_BINARY) + " " +
               list(std::vector<std::string>(40, "/delay/20")) + " -j 2 -o " +
               files_.file("out") + " &\n");
  ASSERT_TRUE(process.wait_for("40 URLs = 40 fetched"))
      << process.screen().text();
  process.type("exit\n");
  process.wait();
}

TEST_F(ScreenTest, NoProgressWhereUrlsAreTyped) {
  TerminalOptions options;
  options.always = [](const ScreenModel& screen) {
    EXPECT_FALSE(shows_progress(screen)) << screen.text();
  };
  TerminalProcess process(command({"-"}), options);
  for (int i = 0; i < 3; ++i) {
    process.type(site_.url("/delay/200?" + std::to_string(i)) + "\n");
    ASSERT_TRUE(process.wait_until([i](const ScreenModel& screen) {
      return screen.row(static_cast<std::size_t>(2 * i + 1)).find("200  ") !=
             std::string::npos;
    })) << process.screen().text();
  }
  process.type("\x04");
  EXPECT_EQ(process.wait(), 0);
}

TEST_F(ScreenTest, ProgressOfACountedListHasBarPercentAndTimeLeft) {
  TerminalProcess process(command({slow_list(), "-j", "2", "-o", "/dev/null"}),
                          {.columns = 120});
  ASSERT_TRUE(process.wait_until([](const ScreenModel& screen) {
    return std::regex_search(
        screen.text(),
        std::regex(R"(\[#+\.+\]  [0-9]+ %  [0-9]+ of 34 done  [0-9.]+/s  )"
                   R"([0-9]+:[0-9][0-9] left)"));
  })) << process.screen().text();
}

TEST_F(ScreenTest, ProgressOfASiteSaysHowManyUrlsAreKnown) {
  site_.serve("/", "<a href=/gate/held>a</a><a href=/never>b</a>");
  TerminalProcess process(command({"-r", site_.url("/"), "-o", "/dev/null"}));
  EXPECT_TRUE(process.wait_for("1 of 3 known done")) << process.screen().text();
}

TEST_F(ScreenTest, WaitingIsSaidWithItsReason) {
  struct Wait {
    std::vector<std::string> lines;
    std::vector<std::string> arguments;
    std::string said;
  };
  const std::vector<Wait> waits = {
      {{"/a", "/b"}, {"--delay", "1h"}, "waiting between requests to a host"},
      {{"/a", "/b"}, {"--rate", "1/h"}, "waiting for --rate"},
      {{"/status/503"}, {"--retry", "30"}, "s for 127.0.0.1 (HTTP status 503)"},
  };
  for (const Wait& wait : waits) {
    std::vector<std::string> arguments = wait.arguments;
    arguments.insert(arguments.begin(), list(wait.lines));
    TerminalProcess process(command(arguments), {.columns = 120});
    EXPECT_TRUE(process.wait_for(wait.said)) << process.screen().text();
  }
}

TEST_F(ScreenTest, StatusesHaveColoursAndUrlsAreLinksWhereThereAreSuch) {
  site_.serve("/a", "<title>A</title>");
  struct Look {
    std::vector<std::pair<std::string, std::string>> environment;
    std::string ok, missing;
    bool link;
  };
  const std::vector<Look> looks = {
      {{}, "32", "33", false},
      {{{"NO_COLOR", "1"}}, "", "", false},
      {{{"VTE_VERSION", "6800"}}, "32", "33", true},
      {{{"VTE_VERSION", "6800"}, {"NO_COLOR", "1"}}, "", "", true},
      {{{"TERM", "dumb"}, {"VTE_VERSION", "6800"}}, "", "", false},
      {{{"VTE_VERSION", "6800"}, {"TMUX", "/tmp/x"}}, "32", "33", false},
  };
  for (const std::vector<std::string>& fields :
       {std::vector<std::string>{},
        std::vector<std::string>{"--fields", "status_code,url"}}) {
    for (const Look& look : looks) {
      std::vector<std::string> arguments = {list({"/a", "/status/404"}),
                                            "--ordered"};
      arguments.insert(arguments.end(), fields.begin(), fields.end());
      TerminalProcess process(command(arguments),
                              {.environment = look.environment});
      EXPECT_EQ(process.wait(), 1);
      const ScreenModel& screen = process.screen();
      EXPECT_EQ(screen.colour_at(0, 0), look.ok);
      EXPECT_EQ(screen.colour_at(1, 0), look.missing);
      const std::size_t url = screen.row(0).find("http");
      ASSERT_NE(url, std::string::npos) << screen.text();
      EXPECT_EQ(screen.link_at(0, url), look.link ? site_.url("/a") : "");
      EXPECT_EQ(screen.link_at(0, url - 1), "");
    }
  }
}

}  // namespace
}  // namespace crawl::testing
