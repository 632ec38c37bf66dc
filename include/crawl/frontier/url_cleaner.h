#ifndef CRAWL_FRONTIER_URL_CLEANER_H_
#define CRAWL_FRONTIER_URL_CLEANER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/url.h"

namespace crawl {

struct UrlCleanerOptions {
  // Query parameters that are taken out, by name: "sid", "utm_*".
  std::vector<std::string> strip_query_params;
  // Parameters in the order of their names; those of one name stay in theirs.
  bool sort_query = false;
};

// Gives URLs that only differ in what does not matter the same form: the
// fragment goes, and the query is treated as the options say. Parameters are
// what stands between `&`; nothing is decoded or encoded anew.
//
// A value; any number of threads may use one.
class UrlCleaner {
 public:
  UrlCleaner() = default;
  explicit UrlCleaner(UrlCleanerOptions options);

  Url clean(const Url& url) const;

 private:
  bool strips(std::string_view parameter) const;

  UrlCleanerOptions options_;
};

// Does `text` match `glob`, where `*` stands for anything? Linear for each `*`.
bool matches_glob(std::string_view glob, std::string_view text);

}  // namespace crawl

#endif  // CRAWL_FRONTIER_URL_CLEANER_H_
