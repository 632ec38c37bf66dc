#ifndef CRAWL_TESTS_SUPPORT_LOOPBACK_TLS_H_
#define CRAWL_TESTS_SUPPORT_LOOPBACK_TLS_H_

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "support/loopback_site.h"
#include "support/temp_dir.h"
#include "support/tls_certificates.h"
#include "support/tls_transport.h"

namespace crawl::testing {

// A certificate for this machine's addresses, localhost and the names that
// tests give it, and the root to trust for it, as a file. Made once for a
// program; any thread.
class LoopbackTls {
 public:
  static const LoopbackTls& get() {
    static const LoopbackTls made;
    return made;
  }

  const std::string& ca_file() const { return ca_file_; }
  std::shared_ptr<SSL_CTX> make_context() const {
    return make_tls_context(server_);
  }
  // Has a site speak HTTP/1.1 over TLS.
  LoopbackSiteOptions site_options() const {
    LoopbackSiteOptions options;
    options.scheme = "https";
    options.transport = make_tls_transports(make_context());
    return options;
  }

 private:
  LoopbackTls() {
    const TlsIdentity root = make_certificate({.common_name = "Test Root",
                                               .alternative_names = "",
                                               .is_authority = true});
    // Of *.test no certificate can be.
    server_ = make_certificate(
        {.common_name = "localhost",
         .alternative_names =
             "DNS:localhost,DNS:one.test,DNS:two.test,DNS:both.test,"
             "DNS:far.test,DNS:*.sites.test,"
             "IP:127.0.0.1,IP:127.0.0.2,IP:::1"},
        &root);
    ca_file_ = directory_.write("ca.pem", to_pem(*root.certificate));
  }

  TempDir directory_;
  TlsIdentity server_;
  std::string ca_file_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_LOOPBACK_TLS_H_
