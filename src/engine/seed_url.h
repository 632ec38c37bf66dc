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

// The URL that a line of input names: as it stands, or, where it has no scheme,
// with "http:" before it if it names a port, else with "https:". Quotes or
// angle brackets around it are taken off. Only http and https come back as one.
tl::expected<Seed, UrlProblem> parse_seed(std::string_view line);

// Whether `text` is HOST:PORT, with a path or not: a URL without its scheme.
bool names_host_and_port(std::string_view text);

// Longer ones are taken for garbage, not asked for.
inline constexpr std::size_t kMaxUrlBytes = std::size_t{64} << 10;

}  // namespace crawl

#endif  // CRAWL_ENGINE_SEED_URL_H_
