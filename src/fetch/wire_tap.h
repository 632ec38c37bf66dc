#ifndef CRAWL_FETCH_WIRE_TAP_H_
#define CRAWL_FETCH_WIRE_TAP_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "crawl/fetch/fetch_result.h"
#include "crawl/writer/exchange.h"
#include "fetch/http/request_writer.h"

namespace crawl {

// Holds on to what an exchange brings, as it comes, for an ExchangeKeeper. One
// thread.
class WireTap {
 public:
  // Nothing has come yet. At most `max_body` bytes of a body are held on to; 0
  // for all.
  void begin(std::uint64_t max_body);
  // A line of a response's head; `first`: whatever came before was no part of
  // this response.
  void header(std::string_view line, bool first);
  void body(std::string_view data);
  void is_over_tls(std::string_view version) { tls_version_ = version; }
  // No more of the body was asked for, though there was more.
  void cut() { cut_ = true; }

  // The room of a body that take() gave, once it is used no more.
  void give_back(std::string body);

  std::size_t body_bytes() const { return body_.size(); }

  // Whether it is an exchange to be kept: not one that was given up.
  static bool is_kept(const FetchResult& result);
  // The exchange whose result this is, without secrets; of is_kept().
  WireExchange take(const RequestWriter& writer, FetchRequest& request,
                    const FetchResult& result);

 private:
  std::uint64_t max_body_ = 0;
  std::string request_;  // room to write it in
  std::string head_;
  std::string body_;
  std::string tls_version_;
  bool cut_ = false;
};

// The head of a response in HTTP/1.1's form, true for a body of this size whose
// transfer coding is undone: chunked is gone, another transfer coding has
// become a content coding. `head`: its lines as they came, of HTTP/1 or as
// HTTP/2's fields are put into lines.
std::string http1_head(std::string_view head, std::size_t body_bytes);

// The head of a request without Authorization, Cookie and Proxy-Authorization.
std::string without_secrets(std::string_view request);

}  // namespace crawl

#endif  // CRAWL_FETCH_WIRE_TAP_H_
