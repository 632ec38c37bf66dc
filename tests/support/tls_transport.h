#ifndef CRAWL_TESTS_SUPPORT_TLS_TRANSPORT_H_
#define CRAWL_TESTS_SUPPORT_TLS_TRANSPORT_H_

#include <openssl/ssl.h>

#include <memory>
#include <vector>

#include "support/tls_certificates.h"
#include "support/transport.h"

namespace crawl::testing {

// A server's TLS context: presents `identity`, then the certificates of
// `chain`. Throws std::runtime_error when OpenSSL fails.
std::shared_ptr<SSL_CTX> make_tls_context(
    const TlsIdentity& identity, const std::vector<const X509*>& chain = {});

// Connections with TLS by that context, the server's side.
TransportFactory make_tls_transports(std::shared_ptr<SSL_CTX> context);

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_TLS_TRANSPORT_H_
