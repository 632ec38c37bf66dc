#include "crawl/frontier/url_cleaner.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"

namespace crawl {
namespace {

std::string_view name_of(std::string_view parameter) {
  return parameter.substr(0, parameter.find('='));
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_digit_value(text[i + 1]);
      const int low = hex_digit_value(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

// The names that frameworks give to session ids and nobody gives to anything
// else. `text` is what the parameter stands in.
bool is_session_id(std::string_view name, std::string_view text) {
  for (const char* word : {"jsessionid", "phpsessid", "oscsid", "cftoken"}) {
    if (equals_ignoring_case(name, word)) return true;
  }
  return starts_with_ignoring_case(name, "aspsessionid") ||
         (equals_ignoring_case(name, "cfid") &&
          find_ignoring_case(text, "cftoken=") != std::string_view::npos);
}

// ASP.NET's session id, a segment of its own: "/(S(lit3py55t21z5v55vlm25s55))".
bool is_session_segment(std::string_view part) {
  constexpr std::size_t kIdSize = 24;
  constexpr std::string_view kBegin = "/(S(", kEnd = "))";
  if (part.size() != kBegin.size() + kIdSize + kEnd.size() ||
      !starts_with_ignoring_case(part, kBegin) || !part.ends_with(kEnd)) {
    return false;
  }
  const std::string_view id = part.substr(kBegin.size(), kIdSize);
  return std::all_of(id.begin(), id.end(), [](char c) {
    return is_ascii_letter(c) || is_ascii_digit(c);
  });
}

}  // namespace

bool matches_glob(std::string_view glob, std::string_view text) {
  // On a mismatch only the latest `*` has to take one more character.
  std::size_t g = 0, t = 0;
  std::size_t star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = t;
    } else if (g < glob.size() && glob[g] == text[t]) {
      ++g;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', g) == std::string_view::npos;
}

UrlCleaner::UrlCleaner(UrlCleanerOptions options)
    : options_(std::move(options)) {}

bool UrlCleaner::strips(std::string_view parameter, Place place,
                        std::string_view text) const {
  if (options_.strip_query_params.empty() && !options_.strip_session_ids) {
    return false;
  }
  const std::string name = percent_decoded(name_of(parameter));
  if (options_.strip_session_ids && is_session_id(name, text)) return true;
  if (options_.strip_session_ids && place == Place::kPath &&
      equals_ignoring_case(name, "sessionid")) {
    return true;
  }
  return std::any_of(
      options_.strip_query_params.begin(), options_.strip_query_params.end(),
      [&](const std::string& glob) { return matches_glob(glob, name); });
}

std::string UrlCleaner::cleaned_path(std::string_view path) const {
  std::string out;
  while (!path.empty()) {
    // A segment begins, or a parameter of it does.
    const std::size_t end = std::min(path.find_first_of("/;", 1), path.size());
    const std::string_view part = path.substr(0, end);
    const bool stripped =
        part[0] == ';' ? strips(part.substr(1), Place::kPath, path)
                       : options_.strip_session_ids && is_session_segment(part);
    if (!stripped) out += part;
    path.remove_prefix(end);
  }
  return out;
}

// With its `?`, or "" if no parameter is left.
std::string UrlCleaner::cleaned_query(std::string_view query) const {
  std::vector<std::string_view> parameters;
  std::string_view rest = query.substr(1);
  for (;;) {
    const std::size_t end = rest.find('&');
    std::string_view parameter = rest.substr(0, end);
    // Java's servlets put theirs behind any URL.
    while (options_.strip_session_ids) {
      const std::size_t semicolon = parameter.rfind(';');
      if (semicolon == parameter.npos ||
          !is_session_id(name_of(parameter.substr(semicolon + 1)), query)) {
        break;
      }
      parameter = parameter.substr(0, semicolon);
    }
    if (!strips(parameter, Place::kQuery, query) &&
        !(options_.sort_query && parameter.empty())) {
      parameters.push_back(parameter);
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  if (options_.sort_query) {
    std::stable_sort(parameters.begin(), parameters.end(),
                     [](std::string_view a, std::string_view b) {
                       return percent_decoded(name_of(a)) <
                              percent_decoded(name_of(b));
                     });
  }
  std::string out;
  for (const std::string_view parameter : parameters) {
    out += out.empty() ? '?' : '&';
    out += parameter;
  }
  return out;
}

Url UrlCleaner::clean(const Url& url) const {
  const std::string_view path = url.pathname();
  // A lone `?` stays.
  const bool has_query = url.search().size() > 1;
  if (!url.is_http() ||
      (path.find(';') == std::string_view::npos &&
       path.find("/(") == std::string_view::npos && !has_query)) {
    return url.without_fragment();
  }
  const std::string_view href = url.href();
  const std::string_view query = url.path_and_query().substr(path.size());
  std::string out(
      href.substr(0, static_cast<std::size_t>(path.data() - href.data())));
  out += cleaned_path(path);
  out += has_query ? cleaned_query(query) : query;
  if (href.starts_with(out) &&
      (out.size() == href.size() || href[out.size()] == '#')) {
    return url.without_fragment();
  }
  std::optional<Url> cleaned = Url::parse(out);
  return cleaned ? std::move(*cleaned) : url.without_fragment();
}

}  // namespace crawl
