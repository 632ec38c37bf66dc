#include "check/link_scheme.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "crawl/base/nearest_name.h"

namespace crawl {
namespace {

constexpr std::array<std::string_view, 2> kHttp = {"http", "https"};

// Near to those, and meant (RFC 2660).
constexpr std::string_view kSecureHttp = "shttp";

}  // namespace

std::string scheme_of(std::string_view url) {
  const std::size_t colon = url.find(':');
  return colon == url.npos ? std::string()
                           : lower_case(std::string(url.substr(0, colon)));
}

std::string wrong_scheme(std::string_view url) {
  const std::string scheme = scheme_of(url);
  if (scheme.empty()) return {};
  const std::string_view rest = url.substr(scheme.size() + 1);
  if (rest.starts_with('/')) {
    if (scheme == kSecureHttp) return {};
    const auto meant = nearest_name(scheme, kHttp);
    return meant ? fmt::format("there is no scheme '{}': is {} meant?", scheme,
                               *meant)
                 : std::string();
  }
  if (scheme != "localhost" && scheme.find('.') == scheme.npos) return {};
  const std::string_view port =
      rest.substr(0, std::min(rest.find_first_of("/?#"), rest.size()));
  const bool is_port = !port.empty() && port.size() <= 5 &&
                       std::all_of(port.begin(), port.end(),
                                   [](char c) { return is_ascii_digit(c); });
  return is_port
             ? fmt::format("a host without scheme: is http://{} meant?", url)
             : std::string();
}

}  // namespace crawl
