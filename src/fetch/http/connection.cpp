#include "fetch/http/connection.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "fetch/seconds.h"

namespace crawl {
namespace {

using std::chrono::steady_clock;

// One connection that never pauses must not keep the others waiting.
constexpr int kReadsInTurn = 4;

// What is kept of an empty output buffer's room.
constexpr std::size_t kMaxOutKept = 16 * 1024;

// Acknowledges what has come at once, where the kernel would wait up to 40 ms
// for a request to send that along with: a server may hold the last part of a
// response until the part before is acknowledged (RFC 9293 section 3.7.4).
void acknowledge(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

}  // namespace

Connection::Connection(ConnectionOwner& owner, SocketSet& sockets,
                       ReceiveBuffers& buffers, ConnectionTarget target)
    : owner_(owner),
      sockets_(sockets),
      buffers_(buffers),
      target_(std::move(target)) {}

Connection::~Connection() {
  stop();
  if (!wire_) return;
  tls_.reset();
  sockets_.closing(wire_->fd());
}

void Connection::open(Dialer& dialer, const TlsContext* tls,
                      TlsSessions& sessions, time_point now,
                      std::optional<time_point> until) {
  tls_context_ = tls;
  tls_sessions_ = &sessions;
  opening_.begun = now;
  open_until_ = until;
  dial_ = dialer.dial(target_.host, target_.port, target_.tls, *this);
}

void Connection::stop() {
  dial_.reset();
  if (tls_ && state_ == State::kOpen) tls_->close();
  state_ = State::kClosed;
}

void Connection::give_up_opening(std::string_view message) {
  dial_.reset();
  state_ = State::kClosed;
  owner_.not_opened(*this, ErrorKind::kTimeout, std::string(message),
                    opening_.looked_up);
}

bool Connection::may_reach(const IpAddress& address) const {
  return owner_.may_reach(*this, address);
}

void Connection::connected(NewConnection opened) {
  dial_.reset();
  remote_ip_ = std::move(opened.remote_ip);
  ip_ = IpAddress::parse(remote_ip_);
  opening_.namelookup = opened.namelookup;
  opening_.connect = opened.connect;
  opening_.looked_up = opened.looked_up;
  opening_.late = opened.late;
  if (opened.to_proxy) proxy_ = std::move(opened.proxy_authorization);
  wire_.emplace(std::move(opened.fd), std::move(opened.tunnel));
  sockets_.opened(wire_->fd(), this);
  sockets_.watch(wire_->fd(), true, false);
  if (tls_context_ == nullptr) {
    state_ = State::kOpen;
    owner_.opened(*this);
    return;
  }
  state_ = State::kHandshaking;
  tls_.emplace(*tls_context_, *tls_sessions_, *wire_, target_.host,
               target_.port, target_.http1_only, target_.certified);
  begin_handshake_turn();
}

void Connection::not_connected(ErrorKind kind, std::string message,
                               bool looked_up) {
  dial_.reset();
  state_ = State::kClosed;
  owner_.not_opened(*this, kind, std::move(message), looked_up);
}

// May destroy the connection, if the handshake fails.
void Connection::begin_handshake_turn() {
  tls_->begin_turn(buffers_.cipher, kReadsInTurn);
  const TlsStream::Outcome how = tls_->handshake();
  switch (how) {
    case TlsStream::Outcome::kWait:
      tls_->end_turn();
      watch();
      return;
    case TlsStream::Outcome::kGood:
      opening_.appconnect = in_seconds(steady_clock::now() - opening_.begun);
      state_ = State::kOpen;
      watch();
      owner_.opened(*this);
      // With the handshake's last bytes more may have come.
      if (state_ == State::kOpen && receive_tls(steady_clock::now()) &&
          state_ == State::kOpen) {
        flush();
      }
      owner_.settle(*this);
      return;
    case TlsStream::Outcome::kEnded:
    case TlsStream::Outcome::kCut:
    case TlsStream::Outcome::kBroken:
    case TlsStream::Outcome::kFailed:
      handshake_failed(how);
      return;
  }
}

// A connection that is lost at that is one that is lost; the rest is TLS's.
void Connection::handshake_failed(TlsStream::Outcome how) {
  state_ = State::kClosed;
  const bool lost = tls_->was_lost(how);
  std::string message = tls_->error();
  if (target_.proxied && how == TlsStream::Outcome::kFailed &&
      tls_->met_other_bytes()) {
    message = fmt::format(
        "what comes through the proxy is not TLS: its answer to CONNECT has a "
        "body, or {} port {} speaks http, not https",
        target_.host, target_.port);
  }
  owner_.not_opened(*this, lost ? ErrorKind::kClosed : tls_->error_kind(),
                    std::move(message), opening_.looked_up);
}

void Connection::ready(int /*fd*/, bool readable, bool writable) {
  if (state_ == State::kHandshaking) {
    opening_.late += sockets_.unseen();
    begin_handshake_turn();
    return;
  }
  if (writable && state_ == State::kOpen) flush();
  if (readable && state_ == State::kOpen) receive();
  owner_.settle(*this);
}

void Connection::receive() {
  const time_point now = steady_clock::now();
  // A tunnel has bytes that no event will tell of.
  if (tls_) {
    tls_->begin_turn(buffers_.cipher,
                     wire_->has_tunnel() ? 1 << 20 : kReadsInTurn);
  }
  const bool go_on = tls_ ? receive_tls(now) : receive_plain(now);
  if (!go_on || state_ != State::kOpen) return;
  flush();
  // A request goes out soon after a whole response, and acknowledges that.
  if (state_ == State::kOpen && !channel_->idle()) acknowledge(wire_->fd());
}

// False if the connection is done with.
bool Connection::receive_plain(time_point now) {
  for (int i = 0; i < kReadsInTurn || wire_->has_tunnel(); ++i) {
    const ssize_t count =
        wire_->read(buffers_.plain.get(), ReceiveBuffers::kSize);
    if (count < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
      end(ConnectionEnd::kBroken, std::strerror(errno));
      return false;
    }
    if (count == 0) {
      end(ConnectionEnd::kEnded, {});
      return false;
    }
    const auto size = static_cast<std::size_t>(count);
    if (!hand_on(size, now)) return false;
    if (size < ReceiveBuffers::kSize && !wire_->has_tunnel()) return true;
    if (channel_->idle()) return true;
  }
  return true;
}

// The rest of a turn.
bool Connection::receive_tls(time_point now) {
  for (;;) {
    // Many records make one piece: a page that is all here is read in place.
    std::size_t filled = 0;
    TlsStream::Outcome how = TlsStream::Outcome::kGood;
    while (how == TlsStream::Outcome::kGood && filled < ReceiveBuffers::kSize) {
      std::size_t size = 0;
      how = tls_->read(buffers_.plain.get() + filled,
                       ReceiveBuffers::kSize - filled, size);
      filled += size;
    }
    if (filled > 0 && !hand_on(filled, now)) return false;
    switch (how) {
      case TlsStream::Outcome::kGood:
        break;
      case TlsStream::Outcome::kWait:
        tls_->end_turn();
        return true;
      case TlsStream::Outcome::kEnded:
        end(ConnectionEnd::kEnded, {});
        return false;
      case TlsStream::Outcome::kCut:
        if (unsendable_.empty()) {
          end(ConnectionEnd::kCut, {});
        } else {
          end(ConnectionEnd::kBroken, unsendable_);
        }
        return false;
      case TlsStream::Outcome::kBroken:
        end(ConnectionEnd::kBroken, tls_->error());
        return false;
      case TlsStream::Outcome::kFailed:
        end(ConnectionEnd::kTls, tls_->error());
        return false;
    }
  }
}

bool Connection::hand_on(std::size_t size, time_point now) {
  const bool useful =
      channel_ && channel_->received({buffers_.plain.get(), size}, now);
  owner_.deliver(*this);
  if (useful) return true;
  // The last word is still said: HTTP/2 tells why it goes.
  ending_ = true;
  if (channel_) flush();
  end(ConnectionEnd::kEnded, {});
  return false;
}

void Connection::end(ConnectionEnd how, std::string_view message) {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  if (!channel_) return;
  channel_->ended(how, message);
  owner_.deliver(*this);
}

void Connection::flush() {
  for (;;) {
    if (!has_unsent()) {
      out_.clear();
      sent_ = 0;
      if (out_.capacity() > kMaxOutKept) out_.shrink_to_fit();
      channel_->collect(out_);
      if (out_.empty()) break;
    }
    const std::string_view rest = std::string_view(out_).substr(sent_);
    if (tls_) {
      std::size_t size = 0;
      const TlsStream::Outcome how = tls_->write(rest, size);
      sent_ += size;
      if (how == TlsStream::Outcome::kWait) break;
      if (how != TlsStream::Outcome::kGood) {
        unsendable(how == TlsStream::Outcome::kFailed ? ConnectionEnd::kTls
                                                      : ConnectionEnd::kBroken,
                   tls_->error());
        return;
      }
    } else {
      const ssize_t count = wire_->write(rest.data(), rest.size());
      if (count < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK) break;
        unsendable(ConnectionEnd::kBroken, std::strerror(errno));
        return;
      }
      sent_ += static_cast<std::size_t>(count);
    }
  }
  watch();
}

// Nothing more can be sent. What the first request was told before that counts:
// the alert that says why, or an answer that did not wait for the request. On a
// connection used before it would be no answer (RFC 9112 section 9.2).
void Connection::unsendable(ConnectionEnd how, std::string message) {
  out_.clear();
  sent_ = 0;
  if (notes.exchanges <= 1 && !std::exchange(ending_, true)) {
    const time_point now = steady_clock::now();
    unsendable_ = message;
    if (tls_) {
      tls_->begin_turn(buffers_.cipher, kReadsInTurn);
      receive_tls(now);
    } else {
      receive_plain(now);
    }
  }
  end(how, message);
}

void Connection::watch() {
  const bool write =
      has_unsent() || (state_ == State::kHandshaking && tls_->wants_write());
  if (write == watches_write_) return;
  watches_write_ = write;
  sockets_.watch(wire_->fd(), true, write);
}

}  // namespace crawl
