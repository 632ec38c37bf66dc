#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/named_descriptor.h"
#include "base/uninterrupted.h"
#include "crawl/writer/result_writer.h"
#include "writer/file_lock.h"

namespace crawl {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10U;

// strerror() shares its buffer with other threads.
std::string reason(int error) {
  char text[256] = "";
  return ::strerror_r(error, text, sizeof text);
}

// Makes the name of the file at `path` last: errno's value, or 0. A folder that
// cannot be synced is none of ours to complain about.
int sync_folder_of(const std::string& path) {
  std::error_code error;
  const std::filesystem::path file = std::filesystem::canonical(path, error);
  const int folder = uninterrupted([&] {
    return ::open(file.parent_path().c_str(),
                  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  });
  if (folder < 0) return 0;
  const int failed =
      uninterrupted([&] { return ::fsync(folder); }) == 0 ? 0 : errno;
  ::close(folder);
  return failed == EINVAL || failed == EROFS ? 0 : failed;
}

// Keeps the SIGPIPE that a write may raise from the process: blocked on this
// thread, taken off the queue if it came.
class SigpipeGuard {
 public:
  SigpipeGuard() {
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  ~SigpipeGuard() {
    const timespec no_wait{};
    if (!was_pending_) sigtimedwait(&sigpipe_, nullptr, &no_wait);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  SigpipeGuard(const SigpipeGuard&) = delete;
  SigpipeGuard& operator=(const SigpipeGuard&) = delete;

 private:
  bool was_pending_ = false;
  sigset_t sigpipe_{};
  sigset_t before_{};
};

class FileOutput final : public OutputStream {
 public:
  FileOutput(int fd, std::string name, bool owned,
             OutputUnit unit = OutputUnit::kLine, std::string first = {})
      : fd_(fd),
        name_(std::move(name)),
        owned_(owned),
        unit_(unit),
        line_wise_(::isatty(fd) == 1),
        buffer_(std::move(first)) {
    struct stat about {};
    if (::fstat(fd, &about) == 0 && S_ISREG(about.st_mode)) {
      is_regular_ = true;
      length_ = static_cast<std::uint64_t>(about.st_size);
    }
  }
  FileOutput(const FileOutput&) = delete;
  FileOutput& operator=(const FileOutput&) = delete;

  ~FileOutput() override {
    // Without close() there is nobody left to tell.
    if (fd_ >= 0) static_cast<void>(drain());
    close_fd();
  }

  Result<void> write(std::string_view lines) override {
    if (error_) return tl::unexpected(*error_);
    if (closed_by_reader_) return {};
    if (lines.size() >= kPiece) {
      if (auto drained = drain(); !drained) return drained;
      return put(lines);
    }
    buffer_.append(lines);
    if (line_wise_ || buffer_.size() >= kPiece) return drain();
    return {};
  }

  Result<void> flush() override { return drain(); }

  Result<void> sync() override {
    if (auto drained = drain(); !drained) return drained;
    if (!is_regular_) return {};
    if (uninterrupted([this] { return ::fdatasync(fd_); }) != 0) {
      return fail(errno);
    }
    if (owned_ && !std::exchange(folder_synced_, true)) {
      if (const int failed = sync_folder_of(name_); failed != 0) {
        return fail(failed);
      }
    }
    return {};
  }

  std::uint64_t length() const override { return length_; }

  bool can_cut() const override { return is_regular_; }

  Result<void> cut(std::uint64_t length) override {
    if (auto drained = drain(); !drained) return drained;
    if (!is_regular_) return OutputStream::cut(length);
    const auto end = static_cast<off_t>(length);
    if (uninterrupted([&] { return ::ftruncate(fd_, end); }) != 0 ||
        ::lseek(fd_, end, SEEK_SET) < 0) {
      return fail(errno);
    }
    length_ = length;
    return {};
  }

  Result<void> close() override {
    if (auto drained = drain(); !drained) return drained;
    // Network file systems and quotas may say no only here.
    if (const int failed = close_fd(); failed != 0) return fail(failed);
    return {};
  }

  bool closed_by_reader() const override { return closed_by_reader_; }

 private:
  Result<void> drain() {
    if (error_) return tl::unexpected(*error_);
    if (buffer_.empty()) return {};
    auto done = put(buffer_);
    buffer_.clear();
    return done;
  }

  Result<void> put(std::string_view bytes) {
    const SigpipeGuard guard;
    while (!bytes.empty() && !closed_by_reader_) {
      const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
      if (n >= 0) {
        const auto written = static_cast<std::size_t>(n);
        torn_ = torn_after(bytes.substr(0, written));
        length_ += written;
        bytes.remove_prefix(written);
        if (bytes.empty() && unit_ == OutputUnit::kWrite) torn_ = 0;
        continue;
      }
      const int error = errno;
      if (error == EINTR) continue;
      if (error == EAGAIN || error == EWOULDBLOCK) {
        // Someone we share the terminal or pipe with made it non-blocking.
        pollfd waiting{fd_, POLLOUT, 0};
        ::poll(&waiting, 1, -1);
        continue;
      }
      if (error == EPIPE) {
        closed_by_reader_ = true;
        continue;
      }
      cut_torn_line();
      return fail(error);
    }
    return {};
  }

  // How much of a unit's beginning has been written, with these bytes. Of one
  // that is no line, its end is known only when all is written.
  std::size_t torn_after(std::string_view bytes) const {
    const std::size_t end =
        unit_ == OutputUnit::kLine ? bytes.rfind('\n') : std::string_view::npos;
    return end == std::string_view::npos ? torn_ + bytes.size()
                                         : bytes.size() - end - 1;
  }

  Result<void> fail(int error) {
    error_ = Error{fmt::format("cannot write to {}: {}", name_, reason(error))};
    return tl::unexpected(*error_);
  }

  // Only where nobody else has written behind us.
  void cut_torn_line() {
    struct stat about {};
    if (torn_ == 0 || ::fstat(fd_, &about) != 0 || !S_ISREG(about.st_mode)) {
      return;
    }
    const off_t at = ::lseek(fd_, 0, SEEK_CUR);
    const auto torn = static_cast<off_t>(torn_);
    if (at != about.st_size || at < torn) return;
    if (::ftruncate(fd_, at - torn) == 0) {
      ::lseek(fd_, at - torn, SEEK_SET);
      torn_ = 0;
    }
  }

  // errno's value, or 0. The descriptor is gone in any case.
  int close_fd() {
    const int fd = std::exchange(fd_, -1);
    if (fd < 0 || !owned_) return 0;
    return ::close(fd) == 0 || errno == EINTR ? 0 : errno;
  }

  int fd_;
  const std::string name_;
  const bool owned_;
  const OutputUnit unit_;
  const bool line_wise_;
  bool is_regular_ = false;
  bool folder_synced_ = false;
  std::uint64_t length_ = 0;
  std::string buffer_;
  std::size_t torn_ = 0;  // bytes written after the last whole unit
  bool closed_by_reader_ = false;
  std::optional<Error> error_;
};

bool is_regular(int fd) {
  struct stat about {};
  return ::fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
}

Result<void> may_write(int fd, std::string_view name) {
  const int flags = ::fcntl(fd, F_GETFL);
  const bool is_open = flags >= 0;
  if (is_open && (flags & O_ACCMODE) != O_RDONLY) return {};
  return make_error(fmt::format("{} is {}: write to a file with -o FILE", name,
                                is_open ? "not open for writing" : "closed"));
}

bool ends_mid_line(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return false;
  char last = '\n';
  if (const off_t size = is_regular(fd) ? ::lseek(fd, 0, SEEK_END) : 0;
      size > 0 && ::pread(fd, &last, 1, size - 1) != 1) {
    last = '\n';
  }
  ::close(fd);
  return last != '\n';
}

// Why there is no file at `path`, by errno's value.
std::string why_not(const std::string& path, int error) {
  if (error != ENOENT) return reason(error);
  const std::filesystem::path folder =
      std::filesystem::path(path).parent_path();
  std::error_code ignored;
  return folder.empty() || std::filesystem::is_directory(folder, ignored)
             ? reason(error)
             : "there is no folder " + folder.string();
}

Error cannot_write(const std::string& path, const std::string& why) {
  return Error{fmt::format("cannot write to {}: {}", path, why)};
}

Error is_written_by(const std::string& path, const std::string& writer) {
  return cannot_write(path, writer +
                                " is writing it; wait for its end, or name "
                                "another file");
}

}  // namespace

Result<void> check_output(const std::string& path) {
  if (path.empty() || path == "-" || named_descriptor(path)) return {};
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) {
    const std::filesystem::path parent =
        std::filesystem::path(path).parent_path();
    const std::string folder = parent.empty() ? "." : parent.string();
    if (errno != ENOENT || ::access(folder.c_str(), W_OK | X_OK) != 0) {
      return tl::unexpected(cannot_write(path, why_not(path, errno)));
    }
    return {};
  }
  if (S_ISDIR(about.st_mode)) {
    return tl::unexpected(cannot_write(path, reason(EISDIR)));
  }
  if (!S_ISREG(about.st_mode)) return {};
  const int fd =
      uninterrupted([&] { return ::open(path.c_str(), O_WRONLY | O_CLOEXEC); });
  if (fd < 0) return tl::unexpected(cannot_write(path, why_not(path, errno)));
  ::close(fd);
  if (const std::string writer = writer_of(path); !writer.empty()) {
    return tl::unexpected(is_written_by(path, writer));
  }
  return {};
}

Result<std::unique_ptr<OutputStream>> open_output(const std::string& path,
                                                  OutputMode mode,
                                                  OutputUnit unit) {
  if (path.empty()) return make_error("the output file has no name");
  if (path == "-") {
    if (const Result<void> may = may_write(STDOUT_FILENO, "standard output");
        !may) {
      return tl::unexpected(may.error());
    }
    return std::make_unique<FileOutput>(STDOUT_FILENO, "standard output", false,
                                        unit);
  }
  if (const auto descriptor = named_descriptor(path)) {
    if (const Result<void> may = may_write(*descriptor, path); !may) {
      return tl::unexpected(may.error());
    }
    const int copy = ::fcntl(*descriptor, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) {
      return make_error(
          fmt::format("cannot write to {}: {}", path, reason(errno)));
    }
    return std::make_unique<FileOutput>(copy, path, true, unit);
  }
  const bool append = mode == OutputMode::kAppend;
  // What follows a line that has no end would become part of it.
  const bool torn = append && unit == OutputUnit::kLine && ends_mid_line(path);
  const int fd = uninterrupted([&] {
    return ::open(path.c_str(),
                  O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : 0),
                  0666);
  });
  if (fd < 0) return tl::unexpected(cannot_write(path, why_not(path, errno)));
  if (is_regular(fd)) {
    // Before anything of it is lost.
    if (const std::string writer = lock_for_writing(fd); !writer.empty()) {
      ::close(fd);
      return tl::unexpected(is_written_by(path, writer));
    }
    if (!append && uninterrupted([&] { return ::ftruncate(fd, 0); }) != 0) {
      const int error = errno;
      ::close(fd);
      return tl::unexpected(cannot_write(path, reason(error)));
    }
  }
  return std::make_unique<FileOutput>(fd, path, true, unit, torn ? "\n" : "");
}

}  // namespace crawl
