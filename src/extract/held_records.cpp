#include "extract/held_records.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstring>
#include <utility>

#include "base/sqlite_header.h"
#include "crawl/base/fingerprint.h"
#include "crawl/base/url.h"
#include "frontier/state_file.h"
#include "writer/record_codec.h"

namespace crawl {
namespace {

// "crlh", in the header field that SQLite leaves to applications.
constexpr std::uint32_t kHeldId = 0x63726c68;
// What SQLite takes at once is less than a thousand million bytes.
constexpr std::size_t kLargest = 900'000'000;
// Hosts whose blocks are kept in memory.
constexpr std::size_t kKnownHosts = 64;

enum Kind : std::int64_t { kSkip, kRecord, kListed };

std::uint64_t host_of(std::string_view url) {
  const std::optional<Url> parsed = Url::parse(url);
  return fingerprint(parsed ? parsed->hostname() : std::string_view()).low;
}

std::int64_t as_integer(std::uint64_t key) {
  return static_cast<std::int64_t>(key);
}

std::string_view bytes_of(const std::vector<BlockKey>& blocks) {
  return {reinterpret_cast<const char*>(blocks.data()),
          blocks.size() * sizeof(BlockKey)};
}

std::vector<BlockKey> blocks_of(std::string_view bytes) {
  std::vector<BlockKey> blocks(bytes.size() / sizeof(BlockKey));
  if (!blocks.empty()) {
    std::memcpy(blocks.data(), bytes.data(), blocks.size() * sizeof(BlockKey));
  }
  return blocks;
}

}  // namespace

Result<HeldRecords> HeldRecords::open(const std::string& path,
                                      std::optional<std::uint64_t> position) {
  HeldRecords held;
  held.path_ = path;
  struct stat info {};
  if (!path.empty() && stat(path.c_str(), &info) == 0 && info.st_size > 0) {
    const auto header = read_sqlite_header(path);
    if (!header || header->application_id != kHeldId) {
      return make_error(fmt::format(
          "{}: this is not what --drop-repeated keeps beside the --state; it "
          "was left as it is, name another --state",
          path));
    }
    if (header->user_version != kRecordFormat && position) {
      return make_error(fmt::format(
          "{} was written by another version of crawl: finish it with that, or "
          "begin anew with another --state",
          path));
    }
  }
  sqlite3* made = nullptr;
  int code = sqlite3_open_v2(
      path.c_str(), &made,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
      nullptr);
  held.db_.reset(made);
  if (code == SQLITE_OK) code = held.begin(path.empty(), position);
  if (code == SQLITE_OK && position) code = held.look_whole();
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
    return make_error(fmt::format(
        "{} is damaged; put it back, or begin anew with another --state and -o",
        path));
  }
  if (Result<void> opened = held.check(code); !opened) {
    return tl::unexpected(opened.error());
  }
  if (position && held.last_ != as_integer(*position)) {
    return make_error(fmt::format(
        "{} is not as the crawl left it: records are missing; put it back, or "
        "begin anew with another --state and -o",
        path));
  }
  return held;
}

// What is damaged is known before an output is emptied for it.
int HeldRecords::look_whole() {
  Statement rows;
  int code = rows.prepare(db_.get(), "PRAGMA quick_check(1)");
  if (code == SQLITE_OK) code = rows.step();
  if (code != SQLITE_ROW) return code;
  return rows.text(0) == "ok" ? SQLITE_OK : SQLITE_CORRUPT;
}

Result<void> HeldRecords::check(int code) {
  if (code == SQLITE_OK) return {};
  if (!error_) {
    error_ = Error{fmt::format(
        "cannot hold records in {}: {}",
        path_.empty() ? std::string("a temporary file (in $TMPDIR, or beside "
                                    "what --state FILE names, where they last)")
                      : path_,
        db_ ? sqlite3_errmsg(db_.get()) : sqlite3_errstr(code))};
  }
  return tl::unexpected(*error_);
}

tl::unexpected<Error> HeldRecords::damaged() {
  error_ = Error{fmt::format(
      "{} is damaged: a record is not as it was held; begin anew with another "
      "--state and -o",
      path_.empty() ? std::string("a temporary file") : path_)};
  return tl::unexpected(*error_);
}

// `held`: what came, in order; `pages`: what blocks they have; `repeated`: what
// comes of that.
int HeldRecords::begin(bool is_temporary,
                       std::optional<std::uint64_t> position) {
  constexpr const char* kTables =
      "CREATE TABLE IF NOT EXISTS held(id INTEGER PRIMARY KEY, kind INTEGER, "
      "place INTEGER, data BLOB);"
      "CREATE TABLE IF NOT EXISTS pages(id INTEGER PRIMARY KEY, host INTEGER, "
      "page INTEGER, blocks BLOB);"
      "CREATE TABLE IF NOT EXISTS repeated(host INTEGER, block INTEGER, "
      "PRIMARY KEY(host, block)) WITHOUT ROWID;";
  sqlite3* const db = db_.get();
  sqlite3_busy_timeout(db, 1'000);
  int code =
      execute(db, fmt::format("{}BEGIN IMMEDIATE; PRAGMA application_id={}; "
                              "PRAGMA user_version={}; {}",
                              is_temporary ? "PRAGMA journal_mode=OFF; "
                                             "PRAGMA cache_size=-16384;"
                                           : "",
                              kHeldId, kRecordFormat, kTables)
                      .c_str());
  if (code == SQLITE_OK) {
    const std::uint64_t last = position.value_or(0);
    code = execute(db, fmt::format("DELETE FROM held WHERE id > {0}; "
                                   "DELETE FROM pages WHERE id > {0}",
                                   last)
                           .c_str());
  }
  const auto prepare = [&](Statement& statement, std::string_view sql) {
    if (code == SQLITE_OK) code = statement.prepare(db, sql);
  };
  Statement last;
  prepare(last, "SELECT max(id) FROM held");
  prepare(add_, "INSERT INTO held VALUES(?,?,?,?)");
  prepare(add_page_, "INSERT INTO pages VALUES(?,?,?,?)");
  prepare(repeated_, "SELECT block FROM repeated WHERE host=?");
  if (code != SQLITE_OK) return code;
  code = last.step();
  if (code != SQLITE_ROW) return code;
  last_ = last.integer(0);
  last.reset();
  return is_temporary ? SQLITE_OK : begin_commits(db, false);
}

Result<void> HeldRecords::add(const Outcome& outcome) {
  if (error_) return tl::unexpected(*error_);
  const CrawlRecord& record = outcome.record;
  packed_.clear();
  pack_record(record, packed_);
  if (packed_.size() > kLargest) {
    error_ = Error{fmt::format("cannot hold the record of {}: it has {} bytes",
                               record.url, packed_.size())};
    return tl::unexpected(*error_);
  }
  add_.bind(1, ++last_);
  add_.bind(2, std::int64_t{outcome.is_record ? kRecord : kSkip});
  add_.bind(3, as_integer(record.index));
  add_.bind(4, std::string_view(packed_));
  int code = add_.run();
  constexpr std::size_t kKept = std::size_t{4} << 20U;
  if (packed_.capacity() > kKept) packed_ = {};
  // What a server says of a page that it has not got is no page of its host.
  if (code == SQLITE_OK && record.ok && record.extraction &&
      record.extraction->content && record.extraction->content->again) {
    const std::vector<BlockKey>& blocks =
        record.extraction->content->again->blocks;
    add_page_.bind(1, last_);
    add_page_.bind(2, as_integer(host_of(record.final_url)));
    add_page_.bind(3, as_integer(page_key(blocks)));
    add_page_.bind(4, bytes_of(blocks));
    if (!blocks.empty()) code = add_page_.run();
  }
  return check(code);
}

Result<void> HeldRecords::add_listed(std::string_view url,
                                     std::string_view sitemap) {
  if (error_) return tl::unexpected(*error_);
  packed_.assign(sitemap).append(1, ' ').append(url);
  add_.bind(1, ++last_);
  add_.bind(2, std::int64_t{kListed});
  add_.bind(3, std::int64_t{0});
  add_.bind(4, std::string_view(packed_));
  return check(add_.run());
}

Result<std::uint64_t> HeldRecords::sync() {
  if (error_) return tl::unexpected(*error_);
  if (!path_.empty()) {
    Result<void> done = check(execute(db_.get(), "COMMIT; BEGIN IMMEDIATE"));
    if (!done) return tl::unexpected(done.error());
  }
  return static_cast<std::uint64_t>(last_);
}

int HeldRecords::keep_repeated(std::uint64_t host, const BlockSet& blocks) {
  Statement keep;
  int code = keep.prepare(db_.get(), "INSERT INTO repeated VALUES(?,?)");
  for (const BlockKey block : blocks) {
    if (code != SQLITE_OK) break;
    keep.bind(1, as_integer(host));
    keep.bind(2, as_integer(block));
    code = keep.run();
  }
  return code;
}

Result<void> HeldRecords::look() {
  known_.clear();
  Statement pages;
  int code = error_ ? SQLITE_ERROR : execute(db_.get(), "DELETE FROM repeated");
  if (code == SQLITE_OK) {
    code = pages.prepare(
        db_.get(), "SELECT host, page, blocks FROM pages ORDER BY host, page");
  }
  if (code != SQLITE_OK) return check(code);
  RepeatedBlocks host_blocks;
  std::optional<std::uint64_t> host;
  const auto end_host = [&] {
    const int kept =
        host ? keep_repeated(*host, host_blocks.found()) : SQLITE_OK;
    host_blocks.clear();
    return kept;
  };
  while ((code = pages.step()) == SQLITE_ROW) {
    const auto of = static_cast<std::uint64_t>(pages.integer(0));
    if (host != of) {
      if (Result<void> ended = check(end_host()); !ended) return ended;
      host = of;
    }
    host_blocks.add(static_cast<std::uint64_t>(pages.integer(1)),
                    blocks_of(pages.text(2)));
  }
  return check(code == SQLITE_DONE ? end_host() : code);
}

Result<const BlockSet*> HeldRecords::repeated(std::string_view url) {
  if (error_) return tl::unexpected(*error_);
  const std::uint64_t host = host_of(url);
  if (const auto found = known_.find(host); found != known_.end()) {
    return &found->second;
  }
  if (known_.size() == kKnownHosts) known_.clear();
  BlockSet& blocks = known_[host];
  repeated_.bind(1, as_integer(host));
  int code = SQLITE_OK;
  while ((code = repeated_.step()) == SQLITE_ROW) {
    blocks.insert(static_cast<BlockKey>(repeated_.integer(0)));
  }
  repeated_.reset();
  if (code != SQLITE_DONE) return tl::unexpected(check(code).error());
  return &blocks;
}

Result<void> HeldRecords::each(bool by_index, const Visitor& visitor) {
  Statement rows;
  int code = SQLITE_OK;
  if (by_index) {
    code = execute(db_.get(),
                   "CREATE INDEX IF NOT EXISTS by_place ON held(place)");
  }
  if (code == SQLITE_OK) {
    code = rows.prepare(
        db_.get(), by_index ? "SELECT kind, data FROM held ORDER BY place, id"
                            : "SELECT kind, data FROM held ORDER BY id");
  }
  if (code != SQLITE_OK) return check(code);
  while ((code = rows.step()) == SQLITE_ROW) {
    const std::int64_t kind = rows.integer(0);
    const std::string_view data = rows.text(1);
    Result<bool> more = true;
    if (kind == kListed) {
      const std::size_t space = data.find(' ');
      more = visitor.listed(data.substr(space + 1), data.substr(0, space));
    } else {
      CrawlRecord record;
      if (!unpack_record(data, record)) return damaged();
      more = visitor.record(record, kind == kRecord);
    }
    if (!more) return tl::unexpected(more.error());
    if (!*more) return {};
  }
  return check(code == SQLITE_DONE ? SQLITE_OK : code);
}

}  // namespace crawl
