#ifndef CRAWL_FETCH_TLS_TLS_SESSIONS_H_
#define CRAWL_FETCH_TLS_TLS_SESSIONS_H_

#include <openssl/ssl.h>

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "fetch/tls/tls_context.h"

namespace crawl {

// The TLS sessions of one loop that can be resumed (RFC 8446 section 2.2), the
// last one of each host and port; those not used for longest go first.
//
// One thread. Must outlive the connections that it is told of.
class TlsSessions {
 public:
  explicit TlsSessions(std::size_t most = 2'000) : most_(most) {}
  TlsSessions(const TlsSessions&) = delete;
  TlsSessions& operator=(const TlsSessions&) = delete;

  // Has a context hand over what servers send to resume with.
  static void keep_those_of(SSL_CTX* context);

  // Has `ssl` resume the session of `peer` ("host:port"), if there is one, and
  // keeps what its server sends for the next time.
  void attach(SSL* ssl, std::string_view peer);
  void forget(std::string_view peer);

  bool contains(std::string_view peer) const { return by_peer_.contains(peer); }
  std::size_t size() const { return by_peer_.size(); }

 private:
  struct Kept {
    std::string peer;
    SslSessionHandle session;
  };
  static int on_new_session(SSL* ssl, SSL_SESSION* session) noexcept;
  bool put(std::string_view peer, SSL_SESSION* session);

  const std::size_t most_;
  std::list<Kept> kept_;  // used last at the front
  // The keys are views of the names in the list, which do not move.
  std::unordered_map<std::string_view, std::list<Kept>::iterator> by_peer_;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_TLS_TLS_SESSIONS_H_
