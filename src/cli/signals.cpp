#include "cli/signals.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <utility>

#include "cli/exit_status.h"
#include "cli/stalled_output.h"

namespace crawl::cli {
namespace {

// After the second signal the process is looked at so often. Whoever has not
// taken a byte for five looks in a row will not; and all that remains to be
// done then should not take as long as a hundred.
constexpr int kLookMilliseconds = 100;
constexpr int kMostStalled = 5;
constexpr int kMostLooks = 100;

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGTSTP}) {
    // A signal that our parent had us ignore (nohup) stays ignored.
    struct sigaction action {};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler != SIG_IGN) sigaddset(&set, signal);
  }
  return set;
}

int block_watched_signals() {
  const sigset_t set = watched_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return signalfd(-1, &set, SFD_CLOEXEC);
}

// Whatever waits for a reader: a sanitizer's _exit() would wait for standard
// error, which another thread may be writing.
[[noreturn]] void exit_now() {
  for (;;) syscall(SYS_exit_group, kExitInterrupted);
}

}  // namespace

void prepare_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

InterruptWatcher::InterruptWatcher(std::function<void(int count)> on_interrupt,
                                   std::function<void(bool stopped)> on_stop)
    : on_interrupt_(std::move(on_interrupt)),
      on_stop_(std::move(on_stop)),
      signals_(block_watched_signals()),
      stop_(eventfd(0, EFD_CLOEXEC)),
      teller_([this] { tell(); }) {
  try {
    watcher_ = std::thread([this] { watch(); });
  } catch (...) {
    tell_later({});
    teller_.join();
    throw;
  }
}

InterruptWatcher::~InterruptWatcher() {
  tell_later({});
  teller_.join();
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(stop_, &one, sizeof one);
  watcher_.join();
  close(stop_);
  close(signals_);
}

void InterruptWatcher::tell_later(std::function<void()> what) {
  const std::lock_guard lock(mutex_);
  to_tell_.push_back(std::move(what));
  told_.notify_one();
}

void InterruptWatcher::tell() {
  std::unique_lock lock(mutex_);
  while (true) {
    told_.wait(lock, [this] { return !to_tell_.empty(); });
    const std::function<void()> what = std::move(to_tell_.front());
    to_tell_.pop_front();
    if (!what) return;
    lock.unlock();
    what();
    lock.lock();
  }
}

// By the signal itself, so that the shell says "Stopped" and an orphan, whom
// nobody could wake, goes on.
void InterruptWatcher::stop_process() {
  if (on_stop_) on_stop_(true);
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  std::raise(SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &stop, nullptr);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  if (on_stop_) on_stop_(false);
}

void InterruptWatcher::watch() {
  int count = 0;
  int looks = 0;
  int stalled = 0;
  while (true) {
    std::array<pollfd, 2> watched{{{signals_, POLLIN, 0}, {stop_, POLLIN, 0}}};
    const bool told_twice = count > 1;
    if (poll(watched.data(), watched.size(),
             told_twice ? kLookMilliseconds : -1) < 0) {
      continue;
    }
    if (watched[0].revents != 0) {
      signalfd_siginfo info{};
      if (read(signals_, &info, sizeof info) != sizeof info) continue;
      if (info.ssi_signo == SIGTSTP) {
        tell_later([this] { stop_process(); });
        continue;
      }
      if (++count > 2) exit_now();
      tell_later([this, count] { on_interrupt_(count); });
    }
    if (watched[1].revents != 0) break;
    if (!told_twice) continue;
    stalled = is_output_stalled() ? stalled + 1 : 0;
    if (stalled == kMostStalled || ++looks == kMostLooks) {
      exit_now();
    }
  }
}

}  // namespace crawl::cli
