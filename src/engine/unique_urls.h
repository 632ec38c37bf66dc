#ifndef CRAWL_ENGINE_UNIQUE_URLS_H_
#define CRAWL_ENGINE_UNIQUE_URLS_H_

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <unordered_set>

#include "crawl/base/fingerprint.h"
#include "crawl/base/url.h"
#include "frontier/seen_key.h"

namespace crawl {

// --unique: which URLs came before, whatever is read, by whatever spelling. The
// crawl loop's thread.
class UniqueUrls {
 public:
  // The same URL with another password is another. The fragment does not count.
  bool is_new(const Url& url, std::string_view user_password = {}) {
    return seen_
        .insert(fingerprint(
            fmt::format("{} {}", seen_key(url.without_fragment().href(), key_),
                        user_password)))
        .second;
  }

 private:
  std::unordered_set<Fingerprint> seen_;
  std::string key_;  // reused
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_UNIQUE_URLS_H_
