#include "fetch/net/direct_dialer.h"

#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "fetch/seconds.h"

namespace crawl {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using time_point = steady_clock::time_point;

// RFC 8305 section 8.
constexpr milliseconds kResolutionDelay{50};
constexpr milliseconds kAttemptDelay{250};

// Attempts of one dial at a time; the oldest makes way for the next address.
constexpr std::size_t kMaxAttempts = 4;

constexpr milliseconds kDefaultLimit{300'000};  // as libcurl's

}  // namespace

// One address being connected to.
class DirectDialer::Attempt final : public SocketUser {
 public:
  Attempt(SocketSet& sockets, Connecting& dial, const SocketAddress& address,
          std::uint16_t port)
      : sockets_(sockets), dial_(dial), address_(address), port_(port) {}
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;
  ~Attempt() {
    if (registered_) sockets_.closing(fd_.get());
  }

  // 0 if it is connected, EINPROGRESS, or what went wrong.
  int begin();
  void ready(int fd, bool readable, bool writable) override;

  // The socket, which the set knows and nobody uses any more.
  Fd take() {
    sockets_.opened(fd_.get(), nullptr);
    registered_ = false;
    return std::move(fd_);
  }
  const SocketAddress& address() const { return address_; }

 private:
  int connect() const {
    return address_.connect(fd_.get(), port_) == 0 || errno == EISCONN ? 0
                                                                       : errno;
  }

  SocketSet& sockets_;
  Connecting& dial_;
  const SocketAddress address_;
  const std::uint16_t port_;
  Fd fd_;
  bool registered_ = false;
};

class DirectDialer::Connecting final : public Dial, public NameUser {
 public:
  Connecting(DirectDialer& dialer, HostPort target, DialUser& user);
  ~Connecting() override;

  void answered(const HostAnswer& answer) override;
  std::chrono::nanoseconds late() const override { return late_; }
  // Something is due, or has changed.
  void advance(time_point now);
  // `attempt` is connected, or not: an error number.
  void attempted(Attempt& attempt, int error);

 private:
  time_point end() const { return started_ + limit_ + late_; }
  // A step is over, and may have been for some time.
  void excuse() { late_ += dialer_.sockets_.unseen(); }
  void take(const HostAnswer& answer);
  bool may_begin(time_point now) const;
  const SocketAddress* next_address();
  void begin_next(time_point now);
  void wait(time_point now);
  void set_timer(time_point when);
  void connected(std::unique_ptr<Attempt> attempt);
  void fail(ErrorKind kind, std::string message);
  void fail_to_connect();
  void stop();

  DirectDialer& dialer_;
  DialUser& user_;
  HostPort target_;
  const time_point started_;
  const milliseconds limit_;
  std::chrono::nanoseconds late_{0};  // of what it took, the loop's own
  HostAnswer answer_;
  std::size_t v6_tried_ = 0;
  std::size_t v4_tried_ = 0;
  bool v4_last_ = true;                    // so that IPv6 comes first
  std::optional<time_point> answered_at_;  // with the first address
  time_point next_attempt_{};
  time_point timer_{};
  std::vector<std::unique_ptr<Attempt>> attempts_;  // under way
  int last_error_ = 0;
  bool refused_ = false;
  bool looking_up_ = false;
  bool looked_up_ = false;
};

int DirectDialer::Attempt::begin() {
  fd_ = Fd(::socket(address_.is_v4() ? AF_INET : AF_INET6,
                    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd_.get() < 0) return errno;
  const int on = 1;
  ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const int error = connect();
  if (error != 0 && error != EINPROGRESS) return error;
  sockets_.opened(fd_.get(), this);
  registered_ = true;
  if (error == EINPROGRESS) sockets_.watch(fd_.get(), false, true);
  return error;
}

// Asking to connect once more tells how far it has come, and is what makes sure
// of it: a descriptor may seem ready that is not.
void DirectDialer::Attempt::ready(int, bool, bool) {
  const int error = connect();
  if (error == EALREADY || error == EINPROGRESS) return;
  dial_.attempted(*this, error);
}

DirectDialer::Connecting::Connecting(DirectDialer& dialer, HostPort target,
                                     DialUser& user)
    : dialer_(dialer),
      user_(user),
      target_(std::move(target)),
      started_(steady_clock::now()),
      limit_(dialer.setup_.options().connect_timeout.count() > 0
                 ? dialer.setup_.options().connect_timeout
                 : kDefaultLimit) {
  set_timer(end());
  looking_up_ = true;
  const HostAnswer* const known =
      dialer_.resolver_.find(target_, *this, looked_up_);
  if (known != nullptr) take(*known);
}

DirectDialer::Connecting::~Connecting() { stop(); }

void DirectDialer::Connecting::set_timer(time_point when) {
  dialer_.timers_.erase({timer_, this});
  timer_ = when;
  dialer_.timers_.insert({timer_, this});
}

void DirectDialer::Connecting::answered(const HostAnswer& answer) {
  excuse();
  take(answer);
}

void DirectDialer::Connecting::take(const HostAnswer& answer) {
  const auto now = steady_clock::now();
  answer_ = answer;
  if (answer.complete()) looking_up_ = false;
  if (!answer.empty() && !answered_at_) answered_at_ = now;
  set_timer(now);
}

void DirectDialer::Connecting::advance(time_point now) {
  // Judged only when its sockets have been looked at since.
  if (dialer_.sockets_.looked_at() >= end()) {
    fail(
        ErrorKind::kTimeout,
        fmt::format("{} timed out after {} milliseconds (--connect-timeout)",
                    answered_at_ ? "Connection" : "Resolving", limit_.count()));
  } else if (answer_.complete() && answer_.empty()) {
    fail(ErrorKind::kDns,
         fmt::format("Could not resolve host: {} ({})", target_.host,
                     to_string(answer_.failure)));
  } else if (may_begin(now)) {
    begin_next(now);
  } else {
    wait(now);
  }
}

bool DirectDialer::Connecting::may_begin(time_point now) const {
  if (!answered_at_) return false;
  if (!attempts_.empty()) return now >= next_attempt_;
  // RFC 8305 section 3: IPv4 waits a moment for what IPv6 may bring.
  return answer_.v6_known || !answer_.v6.empty() ||
         now >= *answered_at_ + kResolutionDelay;
}

const SocketAddress* DirectDialer::Connecting::next_address() {
  const bool v6 = v6_tried_ < answer_.v6.size();
  const bool v4 = v4_tried_ < answer_.v4.size();
  if (!v6 && !v4) return nullptr;
  v4_last_ = !v6 || (v4 && !v4_last_);
  return v4_last_ ? &answer_.v4[v4_tried_++] : &answer_.v6[v6_tried_++];
}

// Whatever this comes to, the caller must be through: the user may destroy it.
void DirectDialer::Connecting::begin_next(time_point now) {
  while (const SocketAddress* const address = next_address()) {
    if (!user_.may_reach(address->ip())) {
      refused_ = true;
      continue;
    }
    auto attempt = std::make_unique<Attempt>(dialer_.sockets_, *this, *address,
                                             target_.port);
    const int error = attempt->begin();
    if (error == 0) {
      connected(std::move(attempt));
      return;
    }
    if (error != EINPROGRESS) {
      last_error_ = error;
      continue;
    }
    if (attempts_.size() == kMaxAttempts) attempts_.erase(attempts_.begin());
    attempts_.push_back(std::move(attempt));
    next_attempt_ = now + kAttemptDelay;
    wait(now);
    return;
  }
  if (attempts_.empty() && answer_.complete()) {
    fail_to_connect();
  } else {
    wait(now);
  }
}

void DirectDialer::Connecting::wait(time_point now) {
  auto until = end();
  if (!attempts_.empty()) {
    const bool more =
        v6_tried_ < answer_.v6.size() || v4_tried_ < answer_.v4.size();
    if (more) until = std::min(until, std::max(next_attempt_, now));
  } else if (answered_at_ && *answered_at_ + kResolutionDelay > now) {
    until = std::min(until, *answered_at_ + kResolutionDelay);
  }
  set_timer(std::max(until, now + kLookAgain));
}

void DirectDialer::Connecting::attempted(Attempt& attempt, int error) {
  const auto found =
      std::find_if(attempts_.begin(), attempts_.end(),
                   [&](const auto& one) { return one.get() == &attempt; });
  std::unique_ptr<Attempt> over = std::move(*found);
  attempts_.erase(found);
  excuse();
  if (error == 0) {
    connected(std::move(over));
    return;
  }
  over.reset();
  last_error_ = error;
  begin_next(steady_clock::now());
}

void DirectDialer::Connecting::connected(std::unique_ptr<Attempt> attempt) {
  NewConnection opened;
  opened.fd = attempt->take();
  opened.remote_ip = attempt->address().text();
  opened.namelookup = in_seconds(*answered_at_ - started_);
  opened.connect = in_seconds(steady_clock::now() - started_);
  opened.looked_up = looked_up_;
  opened.late = late_;
  stop();
  user_.connected(std::move(opened));
}

void DirectDialer::Connecting::fail(ErrorKind kind, std::string message) {
  stop();
  user_.not_connected(kind, std::move(message), looked_up_);
}

void DirectDialer::Connecting::fail_to_connect() {
  if (last_error_ == 0 && refused_) {
    fail(ErrorKind::kBlockedAddress, std::string(kBlockedAddressMessage));
    return;
  }
  fail(last_error_ == ETIMEDOUT ? ErrorKind::kTimeout : ErrorKind::kConnect,
       fmt::format("Failed to connect to {} port {}: {}", target_.host,
                   target_.port, std::strerror(last_error_)));
}

void DirectDialer::Connecting::stop() {
  attempts_.clear();
  dialer_.timers_.erase({timer_, this});
  if (std::exchange(looking_up_, false)) {
    dialer_.resolver_.forget(target_.host, *this);
  }
}

DirectDialer::DirectDialer(const NetSetup& setup, SocketSet& sockets)
    : setup_(setup), sockets_(sockets), resolver_(setup, sockets) {}

DirectDialer::~DirectDialer() = default;

std::unique_ptr<Dial> DirectDialer::dial(std::string_view host,
                                         std::uint16_t port, bool,
                                         DialUser& user) {
  HostPort target{std::string(host), port};
  setup_.overrides().redirect(target);
  return dial_as_is(std::move(target), user);
}

std::unique_ptr<Dial> DirectDialer::dial_as_is(HostPort target,
                                               DialUser& user) {
  return std::make_unique<Connecting>(*this, std::move(target), user);
}

std::optional<time_point> DirectDialer::deadline() const {
  auto first = resolver_.deadline();
  if (!timers_.empty() && (!first || timers_.begin()->first < *first)) {
    first = timers_.begin()->first;
  }
  return first;
}

void DirectDialer::run(time_point now) {
  resolver_.run(now);
  while (!timers_.empty() && timers_.begin()->first <= now) {
    Connecting& dial = *timers_.begin()->second;
    timers_.erase(timers_.begin());
    dial.advance(now);
  }
}

}  // namespace crawl
