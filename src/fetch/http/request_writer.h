#ifndef CRAWL_FETCH_HTTP_REQUEST_WRITER_H_
#define CRAWL_FETCH_HTTP_REQUEST_WRITER_H_

#include <optional>
#include <string>

#include "crawl/fetch/fetch_result.h"
#include "crawl/fetch/fetcher.h"
#include "fetch/http/request_headers.h"

namespace crawl {

// How a request gets to its origin.
struct RequestWay {
  // To an http proxy, which reads it: in absolute form (RFC 9112 section
  // 3.2.2), with this Proxy-Authorization ("" for none) unless the user's
  // headers have one. Nothing where the origin reads it.
  std::optional<std::string> proxy{};
  bool proxied = false;  // there is a proxy, if only one that passes bytes on
};

// Puts requests into words: HTTP/1.1's text (RFC 9112 section 3) or HTTP/2's
// fields (RFC 9113 section 8.3). Constant once made.
class RequestWriter {
 public:
  explicit RequestWriter(const FetchOptions& options);

  void append_http1(const FetchRequest& request, const RequestWay& way,
                    std::string& out) const;
  // In order, names in lower case. `proxied`: as in RequestWay.
  HeaderList http2_fields(const FetchRequest& request,
                          bool proxied = false) const;

  const RequestHeaders& headers() const { return headers_; }

 private:
  // The Authorization that a request carries, "" for none.
  std::string authorization(const FetchRequest& request) const;
  // The Proxy-Authorization, "" for none: of a proxy, and of the seed's origin
  // where there is no proxy.
  std::string proxy_authorization(const FetchRequest& request,
                                  const RequestWay& way) const;
  // Of a request with cookies of servers: its Cookie, "" for none.
  std::string cookie(const FetchRequest& request) const;

  const RequestHeaders headers_;
  const std::string user_password_;
  const bool own_host_;  // the user gave none
  const bool own_authorization_;
  const std::string own_cookie_;  // of the user's, several joined "; "
  std::string any_text_;          // the fields behind Host
  std::string origin_text_;
  std::string origin_text_but_cookie_;
  HeaderList any_fields_;  // those that HTTP/2 has, too
  HeaderList origin_fields_;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_REQUEST_WRITER_H_
