#include "fetch/curl/proxy_info.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <new>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/userinfo.h"
#include "fetch/basic_auth.h"
#include "fetch/curl/curl_handle.h"

namespace crawl {
namespace {

constexpr std::array<std::pair<std::string_view, ProxyInfo::Kind>, 6> kKinds = {
    {
        {"http", ProxyInfo::Kind::kHttp},
        {"https", ProxyInfo::Kind::kHttps},
        {"socks4", ProxyInfo::Kind::kSocks4},
        {"socks4a", ProxyInfo::Kind::kSocks4a},
        {"socks5", ProxyInfo::Kind::kSocks5},
        {"socks5h", ProxyInfo::Kind::kSocks5h},
    }};

// "" if there is none.
std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl().url_get(url, part, &text, flags) != CURLUE_OK) return "";
  std::string copy(text);
  curl().free(text);
  return copy;
}

}  // namespace

Result<std::optional<ProxyInfo>> ProxyInfo::parse(const std::string& proxy,
                                                  std::string_view given_by) {
  if (proxy.empty()) return std::optional<ProxyInfo>();
  const CurluHandle owned(curl().url());
  if (!owned) throw std::bad_alloc();
  CURLU* const url = owned.get();
  if (curl().url_set(url, CURLUPART_URL, proxy.c_str(),
                     CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME) ==
      CURLUE_OK) {
    ProxyInfo info;
    // A guess from the host's name ("ftp.") is not what the user wrote.
    const bool guessed = proxy.find("://") == proxy.npos;
    const std::string scheme =
        guessed ? "http" : lower_case(part_of(url, CURLUPART_SCHEME));
    for (const auto& [name, kind] : kKinds) {
      if (name != scheme) continue;
      info.kind = kind;
      info.host = part_of(url, CURLUPART_HOST);
      const std::string port = part_of(url, CURLUPART_PORT);
      info.port = static_cast<std::uint16_t>(
          !port.empty() ? std::atoi(port.c_str())
                        : (kind == Kind::kHttps ? 443 : 1080));
      const std::string user = part_of(url, CURLUPART_USER, CURLU_URLDECODE);
      const std::string password =
          part_of(url, CURLUPART_PASSWORD, CURLU_URLDECODE);
      if (info.is_http() && !(user.empty() && password.empty())) {
        info.authorization = basic_auth(user + ":" + password);
      }
      return info;
    }
  }
  return make_error(fmt::format(
      "{}: '{}' is no proxy; it takes [http|https|socks4|socks4a|socks5|"
      "socks5h]://[user:password@]host[:port]",
      given_by, hide_password(proxy)));
}

}  // namespace crawl
