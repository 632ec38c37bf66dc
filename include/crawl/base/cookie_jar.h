#ifndef CRAWL_BASE_COOKIE_JAR_H_
#define CRAWL_BASE_COOKIE_JAR_H_

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/url.h"

namespace crawl {

// The cookies that servers set on the way of one URL through its redirects, and
// which of them go to whom (RFC 6265 section 5). Stricter than that: what was
// set over https goes to https only. No domain that is a public suffix is
// given any.
//
// A value, and nothing but a vector while it is empty. At most kMaxCookies are
// kept, the latest.
class CookieJar {
 public:
  using Time = std::chrono::system_clock::time_point;

  static constexpr std::size_t kMaxCookies = 50;
  static constexpr std::size_t kMaxBytes = 4'096;  // name and value of one
  static constexpr std::size_t kMaxHeaderBytes = 8'190;

  // Takes in the Set-Cookie values of a response of `url`: what sections 5.2
  // and 5.3 say; other values are ignored.
  void take(const Url& url, const std::vector<std::string>& set_cookies,
            Time now);

  // The Cookie value of a request to `url` (section 5.4): "a=b; c=d"; "" for
  // none. What would make it longer than kMaxHeaderBytes is left out.
  std::string header_for(const Url& url, Time now) const;

  // For whoever goes on with that URL: kWords words a cookie, and a jar from
  // them; what no take() would have taken is left out.
  static constexpr std::size_t kWords = 6;
  std::vector<std::string> save() const;
  static CookieJar restore(const std::vector<std::string>& words);

 private:
  struct Cookie {
    std::string name, value;
    std::string domain;
    std::string path;
    bool host_only = true;
    bool https_only = false;
    Time expires = Time::max();
  };

  void take_one(const Url& url, std::string_view set_cookie, Time now);

  std::vector<Cookie> cookies_;  // the earliest made first
};

// The time that a cookie's Expires means (RFC 6265 section 5.1.1); Time::max()
// if it means none.
CookieJar::Time parse_cookie_date(std::string_view text);

}  // namespace crawl

#endif  // CRAWL_BASE_COOKIE_JAR_H_
