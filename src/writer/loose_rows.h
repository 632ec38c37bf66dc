#ifndef CRAWL_WRITER_LOOSE_ROWS_H_
#define CRAWL_WRITER_LOOSE_ROWS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/sqlite.h"
#include "crawl/writer/slot_times.h"
#include "writer/kept_request.h"
#include "writer/site_binder.h"

namespace crawl {

// Rows of a crawl's database that need not belong to an Outcome: of requests,
// of sitemaps' URLs, of slot times. Their `page` is that of the Outcome that
// comes next, unless tie() comes first. Results are SQLite's.
class LooseRows {
 public:
  // `requests`: whether the tables of a report are there.
  int prepare(sqlite3* db, bool requests);

  // `last`: the Outcome that was taken last.
  int add_request(const KeptRequest& request, std::int64_t last);
  int add_listed(std::string_view url, std::string_view sitemap,
                 std::int64_t last);
  int add_slot_times(const SlotTimes& span, std::int64_t last);

  // The Outcome that they were before has come.
  void settle() { firsts_ = {}; }
  // What came before a position is not to be cut away with what comes behind
  // it, since it may never come again: it is the last Outcome's from now on.
  int tie(std::int64_t last);

 private:
  enum Kind : std::size_t { kRequest, kListed, kSlotTimes, kKinds };

  int run(Kind kind, Statement& row, Binder& values);

  sqlite3* db_ = nullptr;
  Statement request_, listed_, slot_times_;
  Binder request_values_{request_}, listed_values_{listed_},
      slot_values_{slot_times_};
  // The first rows of each kind since the last Outcome; 0 if none.
  std::array<std::int64_t, kKinds> firsts_{};
};

}  // namespace crawl

#endif  // CRAWL_WRITER_LOOSE_ROWS_H_
