#ifndef CRAWL_TESTS_SUPPORT_HTTP2_TRANSPORT_H_
#define CRAWL_TESTS_SUPPORT_HTTP2_TRANSPORT_H_

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>

#include "support/transport.h"

namespace crawl::testing {

// Connections that speak HTTP/2 over TLS to the client and HTTP/1.1 to the
// site, to which each request comes on a connection of its own: so requests go
// on side by side, and what the site says is said in HTTP/2 as it comes, in
// frames of at most `frame_size` bytes of body, interim answers and trailers
// included. A reply that breaks off, or that HTTP/2 has no words for, ends its
// stream as INTERNAL_ERROR.
//
// `context` is told to agree on h2. Clients that do not offer it are refused. A
// thread of its own carries the bytes; it ends with the last copy of what is
// returned.
TransportFactory make_http2_transports(std::shared_ptr<SSL_CTX> context,
                                       std::size_t frame_size = 16'384);

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_HTTP2_TRANSPORT_H_
