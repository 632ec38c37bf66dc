#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "crawl/writer/result_writer.h"

namespace crawl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// What this program syncs, and how many of its attempts a signal interrupts.
std::vector<std::string> synced;
int interruptions = 0;

int sync_call(long number, int fd) {
  if (interruptions > 0) {
    --interruptions;
    errno = EINTR;
    return -1;
  }
  synced.push_back(
      std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd)));
  return static_cast<int>(::syscall(number, fd));
}

}  // namespace
}  // namespace crawl

// In place of the C library's.
extern "C" int fdatasync(int fd) { return crawl::sync_call(SYS_fdatasync, fd); }
extern "C" int fsync(int fd) { return crawl::sync_call(SYS_fsync, fd); }

namespace crawl {
namespace {

std::string lines(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += "line " + std::to_string(i) + "\n";
  }
  return text;
}

class OutputStreamTest : public testing::Test {
 protected:
  OutputStreamTest() {
    std::string name = testing::TempDir() + "crawl-output-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~OutputStreamTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const {
    return folder_ + "/" + name;
  }
  static std::string content(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::string folder_;
};

// Standard output is `fd` as long as this lives.
class StdoutIs {
 public:
  explicit StdoutIs(int fd) : saved_(::dup(STDOUT_FILENO)) {
    std::fflush(stdout);
    ::dup2(fd, STDOUT_FILENO);
  }
  ~StdoutIs() {
    ::dup2(saved_, STDOUT_FILENO);
    ::close(saved_);
  }

 private:
  int saved_;
};

std::string read_all(int fd) {
  std::string text;
  char buffer[4096];
  for (ssize_t n; (n = ::read(fd, buffer, sizeof buffer)) != 0;) {
    if (n > 0) text.append(buffer, static_cast<std::size_t>(n));
  }
  return text;
}

TEST_F(OutputStreamTest, FileIsEmptiedThenHoldsWhatIsWritten) {
  std::ofstream(path("out")) << "old content that is longer\n";
  auto output = open_output(path("out"));
  ASSERT_TRUE(output);
  ASSERT_TRUE((*output)->write("a\n"));
  ASSERT_TRUE((*output)->write("b\n"));
  EXPECT_EQ(content(path("out")), "");  // gathered
  ASSERT_TRUE((*output)->flush());
  EXPECT_EQ(content(path("out")), "a\nb\n");
  ASSERT_TRUE((*output)->write("c\n"));
  ASSERT_TRUE((*output)->close());
  EXPECT_EQ(content(path("out")), "a\nb\nc\n");
}

TEST_F(OutputStreamTest, LargeAndSmallPiecesKeepTheirOrder) {
  auto output = open_output(path("out"));
  ASSERT_TRUE(output);
  std::string all;
  for (const std::size_t size : {1U, 70'000U, 3U, 10'000U, 9'000U, 200'000U}) {
    const std::string piece = std::string(size, 'x') + "\n";
    ASSERT_TRUE((*output)->write(piece));
    all += piece;
  }
  ASSERT_TRUE((*output)->close());
  EXPECT_EQ(content(path("out")), all);
}

TEST_F(OutputStreamTest, DestructorWritesWhatIsLeft) {
  EXPECT_TRUE(open_output(path("out")).value()->write("a\n"));
  EXPECT_EQ(content(path("out")), "a\n");
}

TEST_F(OutputStreamTest, WhatCannotBeOpenedSaysWhy) {
  EXPECT_EQ(open_output(path("no/such/out")).error().message,
            "cannot write to " + path("no/such/out") + ": there is no folder " +
                path("no/such"));
  EXPECT_THAT(open_output(folder_).error().message,
              HasSubstr("Is a directory"));
  EXPECT_THAT(open_output("").error().message, HasSubstr("no name"));
}

TEST_F(OutputStreamTest, FullDiskNamesTheFileAndTheReasonAndStays) {
  auto output = open_output("/dev/full");
  ASSERT_TRUE(output);
  ASSERT_TRUE((*output)->write("a\n"));
  const auto flushed = (*output)->flush();
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().message,
            "cannot write to /dev/full: No space left on device");
  EXPECT_FALSE((*output)->write("b\n"));
  EXPECT_FALSE((*output)->close());
  EXPECT_FALSE((*output)->closed_by_reader());
}

TEST_F(OutputStreamTest, AFileThatCannotGrowEndsWithAWholeLine) {
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  auto output = open_output(path("out"));
  ASSERT_TRUE(output);
  const rlimit small{100'003, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string text = lines(20'000);
  auto done = (*output)->write(text.substr(0, 90'000));
  if (done) done = (*output)->write(text.substr(90'000));
  if (done) done = (*output)->flush();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("File too large"));
  output->reset();
  const std::string left = content(path("out"));
  EXPECT_GT(left.size(), 99'000U);
  EXPECT_LE(left.size(), 100'003U);
  EXPECT_EQ(left.back(), '\n');
  EXPECT_EQ(left, text.substr(0, left.size()));
}

TEST_F(OutputStreamTest, AReaderThatWentAwayIsAQuietEnd) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  const int reader = ::open(path("pipe").c_str(), O_RDONLY | O_NONBLOCK);
  auto output = open_output(path("pipe"));
  ASSERT_TRUE(output);
  ASSERT_TRUE((*output)->write("a\n"));
  ASSERT_TRUE((*output)->flush());
  EXPECT_FALSE((*output)->closed_by_reader());
  ::close(reader);
  // SIGPIPE has its default, deadly action here.
  ASSERT_TRUE((*output)->write(lines(20'000)));
  ASSERT_TRUE((*output)->flush());
  EXPECT_TRUE((*output)->closed_by_reader());
  ASSERT_TRUE((*output)->write(lines(20'000)));
  ASSERT_TRUE((*output)->close());
}

TEST_F(OutputStreamTest, ANonBlockingPipeIsWaitedFor) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
  const std::string text = lines(40'000);
  std::string got;
  {
    const StdoutIs redirected(ends[1]);
    ::close(ends[1]);
    auto output = open_output("-");
    ASSERT_TRUE(output);
    std::thread reader([&] { got = read_all(ends[0]); });
    EXPECT_TRUE((*output)->write(text));
    EXPECT_TRUE((*output)->close());
    ::close(STDOUT_FILENO);
    reader.join();
  }
  ::close(ends[0]);
  EXPECT_TRUE(got == text);
}

TEST_F(OutputStreamTest, SignalsDoNotTearLines) {
  struct sigaction handler {};
  handler.sa_handler = [](int) {};  // without SA_RESTART: write() gives EINTR
  struct sigaction before {};
  ASSERT_EQ(::sigaction(SIGALRM, &handler, &before), 0);
  const itimerval often{{0, 1'000}, {0, 1'000}};
  ::setitimer(ITIMER_REAL, &often, nullptr);

  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  const std::string text = lines(40'000);
  std::string got;
  std::thread reader([&] {
    int fd = -1;
    while (fd < 0) fd = ::open(path("pipe").c_str(), O_RDONLY);
    got = read_all(fd);
    ::close(fd);
  });
  {
    auto output = open_output(path("pipe"));
    EXPECT_TRUE(output);
    if (output) {
      EXPECT_TRUE((*output)->write(text));
      EXPECT_TRUE((*output)->close());
    }
  }
  reader.join();
  const itimerval never{};
  ::setitimer(ITIMER_REAL, &never, nullptr);
  ::sigaction(SIGALRM, &before, nullptr);
  EXPECT_TRUE(got == text);
}

TEST_F(OutputStreamTest, SyncReachesTheDiskHoweverOftenItIsInterrupted) {
  auto output = open_output(path("out"));
  ASSERT_TRUE(output);
  ASSERT_TRUE((*output)->write("a\n"));
  synced.clear();
  interruptions = 3;
  ASSERT_TRUE((*output)->sync());
  EXPECT_EQ(interruptions, 0);
  EXPECT_THAT(synced, ElementsAre(path("out"), folder_));
}

TEST_F(OutputStreamTest, SyncMakesTheFilesNameLastOnce) {
  std::filesystem::create_directory(path("folder"));
  std::filesystem::create_symlink("folder/out", path("link"));
  auto output = open_output(path("link"));
  ASSERT_TRUE(output);
  synced.clear();
  ASSERT_TRUE((*output)->sync());
  ASSERT_TRUE((*output)->sync());
  EXPECT_THAT(synced, ElementsAre(path("folder/out"), path("folder"),
                                  path("folder/out")));
}

TEST_F(OutputStreamTest, AppendingBeginsALine) {
  for (const std::string before : {"", "a\n", "a"}) {
    std::ofstream(path("out")) << before;
    auto output = open_output(path("out"), OutputMode::kAppend);
    ASSERT_TRUE(output);
    ASSERT_TRUE((*output)->write("b\n"));
    ASSERT_TRUE((*output)->close());
    EXPECT_EQ(content(path("out")), before.empty() ? "b\n" : "a\nb\n");
    EXPECT_EQ((*output)->length(), content(path("out")).size());
  }
}

TEST_F(OutputStreamTest, AFileThatAnotherProcessIsWritingIsLeftToIt) {
  const std::string old = "its records\n";
  std::ofstream(path("out")) << old;
  int locked[2];
  ASSERT_EQ(::pipe(locked), 0);
  const pid_t other = ::fork();
  ASSERT_GE(other, 0);
  if (other == 0) {
    // As open_output() does, but a forked child makes system calls only.
    const int fd = ::open(path("out").c_str(), O_WRONLY);
    struct flock whole {};
    whole.l_type = F_WRLCK;
    const bool ok = ::fcntl(fd, F_SETLK, &whole) == 0;
    if (!ok || ::write(locked[1], "x", 1) != 1) ::_exit(1);
    while (true) ::pause();
  }
  ::close(locked[1]);
  char byte = 0;
  ASSERT_EQ(::read(locked[0], &byte, 1), 1);
  for (const OutputMode mode : {OutputMode::kReplace, OutputMode::kAppend}) {
    const auto output = open_output(path("out"), mode);
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().message,
              "cannot write to " + path("out") + ": process " +
                  std::to_string(other) +
                  " is writing it; wait for its end, or name another file");
    EXPECT_EQ(content(path("out")), old);
  }
  ::kill(other, SIGKILL);
  ::waitpid(other, nullptr, 0);
  ::close(locked[0]);
  EXPECT_TRUE(open_output(path("out")));
}

TEST_F(OutputStreamTest, ATerminalGetsEachLineAtOnce) {
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || ::grantpt(master) != 0 || ::unlockpt(master) != 0) {
    FAIL() << "this machine has no pseudo-terminals";
  }
  auto output = open_output(::ptsname(master));
  ASSERT_TRUE(output);
  ASSERT_TRUE((*output)->write("at once\n"));
  char buffer[64];
  const ssize_t n = ::read(master, buffer, sizeof buffer);
  ASSERT_GT(n, 0);
  EXPECT_EQ(std::string(buffer, static_cast<std::size_t>(n)), "at once\r\n");
  ::close(master);
}

TEST_F(OutputStreamTest, AClosedOrReadOnlyStdoutIsNoOutput) {
  const int read_only = ::open("/dev/null", O_RDONLY);
  std::string read_only_message;
  std::string closed_message;
  {
    const StdoutIs redirected(read_only);
    const auto output = open_output("-");
    if (!output) read_only_message = output.error().message;
    ::close(STDOUT_FILENO);
    const auto closed = open_output("-");
    if (!closed) closed_message = closed.error().message;
  }
  ::close(read_only);
  EXPECT_EQ(read_only_message,
            "standard output is not open for writing: write to a file with -o "
            "FILE");
  EXPECT_EQ(closed_message,
            "standard output is closed: write to a file with -o FILE");
}

}  // namespace
}  // namespace crawl
