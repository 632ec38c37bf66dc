#ifndef CRAWL_WRITER_EXCHANGE_H_
#define CRAWL_WRITER_EXCHANGE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crawl/base/error_kind.h"
#include "crawl/base/fetch_times.h"

namespace crawl {

// One exchange as it went over the wire, in HTTP/1.1's form, whatever was
// spoken: transfer coding undone, content coding as it came, and the header
// fields true for that. Of one without a response, status_code is 0, and head
// and body are empty.
struct WireExchange {
  std::string url;      // without userinfo and fragment
  std::string request;  // its head; nothing of it is secret
  std::string head;     // the response's, the empty line included
  std::string body;     // the response's
  // Why there is not more of the body, in WARC's words: "length", "time",
  // "disconnect", "unspecified"; "" if this is all of it.
  std::string_view truncated;
  int status_code = 0;
  std::string content_type;
  std::string http_version;  // "1.1", "2"
  std::string tls_version;   // "TLSv1.3"; "" without TLS
  std::string remote_ip;     // of the server; "" if a proxy was asked
  std::string via;           // the URL that led here; "" for a seed
  // What the steps from the seed to here were, a letter each: L a link, R a
  // redirect, E what is needed to show a page, P what has to be asked first
  // (robots.txt), M a sitemap.
  std::string hops;
  std::chrono::system_clock::time_point begun;
  FetchTimes times;
  bool looked_up = false;              // DNS was asked for the host
  bool reused_connection = false;      // it was open already
  bool sent = false;                   // the request went out
  std::uint64_t size_body = 0;         // bytes, content coding undone
  ErrorKind error = ErrorKind::kNone;  // of the transport
  std::string error_message;
};

// What a keeper made of an exchange, for the sink that it works for.
class KeptExchange {
 public:
  virtual ~KeptExchange() = default;
  virtual std::size_t memory() const = 0;  // bytes
};

// Makes of each exchange what is to be kept of it, null for nothing, on the
// thread that made the exchange: so what is costly is not the crawl loop's. Any
// thread, several at a time.
class ExchangeKeeper {
 public:
  virtual ~ExchangeKeeper() = default;
  virtual std::shared_ptr<const KeptExchange> keep(
      const WireExchange& exchange) const = 0;
};

}  // namespace crawl

#endif  // CRAWL_WRITER_EXCHANGE_H_
