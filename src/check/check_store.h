#ifndef CRAWL_CHECK_CHECK_STORE_H_
#define CRAWL_CHECK_CHECK_STORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/sqlite.h"
#include "crawl/base/error.h"
#include "crawl/base/error_kind.h"
#include "crawl/base/link_list.h"
#include "crawl/base/redirect_hop.h"

namespace crawl {

// What a URL answered.
struct CheckAnswer {
  std::string_view url;
  ErrorKind error = ErrorKind::kNone;
  std::string_view message;
  int status_code = 0;
  std::string_view final_url;
  const std::vector<RedirectHop>* redirects = nullptr;
  // What it redirects to in the end has an answer of its own.
  bool leads_on = false;
};

// Where links come from that the user gave, and the element they are in.
inline constexpr std::int64_t kGivenPage = 0;
inline constexpr std::int64_t kGivenElement = -1;

// The links of a site and the answers of their targets, on a disk: a database
// of its own, without a name, that SQLite writes out when it gets larger than
// its cache. Memory is bounded whatever the site has.
//
// URLs are given without fragment, and cleaned. One thread. Every call can
// fail, and from then on all do.
class CheckStore {
 public:
  static Result<std::unique_ptr<CheckStore>> open();

  Result<void> add_answer(const CheckAnswer& answer);

  // What the page of a URL holds, or, if it was cut, the beginning of it. A
  // second time adds to the first.
  Result<void> add_targets(std::string_view url,
                           const std::vector<std::uint64_t>& targets, bool cut);
  Result<void> add_text(std::string_view url, std::string_view text);
  // Of a page that has its targets: where in an archive it is.
  Result<void> add_place(std::string_view url, std::string_view file,
                         std::uint64_t offset);

  // Its links follow, each to `url`, with or without a fragment. Or a style
  // sheet's.
  Result<void> add_page(std::string_view url, bool is_sheet = false);
  Result<void> add_link(const PageLink& link, std::string_view url,
                        unsigned advice);
  // One to what nothing can be asked of, and why.
  Result<void> add_unaskable(const PageLink& link, ErrorKind error,
                             std::string_view message, unsigned advice);
  // One that the user gave.
  Result<void> add_given(std::string_view url);

  // All is there.
  sqlite3* database() const { return db_.get(); }
  std::int64_t pages() const { return pages_ - sheets_; }

 private:
  CheckStore() = default;

  Result<void> check(int code);
  Result<void> open_tables();
  Result<void> insert_link(const PageLink& link, std::string_view url,
                           unsigned advice, std::int64_t page,
                           std::int64_t element);

  Database db_;
  Statement answer_, alias_, targets_, text_, place_, page_, target_, link_;
  std::vector<std::uint64_t> recent_;  // targets that are there, by their key
  std::string blob_, shown_;
  std::int64_t pages_ = 0, sheets_ = 0;
  std::optional<Error> error_;
};

}  // namespace crawl

#endif  // CRAWL_CHECK_CHECK_STORE_H_
