#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "cli/cli_fixture.h"

namespace crawl::testing {
namespace {

using ::testing::HasSubstr;

// The command, run by a shell that does `redirections` to it first.
class StandardStreamsTest : public CliTest {
 protected:
  StandardStreamsTest() { site_.serve("/a", "<title>A</title>"); }

  static ProcessResult shell(const std::string& redirections,
                             std::vector<std::string> arguments) {
    std::vector<std::string> argv = {"sh", "-c",
                                     "exec \"$0\" \"$@\" " + redirections};
    for (std::string& word : command(std::move(arguments))) {
      argv.push_back(std::move(word));
    }
    return run_process(std::move(argv), {});
  }
};

TEST_F(StandardStreamsTest, AClosedStdoutIsSaidBeforeAnyRequest) {
  const ProcessResult result = shell(">&-", {list({"/a"})});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr("standard output is not open"));
  EXPECT_EQ(site_.log().size(), 0u);
}

TEST_F(StandardStreamsTest, AFileOfItsOwnNeedsNoStdout) {
  const std::string out = files_.file("out.jsonl");
  const ProcessResult result = shell(">&- <&-", {list({"/a"}), "-o", out});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  std::ifstream in(out);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(records(text).size(), 1u);
}

TEST_F(StandardStreamsTest, AClosedStderrDoesNotReachTheRecords) {
  const ProcessResult result = shell("2>&-", {list({"/a"}), "-v"});
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_EQ(records(result.out).size(), 1u);
}

TEST_F(StandardStreamsTest, AFileThatMayNotGrowEndsWithAWholeLine) {
  const std::string out = files_.file("out.jsonl");
  std::vector<std::string> argv = {"sh", "-c",
                                   "ulimit -f 8; exec \"$0\" \"$@\""};
  const std::vector<std::string> lines(200, "/a");
  for (std::string& word : command({list(lines), "-o", out})) {
    argv.push_back(std::move(word));
  }
  const ProcessResult result = run_process(std::move(argv), {});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr("File too large"));
  std::ifstream in(out);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_FALSE(text.empty());
  EXPECT_GT(records(text).size(), 0u);  // each of them parses
  EXPECT_EQ(text.back(), '\n');
}

}  // namespace
}  // namespace crawl::testing
