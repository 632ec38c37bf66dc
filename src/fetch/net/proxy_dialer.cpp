#include "fetch/net/proxy_dialer.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <stdexcept>
#include <string>

#include "fetch/basic_auth.h"
#include "fetch/curl/curl_error.h"
#include "fetch/seconds.h"

namespace crawl {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using time_point = steady_clock::time_point;

// libcurl's limits come so long after ours, which are told in full.
constexpr milliseconds kLater{1'000};

constexpr milliseconds kDefaultLimit{300'000};  // as libcurl's

template <class T>
void set(CURL* easy, CURLoption option, T value) {
  if (const CURLcode code = curl().easy_setopt(easy, option, value);
      code != CURLE_OK) {
    throw std::runtime_error(
        fmt::format("libcurl: {}", curl().easy_strerror(code)));
  }
}

CURLM* made_multi() {
  CURLM* const multi = curl().multi_init();
  if (multi == nullptr) throw std::bad_alloc();
  return multi;
}

void check(CURLMcode code) {
  if (code != CURLM_OK) throw std::runtime_error(curl().multi_strerror(code));
}

std::size_t drop(char*, std::size_t, std::size_t size, void*) noexcept {
  return size;
}

// A line of the proxy's answer.
std::size_t note_line(char*, std::size_t, std::size_t size,
                      void* answered) noexcept {
  *static_cast<bool*>(answered) = true;
  return size;
}

}  // namespace

// The TLS to an https proxy, for as long as its easy handle is in the multi
// handle. The descriptor is not its own.
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
  ~CurlTunnel() override { curl().multi_remove_handle(multi_, easy_.get()); }

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
    const CURLcode code = curl().easy_send(easy_.get(), from, size, &count);
    if (code == CURLE_OK) return static_cast<ssize_t>(count);
    errno = code == CURLE_AGAIN ? EAGAIN : EPIPE;
    return -1;
  }

 private:
  ssize_t receive(void* into, std::size_t size) {
    std::size_t count = 0;
    const CURLcode code = curl().easy_recv(easy_.get(), into, size, &count);
    if (code == CURLE_OK) return static_cast<ssize_t>(count);
    errno = code == CURLE_AGAIN ? EAGAIN : ECONNRESET;
    return -1;
  }

  CURLM* const multi_;
  EasyHandle easy_;
  char ahead_ = 0;
  ssize_t ahead_size_ = -1;
};

class ProxyDialer::Connecting final : public Dial, private DialUser {
 public:
  Connecting(ProxyDialer& dialer, std::string_view host, std::uint16_t port,
             bool tls, DialUser& user);
  ~Connecting() override { stop(); }

  std::chrono::nanoseconds late() const override {
    return direct_ ? direct_->late() : late_;
  }
  void advance(time_point now);
  void done(CURLcode code);
  // A step is over, and may have been for some time.
  void excuse();
  ProxyDialer& dialer() { return dialer_; }

 private:
  // Addresses of the proxy, or of what it shall connect to.
  class Names final : public NameUser {
   public:
    explicit Names(Connecting& dial) : dial_(dial) {}
    void find(HostPort target);
    void forget();
    void answered(const HostAnswer& answer) override;
    bool pending() const { return pending_; }
    bool asked() const { return asked_; }
    const HostAnswer& answer() const { return answer_; }

   private:
    void take(const HostAnswer& answer);

    Connecting& dial_;
    HostPort target_;
    HostAnswer answer_;
    bool pending_ = false;
    bool asked_ = false;
  };

  // Of a connection to a proxy that is asked for pages itself.
  bool may_reach(const IpAddress&) const override { return true; }
  void connected(NewConnection opened) override;
  void not_connected(ErrorKind kind, std::string message,
                     bool looked_up) override;

  time_point end() const { return started_ + limit_ + late_; }
  bool choose_address();
  void negotiate();
  void limit_negotiation();
  void fail_by(CURLcode code);
  void set_timer(time_point when);
  void succeed(NewConnection opened);
  void fail(ErrorKind kind, std::string message);
  void stop();

  ProxyDialer& dialer_;
  const ProxyInfo& proxy_;
  DialUser& user_;
  HostPort target_;  // what the proxy is told
  bool to_proxy_ = false;
  const time_point started_;
  const milliseconds limit_;
  std::chrono::nanoseconds late_{0};  // of what it took, the loop's own
  time_point timer_{};
  Names proxy_names_{*this};
  Names target_names_{*this};
  double namelookup_ = 0;
  std::unique_ptr<Dial> direct_;
  Slist resolve_;
  Slist proxy_headers_;
  bool answered_ = false;  // there was a line of the proxy's answer
  EasyHandle easy_;
  std::array<char, CURL_ERROR_SIZE> error_buffer_{};
};

void ProxyDialer::Connecting::Names::find(HostPort target) {
  target_ = std::move(target);
  pending_ = true;
  const HostAnswer* const known =
      dial_.dialer_.direct_.resolver().find(target_, *this, asked_);
  if (known != nullptr) take(*known);
}

void ProxyDialer::Connecting::Names::forget() {
  if (std::exchange(pending_, false)) {
    dial_.dialer_.direct_.resolver().forget(target_.host, *this);
  }
}

void ProxyDialer::Connecting::Names::answered(const HostAnswer& answer) {
  dial_.excuse();
  take(answer);
}

// IPv4 addresses are enough; IPv6 addresses alone are not for every proxy.
void ProxyDialer::Connecting::Names::take(const HostAnswer& answer) {
  if (!pending_ || (!answer.complete() && answer.v4.empty())) return;
  answer_ = answer;
  if (answer.complete()) pending_ = false;
  // Forgotten there, where the resolver may be called.
  dial_.set_timer(steady_clock::now());
}

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
  const HostPort proxy{proxy_.host, proxy_.port};
  if (to_proxy_ && proxy_.kind == ProxyInfo::Kind::kHttp) {
    direct_ = dialer_.direct_.dial_as_is(proxy, *this);
    return;
  }
  set_timer(end());
  proxy_names_.find(proxy);
  if (!proxy_.looks_names_up()) target_names_.find(target_);
}

void ProxyDialer::Connecting::set_timer(time_point when) {
  dialer_.timers_.erase({timer_, this});
  timer_ = when;
  dialer_.timers_.insert({timer_, this});
}

void ProxyDialer::Connecting::connected(NewConnection opened) {
  opened.to_proxy = true;
  opened.proxy_authorization = proxy_.authorization;
  user_.connected(std::move(opened));
}

void ProxyDialer::Connecting::not_connected(ErrorKind kind, std::string message,
                                            bool looked_up) {
  user_.not_connected(kind, fmt::format("the proxy: {}", message), looked_up);
}

void ProxyDialer::Connecting::advance(time_point now) {
  // Judged only when its sockets have been looked at since.
  if (dialer_.sockets_.looked_at() >= end()) {
    fail(ErrorKind::kTimeout,
         fmt::format(
             "Connection timed out after {} milliseconds (--connect-timeout)",
             limit_.count()));
    return;
  }
  set_timer(std::max(end(), now + kLookAgain));
  if (easy_) return;  // libcurl is at it
  for (Names* const names : {&proxy_names_, &target_names_}) {
    if (names->pending() && names->answer().empty()) return;
    names->forget();
  }
  const HostAnswer& proxy = proxy_names_.answer();
  if (proxy.empty()) {
    fail(ErrorKind::kDns,
         fmt::format("the proxy: Could not resolve host: {} ({})", proxy_.host,
                     to_string(proxy.failure)));
    return;
  }
  if (!choose_address()) return;
  namelookup_ = in_seconds(now - started_);
  std::string problem;
  try {
    negotiate();
    return;
  } catch (const std::exception& error) {
    problem = error.what();
  }
  fail(ErrorKind::kInternal, std::move(problem));
}

// For a proxy that is told an address; false if that ended the dial.
bool ProxyDialer::Connecting::choose_address() {
  if (proxy_.looks_names_up()) return true;
  const HostAnswer& found = target_names_.answer();
  if (!found.v4.empty()) {
    target_.host = found.v4.front().text();
  } else if (!found.v6.empty() && proxy_.kind == ProxyInfo::Kind::kSocks5) {
    target_.host = fmt::format("[{}]", found.v6.front().text());
  } else {
    fail(ErrorKind::kDns,
         fmt::format("Could not resolve host: {} ({})", target_.host,
                     found.empty() ? to_string(found.failure)
                                   : "the name has no IPv4 address, and the "
                                     "proxy takes no other"));
    return false;
  }
  return true;
}

void ProxyDialer::Connecting::negotiate() {
  easy_.reset(curl().easy_init());
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
  set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(easy, CURLOPT_USERAGENT,
      options.user_agent.empty() ? nullptr : options.user_agent.c_str());
  set(easy, CURLOPT_PROTOCOLS_STR, "http");
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_BUFFERSIZE, 1024L);
  set(easy, CURLOPT_ERRORBUFFER, error_buffer_.data());
  set(easy, CURLOPT_PRIVATE, static_cast<void*>(this));
  set(easy, CURLOPT_WRITEFUNCTION, &drop);
  set(easy, CURLOPT_HEADERFUNCTION, &note_line);
  set(easy, CURLOPT_HEADERDATA, static_cast<void*>(&answered_));
  set(easy, CURLOPT_OPENSOCKETFUNCTION, &ProxyDialer::on_open_socket);
  set(easy, CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  set(easy, CURLOPT_CLOSESOCKETFUNCTION, &ProxyDialer::on_close_socket);
  set(easy, CURLOPT_CLOSESOCKETDATA, static_cast<void*>(&dialer_));
  limit_negotiation();
  if (const auto& own = dialer_.authorization_; own && proxy_.is_http()) {
    // In place of what the proxy's URL has.
    proxy_headers_.reset(curl().slist_append(
        nullptr, fmt::format("Proxy-Authorization: {}", *own).c_str()));
    if (!proxy_headers_) throw std::bad_alloc();
    set(easy, CURLOPT_PROXYHEADER, proxy_headers_.get());
    set(easy, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
  }
  if (!options.proxy_ca_file.empty()) {
    set(easy, CURLOPT_PROXY_CAINFO, options.proxy_ca_file.c_str());
  }
  if (options.proxy_insecure) {
    set(easy, CURLOPT_PROXY_SSL_VERIFYPEER, 0L);
    set(easy, CURLOPT_PROXY_SSL_VERIFYHOST, 0L);
  }
  if (!SocketAddress::parse(proxy_.host)) {
    std::string entry = fmt::format("{}:{}:", proxy_.host, proxy_.port);
    const HostAnswer& found = proxy_names_.answer();
    for (const auto& address : found.v6) entry += '[' + address.text() + "],";
    for (const auto& address : found.v4) entry += address.text() + ',';
    entry.pop_back();
    resolve_.reset(curl().slist_append(nullptr, entry.c_str()));
    if (!resolve_) throw std::bad_alloc();
    set(easy, CURLOPT_RESOLVE, resolve_.get());
  }
  check(curl().multi_add_handle(dialer_.multi_.get(), easy));
}

void ProxyDialer::Connecting::limit_negotiation() {
  const auto limit = std::chrono::ceil<milliseconds>(limit_ + late_) + kLater;
  set(easy_.get(), CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(std::min<std::int64_t>(limit.count(), 1'000'000'000)));
}

void ProxyDialer::Connecting::excuse() {
  late_ += dialer_.sockets_.unseen();
  if (easy_) limit_negotiation();
}

void ProxyDialer::Connecting::fail_by(CURLcode code) {
  long status = 0;
  curl().easy_getinfo(easy_.get(), CURLINFO_HTTP_CONNECTCODE, &status);
  if (status == 407) {
    // Asked again it would say the same.
    fail(ErrorKind::kProtocol,
         "the proxy asks for a user and a password (407): -x "
         "http://USER:PASSWORD@HOST:PORT");
  } else if (status == 0 && answered_ && code == CURLE_RECV_ERROR) {
    fail(ErrorKind::kProtocol,
         "the proxy: its answer to CONNECT is not HTTP; is it a proxy?");
  } else {
    fail(error_kind(code),
         fmt::format("the proxy: {}", error_buffer_[0] != '\0'
                                          ? error_buffer_.data()
                                          : curl().easy_strerror(code)));
  }
}

void ProxyDialer::Connecting::done(CURLcode code) {
  if (code != CURLE_OK) {
    fail_by(code);
    return;
  }
  CURL* const easy = easy_.get();
  curl_socket_t fd = CURL_SOCKET_BAD;
  curl().easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &fd);
  if (dialer_.negotiating_.erase(fd) == 0) {
    fail(ErrorKind::kInternal, "the proxy: libcurl has no connection");
    return;
  }
  NewConnection opened;
  opened.fd = Fd(fd);
  const char* ip = nullptr;
  curl().easy_getinfo(easy, CURLINFO_PRIMARY_IP, &ip);
  if (ip != nullptr) opened.remote_ip = ip;
  dialer_.sockets_.opened(fd, nullptr);
  curl().easy_setopt(easy, CURLOPT_HEADERFUNCTION, &drop);
  if (proxy_.kind == ProxyInfo::Kind::kHttps) {
    curl().easy_setopt(easy, CURLOPT_ERRORBUFFER, nullptr);
    curl().easy_setopt(easy, CURLOPT_RESOLVE, nullptr);
    opened.tunnel =
        std::make_unique<CurlTunnel>(dialer_.multi_.get(), std::move(easy_));
  }
  succeed(std::move(opened));
}

void ProxyDialer::Connecting::succeed(NewConnection opened) {
  opened.to_proxy = to_proxy_;
  if (to_proxy_) opened.proxy_authorization = proxy_.authorization;
  opened.namelookup = namelookup_;
  opened.connect = in_seconds(steady_clock::now() - started_);
  opened.looked_up = proxy_names_.asked() || target_names_.asked();
  opened.late = late_;
  stop();
  user_.connected(std::move(opened));
}

void ProxyDialer::Connecting::fail(ErrorKind kind, std::string message) {
  stop();
  user_.not_connected(kind, std::move(message),
                      proxy_names_.asked() || target_names_.asked());
}

void ProxyDialer::Connecting::stop() {
  dialer_.timers_.erase({timer_, this});
  proxy_names_.forget();
  target_names_.forget();
  if (easy_) {
    curl().multi_remove_handle(dialer_.multi_.get(), easy_.get());
    easy_.reset();
  }
}

ProxyDialer::ProxyDialer(const NetSetup& setup, SocketSet& sockets)
    : setup_(setup),
      sockets_(sockets),
      direct_(setup, sockets),
      authorization_(own_proxy_authorization(setup.options())),
      multi_(made_multi()) {
  CURLM* const multi = multi_.get();
  check(curl().multi_setopt(multi, CURLMOPT_SOCKETFUNCTION,
                            &ProxyDialer::on_socket));
  check(curl().multi_setopt(multi, CURLMOPT_SOCKETDATA, this));
  check(curl().multi_setopt(multi, CURLMOPT_TIMERFUNCTION,
                            &ProxyDialer::on_timer));
  check(curl().multi_setopt(multi, CURLMOPT_TIMERDATA, this));
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
  // libcurl judges its limits by the clock: so the sockets must have been
  // looked at since the time it wants to be asked, or just now.
  const auto looked_at = sockets_.looked_at();
  if (curl_timer_ && *curl_timer_ <= now &&
      (*curl_timer_ <= looked_at || now - looked_at < kLater / 2)) {
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
  if (const auto found = negotiating_.find(fd); found != negotiating_.end()) {
    found->second->excuse();
  }
  act(fd, (readable ? CURL_CSELECT_IN : 0) | (writable ? CURL_CSELECT_OUT : 0));
}

void ProxyDialer::act(curl_socket_t fd, int events) {
  int running = 0;
  check(curl().multi_socket_action(multi_.get(), fd, events, &running));
  int left = 0;
  while (CURLMsg* const message = curl().multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    Connecting* dial = nullptr;
    curl().easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &dial);
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

curl_socket_t ProxyDialer::on_open_socket(void* dial, curlsocktype,
                                          curl_sockaddr* address) noexcept {
  auto& connecting = *static_cast<Connecting*>(dial);
  ProxyDialer& dialer = connecting.dialer();
  const int fd = ::socket(address->family,
                          address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                          address->protocol);
  if (fd < 0) return CURL_SOCKET_BAD;
  try {
    dialer.sockets_.opened(fd, &dialer);
    dialer.negotiating_.emplace(fd, &connecting);
    return fd;
  } catch (...) {
    ::close(fd);
    return CURL_SOCKET_BAD;
  }
}

// Leaves open what has been handed over.
int ProxyDialer::on_close_socket(void* self, curl_socket_t fd) noexcept {
  auto& dialer = *static_cast<ProxyDialer*>(self);
  if (dialer.negotiating_.erase(fd) == 0) return 0;
  dialer.sockets_.closing(fd);
  return ::close(fd);
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
