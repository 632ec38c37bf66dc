#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "base/sqlite.h"
#include "crawl/writer/site_database.h"

namespace crawl {
namespace {

Database open_there(const std::string& path) {
  sqlite3* made = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &made,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database db(made);
  if (code != SQLITE_OK) db.reset();
  return db;
}

}  // namespace

// Its writer is always within a transaction.
std::string site_database_writer(const std::string& path) {
  if (!is_site_database(path)) return "";
  const Database db = open_there(path);
  return db && execute(db.get(), "BEGIN IMMEDIATE; ROLLBACK") == SQLITE_BUSY
             ? "another process"
             : "";
}

Result<std::uint64_t> cut_site_database(const std::string& path,
                                        std::uint64_t position) {
  const auto fail = [&](std::string_view why) {
    return make_error(fmt::format("cannot cut {}: {}", path, why));
  };
  if (!is_site_database(path)) return fail("it is no database of crawl");
  const Database db = open_there(path);
  if (!db) return fail("it cannot be opened");
  int code = execute(db.get(), "BEGIN IMMEDIATE");
  Statement last;
  if (code == SQLITE_OK) {
    code = last.prepare(
        db.get(),
        "SELECT max(coalesce((SELECT max(id) FROM pages), 0), "
        "coalesce((SELECT max(id) FROM skipped), 0)), (SELECT count(*) FROM "
        "(SELECT id FROM pages WHERE id > ?1 UNION SELECT id FROM skipped "
        "WHERE id > ?1))");
  }
  if (code != SQLITE_OK) return fail(sqlite3_errmsg(db.get()));
  last.bind(1, static_cast<std::int64_t>(position));
  if (last.step() != SQLITE_ROW) return fail(sqlite3_errmsg(db.get()));
  const auto held = static_cast<std::uint64_t>(last.integer(0));
  const auto gone = static_cast<std::uint64_t>(last.integer(1));
  last.reset();
  if (held < position) return fail("rows are missing");
  for (const auto& [table, column] : {std::pair{"pages", "id"},
                                      {"skipped", "id"},
                                      {"links", "page"},
                                      {"redirects", "page"},
                                      {"headers", "page"},
                                      {"requests", "page"},
                                      {"slot_times", "page"},
                                      {"sitemap_urls", "page"}}) {
    Statement there;
    code = there.prepare(
        db.get(), "SELECT 1 FROM sqlite_schema WHERE type='table' AND name=?");
    if (code != SQLITE_OK) return fail(sqlite3_errmsg(db.get()));
    there.bind(1, std::string_view(table));
    const bool found = there.step() == SQLITE_ROW;
    there.reset();
    if (!found) continue;
    code = execute(db.get(), fmt::format("DELETE FROM {} WHERE {} > {}", table,
                                         column, position)
                                 .c_str());
    if (code != SQLITE_OK) return fail(sqlite3_errmsg(db.get()));
  }
  if (execute(db.get(), "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)") !=
      SQLITE_OK) {
    return fail(sqlite3_errmsg(db.get()));
  }
  return gone;
}

}  // namespace crawl
