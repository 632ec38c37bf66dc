#ifndef CRAWL_FETCH_NET_SOCKET_SET_H_
#define CRAWL_FETCH_NET_SOCKET_SET_H_

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace crawl {

// An owned file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd();
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

// Whoever a descriptor belongs to.
class SocketUser {
 public:
  // It can be read from, or written to; or so it seemed a moment ago. May close
  // this descriptor and others, and destroy the object itself.
  virtual void ready(int fd, bool readable, bool writable) = 0;

 protected:
  ~SocketUser() = default;
};

// The descriptors one transfer loop waits on, behind epoll.
//
// The kernel is told of changes with the next wait() only, and not of those
// that are undone before: that saves system calls. One thread; wake() from any.
class SocketSet {
 public:
  static constexpr std::size_t kAtATime = 256;

  struct Ready {
    int fd;
    bool readable;
    bool writable;
  };

  SocketSet();  // throws std::system_error

  // `fd` was opened for a connection, and closing() will be called before it
  // is closed. `user`, if any, is whom dispatch() tells of it. Called again,
  // hands it over to another user, who has to watch() it anew.
  void opened(int fd, SocketUser* user = nullptr);
  void closing(int fd);

  // From now on wait() looks out for these on `fd`.
  void watch(int fd, bool readable, bool writable);

  // Waits for at least one of them until `until` (for ever without) or wake().
  // The result is valid until the next call.
  const std::vector<Ready>& wait(
      std::optional<std::chrono::steady_clock::time_point> until);

  // When the last wait() ended. What it brought has been ready for unseen() at
  // the most: time that was ours, and is to be held against nobody.
  std::chrono::steady_clock::time_point looked_at() const { return looked_at_; }
  std::chrono::nanoseconds unseen() const {
    return std::chrono::steady_clock::now() - unseen_since_;
  }
  // There may be more that is ready than it brought.
  bool filled() const { return filled_; }

  // Tells the descriptor's user; false if it has none (any more).
  bool dispatch(const Ready& ready);

  void wake();

 private:
  struct State {
    SocketUser* user = nullptr;
    std::uint32_t wanted = 0;
    std::uint32_t told = 0;  // what the kernel was told; 0: nothing of this fd
    bool ours = false;       // closing() will be called
    bool pending = false;    // in pending_
  };
  State& state(int fd);
  void tell(int fd, State& state, std::uint32_t events);
  void tell_pending();

  Fd epoll_;
  Fd wake_;
  std::vector<State> states_;  // by descriptor
  std::vector<int> pending_;   // wanted may differ from told
  std::vector<Ready> ready_;
  std::array<epoll_event, kAtATime> events_;
  std::chrono::steady_clock::time_point looked_at_ =
      std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point unseen_since_ = looked_at_;
  bool filled_ = false;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_NET_SOCKET_SET_H_
