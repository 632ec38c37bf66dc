#ifndef CRAWL_TESTS_SUPPORT_HTTP2_TRANSPORT_H_
#define CRAWL_TESTS_SUPPORT_HTTP2_TRANSPORT_H_

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>

#include "support/transport.h"

namespace crawl::testing {

// Connections that speak HTTP/2 over TLS to the client and HTTP/1.1 to the
// site: requests are put into its text, and its replies, once they are whole,
// into frames of at most `frame_size` bytes of body each. So what a site says
// is said in HTTP/2, interim answers and trailers included; only replies that
// HTTP/2 has words for, since others end their stream as INTERNAL_ERROR.
//
// `context` is told to agree on h2. Clients that do not offer it are refused.
// Writing waits for a client that does not read.
TransportFactory make_http2_transports(std::shared_ptr<SSL_CTX> context,
                                       std::size_t frame_size = 16'384);

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_HTTP2_TRANSPORT_H_
