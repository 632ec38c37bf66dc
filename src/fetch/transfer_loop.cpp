#include "fetch/transfer_loop.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <stdexcept>
#include <utility>

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
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (is_digit(host.front()) && is_digit(host.back())) return true;
  return host == "localhost" || host.ends_with(".localhost");
}

void check(CURLMcode code) {
  if (code != CURLM_OK) {
    throw std::runtime_error(curl_multi_strerror(code));
  }
}

// A page that cannot be read for lack of memory ends like any other failure.
template <class Read>
void add_page(FetchResult& result, Read read) {
  const auto begin = std::chrono::steady_clock::now();
  try {
    result.page = read();
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
  add_page(unread.result, [&] {
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
      multi_(curl_multi_init()) {
  if (!multi_) throw std::bad_alloc();
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

TransferLoop::~TransferLoop() {
  for (const auto& transfer : open_) {
    if (transfer->in_multi) {
      curl_multi_remove_handle(multi_.get(), transfer->easy());
    }
  }
}

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
  std::unique_ptr<Transfer> owned;
  if (idle_.empty()) {
    owned = std::make_unique<Transfer>(context_);
  } else {
    owned = std::move(idle_.back());
    idle_.pop_back();
  }
  Transfer& transfer = *owned;
  transfer.index = open_.size();
  open_.push_back(std::move(owned));
  if (transfer.begin(std::move(request)) != ErrorKind::kNone) {
    emit(detach(transfer));
    return;
  }
  const Url& url = transfer.request().url;
  transfer.host = host_hash(url);
  if (setup_.has_proxy() || resolves_at_once(url.hostname())) {
    launch(transfer);
    return;
  }
  switch (dns_gate_.enter(transfer.host, &transfer,
                          std::chrono::steady_clock::now())) {
    case DnsGate::Answer::kLookUp:
      begin_lookup(transfer);
      break;
    case DnsGate::Answer::kGo:
      launch(transfer);
      break;
    case DnsGate::Answer::kWait:
      break;
  }
}

void TransferLoop::begin_lookup(Transfer& transfer) {
  transfer.holds_lookup = true;
  transfer.result().looked_up = true;
  launch(transfer);
}

void TransferLoop::launch(Transfer& transfer) {
  if (open_.size() > max_connections_) {
    // Fewer kept than open at once would close what the next request needs.
    max_connections_ = open_.size() + open_.size() / 4;
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS,
                      static_cast<long>(max_connections_));
  }
  check(curl_multi_add_handle(multi_.get(), transfer.easy()));
  transfer.in_multi = true;
}

void TransferLoop::poll(std::optional<Clock::time_point> until) {
  if (timer_ && (!until || *timer_ < *until)) until = timer_;
  if (!finished_.empty()) until = Clock::time_point::min();
  for (const SocketSet::Ready& ready : sockets_.wait(until)) {
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
  std::vector<Transfer*> released;
  std::vector<Transfer*> next;
  dns_gate_.settled(host, !unresolved, std::chrono::steady_clock::now(),
                    released, next);
  for (Transfer* const transfer : released) {
    if (unresolved) {
      end_open(*transfer, failure->error, failure->error_message);
    } else {
      launch(*transfer);
    }
  }
  for (Transfer* const transfer : next) begin_lookup(*transfer);
}

void TransferLoop::collect_finished() {
  int left = 0;
  while (CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    Transfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    transfer->end(code);
    std::unique_ptr<Transfer> owned = detach(*transfer);
    if (owned->holds_lookup) lookup_over(owned->host, &owned->result());
    emit(std::move(owned));
  }
}

std::unique_ptr<Transfer> TransferLoop::detach(Transfer& transfer) {
  if (std::exchange(transfer.in_multi, false)) {
    curl_multi_remove_handle(multi_.get(), transfer.easy());
  }
  const std::size_t index = transfer.index;
  std::unique_ptr<Transfer> owned = std::move(open_[index]);
  if (index + 1 != open_.size()) {
    open_[index] = std::move(open_.back());
    open_[index]->index = index;
  }
  open_.pop_back();
  return owned;
}

void TransferLoop::emit(std::unique_ptr<Transfer> transfer) {
  FetchResult& result = transfer->result();
  note_protocol(*transfer);
  // A handle that failed may remember more than is good for the next exchange.
  const bool reusable = result.error == ErrorKind::kNone;
  if (transfer->has_page() && !read_here(*transfer)) {
    hooks_.read_elsewhere({std::move(result), std::move(transfer->body()),
                           std::move(transfer->request().url),
                           transfer->keeps_body()});
  } else {
    if (transfer->keeps_body()) result.body = std::move(transfer->body());
    finished_.results.push_back(std::move(result));
  }
  transfer->clear();
  if (reusable) idle_.push_back(std::move(transfer));
}

// Reads the transfer's page, unless that would hold up the others too long.
bool TransferLoop::read_here(Transfer& transfer) {
  FetchResult& result = transfer.result();
  const std::string& body = transfer.body();
  const Url& url = transfer.request().url;
  const PageOptions& options = setup_.options().page;
  if (!hooks_.read_elsewhere || body.size() <= kMaxBuilt) {
    add_page(result, [&] {
      return read_page(body, url, result.content_type, options);
    });
    return true;
  }
  if (body.size() > kMaxScanned) return false;
  add_page(result, [&] {
    return read_page_by_tags(body, url, result.content_type, options);
  });
  return result.page.has_value() || result.error != ErrorKind::kNone;
}

void TransferLoop::end_open(Transfer& transfer, ErrorKind kind,
                            std::string_view message) {
  transfer.end(kind, message);
  emit(detach(transfer));
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

void TransferLoop::note_protocol(Transfer& transfer) {
  if (transfer.request().url.scheme() != "https" ||
      !transfer.result().http_version.starts_with('1')) {
    return;
  }
  if (tls_http1_hosts_.size() >= kMaxRememberedHosts) tls_http1_hosts_.clear();
  if (tls_http1_hosts_.insert(transfer.host).second) {
    finished_.tls_http1_hosts.push_back(transfer.host);
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
