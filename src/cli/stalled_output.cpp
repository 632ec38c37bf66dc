#include "cli/stalled_output.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace crawl::cli {
namespace {

// By names and bare system calls: other threads' descriptors come and go
// meanwhile, which is no fault here, but a sanitizer would take it for one.
bool may_stall(int fd, const std::filesystem::path& entry) {
  std::error_code failed;
  const auto type = std::filesystem::status(entry, failed).type();
  if (type != std::filesystem::file_type::fifo &&
      type != std::filesystem::file_type::character) {
    return false;
  }
  const long flags = syscall(SYS_fcntl, fd, F_GETFL);
  return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

// Asked of the system, for no list of ours would be complete.
std::vector<pollfd> outputs() {
  std::vector<pollfd> all{{STDOUT_FILENO, POLLOUT, 0},
                          {STDERR_FILENO, POLLOUT, 0}};
  std::error_code failed;
  std::filesystem::directory_iterator entry("/proc/self/fd", failed);
  while (!failed && entry != std::filesystem::directory_iterator()) {
    const std::string name = entry->path().filename();
    int fd = -1;
    std::from_chars(name.data(), name.data() + name.size(), fd);
    if (fd > STDERR_FILENO && may_stall(fd, entry->path()))
      all.push_back({fd, POLLOUT, 0});
    entry.increment(failed);
  }
  return all;
}

}  // namespace

bool is_output_stalled() {
  std::vector<pollfd> all = outputs();
  const timespec now{};
  if (syscall(SYS_ppoll, all.data(), all.size(), &now, nullptr, 0) < 0) {
    return false;
  }
  return std::any_of(all.begin(), all.end(),
                     [](const pollfd& one) { return one.revents == 0; });
}

}  // namespace crawl::cli
