#ifndef CRAWL_FETCH_CURL_PROXY_INFO_H_
#define CRAWL_FETCH_CURL_PROXY_INFO_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crawl/base/error.h"

namespace crawl {

// What -x says. A value.
struct ProxyInfo {
  enum class Kind : std::uint8_t {
    kHttp,
    kHttps,
    kSocks4,   // the name is looked up here, the proxy gets an IPv4 address
    kSocks4a,  // the proxy looks it up
    kSocks5,   // the name is looked up here
    kSocks5h,  // the proxy looks it up
  };
  Kind kind = Kind::kHttp;
  std::string host;  // as Url::hostname() has it
  std::uint16_t port = 0;
  // The value of Proxy-Authorization for requests that the proxy reads itself
  // (NewConnection::to_proxy); "" for none. Not for what goes through a tunnel.
  std::string authorization;

  bool is_http() const { return kind == Kind::kHttp || kind == Kind::kHttps; }
  bool looks_names_up() const {
    return kind != Kind::kSocks4 && kind != Kind::kSocks5;
  }

  // [http|https|socks4|socks4a|socks5|socks5h]://[user:password@]host[:port],
  // http without a scheme, port 1080 (https: 443) without one, as curl has it.
  // Nothing for "".
  static Result<std::optional<ProxyInfo>> parse(
      const std::string& proxy, std::string_view given_by = "-x");
};

}  // namespace crawl

#endif  // CRAWL_FETCH_CURL_PROXY_INFO_H_
