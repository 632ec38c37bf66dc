#ifndef CRAWL_FETCH_HTTP_CONNECTION_H_
#define CRAWL_FETCH_HTTP_CONNECTION_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crawl/base/ip_address.h"
#include "fetch/http/channel.h"
#include "fetch/net/dialer.h"
#include "fetch/net/socket_set.h"
#include "fetch/net/wire.h"
#include "fetch/tls/tls_stream.h"

namespace crawl {

class Connection;
struct Origin;

// Where a loop's connections receive, one after the other.
struct ReceiveBuffers {
  static constexpr std::size_t kSize = 128 * 1024;
  const std::unique_ptr<char[]> plain{new char[kSize]};
  CipherBuffer cipher;
};

// What a connection to an origin needs to know.
struct ConnectionTarget {
  std::string host;  // as Url::hostname() has it
  std::uint16_t port = 0;
  bool tls = false;
  bool http1_only = false;  // whatever the options say
  bool certified = false;   // may see our certificate
  bool proxied = false;
};

// Who has the connections of a loop.
class ConnectionOwner {
 public:
  // The network, and TLS if there is any, are ready: it needs a channel. Must
  // not destroy the connection.
  virtual void opened(Connection& connection) = 0;
  // May destroy it.
  virtual void not_opened(Connection& connection, ErrorKind kind,
                          std::string message, bool looked_up) = 0;
  // Exchanges have ended: what they received is still where it was.
  virtual void deliver(Connection& connection) = 0;
  // Something happened, and is over; may destroy the connection.
  virtual void settle(Connection& connection) = 0;

  // The address policy, for a connection being opened.
  virtual bool may_reach(const Connection& connection,
                         const IpAddress& address) const = 0;

 protected:
  ~ConnectionOwner() = default;
};

// What the owner has to know about a connection, and the connection need not.
struct ConnectionNotes {
  explicit ConnectionNotes(Connection* connection) : place{connection} {}

  Origin* origin = nullptr;
  Exchange* opener = nullptr;   // whom it is opened for
  std::size_t index = 0;        // in the owner's list
  bool sharable = true;         // by others than its opener
  bool retired = false;         // takes no more exchanges
  std::uint64_t exchanges = 0;  // that have gone out on it
  std::chrono::steady_clock::time_point idle_since{};
  bool idle = false;
  // A node for the list of idle ones, here while it is not in that.
  std::list<Connection*> place;
  const std::list<Connection*>::iterator node = place.begin();
};

// A connection to an origin from the look-up of its name on: the socket, TLS on
// it, and the channel that makes sense of the bytes. One thread.
class Connection final : private SocketUser, private DialUser {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  enum class State : std::uint8_t { kDialing, kHandshaking, kOpen, kClosed };

  Connection(ConnectionOwner& owner, SocketSet& sockets,
             ReceiveBuffers& buffers, ConnectionTarget target);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Begins to open it; `tls` is null where there is none.
  void open(Dialer& dialer, const TlsContext* tls, TlsSessions& sessions,
            time_point now, std::optional<time_point> until);
  // It took too long.
  void give_up_opening(std::string_view message);
  // Nothing more will happen on it; exchanges are not told.
  void stop();

  State state() const { return state_; }
  const ConnectionTarget& target() const { return target_; }
  const std::string& remote_ip() const { return remote_ip_; }
  const std::optional<IpAddress>& ip() const { return ip_; }
  // It leads to an http proxy, which takes requests in absolute form, with this
  // Proxy-Authorization ("" for none); nothing if it does not.
  const std::optional<std::string>& proxy() const { return proxy_; }
  bool is_proxied() const { return target_.proxied; }
  bool speaks_http2() const { return tls_ && tls_->speaks_http2(); }
  // "TLSv1.3"; "" without TLS.
  std::string_view tls_version() const { return tls_ ? tls_->version() : ""; }
  // Another one to the same can resume its TLS session.
  bool has_session() const { return tls_ && tls_->has_session(); }
  // When it has taken too long to open, what was ours of that apart; judged
  // only when its socket has been looked at since.
  std::optional<time_point> open_until() const {
    if (!open_until_) return std::nullopt;
    return *open_until_ + opening_.late;
  }

  Channel* channel() { return channel_.get(); }
  void set_channel(std::unique_ptr<Channel> channel) {
    channel_ = std::move(channel);
  }
  // Sends what the channel has to send. A connection that breaks at that is
  // kClosed, with its exchanges ended.
  void flush();
  bool has_unsent() const { return sent_ < out_.size(); }

  // What opening it took: seconds from open().
  struct Opening {
    time_point begun;
    double namelookup = 0;
    double connect = 0;
    double appconnect = 0;
    std::chrono::nanoseconds late{0};  // of it, see NewConnection::late
    bool looked_up = false;
  };
  const Opening& opening() const { return opening_; }
  // As Opening::late, of what goes on, too.
  std::chrono::nanoseconds late() const {
    return opening_.late + (dial_ ? dial_->late() : std::chrono::nanoseconds{});
  }

  ConnectionNotes notes{this};

 private:
  // SocketUser, DialUser
  void ready(int fd, bool readable, bool writable) override;
  bool may_reach(const IpAddress& address) const override;
  void connected(NewConnection opened) override;
  void not_connected(ErrorKind kind, std::string message,
                     bool looked_up) override;

  void begin_handshake_turn();
  void handshake_failed(TlsStream::Outcome how);
  void receive();
  bool receive_plain(time_point now);
  bool receive_tls(time_point now);
  bool hand_on(std::size_t size, time_point now);
  void end(ConnectionEnd how, std::string_view message);
  void unsendable(ConnectionEnd how, std::string message);
  void watch();

  ConnectionOwner& owner_;
  SocketSet& sockets_;
  ReceiveBuffers& buffers_;
  const ConnectionTarget target_;
  State state_ = State::kDialing;
  std::unique_ptr<Dial> dial_;
  std::optional<Wire> wire_;
  const TlsContext* tls_context_ = nullptr;
  TlsSessions* tls_sessions_ = nullptr;
  std::optional<TlsStream> tls_;
  std::unique_ptr<Channel> channel_;
  std::string remote_ip_;
  std::optional<IpAddress> ip_;
  std::optional<std::string> proxy_;
  std::string out_;  // to be sent, from sent_ on
  std::size_t sent_ = 0;
  std::string unsendable_;  // why nothing more can be sent
  bool ending_ = false;     // there is nothing to read after this
  bool watches_write_ = false;
  Opening opening_;
  std::optional<time_point> open_until_;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_CONNECTION_H_
