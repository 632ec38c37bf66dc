#include "cli/archive_input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "base/uninterrupted.h"
#include "crawl/archive/warc_input.h"
#include "crawl/engine/seed_source.h"

namespace crawl::cli {
namespace {

// No more than a pipe has room for: what is looked at is not taken out.
constexpr std::size_t kLookedAt = std::size_t{64} << 10U;

std::string bytes_in_pipe(int fd) {
  std::array<int, 2> copy{};
  if (::pipe2(copy.data(), O_CLOEXEC) != 0) return {};
  const ssize_t size =
      uninterrupted([&] { return ::tee(fd, copy[1], kLookedAt, 0); });
  std::string bytes(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count =
        ::read(copy[0], bytes.data() + filled, bytes.size() - filled);
    if (count <= 0) break;
    filled += static_cast<std::size_t>(count);
  }
  bytes.resize(filled);
  ::close(copy[0]);
  ::close(copy[1]);
  return bytes;
}

// A writer may begin with a few bytes. No call waits for more than there are,
// and what is taken out cannot be put back, so that is looked at now and then.
std::string first_bytes_of_pipe(int fd) {
  constexpr std::size_t kPage = 4'096;
  const int room = std::max(0, ::fcntl(fd, F_GETPIPE_SZ));
  while (true) {
    std::string bytes = bytes_in_pipe(fd);
    pollfd pipe{fd, POLLIN, 0};
    const bool ended = ::poll(&pipe, 1, 0) > 0 && (pipe.revents & POLLHUP) != 0;
    // What came before the end, and after the look.
    if (ended) return bytes_in_pipe(fd);
    if (bytes.empty() || bytes.size() == kLookedAt || tell_archive(bytes)) {
      return bytes;
    }
    // Full, with a piece of a page to spare: no more will come.
    if (bytes.size() + kPage > static_cast<std::size_t>(room)) return bytes;
    constexpr timespec kNow{0, 10'000'000};
    ::nanosleep(&kNow, nullptr);
  }
}

std::string first_bytes(int fd) {
  struct stat about {};
  if (::fstat(fd, &about) != 0) return {};
  if (S_ISFIFO(about.st_mode)) return first_bytes_of_pipe(fd);
  if (!S_ISREG(about.st_mode)) return {};
  const off_t at = fd == STDIN_FILENO ? ::lseek(fd, 0, SEEK_CUR) : 0;
  std::string bytes(kLookedAt, '\0');
  const ssize_t count = ::pread(fd, bytes.data(), bytes.size(), at);
  bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return bytes;
}

}  // namespace

bool is_archive_input(const std::string& input) {
  if (input == "-") return looks_like_archive(first_bytes(STDIN_FILENO));
  if (is_url_input(input)) return false;
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(input, ignored)) return false;
  const int fd = ::open(input.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool is_archive = looks_like_archive(first_bytes(fd));
  ::close(fd);
  return is_archive;
}

}  // namespace crawl::cli
