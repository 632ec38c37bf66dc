#ifndef CRAWL_CHECK_CHECK_STORE_H_
#define CRAWL_CHECK_CHECK_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/sqlite.h"
#include "check/kept_link.h"
#include "crawl/base/error.h"
#include "crawl/base/error_kind.h"
#include "crawl/base/link_list.h"
#include "crawl/base/redirect_hop.h"

namespace crawl {

// What a URL answered.
struct CheckAnswer {
  std::string_view url;
  ErrorKind error = ErrorKind::kNone;
  std::string_view message{};
  int status_code = 0;
  std::string_view final_url{};
  const std::vector<RedirectHop>* redirects = nullptr;
  // What it redirects to in the end has an answer of its own.
  bool leads_on = false;
  // It says less than an answer that is there.
  bool is_hearsay = false;
};

// Where links come from that the user gave.
inline constexpr std::int64_t kGivenPage = 0;

// The links of a site and the answers of their targets, on a disk: a database
// of its own, without a name, that SQLite writes out when it gets larger than
// its cache. Memory is bounded whatever the site has. Or in one that lasts: of
// what was added before its last commit, what comes again changes nothing, so
// that a check may be gone on with from any commit before.
//
// URLs are given without fragment, and cleaned. One thread. Every call can
// fail, and from then on all do.
class CheckStore {
 public:
  static Result<std::unique_ptr<CheckStore>> open();
  // In `database`, which outlives it and has a transaction open; ending that is
  // the caller's. What another check left there, with other settings, goes.
  static Result<std::unique_ptr<CheckStore>> open(sqlite3* database,
                                                  std::string_view settings);
  // An earlier run's links and answers are there.
  bool resumed() const { return resumed_; }
  // All goes; it is begun anew, or has come to its end.
  Result<void> clear();
  Result<void> forget();

  // What an earlier run knows: first each URL that answered, by link_key(), and
  // whether what it holds was seen; then each link to a part of what is one,
  // with its fragment, whether that one's text is known, and whether one of the
  // pages that have the link was at a private address.
  using OnAnswered = std::function<void(std::uint64_t key, bool was_seen)>;
  using OnToPart =
      std::function<void(const PageLink& link, bool has_text, bool at_private)>;
  Result<void> each_known(const OnAnswered& answered, const OnToPart& to_part);

  Result<void> add_answer(const CheckAnswer& answer);

  // What the page of a URL holds, or, if it was cut, the beginning of it. A
  // second time adds to the first.
  Result<void> add_targets(std::string_view url,
                           const std::vector<std::uint64_t>& targets, bool cut);
  Result<void> add_text(std::string_view url, std::string_view text);
  // Of a page that has its targets: where in an archive it is.
  Result<void> add_place(std::string_view url, std::string_view file,
                         std::uint64_t offset);

  // Its links follow, each to a target, with or without a fragment, and the end
  // of it. Or a style sheet's.
  struct Page {
    std::string_view url;
    bool is_sheet = false;
    bool at_private = false;  // address; its links may lead there too
  };
  Result<void> add_page(const Page& page);
  Result<void> end_page();
  // Whether something of that key was to be told before; now it was.
  Result<bool> is_told(std::uint64_t key);
  // What links lead to; its link_key().
  Result<std::uint64_t> add_target(std::string_view url);
  Result<void> add_link(const PageLink& link, std::uint64_t target,
                        unsigned advice);
  // One to what nothing can be asked of, and why.
  Result<void> add_unaskable(const PageLink& link, ErrorKind error,
                             std::string_view message, unsigned advice);
  // Where those are that the user gives, and one of them; between pages.
  Result<void> name_giver(std::string_view name);
  Result<void> add_given(std::string_view url);

  // All links, page by page, in the order they were added.
  using OnLink = std::function<Result<void>(std::int64_t page, bool at_private,
                                            const KeptLink& link)>;
  Result<void> each_link(const OnLink& on_link);

  // All is there.
  sqlite3* database() const { return db_; }
  std::int64_t pages() const { return pages_ - sheets_; }

 private:
  CheckStore() = default;

  Result<void> check(int code);
  int open_tables();
  int look(std::string_view settings);
  Result<void> write_links(std::int64_t page);

  Database own_;
  sqlite3* db_ = nullptr;
  Statement answer_, hearsay_, alias_, targets_, text_, place_, page_, target_,
      links_;
  Statement told_;
  bool resumed_ = false;
  std::string settings_;
  std::vector<std::uint64_t> recent_;  // targets that are there, by their key
  std::string blob_, shown_;
  std::string kept_;  // links of the latest page that are not written yet
  std::int64_t pages_ = 0, sheets_ = 0;
  std::optional<Error> error_;
};

}  // namespace crawl

#endif  // CRAWL_CHECK_CHECK_STORE_H_
