#include "archive/surt.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/ascii.h"

namespace crawl {
namespace {

bool all_of(std::string_view text, bool (*test)(char)) {
  return std::all_of(text.begin(), text.end(), test);
}

bool is_alphanumeric(char c) { return is_ascii_letter(c) || is_ascii_digit(c); }

// "www." and "www12.".
std::string_view without_www(std::string_view host) {
  if (!host.starts_with("www")) return host;
  std::size_t at = 3;
  while (at < host.size() && is_ascii_digit(host[at])) ++at;
  return at < host.size() && host[at] == '.' ? host.substr(at + 1) : host;
}

std::string reversed(std::string_view host) {
  if (host.starts_with('['))
    return std::string(host.substr(1, host.size() - 2));
  std::string text;
  while (true) {
    const std::size_t dot = host.rfind('.');
    if (!text.empty()) text += ',';
    text += host.substr(dot == std::string_view::npos ? 0 : dot + 1);
    if (dot == std::string_view::npos) return text;
    host = host.substr(0, dot);
  }
}

bool is_session_id(std::string_view parameter) {
  const auto value_of = [&](std::string_view name) {
    return parameter.starts_with(name) ? parameter.substr(name.size())
                                       : std::string_view();
  };
  for (const std::string_view name :
       {"jsessionid=", "phpsessid=", "sid=", "sessionid="}) {
    const std::string_view value = value_of(name);
    if (value.size() == 32 && all_of(value, is_alphanumeric)) return true;
  }
  if (parameter.starts_with("aspsessionid")) {
    const std::string_view rest = value_of("aspsessionid");
    return rest.size() == 33 && rest[8] == '=' &&
           all_of(rest.substr(9), is_ascii_letter);
  }
  return parameter.starts_with("cfid=") || parameter.starts_with("cftoken=");
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find('&');
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// ";jsessionid=..." and ASP.NET's "/(...)/".
std::string path_of(std::string path) {
  if (const std::size_t at = path.find(";jsessionid=");
      at != std::string::npos && path.size() == at + 12 + 32) {
    path.resize(at);
  }
  if (path.starts_with("/(") && path.find(")/") != std::string::npos &&
      path.ends_with(".aspx")) {
    const std::size_t end = path.find(")/");
    const std::string_view inside = std::string_view(path).substr(2, end - 2);
    if (inside.size() == 24 ||
        (inside.size() == 27 && inside[1] == '(' && inside.ends_with(')'))) {
      path.erase(0, end + 1);
    }
  }
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

std::string surt(const Url& url) {
  std::string key = reversed(without_www(url.hostname()));
  if (!url.port().empty()) key.append(":").append(url.port());
  key += ')';
  key += path_of(lower_case(std::string(url.pathname())));
  std::string query = lower_case(std::string(url.search()));
  if (query.size() <= 1) return key;
  std::vector<std::string_view> parts =
      split(std::string_view(query).substr(1));
  std::erase_if(parts, is_session_id);
  std::sort(parts.begin(), parts.end());
  char before = '?';
  for (const std::string_view part : parts) {
    key += before;
    key += part;
    before = '&';
  }
  return key;
}

}  // namespace crawl
