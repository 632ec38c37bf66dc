#ifndef CRAWL_CHECK_CHECK_CACHE_H_
#define CRAWL_CHECK_CHECK_CACHE_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/sqlite.h"
#include "crawl/base/error.h"

namespace crawl {

// Which URLs were there when they were last asked, in a file between checks.
// What was not there is never kept, nor what is older than a day.
//
// One thread.
class CheckCache {
 public:
  static constexpr std::chrono::hours kGoodFor{24};

  // Opens the file, or makes it. Fails, and leaves it as it is, if it holds
  // something else.
  static Result<std::unique_ptr<CheckCache>> open(
      const std::string& path, std::chrono::system_clock::time_point now);

  // What it answered, if it was there less than a day ago. It is not asked
  // again, then.
  std::optional<int> good_status(std::string_view url);
  bool is_good(std::string_view url) { return good_status(url).has_value(); }

  Result<void> note_good(std::string_view url, int status);
  // What was noted lasts, and more may be noted.
  Result<void> save();

  // The same, and the file takes no more room than that.
  Result<void> save_alone();

  // Whether a file beside it is known to be of the crawl that goes with it:
  // set before that is made, in a transaction of its own.
  Result<bool> has_crawl() const;
  Result<void> set_has_crawl(bool has);

  // Of the same check, what else lasts; a transaction is open, which save()
  // ends.
  sqlite3* database() const { return db_.get(); }

 private:
  CheckCache() = default;
  Result<void> check(int code) const;

  std::string path_;
  std::int64_t now_ = 0;  // seconds since the epoch
  Database db_;
  Statement find_, note_;
};

}  // namespace crawl

#endif  // CRAWL_CHECK_CHECK_CACHE_H_
