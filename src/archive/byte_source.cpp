#include "archive/byte_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/uninterrupted.h"

namespace crawl {
namespace {

std::string reason(int error) {
  return std::error_code(error, std::generic_category()).message();
}

class FileBytes final : public ByteSource {
 public:
  FileBytes(int fd, bool owned, std::string name, const std::atomic<bool>* stop)
      : fd_(fd), owned_(owned), name_(std::move(name)), stop_(stop) {
    struct stat about {};
    may_wait_ = ::fstat(fd, &about) == 0 && !S_ISREG(about.st_mode);
  }
  ~FileBytes() override {
    if (owned_) ::close(fd_);
  }
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  Result<std::size_t> read(char* to, std::size_t room) override {
    while (true) {
      if (may_wait_ && !wait()) return std::size_t{0};
      const ssize_t count = ::read(fd_, to, room);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
        return make_error(
            fmt::format("cannot read {}: {}", name_, reason(errno)));
      }
    }
  }

  bool stopped() const override { return stop_ != nullptr && stop_->load(); }

 private:
  // Until there is something to read; false if nobody wants it any more.
  bool wait() const {
    constexpr int kLook = 100;  // ms
    while (!stopped()) {
      pollfd waiting{fd_, POLLIN, 0};
      if (::poll(&waiting, 1, kLook) > 0) return true;
    }
    return false;
  }

  const int fd_;
  const bool owned_;
  const std::string name_;
  const std::atomic<bool>* const stop_;
  bool may_wait_ = false;
};

class MemoryBytes final : public ByteSource {
 public:
  explicit MemoryBytes(std::string_view bytes) : left_(bytes) {}
  Result<std::size_t> read(char* to, std::size_t room) override {
    const std::size_t size = std::min(room, left_.size());
    if (size > 0) std::memcpy(to, left_.data(), size);
    left_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view left_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_bytes(const std::string& name,
                                               const std::atomic<bool>* stop,
                                               std::uint64_t offset) {
  if (name == "-") {
    return std::make_unique<FileBytes>(STDIN_FILENO, false, "standard input",
                                       stop);
  }
  const int fd =
      uninterrupted([&] { return ::open(name.c_str(), O_RDONLY | O_CLOEXEC); });
  if (fd < 0) {
    return make_error(fmt::format("cannot read {}: {}", name, reason(errno)));
  }
  if (offset == 0) {
    ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  } else if (::lseek(fd, static_cast<off_t>(offset), SEEK_SET) < 0) {
    const int error = errno;
    ::close(fd);
    return make_error(fmt::format("cannot read {}: {}", name, reason(error)));
  }
  return std::make_unique<FileBytes>(fd, true, name, stop);
}

std::unique_ptr<ByteSource> bytes_of(std::string_view bytes) {
  return std::make_unique<MemoryBytes>(bytes);
}

}  // namespace crawl
