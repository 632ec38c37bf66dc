#include "crawl/fetch/retry_policy.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "base/ascii.h"
#include "crawl/base/cookie_jar.h"

namespace crawl {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Far more than any limit, and far from overflow in any unit of time.
constexpr seconds kForEver{std::int64_t{1} << 31};

}  // namespace

bool is_transient(ErrorKind error, int status_code) {
  switch (error) {
    case ErrorKind::kTimeout:
    case ErrorKind::kConnect:
    case ErrorKind::kClosed:
      return true;
    case ErrorKind::kNone:
    case ErrorKind::kHttp:
    case ErrorKind::kProtocol:
    case ErrorKind::kDecode:
      break;  // the status still counts
    default:
      return false;
  }
  switch (status_code) {
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
    case 522:
    case 524:
      return true;
    default:
      return false;
  }
}

std::optional<seconds> parse_retry_after(
    std::string_view value, std::chrono::system_clock::time_point now) {
  value = trim(value);
  if (value.empty()) return std::nullopt;
  if (std::all_of(value.begin(), value.end(), is_ascii_digit)) {
    std::int64_t count = 0;
    const auto read =
        std::from_chars(value.data(), value.data() + value.size(), count);
    if (read.ec != std::errc()) return kForEver;
    return std::min(seconds(count), kForEver);
  }
  // All three forms of an HTTP-date begin with the day's name; a cookie's date
  // need not.
  if (!is_ascii_letter(value.front())) return std::nullopt;
  const auto when = parse_cookie_date(value);
  if (when == CookieJar::Time::max()) return std::nullopt;
  // In whole seconds: the difference of far dates overflows the clock's unit.
  const auto wait =
      std::chrono::floor<seconds>(when) - std::chrono::floor<seconds>(now);
  return std::clamp<seconds>(wait, seconds(0), kForEver);
}

std::optional<milliseconds> retry_wait(const RetryOptions& options,
                                       const FailedTry& failed) {
  if (failed.attempt > options.retries ||
      !is_transient(failed.error, failed.status_code)) {
    return std::nullopt;
  }
  const double doublings = failed.attempt > 0 ? failed.attempt - 1 : 0;
  const double jitter = 0.75 + 0.5 * std::clamp(failed.random, 0.0, 1.0);
  const double limit = static_cast<double>(options.max_wait.count());
  const double backoff =
      std::min(static_cast<double>(options.first_wait.count()) *
                   std::exp2(std::min(doublings, 60.0)) * jitter,
               limit);
  milliseconds wait(std::llround(backoff));
  if (const auto asked = parse_retry_after(failed.retry_after, failed.now)) {
    wait = std::max(wait, milliseconds(*asked));
  }
  return std::min(wait, options.max_wait);
}

}  // namespace crawl
