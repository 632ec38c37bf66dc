#include "parse/html/html_text.h"

#include <algorithm>
#include <cstddef>

#include "base/ascii.h"

namespace crawl {
namespace {

void skip_space(std::string_view& rest) {
  while (!rest.empty() && is_html_space(rest.front())) rest.remove_prefix(1);
}

}  // namespace

std::string_view strip_html_space(std::string_view text) {
  skip_space(text);
  while (!text.empty() && is_html_space(text.back())) text.remove_suffix(1);
  return text;
}

bool has_token(std::string_view tokens, std::string_view lower) {
  for (;;) {
    skip_space(tokens);
    if (tokens.empty()) return false;
    const auto end = static_cast<std::size_t>(
        std::find_if(tokens.begin(), tokens.end(), is_html_space) -
        tokens.begin());
    if (equals_ignoring_case(tokens.substr(0, end), lower)) return true;
    tokens.remove_prefix(end);
  }
}

void append_collapsed(std::string_view text, std::size_t begin, bool& pending,
                      std::string& out) {
  while (!text.empty()) {
    if (is_html_space(text.front())) {
      pending = true;
      skip_space(text);
      continue;
    }
    if (pending && out.size() > begin) out.push_back(' ');
    pending = false;
    const auto end = static_cast<std::size_t>(
        std::find_if(text.begin(), text.end(), is_html_space) - text.begin());
    out.append(text.substr(0, end));
    text.remove_prefix(end);
  }
}

std::string collapsed(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool pending = false;
  append_collapsed(text, 0, pending, out);
  return out;
}

void split_srcset(std::string_view srcset, std::size_t max,
                  std::vector<std::string_view>& urls) {
  while (urls.size() < max) {
    while (!srcset.empty() &&
           (is_html_space(srcset.front()) || srcset.front() == ',')) {
      srcset.remove_prefix(1);
    }
    if (srcset.empty()) return;
    const auto size = static_cast<std::size_t>(
        std::find_if(srcset.begin(), srcset.end(), is_html_space) -
        srcset.begin());
    std::string_view url = srcset.substr(0, size);
    srcset.remove_prefix(size);
    const bool ended = url.back() == ',';
    while (!url.empty() && url.back() == ',') url.remove_suffix(1);
    if (!url.empty()) urls.push_back(url);
    if (ended) continue;
    // Descriptors, up to a comma that no parenthesis holds.
    bool in_parentheses = false;
    std::size_t end = 0;
    while (end < srcset.size() && (in_parentheses || srcset[end] != ',')) {
      if (srcset[end] == '(') in_parentheses = true;
      if (srcset[end] == ')') in_parentheses = false;
      ++end;
    }
    srcset.remove_prefix(end);
  }
}

std::optional<std::string_view> refresh_url(std::string_view content) {
  skip_space(content);
  std::size_t digits = 0;
  while (digits < content.size() && is_ascii_digit(content[digits])) ++digits;
  if (digits == 0 && !content.starts_with('.')) return std::nullopt;
  std::size_t time = digits;
  while (time < content.size() &&
         (is_ascii_digit(content[time]) || content[time] == '.')) {
    ++time;
  }
  content.remove_prefix(time);
  if (content.empty()) return std::nullopt;
  if (content.front() != ';' && content.front() != ',' &&
      !is_html_space(content.front())) {
    return std::nullopt;
  }
  skip_space(content);
  if (content.starts_with(';') || content.starts_with(',')) {
    content.remove_prefix(1);
  }
  skip_space(content);
  if (content.empty()) return std::nullopt;

  std::string_view url = content;
  if (to_lower(content.front()) == 'u') {
    if (content.size() < 3 ||
        !equals_ignoring_case(content.substr(0, 3), "url")) {
      return url;
    }
    content.remove_prefix(3);
    skip_space(content);
    if (!content.starts_with('=')) return url;
    content.remove_prefix(1);
    skip_space(content);
    url = content;
  }
  if (url.starts_with('"') || url.starts_with('\'')) {
    const char quote = url.front();
    url.remove_prefix(1);
    url = url.substr(0, url.find(quote));
  }
  return url;
}

bool has_foreign_scheme(std::string_view reference) {
  // Leading and trailing C0 controls and spaces mean nothing to a URL.
  std::size_t at = 0;
  while (at < reference.size() &&
         static_cast<unsigned char>(reference[at]) <= 0x20) {
    ++at;
  }
  const std::size_t begin = at;
  for (; at < reference.size(); ++at) {
    const char c = to_lower(reference[at]);
    if (c >= 'a' && c <= 'z') continue;
    if (at > begin && (is_ascii_digit(c) || c == '+' || c == '-' || c == '.')) {
      continue;
    }
    break;
  }
  if (at == begin || at == reference.size() || reference[at] != ':') {
    return false;
  }
  const std::string_view scheme = reference.substr(begin, at - begin);
  return !equals_ignoring_case(scheme, "http") &&
         !equals_ignoring_case(scheme, "https");
}

}  // namespace crawl
