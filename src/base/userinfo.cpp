#include "base/userinfo.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/url_chars.h"

namespace crawl {
namespace {

constexpr std::size_t npos = std::string_view::npos;

// Where an authority begins in `text`: behind a scheme and slashes, behind
// slashes alone, or at once.
std::size_t authority_begin(std::string_view text) {
  const std::size_t scheme_end = text.find_first_not_of(
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
  if (scheme_end == npos) return 0;
  const std::size_t slashes =
      text[scheme_end] == ':' ? scheme_end + 1 : std::size_t{0};
  const std::size_t end =
      std::min(text.find_first_not_of("/\\", slashes), text.size());
  return end == slashes ? 0 : end;
}

bool is_port(std::string_view digits) {
  unsigned value = 0;
  for (const char c : digits) {
    if (!is_ascii_digit(c)) return false;
    value = std::min(value * 10 + static_cast<unsigned>(c - '0'), 65'536U);
  }
  return value <= 65'535;
}

}  // namespace

std::string user_password_of(const Url& url) {
  if (!url.has_credentials()) return {};
  return url::percent_decode(url.username()) + ':' +
         url::percent_decode(url.password());
}

void remove_userinfo(std::string& href) {
  const std::size_t at = href.find('@');
  if (at == npos) return;
  const std::size_t begin = href.find("//") + 2;
  if (at < href.find('/', begin)) href.erase(begin, at + 1 - begin);
}

std::string hide_password(std::string text) {
  if (text.find('@') == npos) return text;
  // As the URL parser reads it: without these, wherever they stand.
  std::string seen = text;
  std::erase_if(seen,
                [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
  seen.erase(0, static_cast<std::size_t>(
                    std::find_if(seen.begin(), seen.end(),
                                 [](char c) {
                                   return static_cast<unsigned char>(c) > ' ';
                                 }) -
                    seen.begin()));
  if (!seen.empty() && std::string_view("\"'<").find(seen[0]) != npos) {
    const std::string quoted = seen.substr(1);
    const std::string hidden = hide_password(quoted);
    return hidden == quoted ? text : seen[0] + hidden;
  }
  const std::size_t begin = authority_begin(seen);
  if (begin == 0 && seen.size() > 7 &&
      equals_ignoring_case(std::string_view(seen).substr(0, 7), "mailto:")) {
    return text;
  }
  const std::size_t end =
      std::min(seen.find_first_of("/\\?#", begin), seen.size());
  const std::string_view authority =
      std::string_view(seen).substr(begin, end - begin);
  std::size_t at = authority.rfind('@');
  // Colons in brackets are an address's.
  const std::size_t bracket =
      at == npos && authority.starts_with('[') ? authority.find(']') : npos;
  const std::size_t colon = authority.find(':', bracket == npos ? 0 : bracket);
  if (colon == npos) return text;
  if (at == npos) {
    // A password with a slash in it: what stands before that is no port.
    if (is_port(authority.substr(colon + 1))) return text;
    at = seen.rfind('@') - begin;
  }
  if (at < colon) return text;
  seen.replace(begin + colon + 1, at - colon - 1, "***");
  return seen;
}

std::string hide_passwords(std::string text) {
  if (text.find('@') == npos) return text;
  for (std::size_t slashes = text.find("//"); slashes != npos;
       slashes = text.find("//", slashes + 2)) {
    const std::size_t begin = slashes + 2;
    const std::size_t end =
        std::min(text.find_first_of("/\\?# \t\"'<>,;", begin), text.size());
    const std::string_view authority =
        std::string_view(text).substr(begin, end - begin);
    const std::size_t at = authority.rfind('@');
    if (at == npos) continue;
    const std::size_t colon = authority.substr(0, at).find(':');
    if (colon != npos) text.replace(begin + colon + 1, at - colon - 1, "***");
  }
  return text;
}

}  // namespace crawl
