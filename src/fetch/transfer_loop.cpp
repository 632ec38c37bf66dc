#include "fetch/transfer_loop.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <utility>

namespace crawl {
namespace {

// What a loop may spend on one page while others wait: tags are read at about
// 1,000 bytes a microsecond, a tree is built at 12.
constexpr PageReader::Effort kEffort{.scanned = 512 * 1024, .built = 4 * 1024};

// Bodies so small are read sooner than handed over; so are those that need not
// be unpacked (0.19 s of processor time for 4,424 pages of 37 KB, not 0.31).
constexpr std::size_t kWorthSharing = 4 * 1024;

// Bodies that are larger are given to a keeper by another thread: it may need
// 10 ms for a million bytes.
constexpr std::size_t kMostKeptHere = 128 * 1024;

}  // namespace

TransferLoop::TransferLoop(const FetchSetup& setup, unsigned index,
                           std::size_t max_connections, Hooks hooks)
    : setup_(setup),
      hooks_(std::move(hooks)),
      index_(index),
      max_connections_(std::max<std::size_t>(max_connections, 4)),
      reader_(setup.options()),
      client_(setup, sockets_, make_dialer(setup.net(), sockets_),
              max_connections_,
              [this](Exchange& exchange) { over(exchange); }) {}

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
  auto& found = client_.found_http1();
  finished_.tls_http1_origins.insert(finished_.tls_http1_origins.end(),
                                     found.begin(), found.end());
  found.clear();
  if (!finished_.empty()) hooks_.deliver(finished_);
}

// What the network has to say comes before new requests: they go out on
// connections that are known to have been open a moment ago.
void TransferLoop::do_round(std::optional<Clock::time_point> until) {
  poll(until);
  take_inbox();
  if (stopped_) return;
  client_.turn(std::chrono::steady_clock::now(), open_);
}

void TransferLoop::poll(std::optional<Clock::time_point> until) {
  if (const auto due = client_.deadline(); due && (!until || *due < *until)) {
    until = due;
  }
  {
    const std::lock_guard lock(mutex_);
    if (inbox_.has_mail()) {
      until = Clock::time_point::min();
    } else {
      inbox_.may_sleep = true;
    }
  }
  for (const SocketSet::Ready& ready : sockets_.wait(until)) {
    sockets_.dispatch(ready);
  }
  // Before anybody's time is up all sockets are looked at.
  for (std::size_t more = open_.size() / SocketSet::kAtATime + 1;
       sockets_.filled() && more > 0 && client_.is_due(sockets_.looked_at());
       --more) {
    for (const SocketSet::Ready& ready :
         sockets_.wait(Clock::time_point::min())) {
      sockets_.dispatch(ready);
    }
  }
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
    inbox_.may_sleep = false;
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
  std::unique_ptr<Exchange> owned = make_exchange();
  Exchange& exchange = *owned;
  exchange.index = open_.size();
  open_.push_back(std::move(owned));
  if (exchange.begin(std::move(request), std::chrono::steady_clock::now()) !=
      ErrorKind::kNone) {
    over(exchange);
    return;
  }
  if (open_.size() > max_connections_) {
    // Fewer kept than open at once would close what the next request needs.
    max_connections_ = open_.size() + open_.size() / 4;
    client_.set_max_connections(max_connections_);
  }
  client_.start(exchange);
}

std::unique_ptr<Exchange> TransferLoop::make_exchange() {
  if (idle_.empty()) {
    return std::make_unique<Exchange>(setup_.options(), buffers_, index_);
  }
  auto exchange = std::move(idle_.back());
  idle_.pop_back();
  return exchange;
}

void TransferLoop::over(Exchange& exchange) { emit(detach(exchange)); }

std::unique_ptr<Exchange> TransferLoop::detach(Exchange& exchange) {
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
  const bool kept =
      exchange->tap() != nullptr && WireTap::is_kept(exchange->result());
  if ((!exchange->has_unread_body() && !kept) || read_here(*exchange, kept)) {
    finished_.results.push_back(std::move(exchange->result()));
  }
  exchange->clear();
  idle_.push_back(std::move(exchange));
}

// Reads what came, unless that would hold up the others too long, or somebody
// else is free to do it.
bool TransferLoop::read_here(Exchange& exchange, bool kept) {
  const bool unread = exchange.has_unread_body();
  std::string_view body = unread ? exchange.body() : std::string_view();
  BodyPlan plan = unread ? exchange.take_plan() : BodyPlan();
  FetchResult& result = exchange.result();
  const std::size_t to_keep = kept ? exchange.tap()->body_bytes() : 0;
  const bool share = hooks_.others_are_idle &&
                     ((!plan.codings.empty() && body.size() >= kWorthSharing) ||
                      to_keep >= kWorthSharing) &&
                     hooks_.others_are_idle();
  const bool too_much = hooks_.read_elsewhere && to_keep > kMostKeptHere;
  std::optional<WireExchange> wire;
  if (kept) {
    wire = exchange.tap()->take(setup_.writer(), exchange.request(), result);
  }
  if (!share && !too_much &&
      reader_.read(result, body, plan, exchange.request().url,
                   hooks_.read_elsewhere ? kEffort : PageReader::kAnyEffort)) {
    if (wire) {
      reader_.keep(result, *wire);
      exchange.tap()->give_back(std::move(wire->body));
    }
    return true;
  }
  // What was decoded here is not what the exchange has.
  const bool same = unread && body.data() == exchange.body().data();
  hooks_.read_elsewhere(
      {std::move(result), same ? exchange.take_body() : std::string(body),
       std::move(plan), std::move(exchange.request().url), std::move(wire)});
  return false;
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
  while (!open_.empty()) client_.stop(*open_.back(), kind, message);
  while (taken_done_ < taken_.size()) {
    end_unstarted(taken_[taken_done_++], kind, message);
  }
}

}  // namespace crawl
