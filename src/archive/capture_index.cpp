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
    " WITHOUT ROWID;";

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
  if (code == SQLITE_OK) {
    Statement cut;
    code = cut.prepare(db, "DELETE FROM payload WHERE place>=?");
    if (code == SQLITE_OK) {
      cut.bind(1, static_cast<std::int64_t>(place));
      code = cut.run();
    }
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

Result<void> CaptureIndex::add(std::uint64_t place, std::string_view payload,
                               std::string_view url, std::string_view date) {
  add_.bind(1, payload);
  add_.bind(2, static_cast<std::int64_t>(place));
  add_.bind(3, url);
  add_.bind(4, date);
  const int code = add_.run();
  return code == SQLITE_OK ? Result<void>() : fail(code);
}

Result<void> CaptureIndex::commit() {
  const int code = execute(db_.get(), "COMMIT;BEGIN");
  return code == SQLITE_OK ? Result<void>() : fail(code);
}

}  // namespace crawl
