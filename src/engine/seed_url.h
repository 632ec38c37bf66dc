#ifndef CRAWL_ENGINE_SEED_URL_H_
#define CRAWL_ENGINE_SEED_URL_H_

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "crawl/base/error_kind.h"
#include "crawl/base/url.h"

namespace crawl {

// Why something cannot be fetched, as its record will say.
struct UrlProblem {
  ErrorKind kind;
  std::string message;
};

// What a line of input names.
struct Seed {
  Url url;                    // without userinfo, as it may be shown
  std::string user_password;  // its userinfo, decoded; "" for none
};

// The URL that a line of input names: as it stands, or with "https:" before it
// where it has no scheme. Only http and https come back as one.
tl::expected<Seed, UrlProblem> parse_seed(std::string_view line);

// Longer ones are taken for garbage, not asked for.
inline constexpr std::size_t kMaxUrlBytes = std::size_t{64} << 10;

}  // namespace crawl

#endif  // CRAWL_ENGINE_SEED_URL_H_
