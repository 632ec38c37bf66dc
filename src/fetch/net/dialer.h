#ifndef CRAWL_FETCH_NET_DIALER_H_
#define CRAWL_FETCH_NET_DIALER_H_

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crawl/base/error_kind.h"
#include "crawl/base/ip_address.h"
#include "fetch/net/socket_set.h"

namespace crawl {

// What a connection's bytes must go through where its socket's own are not
// theirs: the TLS to an https proxy.
//
// Both are as recv() and send() on a non-blocking socket: bytes moved, 0 at the
// end of what comes in, -1 with errno (EAGAIN: when the socket is ready).
// Bytes may wait in here while the socket is not readable: read until EAGAIN
// before waiting. Keeps the connection: destroy it before the descriptor, after
// SocketSet::closing(). One thread, the dialer's, which must outlive it.
class Tunnel {
 public:
  virtual ~Tunnel() = default;
  virtual ssize_t read(void* into, std::size_t size) = 0;
  virtual ssize_t write(const void* from, std::size_t size) = 0;
};

// A connection that a Dialer has opened.
struct NewConnection {
  // Connected, non-blocking, close-on-exec, TCP_NODELAY. The SocketSet has been
  // told of it and knows no user: call opened() with yours, then watch(); or
  // closing(), if it is not to be used after all.
  Fd fd;
  std::unique_ptr<Tunnel> tunnel;  // null: the socket's bytes are it
  // At its end is an http proxy that takes requests for the host, in absolute
  // form, and not the host.
  bool to_proxy = false;
  std::string proxy_authorization;  // for those; "" for none
  std::string remote_ip;            // with a proxy the proxy's
  double namelookup = 0;            // seconds from dial()
  double connect = 0;  // seconds from dial(), until all the way through
  // Of the time it took, what was ours: its events waited while the loop was at
  // something else. Limits are not to count it.
  std::chrono::nanoseconds late{0};
  bool looked_up = false;  // a name server was asked, for this dial first
};

// Whom a connection is opened for.
class DialUser {
 public:
  // The address policy; asked for every address before it is connected to.
  // With a proxy it is not.
  virtual bool may_reach(const IpAddress& address) const = 0;

  // One of these, once. Both may destroy the Dial, and start others.
  virtual void connected(NewConnection opened) = 0;
  virtual void not_connected(ErrorKind kind, std::string message,
                             bool looked_up) = 0;

 protected:
  ~DialUser() = default;
};

// A connection being opened. Destroying it gives that up, at any time.
class Dial {
 public:
  virtual ~Dial() = default;
  // As NewConnection::late, so far.
  virtual std::chrono::nanoseconds late() const { return {}; }
};

// Until a limit that has passed is judged: by then sockets are looked at.
inline constexpr std::chrono::milliseconds kLookAgain{1};

// Opens connections for one transfer loop: looks names up, tries addresses, or
// has a proxy do so.
//
// Belongs to the loop's thread, uses its SocketSet, and must outlive its Dials
// and their Tunnels. Users are called from SocketSet::dispatch() and run()
// only. The loop dispatches what is ready and then calls run() if deadline()
// has passed, which is asked again for that: what was dispatched may have moved
// it.
class Dialer {
 public:
  virtual ~Dialer() = default;

  // Opens a connection to `host`, as Url::hostname() has it (an IPv6 address in
  // brackets). `tls`: what is spoken there; only an http proxy cares. `user`
  // must outlive the Dial and is never called before this returns.
  virtual std::unique_ptr<Dial> dial(std::string_view host, std::uint16_t port,
                                     bool tls, DialUser& user) = 0;

  // When run() is to be called next, if nothing happens on a socket before.
  virtual std::optional<std::chrono::steady_clock::time_point> deadline()
      const = 0;
  virtual void run(std::chrono::steady_clock::time_point now) = 0;
};

inline constexpr std::string_view kBlockedAddressMessage =
    "the host's address is not one that this crawl may reach";

}  // namespace crawl

#endif  // CRAWL_FETCH_NET_DIALER_H_
