#include "fetch/basic_auth.h"

#include <openssl/evp.h>

#include <cstddef>

#include "base/ascii.h"

namespace crawl {

std::string basic_auth(const std::string& user_password) {
  if (user_password.empty()) return {};
  std::string coded(4 * ((user_password.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(
      reinterpret_cast<unsigned char*>(coded.data()),
      reinterpret_cast<const unsigned char*>(user_password.data()),
      static_cast<int>(user_password.size()));
  coded.resize(static_cast<std::size_t>(size));
  return "Basic " + coded;
}

std::optional<std::string> own_proxy_authorization(
    const FetchOptions& options) {
  std::optional<std::string> own;
  for (const auto* headers : {&options.headers, &options.origin_headers}) {
    for (const auto& [name, value] : *headers) {
      if (equals_ignoring_case(name, "proxy-authorization")) own = value;
    }
  }
  return own;
}

}  // namespace crawl
