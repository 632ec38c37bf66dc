#include "frontier/redis_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/ascii.h"
#include "base/url_chars.h"

namespace crawl {
namespace {

std::optional<int> to_number(std::string_view text, int most) {
  int value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0 ||
      value > most) {
    return std::nullopt;
  }
  return value;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 100 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_ascii_letter(c) || is_ascii_digit(c) || c == '-' ||
                  c == '_' || c == '.';
         });
}

// "cacert=FILE&cert=FILE&key=FILE", percent-encoded.
Result<void> read_query(std::string_view query, RedisAddress& address) {
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    const std::size_t sign = std::min(part.find('='), part.size());
    const std::string_view name = part.substr(0, sign);
    TlsFiles& files = address.files;
    std::string* const file = name == "cacert" ? &files.cacert
                              : name == "cert" ? &files.cert
                              : name == "key"  ? &files.key
                                               : nullptr;
    if (file == nullptr || sign + 1 >= part.size()) {
      return make_error(
          "has more after its '?' than cacert=FILE, cert=FILE and key=FILE");
    }
    *file = url::percent_decode(part.substr(sign + 1));
  }
  if (!address.tls) {
    return make_error("names files for TLS; that is of rediss://");
  }
  return {};
}

}  // namespace

std::string RedisNode::shown() const {
  const bool bare = host.find(':') != host.npos;
  return fmt::format("{}{}{}:{}", bare ? "[" : "", host, bare ? "]" : "", port);
}

std::string RedisAddress::shown() const {
  return fmt::format("redis{}://{}/{}/{}", tls ? "s" : "", node.shown(),
                     database, name);
}

Result<RedisAddress> parse_redis_address(std::string_view text) {
  constexpr std::string_view kForm = "redis://HOST[:PORT][/DB[/NAME]]";
  constexpr std::string_view kScheme = "redis://", kSecure = "rediss://";
  RedisAddress address;
  address.tls = starts_with_ignoring_case(text, kSecure);
  if (!address.tls && !starts_with_ignoring_case(text, kScheme)) {
    return make_error(
        fmt::format("is not of the form {}, nor rediss:// (TLS)", kForm));
  }
  text.remove_prefix((address.tls ? kSecure : kScheme).size());
  // A password may have a '?' in it.
  const std::size_t who_ends = text.substr(0, text.find('/')).rfind('@');
  if (const std::size_t query =
          text.find('?', who_ends == text.npos ? 0 : who_ends);
      query != text.npos) {
    if (Result<void> read = read_query(text.substr(query + 1), address);
        !read) {
      return tl::unexpected(read.error());
    }
    text = text.substr(0, query);
  }
  const std::size_t slash = std::min(text.find('/'), text.size());
  std::string_view authority = text.substr(0, slash);
  std::string_view path = text.substr(std::min(slash + 1, text.size()));
  if (const std::size_t at = authority.rfind('@'); at != authority.npos) {
    const std::string_view who = authority.substr(0, at);
    authority.remove_prefix(at + 1);
    // Without a colon it is a password, to redis-cli too.
    const std::size_t colon = who.find(':');
    if (colon != who.npos) {
      address.user = url::percent_decode(who.substr(0, colon));
    }
    address.password =
        url::percent_decode(colon != who.npos ? who.substr(colon + 1) : who);
  }
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == authority.npos) {
      return make_error(fmt::format("its host is not of the form {}", kForm));
    }
    address.node.host = authority.substr(1, end - 1);
    port = authority.substr(end + 1);
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    address.node.host = authority.substr(0, colon);
    port = authority.substr(colon);
  }
  if (address.node.host.empty()) {
    return make_error(fmt::format("names no host; its form is {}", kForm));
  }
  if (!port.empty()) {
    const auto number =
        port.front() == ':' ? to_number(port.substr(1), 65'535) : std::nullopt;
    if (!number || *number == 0) return make_error("its port is no number");
    address.node.port = *number;
  }
  const std::size_t next = std::min(path.find('/'), path.size());
  if (const std::string_view db = path.substr(0, next); !db.empty()) {
    const auto number = to_number(db, 1'000'000);
    if (!number) {
      return make_error(fmt::format("its database is no number ({})", kForm));
    }
    address.database = *number;
  }
  if (const std::string_view name =
          path.substr(std::min(next + 1, path.size()));
      !name.empty()) {
    if (!is_name(name)) {
      return make_error(
          "its crawl's name may have letters, digits, '-', '_' and '.', 100 at "
          "most");
    }
    address.name = name;
  }
  return address;
}

}  // namespace crawl
