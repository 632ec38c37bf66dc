#include "fetch/transfer_loop.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <stdexcept>
#include <utility>

#include "base/ascii.h"
#include "fetch/curl/transfer.h"
#include "fetch/http/header_links.h"
#include "fetch/http/plain_exchange.h"

namespace crawl {
namespace {

using std::chrono::milliseconds;

// Threads of libcurl's resolver that one loop may have at work.
constexpr std::size_t kMaxLookups = 128;

// What a loop may spend on one page while others wait: tags are read at about
// 1,000 bytes a microsecond, a tree is built at 12.
constexpr std::size_t kMaxScanned = 512 * 1024;
constexpr std::size_t kMaxBuilt = 4 * 1024;

constexpr std::size_t kMaxRememberedHosts = 65'536;

// Names that libcurl looks up without a thread.
bool resolves_at_once(std::string_view host) {
  if (host.empty() || host.back() == ']') return true;
  if (is_ascii_digit(host.front()) && is_ascii_digit(host.back())) return true;
  return host == "localhost" || host.ends_with(".localhost");
}

void check(CURLMcode code) {
  if (code != CURLM_OK) {
    throw std::runtime_error(curl_multi_strerror(code));
  }
}

CURLM* made_multi() {
  CURLM* const multi = curl_multi_init();
  if (multi == nullptr) throw std::bad_alloc();
  return multi;
}

// A page that cannot be read for lack of memory ends like any other failure.
template <class Read>
void add_page(FetchResult& result, const Url& url, const PageOptions& options,
              Read read) {
  const auto begin = std::chrono::steady_clock::now();
  try {
    result.page = read();
    if (result.page) apply_header_links(*result.page, result, url, options);
  } catch (const std::exception& error) {
    result.error = ErrorKind::kInternal;
    result.error_message = error.what();
  }
  result.parse_time += std::chrono::steady_clock::now() - begin;
}

}  // namespace

std::uint64_t host_hash(const Url& url) {
  const std::uint64_t name = std::hash<std::string_view>()(url.hostname());
  const std::uint64_t port =
      url.effective_port() + (url.scheme() == "https" ? 65'536u : 0u);
  return name ^ (port * 0x9e3779b97f4a7c15u);
}

FetchResult read_unread(UnreadPage unread, const PageOptions& options) {
  add_page(unread.result, unread.url, options, [&] {
    return read_page(unread.body, unread.url, unread.result.content_type,
                     options);
  });
  if (unread.keep_body) unread.result.body = std::move(unread.body);
  return std::move(unread.result);
}

TransferLoop::TransferLoop(const CurlSetup& setup, unsigned index,
                           std::size_t max_connections, Hooks hooks)
    : setup_(setup),
      hooks_(std::move(hooks)),
      index_(index),
      max_connections_(std::max<std::size_t>(max_connections, 4)),
      context_{setup, sockets_, buffers_, index, {}},
      dns_gate_(kMaxLookups),
      multi_(made_multi()),
      plain_(context_, multi_.get(), *this, max_connections_) {
  CURLM* const multi = multi_.get();
  check(curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION,
                          &TransferLoop::on_socket));
  check(curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this));
  check(curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION,
                          &TransferLoop::on_timer));
  check(curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this));
  check(curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS,
                          static_cast<long>(max_connections_)));
}

TransferLoop::~TransferLoop() = default;

void TransferLoop::post(std::vector<FetchRequest>& requests) {
  bool asleep = false;
  {
    const std::lock_guard lock(mutex_);
    if (inbox_.requests.empty()) {
      inbox_.requests.swap(requests);
    } else {
      inbox_.requests.insert(inbox_.requests.end(),
                             std::make_move_iterator(requests.begin()),
                             std::make_move_iterator(requests.end()));
      requests.clear();
    }
    asleep = std::exchange(inbox_.may_sleep, false);
  }
  if (asleep) sockets_.wake();
}

void TransferLoop::abort() {
  {
    const std::lock_guard lock(mutex_);
    inbox_.abort = true;
    inbox_.aborted = inbox_.requests.size();
  }
  sockets_.wake();
}

void TransferLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    inbox_.stop = true;
  }
  sockets_.wake();
}

void TransferLoop::wake() { sockets_.wake(); }

void TransferLoop::run() noexcept {
  while (!stopped_) round(std::nullopt);
}

void TransferLoop::round(std::optional<Clock::time_point> until) {
  try {
    do_round(until);
  } catch (const std::exception& error) {
    // A bug, or memory has run out; no request may be lost all the same.
    end_all(ErrorKind::kInternal, error.what());
  }
  if (!finished_.empty()) hooks_.deliver(finished_);
}

void TransferLoop::do_round(std::optional<Clock::time_point> until) {
  take_inbox();
  if (stopped_) return;
  run_timers();
  poll(until);
  run_timers();
  plain_.expire(std::chrono::steady_clock::now());
  settle_lookups();
  collect_finished();
}

void TransferLoop::take_inbox() {
  bool abort = false;
  std::size_t aborted = 0;
  taken_.clear();
  taken_done_ = 0;
  {
    const std::lock_guard lock(mutex_);
    taken_.swap(inbox_.requests);
    abort = std::exchange(inbox_.abort, false);
    aborted = std::exchange(inbox_.aborted, 0);
    stopped_ = inbox_.stop;
    inbox_.may_sleep = true;
  }
  if (abort) {
    std::vector<FetchRequest> later(
        std::make_move_iterator(taken_.begin() +
                                static_cast<std::ptrdiff_t>(aborted)),
        std::make_move_iterator(taken_.end()));
    taken_.erase(taken_.begin() + static_cast<std::ptrdiff_t>(aborted),
                 taken_.end());
    end_all(ErrorKind::kInterrupted, "stopped before it ended");
    taken_ = std::move(later);
    taken_done_ = 0;
  }
  while (taken_done_ < taken_.size()) {
    adopt(std::move(taken_[taken_done_++]));
  }
}

void TransferLoop::adopt(FetchRequest request) {
  std::unique_ptr<Exchange> owned = make_exchange(plain_.takes(request));
  Exchange& exchange = *owned;
  exchange.index = open_.size();
  open_.push_back(std::move(owned));
  if (exchange.begin(std::move(request)) != ErrorKind::kNone) {
    emit(detach(exchange));
    return;
  }
  if (exchange.launch_at_once()) return;
  const Url& url = exchange.request().url;
  exchange.host = host_hash(url);
  if (setup_.has_proxy() || resolves_at_once(url.hostname())) {
    launch(exchange);
    return;
  }
  switch (dns_gate_.enter(exchange.host, &exchange,
                          std::chrono::steady_clock::now())) {
    case DnsGate::Answer::kLookUp:
      begin_lookup(exchange);
      break;
    case DnsGate::Answer::kGo:
      launch(exchange);
      break;
    case DnsGate::Answer::kWait:
      break;
  }
}

std::unique_ptr<Exchange> TransferLoop::make_exchange(bool plain) {
  auto& idle = idle_[plain ? 1 : 0];
  if (!idle.empty()) {
    auto exchange = std::move(idle.back());
    idle.pop_back();
    return exchange;
  }
  if (plain) return std::make_unique<PlainExchange>(context_, plain_);
  return std::make_unique<Transfer>(context_, multi_.get(),
                                    static_cast<ExchangeOwner&>(*this));
}

void TransferLoop::begin_lookup(Exchange& exchange) {
  exchange.holds_lookup = true;
  exchange.result().looked_up = true;
  launch(exchange);
}

void TransferLoop::launch(Exchange& exchange) {
  if (open_.size() > max_connections_) {
    // Fewer kept than open at once would close what the next request needs.
    max_connections_ = open_.size() + open_.size() / 4;
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS,
                      static_cast<long>(max_connections_));
    plain_.set_max_connections(max_connections_);
  }
  exchange.launch();
}

void TransferLoop::poll(std::optional<Clock::time_point> until) {
  for (const auto& timer : {timer_, plain_.deadline()}) {
    if (timer && (!until || *timer < *until)) until = timer;
  }
  if (!finished_.empty()) until = Clock::time_point::min();
  for (const SocketSet::Ready& ready : sockets_.wait(until)) {
    if (plain_.ready(ready)) continue;
    act(ready.fd, (ready.readable ? CURL_CSELECT_IN : 0) |
                      (ready.writable ? CURL_CSELECT_OUT : 0));
  }
}

void TransferLoop::act(curl_socket_t socket, int events) {
  int running = 0;
  check(curl_multi_socket_action(multi_.get(), socket, events, &running));
}

void TransferLoop::run_timers() {
  if (!timer_) return;
  const auto now = std::chrono::steady_clock::now();
  if (*timer_ > now) return;
  timer_set_ = false;
  act(CURL_SOCKET_TIMEOUT, 0);
  // libcurl does not repeat itself: where it found that the time has not quite
  // come, it says nothing and expects to be asked again.
  if (!timer_set_) timer_ = now + milliseconds(1);
}

// Names that were resolved during this round: what waited for them goes on.
void TransferLoop::settle_lookups() {
  for (std::size_t i = 0; i < context_.resolved.size(); ++i) {
    lookup_over(context_.resolved[i]->host, nullptr);
  }
  context_.resolved.clear();
}

void TransferLoop::lookup_over(std::uint64_t host, const FetchResult* failure) {
  const bool unresolved =
      failure != nullptr && (failure->error == ErrorKind::kDns ||
                             failure->error == ErrorKind::kTimeout);
  std::vector<Exchange*> released;
  std::vector<Exchange*> next;
  dns_gate_.settled(host, !unresolved, std::chrono::steady_clock::now(),
                    released, next);
  for (Exchange* const exchange : released) {
    if (unresolved) {
      end_open(*exchange, failure->error, failure->error_message);
    } else {
      launch(*exchange);
    }
  }
  for (Exchange* const exchange : next) begin_lookup(*exchange);
}

void TransferLoop::collect_finished() {
  int left = 0;
  while (CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    CurlUser* user = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &user);
    user->done(code);
  }
}

void TransferLoop::over(Exchange& exchange) {
  std::unique_ptr<Exchange> owned = detach(exchange);
  if (owned->holds_lookup) lookup_over(owned->host, &owned->result());
  emit(std::move(owned));
}

std::unique_ptr<Exchange> TransferLoop::detach(Exchange& exchange) {
  exchange.release();
  const std::size_t index = exchange.index;
  std::unique_ptr<Exchange> owned = std::move(open_[index]);
  if (index + 1 != open_.size()) {
    open_[index] = std::move(open_.back());
    open_[index]->index = index;
  }
  open_.pop_back();
  return owned;
}

void TransferLoop::emit(std::unique_ptr<Exchange> exchange) {
  FetchResult& result = exchange->result();
  note_protocol(*exchange);
  // A handle that failed may remember more than is good for the next exchange.
  const bool reusable = result.error == ErrorKind::kNone;
  if (exchange->has_page() && !read_here(*exchange)) {
    hooks_.read_elsewhere({std::move(result), exchange->take_body(),
                           std::move(exchange->request().url),
                           exchange->keeps_body()});
  } else {
    if (exchange->keeps_body()) result.body = exchange->take_body();
    finished_.results.push_back(std::move(result));
  }
  exchange->clear();
  if (reusable) {
    idle_[exchange->is_plain() ? 1 : 0].push_back(std::move(exchange));
  }
}

// Reads the exchange's page, unless that would hold up the others too long.
bool TransferLoop::read_here(Exchange& exchange) {
  FetchResult& result = exchange.result();
  const std::string_view body = exchange.body();
  const Url& url = exchange.request().url;
  const PageOptions& options = setup_.options().page;
  if (!hooks_.read_elsewhere || body.size() <= kMaxBuilt) {
    add_page(result, url, options, [&] {
      return read_page(body, url, result.content_type, options);
    });
    return true;
  }
  if (body.size() > kMaxScanned) return false;
  add_page(result, url, options, [&] {
    return read_page_by_tags(body, url, result.content_type, options);
  });
  return result.page.has_value() || result.error != ErrorKind::kNone;
}

void TransferLoop::end_open(Exchange& exchange, ErrorKind kind,
                            std::string_view message) {
  exchange.end(kind, message);
  emit(detach(exchange));
}

void TransferLoop::end_unstarted(const FetchRequest& request, ErrorKind kind,
                                 std::string_view message) {
  FetchResult result;
  result.id = request.id;
  result.worker = index_;
  result.error = kind;
  result.error_message = message;
  finished_.results.push_back(std::move(result));
}

void TransferLoop::end_all(ErrorKind kind, std::string_view message) {
  context_.resolved.clear();
  dns_gate_.clear();
  while (!open_.empty()) end_open(*open_.back(), kind, message);
  while (taken_done_ < taken_.size()) {
    end_unstarted(taken_[taken_done_++], kind, message);
  }
}

void TransferLoop::note_protocol(Exchange& exchange) {
  if (exchange.request().url.scheme() != "https" ||
      !exchange.result().http_version.starts_with('1')) {
    return;
  }
  if (tls_http1_hosts_.size() >= kMaxRememberedHosts) tls_http1_hosts_.clear();
  if (tls_http1_hosts_.insert(exchange.host).second) {
    finished_.tls_http1_hosts.push_back(exchange.host);
  }
}

int TransferLoop::on_socket(CURL*, curl_socket_t fd, int what, void* self,
                            void*) noexcept {
  try {
    static_cast<TransferLoop*>(self)->sockets_.watch(
        fd, what == CURL_POLL_IN || what == CURL_POLL_INOUT,
        what == CURL_POLL_OUT || what == CURL_POLL_INOUT);
    return 0;
  } catch (...) {
    return -1;
  }
}

int TransferLoop::on_timer(CURLM*, long timeout_ms, void* self) noexcept {
  auto& loop = *static_cast<TransferLoop*>(self);
  loop.timer_set_ = true;
  loop.timer_.reset();
  if (timeout_ms >= 0) {
    loop.timer_ = std::chrono::steady_clock::now() + milliseconds(timeout_ms);
  }
  return 0;
}

}  // namespace crawl
