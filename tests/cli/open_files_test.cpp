#include "cli/open_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <string>

namespace crawl::cli {
namespace {

// How many open files the kernel has room for.
std::size_t table_size() {
  std::ifstream status("/proc/self/status");
  std::string word;
  std::size_t size = 0;
  while (status >> word) {
    if (word == "FDSize:") status >> size;
  }
  return size;
}

int first_free() {
  const int file = dup(STDERR_FILENO);
  close(file);
  return file;
}

TEST(OpenFiles, MakesRoomAndOpensNothing) {
  const int before = first_free();
  ASSERT_GE(raise_open_files_limit(1'000), 1'000U);
  make_room_for_open_files(1'000);
  EXPECT_GE(table_size(), 1'000U);
  EXPECT_EQ(first_free(), before);
}

TEST(OpenFiles, MoreThanTheLimitIsNoHarm) {
  const int before = first_free();
  make_room_for_open_files(std::size_t{1} << 30);
  make_room_for_open_files(0);
  EXPECT_EQ(first_free(), before);
}

}  // namespace
}  // namespace crawl::cli
