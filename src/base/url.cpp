#include "crawl/base/url.h"

#include <fmt/format.h>

#include "base/public_suffixes.h"
#include "base/url_host.h"
#include "base/url_parser.h"

namespace crawl {
std::optional<Url> Url::parse(std::string_view input) {
  return url::Parser::make_url(input, nullptr);
}

std::optional<Url> Url::resolve(std::string_view reference) const {
  return url::Parser::make_url(reference, this);
}

bool Url::resolve_append(std::string_view reference, std::string& out) const {
  return url::Parser(out, this).parse(reference);
}

std::string_view Url::scheme() const { return slice(0, parts_.scheme_end); }

std::string_view Url::username() const {
  if (!parts_.has_host) return {};
  return slice(parts_.scheme_end + 3, parts_.username_end);
}

std::string_view Url::password() const {
  if (!has_credentials() || href_[parts_.username_end] != ':') return {};
  return slice(parts_.username_end + 1, parts_.host_begin - 1);
}

std::string_view Url::hostname() const {
  return slice(parts_.host_begin, parts_.host_end);
}

std::string_view Url::port() const {
  if (!parts_.has_host || parts_.host_end == parts_.path_begin) return {};
  return slice(parts_.host_end + 1, parts_.path_begin);
}

std::string_view Url::pathname() const {
  return slice(parts_.path_begin, parts_.query_begin);
}

std::string_view Url::search() const {
  // A lone '?' is an empty query: in the href, but not in `search`.
  if (parts_.fragment_begin - parts_.query_begin < 2) return {};
  return slice(parts_.query_begin, parts_.fragment_begin);
}

std::string_view Url::hash() const {
  if (href_.size() - parts_.fragment_begin < 2) return {};
  return std::string_view(href_).substr(parts_.fragment_begin);
}

std::string_view Url::path_and_query() const {
  return slice(parts_.path_begin, parts_.fragment_begin);
}

bool Url::is_http() const {
  return parts_.kind == Kind::kHttp || parts_.kind == Kind::kHttps;
}

bool Url::has_credentials() const {
  return parts_.username_end < parts_.host_begin;
}

std::uint16_t Url::effective_port() const { return parts_.port; }

std::string Url::host_key() const {
  return fmt::format("{}://{}:{}", scheme(), hostname(), parts_.port);
}

std::string Url::registrable_domain() const {
  std::string host(hostname());
  if (host.empty() || host.front() == '[' || url::ends_in_number(host))
    return host;
  const char* domain = psl_registrable_domain(public_suffixes(), host.c_str());
  return domain != nullptr ? std::string(domain) : host;
}

Url Url::without_fragment() const {
  Url url;
  url.href_ = href_.substr(0, parts_.fragment_begin);
  url.parts_ = parts_;
  return url;
}

Url Url::without_credentials() const {
  Url url(*this);
  if (!has_credentials()) return url;
  const std::uint32_t begin = parts_.scheme_end + 3;
  const std::uint32_t size = parts_.host_begin - begin;
  url.href_.erase(begin, size);
  Parts& parts = url.parts_;
  parts.username_end = begin;
  for (std::uint32_t* offset :
       {&parts.host_begin, &parts.host_end, &parts.path_begin,
        &parts.query_begin, &parts.fragment_begin}) {
    *offset -= size;
  }
  return url;
}

}  // namespace crawl
