#include "engine/redirect.h"

#include <fmt/format.h>

#include "base/userinfo.h"
#include "engine/seed_url.h"
#include "fetch/http/header_links.h"

namespace crawl {
namespace {

bool is_redirect_status(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 ||
         status == 308;
}

RedirectVerdict refuse(ErrorKind kind, std::string message) {
  return {std::nullopt, kind, std::move(message)};
}

// Server text in a message is kept short; the writers take care of its bytes.
std::string_view shortened(std::string_view text) {
  return text.substr(0, 200);
}

}  // namespace

RedirectVerdict judge_redirect(const FetchResult& result, const Url& from,
                               std::size_t hops, int max_redirs) {
  if (!result.answered() || !is_redirect_status(result.status_code) ||
      result.location.empty()) {
    return {};
  }
  std::optional<Url> next = resolve_header_url(from, result.location);
  if (!next) {
    return refuse(ErrorKind::kRedirect,
                  fmt::format("redirected to something that is no URL: {}",
                              shortened(hide_password(result.location))));
  }
  if (!next->is_http()) {
    return refuse(
        ErrorKind::kUnsupportedScheme,
        fmt::format("redirected to {}; only http and https are followed",
                    shortened(next->href())));
  }
  if (result.location.size() > kMaxUrlBytes) {
    return refuse(
        ErrorKind::kRedirect,
        fmt::format("redirected to a URL that is too long ({} bytes, at most "
                    "{} are asked for): {}",
                    result.location.size(), kMaxUrlBytes,
                    shortened(next->href())));
  }
  if (hops >= static_cast<std::size_t>(max_redirs)) {
    return refuse(ErrorKind::kTooManyRedirects,
                  fmt::format("more than {} redirects (--max-redirs); the next "
                              "would be {}",
                              max_redirs, shortened(next->href())));
  }
  if (next->hash().empty() && !from.hash().empty()) {
    next = Url::parse(fmt::format("{}{}", next->href(), from.hash()));
  }
  return {std::move(next), ErrorKind::kNone, ""};
}

}  // namespace crawl
