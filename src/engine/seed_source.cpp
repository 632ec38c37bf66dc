#include "crawl/engine/seed_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "base/userinfo.h"
#include "engine/line_splitter.h"
#include "engine/seed_url.h"

namespace crawl {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10;
constexpr std::size_t kQueueBytes = std::size_t{4} << 20;

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor() {
    if (fd_ > STDERR_FILENO) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

// read() that is not ended by signals nor by a non-blocking terminal, nor takes
// a FIFO that nobody has opened for writing yet for an empty one. -1: error.
ssize_t read_some(int fd, char* buffer, std::size_t size) {
  while (true) {
    pollfd readable{fd, POLLIN, 0};
    poll(&readable, 1, -1);
    const ssize_t got = read(fd, buffer, size);
    if (got >= 0) return got;
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) return -1;
  }
}

std::string read_error(const std::string& name) {
  return fmt::format("{}: cannot be read to its end: {}", name,
                     std::strerror(errno));
}

class GivenSeeds final : public SeedSource {
 public:
  explicit GivenSeeds(std::vector<std::string> lines)
      : lines_(std::move(lines)) {}

  Status next(std::string& line) override {
    if (position_ == lines_.size()) return Status::kEnd;
    line = std::move(lines_[position_++]);
    return Status::kLine;
  }

 private:
  std::vector<std::string> lines_;
  std::size_t position_ = 0;
};

// Reads on the calling thread: right for files, which never keep it waiting.
// Does not close `fd`.
class FileSeeds final : public SeedSource {
 public:
  FileSeeds(std::string name, int fd) : name_(std::move(name)), fd_(fd) {}

  Status next(std::string& line) override {
    while (lines_.empty() && !ended_) read_more();
    if (lines_.empty()) return Status::kEnd;
    line = std::move(lines_.front());
    lines_.pop_front();
    return Status::kLine;
  }
  std::string error() const override { return error_; }

 private:
  void read_more() {
    const auto sink = [this](std::string line) {
      lines_.push_back(std::move(line));
    };
    std::array<char, kReadBytes> buffer;
    const ssize_t got = read_some(fd_, buffer.data(), buffer.size());
    if (got > 0) {
      splitter_.feed({buffer.data(), static_cast<std::size_t>(got)}, sink);
      return;
    }
    if (got < 0) error_ = read_error(name_);
    splitter_.finish(sink);
    ended_ = true;
  }

  std::string name_;
  const int fd_;
  LineSplitter splitter_;
  std::deque<std::string> lines_;
  bool ended_ = false;
  std::string error_;
};

// Reads on a thread of its own: a slow producer must not hold up what is
// already being fetched. The queue between the two is bounded by its bytes.
// Does not close `fd`. Throws std::system_error if there is no thread to be
// had.
class PipeSeeds final : public SeedSource {
 public:
  PipeSeeds(std::string name, int fd, std::function<void()> ready)
      : name_(std::move(name)),
        fd_(fd),
        stop_(eventfd(0, EFD_CLOEXEC)),
        ready_(std::move(ready)),
        reader_([this] { read_all(); }) {}

  ~PipeSeeds() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written =
        write(stop_.get(), &one, sizeof one);
    space_.notify_one();
    reader_.join();
  }

  Status next(std::string& line) override {
    const std::lock_guard lock(mutex_);
    if (lines_.empty()) {
      waiting_ = !ended_;
      return ended_ ? Status::kEnd : Status::kPending;
    }
    line = std::move(lines_.front());
    lines_.pop_front();
    const bool was_full = bytes_ >= kQueueBytes;
    bytes_ -= line.size();
    if (was_full && bytes_ < kQueueBytes) space_.notify_one();
    return Status::kLine;
  }
  std::string error() const override {
    const std::lock_guard lock(mutex_);
    return error_;
  }

 private:
  void read_all() {
    std::vector<char> buffer(kReadBytes);
    LineSplitter splitter;
    std::vector<std::string> batch;
    const auto sink = [&batch](std::string line) {
      batch.push_back(std::move(line));
    };
    while (wait_readable()) {
      const ssize_t got = read_some(fd_, buffer.data(), buffer.size());
      if (got > 0) {
        splitter.feed({buffer.data(), static_cast<std::size_t>(got)}, sink);
      } else {
        splitter.finish(sink);
      }
      if (!hand_over(batch, got)) return;
      if (got <= 0) return;
    }
  }

  // False once the reader is to stop.
  bool wait_readable() {
    while (true) {
      std::array<pollfd, 2> watched{
          {{fd_, POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
      if (poll(watched.data(), watched.size(), -1) < 0) continue;  // a signal
      if (watched[1].revents != 0) return false;
      if (watched[0].revents != 0) return true;
    }
  }

  bool hand_over(std::vector<std::string>& batch, ssize_t got) {
    bool call_ready = false;
    {
      std::unique_lock lock(mutex_);
      space_.wait(lock, [this] { return bytes_ < kQueueBytes || stopping_; });
      if (stopping_) return false;
      for (std::string& line : batch) {
        bytes_ += line.size();
        lines_.push_back(std::move(line));
      }
      if (got < 0) error_ = read_error(name_);
      ended_ = got <= 0;
      call_ready = waiting_ && (!lines_.empty() || ended_);
      if (call_ready) waiting_ = false;
    }
    batch.clear();
    if (call_ready) ready_();
    return true;
  }

  const std::string name_;
  const int fd_;
  const FileDescriptor stop_;
  const std::function<void()> ready_;

  // State below is protected by mutex_.
  mutable std::mutex mutex_;
  std::condition_variable space_;
  std::deque<std::string> lines_;
  std::size_t bytes_ = 0;
  bool waiting_ = false;
  bool ended_ = false;
  bool stopping_ = false;
  std::string error_;

  std::thread reader_;  // last: it uses all of the above
};

// What somebody may have meant who left out a scheme, or a part of it.
std::string as_url(const std::string& input) {
  const auto seed = parse_seed(input);
  const bool has_slashes = input.starts_with("//") || input.starts_with("http");
  return hide_password(seed && has_slashes ? std::string(seed->url.href())
                                           : "https://" + input);
}

// What is wrong with an input, as far as can be told without reading it.
Result<void> check_input(const std::string& input) {
  if (input == "-" || is_url_input(input)) return {};
  struct stat info {};
  if (stat(input.c_str(), &info) != 0) {
    const int error = errno;
    const std::string shown = hide_password(input);  // a URL without a scheme?
    if (error == ENOENT) {
      return make_error(fmt::format(
          "{}: no such file (if it is a URL, write {})", shown, as_url(input)));
    }
    return make_error(fmt::format("{}: {}", shown, std::strerror(error)));
  }
  if (S_ISDIR(info.st_mode)) {
    return make_error(fmt::format(
        "{}: is a directory; give a file with one URL a line", input));
  }
  if (access(input.c_str(), R_OK) != 0) {
    return make_error(fmt::format("{}: {}", input, std::strerror(errno)));
  }
  return {};
}

// One input after the other; each is opened when its turn comes.
class SeedSequence final : public SeedSource {
 public:
  SeedSequence(std::vector<std::string> inputs, std::function<void()> ready)
      : inputs_(std::move(inputs)), ready_(std::move(ready)) {}

  Status next(std::string& line) override {
    while (true) {
      if (current_) {
        const Status status = current_->next(line);
        if (status != Status::kEnd) return status;
        note(current_->error());
        current_.reset();
        file_ = FileDescriptor();
      }
      if (position_ == inputs_.size()) return Status::kEnd;
      open(inputs_[position_++]);
    }
  }
  std::string error() const override { return error_; }

 private:
  void open(const std::string& input) {
    if (is_url_input(input)) {
      current_ = make_seeds({input});
      return;
    }
    const bool is_stdin = input == "-";
    // Without waiting for whoever is to write to a FIFO: the crawl goes on.
    const int fd =
        is_stdin ? STDIN_FILENO
                 : ::open(input.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
      note(fmt::format("{}: {}", input, std::strerror(errno)));
      return;
    }
    const std::string name = is_stdin ? "standard input" : input;
    struct stat info {};
    const bool never_waits = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    file_ = FileDescriptor(fd);
    if (!never_waits && ready_) {
      try {
        current_ = std::make_unique<PipeSeeds>(name, fd, ready_);
        return;
      } catch (const std::system_error&) {  // no thread to be had: then here
      }
    }
    current_ = std::make_unique<FileSeeds>(name, fd);
  }
  void note(const std::string& error) {
    if (error.empty()) return;
    if (!error_.empty()) error_ += "; ";
    error_ += error;
  }

  const std::vector<std::string> inputs_;
  const std::function<void()> ready_;
  std::size_t position_ = 0;
  FileDescriptor file_;  // that current_ reads, if it is one
  std::unique_ptr<SeedSource> current_;
  std::string error_;
};

}  // namespace

bool is_url_input(std::string_view input) {
  return input.find("://") != input.npos ||
         (names_host_and_port(input) &&
          access(std::string(input).c_str(), F_OK) != 0);
}

Result<std::unique_ptr<SeedSource>> open_seeds(
    const std::vector<std::string>& inputs, std::function<void()> ready) {
  for (const std::string& input : inputs) {
    if (Result<void> checked = check_input(input); !checked) {
      return tl::unexpected(checked.error());
    }
  }
  return std::make_unique<SeedSequence>(inputs, std::move(ready));
}

std::unique_ptr<SeedSource> make_seeds(std::vector<std::string> lines) {
  return std::make_unique<GivenSeeds>(std::move(lines));
}

}  // namespace crawl
