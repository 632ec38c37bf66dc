// Which of a process's outputs nobody reads.
#include "cli/stalled_output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "support/event_loop.h"
#include "support/temp_dir.h"

namespace crawl::cli {
namespace {

using testing::TempDir;
using testing::UniqueFd;

class StalledOutput : public ::testing::Test {
 protected:
  StalledOutput() : fifo_(files_.file("fifo")) {
    EXPECT_EQ(mkfifo(fifo_.c_str(), 0600), 0);
  }
  UniqueFd open_fifo(int flags) const {
    return UniqueFd(open(fifo_.c_str(), flags | O_NONBLOCK | O_CLOEXEC));
  }
  static void fill(const UniqueFd& fd) {
    const std::string piece(4096, 'x');
    while (write(fd.get(), piece.data(), piece.size()) > 0) {
    }
  }

  TempDir files_;
  const std::string fifo_;
};

TEST_F(StalledOutput, IsAFullPipeByWhateverNumber) {
  EXPECT_FALSE(is_output_stalled());
  const UniqueFd reader = open_fifo(O_RDONLY);
  UniqueFd writer = open_fifo(O_WRONLY);
  EXPECT_FALSE(is_output_stalled());
  fill(writer);
  EXPECT_TRUE(is_output_stalled());
  std::string taken(8192, ' ');
  while (read(reader.get(), taken.data(), taken.size()) > 0) {
  }
  EXPECT_FALSE(is_output_stalled());
}

TEST_F(StalledOutput, IsNoneThatIsReadFromHere) {
  const UniqueFd reader = open_fifo(O_RDONLY);
  fill(open_fifo(O_WRONLY));
  EXPECT_FALSE(is_output_stalled());
}

TEST_F(StalledOutput, IsNoneWhoseReaderHasLeft) {
  UniqueFd reader = open_fifo(O_RDONLY);
  const UniqueFd writer = open_fifo(O_WRONLY);
  fill(writer);
  reader.reset();
  EXPECT_FALSE(is_output_stalled());
}

}  // namespace
}  // namespace crawl::cli
