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

}  // namespace

std::string RedisAddress::shown() const {
  return fmt::format("redis://{}:{}/{}/{}", host, port, database, name);
}

Result<RedisAddress> parse_redis_address(std::string_view text) {
  constexpr std::string_view kForm = "redis://HOST[:PORT][/DB[/NAME]]";
  constexpr std::string_view kScheme = "redis://";
  if (!starts_with_ignoring_case(text, kScheme)) {
    return make_error(fmt::format("is not of the form {}", kForm));
  }
  text.remove_prefix(kScheme.size());
  RedisAddress address;
  const std::size_t slash = std::min(text.find('/'), text.size());
  std::string_view authority = text.substr(0, slash);
  std::string_view path = text.substr(std::min(slash + 1, text.size()));
  if (const std::size_t at = authority.rfind('@'); at != authority.npos) {
    const std::string_view who = authority.substr(0, at);
    authority.remove_prefix(at + 1);
    const std::size_t colon = std::min(who.find(':'), who.size());
    address.user = url::percent_decode(who.substr(0, colon));
    address.password =
        url::percent_decode(who.substr(std::min(colon + 1, who.size())));
  }
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == authority.npos) {
      return make_error(fmt::format("its host is not of the form {}", kForm));
    }
    address.host = authority.substr(1, end - 1);
    port = authority.substr(end + 1);
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    address.host = authority.substr(0, colon);
    port = authority.substr(colon);
  }
  if (address.host.empty()) {
    return make_error(fmt::format("names no host; its form is {}", kForm));
  }
  if (!port.empty()) {
    const auto number =
        port.front() == ':' ? to_number(port.substr(1), 65'535) : std::nullopt;
    if (!number || *number == 0) return make_error("its port is no number");
    address.port = *number;
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
