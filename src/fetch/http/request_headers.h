#ifndef CRAWL_FETCH_HTTP_REQUEST_HEADERS_H_
#define CRAWL_FETCH_HTTP_REQUEST_HEADERS_H_

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

  // Whether the user gave this field, in either list, even if to leave it out.
  bool given(std::string_view name) const;

 private:
  void add(std::string_view name, std::string_view value);

  HeaderList any_;
  HeaderList origin_;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_REQUEST_HEADERS_H_
