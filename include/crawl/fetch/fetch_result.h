#ifndef CRAWL_FETCH_FETCH_RESULT_H_
#define CRAWL_FETCH_FETCH_RESULT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crawl/base/error_kind.h"
#include "crawl/base/extraction.h"
#include "crawl/base/fetch_times.h"
#include "crawl/base/fingerprint.h"
#include "crawl/base/url.h"
#include "crawl/parse/page.h"
#include "crawl/writer/exchange.h"

namespace crawl {

// One HTTP exchange to make: a single hop, since every redirect is judged by
// the crawl loop and comes back as a request of its own.
struct FetchRequest {
  std::uint64_t id = 0;  // comes back in the result
  Url url;
  // Send what belongs to the seed's origin only: -u, Authorization, Cookie.
  bool send_credentials = true;
  std::string user_password{};  // for HTTP Basic, instead of -u; "" for none
  // "a=b; c=d", of servers: the user's own go before, but for those of the same
  // name. None are sent if the user leaves Cookie out.
  std::string cookies{};
  // Let it reach addresses that FetchOptions::allow_address refuses.
  bool allow_private = true;
  bool fresh_connection = false;  // use none that is open already
  bool head = false;              // ask with HEAD: headers only, no body comes
  // End as kContentType, without the body, once the headers of a 2xx response
  // say that it is not HTML.
  bool only_html = false;
  // Not of what pages are made of: images, styles, scripts, fonts, media.
  bool or_page_parts = false;
  // Nor a style sheet.
  bool or_sheets = false;
  bool parse_page = true;      // false: FetchResult::page stays empty
  bool keep_body = false;      // as FetchOptions::keep_body, for this one
  std::uint64_t max_body = 0;  // as FetchOptions::max_body; 0: as there
  // For FetchOptions::keepers, see WireExchange.
  std::string via{};
  std::string hops{};
};

inline constexpr std::size_t kMaxSetCookies = 50;

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// What one exchange brought. Where `error` is set, so is what was known before
// it struck: a status, headers, times.
struct FetchResult {
  std::uint64_t id = 0;
  ErrorKind error = ErrorKind::kNone;  // transport only: a 404 is kNone here
  std::string error_message;           // for people; never looked into

  bool head = false;         // as in the request
  int status_code = 0;       // 0 if no response came
  std::string http_version;  // "1.1", "2"
  std::string remote_ip;
  bool proxied = false;  // it went through a proxy: remote_ip is the proxy's
  // The final response's header block came whole: its status and headers are to
  // be believed, even where `error` says that its body is not.
  bool headers_complete = false;
  // Content-Length, if that is a number: of the body that came, or, for HEAD,
  // of the one that GET would bring.
  std::optional<std::uint64_t> content_length;
  std::string content_type;  // header values, "" if absent
  std::string location;
  std::string retry_after;
  std::string link;  // several joined ", "
  std::string refresh;
  std::string x_robots_tag;              // several joined ", "
  std::vector<std::string> set_cookies;  // of a 3xx, the first kMaxSetCookies
  HeaderList headers;  // all, in order, if FetchOptions::keep_headers

  std::string body;                 // if FetchOptions::keep_body
  std::uint64_t size_download = 0;  // body bytes on the wire
  std::uint64_t size_body = 0;      // body bytes after decoding
  bool truncated = false;           // the body limit cut it
  std::optional<Fingerprint> body_digest;
  // When the response is HTML and no redirect; a body that says nothing of its
  // type is HTML if it begins like it.
  std::optional<Page> page;
  std::vector<std::string> style_urls;  // if FetchOptions::style_urls
  std::shared_ptr<Page> sheet;  // its links, if FetchOptions::style_links
  std::optional<Extraction> extraction;  // of that, if there is an extractor
  // What each keeper made of it.
  std::vector<std::shared_ptr<const KeptExchange>> kept;

  FetchTimes times;
  std::chrono::nanoseconds parse_time{0};  // after times.total
  bool looked_up = false;                  // DNS was asked for the host
  bool sent = false;                       // the request went out
  bool reused_connection = false;
  unsigned worker = 0;  // index of the transfer loop

  // What the server said counts, whatever became of the body.
  bool answered() const {
    return error == ErrorKind::kNone ||
           (headers_complete && error != ErrorKind::kInterrupted);
  }
};

}  // namespace crawl

#endif  // CRAWL_FETCH_FETCH_RESULT_H_
