#ifndef CRAWL_FETCH_HTTP_HTTP_CLIENT_H_
#define CRAWL_FETCH_HTTP_HTTP_CLIENT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fetch/exchange.h"
#include "fetch/fetch_setup.h"
#include "fetch/http/connection.h"
#include "fetch/net/dialer.h"
#include "fetch/net/socket_set.h"
#include "fetch/tls/tls_sessions.h"

namespace crawl {

// The same for all requests that may share a connection.
std::uint64_t origin_hash(const Url& url);

// The scheme, host and port that connections go to, and what there is of them.
struct Origin {
  ConnectionTarget target;
  std::uint64_t hash = 0;
  bool proxied = false;
  std::vector<Connection*> idle;    // HTTP/1.1, used last at the end
  std::vector<Connection*> shared;  // HTTP/2, not retired
  std::deque<Exchange*> waiting;    // for one of HTTP/2 to open or have room,
                                    // or for what `first` has to give
  // The connection whose TLS session the others are to resume, until it has
  // come or will not: at the latest at `first_until`.
  Connection* first = nullptr;
  std::optional<std::chrono::steady_clock::time_point> first_until;
  bool met = false;  // there has been such a connection
  // Exchanges that a new connection of HTTP/2 may begin with.
  std::size_t at_first = kStreamsAtFirst;
  std::size_t opening = 0;  // connections that may turn out such
  std::size_t connections = 0;
};

// HTTP/1.1 and HTTP/2 (RFC 9112, RFC 9113), in the clear and over TLS: which
// connection carries an exchange, when one is opened, kept and closed.
//
// Over HTTP/1.1 a connection carries one exchange after the other. An origin
// that speaks HTTP/2 gets one connection, and more only when its streams are
// used up; until it is known what an origin speaks, its exchanges wait for its
// first connection; over TLS they do so until its session can be resumed, so
// that one handshake stands for all of them, for as long as opening it took at
// most. What ends without having been answered through no fault of
// its own is asked for again elsewhere. Belongs to its loop's thread.
class HttpClient final : private ConnectionOwner {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  // Takes an exchange that is over, and may destroy it.
  using Over = std::function<void(Exchange&)>;

  HttpClient(const FetchSetup& setup, SocketSet& sockets,
             std::unique_ptr<Dialer> dialer, std::size_t max_connections,
             Over over);
  ~HttpClient();

  // Sends the request, now or when there is a connection.
  void start(Exchange& exchange);
  // It is over, for a reason that is none of the server's.
  void stop(Exchange& exchange, ErrorKind kind, std::string_view message);

  // When turn() is to be called at the latest.
  std::optional<time_point> deadline() const;
  // Somebody's time may be up.
  bool is_due(time_point when) const {
    const auto dialing = dialer_->deadline();
    return (deadline_ && *deadline_ <= when) || (dialing && *dialing <= when);
  }
  // Deals with what is due; once in every round of the loop. `open`: all
  // exchanges that were started and are not over.
  void turn(time_point now, const std::vector<std::unique_ptr<Exchange>>& open);

  void set_max_connections(std::size_t count) { max_connections_ = count; }

  // Origins (by origin_hash) first found to speak HTTP/1 over TLS.
  std::vector<std::uint64_t>& found_http1() { return found_http1_; }

 private:
  struct TargetRef {
    std::string_view host;
    std::uint16_t port;
    bool tls;
    bool operator==(const TargetRef&) const = default;
  };
  struct Hash {
    std::size_t operator()(const TargetRef& target) const {
      return std::hash<std::string_view>()(target.host) ^
             (target.port * 2u + (target.tls ? 1u : 0u));
    }
  };

  // ConnectionOwner
  void opened(Connection& connection) override;
  void not_opened(Connection& connection, ErrorKind kind, std::string message,
                  bool looked_up) override;
  void deliver(Connection& connection) override;
  void settle(Connection& connection) override;
  bool may_reach(const Connection& connection,
                 const IpAddress& address) const override;

  Origin& origin_of(const Url& url);
  void drop_if_unused(Origin& origin);
  bool allowed(const Exchange& exchange, const Connection& connection) const;
  Connection* take_idle(Origin& origin, const Exchange& exchange);
  Connection* with_room(Origin& origin, const Exchange& exchange);
  bool may_speak_http2(const Origin& origin) const;
  void open_for(Exchange& exchange, Origin& origin);
  void begin_on(Connection& connection, Exchange& exchange);
  void look_for_session(Connection& connection);
  void end_first(Origin& origin);
  void give_to_waiting(Connection& connection);
  void release_waiting(Origin& origin);
  void finish(Exchange& exchange, Connection* connection,
              std::uint64_t body_bytes);
  void fail(Exchange& exchange, ErrorKind kind, std::string_view message,
            bool looked_up);
  std::uint64_t detach(Exchange& exchange);
  void rest(Connection& connection);
  void wake_up(Connection& connection);
  void retire(Connection& connection);
  void close(Connection& connection);
  void expire(time_point now,
              const std::vector<std::unique_ptr<Exchange>>& open);
  static std::optional<time_point> deadline_of(const Exchange& exchange);
  void note_deadline(std::optional<time_point> until);
  void note_http1(Origin& origin);
  void note_limit(Origin& origin, const Channel& channel);
  void time_out(Exchange& exchange, time_point looked_at);

  const FetchSetup& setup_;
  SocketSet& sockets_;
  const std::unique_ptr<Dialer> dialer_;
  std::size_t max_connections_;
  const Over over_;
  ReceiveBuffers buffers_;
  TlsSessions sessions_;

  // The keys are views of the names in the values, which do not move.
  std::unordered_map<TargetRef, std::unique_ptr<Origin>, Hash> origins_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::list<Connection*> idle_;  // longest idle first
  std::vector<Exchange*> again_;
  std::vector<std::unique_ptr<Connection>> closed_;  // until the next turn
  std::unordered_set<std::uint64_t> http1_;
  std::vector<std::uint64_t> found_http1_;
  // Of origins (by hash) whose servers take fewer streams than is usual.
  std::unordered_map<std::uint64_t, std::size_t> limits_;
  std::optional<time_point> deadline_;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_HTTP_CLIENT_H_
