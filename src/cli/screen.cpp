#include "cli/screen.h"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "base/ascii.h"
#include "cli/terminal.h"
#include "writer/clean_text.h"

namespace crawl::cli {
namespace {

constexpr std::string_view kErase = "\r\x1b[J";

constexpr std::chrono::milliseconds kGather{50};
constexpr std::size_t kGatherBytes = std::size_t{16} << 10U;

// A terminal that does not take it now goes without.
void put(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

class AboveStatus final : public OutputStream {
 public:
  AboveStatus(std::unique_ptr<OutputStream> output,
              std::shared_ptr<Screen> screen)
      : output_(std::move(output)), screen_(std::move(screen)) {}
  ~AboveStatus() override { static_cast<void>(put_out()); }

  Result<void> write(std::string_view lines) override {
    gathered_ += lines;
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < kGather && gathered_.size() < kGatherBytes) return {};
    last_ = now;
    return put_out();
  }
  Result<void> flush() override {
    if (Result<void> done = put_out(); !done) return done;
    return output_->flush();
  }
  Result<void> sync() override {
    if (Result<void> done = put_out(); !done) return done;
    return output_->sync();
  }
  std::uint64_t length() const override { return output_->length(); }
  Result<void> close() override {
    if (Result<void> done = put_out(); !done) return done;
    return output_->close();
  }
  bool closed_by_reader() const override { return output_->closed_by_reader(); }

 private:
  Result<void> put_out() {
    if (gathered_.empty()) return {};
    const std::string lines = std::exchange(gathered_, {});
    return screen_->above([&] { return output_->write(lines); });
  }

  const std::unique_ptr<OutputStream> output_;
  const std::shared_ptr<Screen> screen_;
  std::string gathered_;
  std::chrono::steady_clock::time_point last_{};
};

// Process group of /proc/PID, or -1.
pid_t group_of(const std::string& process) {
  std::ifstream in(process + "/stat");
  std::string line;
  std::getline(in, line);
  // "PID (any name) STATE PARENT GROUP ..."
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return -1;
  char state = 0;
  long parent = 0;
  long group = 0;
  if (std::sscanf(line.c_str() + name_end + 1, " %c %ld %ld", &state, &parent,
                  &group) != 3) {
    return -1;
  }
  return static_cast<pid_t>(group);
}

bool is_same_device(const struct stat& one, const struct stat& other) {
  return S_ISCHR(one.st_mode) && S_ISCHR(other.st_mode) &&
         one.st_rdev == other.st_rdev;
}

bool is_same_pipe(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

// Who reads `pipe`, standard output, is known, and neither it nor those that
// read from it write to `terminal`: all processes of our job that read from any
// pipe are asked.
bool readers_write_elsewhere(const struct stat& pipe,
                             const struct stat& terminal) {
  const std::unique_ptr<DIR, int (*)(DIR*)> processes(opendir("/proc"),
                                                      closedir);
  if (!processes) return false;
  const std::string own = std::to_string(getpid());
  bool found = false;
  while (const dirent* entry = readdir(processes.get())) {
    const std::string name = entry->d_name;
    if (!is_ascii_digit(name[0]) || name == own) continue;
    const std::string process = "/proc/" + name;
    struct stat input {};
    struct stat output {};
    if (group_of(process) != getpgrp() ||
        stat((process + "/fd/0").c_str(), &input) != 0 ||
        !S_ISFIFO(input.st_mode) ||
        stat((process + "/fd/1").c_str(), &output) != 0) {
      continue;
    }
    if (is_same_device(output, terminal)) return false;
    found = found || is_same_pipe(input, pipe);
  }
  return found;
}

}  // namespace

Screen::~Screen() {
  const std::lock_guard lock(mutex_);
  erase();
}

std::size_t Screen::columns() const {
  // One less than there are: a full line would wrap.
  return fd_ < 0 ? 0 : terminal_columns(fd_) - 1;
}

void Screen::show(std::string text) {
  if (fd_ < 0) return;
  const std::lock_guard lock(mutex_);
  status_ = std::move(text);
  if (status_.empty()) {
    erase();
  } else {
    draw();
  }
}

void Screen::pause() {
  const std::lock_guard lock(mutex_);
  erase();
  paused_ = true;
}

void Screen::go_on() {
  const std::lock_guard lock(mutex_);
  paused_ = false;
}

void Screen::erase() {
  if (!drawn_) return;
  put(fd_, kErase);
  drawn_ = false;
}

void Screen::draw() {
  if (fd_ < 0 || paused_ || status_.empty()) return;
  // The terminal may have become narrower since the text was made.
  put(fd_, fmt::format("{}{}\r", kErase, cut_to_width(status_, columns())));
  drawn_ = true;
}

std::unique_ptr<OutputStream> above_status(std::unique_ptr<OutputStream> output,
                                           std::shared_ptr<Screen> screen) {
  return std::make_unique<AboveStatus>(std::move(output), std::move(screen));
}

bool can_show_status(int fd, bool input_is_typed) {
  const char* const type = std::getenv("TERM");
  const bool dumb = type != nullptr && std::string_view(type) == "dumb";
  return isatty(fd) == 1 && !dumb &&
         !(input_is_typed && isatty(STDIN_FILENO) == 1);
}

bool may_show_status_now(int fd) {
  const pid_t foreground = tcgetpgrp(fd);
  // Not our controlling terminal: there are no jobs on it.
  if (foreground > 0 && foreground != getpgrp()) return false;
  struct stat out {};
  struct stat terminal {};
  if (fstat(STDOUT_FILENO, &out) != 0 || !S_ISFIFO(out.st_mode)) return true;
  return fstat(fd, &terminal) == 0 && readers_write_elsewhere(out, terminal);
}

}  // namespace crawl::cli
