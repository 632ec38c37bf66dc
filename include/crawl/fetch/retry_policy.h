#ifndef CRAWL_FETCH_RETRY_POLICY_H_
#define CRAWL_FETCH_RETRY_POLICY_H_

#include <chrono>
#include <optional>
#include <string_view>

#include "crawl/base/error_kind.h"

namespace crawl {

struct RetryOptions {
  unsigned retries = 2;                        // tries after the first
  std::chrono::milliseconds first_wait{1000};  // doubles with each
  std::chrono::milliseconds max_wait{600'000};
};

// How a try ended, and what the decision needs besides.
struct FailedTry {
  ErrorKind error = ErrorKind::kNone;  // transport, as in FetchResult
  int status_code = 0;
  unsigned attempt = 1;          // which try this was, the first being 1
  std::string_view retry_after;  // header value, "" if absent
  std::chrono::system_clock::time_point now;  // for Retry-After dates
  double random = 0.5;  // 0 to 1, evenly spread: the jitter
};

// Whether trying again can help: the status is 408, 429, 500, 502, 503, 504,
// 522 or 524 (curl's set), or the exchange ended as kTimeout, kConnect or
// kClosed. A name that does not resolve, a TLS fault, a broken framing or
// encoding stays what it is.
bool is_transient(ErrorKind error, int status_code);

// What a Retry-After header asks for (RFC 9110 section 10.2.3: seconds or an
// HTTP-date); a date gone by is zero, anything else nothing.
std::optional<std::chrono::seconds> parse_retry_after(
    std::string_view value, std::chrono::system_clock::time_point now);

// How long to wait before the next try; nothing if there is to be none.
//
// first_wait doubled with each try, give or take a quarter by `random`, but no
// earlier than Retry-After; never more than max_wait. A pure function.
std::optional<std::chrono::milliseconds> retry_wait(const RetryOptions& options,
                                                    const FailedTry& failed);

}  // namespace crawl

#endif  // CRAWL_FETCH_RETRY_POLICY_H_
