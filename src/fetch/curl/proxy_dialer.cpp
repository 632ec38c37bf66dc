#include "fetch/curl/proxy_dialer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <stdexcept>
#include <string>

#include "fetch/curl/curl_error.h"

namespace crawl {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using time_point = steady_clock::time_point;

constexpr milliseconds kDefaultLimit{300'000};  // as libcurl's

template <class T>
void set(CURL* easy, CURLoption option, T value) {
  if (const CURLcode code = curl_easy_setopt(easy, option, value);
      code != CURLE_OK) {
    throw std::runtime_error(
        fmt::format("libcurl: {}", curl_easy_strerror(code)));
  }
}

CURLM* made_multi() {
  CURLM* const multi = curl_multi_init();
  if (multi == nullptr) throw std::bad_alloc();
  return multi;
}

void check(CURLMcode code) {
  if (code != CURLM_OK) throw std::runtime_error(curl_multi_strerror(code));
}

std::size_t drop(char*, std::size_t, std::size_t size, void*) noexcept {
  return size;
}

// The descriptor is whose it was before libcurl got it.
int leave_open(void*, curl_socket_t) noexcept { return 0; }

int already_connected(void*, curl_socket_t, curlsocktype) noexcept {
  return CURL_SOCKOPT_ALREADY_CONNECTED;
}

}  // namespace

// The TLS to an https proxy, for as long as its easy handle is in the multi
// handle.
class ProxyDialer::CurlTunnel final : public Tunnel {
 public:
  CurlTunnel(CURLM* multi, EasyHandle easy)
      : multi_(multi), easy_(std::move(easy)) {
    // libcurl closes a connection that no transfer is attached to as soon as
    // something arrives on it; having read once, this one is.
    ahead_size_ = receive(&ahead_, 1);
  }
  CurlTunnel(const CurlTunnel&) = delete;
  CurlTunnel& operator=(const CurlTunnel&) = delete;
  ~CurlTunnel() override { curl_multi_remove_handle(multi_, easy_.get()); }

  ssize_t read(void* into, std::size_t size) override {
    if (size == 0) return 0;
    const ssize_t ahead = std::exchange(ahead_size_, -1);
    if (ahead == 1) {
      *static_cast<char*>(into) = ahead_;
      return 1;
    }
    return receive(into, size);
  }

  ssize_t write(const void* from, std::size_t size) override {
    std::size_t count = 0;
    const CURLcode code = curl_easy_send(easy_.get(), from, size, &count);
    if (code == CURLE_OK) return static_cast<ssize_t>(count);
    errno = code == CURLE_AGAIN ? EAGAIN : EPIPE;
    return -1;
  }

 private:
  ssize_t receive(void* into, std::size_t size) {
    std::size_t count = 0;
    const CURLcode code = curl_easy_recv(easy_.get(), into, size, &count);
    if (code == CURLE_OK) return static_cast<ssize_t>(count);
    errno = code == CURLE_AGAIN ? EAGAIN : ECONNRESET;
    return -1;
  }

  CURLM* const multi_;
  EasyHandle easy_;
  char ahead_ = 0;
  ssize_t ahead_size_ = -1;
};

class ProxyDialer::Connecting final : public Dial,
                                      private DialUser,
                                      private NameUser {
 public:
  Connecting(ProxyDialer& dialer, std::string_view host, std::uint16_t port,
             bool tls, DialUser& user);
  ~Connecting() override { stop(); }

  void advance(time_point now);
  void done(CURLcode code);

 private:
  static curl_socket_t on_open_socket(void* self, curlsocktype,
                                      curl_sockaddr*) noexcept;

  // Of the connection to the proxy.
  bool may_reach(const IpAddress&) const override { return true; }
  void connected(NewConnection opened) override;
  void not_connected(ErrorKind kind, std::string message,
                     bool looked_up) override;
  void answered(const HostAnswer& answer) override;

  void choose_address(const HostAnswer& answer);
  void negotiate();
  void set_timer(time_point when);
  void succeed(std::unique_ptr<Tunnel> tunnel);
  void fail(ErrorKind kind, std::string message);
  void stop();

  ProxyDialer& dialer_;
  const ProxyInfo& proxy_;
  DialUser& user_;
  HostPort target_;  // what the proxy is told
  bool to_proxy_ = false;
  const time_point started_;
  const milliseconds limit_;
  time_point timer_{};
  std::unique_ptr<Dial> dial_;  // to the proxy
  NewConnection opened_;        // once that stands
  bool looking_up_ = false;
  bool looked_up_ = false;
  std::string no_address_;  // why the target cannot be given to the proxy
  bool negotiating_ = false;
  bool offered_ = false;  // libcurl has taken the descriptor
  Slist resolve_;
  EasyHandle easy_;
  std::array<char, CURL_ERROR_SIZE> error_buffer_{};
};

ProxyDialer::Connecting::Connecting(ProxyDialer& dialer, std::string_view host,
                                    std::uint16_t port, bool tls,
                                    DialUser& user)
    : dialer_(dialer),
      proxy_(*dialer.setup_.proxy()),
      user_(user),
      target_{std::string(host), port},
      started_(steady_clock::now()),
      limit_(dialer.setup_.options().connect_timeout.count() > 0
                 ? dialer.setup_.options().connect_timeout
                 : kDefaultLimit) {
  const bool elsewhere = dialer.setup_.overrides().redirect(target_);
  to_proxy_ = proxy_.is_http() && !tls && !elsewhere;
  set_timer(started_ + limit_);
  if (!proxy_.looks_names_up()) {
    looking_up_ = true;
    const HostAnswer* const known =
        dialer_.direct_.resolver().find(target_, *this, looked_up_);
    if (known != nullptr) answered(*known);
  }
  dial_ = dialer_.direct_.dial_as_is({proxy_.host, proxy_.port}, *this);
}

void ProxyDialer::Connecting::set_timer(time_point when) {
  dialer_.timers_.erase({timer_, this});
  timer_ = when;
  dialer_.timers_.insert({timer_, this});
}

void ProxyDialer::Connecting::answered(const HostAnswer& answer) {
  if (!answer.complete()) return;
  looking_up_ = false;
  if (!answer.v4.empty()) {
    target_.host = answer.v4.front().text();
  } else if (!answer.v6.empty() && proxy_.kind == ProxyInfo::Kind::kSocks5) {
    target_.host = fmt::format("[{}]", answer.v6.front().text());
  } else {
    no_address_ =
        answer.empty()
            ? to_string(answer.failure)
            : "the name has no IPv4 address, and the proxy takes no other";
  }
  set_timer(steady_clock::now());
}

void ProxyDialer::Connecting::connected(NewConnection opened) {
  opened_ = std::move(opened);
  opened_.looked_up |= looked_up_;
  advance(steady_clock::now());
}

void ProxyDialer::Connecting::not_connected(ErrorKind kind, std::string message,
                                            bool looked_up) {
  looked_up_ |= looked_up;
  fail(kind, fmt::format("the proxy: {}", message));
}

void ProxyDialer::Connecting::advance(time_point now) {
  if (now >= started_ + limit_) {
    fail(ErrorKind::kTimeout,
         fmt::format("Connection timed out after {} milliseconds",
                     limit_.count()));
    return;
  }
  if (!no_address_.empty()) {
    fail(ErrorKind::kDns, fmt::format("Could not resolve host: {} ({})",
                                      target_.host, no_address_));
    return;
  }
  set_timer(started_ + limit_);
  if (opened_.fd.get() < 0 || looking_up_ || negotiating_) return;
  if (to_proxy_ && proxy_.kind == ProxyInfo::Kind::kHttp) {
    succeed(nullptr);
    return;
  }
  std::string problem;
  try {
    negotiate();
  } catch (const std::exception& error) {
    problem = error.what();
  }
  if (!problem.empty()) fail(ErrorKind::kInternal, std::move(problem));
}

void ProxyDialer::Connecting::negotiate() {
  easy_.reset(curl_easy_init());
  if (!easy_) throw std::bad_alloc();
  CURL* const easy = easy_.get();
  const FetchOptions& options = dialer_.setup_.options();
  const std::string url =
      fmt::format("http://{}:{}/", target_.host, target_.port);
  set(easy, CURLOPT_URL, url.c_str());
  set(easy, CURLOPT_CONNECT_ONLY, 1L);
  set(easy, CURLOPT_PROXY, options.proxy.c_str());
  set(easy, CURLOPT_NOPROXY, "");
  set(easy, CURLOPT_HTTPPROXYTUNNEL, proxy_.is_http() && !to_proxy_ ? 1L : 0L);
  set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(easy, CURLOPT_USERAGENT,
      options.user_agent.empty() ? nullptr : options.user_agent.c_str());
  set(easy, CURLOPT_PROTOCOLS_STR, "http");
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_BUFFERSIZE, 1024L);
  set(easy, CURLOPT_ERRORBUFFER, error_buffer_.data());
  set(easy, CURLOPT_PRIVATE, static_cast<void*>(this));
  set(easy, CURLOPT_WRITEFUNCTION, &drop);
  set(easy, CURLOPT_HEADERFUNCTION, &drop);
  set(easy, CURLOPT_OPENSOCKETFUNCTION, &Connecting::on_open_socket);
  set(easy, CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  set(easy, CURLOPT_SOCKOPTFUNCTION, &already_connected);
  set(easy, CURLOPT_CLOSESOCKETFUNCTION, &leave_open);
  // Ours comes first, and is told in full.
  set(easy, CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(
          std::min<std::int64_t>(limit_.count() + 1000, 1'000'000'000)));
  const std::string& ca_file = dialer_.setup_.sources().proxy_ca_file;
  if (!ca_file.empty()) {
    set(easy, CURLOPT_PROXY_CAINFO, ca_file.c_str());
  }
  if (!SocketAddress::parse(proxy_.host)) {
    // It is connected already: libcurl need not look it up.
    const bool v6 = opened_.remote_ip.find(':') != std::string::npos;
    const std::string entry =
        fmt::format("{}:{}:{}{}{}", proxy_.host, proxy_.port, v6 ? "[" : "",
                    opened_.remote_ip, v6 ? "]" : "");
    resolve_.reset(curl_slist_append(nullptr, entry.c_str()));
    if (!resolve_) throw std::bad_alloc();
    set(easy, CURLOPT_RESOLVE, resolve_.get());
  }
  const int fd = opened_.fd.get();
  dialer_.sockets_.opened(fd, &dialer_);
  dialer_.negotiating_.insert(fd);
  check(curl_multi_add_handle(dialer_.multi_.get(), easy));
  negotiating_ = true;
}

curl_socket_t ProxyDialer::Connecting::on_open_socket(void* self, curlsocktype,
                                                      curl_sockaddr*) noexcept {
  auto& dial = *static_cast<Connecting*>(self);
  if (std::exchange(dial.offered_, true)) return CURL_SOCKET_BAD;
  return dial.opened_.fd.get();
}

void ProxyDialer::Connecting::done(CURLcode code) {
  if (code != CURLE_OK) {
    fail(error_kind(code, {}),
         fmt::format("the proxy: {}", error_buffer_[0] != '\0'
                                          ? error_buffer_.data()
                                          : curl_easy_strerror(code)));
    return;
  }
  const int fd = opened_.fd.get();
  dialer_.negotiating_.erase(fd);
  negotiating_ = false;
  dialer_.sockets_.opened(fd, nullptr);
  std::unique_ptr<Tunnel> tunnel;
  if (proxy_.kind == ProxyInfo::Kind::kHttps) {
    set(easy_.get(), CURLOPT_ERRORBUFFER, static_cast<char*>(nullptr));
    tunnel =
        std::make_unique<CurlTunnel>(dialer_.multi_.get(), std::move(easy_));
  } else {
    curl_multi_remove_handle(dialer_.multi_.get(), easy_.get());
    easy_.reset();
  }
  succeed(std::move(tunnel));
}

void ProxyDialer::Connecting::succeed(std::unique_ptr<Tunnel> tunnel) {
  NewConnection opened = std::move(opened_);
  opened_ = {};
  opened.tunnel = std::move(tunnel);
  opened.to_proxy = to_proxy_;
  opened.connect =
      std::chrono::duration<double>(steady_clock::now() - started_).count();
  stop();
  user_.connected(std::move(opened));
}

void ProxyDialer::Connecting::fail(ErrorKind kind, std::string message) {
  const bool looked_up = looked_up_ || opened_.looked_up;
  stop();
  user_.not_connected(kind, std::move(message), looked_up);
}

void ProxyDialer::Connecting::stop() {
  dialer_.timers_.erase({timer_, this});
  if (std::exchange(looking_up_, false)) {
    dialer_.direct_.resolver().forget(target_.host, *this);
  }
  const int fd = opened_.fd.get();
  if (easy_) {
    dialer_.negotiating_.erase(fd);
    curl_multi_remove_handle(dialer_.multi_.get(), easy_.get());
    easy_.reset();
  }
  if (fd >= 0) {
    dialer_.sockets_.closing(fd);
    opened_ = {};
  }
}

ProxyDialer::ProxyDialer(const NetSetup& setup, SocketSet& sockets)
    : setup_(setup),
      sockets_(sockets),
      direct_(setup, sockets),
      multi_(made_multi()) {
  CURLM* const multi = multi_.get();
  check(curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION,
                          &ProxyDialer::on_socket));
  check(curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this));
  check(
      curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &ProxyDialer::on_timer));
  check(curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this));
}

ProxyDialer::~ProxyDialer() = default;

std::unique_ptr<Dial> ProxyDialer::dial(std::string_view host,
                                        std::uint16_t port, bool tls,
                                        DialUser& user) {
  return std::make_unique<Connecting>(*this, host, port, tls, user);
}

std::optional<time_point> ProxyDialer::deadline() const {
  auto first = direct_.deadline();
  const auto consider = [&](time_point when) {
    if (!first || when < *first) first = when;
  };
  if (curl_timer_) consider(*curl_timer_);
  if (!timers_.empty()) consider(timers_.begin()->first);
  return first;
}

void ProxyDialer::run(time_point now) {
  direct_.run(now);
  if (curl_timer_ && *curl_timer_ <= now) {
    curl_timer_set_ = false;
    act(CURL_SOCKET_TIMEOUT, 0);
    // libcurl does not repeat itself: where it found that the time has not
    // quite come, it says nothing and expects to be asked again.
    if (!curl_timer_set_) curl_timer_ = now + milliseconds(1);
  }
  while (!timers_.empty() && timers_.begin()->first <= now) {
    Connecting& dial = *timers_.begin()->second;
    timers_.erase(timers_.begin());
    dial.advance(now);
  }
}

void ProxyDialer::ready(int fd, bool readable, bool writable) {
  act(fd, (readable ? CURL_CSELECT_IN : 0) | (writable ? CURL_CSELECT_OUT : 0));
}

void ProxyDialer::act(curl_socket_t fd, int events) {
  int running = 0;
  check(curl_multi_socket_action(multi_.get(), fd, events, &running));
  int left = 0;
  while (CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    Connecting* dial = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &dial);
    dial->done(code);
  }
}

int ProxyDialer::on_socket(CURL*, curl_socket_t fd, int what, void* self,
                           void*) noexcept {
  auto& dialer = *static_cast<ProxyDialer*>(self);
  // Once handed over, it is no longer libcurl's to watch.
  if (!dialer.negotiating_.contains(fd)) return 0;
  try {
    dialer.sockets_.watch(fd, what == CURL_POLL_IN || what == CURL_POLL_INOUT,
                          what == CURL_POLL_OUT || what == CURL_POLL_INOUT);
    return 0;
  } catch (...) {
    return -1;
  }
}

int ProxyDialer::on_timer(CURLM*, long timeout_ms, void* self) noexcept {
  auto& dialer = *static_cast<ProxyDialer*>(self);
  dialer.curl_timer_set_ = true;
  dialer.curl_timer_.reset();
  if (timeout_ms >= 0) {
    dialer.curl_timer_ = steady_clock::now() + milliseconds(timeout_ms);
  }
  return 0;
}

}  // namespace crawl
