// No file is written over that is also read, or written for something else.

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/cli_fixture.h"

namespace crawl::testing {
namespace {

// Commands run in the test's folder, beside the list "v1" of one URL.
class FilesWithTwoUsesTest : public CliTest {
 protected:
  FilesWithTwoUsesTest() {
    site_.serve("/a", "<title>A</title>");
    content_ = site_.url("/a") + "\n";
    files_.write("v1", content_);
  }

  ProcessResult run_here(std::vector<std::string> arguments) {
    return run(std::move(arguments), {.directory = files_.path().string()});
  }
  ProcessResult run_in_shell(const std::string& command) {
    return run_process({"sh", "-c", command, CRAWL_BINARY},
                       {.directory = files_.path().string()});
  }
  std::set<std::string> names() const {
    std::set<std::string> names;
    for (const auto& entry :
         std::filesystem::directory_iterator(files_.path())) {
      names.insert(entry.path().filename());
    }
    return names;
  }

  // The message names both uses, and nothing is made, changed or asked for.
  void expect_refused(const std::vector<std::string>& arguments,
                      const std::string& message) {
    const std::set<std::string> before = names();
    const ProcessResult result = run_here(arguments);
    EXPECT_EQ(result.err, "crawl: " + message + "\n");
    EXPECT_EQ(result.exit_status, 2) << message;
    EXPECT_EQ(result.out, "") << message;
    EXPECT_EQ(files_.read("v1"), content_) << message;
    EXPECT_EQ(names(), before) << message;
    EXPECT_EQ(site_.log().size(), 0u) << message;
  }

  std::string content_;
};

TEST_F(FilesWithTwoUsesTest, OutputOverItsInputIsRefused) {
  const std::string end = "; nothing was written, name another file";
  expect_refused({"v1", "-o", "v1"}, "-o 'v1': is also INPUT 'v1'" + end);
  expect_refused({"v1", "-o", "./v1"}, "-o './v1': is also INPUT 'v1'" + end);
  std::filesystem::create_symlink("v1", files_.path() / "soft");
  std::filesystem::create_hard_link(files_.path() / "v1",
                                    files_.path() / "hard");
  expect_refused({"v1", "-o", "soft"}, "-o 'soft': is also INPUT 'v1'" + end);
  expect_refused({"hard", "-o", "v1"}, "-o 'v1': is also INPUT 'hard'" + end);
  files_.write("other", content_);
  expect_refused({"other", "v1", "-o", "v1"},
                 "-o 'v1': is also INPUT 'v1'" + end);
  expect_refused({"v1", "--compare=1", "-o", "v1"},
                 "-o 'v1': is also INPUT 'v1'" + end);
  expect_refused({"v1", "--log-file", "v1"},
                 "--log-file 'v1': is also INPUT 'v1'" + end);
  expect_refused({"-r", "v1", "-o", "v1", "--state", "v1.db"},
                 "-o 'v1': is also INPUT 'v1'" + end);
  expect_refused({"-r", "v1", "--skipped", "v1"},
                 "--skipped 'v1': is also INPUT 'v1'" + end);
  expect_refused({"-r", "v1", "-o", "out", "--state", "v1"},
                 "--state 'v1': is also INPUT 'v1'" + end);
}

TEST_F(FilesWithTwoUsesTest, OtherFilesThatAreReadAreKeptToo) {
  const std::string end = "; nothing was written, name another file";
  files_.write("options", "jobs = 2\n");
  expect_refused({"v1", "--config", "options", "-o", "./options"},
                 "-o './options': is also --config 'options'" + end);
  EXPECT_EQ(files_.read("options"), "jobs = 2\n");
  files_.write("ca.pem", "certificates");
  expect_refused({"v1", "--proxy-cacert", "ca.pem", "-o", "ca.pem"},
                 "-o 'ca.pem': is also --proxy-cacert 'ca.pem'" + end);
  expect_refused({"v1", "--cacert", "ca.pem", "-o", "ca.pem"},
                 "-o 'ca.pem': is also --cacert 'ca.pem'" + end);
  EXPECT_EQ(files_.read("ca.pem"), "certificates");
}

TEST_F(FilesWithTwoUsesTest, StandardStreamsCountForTheirFiles) {
  ProcessResult result = run_in_shell("$0 - -o v1 < v1");
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_EQ(result.err,
            "crawl: -o 'v1': is also INPUT (standard input); nothing was "
            "written, name another file\n");
  result = run_in_shell("$0 v1 >> v1");
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_EQ(result.err,
            "crawl: -o (standard output): is also INPUT 'v1'; nothing was "
            "written, name another file\n");
  EXPECT_EQ(files_.read("v1"), content_);
  EXPECT_EQ(site_.log().size(), 0u);
}

TEST_F(FilesWithTwoUsesTest, TwoOutputsInOneFileAreRefused) {
  const std::string end = "; nothing was written, name another file";
  // In a file that is not there yet, by all its names, and in one that is.
  std::filesystem::create_directory(files_.path() / "folder");
  std::filesystem::create_symlink("x", files_.path() / "soft");
  std::filesystem::create_directory_symlink("folder", files_.path() / "way");
  for (const bool there : {false, true}) {
    if (there) {
      files_.write("x", "");
      files_.write("folder/x", "");
    }
    expect_refused({"-r", "v1", "-o", "x", "--skipped", "./x"},
                   "--skipped './x': is also -o 'x'" + end);
    expect_refused({"-r", "v1", "-o", "soft", "--skipped", "folder/../x"},
                   "--skipped 'folder/../x': is also -o 'soft'" + end);
    expect_refused({"-r", "v1", "-o", "way/x", "--skipped", "folder/x"},
                   "--skipped 'folder/x': is also -o 'way/x'" + end);
    expect_refused({"-r", "v1", "-o", "x", "--state", files_.file("x")},
                   "--state '" + files_.file("x") + "': is also -o 'x'" + end);
    expect_refused({"-r", "v1", "-o", "out", "--skipped", "x", "--state", "x"},
                   "--state 'x': is also --skipped 'x'" + end);
    expect_refused({"v1", "-o", "x", "--log-file", "x"},
                   "--log-file 'x': is also -o 'x'" + end);
  }
}

TEST_F(FilesWithTwoUsesTest, TwoOutputsOnStandardOutputAreRefused) {
  expect_refused({"-r", "v1", "--skipped", "-"},
                 "--skipped (standard output): is also -o (standard output); "
                 "nothing was written, name another file");
}

TEST_F(FilesWithTwoUsesTest, OnlyRegularFilesAreGuarded) {
  EXPECT_EQ(run_here({"-r", "v1", "-q", "-o", "/dev/null", "--skipped",
                      "/dev/null", "--log-file", "/dev/null"})
                .exit_status,
            0);
  EXPECT_EQ(run_here({"/dev/null", "-o", "/dev/null"}).exit_status, 0);
  // A file of the same content, and the name that means standard output.
  files_.write("other", content_);
  EXPECT_EQ(run_here({"v1", "-q", "-o", "other"}).exit_status, 0);
  EXPECT_EQ(run_here({"v1", "-q", "-o", "-"}).exit_status, 0);
  EXPECT_EQ(files_.read("v1"), content_);
}

}  // namespace
}  // namespace crawl::testing
