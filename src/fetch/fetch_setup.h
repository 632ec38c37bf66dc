#ifndef CRAWL_FETCH_FETCH_SETUP_H_
#define CRAWL_FETCH_FETCH_SETUP_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "crawl/base/error.h"
#include "crawl/fetch/fetcher.h"
#include "fetch/http/request_writer.h"
#include "fetch/net/net_setup.h"
#include "fetch/tls/tls_context.h"

namespace crawl {

// All that the options come to, for every loop of a fetcher: how connections
// are opened, what TLS trusts, what requests say.
//
// Constant once made; must outlive the loops.
class FetchSetup {
 public:
  // Fails, in words for the user, where an option makes no sense or a file it
  // names cannot be used.
  static Result<std::unique_ptr<const FetchSetup>> create(FetchOptions options);

  const FetchOptions& options() const { return net_->options(); }
  // Whether connections to an origin go through a proxy.
  bool is_proxied(std::string_view host, std::uint16_t port, bool tls) const {
    return net_->setup_for(host, port, tls).proxy().has_value();
  }
  const NetSetup& net() const { return *net_; }
  const TlsContext& tls() const { return *tls_; }
  const RequestWriter& writer() const { return *writer_; }

 private:
  FetchSetup() = default;

  std::unique_ptr<const NetSetup> net_;
  std::unique_ptr<const TlsContext> tls_;
  std::unique_ptr<const RequestWriter> writer_;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_FETCH_SETUP_H_
