#include "cli/signals.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <utility>

#include "cli/exit_status.h"

namespace crawl::cli {
namespace {

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

}  // namespace

void prepare_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  const sigset_t set = watched_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

InterruptWatcher::InterruptWatcher(std::function<void(int count)> on_interrupt,
                                   std::function<void(bool stopped)> on_stop)
    : on_interrupt_(std::move(on_interrupt)),
      on_stop_(std::move(on_stop)),
      stop_(eventfd(0, EFD_CLOEXEC)),
      thread_([this] { watch(); }) {}

InterruptWatcher::~InterruptWatcher() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(stop_, &one, sizeof one);
  thread_.join();
  close(stop_);
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
  const sigset_t set = watched_signals();
  const int signals = signalfd(-1, &set, SFD_CLOEXEC);
  int count = 0;
  while (true) {
    std::array<pollfd, 2> watched{{{signals, POLLIN, 0}, {stop_, POLLIN, 0}}};
    if (poll(watched.data(), watched.size(), -1) < 0) continue;
    if (watched[0].revents != 0) {
      signalfd_siginfo info{};
      if (read(signals, &info, sizeof info) != sizeof info) continue;
      if (info.ssi_signo == SIGTSTP) {
        stop_process();
        continue;
      }
      if (++count > 2) _exit(kExitInterrupted);
      on_interrupt_(count);
    }
    if (watched[1].revents != 0) break;
  }
  close(signals);
}

}  // namespace crawl::cli
