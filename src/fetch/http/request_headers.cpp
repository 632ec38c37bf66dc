#include "fetch/http/request_headers.h"

#include <algorithm>

#include "base/ascii.h"
#include "fetch/basic_auth.h"
#include "fetch/http/header_values.h"

namespace crawl {
namespace {

bool is_secret(std::string_view name) {
  return equals_ignoring_case(name, "authorization") ||
         equals_ignoring_case(name, "cookie");
}

bool has(const HeaderList& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(), [name](const auto& field) {
    return equals_ignoring_case(field.first, name);
  });
}

}  // namespace

RequestHeaders::RequestHeaders(const FetchOptions& options)
    : proxy_authorization_(own_proxy_authorization(options)) {
  for (const auto& [name, value] : options.headers) add(name, value);
  if (!options.user_agent.empty() && !has(options.headers, "User-Agent")) {
    add("User-Agent", options.user_agent);
  }
  if (!has(options.headers, "Accept-Encoding")) {
    add("Accept-Encoding", kAcceptedCodings);
  }
  for (const auto& [name, value] : options.origin_headers) {
    add(name, value, true);
  }
}

void RequestHeaders::add(std::string_view name, std::string_view value,
                         bool secret) {
  if (equals_ignoring_case(name, "proxy-authorization")) return;
  if (!secret && !is_secret(name)) any_.emplace_back(name, value);
  origin_.emplace_back(name, value);
}

bool RequestHeaders::given(std::string_view name) const {
  return has(origin_, name);
}

}  // namespace crawl
