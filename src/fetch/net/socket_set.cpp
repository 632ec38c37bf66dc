#include "fetch/net/socket_set.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>

namespace crawl {
namespace {

using std::chrono::steady_clock;

// A wait that ends so soon has found what it brings.
constexpr std::chrono::milliseconds kAtOnce{1};

int check(int result, const char* what) {
  if (result < 0) {
    throw std::system_error(errno, std::generic_category(), what);
  }
  return result;
}

// Never early.
int to_timeout(std::optional<steady_clock::time_point> until) {
  if (!until) return -1;
  const auto now = steady_clock::now();
  if (*until <= now) return 0;
  const auto ms =
      std::chrono::ceil<std::chrono::milliseconds>(*until - now).count();
  return static_cast<int>(
      std::min<std::int64_t>(ms, std::numeric_limits<int>::max()));
}

}  // namespace

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

SocketSet::SocketSet()
    : epoll_(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_(check(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = wake_.get();
  check(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event),
        "epoll_ctl");
}

void SocketSet::opened(int fd, SocketUser* user) {
  State& s = state(fd);
  s.user = user;
  s.wanted = 0;
  s.ours = true;
}

void SocketSet::closing(int fd) {
  // close() takes it out of the epoll set.
  State& s = state(fd);
  s.user = nullptr;
  s.wanted = 0;
  s.told = 0;
  s.ours = false;
}

void SocketSet::watch(int fd, bool readable, bool writable) {
  State& s = state(fd);
  s.wanted = (readable ? static_cast<std::uint32_t>(EPOLLIN) : 0u) |
             (writable ? static_cast<std::uint32_t>(EPOLLOUT) : 0u);
  if (s.wanted == 0 && !s.ours) {
    // It may be closed without a word: forget at once.
    if (s.told != 0) tell(fd, s, 0);
    return;
  }
  if (!s.pending) {
    s.pending = true;
    pending_.push_back(fd);
  }
}

const std::vector<SocketSet::Ready>& SocketSet::wait(
    std::optional<steady_clock::time_point> until) {
  tell_pending();
  ready_.clear();
  const auto before = steady_clock::now();
  const int timeout = to_timeout(until);
  const int count = epoll_wait(epoll_.get(), events_.data(),
                               static_cast<int>(events_.size()), timeout);
  const auto after = steady_clock::now();
  // What had to be waited for was not there when the wait began.
  unseen_since_ =
      timeout == 0 || after - before < kAtOnce ? looked_at_ : before;
  looked_at_ = after;
  filled_ = count == static_cast<int>(events_.size());
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events_[static_cast<std::size_t>(i)];
    const int fd = event.data.fd;
    if (fd == wake_.get()) {
      std::uint64_t ignored;
      while (::read(fd, &ignored, sizeof ignored) < 0 && errno == EINTR) {
      }
      continue;
    }
    State& s = state(fd);
    if (s.wanted == 0) {
      // Nobody looks out for it just now.
      tell(fd, s, 0);
      continue;
    }
    // On an error both directions are "ready": the call made then tells why.
    const bool error = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
    const bool readable = (event.events & EPOLLIN) != 0 || error;
    const bool writable =
        (event.events & EPOLLOUT) != 0 || (error && (s.wanted & EPOLLOUT) != 0);
    ready_.push_back({fd, readable, writable});
  }
  return ready_;
}

bool SocketSet::dispatch(const Ready& ready) {
  SocketUser* const user = state(ready.fd).user;
  if (user == nullptr) return false;
  user->ready(ready.fd, ready.readable, ready.writable);
  return true;
}

void SocketSet::wake() {
  const std::uint64_t one = 1;
  while (::write(wake_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
}

SocketSet::State& SocketSet::state(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= states_.size()) states_.resize(std::max(index + 1, 2 * index));
  return states_[index];
}

void SocketSet::tell(int fd, State& s, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  const int operation = events == 0   ? EPOLL_CTL_DEL
                        : s.told == 0 ? EPOLL_CTL_ADD
                                      : EPOLL_CTL_MOD;
  check(epoll_ctl(epoll_.get(), operation, fd, &event), "epoll_ctl");
  s.told = events;
}

void SocketSet::tell_pending() {
  for (const int fd : pending_) {
    State& s = state(fd);
    s.pending = false;
    if (s.wanted != 0 && s.wanted != s.told) tell(fd, s, s.wanted);
  }
  pending_.clear();
}

}  // namespace crawl
