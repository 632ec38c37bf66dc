#include "support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <mutex>
#include <system_error>

namespace crawl::testing {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

Pipe make_pipe() {
  std::array<int, 2> fds{};
  if (pipe2(fds.data(), O_CLOEXEC) < 0) fail("pipe");
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (std::string& string : strings) out.push_back(string.data());
  out.push_back(nullptr);
  return out;
}

// Ours, with `added` in place of variables of the same name.
std::vector<std::string> environment_with(
    const std::vector<std::pair<std::string, std::string>>& added) {
  std::vector<std::string> all;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string entry = *variable;
    bool replaced = false;
    for (const auto& [name, value] : added) {
      replaced = replaced || entry.starts_with(name + "=");
    }
    if (!replaced) all.push_back(entry);
  }
  for (const auto& [name, value] : added) all.push_back(name + "=" + value);
  return all;
}

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - Clock::now());
  return left.count() < 0 ? 0 : static_cast<int>(left.count()) + 1;
}

// What the child does between fork() and exec(): nothing but system calls, as
// other threads may have held any lock.
struct ChildSetUp {
  char* const* argv;
  char* const* environment;
  const char* directory;  // or null
  const char* stdout_file;
  std::optional<rlim_t> open_files;
  int in, out, err, failure;

  [[noreturn]] void run() const {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    int out_fd = out;
    bool ok = directory == nullptr || chdir(directory) == 0;
    if (ok && stdout_file != nullptr) {
      out_fd = open(stdout_file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
      ok = out_fd >= 0;
    }
    if (ok && open_files) {
      const rlimit limit{*open_files, *open_files};
      ok = setrlimit(RLIMIT_NOFILE, &limit) == 0;
    }
    ok = ok && dup2(in, 0) >= 0 && dup2(out_fd, 1) >= 0 && dup2(err, 2) >= 0;
    if (ok) execvpe(argv[0], argv, environment);
    const int error = errno;
    const ssize_t ignored = write(failure, &error, sizeof error);
    _exit(ignored < 0 ? 126 : 127);
  }
};

}  // namespace

// Reads one stream on a thread of its own until it ends or is told to stop.
class Process::Reader {
 public:
  explicit Reader(UniqueFd fd)
      : fd_(std::move(fd)), stop_(eventfd(0, EFD_CLOEXEC)) {
    thread_ = std::thread([this] { run(); });
  }
  ~Reader() { stop(); }

  // Closes our end as well.
  void stop() {
    if (!thread_.joinable()) return;
    const std::uint64_t one = 1;
    while (write(stop_.get(), &one, sizeof one) < 0 && errno == EINTR) {
    }
    thread_.join();
  }

  bool wait_for_end(Clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, deadline, [&] { return ended_; });
  }

  std::optional<std::string> wait_for(const std::string& text,
                                      Clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    std::size_t at = std::string::npos;
    changed_.wait_until(lock, deadline, [&] {
      at = bytes_.find(text);
      return at != std::string::npos || ended_;
    });
    if (at == std::string::npos) return std::nullopt;
    return bytes_.substr(0, at + text.size());
  }

  std::string bytes() {
    const std::lock_guard lock(mutex_);
    return bytes_;
  }

 private:
  void run() {
    std::vector<char> buffer(64 * 1024);
    while (true) {
      std::array<pollfd, 2> fds = {pollfd{fd_.get(), POLLIN, 0},
                                   pollfd{stop_.get(), POLLIN, 0}};
      if (poll(fds.data(), fds.size(), -1) < 0) continue;
      if (fds[1].revents != 0) break;
      const ssize_t got = read(fd_.get(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      const std::lock_guard lock(mutex_);
      bytes_.append(buffer.data(), static_cast<std::size_t>(got));
      changed_.notify_all();
    }
    fd_.reset();
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }

  UniqueFd fd_;
  UniqueFd stop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string bytes_;   // guarded by mutex_
  bool ended_ = false;  // guarded by mutex_
  std::thread thread_;
};

Process::Process(std::vector<std::string> argv, ProcessOptions options)
    : deadline_(Clock::now() + options.time_limit) {
  Pipe in = make_pipe();
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  Pipe failure = make_pipe();
  std::vector<std::string> environment = environment_with(options.environment);
  const std::vector<char*> argv_pointers = pointers(argv);
  const std::vector<char*> environment_pointers = pointers(environment);
  const ChildSetUp child = {
      argv_pointers.data(),
      environment_pointers.data(),
      options.directory.empty() ? nullptr : options.directory.c_str(),
      options.stdout_file.empty() ? nullptr : options.stdout_file.c_str(),
      options.open_files,
      in.read.get(),
      out.write.get(),
      err.write.get(),
      failure.write.get()};

  pid_ = fork();
  if (pid_ < 0) fail("fork");
  if (pid_ == 0) child.run();
  in.read.reset();
  out.write.reset();
  err.write.reset();
  failure.write.reset();

  int error = 0;
  if (read(failure.read.get(), &error, sizeof error) > 0) {
    waitpid(pid_, nullptr, 0);
    errno = error;
    fail(argv[0]);
  }
  stdin_ = std::move(in.write);
  out_ = std::make_unique<Reader>(std::move(out.read));
  err_ = std::make_unique<Reader>(std::move(err.read));
  send_input(std::move(options.input), options.keep_stdin_open);
}

Process::~Process() {
  if (!reaped_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close_stdin();
}

void Process::send_input(std::string input, bool keep_open) {
  writer_ = std::thread([this, input = std::move(input), keep_open] {
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    std::string_view left = input;
    while (!left.empty()) {
      const ssize_t sent = write(stdin_.get(), left.data(), left.size());
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0) break;
      left.remove_prefix(static_cast<std::size_t>(sent));
    }
    if (!keep_open) stdin_.reset();
  });
}

bool Process::running() const {
  if (reaped_) return false;
  siginfo_t info{};
  const int asked = ::waitid(P_PID, static_cast<id_t>(pid_), &info,
                             WEXITED | WNOHANG | WNOWAIT);
  return asked == 0 && info.si_pid == 0;
}

void Process::signal(int number) const {
  if (!reaped_) kill(pid_, number);
}

void Process::close_stdin() {
  if (writer_.joinable()) writer_.join();
  stdin_.reset();
}

void Process::close_stdout() { out_->stop(); }

std::optional<std::string> Process::wait_for_output(const std::string& text) {
  return out_->wait_for(text, deadline_);
}

std::optional<std::string> Process::wait_for_error_output(
    const std::string& text) {
  return err_->wait_for(text, deadline_);
}

ProcessResult Process::wait() {
  ProcessResult result;
  const UniqueFd ended(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  if (ended.get() < 0) fail("pidfd_open");
  pollfd waiting{ended.get(), POLLIN, 0};
  int ready = 0;
  do {
    ready = poll(&waiting, 1, milliseconds_until(deadline_));
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) {
    result.timed_out = true;
    kill(pid_, SIGKILL);
  }
  int status = 0;
  if (waitpid(pid_, &status, 0) != pid_) fail("waitpid");
  reaped_ = true;
  if (WIFEXITED(status)) result.exit_status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);

  // A grandchild may hold the streams open.
  if (!out_->wait_for_end(deadline_) || !err_->wait_for_end(deadline_)) {
    result.timed_out = true;
  }
  out_->stop();
  err_->stop();
  result.out = out_->bytes();
  result.err = err_->bytes();
  return result;
}

bool wait_for_call(const Process& process, long call) {
  const auto limit =
      std::chrono::steady_clock::now() + std::chrono::seconds(60);
  const std::string name =
      "/proc/" + std::to_string(process.pid()) + "/syscall";
  while (process.running() && std::chrono::steady_clock::now() < limit) {
    std::ifstream file(name);
    if (long now = -1; file >> now && now == call) return true;
    std::this_thread::yield();
  }
  return false;
}

ProcessResult run_process(std::vector<std::string> argv,
                          ProcessOptions options) {
  return Process(std::move(argv), std::move(options)).wait();
}

}  // namespace crawl::testing
