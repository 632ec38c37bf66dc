#include "fetch/net/host_overrides.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "crawl/base/url.h"

namespace crawl {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return port;
}

std::string key_of(std::string_view host, std::string_view port) {
  return fmt::format("{}:{}", host_key(host), port);
}

// Up to the next colon that is not in brackets; takes both off `rest`.
std::string_view take_part(std::string_view& rest) {
  bool bracket = false;
  std::size_t end = 0;
  for (; end < rest.size(); ++end) {
    if (rest[end] == '[') bracket = true;
    if (rest[end] == ']') bracket = false;
    if (rest[end] == ':' && !bracket) break;
  }
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

bool is_connect_to(std::string_view entry) {
  int colons = 0;
  bool bracket = false;
  for (const char c : entry) {
    if (c == '[') bracket = true;
    if (c == ']') bracket = false;
    if (c == ':' && !bracket) ++colons;
  }
  return colons == 3 && !bracket;
}

}  // namespace

std::string host_key(std::string_view host) {
  if (host.size() > 1 && host.back() == '.') host.remove_suffix(1);
  return lower_case(std::string(host));
}

std::string host_of_user(std::string_view host) {
  if (!host.empty() && host.find_first_of("/\\?#@ \t\r\n") == host.npos) {
    const auto url = Url::parse(fmt::format("http://{}/", host));
    if (url && url->port().empty()) return std::string(url->hostname());
  }
  return std::string(host);
}

Result<HostOverrides> HostOverrides::parse(
    const std::vector<std::string>& resolve,
    const std::vector<std::string>& connect_to) {
  HostOverrides overrides;
  for (const std::string& entry : resolve) {
    if (!overrides.add_resolve(entry)) {
      return make_error(fmt::format(
          "--resolve {}: not understood; it takes HOST:PORT:ADDRESS[,ADDRESS]"
          "...",
          entry));
    }
  }
  for (const std::string& entry : connect_to) {
    if (!overrides.add_connect_to(entry)) {
      return make_error(fmt::format(
          "--connect-to {}: not understood; it takes HOST1:PORT1:HOST2:PORT2",
          entry));
    }
  }
  return overrides;
}

bool HostOverrides::add_resolve(std::string_view entry) {
  const bool take_back = entry.starts_with('-');
  if (take_back || entry.starts_with('+')) entry.remove_prefix(1);
  const std::string_view host = take_part(entry);
  const auto port = parse_port(take_part(entry));
  if (host.empty() || !port) return false;
  const std::string key = key_of(host_of_user(host), std::to_string(*port));
  if (take_back) {
    addresses_.erase(key);
    return entry.empty();
  }
  std::vector<SocketAddress> addresses;
  while (true) {
    const std::size_t comma = entry.find(',');
    const auto address = SocketAddress::parse(entry.substr(0, comma));
    if (!address) return false;
    addresses.push_back(*address);
    if (comma == entry.npos) break;
    entry.remove_prefix(comma + 1);
  }
  addresses_[key] = std::move(addresses);
  return true;
}

bool HostOverrides::add_connect_to(std::string_view entry) {
  if (!is_connect_to(entry)) return false;
  Redirect redirect;
  redirect.from_host = host_key(host_of_user(take_part(entry)));
  const std::string_view from_port = take_part(entry);
  redirect.to_host = host_of_user(take_part(entry));
  const std::array<std::pair<std::string_view, std::uint16_t*>, 2> ports = {
      {{from_port, &redirect.from_port}, {entry, &redirect.to_port}}};
  for (const auto& [text, into] : ports) {
    if (text.empty()) continue;
    const auto port = parse_port(text);
    if (!port || *port == 0) return false;
    *into = *port;
  }
  redirects_.push_back(std::move(redirect));
  return true;
}

bool HostOverrides::redirect(HostPort& target) const {
  if (redirects_.empty()) return false;
  const std::string host = host_key(target.host);
  for (const Redirect& r : redirects_) {
    if (!r.from_host.empty() && r.from_host != host) continue;
    if (r.from_port != 0 && r.from_port != target.port) continue;
    if (!r.to_host.empty()) target.host = r.to_host;
    if (r.to_port != 0) target.port = r.to_port;
    return true;
  }
  return false;
}

const std::vector<SocketAddress>* HostOverrides::addresses(
    std::string_view host, std::uint16_t port) const {
  if (addresses_.empty()) return nullptr;
  const std::string number = std::to_string(port);
  for (const std::string_view name : {host, std::string_view("*")}) {
    const auto found = addresses_.find(key_of(name, number));
    if (found != addresses_.end()) return &found->second;
  }
  return nullptr;
}

}  // namespace crawl
