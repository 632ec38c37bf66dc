#ifndef CRAWL_BASE_SQLITE_H_
#define CRAWL_BASE_SQLITE_H_

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace crawl {

// The little of SQLite's C interface that we need, with owners.
// Functions return SQLite's result codes; one thread.

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

// A prepared statement: bind(), then step() until it is not SQLITE_ROW, then
// reset(). Text that is bound must stay until reset().
class Statement {
 public:
  Statement() = default;

  int prepare(sqlite3* db, std::string_view sql) {
    sqlite3_stmt* made = nullptr;
    const int code =
        sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    statement_.reset(made);
    return code;
  }

  void bind(int at, std::int64_t value) {
    sqlite3_bind_int64(statement_.get(), at, value);
  }
  void bind(int at, std::string_view text) {
    sqlite3_bind_text(statement_.get(), at,
                      text.data() == nullptr ? "" : text.data(),
                      static_cast<int>(text.size()), SQLITE_STATIC);
  }
  void bind(int at, double value) {
    sqlite3_bind_double(statement_.get(), at, value);
  }
  void bind_null(int at) { sqlite3_bind_null(statement_.get(), at); }

  int step() { return sqlite3_step(statement_.get()); }

  // For statements that return nothing.
  int run() {
    const int code = step();
    reset();
    return code == SQLITE_DONE ? SQLITE_OK : code;
  }

  void reset() { sqlite3_reset(statement_.get()); }

  // Of a row: step() has just returned SQLITE_ROW.
  std::int64_t integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
  }
  double real(int column) const {
    return sqlite3_column_double(statement_.get(), column);
  }
  bool is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
  }
  // Until the next step() or reset().
  std::string_view text(int column) const {
    const unsigned char* begin = sqlite3_column_text(statement_.get(), column);
    const int size = sqlite3_column_bytes(statement_.get(), column);
    if (begin == nullptr) return {};
    return {reinterpret_cast<const char*>(begin),
            static_cast<std::size_t>(size)};
  }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

inline int execute(sqlite3* db, const char* sql) {
  return sqlite3_exec(db, sql, nullptr, nullptr, nullptr);
}

}  // namespace crawl

#endif  // CRAWL_BASE_SQLITE_H_
