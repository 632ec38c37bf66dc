// A check that is killed goes on where it was, and finds what it would have
// found.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/check_fixture.h"

namespace crawl::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CheckKillTest : public CheckCliTest {
 protected:
  // Everything there is to find, but what takes its time: of that there is so
  // much that no check is at its end before it can be killed.
  void plant_all() {
    std::vector<Row> rows;
    for (Row& row : planted()) {
      const bool is_slow = row.html.find("/hang/") != row.html.npos ||
                           row.html.find("{busy}") != row.html.npos;
      if (!is_slow) rows.push_back(std::move(row));
    }
    rows.push_back({"inconclusive", "timeout", "silence",
                    "<a href=\"/hang/{n}\">x</a>", 1});
    plant(rows);
  }

  std::string result_of(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = check_arguments(more);
    arguments.insert(arguments.end(), {"-o", files_.file("whole.jsonl")});
    const ProcessResult result = run(arguments);
    EXPECT_EQ(result.exit_status, 1) << result.err;
    return files_.read("whole.jsonl");
  }

  bool is_there(const std::string& name) const {
    return std::filesystem::exists(files_.path() / name);
  }
};

TEST_F(CheckKillTest, TenKillsChangeNothing) {
  plant_all();
  const std::string whole = result_of({});
  const std::size_t requests = site_.log().size();
  std::vector<std::string> arguments =
      check_arguments({"--state", files_.file("links.db"), "--commit-interval",
                       "1ms", "-o", files_.file("killed.jsonl")});
  std::size_t moment = 30;
  const int kills = kill_again_and_again(command(arguments), 10, [&moment] {
    moment = 30 + (moment * 7) % 61;
    return moment;
  });
  EXPECT_GT(kills, 0);
  // Else it came to its end before its tenth kill.
  if (kills == 10) {
    site_.clear_log();
    const ProcessResult last = run(arguments);
    EXPECT_EQ(last.exit_status, 1) << last.err;
    EXPECT_LT(site_.log().size(), requests) << "it goes on";
  }
  EXPECT_EQ(files_.read("killed.jsonl"), whole);
  EXPECT_FALSE(is_there("links.db-crawl"));
  EXPECT_FALSE(is_there("links.db-wal"));
  EXPECT_LT(std::filesystem::file_size(files_.path() / "links.db"), 150'000u);
  // At its end, so the next asks again for all that is the site's own.
  site_.clear_log();
  run(arguments);
  EXPECT_GT(site_.log().size(), planted().size());
  EXPECT_GT(files_.read("killed.jsonl").size(), 0u);
}

// Whatever its file was last used for.
TEST_F(CheckKillTest, AnotherCheckBeginsAnew) {
  plant_all();
  const std::string state = files_.file("links.db");
  const auto killed = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(),
                     {"--state", state, "--commit-interval", "1ms"});
    kill_again_and_again(command(arguments), 1, [] { return 60; });
  };
  killed(check_arguments({}));
  EXPECT_TRUE(is_there("links.db-crawl"));
  site_.serve("/alone.html", "<a href=/404/alone>x</a>");
  std::vector<std::string> other = check_arguments({"--state", state, "-q"});
  other[1] = own("/alone.html");
  const ProcessResult result = run(other);
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out, HasSubstr("/404/alone"));
  EXPECT_THAT(result.out, Not(HasSubstr("/t/")));
  EXPECT_FALSE(is_there("links.db-crawl"));
}

// And a Ctrl-C has what there is until then.
TEST_F(CheckKillTest, AnInterruptedOneSaysHowToGoOn) {
  plant_all();
  const std::vector<std::string> arguments = check_arguments(
      {"--state", files_.file("links.db"), "-o", files_.file("part.jsonl")});
  Process process(command(arguments));
  site_.request_log().wait_for_started(60, std::chrono::seconds(60));
  process.signal(SIGINT);
  const ProcessResult result = process.wait();
  EXPECT_EQ(result.exit_status, 130) << result.err;
  const std::size_t part = files_.read("part.jsonl").size();
  EXPECT_GT(part, 0u);
  run(arguments);
  const std::string whole = files_.read("part.jsonl");
  EXPECT_GT(whole.size(), part);
  EXPECT_EQ(whole, result_of({}));
}

}  // namespace
}  // namespace crawl::testing
