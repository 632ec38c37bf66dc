#include "support/terminal_process.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace crawl::testing {
namespace {

void redirect(const std::string& file, int fd) {
  if (file.empty()) return;
  const int opened = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (opened < 0 || dup2(opened, fd) < 0) _exit(126);
  close(opened);
}

}  // namespace

TerminalProcess::TerminalProcess(std::vector<std::string> argv,
                                 TerminalOptions options)
    : options_(std::move(options)),
      deadline_(std::chrono::steady_clock::now() + options_.time_limit),
      screen_(options_.columns) {
  std::vector<char*> words;
  for (std::string& word : argv) words.push_back(word.data());
  words.push_back(nullptr);
  winsize size{};
  size.ws_col = options_.columns;
  size.ws_row = 24;
  int master = -1;
  pid_ = forkpty(&master, nullptr, nullptr, &size);
  if (pid_ < 0) throw std::system_error(errno, std::generic_category());
  if (pid_ == 0) {
    // The test has other threads, but none that hold what is used here: glibc
    // makes malloc and the environment usable after fork().
    for (const char* name :
         {"NO_COLOR", "TMUX", "TERM_PROGRAM", "VTE_VERSION"}) {
      unsetenv(name);
    }
    setenv("TERM", "xterm-256color", 1);
    for (const auto& [name, value] : options_.environment) {
      setenv(name.c_str(), value.c_str(), 1);
    }
    redirect(options_.stdout_file, STDOUT_FILENO);
    redirect(options_.stderr_file, STDERR_FILENO);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    execvp(words[0], words.data());
    _exit(127);
  }
  master_ = UniqueFd(master);
}

TerminalProcess::~TerminalProcess() {
  if (reaped_) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void TerminalProcess::type(std::string_view keys) {
  while (!keys.empty()) {
    const ssize_t sent = write(master_.get(), keys.data(), keys.size());
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) throw std::system_error(errno, std::generic_category());
    keys.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void TerminalProcess::resize(unsigned short columns) {
  winsize size{};
  size.ws_col = columns;
  size.ws_row = 24;
  ioctl(master_.get(), TIOCSWINSZ, &size);
  screen_.resize(columns);
}

bool TerminalProcess::read_some() {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline_ - std::chrono::steady_clock::now());
  pollfd readable{master_.get(), POLLIN, 0};
  if (left.count() <= 0 ||
      poll(&readable, 1, static_cast<int>(left.count())) <= 0) {
    return false;
  }
  std::array<char, 4096> buffer;
  const ssize_t got = read(master_.get(), buffer.data(), buffer.size());
  if (got <= 0) return false;  // EIO: nobody has the terminal any more
  screen_.feed({buffer.data(), static_cast<std::size_t>(got)});
  if (options_.always) options_.always(screen_);
  return true;
}

bool TerminalProcess::wait_until(
    const std::function<bool(const ScreenModel&)>& holds) {
  while (!holds(screen_)) {
    if (!read_some()) return holds(screen_);
  }
  return true;
}

bool TerminalProcess::wait_for(const std::string& text) {
  return wait_until([&text](const ScreenModel& screen) {
    return screen.text().find(text) != std::string::npos;
  });
}

int TerminalProcess::wait() {
  while (read_some()) {
  }
  if (std::chrono::steady_clock::now() >= deadline_) kill(pid_, SIGKILL);
  int status = 0;
  if (waitpid(pid_, &status, 0) != pid_) return -1;
  reaped_ = true;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace crawl::testing
