#include "cli/open_files.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

namespace crawl::cli {

std::size_t raise_open_files_limit(std::size_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur >= wanted) return limit.rlim_cur;
  // Root may go past the hard limit, everyone else up to it.
  rlimit higher = limit;
  higher.rlim_cur = wanted;
  higher.rlim_max = std::max<rlim_t>(limit.rlim_max, wanted);
  if (setrlimit(RLIMIT_NOFILE, &higher) == 0) return wanted;
  higher.rlim_cur = std::min<rlim_t>(limit.rlim_max, wanted);
  higher.rlim_max = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &higher) == 0) return higher.rlim_cur;
  return limit.rlim_cur;
}

void make_room_for_open_files(std::size_t count) {
  if (count == 0) return;
  const int last =
      fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, static_cast<int>(count - 1));
  if (last >= 0) close(last);
}

}  // namespace crawl::cli
