#ifndef CRAWL_ENGINE_REDIRECT_H_
#define CRAWL_ENGINE_REDIRECT_H_

#include <optional>
#include <string>

#include "crawl/base/error_kind.h"
#include "crawl/base/url.h"
#include "crawl/fetch/fetch_result.h"

namespace crawl {

// What a response asks for: nothing (it is final), a next hop, or a redirect
// that is not followed.
struct RedirectVerdict {
  std::optional<Url> next;
  ErrorKind error = ErrorKind::kNone;
  std::string error_message;
};

// Judges a response of `from`, to which `hops` redirects led, by RFC 9110
// section 15.4: 301, 302, 303, 307 and 308 with a Location, even if the body
// was cut short or cannot be decoded. The fragment is
// carried over where the target has none (section 10.2.2). Only http and https
// are followed.
RedirectVerdict judge_redirect(const FetchResult& result, const Url& from,
                               std::size_t hops, int max_redirs);

}  // namespace crawl

#endif  // CRAWL_ENGINE_REDIRECT_H_
