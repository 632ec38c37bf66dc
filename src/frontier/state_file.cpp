#include "frontier/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "base/sqlite_header.h"

namespace crawl {
namespace {

// "crwl", in the header field that SQLite leaves to applications.
constexpr std::uint32_t kApplicationId = 0x6372776c;
// Format 1 had neither claims nor more than one output: it is brought up to
// date when it is opened.
constexpr int kFirstFormat = 1, kFormat = 2;

struct Table {
  std::string_view name, sql;
  int since = kFirstFormat;
};
// Sorted by name. Pages of one host lie together in the order of admission, so
// that adding appends and loading reads on. `page.url` is what follows the
// origin, `page.parent` -1 for none, -2 - n for the host's own page n, and the
// two least numbers for a sitemap.
constexpr std::array<Table, 10> kTables = {{
    {"ahead", "CREATE TABLE ahead(id INTEGER PRIMARY KEY) STRICT"},
    {"body",
     "CREATE TABLE body(high INTEGER PRIMARY KEY, low INTEGER NOT NULL, "
     "page INTEGER NOT NULL) STRICT"},
    {"counter",
     "CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) "
     "STRICT, WITHOUT ROWID",
     2},
    {"host",
     "CREATE TABLE host(id INTEGER PRIMARY KEY, key TEXT NOT NULL, "
     "done INTEGER NOT NULL) STRICT"},
    {"known",
     "CREATE TABLE known(id INTEGER PRIMARY KEY, hash INTEGER NOT NULL) "
     "STRICT"},
    {"meta",
     "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, "
     "WITHOUT ROWID"},
    {"page",
     "CREATE TABLE page(id INTEGER PRIMARY KEY, depth INTEGER NOT NULL, "
     "parent INTEGER NOT NULL, url TEXT NOT NULL) STRICT"},
    {"position",
     "CREATE TABLE position(name TEXT PRIMARY KEY, value INTEGER NOT NULL) "
     "STRICT, WITHOUT ROWID",
     2},
    {"trusted", "CREATE TABLE trusted(host INTEGER PRIMARY KEY) STRICT", 2},
    {"wanted",
     "CREATE TABLE wanted(url TEXT PRIMARY KEY, depth INTEGER NOT NULL, "
     "parent INTEGER NOT NULL) STRICT, WITHOUT ROWID",
     2},
}};

Error cannot_open(const std::string& path, int error) {
  return {fmt::format("cannot open state file {}: {}", path, strerror(error))};
}

Error foreign(const std::string& path) {
  return {fmt::format(
      "{} is not a state file of crawl; it was left as it is, name another "
      "file with --state",
      path)};
}

// Looks at the file before SQLite does, which would change what it opens.
Result<void> check_header(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    if (errno != ENOENT) return tl::unexpected(cannot_open(path, errno));
    // SQLite's own attempt would not say why it failed.
    const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (made < 0) return tl::unexpected(cannot_open(path, errno));
    ::close(made);
    return {};
  }
  if (S_ISDIR(info.st_mode)) return tl::unexpected(cannot_open(path, EISDIR));
  if (!S_ISREG(info.st_mode)) return tl::unexpected(foreign(path));
  if (info.st_size == 0) return {};

  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return tl::unexpected(cannot_open(path, errno));
  ::close(file);
  const auto header = read_sqlite_header(path);
  if (!header || !header->whole || header->application_id != kApplicationId) {
    return tl::unexpected(foreign(path));
  }
  if (const std::uint32_t format = header->user_version;
      format < kFirstFormat || format > kFormat) {
    return make_error(fmt::format(
        "{} was written by another version of crawl (state format {}, this one "
        "reads {} to {}); finish it with that, or name another file with "
        "--state",
        path, format, kFirstFormat, kFormat));
  }
  return {};
}

// Those that a state of `format` lacks; 0: all.
int create_tables(sqlite3* db, int format) {
  int code = execute(db, fmt::format("PRAGMA application_id={}; "
                                     "PRAGMA user_version={}",
                                     kApplicationId, kFormat)
                             .c_str());
  for (const Table& table : kTables) {
    if (code == SQLITE_OK && table.since > format) {
      code = execute(db, table.sql.data());
    }
  }
  return code;
}

// `format`: of the state, 0 if there are no tables at all. Anything but ours is
// SQLITE_MISMATCH: a trigger or view in their place could do what it likes.
int check_tables(sqlite3* db, int& format) {
  Statement version, schema;
  // The header may be older than what the log holds.
  int code = version.prepare(db, "PRAGMA user_version");
  if (code == SQLITE_OK) code = version.step();
  if (code != SQLITE_ROW) return code;
  format = static_cast<int>(version.integer(0));
  version.reset();

  code =
      schema.prepare(db, "SELECT name, sql FROM sqlite_schema ORDER BY name");
  if (code != SQLITE_OK) return code;
  bool empty = true;
  const Table* expected = kTables.begin();
  const auto skip_later = [&] {
    while (expected != kTables.end() && expected->since > format) ++expected;
  };
  while ((code = schema.step()) == SQLITE_ROW) {
    empty = false;
    skip_later();
    if (expected == kTables.end() || schema.text(0) != expected->name ||
        schema.text(1) != expected->sql) {
      return SQLITE_MISMATCH;
    }
    ++expected;
  }
  if (code != SQLITE_DONE) return code;
  if (empty) {
    format = 0;
    return SQLITE_OK;
  }
  skip_later();
  return expected == kTables.end() ? SQLITE_OK : SQLITE_MISMATCH;
}

}  // namespace

Error damaged_state(const std::string& path, const std::string& how) {
  return {
      fmt::format("state file {} is damaged ({}); begin anew with another file",
                  path, how)};
}

Error state_error(const std::string& path, sqlite3* db, int code) {
  const std::string file = path.empty() ? "(temporary)" : path;
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {fmt::format(
          "state file {} is in use by another crawl; wait for its end, or name "
          "another file with --state",
          file)};
    case SQLITE_MISMATCH:
      return damaged_state(file, "its tables are not those of crawl");
    case SQLITE_CORRUPT:
      return damaged_state(file, sqlite3_errstr(SQLITE_CORRUPT));
    case SQLITE_CONSTRAINT:  // all rows are new, as far as the file was read
      return damaged_state(file, "a row is there twice");
    case SQLITE_NOTADB:
      return foreign(file);
    case SQLITE_FULL:
      return {fmt::format(
          "cannot write state file {}: the disk is full; all is kept up to the "
          "last commit, make room and run the same command again",
          file)};
    case SQLITE_NOMEM:
      return {"out of memory"};
    default: {
      const int error = db == nullptr ? 0 : sqlite3_system_errno(db);
      const bool writing = (code & 0xff) == SQLITE_IOERR;
      return {fmt::format(
          "cannot {} state file {}: {}", writing ? "write" : "open", file,
          error != 0 ? strerror(error) : sqlite3_errstr(code & 0xff))};
    }
  }
}

bool is_state_file(const std::string& path) {
  const auto header = read_sqlite_header(path);
  return header && header->application_id == kApplicationId;
}

Result<Database> open_state_file(const std::string& path,
                                 std::size_t cache_bytes) {
  const bool temporary = path.empty();
  if (!temporary) {
    if (auto checked = check_header(path); !checked) {
      return tl::unexpected(checked.error());
    }
  }
  // SQLite knows names that are none of files: ":memory:", "file:x?mode=ro".
  const std::string name =
      temporary || path.starts_with('/') ? path : "./" + path;
  sqlite3* opened = nullptr;
  int code = sqlite3_open_v2(name.c_str(), &opened,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                                 SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                             nullptr);
  Database db(opened);
  const auto fail = [&] {
    return tl::unexpected(state_error(path, db.get(), code));
  };
  if (code != SQLITE_OK) return fail();
  if (sqlite3_db_readonly(db.get(), "main") == 1) {
    return make_error(
        fmt::format("cannot write state file {}: it is read-only", path));
  }

  code = execute(db.get(), fmt::format("PRAGMA trusted_schema=OFF;"
                                       "PRAGMA cell_size_check=ON;"
                                       "PRAGMA locking_mode=EXCLUSIVE;"
                                       "PRAGMA page_size=4096;"
                                       "PRAGMA cache_size=-{};"
                                       "PRAGMA temp_store=MEMORY;"
                                       "PRAGMA synchronous=FULL;"
                                       "BEGIN IMMEDIATE",
                                       cache_bytes / 1024)
                               .c_str());
  if (code != SQLITE_OK) return fail();
  int format = 0;
  code = check_tables(db.get(), format);
  if (code == SQLITE_OK && format < kFormat) {
    code = create_tables(db.get(), format);
  }
  if (code != SQLITE_OK) return fail();
  return db;
}

int begin_commits(sqlite3* db, bool temporary) {
  // In WAL mode the file is whole after each sync; without a sync at each
  // commit power loss may undo the last ones, but never tears one.
  const int code =
      execute(db, temporary ? "COMMIT;"
                              "PRAGMA journal_mode=MEMORY;"
                              "PRAGMA synchronous=OFF"
                            : "COMMIT;"
                              "PRAGMA journal_mode=WAL;"
                              "PRAGMA synchronous=NORMAL;"
                              "PRAGMA wal_autocheckpoint=8192;"
                              "PRAGMA journal_size_limit=67108864");
  return code == SQLITE_OK ? execute(db, "BEGIN IMMEDIATE") : code;
}

}  // namespace crawl
