#ifndef CRAWL_TESTS_SUPPORT_EVENT_LOOP_H_
#define CRAWL_TESTS_SUPPORT_EVENT_LOOP_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace crawl::testing {

// A file descriptor that closes itself.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  void reset();

 private:
  int fd_ = -1;
};

// Something an EventLoop calls back; always on the loop's thread.
class EventHandler {
 public:
  virtual ~EventHandler() = default;
  virtual void on_ready(std::uint32_t epoll_events) = 0;
  virtual void on_timer() {}
};

// One thread's epoll set and timers: readiness, deadlines and posted tasks,
// with no thread per connection.
//
// The thread in run() is the loop's thread; only post() and stop() may be
// called from others. A handler must outlive its registration, and must not be
// destroyed within a callback: hand it to a task posted instead.
class EventLoop {
 public:
  using Clock = std::chrono::steady_clock;
  using Timers = std::multimap<Clock::time_point, EventHandler*>;
  using Timer = Timers::iterator;

  // Throws std::system_error when the system is out of descriptors.
  EventLoop();

  // Serves until stop().
  void run();
  void stop();
  void post(std::function<void()> task);

  void add(int fd, std::uint32_t epoll_events, EventHandler* handler);
  void modify(int fd, std::uint32_t epoll_events, EventHandler* handler);
  void remove(int fd);

  // Calls handler->on_timer() once, not before `when`.
  Timer schedule(Clock::time_point when, EventHandler* handler);
  void cancel(Timer timer) { timers_.erase(timer); }

 private:
  void arm_timer();
  void run_timers();
  void run_tasks();
  void wake();

  UniqueFd epoll_;
  UniqueFd wake_;
  UniqueFd clock_;
  Timers timers_;
  std::optional<Clock::time_point> armed_;

  std::mutex mutex_;
  // Guarded by mutex_:
  std::vector<std::function<void()>> tasks_;
  bool stopping_ = false;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_EVENT_LOOP_H_
