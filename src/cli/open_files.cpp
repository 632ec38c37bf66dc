#include "cli/open_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>

#include "cli/shown_value.h"

namespace crawl::cli {
namespace {

// What tells files apart.
struct Identity {
  int stream = -1;
  bool found = false;
  struct stat info {};
  std::filesystem::path place;  // of a file that was not found
};

// Where open() would make a file: links may lead to what is not there yet.
std::filesystem::path place_of(std::filesystem::path path) {
  constexpr int kMostLinks = 40;  // as many as Linux follows
  std::error_code error;
  for (int i = 0; i < kMostLinks; ++i) {
    const std::filesystem::path target =
        std::filesystem::read_symlink(path, error);
    if (error) break;
    path = path.parent_path() / target;
  }
  return std::filesystem::weakly_canonical(
      std::filesystem::absolute(path, error), error);
}

Identity identity_of(const NamedFile& file) {
  Identity identity;
  identity.stream = file.stream;
  if (file.stream >= 0) {
    identity.found = fstat(file.stream, &identity.info) == 0;
  } else {
    identity.found = stat(file.path.c_str(), &identity.info) == 0;
    if (!identity.found) identity.place = place_of(file.path);
  }
  return identity;
}

bool are_same(const Identity& a, const Identity& b) {
  if (a.stream >= 0 && a.stream == b.stream) return true;
  if (a.found != b.found) return false;
  if (!a.found) return !a.place.empty() && a.place == b.place;
  return S_ISREG(a.info.st_mode) && a.info.st_dev == b.info.st_dev &&
         a.info.st_ino == b.info.st_ino;
}

std::string shown(const NamedFile& file) {
  if (file.stream < 0) {
    return fmt::format("{} {}", file.option, shown_value(file.path));
  }
  return fmt::format("{} (standard {})", file.option,
                     file.stream == STDIN_FILENO ? "input" : "output");
}

}  // namespace

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

Result<void> check_files_apart(const std::vector<NamedFile>& files) {
  std::vector<Identity> identities;
  std::transform(files.begin(), files.end(), std::back_inserter(identities),
                 identity_of);
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!files[i].written) continue;
    for (std::size_t j = 0; j < files.size(); ++j) {
      // Of two that are written the later one is blamed.
      if (j == i || (files[j].written && j > i)) continue;
      if (!are_same(identities[i], identities[j])) continue;
      return make_error(
          fmt::format("{}: is also {}; nothing was written, name another file",
                      shown(files[i]), shown(files[j])));
    }
  }
  return {};
}

}  // namespace crawl::cli
