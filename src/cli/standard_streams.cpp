#include "cli/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>

namespace crawl::cli {

void hold_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    // open() takes the lowest number that is free: this one.
    const int mode = fd == STDOUT_FILENO ? O_RDONLY : O_WRONLY;
    // If it cannot, there is nothing better to do.
    [[maybe_unused]] const int held = open("/dev/null", mode);
  }
}

}  // namespace crawl::cli
