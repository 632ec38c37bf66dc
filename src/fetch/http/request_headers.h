#ifndef CRAWL_FETCH_HTTP_REQUEST_HEADERS_H_
#define CRAWL_FETCH_HTTP_REQUEST_HEADERS_H_

#include <optional>
#include <string>
#include <string_view>

#include "crawl/fetch/fetcher.h"

namespace crawl {

// The content codings that are understood, as Accept-Encoding has them.
inline constexpr const char* kAcceptedCodings = "gzip, deflate, br, zstd";

// The header fields that a crawl's requests carry, but for Host and what is
// different in each. Constant once made.
class RequestHeaders {
 public:
  explicit RequestHeaders(const FetchOptions& options);

  // For any origin, and for the seed's: without and with the user's secrets. A
  // field with an empty value is one to leave out.
  const HeaderList& any() const { return any_; }
  const HeaderList& origin() const { return origin_; }
  // Proxy-Authorization, which is in neither list: the user's own for a proxy
  // ("" to leave it out), and where there is none for the seed's origin.
  // Nothing if the user gave none.
  const std::optional<std::string>& proxy_authorization() const {
    return proxy_authorization_;
  }

  // Whether the user gave this field, in either list, even if to leave it out.
  bool given(std::string_view name) const;

 private:
  void add(std::string_view name, std::string_view value, bool secret = false);

  HeaderList any_;
  HeaderList origin_;
  std::optional<std::string> proxy_authorization_;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_REQUEST_HEADERS_H_
