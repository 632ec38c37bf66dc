#include "fetch/http/http_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "fetch/http/http1_channel.h"
#include "fetch/http/http2_channel.h"
#include "fetch/seconds.h"

namespace crawl {
namespace {

using std::chrono::steady_clock;

// Middleboxes forget connections that say nothing for longer, without a word to
// either end.
constexpr std::chrono::seconds kMaxIdle{118};

// A dial that goes on behind its limit is looked at so often.
constexpr std::chrono::seconds kDialedBy{1};

constexpr std::size_t kMaxRememberedHosts = 65'536;

constexpr unsigned kMaxRestarts = 4;

void note_tls(Exchange& exchange, const Connection& connection) {
  if (WireTap* const tap = exchange.tap()) {
    tap->is_over_tls(connection.tls_version());
  }
}

}  // namespace

std::uint64_t origin_hash(const Url& url) {
  const std::uint64_t name = std::hash<std::string_view>()(url.hostname());
  const std::uint64_t port =
      url.effective_port() + (url.scheme() == "https" ? 65'536u : 0u);
  return name ^ (port * 0x9e3779b97f4a7c15u);
}

HttpClient::HttpClient(const FetchSetup& setup, SocketSet& sockets,
                       std::unique_ptr<Dialer> dialer,
                       std::size_t max_connections, Over over)
    : setup_(setup),
      sockets_(sockets),
      dialer_(std::move(dialer)),
      max_connections_(max_connections),
      over_(std::move(over)) {}

HttpClient::~HttpClient() = default;

// --- Which connection carries an exchange.

void HttpClient::start(Exchange& exchange) {
  const FetchRequest& request = exchange.request();
  Origin& origin = origin_of(request.url);
  if (!request.allow_private && origin.proxied) {
    // The proxy would connect: what can be judged here is what is written.
    const auto address = IpAddress::parse(request.url.hostname());
    if (address && !exchange.may_reach(*address)) {
      drop_if_unused(origin);
      fail(exchange, ErrorKind::kBlockedAddress, kBlockedAddressMessage, false);
      return;
    }
  }
  if (request.fresh_connection || exchange.alone) {
    open_for(exchange, origin);
    return;
  }
  if (Connection* const connection = take_idle(origin, exchange)) {
    begin_on(*connection, exchange);
    return;
  }
  if (Connection* const connection = with_room(origin, exchange)) {
    begin_on(*connection, exchange);
    return;
  }
  if (origin.first != nullptr ||
      (origin.opening > 0 && may_speak_http2(origin))) {
    exchange.waiting = true;
    origin.waiting.push_back(&exchange);
    note_deadline(exchange.deadline());
    return;
  }
  open_for(exchange, origin);
}

Origin& HttpClient::origin_of(const Url& url) {
  const bool tls = url.scheme() == "https";
  const auto found = origins_.find({url.hostname(), url.effective_port(), tls});
  if (found != origins_.end()) return *found->second;
  auto origin = std::make_unique<Origin>();
  origin->target = {std::string(url.hostname()), url.effective_port(), tls};
  origin->hash = origin_hash(url);
  origin->proxied =
      setup_.is_proxied(origin->target.host, origin->target.port, tls);
  if (const auto known = limits_.find(origin->hash); known != limits_.end()) {
    origin->at_first = known->second;
  }
  Origin& made = *origin;
  origins_.emplace(TargetRef{made.target.host, made.target.port, tls},
                   std::move(origin));
  return made;
}

void HttpClient::drop_if_unused(Origin& origin) {
  if (origin.connections > 0 || !origin.waiting.empty()) return;
  origins_.erase({origin.target.host, origin.target.port, origin.target.tls});
}

// A connection that another request was allowed to open may be used again.
bool HttpClient::allowed(const Exchange& exchange,
                         const Connection& connection) const {
  if (connection.notes.origin->proxied) return true;
  return connection.ip() ? exchange.may_reach(*connection.ip())
                         : exchange.request().allow_private;
}

Connection* HttpClient::take_idle(Origin& origin, const Exchange& exchange) {
  const time_point now = steady_clock::now();
  for (std::size_t i = origin.idle.size(); i-- > 0;) {
    Connection& connection = *origin.idle[i];
    if (now - connection.notes.idle_since > kMaxIdle ||
        !allowed(exchange, connection)) {
      continue;
    }
    wake_up(connection);
    return &connection;
  }
  return nullptr;
}

Connection* HttpClient::with_room(Origin& origin, const Exchange& exchange) {
  for (Connection* const connection : origin.shared) {
    if (connection->channel()->has_room() && allowed(exchange, *connection)) {
      return connection;
    }
  }
  return nullptr;
}

bool HttpClient::may_speak_http2(const Origin& origin) const {
  return origin.target.tls && !setup_.options().http1_only &&
         !http1_.contains(origin.hash);
}

void HttpClient::open_for(Exchange& exchange, Origin& origin) {
  const time_point now = steady_clock::now();
  ConnectionOwner& self = *this;
  ConnectionTarget target = origin.target;
  target.certified = exchange.request().send_credentials;
  target.proxied = origin.proxied;
  connections_.push_back(
      std::make_unique<Connection>(self, sockets_, buffers_, target));
  Connection& connection = *connections_.back();
  connection.notes.index = connections_.size() - 1;
  connection.notes.origin = &origin;
  connection.notes.opener = &exchange;
  exchange.connection = &connection;
  connection.notes.sharable = !exchange.alone;
  ++origin.connections;
  if (connection.notes.sharable) ++origin.opening;
  if (target.tls && connection.notes.sharable &&
      !std::exchange(origin.met, true) &&
      !sessions_.contains(
          TlsStream::peer_name(target.host, target.port, target.certified))) {
    origin.first = &connection;
  }
  std::optional<time_point> until;
  if (setup_.options().connect_timeout.count() > 0) {
    until = now + setup_.options().connect_timeout;
  }
  note_deadline(until);
  note_deadline(exchange.deadline());
  connection.open(*dialer_, origin.target.tls ? &setup_.tls() : nullptr,
                  sessions_, now, until);
}

void HttpClient::begin_on(Connection& connection, Exchange& exchange) {
  if (connection.notes.idle) wake_up(connection);
  const time_point now = steady_clock::now();
  exchange.sending(now);
  exchange.connection = &connection;
  // It may have been on another one before.
  exchange.result().reused_connection = connection.notes.exchanges > 0;
  if (connection.notes.exchanges++ == 0) {
    const Connection::Opening& opening = connection.opening();
    const double late =
        std::max(0.0, in_seconds(opening.begun - exchange.started()));
    FetchTimes& times = exchange.result().times;
    times.blocked = late;
    times.namelookup = late + opening.namelookup;
    times.connect = late + opening.connect;
    if (connection.target().tls) times.appconnect = late + opening.appconnect;
    exchange.result().looked_up = opening.looked_up;
    exchange.excuse(opening.late);
  }
  note_deadline(exchange.deadline());
  exchange.result().sent = true;
  connection.channel()->begin(exchange, now);
  connection.flush();
  if (!connection.has_unsent()) exchange.sent(steady_clock::now());
  // That may have been its end already.
  deliver(connection);
  if (connection.state() == Connection::State::kClosed) close(connection);
}

// --- What connections tell.

void HttpClient::opened(Connection& connection) {
  Origin& origin = *connection.notes.origin;
  if (connection.notes.sharable) --origin.opening;
  const FetchOptions& options = setup_.options();
  const bool http2 = connection.speaks_http2();
  if (http2) {
    connection.set_channel(std::make_unique<Http2Channel>(
        setup_.writer(), options.max_header_bytes, origin.at_first,
        connection.is_proxied()));
  } else {
    connection.set_channel(std::make_unique<Http1Channel>(
        setup_.writer(), options.max_header_bytes,
        RequestWay{connection.proxy(), connection.is_proxied()}));
    if (origin.target.tls) note_http1(origin);
    if (origin.first == &connection) {
      // Its ticket is the answer to the handshake's last word.
      const time_point now = steady_clock::now();
      origin.first_until = now + (now - connection.opening().begun);
      note_deadline(origin.first_until);
    } else if (origin.first == nullptr) {
      release_waiting(origin);  // they need not wait for each other any longer
    }
  }
  Exchange* const opener = std::exchange(connection.notes.opener, nullptr);
  if (http2 && connection.notes.sharable) {
    origin.shared.push_back(&connection);
  } else if (http2) {
    connection.notes.retired = true;
  }
  if (opener != nullptr) begin_on(connection, *opener);
  if (!connection.target().tls) settle(connection);
}

// Those that wait for a session need not any longer: it has come, or the
// connection has an answer already, so that the server sends none.
void HttpClient::look_for_session(Connection& connection) {
  Origin& origin = *connection.notes.origin;
  if (origin.first != &connection) return;
  if (connection.has_session() || connection.speaks_http2() ||
      connection.channel()->idle() || connection.channel()->spent()) {
    end_first(origin);
  }
}

void HttpClient::end_first(Origin& origin) {
  origin.first = nullptr;
  origin.first_until.reset();
  // Of one of HTTP/2 they get streams.
  if (origin.shared.empty()) release_waiting(origin);
}

void HttpClient::not_opened(Connection& connection, ErrorKind kind,
                            std::string message, bool looked_up) {
  Origin& origin = *connection.notes.origin;
  if (connection.notes.sharable) --origin.opening;
  Exchange* const opener = std::exchange(connection.notes.opener, nullptr);
  std::deque<Exchange*> failed;
  // Nobody who waited would fare better; but for the address policy, which is
  // each one's own, and for whoever finds another connection there.
  if (origin.opening == 0) {
    if (kind == ErrorKind::kBlockedAddress || !origin.shared.empty()) {
      release_waiting(origin);
    } else {
      failed = std::exchange(origin.waiting, {});
      for (Exchange* const exchange : failed) exchange->waiting = false;
    }
  }
  if (opener != nullptr) {
    opener->connection = nullptr;
    failed.push_front(opener);
  }
  const std::string remote_ip = connection.remote_ip();
  close(connection);
  bool first = true;
  for (Exchange* const exchange : failed) {
    exchange->result().remote_ip = remote_ip;
    fail(*exchange, kind, message, std::exchange(first, false) && looked_up);
  }
}

// Exchanges leave while what they received is still there to be read.
void HttpClient::deliver(Connection& connection) {
  std::vector<Channel::Ended>& ended = connection.channel()->take_ended();
  for (std::size_t i = 0; i < ended.size(); ++i) {
    const Channel::Ended over = ended[i];
    Exchange& exchange = *over.exchange;
    exchange.connection = nullptr;
    if (over.http1) {
      note_http1(*connection.notes.origin);
      connection.notes.origin->target.http1_only = true;
    }
    if (over.again && ++exchange.restarts <= kMaxRestarts) {
      // A single one of HTTP/1.1 goes out on a connection just opened.
      exchange.alone = exchange.alone || !connection.speaks_http2() ||
                       exchange.restarts > kRestartsBesideOthers;
      again_.push_back(&exchange);
      continue;
    }
    if (over.again) {
      exchange.fail(ErrorKind::kClosed,
                    "the server refuses the request again and again");
    }
    finish(exchange, &connection, over.body_bytes);
  }
  ended.clear();
}

void HttpClient::settle(Connection& connection) {
  if (connection.channel() == nullptr || connection.notes.origin == nullptr) {
    return;
  }
  deliver(connection);
  note_limit(*connection.notes.origin, *connection.channel());
  look_for_session(connection);
  if (connection.state() == Connection::State::kOpen &&
      connection.speaks_http2() && !connection.notes.retired) {
    give_to_waiting(connection);
    if (connection.notes.origin == nullptr) return;
  }
  const Channel& channel = *connection.channel();
  if (connection.state() == Connection::State::kClosed || channel.spent() ||
      (channel.idle() && connection.notes.retired)) {
    close(connection);
  } else if (channel.idle() && !connection.notes.idle &&
             !connection.has_unsent()) {
    rest(connection);
  }
}

bool HttpClient::may_reach(const Connection& connection,
                           const IpAddress& address) const {
  return connection.notes.opener == nullptr ||
         connection.notes.opener->may_reach(address);
}

void HttpClient::give_to_waiting(Connection& connection) {
  Origin& origin = *connection.notes.origin;
  std::size_t looked_at = origin.waiting.size();
  while (looked_at-- > 0 && connection.notes.origin != nullptr &&
         connection.channel()->has_room()) {
    Exchange* const exchange = origin.waiting.front();
    origin.waiting.pop_front();
    exchange->waiting = false;
    if (allowed(*exchange, connection)) {
      begin_on(connection, *exchange);
    } else {
      exchange->alone = true;
      again_.push_back(exchange);
    }
  }
  // All its streams are used: then one more connection.
  if (connection.notes.origin != nullptr && !origin.waiting.empty() &&
      origin.opening == 0) {
    Exchange* const exchange = origin.waiting.front();
    origin.waiting.pop_front();
    exchange->waiting = false;
    again_.push_back(exchange);
  }
}

void HttpClient::release_waiting(Origin& origin) {
  for (Exchange* const exchange : std::exchange(origin.waiting, {})) {
    exchange->waiting = false;
    again_.push_back(exchange);
  }
}

// --- How exchanges end.

void HttpClient::finish(Exchange& exchange, Connection* connection,
                        std::uint64_t body_bytes) {
  FetchResult& result = exchange.result();
  exchange.done(body_bytes, steady_clock::now());
  if (connection != nullptr) {
    note_tls(exchange, *connection);
    result.remote_ip = connection->remote_ip();
    result.proxied = connection->is_proxied();
    if (result.status_code != 0) {
      result.http_version = connection->channel()->version();
    } else {
      result.reused_connection = false;
    }
  }
  over_(exchange);
}

void HttpClient::fail(Exchange& exchange, ErrorKind kind,
                      std::string_view message, bool looked_up) {
  exchange.fail(kind, message);
  exchange.result().looked_up = looked_up;
  finish(exchange, nullptr, 0);
}

void HttpClient::stop(Exchange& exchange, ErrorKind kind,
                      std::string_view message) {
  exchange.fail(kind, message);
  Connection* const connection = exchange.connection;
  const bool carried =
      connection != nullptr && connection->notes.opener != &exchange;
  exchange.done(detach(exchange), steady_clock::now());
  if (carried) {
    note_tls(exchange, *connection);
    exchange.result().remote_ip = connection->remote_ip();
    exchange.result().proxied = connection->is_proxied();
    if (exchange.result().status_code != 0) {
      exchange.result().http_version = connection->channel()->version();
    }
    settle(*connection);
  }
  over_(exchange);
}

// Whatever carries the exchange, or is to, does so no longer. Returns how many
// bytes of a body had come.
std::uint64_t HttpClient::detach(Exchange& exchange) {
  std::erase(again_, &exchange);
  Connection* const connection = std::exchange(exchange.connection, nullptr);
  if (connection == nullptr) {
    if (!std::exchange(exchange.waiting, false)) return 0;
    Origin& origin = origin_of(exchange.request().url);
    std::erase(origin.waiting, &exchange);
    drop_if_unused(origin);
    return 0;
  }
  if (connection->notes.opener == &exchange) {
    connection->notes.opener = nullptr;
    Origin& origin = *connection->notes.origin;
    if (connection->notes.sharable && !origin.waiting.empty()) {
      // Others wait for it: it is theirs.
      connection->notes.opener = origin.waiting.front();
      origin.waiting.pop_front();
      connection->notes.opener->waiting = false;
      connection->notes.opener->connection = connection;
      return 0;
    }
    if (connection->notes.sharable) --origin.opening;
    close(*connection);
    return 0;
  }
  std::erase_if(connection->channel()->take_ended(),
                [&exchange](const Channel::Ended& ended) {
                  return ended.exchange == &exchange;
                });
  const std::uint64_t bytes = connection->channel()->abandon(exchange);
  if (connection->speaks_http2()) {
    connection->flush();
  } else {
    close(*connection);
  }
  return bytes;
}

void HttpClient::time_out(Exchange& exchange, time_point looked_at) {
  Connection* const connection = exchange.connection;
  exchange.fail_late(looked_at);
  // It may be that nothing comes to an end there any more: the next pages are
  // not to find that out each for itself.
  if (connection != nullptr && connection->channel() != nullptr &&
      connection->speaks_http2()) {
    retire(*connection);
  }
  stop(exchange, ErrorKind::kTimeout, {});
}

// --- Connections that wait, and those that go.

void HttpClient::rest(Connection& connection) {
  connection.notes.idle_since = steady_clock::now();
  connection.notes.idle = true;
  idle_.splice(idle_.end(), connection.notes.place);
  if (!connection.speaks_http2()) {
    connection.notes.origin->idle.push_back(&connection);
  }
  while (connections_.size() > max_connections_ && !idle_.empty()) {
    close(*idle_.front());
  }
}

void HttpClient::wake_up(Connection& connection) {
  connection.notes.idle = false;
  connection.notes.place.splice(connection.notes.place.end(), idle_,
                                connection.notes.node);
  // It is near the end, where those used last are.
  std::vector<Connection*>& idle = connection.notes.origin->idle;
  const auto found = std::find(idle.rbegin(), idle.rend(), &connection);
  if (found != idle.rend()) idle.erase(std::next(found).base());
}

void HttpClient::retire(Connection& connection) {
  connection.notes.retired = true;
  std::erase(connection.notes.origin->shared, &connection);
}

void HttpClient::close(Connection& connection) {
  if (connection.notes.origin == nullptr) return;
  if (connection.notes.idle) wake_up(connection);
  retire(connection);
  Origin& origin = *connection.notes.origin;
  --origin.connections;
  const std::size_t index = connection.notes.index;
  // Its own code may be what is running: it goes with the next turn.
  closed_.push_back(std::move(connections_[index]));
  if (index + 1 != connections_.size()) {
    connections_[index] = std::move(connections_.back());
    connections_[index]->notes.index = index;
  }
  connections_.pop_back();
  connection.notes.origin = nullptr;
  connection.stop();
  if (origin.first == &connection) end_first(origin);
  // Whoever waits for room there has to find it elsewhere.
  if (origin.opening == 0 && origin.shared.empty()) release_waiting(origin);
  drop_if_unused(origin);
}

// --- Time.

std::optional<HttpClient::time_point> HttpClient::deadline() const {
  if (!again_.empty() || !closed_.empty()) return time_point::min();
  std::optional<time_point> until = deadline_;
  if (const auto due = dialer_->deadline(); due && (!until || *due < *until)) {
    until = due;
  }
  return until;
}

void HttpClient::turn(time_point now,
                      const std::vector<std::unique_ptr<Exchange>>& open) {
  closed_.clear();
  if (const auto due = dialer_->deadline(); due && *due <= now) {
    dialer_->run(now);
  }
  if (deadline_ && *deadline_ <= now) {
    deadline_.reset();
    expire(now, open);
  }
  // Those that begin again now may break again, but not without end.
  std::vector<Exchange*> again;
  while (!again_.empty()) {
    again.swap(again_);
    for (Exchange* const exchange : again) start(*exchange);
    again.clear();
  }
  closed_.clear();
}

// Whoever's time is up ends, which may end others: so each is looked for anew.
//
// A limit is judged by when the sockets were last looked at: what has come
// since is in time, however long this thread was at something else.
void HttpClient::expire(time_point now,
                        const std::vector<std::unique_ptr<Exchange>>& open) {
  const time_point looked_at = sockets_.looked_at();
  const auto due = [looked_at](const auto& until) {
    return until && *until <= looked_at;
  };
  for (bool found = true; found;) {
    found = false;
    for (const auto& exchange : open) {
      if (!due(deadline_of(*exchange))) continue;
      found = true;
      time_out(*exchange, looked_at);
      break;
    }
  }
  // A dialer has the same limit for what it does.
  const auto handshaking = [](const Connection& connection) {
    return connection.state() == Connection::State::kHandshaking;
  };
  for (bool found = true; found;) {
    found = false;
    for (const auto& connection : connections_) {
      if (!handshaking(*connection) || !due(connection->open_until())) continue;
      found = true;
      connection->give_up_opening(
          fmt::format("no end of the TLS handshake with {} port {} after {} ms",
                      connection->target().host, connection->target().port,
                      setup_.options().connect_timeout.count()));
      break;
    }
  }
  for (const auto& connection : connections_) {
    Origin& origin = *connection->notes.origin;
    if (origin.first == connection.get() && due(origin.first_until)) {
      end_first(origin);
    }
  }
  for (const auto& exchange : open) note_deadline(deadline_of(*exchange));
  for (const auto& connection : connections_) {
    if (handshaking(*connection)) {
      note_deadline(connection->open_until());
    } else if (connection->state() == Connection::State::kDialing &&
               connection->open_until()) {
      note_deadline(std::max(*connection->open_until(), now + kDialedBy));
    }
    note_deadline(connection->notes.origin->first_until);
  }
}

// What was ours of opening its connection is not held against it.
std::optional<HttpClient::time_point> HttpClient::deadline_of(
    const Exchange& exchange) {
  auto until = exchange.deadline();
  const Connection* const connection = exchange.connection;
  if (until && connection != nullptr &&
      connection->state() < Connection::State::kOpen) {
    *until += connection->late();
  }
  return until;
}

void HttpClient::note_deadline(std::optional<time_point> until) {
  if (until && (!deadline_ || *until < *deadline_)) deadline_ = until;
}

void HttpClient::note_http1(Origin& origin) {
  if (http1_.size() >= kMaxRememberedHosts) http1_.clear();
  if (http1_.insert(origin.hash).second) found_http1_.push_back(origin.hash);
}

// A new connection's first requests go out before the server can say it again.
void HttpClient::note_limit(Origin& origin, const Channel& channel) {
  const auto limit = channel.server_limit();
  if (!limit) return;
  const std::size_t most = std::clamp<std::size_t>(*limit, 1, kStreamsAtFirst);
  if (most == origin.at_first) return;
  origin.at_first = most;
  if (limits_.size() >= kMaxRememberedHosts) limits_.clear();
  limits_[origin.hash] = most;
}

}  // namespace crawl
