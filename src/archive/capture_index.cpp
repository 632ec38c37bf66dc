#include "archive/capture_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

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

// What waits to be written to the file, about 12,000 payloads.
constexpr std::size_t kMostRecent = std::size_t{4} << 20U;
constexpr std::size_t kRecentEntry = 160;  // besides its texts

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
  Statement any;
  if (code == SQLITE_OK)
    code = any.prepare(db, "SELECT 1 FROM payload LIMIT 1");
  if (code == SQLITE_OK) {
    code = any.step();
    index->any_stored_ = code == SQLITE_ROW;
    if (code == SQLITE_ROW || code == SQLITE_DONE) code = SQLITE_OK;
  }
  if (code != SQLITE_OK) {
    const Result<void> failed = index->fail(code);
    return make_error(fmt::format("{}{}{}", failed.error().message,
                                  file.empty() ? "" : ": ", file));
  }
  return index;
}

Result<std::optional<CaptureIndex::Original>> CaptureIndex::find(
    std::string_view payload) {
  if (!any_stored_) return std::nullopt;
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
  const auto [at, is_new] = recent_.try_emplace(std::string(payload));
  Recent& recent = at->second;
  if (!is_new) return recent.original;
  Result<std::optional<Original>> stored = find(payload);
  if (!stored || *stored) {
    recent_.erase(at);
    return stored;
  }
  recent = {place, {std::string(url), std::string(date)}};
  recent_bytes_ += kRecentEntry + payload.size() + url.size() + date.size();
  if (recent_bytes_ < kMostRecent) return std::nullopt;
  if (Result<void> done = store_recent(); !done) {
    return tl::unexpected(done.error());
  }
  return std::nullopt;
}

Result<void> CaptureIndex::store_recent() {
  std::vector<decltype(recent_)::const_iterator> in_order;
  in_order.reserve(recent_.size());
  for (auto at = recent_.cbegin(); at != recent_.cend(); ++at) {
    in_order.push_back(at);
  }
  std::sort(in_order.begin(), in_order.end(),
            [](auto a, auto b) { return a->first < b->first; });
  for (const auto at : in_order) {
    const auto& [payload, recent] = *at;
    add_.bind(1, payload);
    add_.bind(2, static_cast<std::int64_t>(recent.place));
    add_.bind(3, recent.original.url);
    add_.bind(4, recent.original.date);
    if (const int code = add_.run(); code != SQLITE_OK) return fail(code);
    any_stored_ = true;
  }
  recent_.clear();
  recent_bytes_ = 0;
  return {};
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
  if (Result<void> stored = store_recent(); !stored) return stored;
  const int code = execute(db_.get(), "COMMIT;BEGIN");
  return code == SQLITE_OK ? Result<void>() : fail(code);
}

}  // namespace crawl
