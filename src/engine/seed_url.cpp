#include "engine/seed_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "base/userinfo.h"

namespace crawl {
namespace {

constexpr std::string_view kOpeningQuotes = "\"'<";

// The URL between quotes or angle brackets (RFC 3986 appendix C).
std::string_view without_quotes(std::string_view line) {
  constexpr std::string_view kOpening = kOpeningQuotes;
  constexpr std::string_view kClosing = "\"'>";
  // Copied out of a program: "URL",
  if (line.size() > 2 && line.ends_with(',') &&
      kOpening.find(line.front()) != std::string_view::npos &&
      kOpening.find(line.front()) == kClosing.find(line[line.size() - 2])) {
    line.remove_suffix(1);
  }
  if (line.size() < 2) return line;
  const std::size_t kind = kOpening.find(line.front());
  if (kind == std::string_view::npos || line.back() != kClosing[kind]) {
    return line;
  }
  return line.substr(1, line.size() - 2);
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_ascii_digit);
}

// The port that a line without a scheme names; "" for none.
std::string_view port_of(std::string_view line) {
  std::string_view authority = line.substr(0, line.find_first_of("/\\?#"));
  authority.remove_prefix(authority.rfind('@') + 1);
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return {};
  const std::string_view host = authority.substr(0, colon);
  if (host.find(':') != std::string_view::npos && host.back() != ']') return {};
  const std::string_view port = authority.substr(colon + 1);
  return is_digits(port) ? port : std::string_view();
}

// Tells "mailto:x" from "localhost:8080/x" and "me:pw@localhost:8080/x": after
// a host comes a port.
bool has_scheme(std::string_view line) {
  if (line.empty() || !is_ascii_letter(line[0])) return false;
  const std::size_t colon = line.find_first_not_of(
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
  if (colon == std::string_view::npos || line[colon] != ':') return false;
  // These may be followed by somebody at a host's port, too.
  for (const char* scheme : {"mailto", "sip", "sips"}) {
    if (equals_ignoring_case(line.substr(0, colon), scheme)) return true;
  }
  return port_of(line).empty();
}

// A port that is named is rather a server's of one's own, in the clear: curl
// guesses the same. The one of https is https's.
std::string with_scheme(std::string_view line) {
  if (line.starts_with("//")) return "https:" + std::string(line);
  const std::string_view port = port_of(line);
  return (port.empty() || port == "443" ? "https://" : "http://") +
         std::string(line);
}

tl::unexpected<UrlProblem> problem(ErrorKind kind, std::string message) {
  return tl::unexpected<UrlProblem>({kind, std::move(message)});
}

}  // namespace

bool names_host_and_port(std::string_view text) {
  const std::string_view authority = text.substr(0, text.find_first_of("/?#"));
  return !has_scheme(text) && !port_of(text).empty() &&
         authority.find_first_of(" \\") == std::string_view::npos &&
         parse_seed(text).has_value();
}

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
  // The URL Standard would take it out, and join what stands beside it.
  if (line.find('\t') != std::string_view::npos) {
    return problem(ErrorKind::kInvalidUrl,
                   "the line holds a tab; of a table, give the column with the "
                   "URLs (cut -f)");
  }
  line = without_quotes(line);
  // What would be taken for a part of the host.
  if (!line.empty() && kOpeningQuotes.find(line.front()) != line.npos) {
    return problem(ErrorKind::kInvalidUrl,
                   fmt::format("the line begins with {}, which is not closed",
                               line.front()));
  }
  const std::optional<Url> url =
      has_scheme(line) ? Url::parse(line) : Url::parse(with_scheme(line));
  if (!url) {
    return problem(ErrorKind::kInvalidUrl, "not a URL that can be parsed");
  }
  if (!url->is_http()) {
    return problem(
        ErrorKind::kUnsupportedScheme,
        fmt::format("only http and https are fetched, not {}", url->scheme()));
  }
  if (!url->has_credentials()) return Seed{*url, ""};
  return Seed{url->without_credentials(), user_password_of(*url)};
}

}  // namespace crawl
