#ifndef CRAWL_FETCH_TLS_TLS_CONTEXT_H_
#define CRAWL_FETCH_TLS_TLS_CONTEXT_H_

#include <openssl/ssl.h>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "crawl/base/error.h"
#include "crawl/fetch/fetcher.h"

namespace crawl {

struct SslDelete {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using SslHandle = std::unique_ptr<SSL, SslDelete>;
using SslContextHandle = std::unique_ptr<SSL_CTX, SslDelete>;
using SslSessionHandle = std::unique_ptr<SSL_SESSION, SslDelete>;

// What every TLS connection of a crawl has in common: which certificates are
// trusted, ours if there is one, and that it is TLS 1.2 at least (RFC 8996),
// without renegotiation or compression, offering h2 and http/1.1 (RFC 7301).
//
// Any thread may use it once it is made; it must outlive its connections.
class TlsContext {
 public:
  // Fails, in words for the user, if a file that `options` names cannot be
  // used. The system's own certificates are looked up when first needed.
  // For other servers than the web's (`web`) no protocol is offered, and what
  // names the files is no option but part of an address ("cacert").
  static Result<std::unique_ptr<const TlsContext>> create(
      const FetchOptions& options, bool web = true);

  // A connection's state, as a client's: that does not offer HTTP/2 if
  // `http1_only`, and has our certificate if `certified`. Throws
  // std::bad_alloc.
  SslHandle make_ssl(bool http1_only, bool certified) const;
  bool verifies() const { return verifies_; }
  // How a user names whom to trust.
  std::string trust_option() const { return option("cacert"); }
  // And what to show to a server that asks who we are.
  std::string certificate_option() const { return option("cert"); }

 private:
  explicit TlsContext(bool web) : web_(web) {}
  std::string option(std::string_view name) const;
  Result<void> set_up(const FetchOptions& options);

  const bool web_;
  SslContextHandle context_;
  bool verifies_ = true;
  bool trusts_system_ = false;
  mutable std::once_flag system_trusted_;
};

// Fails, in words for the user, if the file that `option` names has no
// certificate to trust.
Result<void> check_ca_file(const char* option, const std::string& path);

// What OpenSSL has noted of the last failure on this thread, for people.
std::string take_tls_error();

}  // namespace crawl

#endif  // CRAWL_FETCH_TLS_TLS_CONTEXT_H_
