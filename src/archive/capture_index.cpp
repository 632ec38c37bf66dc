#include "archive/capture_index.h"

#include <fmt/format.h>

#include <utility>

namespace crawl {
namespace {

constexpr const char* kSetUp =
    "PRAGMA trusted_schema=OFF;"
    "PRAGMA locking_mode=EXCLUSIVE;"
    "PRAGMA cache_size=-8192;"
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=NORMAL;"
    "PRAGMA journal_size_limit=67108864;"
    "CREATE TABLE IF NOT EXISTS payload(digest TEXT PRIMARY KEY,"
    " place INTEGER NOT NULL, url TEXT NOT NULL, date TEXT NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS capture(place INTEGER, line TEXT NOT NULL);"
    "CREATE INDEX IF NOT EXISTS capture_in_order ON capture(line);";

}  // namespace

Result<void> CaptureIndex::fail(int code) const {
  return make_error(
      fmt::format("the archive's index of payloads: {}",
                  db_ ? sqlite3_errmsg(db_.get()) : sqlite3_errstr(code)));
}

Result<std::unique_ptr<CaptureIndex>> CaptureIndex::open(
    const std::string& file, std::uint64_t place) {
  std::unique_ptr<CaptureIndex> index(new CaptureIndex);
  sqlite3* db = nullptr;
  int code = sqlite3_open_v2(file.c_str(), &db,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                                 SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                             nullptr);
  index->db_.reset(db);
  if (code == SQLITE_OK) code = execute(db, kSetUp);
  for (const char* sql : {"DELETE FROM payload WHERE place>=?",
                          "DELETE FROM capture WHERE place>=?"}) {
    Statement cut;
    if (code == SQLITE_OK) code = cut.prepare(db, sql);
    if (code == SQLITE_OK) {
      cut.bind(1, static_cast<std::int64_t>(place));
      code = cut.run();
    }
  }
  if (code == SQLITE_OK) {
    code = index->add_line_.prepare(db, "INSERT INTO capture VALUES(?,?)");
  }
  if (code == SQLITE_OK) {
    code =
        index->find_.prepare(db, "SELECT url,date FROM payload WHERE digest=?");
  }
  if (code == SQLITE_OK) {
    code = index->add_.prepare(db,
                               "INSERT OR IGNORE INTO payload VALUES(?,?,?,?)");
  }
  if (code == SQLITE_OK) code = execute(db, "BEGIN");
  if (code != SQLITE_OK) {
    const Result<void> failed = index->fail(code);
    return make_error(fmt::format("{}{}{}", failed.error().message,
                                  file.empty() ? "" : ": ", file));
  }
  return index;
}

Result<std::optional<CaptureIndex::Original>> CaptureIndex::find(
    std::string_view payload) {
  find_.bind(1, payload);
  const int code = find_.step();
  std::optional<Original> found;
  if (code == SQLITE_ROW) {
    found = Original{std::string(find_.text(0)), std::string(find_.text(1))};
  }
  find_.reset();
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    return tl::unexpected(fail(code).error());
  }
  return found;
}

Result<std::optional<CaptureIndex::Original>> CaptureIndex::add(
    std::uint64_t place, std::string_view payload, std::string_view url,
    std::string_view date) {
  add_.bind(1, payload);
  add_.bind(2, static_cast<std::int64_t>(place));
  add_.bind(3, url);
  add_.bind(4, date);
  if (const int code = add_.run(); code != SQLITE_OK) {
    return tl::unexpected(fail(code).error());
  }
  // Most are new, and are looked for once.
  if (sqlite3_changes(db_.get()) > 0) return std::nullopt;
  return find(payload);
}

Result<void> CaptureIndex::add_line(std::uint64_t place,
                                    std::string_view line) {
  add_line_.bind(1, static_cast<std::int64_t>(place));
  add_line_.bind(2, line);
  const int code = add_line_.run();
  return code == SQLITE_OK ? Result<void>() : fail(code);
}

Result<void> CaptureIndex::each_line(
    const std::function<Result<void>(std::string_view)>& use) {
  Statement select;
  int code =
      select.prepare(db_.get(), "SELECT line FROM capture ORDER BY line");
  while (code == SQLITE_OK || code == SQLITE_ROW) {
    code = select.step();
    if (code != SQLITE_ROW) break;
    if (Result<void> used = use(select.text(0)); !used) return used;
  }
  return code == SQLITE_DONE ? Result<void>() : fail(code);
}

Result<void> CaptureIndex::commit() {
  const int code = execute(db_.get(), "COMMIT;BEGIN");
  return code == SQLITE_OK ? Result<void>() : fail(code);
}

}  // namespace crawl
