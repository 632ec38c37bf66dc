#include "support/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace crawl::testing {
namespace {

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

void drain(int fd) {
  std::uint64_t count = 0;
  while (read(fd, &count, sizeof count) < 0 && errno == EINTR) {
  }
}

}  // namespace

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

void UniqueFd::reset() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

EventLoop::EventLoop()
    : epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_(checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
      clock_(
          checked(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
                  "timerfd_create")) {
  add(wake_.get(), EPOLLIN, nullptr);
  add(clock_.get(), EPOLLIN, nullptr);
}

void EventLoop::run() {
  std::array<epoll_event, 256> events;
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    arm_timer();
    const int count = epoll_wait(epoll_.get(), events.data(),
                                 static_cast<int>(events.size()), -1);
    if (count < 0 && errno != EINTR) checked(count, "epoll_wait");
    bool posted = false;
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.ptr != nullptr) {
        static_cast<EventHandler*>(event.data.ptr)->on_ready(event.events);
      } else {
        posted = true;
      }
    }
    if (posted) {
      drain(wake_.get());
      drain(clock_.get());
      armed_.reset();
    }
    run_timers();
    run_tasks();
  }
}

void EventLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
}

void EventLoop::post(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  wake();
}

void EventLoop::wake() {
  const std::uint64_t one = 1;
  while (write(wake_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void EventLoop::add(int fd, std::uint32_t epoll_events, EventHandler* handler) {
  epoll_event event{};
  event.events = epoll_events;
  event.data.ptr = handler;
  checked(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event), "epoll_ctl add");
}

void EventLoop::modify(int fd, std::uint32_t epoll_events,
                       EventHandler* handler) {
  epoll_event event{};
  event.events = epoll_events;
  event.data.ptr = handler;
  checked(epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event), "epoll_ctl mod");
}

void EventLoop::remove(int fd) {
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

EventLoop::Timer EventLoop::schedule(Clock::time_point when,
                                     EventHandler* handler) {
  return timers_.emplace(when, handler);
}

// A timerfd, because epoll_wait() rounds to milliseconds and a fixed latency of
// 50 ms would be 51. Armed only when the earliest deadline has changed.
void EventLoop::arm_timer() {
  if (timers_.empty()) return;
  const Clock::time_point earliest = timers_.begin()->first;
  if (armed_ == earliest) return;
  armed_ = earliest;
  const auto since_epoch = earliest.time_since_epoch();
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(since_epoch);
  itimerspec spec{};
  spec.it_value.tv_sec = static_cast<time_t>(seconds.count());
  spec.it_value.tv_nsec = static_cast<long>((since_epoch - seconds).count());
  checked(timerfd_settime(clock_.get(), TFD_TIMER_ABSTIME, &spec, nullptr),
          "timerfd_settime");
}

void EventLoop::run_timers() {
  if (timers_.empty()) return;
  const Clock::time_point now = Clock::now();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    EventHandler* handler = timers_.begin()->second;
    timers_.erase(timers_.begin());
    handler->on_timer();
  }
}

void EventLoop::run_tasks() {
  std::vector<std::function<void()>> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
  }
  for (const auto& task : tasks) task();
}

}  // namespace crawl::testing
