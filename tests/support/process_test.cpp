#include "support/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <system_error>

#include "support/data_file.h"
#include "support/exact_buffer.h"
#include "support/temp_dir.h"

namespace crawl::testing {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> shell(std::string script) {
  return {"sh", "-c", std::move(script)};
}

TEST(Process, ReturnsOutputsAndExitStatus) {
  const ProcessResult result =
      run_process(shell("echo out; echo err >&2; exit 3"));
  EXPECT_EQ(result.exit_status, 3);
  EXPECT_EQ(result.signal, 0);
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
}

TEST(Process, FeedsStdinHoweverLong) {
  ProcessOptions options;
  options.input = std::string(3'000'000, 'x');
  EXPECT_EQ(run_process({"cat"}, options).out, options.input);
  // A child that does not read it is no trouble.
  EXPECT_EQ(run_process({"true"}, options).exit_status, 0);
}

TEST(Process, AnEmptyStdinEndsAtOnce) {
  EXPECT_EQ(run_process({"cat"}).out, "");
}

TEST(Process, StdinMayStayOpen) {
  ProcessOptions options;
  options.input = "first\n";
  options.keep_stdin_open = true;
  Process process({"cat"}, options);
  EXPECT_EQ(process.wait_for_output("first\n"), "first\n");
  process.close_stdin();
  EXPECT_EQ(process.wait().exit_status, 0);
}

TEST(Process, ReportsTheSignalThatEndedIt) {
  Process process(shell("echo ready; exec sleep 1000"));
  ASSERT_TRUE(process.wait_for_output("ready"));
  process.signal(SIGKILL);
  const ProcessResult result = process.wait();
  EXPECT_EQ(result.signal, SIGKILL);
  EXPECT_EQ(result.exit_status, -1);
}

TEST(Process, WaitingForOutputEndsWithTheStream) {
  Process process(shell("echo this; echo that >&2"));
  EXPECT_EQ(process.wait_for_output("other"), std::nullopt);
  EXPECT_EQ(process.wait_for_error_output("tha"), "tha");
}

TEST(Process, KillsAChildThatRunsTooLong) {
  ProcessOptions options;
  options.time_limit = std::chrono::seconds(1);
  const ProcessResult result = run_process({"sleep", "1000"}, options);
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.signal, SIGKILL);
}

TEST(Process, AClosedStdoutIsABrokenPipe) {
  Process process(shell("while echo y; do :; done"));
  ASSERT_TRUE(process.wait_for_output("y\n"));
  process.close_stdout();
  EXPECT_EQ(process.wait().signal, SIGPIPE);
}

TEST(Process, RunsInADirectoryWithVariablesAndLimits) {
  const TempDir directory;
  ProcessOptions options;
  options.directory = directory.path().string();
  options.environment = {{"CRAWL_TEST_VALUE", "42"}, {"HOME", "/nowhere"}};
  options.open_files = 77;
  EXPECT_EQ(run_process(shell("pwd; echo $CRAWL_TEST_VALUE $HOME; ulimit -n"),
                        options)
                .out,
            options.directory + "\n42 /nowhere\n77\n");
}

TEST(Process, SendsStdoutToAFile) {
  ProcessOptions options;
  options.stdout_file = "/dev/full";
  const ProcessResult result = run_process({"echo", "x"}, options);
  EXPECT_NE(result.exit_status, 0);
  EXPECT_THAT(result.err, HasSubstr("echo"));
}

TEST(Process, AProgramThatIsNotThereThrows) {
  EXPECT_THROW(Process({"/no/such/program"}), std::system_error);
}

TEST(TempDir, IsThereAndThenGone) {
  std::filesystem::path path;
  {
    const TempDir directory;
    path = directory.path();
    EXPECT_EQ(read_bytes(directory.write("a", "bytes")), "bytes");
    EXPECT_TRUE(std::filesystem::is_directory(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ExactBuffer, HoldsTheBytesAndNoMore) {
  EXPECT_EQ(ExactBuffer("abc").view(), "abc");
  EXPECT_TRUE(ExactBuffer("").view().empty());
}

}  // namespace
}  // namespace crawl::testing
