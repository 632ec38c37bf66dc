#include "crawl/fetch/proxy_choice.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <initializer_list>
#include <system_error>
#include <utility>

namespace crawl {
namespace {

bool same_bits(const IpAddress& one, const IpAddress& other, unsigned bits) {
  if (one.is_v4() != other.is_v4()) return false;
  const IpAddress::V6Bytes a = one.bytes();
  const IpAddress::V6Bytes b = other.bytes();
  const std::size_t whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole),
                  b.begin())) {
    return false;
  }
  const unsigned rest = bits % 8;
  return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

// Lower case, in punycode, without a dot at the end: as URLs have it.
std::string host_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  const auto url = Url::parse("http://" + std::string(name) + "/");
  return url ? std::string(url->hostname()) : std::string();
}

}  // namespace

ProxyRules proxy_rules_of_environment(
    const std::function<const char*(const char*)>& get) {
  const auto first = [&get](std::initializer_list<const char*> names) {
    for (const char* name : names) {
      const char* const value = get(name);
      if (value != nullptr && *value != '\0') return std::string(value);
    }
    return std::string();
  };
  ProxyRules rules;
  rules.http = first({"http_proxy"});
  rules.https = first({"https_proxy", "HTTPS_PROXY"});
  rules.all = first({"all_proxy", "ALL_PROXY"});
  rules.no_proxy = first({"no_proxy", "NO_PROXY"});
  return rules;
}

ProxyChoice::ProxyChoice(ProxyRules rules) : rules_(std::move(rules)) {
  std::string_view list = rules_.no_proxy;
  constexpr std::string_view kBetween = ", \t";
  while (true) {
    const std::size_t begin = list.find_first_not_of(kBetween);
    if (begin == std::string_view::npos) return;
    list.remove_prefix(begin);
    const std::string_view entry = list.substr(0, list.find_first_of(kBetween));
    // In a longer list it is no wildcard, as curl has it.
    if (entry == "*" && entry.size() == rules_.no_proxy.size()) {
      exempts_all_ = true;
      return;
    }
    add_exempt(entry);
    list.remove_prefix(entry.size());
  }
}

void ProxyChoice::add_exempt(std::string_view entry) {
  const std::size_t slash = entry.find('/');
  if (const auto address = IpAddress::parse(entry.substr(0, slash))) {
    const unsigned all = address->is_v4() ? 32 : 128;
    unsigned bits = all;
    if (slash != std::string_view::npos) {
      const std::string_view digits = entry.substr(slash + 1);
      const auto [end, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), bits);
      // What is no block exempts nothing.
      if (error != std::errc() || end != digits.data() + digits.size() ||
          bits > all) {
        return;
      }
    }
    blocks_.push_back({*address, bits});
    return;
  }
  if (entry.starts_with('.')) entry.remove_prefix(1);
  if (std::string name = host_name(entry); !name.empty()) {
    names_.push_back(std::move(name));
  }
}

bool ProxyChoice::is_exempt(std::string_view hostname) const {
  if (exempts_all_) return true;
  if (const auto address = IpAddress::parse(hostname)) {
    return std::any_of(blocks_.begin(), blocks_.end(),
                       [&address](const Block& block) {
                         return same_bits(block.address, *address, block.bits);
                       });
  }
  if (hostname.ends_with('.')) hostname.remove_suffix(1);
  return std::any_of(
      names_.begin(), names_.end(), [hostname](const std::string& name) {
        if (!hostname.ends_with(name)) return false;
        return hostname.size() == name.size() ||
               hostname[hostname.size() - name.size() - 1] == '.';
      });
}

std::string_view ProxyChoice::proxy_for(const Url& url) const {
  if (!has_any() || is_exempt(url.hostname())) return "";
  if (!rules_.every.empty()) return rules_.every;
  const std::string& own = url.scheme() == "https" ? rules_.https : rules_.http;
  return own.empty() ? rules_.all : own;
}

bool ProxyChoice::has_any() const {
  return !rules_.every.empty() || !rules_.http.empty() ||
         !rules_.https.empty() || !rules_.all.empty();
}

}  // namespace crawl
