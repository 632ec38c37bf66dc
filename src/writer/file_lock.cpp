#include "writer/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

namespace crawl {
namespace {

struct flock whole_file() {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  return whole;
}

}  // namespace

std::string lock_for_writing(int fd) {
  struct flock whole = whole_file();
  if (::fcntl(fd, F_SETLK, &whole) == 0 ||
      (errno != EAGAIN && errno != EACCES)) {
    return "";
  }
  if (::fcntl(fd, F_GETLK, &whole) != 0 || whole.l_type == F_UNLCK ||
      whole.l_pid <= 0) {
    return "another process";
  }
  return fmt::format("process {}", whole.l_pid);
}

std::string writer_of(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return "";
  struct flock whole = whole_file();
  const bool asked = ::fcntl(fd, F_GETLK, &whole) == 0;
  ::close(fd);
  if (!asked || whole.l_type == F_UNLCK) return "";
  return whole.l_pid > 0 ? fmt::format("process {}", whole.l_pid)
                         : "another process";
}

}  // namespace crawl
