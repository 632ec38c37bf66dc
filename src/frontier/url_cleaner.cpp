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

bool UrlCleaner::strips(std::string_view parameter) const {
  if (options_.strip_query_params.empty()) return false;
  const std::string name = percent_decoded(name_of(parameter));
  return std::any_of(
      options_.strip_query_params.begin(), options_.strip_query_params.end(),
      [&](const std::string& glob) { return matches_glob(glob, name); });
}

Url UrlCleaner::clean(const Url& url) const {
  const std::string_view search = url.search();
  if (search.empty() ||
      (options_.strip_query_params.empty() && !options_.sort_query)) {
    return url.hash().empty() && !url.href().ends_with('#')
               ? url
               : url.without_fragment();
  }

  std::vector<std::string_view> parameters;
  std::string_view rest = search.substr(1);
  for (;;) {
    const std::size_t end = rest.find('&');
    const std::string_view parameter = rest.substr(0, end);
    if (!strips(parameter) && !(options_.sort_query && parameter.empty())) {
      parameters.push_back(parameter);
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  if (options_.sort_query) {
    std::stable_sort(parameters.begin(), parameters.end(),
                     [](std::string_view a, std::string_view b) {
                       return name_of(a) < name_of(b);
                     });
  }

  const std::string_view href = url.href();
  std::string out(
      href.substr(0, static_cast<std::size_t>(search.data() - href.data())));
  char separator = '?';
  for (const std::string_view parameter : parameters) {
    out += separator;
    out += parameter;
    separator = '&';
  }
  std::optional<Url> cleaned = Url::parse(out);
  return cleaned ? std::move(*cleaned) : url.without_fragment();
}

}  // namespace crawl
