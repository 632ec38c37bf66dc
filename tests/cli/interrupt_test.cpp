// Ctrl-C: how a crawl ends, and how it says it can be gone on with.

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "cli/cli_fixture.h"

namespace crawl::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

using InterruptTest = CliTest;

TEST_F(InterruptTest, FirstInterruptFinishesWhatIsInFlight) {
  std::vector<std::string> lines(200, "/delay/20");
  lines.insert(lines.begin(), "/gate/first");
  Process process(command({list(lines), "-j", "2"}));
  ASSERT_TRUE(process.wait_for_output("\n"));
  process.signal(SIGINT);
  ASSERT_TRUE(process.wait_for_error_output("interrupted"));
  site_.open_gate("first");
  const ProcessResult result = process.wait();
  EXPECT_EQ(result.exit_status, 130);
  bool gate_finished = false;
  for (const json& record : records(result.out)) {
    EXPECT_EQ(record["error"], nullptr);
    gate_finished |= record["input"] == site_.url("/gate/first");
  }
  EXPECT_TRUE(gate_finished);
  EXPECT_LT(records(result.out).size(), 201u);
}

TEST_F(InterruptTest, SecondInterruptStopsNow) {
  Process process(command({list({"/delay/0", "/never"}), "-j", "2"}));
  ASSERT_TRUE(process.wait_for_output("\n"));
  ASSERT_TRUE(site_.request_log().wait_for_started(2));
  process.signal(SIGINT);
  ASSERT_TRUE(process.wait_for_error_output("interrupted"));
  process.signal(SIGINT);
  const ProcessResult result = process.wait();
  EXPECT_EQ(result.exit_status, 130);
  EXPECT_FALSE(result.timed_out);
  ASSERT_EQ(records(result.out).size(), 2u);
  EXPECT_EQ(records(result.out)[1]["error"], "interrupted");
}

// What a crawl in `folder` says to an interrupt that comes while its second
// URL, /gate/held, is under way.
std::string words_after_interrupt(const std::string& folder,
                                  std::vector<std::string> arguments,
                                  LoopbackSite& site) {
  arguments.insert(arguments.begin(), CRAWL_BINARY);
  site.clear_log();
  Process process(arguments, {.directory = folder});
  EXPECT_TRUE(site.request_log().wait_for_started(2));
  process.signal(SIGINT);
  EXPECT_TRUE(process.wait_for_error_output("interrupted"));
  site.open_gate("held");
  const ProcessResult result = process.wait();
  EXPECT_EQ(result.exit_status, 130);
  return result.err;
}

std::string lines_from(const std::string& text, const std::string& first) {
  const std::size_t at = text.find(first);
  return at == std::string::npos ? "" : text.substr(at);
}

TEST_F(InterruptTest, CommandToGoOnPicksTheLinesWithoutRecordWhateverTheList) {
  const std::string a = site_.url("/\xC3\xA9");
  const std::string held = site_.url("/gate/held");
  const std::string name = "it's a=\"list\" $HOME";
  const std::string list = "\xEF\xBB\xBF  " + a + "\t\r\n# note\r\n\r\n" +
                           held + " \v\r\n " + site_.url("/\xC3\xB6") + "\r\n" +
                           a + "?x";
  files_.write(name, list);
  const std::string folder = files_.path().string();
  const std::string said = words_after_interrupt(
      folder, {name, "--sync", "-o", "-out 'put'"}, site_);
  const std::string command = lines_from(said, "  jq ");
  ASSERT_NE(command, "") << said;
  const ProcessResult pasted =
      run_process({"sh", "-c", command}, {.directory = folder});
  EXPECT_EQ(pasted.exit_status, 0) << command << pasted.err;
  EXPECT_EQ(pasted.err, "");
  EXPECT_EQ(files_.read("rest.txt"),
            "# note\n\n" + site_.url("/\xC3\xB6") + "\n" + a + "?x\n");
  EXPECT_EQ(files_.read(name), list);
}

TEST_F(InterruptTest, CommandToGoOnOverwritesNothing) {
  files_.write("rest.txt", site_.url("/a") + "\n" + site_.url("/gate/held") +
                               "\n" + site_.url("/b") + "\n");
  const std::string said = words_after_interrupt(
      files_.path().string(), {"rest.txt", "--sync", "-o", "out"}, site_);
  EXPECT_THAT(said, HasSubstr(" rest.txt > rest2.txt\n"));
}

TEST_F(InterruptTest, CommandToGoOnIsNotGivenForLinesThatRecordsDoNotRepeat) {
  files_.write("urls", site_.url("/\xFF") + "\n" + site_.url("/gate/held") +
                           "\n" + site_.url("/a") + "\n");
  const std::string said = words_after_interrupt(
      files_.path().string(), {"urls", "--sync", "-o", "out"}, site_);
  EXPECT_EQ(
      lines_from(said, "to go on"),
      "to go on, run again with the lines that have no record yet, or were "
      "interrupted; with --state FILE and -o FILE the same command goes on by "
      "itself\n");
}

class DeafMoments : public InterruptTest {
 protected:
  DeafMoments() : fifo_(files_.file("fifo")) {
    EXPECT_EQ(mkfifo(fifo_.c_str(), 0600), 0);
  }
  // Opens it at both ends, and leaves no room.
  UniqueFd fill_fifo() const {
    UniqueFd fd(open(fifo_.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    const std::string piece(4096, 'x');
    while (write(fd.get(), piece.data(), piece.size()) > 0) {
    }
    return fd;
  }

  const std::string fifo_;
};

TEST_F(DeafMoments, WhoeverWaitsForAFileToOpenHearsTheFirstSignal) {
  const std::string urls = list({"/a"});
  const std::string site = site_.url("/");
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{urls, "-o", fifo_},
                                             {"--sync", urls, "-o", fifo_},
                                             {"--compare", urls, "-o", fifo_},
                                             {"-r", site, "-o", fifo_},
                                             {"-r", site, "--skipped", fifo_},
                                             {urls, "--log-file", fifo_},
                                             {urls, "--config", fifo_}}) {
    for (const int signal : {SIGINT, SIGTERM}) {
      Process process(command(arguments));
      EXPECT_TRUE(wait_for_call(process, SYS_openat));
      process.signal(signal);
      const ProcessResult result = process.wait();
      EXPECT_FALSE(result.timed_out) << ::testing::PrintToString(arguments);
      EXPECT_TRUE(result.exit_status == 130 || result.signal == signal);
      EXPECT_EQ(result.out, "");
    }
  }
}

TEST_F(DeafMoments, InputThatIsWaitedForHoldsUpNeitherRecordsNorSignals) {
  const std::string url = site_.url("/a");
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{url, fifo_},
                                             {url, "-"},
                                             {"--sync", url, fifo_},
                                             {"--sync", url, "-"}}) {
    Process process(command(arguments), {.keep_stdin_open = true});
    EXPECT_TRUE(process.wait_for_output("\n"));
    process.signal(SIGINT);
    const ProcessResult result = process.wait();
    EXPECT_EQ(result.exit_status, 130) << ::testing::PrintToString(arguments);
    EXPECT_EQ(records(result.out).size(), 1u);
  }
}

TEST_F(DeafMoments, InputIsReadWheneverItsWriterComes) {
  Process process(command({site_.url("/status/200"), fifo_}));
  ASSERT_TRUE(process.wait_for_output("\n"));
  std::ofstream(fifo_) << site_.url("/status/200") << "\n";
  const ProcessResult result = process.wait();
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(records(result.out).size(), 2u);
}

TEST_F(DeafMoments, TwoSignalsEndACrawlWhoseOutputsNobodyReads) {
  const UniqueFd full = fill_fifo();
  const std::string urls = list({"/status/404", "/a", "/b"});
  site_.serve("/robots.txt", "User-agent: *\nDisallow: /b\n");
  struct Outputs {
    std::string shell;
    std::vector<std::string> arguments = {};
  };
  for (const Outputs& outputs :
       std::vector<Outputs>{{"> $0"},
                            {"2> $0"},
                            {"> $0 2>&1"},
                            {"", {"-o", fifo_}},
                            {"", {"-r", "--skipped", fifo_}},
                            {"", {"--log-file", fifo_}}}) {
    SCOPED_TRACE(outputs.shell + ::testing::PrintToString(outputs.arguments));
    std::vector<std::string> arguments = {
        "sh",  "-c",         "exec \"$@\" " + outputs.shell,
        fifo_, CRAWL_BINARY, urls,
        "-v",  "--retry",    "0"};
    arguments.insert(arguments.end(), outputs.arguments.begin(),
                     outputs.arguments.end());
    Process process(arguments);
    EXPECT_TRUE(wait_for_call(process, SYS_write));
    process.signal(SIGINT);
    process.signal(SIGTERM);  // two of a kind may become one
    const ProcessResult result = process.wait();
    EXPECT_FALSE(result.timed_out);
    EXPECT_EQ(result.exit_status, 130);
  }
}

}  // namespace
}  // namespace crawl::testing
