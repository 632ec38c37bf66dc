#include "crawl/writer/site_database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/sqlite.h"
#include "base/sqlite_header.h"
#include "writer/field_values.h"
#include "writer/kept_request.h"
#include "writer/loose_rows.h"
#include "writer/site_binder.h"
#include "writer/site_schema.h"

namespace crawl {
namespace {

using std::chrono::steady_clock;

// Rows that nobody else sees yet, and for how long: what has been committed is
// what the log grows by, and what is not is what a kill costs without a state.
constexpr int kMostUncommitted = 4'096;
constexpr std::chrono::milliseconds kLongestUncommitted{500};

class RequestKeeper final : public ExchangeKeeper {
 public:
  std::shared_ptr<const KeptExchange> keep(
      const WireExchange& exchange) const override {
    return std::make_shared<const KeptRequest>(exchange);
  }
};

class SiteDatabase final : public Sink {
 public:
  explicit SiteDatabase(const SiteDatabaseOptions& options)
      : path_(options.path),
        sink_(options.sink),
        schema_(options.fields, options.requests),
        all_pages_(options.worker.empty()) {}

  Result<void> open(const SiteDatabaseOptions& options);

  std::string_view name() const override { return sink_; }
  Result<void> take(const Outcome& outcome) override;
  Result<void> listed(std::string_view url, std::string_view sitemap) override;
  Result<void> slot_times(const SlotTimes& span) override;
  Result<void> keep(const KeptExchange& exchange) override;
  Result<void> flush() override;
  Result<std::uint64_t> sync() override;
  Result<void> close() override;

 private:
  // The error is the sink's from now on.
  tl::unexpected<Error> fail(int code);
  Result<void> check(int code) {
    return code == SQLITE_OK ? Result<void>() : fail(code);
  }
  int run(const std::string& sql) { return execute(db_.get(), sql.c_str()); }

  Result<void> not_as_left() const {
    return make_error(fmt::format(
        "{} is not as the crawl left it: rows are missing; put it back, or "
        "begin anew with another --state and -o",
        path_));
  }
  Result<void> make_anew();
  Result<void> check_columns();
  Result<std::int64_t> number(const char* sql);
  Result<void> begin(const SiteDatabaseOptions& options);
  int prepare();
  int add_page(const CrawlRecord& record);
  int add_links(const LinkList& links);
  int add_redirects(const std::vector<RedirectHop>& hops);
  int add_skipped(const CrawlRecord& record);
  // What its run has left so far, in SQL: one that is killed has it too.
  std::string count_run() const {
    return fmt::format("UPDATE runs SET pages={}, skipped={} WHERE id={};",
                       pages_, skipped_, run_);
  }
  Result<void> commit();

  const std::string path_;
  const std::string_view sink_;
  const SiteSchema schema_;
  const bool all_pages_;
  Database db_;
  Statement page_, link_, redirect_, header_, skip_;
  Binder page_values_{page_}, link_values_{link_}, redirect_values_{redirect_},
      header_values_{header_}, skip_values_{skip_};
  LooseRows loose_;
  std::int64_t last_ = 0;  // Outcome taken
  std::int64_t run_ = 0, pages_ = 0, skipped_ = 0;
  int uncommitted_ = 0;
  steady_clock::time_point committed_ = steady_clock::now();
  std::optional<Error> error_;
};

tl::unexpected<Error> SiteDatabase::fail(int code) {
  if (!error_) {
    error_ = Error{code == SQLITE_BUSY || code == SQLITE_LOCKED
                       ? fmt::format("cannot write to {}: another process is "
                                     "writing it; wait for its end, or name "
                                     "another file",
                                     path_)
                       : fmt::format("cannot write to {}: {}", path_,
                                     db_ ? sqlite3_errmsg(db_.get())
                                         : sqlite3_errstr(code))};
  }
  return tl::unexpected(*error_);
}

Result<void> SiteDatabase::open(const SiteDatabaseOptions& options) {
  struct stat info {};
  const bool found = stat(path_.c_str(), &info) == 0;
  if (found && !S_ISREG(info.st_mode)) {
    return make_error(fmt::format(
        "{} is no file, which a database is written to: name a file", path_));
  }
  const bool there = found && info.st_size > 0;
  if (there && !is_site_database(path_)) {
    return make_error(fmt::format(
        "{} is no database of crawl; it was left as it is, name another file",
        path_));
  }
  if (!there && options.position.value_or(0) > 0) return not_as_left();
  // SQLite's own attempt would not say why it failed.
  const int made_file =
      ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (made_file < 0) {
    return make_error(
        fmt::format("cannot write to {}: {}", path_, std::strerror(errno)));
  }
  ::close(made_file);
  sqlite3* made = nullptr;
  int code = sqlite3_open_v2(
      path_.c_str(), &made,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
      nullptr);
  db_.reset(made);
  if (code != SQLITE_OK) return fail(code);
  sqlite3_busy_timeout(db_.get(), 1'000);
  // In the file itself, where the log need not be asked for it.
  if (!there) {
    code = run(fmt::format("PRAGMA application_id={}", kSiteDatabaseId));
    if (code != SQLITE_OK) return fail(code);
  }
  code =
      run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
          "PRAGMA cache_size=-16384; BEGIN IMMEDIATE");
  if (code != SQLITE_OK) return fail(code);
  const bool keeps = options.position || options.mode == OutputMode::kAppend;
  Result<void> ready = there && keeps ? check_columns() : make_anew();
  if (ready) ready = begin(options);
  return ready;
}

// Whatever was there is gone with the first commit.
Result<void> SiteDatabase::make_anew() {
  Statement rows;
  int code = rows.prepare(
      db_.get(),
      "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' "
      "ESCAPE '\\' AND type IN ('view', 'table') ORDER BY type DESC");
  std::string drops;
  while (code == SQLITE_OK && rows.step() == SQLITE_ROW) {
    std::string name(rows.text(1));
    for (std::size_t at = 0; (at = name.find('"', at)) != name.npos; at += 2) {
      name.insert(at, 1, '"');
    }
    drops += fmt::format("DROP {} IF EXISTS \"{}\";", rows.text(0), name);
  }
  rows.reset();
  if (code == SQLITE_OK) code = run(drops);
  if (code == SQLITE_OK) {
    code = run(fmt::format("PRAGMA user_version={};", kSiteDatabaseFormat) +
               schema_.create_tables());
  }
  return check(code);
}

// What is to be written behind has the columns that come.
Result<void> SiteDatabase::check_columns() {
  const Result<std::int64_t> format = number("PRAGMA user_version");
  if (!format) return tl::unexpected(format.error());
  const auto tables_of = [](sqlite3* db) {
    std::string all;
    Statement rows;
    if (rows.prepare(db,
                     "SELECT sql FROM sqlite_schema WHERE type = 'table' "
                     "ORDER BY name") == SQLITE_OK) {
      while (rows.step() == SQLITE_ROW) {
        all.append(rows.text(0));
        all.push_back('\n');
      }
    }
    return all;
  };
  sqlite3* made = nullptr;
  const int code = sqlite3_open(":memory:", &made);
  const Database fresh(made);
  if (code != SQLITE_OK ||
      execute(made, schema_.create_tables().c_str()) != SQLITE_OK) {
    return fail(code);
  }
  if (*format != kSiteDatabaseFormat ||
      tables_of(db_.get()) != tables_of(fresh.get())) {
    return make_error(fmt::format(
        "{} has other columns than the fields of this crawl: give the same "
        "--fields as before, or name another file",
        path_));
  }
  return {};
}

Result<std::int64_t> SiteDatabase::number(const char* sql) {
  Statement row;
  int code = row.prepare(db_.get(), sql);
  if (code == SQLITE_OK) code = row.step();
  if (code != SQLITE_ROW) return fail(code);
  return row.integer(0);
}

Result<void> SiteDatabase::begin(const SiteDatabaseOptions& options) {
  if (options.position) {
    std::string cut;
    for (const char* const table : {"pages", "skipped"}) {
      cut += fmt::format("DELETE FROM {} WHERE id > {};", table,
                         *options.position);
    }
    for (const std::string_view table : schema_.tables_of_pages()) {
      cut += fmt::format("DELETE FROM {} WHERE page > {};", table,
                         *options.position);
    }
    // The last run may have counted what is gone now.
    for (const char* const table : {"pages", "skipped"}) {
      cut += fmt::format(
          "UPDATE runs SET {0}=(SELECT count(*) FROM {0})-(SELECT "
          "coalesce(sum(earlier.{0}), 0) FROM runs AS earlier WHERE "
          "earlier.id < runs.id) WHERE id=(SELECT max(id) FROM runs);",
          table);
    }
    if (const int code = run(cut); code != SQLITE_OK) return fail(code);
  }
  const Result<std::int64_t> last = number(
      "SELECT max(coalesce((SELECT max(id) FROM pages), 0), "
      "coalesce((SELECT max(id) FROM skipped), 0))");
  if (!last) return tl::unexpected(last.error());
  last_ = *last;
  // Each Outcome has left a row.
  if (options.position &&
      last_ != static_cast<std::int64_t>(*options.position)) {
    return not_as_left();
  }
  int code = prepare();
  if (code == SQLITE_OK) {
    Statement runs;
    code = runs.prepare(db_.get(),
                        "INSERT INTO runs(version, worker, started) VALUES(?, "
                        "nullif(?, ''), "
                        "strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))");
    if (code == SQLITE_OK) {
      runs.bind(1, std::string_view(options.version));
      runs.bind(2, std::string_view(options.worker));
      code = runs.run();
      run_ = sqlite3_last_insert_rowid(db_.get());
    }
  }
  if (code != SQLITE_OK) return fail(code);
  // Readers find tables, and another writer that it is taken.
  return commit();
}

int SiteDatabase::prepare() {
  sqlite3* const db = db_.get();
  int code = page_.prepare(db, schema_.insert_page());
  if (code == SQLITE_OK) {
    code = skip_.prepare(db, "INSERT INTO skipped VALUES(?,?,?,?,?,?)");
  }
  if (code == SQLITE_OK && schema_.has_links()) {
    code = link_.prepare(db, "INSERT INTO links VALUES(?,?,?,?,?,?,?)");
  }
  if (code == SQLITE_OK && schema_.has_redirects()) {
    code = redirect_.prepare(db, "INSERT INTO redirects VALUES(?,?,?,?,?)");
  }
  if (code == SQLITE_OK && schema_.has_headers()) {
    code = header_.prepare(db, "INSERT INTO headers VALUES(?,?,?)");
  }
  if (code == SQLITE_OK) code = loose_.prepare(db, schema_.has_requests());
  return code;
}

Result<void> SiteDatabase::take(const Outcome& outcome) {
  if (error_) return tl::unexpected(*error_);
  const CrawlRecord& record = outcome.record;
  ++last_;
  loose_.settle();
  int code = SQLITE_OK;
  if (outcome.is_record) code = add_page(record);
  if (code == SQLITE_OK && (!outcome.is_record || is_skip(record.error))) {
    code = add_skipped(record);
  }
  if (code == SQLITE_OK && !outcome.is_record) {
    code = add_redirects(record.redirects);
  }
  if (code != SQLITE_OK) return fail(code);
  return ++uncommitted_ >= kMostUncommitted ? commit() : Result<void>();
}

Result<void> SiteDatabase::keep(const KeptExchange& exchange) {
  if (error_) return tl::unexpected(*error_);
  const auto* const kept = dynamic_cast<const KeptRequest*>(&exchange);
  if (kept == nullptr || !schema_.has_requests()) return {};
  ++uncommitted_;
  return check(loose_.add_request(*kept, last_));
}

Result<void> SiteDatabase::listed(std::string_view url,
                                  std::string_view sitemap) {
  if (error_) return tl::unexpected(*error_);
  ++uncommitted_;
  return check(loose_.add_listed(url, sitemap, last_));
}

Result<void> SiteDatabase::slot_times(const SlotTimes& span) {
  if (error_) return tl::unexpected(*error_);
  if (!schema_.has_requests()) return {};
  ++uncommitted_;
  return check(loose_.add_slot_times(span, last_));
}

int SiteDatabase::add_page(const CrawlRecord& record) {
  ++pages_;
  page_values_.begin();
  page_values_.number(last_);
  for (const FieldId field : schema_.columns()) {
    visit_field(field, record, page_values_);
  }
  page_values_.bind_texts();
  int code = page_.run();
  if (code == SQLITE_OK && schema_.has_links()) code = add_links(record.links);
  if (code == SQLITE_OK) code = add_redirects(record.redirects);
  if (schema_.has_headers()) {
    for (const auto& [name, value] : record.headers) {
      if (code != SQLITE_OK) break;
      header_values_.begin();
      header_values_.number(last_);
      header_values_.text(name);
      header_values_.text(value);
      header_values_.bind_texts();
      code = header_.run();
    }
  }
  return code;
}

int SiteDatabase::add_redirects(const std::vector<RedirectHop>& hops) {
  if (!schema_.has_redirects()) return SQLITE_OK;
  int code = SQLITE_OK;
  std::int64_t number = 0;
  for (const RedirectHop& hop : hops) {
    redirect_values_.begin();
    redirect_values_.number(last_);
    redirect_values_.number(++number);
    redirect_values_.text(hop.url);
    redirect_values_.number(std::int64_t{hop.status_code});
    redirect_values_.text(hop.location);
    redirect_values_.bind_texts();
    code = redirect_.run();
    if (code != SQLITE_OK) break;
  }
  return code;
}

// A page's URL has no fragment: what links to it is found by `url` alone.
int SiteDatabase::add_links(const LinkList& links) {
  int code = SQLITE_OK;
  for (std::size_t i = 0; code == SQLITE_OK && i < links.size(); ++i) {
    const PageLink link = links[i];
    const std::size_t hash = link.url.find('#');
    link_values_.begin();
    link_values_.number(last_);
    link_values_.text(link.url.substr(0, hash));
    const auto text_or_null = [this](std::string_view text) {
      if (text.empty()) {
        link_values_.null();
      } else {
        link_values_.text(text);
      }
    };
    text_or_null(hash == link.url.npos ? std::string_view()
                                       : link.url.substr(hash + 1));
    link_values_.text(to_string(link.element));
    link_values_.text(to_string(link.attribute));
    text_or_null(link.rel);
    text_or_null(link.text);
    link_values_.bind_texts();
    code = link_.run();
  }
  return code;
}

int SiteDatabase::add_skipped(const CrawlRecord& record) {
  ++skipped_;
  skip_values_.begin();
  skip_values_.number(last_);
  for (const FieldId field :
       {FieldId::kUrl, FieldId::kError, FieldId::kErrorMessage,
        FieldId::kParent, FieldId::kDepth}) {
    visit_field(field, record, skip_values_);
  }
  skip_values_.bind_texts();
  return skip_.run();
}

// The next transaction begins at once, so that no other process comes between.
Result<void> SiteDatabase::commit() {
  if (error_) return tl::unexpected(*error_);
  uncommitted_ = 0;
  committed_ = steady_clock::now();
  return check(run(fmt::format("{} COMMIT; BEGIN IMMEDIATE", count_run())));
}

Result<void> SiteDatabase::flush() {
  if (error_) return tl::unexpected(*error_);
  if (uncommitted_ == 0 ||
      steady_clock::now() - committed_ < kLongestUncommitted) {
    return {};
  }
  return commit();
}

Result<std::uint64_t> SiteDatabase::sync() {
  if (error_) return tl::unexpected(*error_);
  Result<void> done = check(loose_.tie(last_));
  if (done) done = commit();
  if (!done) return tl::unexpected(done.error());
  return static_cast<std::uint64_t>(last_);
}

// One file is left behind, unless somebody reads it just now.
Result<void> SiteDatabase::close() {
  if (error_) return tl::unexpected(*error_);
  Result<void> done = check(run(fmt::format(
      "{} UPDATE runs SET ended=strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE "
      "id={}; COMMIT; BEGIN IMMEDIATE; {} COMMIT",
      count_run(), run_, schema_.create_indices_and_views(all_pages_))));
  if (!done) return done;
  // A reader may keep the log from going. A full disk must not, unsaid.
  const int code = run("PRAGMA journal_mode=DELETE");
  return code == SQLITE_BUSY || code == SQLITE_LOCKED ? done : check(code);
}

}  // namespace

std::shared_ptr<const ExchangeKeeper> make_request_keeper() {
  return std::make_shared<const RequestKeeper>();
}

bool is_site_database(const std::string& path) {
  const auto header = read_sqlite_header(path);
  return header && header->application_id == kSiteDatabaseId;
}

Result<std::unique_ptr<Sink>> open_site_database(
    const SiteDatabaseOptions& options) {
  auto database = std::make_unique<SiteDatabase>(options);
  if (Result<void> opened = database->open(options); !opened) {
    return tl::unexpected(opened.error());
  }
  return database;
}

}  // namespace crawl
