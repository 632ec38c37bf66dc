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

sigset_t interrupts() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
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
  const sigset_t set = interrupts();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

InterruptWatcher::InterruptWatcher(std::function<void(int count)> on_interrupt)
    : on_interrupt_(std::move(on_interrupt)),
      stop_(eventfd(0, EFD_CLOEXEC)),
      thread_([this] { watch(); }) {}

InterruptWatcher::~InterruptWatcher() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(stop_, &one, sizeof one);
  thread_.join();
  close(stop_);
}

void InterruptWatcher::watch() {
  const sigset_t set = interrupts();
  const int signals = signalfd(-1, &set, SFD_CLOEXEC);
  int count = 0;
  while (true) {
    std::array<pollfd, 2> watched{{{signals, POLLIN, 0}, {stop_, POLLIN, 0}}};
    if (poll(watched.data(), watched.size(), -1) < 0) continue;
    if (watched[0].revents != 0) {
      signalfd_siginfo info{};
      if (read(signals, &info, sizeof info) != sizeof info) continue;
      if (++count > 2) _exit(kExitInterrupted);
      on_interrupt_(count);
    }
    if (watched[1].revents != 0) break;
  }
  close(signals);
}

}  // namespace crawl::cli
