#ifndef CRAWL_FETCH_BASIC_AUTH_H_
#define CRAWL_FETCH_BASIC_AUTH_H_

#include <optional>
#include <string>

#include "crawl/fetch/fetcher.h"

namespace crawl {

// The value of Authorization or Proxy-Authorization for "user:password" (RFC
// 7617); "" for "".
std::string basic_auth(const std::string& user_password);

// The Proxy-Authorization among the user's headers ("": none is to be sent), if
// there is one; the last counts.
std::optional<std::string> own_proxy_authorization(const FetchOptions& options);

}  // namespace crawl

#endif  // CRAWL_FETCH_BASIC_AUTH_H_
