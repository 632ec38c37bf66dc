#include "crawl/base/cookie_jar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

#include "base/ascii.h"
#include "base/public_suffixes.h"

namespace crawl {
namespace {

constexpr auto npos = std::string_view::npos;
// Expiry times beyond are as good as never; and far from overflow.
constexpr std::chrono::hours kLongest{24 * 400};

// Cuts `text` at the first `separator`: what is before it, and what behind.
std::pair<std::string_view, std::string_view> cut(std::string_view text,
                                                  char separator) {
  const auto at = text.find(separator);
  if (at == npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f';
  });
}

// --- Section 5.1.1.

bool is_date_delimiter(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u == 0x09 || (u >= 0x20 && u <= 0x2f) || (u >= 0x3b && u <= 0x40) ||
         (u >= 0x5b && u <= 0x60) || (u >= 0x7b && u <= 0x7e);
}

// The number that `text` begins with, if it has so many digits and no more; it
// is taken away.
std::optional<int> take_number(std::string_view& text, std::size_t least,
                               std::size_t most) {
  std::size_t size = 0;
  int number = 0;
  for (; size < text.size() && is_ascii_digit(text[size]); ++size) {
    if (size == most) return std::nullopt;
    number = number * 10 + (text[size] - '0');
  }
  if (size < least) return std::nullopt;
  text.remove_prefix(size);
  return number;
}

struct TimeOfDay {
  int hour, minute, second;
};

std::optional<TimeOfDay> read_time(std::string_view token) {
  std::array<int, 3> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) {
      if (!token.starts_with(':')) return std::nullopt;
      token.remove_prefix(1);
    }
    const std::optional<int> part = take_number(token, 1, 2);
    if (!part) return std::nullopt;
    parts[i] = *part;
  }
  return TimeOfDay{parts[0], parts[1], parts[2]};
}

std::optional<unsigned> read_month(std::string_view token) {
  constexpr std::array<std::string_view, 12> kMonths = {
      "jan", "feb", "mar", "apr", "may", "jun",
      "jul", "aug", "sep", "oct", "nov", "dec"};
  for (unsigned i = 0; i < kMonths.size(); ++i) {
    if (starts_with_ignoring_case(token, kMonths[i])) return i + 1;
  }
  return std::nullopt;
}

// --- Section 5.2.

struct Attributes {
  std::optional<CookieJar::Time> expires, max_age;
  std::string domain;
  std::string_view path;
  bool secure = false;
};

// When a Max-Age ends; nothing if it is to be ignored.
std::optional<CookieJar::Time> read_max_age(std::string_view text,
                                            CookieJar::Time now) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_ascii_digit)) {
    return std::nullopt;
  }
  std::chrono::seconds age{0};
  for (const char c : text) {
    age = std::min<std::chrono::seconds>(
        age * 10 + std::chrono::seconds(c - '0'), kLongest);
  }
  return negative || age.count() == 0 ? CookieJar::Time::min() : now + age;
}

// Of an attribute that stands there twice the last one counts.
Attributes read_attributes(std::string_view text, CookieJar::Time now) {
  Attributes attributes;
  while (!text.empty()) {
    std::string_view part;
    std::tie(part, text) = cut(text, ';');
    const auto [raw_name, raw_value] = cut(part, '=');
    const std::string_view name = trim(raw_name);
    std::string_view value = trim(raw_value);
    if (equals_ignoring_case(name, "expires")) {
      const CookieJar::Time time = parse_cookie_date(value);
      if (time != CookieJar::Time::max()) attributes.expires = time;
    } else if (equals_ignoring_case(name, "max-age")) {
      if (const auto end = read_max_age(value, now)) attributes.max_age = end;
    } else if (equals_ignoring_case(name, "domain")) {
      if (value.starts_with('.')) value.remove_prefix(1);
      if (!value.empty()) attributes.domain = lower_case(std::string(value));
    } else if (equals_ignoring_case(name, "path")) {
      attributes.path = value.starts_with('/') ? value : std::string_view();
    } else if (equals_ignoring_case(name, "secure")) {
      attributes.secure = true;
    }
  }
  return attributes;
}

// --- Sections 5.1.3 and 5.1.4.

bool is_https(const Url& url) { return url.scheme() == "https"; }

// Of a domain that the host was allowed to name, so it is no address.
bool is_within(std::string_view host, std::string_view domain) {
  return host == domain ||
         (host.size() > domain.size() && host.ends_with(domain) &&
          host[host.size() - domain.size() - 1] == '.');
}

std::string_view default_path(const Url& url) {
  const std::string_view path = url.pathname();
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == npos ? std::string_view("/")
                                     : path.substr(0, slash);
}

bool path_matches(std::string_view path, std::string_view of_cookie) {
  return path.starts_with(of_cookie) &&
         (path.size() == of_cookie.size() || of_cookie.ends_with('/') ||
          path[of_cookie.size()] == '/');
}

}  // namespace

CookieJar::Time parse_cookie_date(std::string_view text) {
  std::optional<TimeOfDay> time;
  std::optional<int> day, year;
  std::optional<unsigned> month;
  while (!text.empty()) {
    const auto end = static_cast<std::size_t>(
        std::find_if(text.begin(), text.end(), is_date_delimiter) -
        text.begin());
    std::string_view token = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    if (!time && (time = read_time(token))) continue;
    std::string_view rest = token;
    if (!day && (day = take_number(rest, 1, 2))) continue;
    if (!month && (month = read_month(token))) continue;
    if (!year) year = take_number(token, 2, 4);
  }
  if (!time || !day || !month || !year) return CookieJar::Time::max();
  if (*year >= 70 && *year <= 99) *year += 1900;
  if (*year >= 0 && *year <= 69) *year += 2000;
  const std::chrono::year_month_day date{
      std::chrono::year(*year), std::chrono::month(*month),
      std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *year < 1601 || time->hour > 23 || time->minute > 59 ||
      time->second > 59) {
    return CookieJar::Time::max();
  }
  const std::chrono::sys_seconds moment =
      std::chrono::sys_days(date) + std::chrono::hours(time->hour) +
      std::chrono::minutes(time->minute) + std::chrono::seconds(time->second);
  // The clock counts nanoseconds, and has no year 2263.
  return std::chrono::time_point_cast<CookieJar::Time::duration>(std::clamp(
      moment, std::chrono::sys_seconds(std::chrono::seconds(0)),
      std::chrono::floor<std::chrono::seconds>(CookieJar::Time::max()) -
          std::chrono::seconds(1)));
}

void CookieJar::take(const Url& url,
                     const std::vector<std::string>& set_cookies, Time now) {
  for (const std::string& set_cookie : set_cookies) {
    take_one(url, set_cookie, now);
  }
}

// Section 5.3.
void CookieJar::take_one(const Url& url, std::string_view set_cookie,
                         Time now) {
  if (has_control(set_cookie)) return;
  const auto [pair, text] = cut(set_cookie, ';');
  if (pair.find('=') == npos) return;
  const auto [raw_name, raw_value] = cut(pair, '=');
  Cookie cookie;
  cookie.name = trim(raw_name);
  cookie.value = trim(raw_value);
  if (cookie.name.empty() ||
      cookie.name.size() + cookie.value.size() > kMaxBytes) {
    return;
  }
  const Attributes attributes = read_attributes(text, now);
  cookie.domain = url.hostname();
  if (!attributes.domain.empty()) {
    if (psl_is_cookie_domain_acceptable(public_suffixes(),
                                        cookie.domain.c_str(),
                                        attributes.domain.c_str()) == 0) {
      return;
    }
    // A host that is a public suffix itself may only mean itself; and what is
    // no name has none below it.
    cookie.host_only =
        cookie.domain == attributes.domain &&
        psl_is_public_suffix(public_suffixes(), cookie.domain.c_str()) != 0;
    cookie.domain = attributes.domain;
  }
  cookie.path = attributes.path.empty() ? default_path(url) : attributes.path;
  cookie.https_only = attributes.secure || is_https(url);
  if (attributes.max_age) {
    cookie.expires = *attributes.max_age;
  } else if (attributes.expires) {
    cookie.expires = *attributes.expires;
  }

  const auto same =
      std::find_if(cookies_.begin(), cookies_.end(), [&](const Cookie& old) {
        return old.name == cookie.name && old.domain == cookie.domain &&
               old.path == cookie.path;
      });
  const bool expired = cookie.expires <= now;
  if (same != cookies_.end()) {
    if (expired) {
      cookies_.erase(same);
    } else {
      *same = std::move(cookie);
    }
    return;
  }
  if (expired) return;
  if (cookies_.size() == kMaxCookies) cookies_.erase(cookies_.begin());
  cookies_.push_back(std::move(cookie));
}

std::string CookieJar::header_for(const Url& url, Time now) const {
  if (cookies_.empty()) return {};
  const std::string_view host = url.hostname();
  std::vector<const Cookie*> sent;
  for (const Cookie& cookie : cookies_) {
    if ((cookie.host_only ? host == cookie.domain
                          : is_within(host, cookie.domain)) &&
        path_matches(url.pathname(), cookie.path) &&
        (!cookie.https_only || is_https(url)) && cookie.expires > now) {
      sent.push_back(&cookie);
    }
  }
  std::stable_sort(sent.begin(), sent.end(),
                   [](const Cookie* a, const Cookie* b) {
                     return a->path.size() > b->path.size();
                   });
  std::string header;
  for (const Cookie* cookie : sent) {
    const std::size_t size = cookie->name.size() + cookie->value.size() + 3;
    if (header.size() + size > kMaxHeaderBytes) continue;
    if (!header.empty()) header += "; ";
    header.append(cookie->name).append("=").append(cookie->value);
  }
  return header;
}

std::vector<std::string> CookieJar::save() const {
  std::vector<std::string> words;
  for (const Cookie& cookie : cookies_) {
    words.insert(words.end(),
                 {cookie.name, cookie.value, cookie.domain, cookie.path,
                  std::string(cookie.host_only ? "h" : "") +
                      (cookie.https_only ? "s" : "")});
    words.push_back(
        cookie.expires == Time::max()
            ? std::string()
            : std::to_string(std::chrono::duration_cast<std::chrono::seconds>(
                                 cookie.expires.time_since_epoch())
                                 .count()));
  }
  return words;
}

CookieJar CookieJar::restore(const std::vector<std::string>& words) {
  constexpr std::int64_t kLatest = 1LL << 33U;  // far from overflow
  CookieJar jar;
  for (std::size_t i = 0;
       i + kWords <= words.size() && jar.cookies_.size() < kMaxCookies;
       i += kWords) {
    Cookie cookie{words[i], words[i + 1], words[i + 2], words[i + 3]};
    const std::string& flags = words[i + 4];
    cookie.host_only = flags.find('h') != npos;
    cookie.https_only = flags.find('s') != npos;
    if (const std::string& expires = words[i + 5]; !expires.empty()) {
      std::int64_t seconds = 0;
      std::from_chars(expires.data(), expires.data() + expires.size(), seconds);
      cookie.expires = Time(
          std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, kLatest)));
    }
    if (has_control(cookie.name) || has_control(cookie.value) ||
        cookie.name.size() + cookie.value.size() > kMaxBytes) {
      continue;
    }
    jar.cookies_.push_back(std::move(cookie));
  }
  return jar;
}

}  // namespace crawl
