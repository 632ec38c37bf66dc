#include "check/check_cache.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/sqlite_header.h"

namespace crawl {
namespace {

// "crlc", in the header field that SQLite leaves to applications.
constexpr std::uint32_t kCacheId = 0x63726c63;

}  // namespace

Result<std::unique_ptr<CheckCache>> CheckCache::open(
    const std::string& path, std::chrono::system_clock::time_point now) {
  struct stat info {};
  const bool there = stat(path.c_str(), &info) == 0;
  if (there && S_ISDIR(info.st_mode)) {
    return make_error(fmt::format("--state {}: is a folder", path));
  }
  if (there && info.st_size > 0) {
    const auto header = read_sqlite_header(path);
    if (!header || header->application_id != kCacheId) {
      return make_error(fmt::format(
          "--state {}: this is not what a check keeps; it was left as it is, "
          "name another file",
          path));
    }
  }
  std::unique_ptr<CheckCache> cache(new CheckCache);
  cache->path_ = path;
  cache->now_ =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch())
          .count();
  sqlite3* made = nullptr;
  int code = sqlite3_open_v2(
      path.c_str(), &made,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
      nullptr);
  cache->db_.reset(made);
  if (code == SQLITE_OK) {
    sqlite3_busy_timeout(made, 1'000);
    code = execute(
        made,
        fmt::format("BEGIN IMMEDIATE; PRAGMA application_id={}; "
                    "CREATE TABLE IF NOT EXISTS answered(url TEXT PRIMARY KEY, "
                    "checked INTEGER, status INTEGER) WITHOUT ROWID; "
                    "DELETE FROM answered WHERE checked <= {} OR checked > {}",
                    kCacheId,
                    cache->now_ - std::chrono::seconds(kGoodFor).count(),
                    cache->now_)
            .c_str());
  }
  if (code == SQLITE_OK) {
    code =
        cache->find_.prepare(made, "SELECT status FROM answered WHERE url = ?");
  }
  if (code == SQLITE_OK) {
    code = cache->note_.prepare(made,
                                "INSERT OR IGNORE INTO answered VALUES(?,?,?)");
  }
  if (Result<void> good = cache->check(code); !good) {
    return tl::unexpected(good.error());
  }
  return cache;
}

Result<void> CheckCache::check(int code) const {
  if (code == SQLITE_OK) return {};
  if (code == SQLITE_BUSY) {
    return make_error(fmt::format(
        "--state {}: is in use by another check; wait for its end, or name "
        "another file",
        path_));
  }
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
    return make_error(
        fmt::format("--state {}: is damaged; it was left as it is, remove it "
                    "or name another file",
                    path_));
  }
  return make_error(
      fmt::format("--state {}: {}", path_,
                  db_ ? sqlite3_errmsg(db_.get()) : sqlite3_errstr(code)));
}

std::optional<int> CheckCache::good_status(std::string_view url) {
  find_.bind(1, url);
  std::optional<int> status;
  if (find_.step() == SQLITE_ROW) {
    status = static_cast<int>(find_.integer(0));
  }
  find_.reset();
  return status;
}

Result<void> CheckCache::note_good(std::string_view url, int status) {
  note_.bind(1, url);
  note_.bind(2, now_);
  note_.bind(3, std::int64_t{status});
  return check(note_.run());
}

Result<void> CheckCache::save_alone() {
  find_.reset();
  return check(execute(db_.get(),
                       "COMMIT; VACUUM; PRAGMA journal_mode=DELETE; "
                       "BEGIN IMMEDIATE"));
}

Result<bool> CheckCache::has_crawl() const {
  Statement version;
  int code = version.prepare(db_.get(), "PRAGMA user_version");
  if (code == SQLITE_OK) code = version.step();
  if (code != SQLITE_ROW) return check(code).map([] { return false; });
  return version.integer(0) != 0;
}

Result<void> CheckCache::set_has_crawl(bool has) {
  const Result<void> set = check(execute(
      db_.get(), has ? "PRAGMA user_version=1" : "PRAGMA user_version=0"));
  return set ? save() : set;
}

Result<void> CheckCache::save() {
  find_.reset();
  return check(execute(db_.get(), "COMMIT; BEGIN IMMEDIATE"));
}

}  // namespace crawl
