#ifndef CRAWL_TESTS_SUPPORT_TLS_FAULTS_H_
#define CRAWL_TESTS_SUPPORT_TLS_FAULTS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/loopback_site.h"

namespace crawl::testing {

// HTTPS servers on 127.0.0.1, one per way a certificate can be right or wrong,
// with certificates made anew each time. Every path of each is the page
// "<title>tls ok</title>"; site() is there to serve others.
//
//   "valid", "valid-chain"    right, for localhost and 127.0.0.1
//   "incomplete-chain"        the intermediate certificate is not sent
//   "chain-to-mend"           the same, but it is said where it can be had;
//                             "expired-..." and "wrong-host-..." besides
//   "expired", "not-yet-valid", "wrong-host", "self-signed", "untrusted-root"
//   "plain-http-on-https-port"
class TlsFaults {
 public:
  TlsFaults();
  ~TlsFaults();

  // All names, the right ones first.
  std::vector<std::string> names() const;
  static bool is_right(std::string_view name) {
    return name.starts_with("valid");
  }

  // The root that the right ones are signed by, as a PEM file to trust; it
  // lasts as long as this object.
  const std::string& ca_file() const;
  // Its own certificate, alike.
  const std::string& certificate_file(std::string_view name) const;

  // Of one of names(); others throw std::out_of_range.
  LoopbackSite& site(std::string_view name);
  std::string url(std::string_view name, std::string_view path = "/") const;

  // Handshakes that succeeded, and how many of them resumed a session.
  std::size_t handshakes(std::string_view name) const;
  std::size_t resumptions(std::string_view name) const;

 private:
  struct Server;
  const Server& server(std::string_view name) const;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_TLS_FAULTS_H_
