#ifndef CRAWL_REPORT_SECTIONS_H_
#define CRAWL_REPORT_SECTIONS_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/sqlite.h"
#include "report/html.h"

namespace crawl {

// The rows of a question to the database; none if it has no such table or
// column.
class Rows {
 public:
  Rows(sqlite3* db, std::string_view sql)
      : good_(statement_.prepare(db, sql) == SQLITE_OK) {}

  void bind(int at, std::string_view text) {
    if (good_) statement_.bind(at, text);
  }
  void bind(int at, std::int64_t number) {
    if (good_) statement_.bind(at, number);
  }
  void bind(int at, double number) {
    if (good_) statement_.bind(at, number);
  }
  void bind_null(int at) {
    if (good_) statement_.bind_null(at);
  }
  bool next() { return good_ && statement_.step() == SQLITE_ROW; }
  void reset() {
    if (good_) statement_.reset();
  }

  std::int64_t integer(int column) const { return statement_.integer(column); }
  std::uint64_t count(int column) const {
    return static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, integer(column)));
  }
  double real(int column) const { return statement_.real(column); }
  std::string_view text(int column) const { return statement_.text(column); }
  bool is_null(int column) const { return statement_.is_null(column); }

 private:
  Statement statement_;
  bool good_;
};

// The first number of the first row, or 0.
inline std::int64_t number_of(sqlite3* db, std::string_view sql) {
  Rows rows(db, sql);
  return rows.next() ? rows.integer(0) : 0;
}

// "Shown are N of M, the rest is in the database", if it is not all; and what
// to ask that for it.
void say_if_cut(Html& html, std::uint64_t shown, std::uint64_t all,
                std::string_view query = {});

// The parts of a report. Each asks the database what it needs, in memory that
// does not grow with the crawl, and is left out if that is not there.
void write_summary(sqlite3* db, Html& html);
void write_depths(sqlite3* db, Html& html);
void write_errors(sqlite3* db, Html& html);
void write_broken_links(sqlite3* db, Html& html);
void write_audit(sqlite3* db, Html& html);
void write_tree(sqlite3* db, Html& html);
void write_timeline(sqlite3* db, Html& html);
void write_waterfall(sqlite3* db, Html& html);
void write_latencies(sqlite3* db, Html& html);
void write_slowest(sqlite3* db, Html& html);

}  // namespace crawl

#endif  // CRAWL_REPORT_SECTIONS_H_
