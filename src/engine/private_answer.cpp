#include "engine/private_answer.h"

#include <optional>

#include "crawl/base/ip_address.h"

namespace crawl {

bool is_private_answer(const FetchResult& result, const Url& url,
                       const FetchOptions& options) {
  if (result.proxied ||
      (!options.proxy.empty() && options.proxy_rules.no_proxy.empty())) {
    return is_private_host(url.hostname());
  }
  const std::optional<IpAddress> address = IpAddress::parse(result.remote_ip);
  return address && !address->is_public();
}

}  // namespace crawl
