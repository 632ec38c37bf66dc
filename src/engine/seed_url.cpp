#include "engine/seed_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "base/userinfo.h"

namespace crawl {
namespace {

// Tells "mailto:x" from "localhost:8080/x": after a host comes a port.
bool has_scheme(std::string_view line) {
  if (line.empty() || !is_ascii_letter(line[0])) return false;
  const std::size_t colon = line.find_first_not_of(
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
  if (colon == std::string_view::npos || line[colon] != ':') return false;
  const std::string_view rest = line.substr(colon + 1);
  const std::string_view after_digits = rest.substr(
      std::min(rest.size(),
               static_cast<std::size_t>(
                   std::find_if_not(rest.begin(), rest.end(), is_ascii_digit) -
                   rest.begin())));
  const bool is_port = after_digits.size() < rest.size() &&
                       (after_digits.empty() || after_digits[0] == '/' ||
                        after_digits[0] == '?' || after_digits[0] == '#');
  return !is_port;
}

tl::unexpected<UrlProblem> problem(ErrorKind kind, std::string message) {
  return tl::unexpected<UrlProblem>({kind, std::move(message)});
}

}  // namespace

tl::expected<Seed, UrlProblem> parse_seed(std::string_view line) {
  if (line.find('\0') != std::string_view::npos) {
    return problem(ErrorKind::kInvalidUrl,
                   "the line holds a NUL byte; is the input a text file with "
                   "one URL a line?");
  }
  if (line.size() > kMaxUrlBytes) {
    return problem(ErrorKind::kInvalidUrl,
                   fmt::format("the line is longer than {} bytes; is the input "
                               "a text file with one URL a line?",
                               kMaxUrlBytes));
  }
  std::optional<Url> url;
  if (has_scheme(line)) {
    url = Url::parse(line);
  } else if (line.starts_with("//")) {
    url = Url::parse("https:" + std::string(line));
  } else {
    url = Url::parse("https://" + std::string(line));
  }
  if (!url) {
    return problem(ErrorKind::kInvalidUrl, "not a URL that can be parsed");
  }
  if (!url->is_http()) {
    return problem(
        ErrorKind::kUnsupportedScheme,
        fmt::format("only http and https are fetched, not {}", url->scheme()));
  }
  if (!url->has_credentials()) return Seed{*std::move(url), ""};
  return Seed{url->without_credentials(), user_password_of(*url)};
}

}  // namespace crawl
