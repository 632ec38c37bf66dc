#ifndef CRAWL_CHECK_CHECK_JUDGE_H_
#define CRAWL_CHECK_CHECK_JUDGE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/sqlite.h"
#include "check/check_entry.h"
#include "check/check_store.h"
#include "crawl/base/error.h"

namespace crawl {

// The body of a page, in UTF-8, that begins there in an archive; "" if it
// cannot be had.
using ReadArchived =
    std::function<std::string(const std::string& file, std::uint64_t offset)>;

// What comes of a CheckStore that holds all of a site: an entry for each target
// of its links. One thread; the store must outlive it.
class CheckJudge {
 public:
  // `is_archived`: nothing was asked; what has no answer is not in the
  // archives. `max_redirs`: in a row, more are broken. `read_archived`: for
  // pages whose text is not in the store.
  CheckJudge(CheckStore& store, bool is_archived, int max_redirs,
             ReadArchived read_archived = nullptr)
      : store_(store),
        db_(store.database()),
        pages_(store.pages()),
        is_archived_(is_archived),
        max_redirs_(static_cast<std::size_t>(max_redirs)),
        read_archived_(std::move(read_archived)) {}

  // Before all else, once. `is_known`: whether a broken target was so in an
  // earlier result; null for no.
  Result<void> judge(const std::function<bool(std::string_view)>& is_known);
  const CheckTotals& totals() const { return totals_; }

  // Every target, the worst first, then by URL; behind each that
  // CheckEntry::needs_word() the links to it, by page and place, then `end`.
  using OnEntry = std::function<Result<void>(const CheckEntry&)>;
  using OnSource =
      std::function<Result<void>(const CheckEntry&, const CheckSource&)>;
  Result<void> each_entry(const OnEntry& begin, const OnSource& source,
                          const OnEntry& end);
  // The links to those, page by page.
  Result<void> each_source(const OnSource& source);

 private:
  struct Found {
    bool there = false;
    bool is_part = false;  // of a chain that nobody followed to its end
    ErrorKind error = ErrorKind::kNone;
    int status_code = 0;
    std::string message, final_url;
    std::vector<RedirectHop> redirects;
  };

  struct Seen {
    std::optional<std::int64_t> page;
    bool there = false;
    bool cut = false;  // there may be more in it
    std::vector<std::uint64_t> targets;
    std::string text;
    std::string file;  // of the archive that has the page
    std::uint64_t offset = 0;
    int directives = 0;     // looked for in it
    bool unlooked = false;  // the latest was one too many
  };

  Result<void> check(int code) const;
  Result<void> gather_parts();
  Result<void> gather_sources();
  Result<Seen*> look_into(std::int64_t page);
  const std::string& text_of(Seen& page) const;
  Result<Found> find(std::int64_t key);
  void end_chain(Found& found, bool from_middle) const;
  Result<void> judge_target(std::int64_t target, std::string_view url);
  Result<bool> lacks(const CheckEntry& page, std::string_view fragment,
                     std::string& reason);
  Result<void> add(CheckEntry& entry, std::int64_t target,
                   std::optional<std::string_view> fragment);
  CheckOutcome outcome_of_lack() const;
  std::string message_of_lack(std::string_view reason,
                              std::string_view fragment) const;
  void count(const CheckEntry& entry);
  void note_scheme(std::string scheme);

  CheckStore& store_;
  sqlite3* const db_;
  const std::int64_t pages_;
  const bool is_archived_;
  const std::size_t max_redirs_;
  const ReadArchived read_archived_;
  std::function<bool(std::string_view)> is_known_;
  CheckTotals totals_;
  Seen seen_page_;  // the latest
  Statement find_, parts_, seen_, entry_, of_fragment_, of_target_;
};

}  // namespace crawl

#endif  // CRAWL_CHECK_CHECK_JUDGE_H_
