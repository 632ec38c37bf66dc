#ifndef CRAWL_FRONTIER_URL_CLEANER_H_
#define CRAWL_FRONTIER_URL_CLEANER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/url.h"

namespace crawl {

struct UrlCleanerOptions {
  // Parameters that are taken out, by name: "sid", "utm_*".
  std::vector<std::string> strip_query_params = {};
  // Parameters in the order of their names; those of one name stay in theirs.
  bool sort_query = false;
  // Parameters that can be nothing but session ids are taken out too, in upper
  // or lower case: jsessionid, phpsessid, aspsessionid..., oscsid, cftoken (and
  // cfid beside it); in a path also sessionid, which in a query may be a
  // talk's.
  bool strip_session_ids = true;
};

// Gives URLs that only differ in what does not matter the same form: the
// fragment goes, and parameters are treated as the options say. Those of the
// query stand between `&`, those of the path behind a `;` at a segment's end
// (RFC 3986 section 3.3). Nothing is decoded or encoded anew. What is clean
// stays as it is.
//
// A value; any number of threads may use one.
class UrlCleaner {
 public:
  UrlCleaner() = default;
  explicit UrlCleaner(UrlCleanerOptions options);

  Url clean(const Url& url) const;

 private:
  enum class Place { kPath, kQuery };

  // `text`: the path or query that the parameter is part of.
  bool strips(std::string_view parameter, Place place,
              std::string_view text) const;
  std::string cleaned_path(std::string_view path) const;
  std::string cleaned_query(std::string_view query) const;

  UrlCleanerOptions options_;
};

// Does `text` match `glob`, where `*` stands for anything? Linear for each `*`.
bool matches_glob(std::string_view glob, std::string_view text);

}  // namespace crawl

#endif  // CRAWL_FRONTIER_URL_CLEANER_H_
