#include "check/check_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/userinfo.h"
#include "check/link_kind.h"
#include "frontier/state_file.h"

namespace crawl {
namespace {

// Keys of targets remembered, so that most links need no look into the tables.
constexpr std::size_t kRecent = std::size_t{1} << 16U;
// Of a link's text; the rest says nothing more to people.
constexpr std::size_t kMostText = 200;
constexpr std::size_t kMostUrl = 4'096;  // of what is no URL

std::int64_t key_of(std::string_view url) {
  return static_cast<std::int64_t>(link_key(url));
}

// At most so many bytes, whole characters.
std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0U) == 0x80) {
    --most;
  }
  return text.substr(0, most);
}

}  // namespace

Result<std::unique_ptr<CheckStore>> CheckStore::open() {
  std::unique_ptr<CheckStore> store(new CheckStore);
  // One thread has it.
  int code = sqlite3_open_v2(
      "", &store->db_,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
      nullptr);
  store->own_.reset(store->db_);
  if (code == SQLITE_OK) {
    code = execute(store->db_,
                   "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; "
                   "PRAGMA cache_size=-32768; PRAGMA locking_mode=EXCLUSIVE; "
                   "BEGIN");
  }
  if (code == SQLITE_OK) code = store->open_tables();
  if (Result<void> opened = store->check(code); !opened) {
    return tl::unexpected(opened.error());
  }
  return store;
}

Result<std::unique_ptr<CheckStore>> CheckStore::open(
    sqlite3* database, std::string_view settings) {
  std::unique_ptr<CheckStore> store(new CheckStore);
  store->db_ = database;
  int code = execute(database, "PRAGMA cache_size=-32768");
  if (code == SQLITE_OK) code = store->open_tables();
  if (code == SQLITE_OK) code = begin_commits(database, false);
  if (code == SQLITE_OK) code = store->look(settings);
  if (Result<void> opened = store->check(code); !opened) {
    return tl::unexpected(opened.error());
  }
  return store;
}

Result<void> CheckStore::check(int code) {
  if (code == SQLITE_OK) return {};
  if (!error_) {
    error_ = Error{fmt::format(
        "cannot keep what the check found in a {} file: {}",
        own_ ? "temporary" : "--state",
        db_ != nullptr ? sqlite3_errmsg(db_) : sqlite3_errstr(code))};
  }
  return tl::unexpected(*error_);
}

// `answers`: of a URL, or where the one is whose redirects lead by it.
// `seen`: what a page holds. `told`: what is not to be told twice. `entries`
// are what comes of it all.
int CheckStore::open_tables() {
  int code = execute(
      db_,
      "CREATE TABLE IF NOT EXISTS answers(key INTEGER PRIMARY KEY, alias "
      "INTEGER, hop INTEGER, error INTEGER, status INTEGER, message TEXT, "
      "final TEXT, hops TEXT, next INTEGER);"
      "CREATE TABLE IF NOT EXISTS seen(key INTEGER PRIMARY KEY, targets BLOB, "
      "text TEXT, cut INTEGER, file TEXT, offset INTEGER);"
      "CREATE TABLE IF NOT EXISTS pages(id INTEGER PRIMARY KEY, url TEXT, "
      "sheet INTEGER, private INTEGER);"
      "CREATE TABLE IF NOT EXISTS targets(key INTEGER PRIMARY KEY, url TEXT);"
      "CREATE TABLE IF NOT EXISTS told(key INTEGER PRIMARY KEY);"
      "CREATE TABLE IF NOT EXISTS links(target INTEGER, fragment TEXT, page "
      "INTEGER, line INTEGER, col INTEGER, element INTEGER, attribute INTEGER, "
      "advice INTEGER, text TEXT, entry INTEGER);"
      "CREATE TABLE IF NOT EXISTS entries(id INTEGER PRIMARY KEY, url TEXT, "
      "outcome INTEGER, reason TEXT, message TEXT, status INTEGER, final TEXT, "
      "hops TEXT, advice INTEGER, links INTEGER, known INTEGER, listed "
      "INTEGER);"
      "CREATE TABLE IF NOT EXISTS settings(of_check TEXT);"
      "INSERT OR IGNORE INTO pages VALUES(0, 'the command line', 0, 0)");
  const auto prepare = [&](Statement& statement, std::string_view sql) {
    if (code == SQLITE_OK) code = statement.prepare(db_, sql);
  };
  prepare(answer_,
          "INSERT OR REPLACE INTO answers VALUES(?,NULL,0,?,?,?,?,?,?)");
  prepare(hearsay_,
          "INSERT OR IGNORE INTO answers VALUES(?,NULL,0,?,?,?,?,?,?)");
  prepare(alias_,
          "INSERT OR IGNORE INTO answers(key, alias, hop) "
          "VALUES(?,?,?)");
  prepare(targets_,
          "INSERT INTO seen(key, targets, cut) VALUES(?1,?2,?3) "
          "ON CONFLICT(key) DO UPDATE SET targets=?2, cut=?3");
  prepare(text_,
          "INSERT INTO seen(key, text) VALUES(?1,?2) "
          "ON CONFLICT(key) DO UPDATE SET text=?2");
  prepare(place_, "UPDATE seen SET file=?2, offset=?3 WHERE key=?1");
  prepare(page_, "INSERT INTO pages VALUES(?,?,?,?)");
  prepare(target_, "INSERT OR IGNORE INTO targets VALUES(?,?)");
  prepare(link_, "INSERT INTO links VALUES(?,?,?,?,?,?,?,?,?,NULL)");
  prepare(told_, "INSERT OR IGNORE INTO told VALUES(?)");
  recent_.assign(kRecent, 0);
  return code;
}

// Whose it is that is there.
int CheckStore::look(std::string_view settings) {
  Statement whose;
  int code = whose.prepare(db_, "SELECT 1 FROM settings WHERE of_check = ?");
  if (code != SQLITE_OK) return code;
  whose.bind(1, settings);
  resumed_ = whose.step() == SQLITE_ROW;
  whose.reset();
  settings_ = settings;
  if (!resumed_) return clear() ? SQLITE_OK : SQLITE_ERROR;
  Statement count;
  code = count.prepare(db_, "SELECT max(id), total(sheet) FROM pages");
  if (code != SQLITE_OK) return code;
  if (count.step() != SQLITE_ROW) return SQLITE_ERROR;
  pages_ = count.integer(0);
  sheets_ = count.integer(1);
  return SQLITE_OK;
}

Result<void> CheckStore::clear() {
  resumed_ = false;
  pages_ = sheets_ = 0;
  recent_.assign(kRecent, 0);
  int code = execute(
      db_,
      "DELETE FROM answers; DELETE FROM seen; DELETE FROM pages WHERE id > 0; "
      "DELETE FROM targets; DELETE FROM told; DELETE FROM links; "
      "DELETE FROM entries; DELETE FROM settings");
  Statement mine;
  if (code == SQLITE_OK) {
    code = mine.prepare(db_, "INSERT INTO settings VALUES(?)");
  }
  if (code != SQLITE_OK) return check(code);
  mine.bind(1, std::string_view(settings_));
  return check(mine.run());
}

Result<void> CheckStore::forget() {
  settings_.clear();
  return clear();
}

Result<void> CheckStore::each_known(const OnAnswered& answered,
                                    const OnToPart& to_part) {
  Statement rows;
  Statement seen;
  int code = seen.prepare(db_, "SELECT text IS NOT NULL FROM seen WHERE key=?");
  if (code == SQLITE_OK) {
    code = rows.prepare(
        db_, fmt::format("SELECT key, final FROM answers WHERE alias IS NULL "
                         "AND next IS NULL AND error IN ({}, {})",
                         static_cast<int>(ErrorKind::kNone),
                         static_cast<int>(ErrorKind::kDuplicate)));
  }
  if (code != SQLITE_OK) return check(code);
  // Whether its text is there; nothing if it was not seen.
  const auto look_up = [&](std::int64_t key) {
    seen.bind(1, key);
    std::optional<bool> found;
    if (seen.step() == SQLITE_ROW) found = seen.integer(0) != 0;
    seen.reset();
    return found;
  };
  while ((code = rows.step()) == SQLITE_ROW) {
    const std::int64_t key = rows.integer(0);
    const std::string_view url = rows.text(1);
    answered(static_cast<std::uint64_t>(key),
             look_up(key) || look_up(key_of(url.substr(0, url.find('#')))));
  }
  if (code == SQLITE_DONE) {
    code = rows.prepare(
        db_,
        "SELECT target, targets.url || '#' || fragment, element, max(private) "
        "FROM links JOIN targets ON key = target JOIN pages ON id = page WHERE "
        "fragment IS NOT NULL AND element >= 0 GROUP BY 1, 2, 3");
  }
  if (code != SQLITE_OK) return check(code);
  while ((code = rows.step()) == SQLITE_ROW) {
    PageLink link;
    link.url = rows.text(1);
    link.element = static_cast<LinkElement>(rows.integer(2));
    to_part(link, look_up(rows.integer(0)).value_or(false),
            rows.integer(3) != 0);
  }
  return check(code == SQLITE_DONE ? SQLITE_OK : code);
}

Result<bool> CheckStore::is_told(std::uint64_t key) {
  if (error_) return tl::unexpected(*error_);
  told_.bind(1, static_cast<std::int64_t>(key));
  if (Result<void> told = check(told_.run()); !told) {
    return tl::unexpected(told.error());
  }
  return sqlite3_changes(db_) == 0;
}

Result<void> CheckStore::add_answer(const CheckAnswer& answer) {
  if (error_) return tl::unexpected(*error_);
  const std::int64_t key = key_of(answer.url);
  shown_.clear();
  if (answer.redirects != nullptr) {
    for (const RedirectHop& hop : *answer.redirects) {
      shown_ +=
          fmt::format("{} {} {}\n", hop.status_code, hop.url, hop.location);
    }
  }
  Statement& row = answer.is_hearsay ? hearsay_ : answer_;
  row.bind(1, key);
  row.bind(2, static_cast<std::int64_t>(answer.error));
  row.bind(3, std::int64_t{answer.status_code});
  row.bind(4, answer.message);
  row.bind(5, answer.final_url);
  row.bind(6, std::string_view(shown_));
  if (answer.leads_on) {
    row.bind(7, key_of(answer.final_url));
  } else {
    row.bind_null(7);
  }
  int code = row.run();
  if (answer.redirects == nullptr) return check(code);
  const std::size_t hops = answer.redirects->size();
  for (std::size_t i = 1; code == SQLITE_OK && i <= hops; ++i) {
    if (i == hops && answer.leads_on) break;
    std::string_view url = i < hops
                               ? std::string_view((*answer.redirects)[i].url)
                               : answer.final_url;
    url = url.substr(0, url.find('#'));
    alias_.bind(1, key_of(url));
    alias_.bind(2, key);
    alias_.bind(3, static_cast<std::int64_t>(i));
    code = alias_.run();
  }
  return check(code);
}

Result<void> CheckStore::add_targets(std::string_view url,
                                     const std::vector<std::uint64_t>& targets,
                                     bool cut) {
  if (error_) return tl::unexpected(*error_);
  blob_.resize(targets.size() * sizeof(std::uint64_t));
  if (!targets.empty()) std::memcpy(blob_.data(), targets.data(), blob_.size());
  targets_.bind(1, key_of(url));
  targets_.bind(2, std::string_view(blob_));
  targets_.bind(3, std::int64_t{cut});
  return check(targets_.run());
}

Result<void> CheckStore::add_text(std::string_view url, std::string_view text) {
  if (error_) return tl::unexpected(*error_);
  text_.bind(1, key_of(url));
  text_.bind(2, text);
  return check(text_.run());
}

Result<void> CheckStore::add_place(std::string_view url, std::string_view file,
                                   std::uint64_t offset) {
  if (error_) return tl::unexpected(*error_);
  place_.bind(1, key_of(url));
  place_.bind(2, file);
  place_.bind(3, static_cast<std::int64_t>(offset));
  return check(place_.run());
}

Result<void> CheckStore::add_page(const Page& page) {
  if (error_) return tl::unexpected(*error_);
  if (page.is_sheet) ++sheets_;
  page_.bind(1, ++pages_);
  page_.bind(2, page.url);
  page_.bind(3, std::int64_t{page.is_sheet});
  page_.bind(4, std::int64_t{page.at_private});
  return check(page_.run());
}

Result<void> CheckStore::add_link(const PageLink& link, std::string_view url,
                                  unsigned advice) {
  return insert_link(link, url, advice, pages_,
                     static_cast<std::int64_t>(link.element));
}

Result<void> CheckStore::add_given(std::string_view url) {
  PageLink given;
  given.url = url;
  return insert_link(given, url.substr(0, url.find('#')), 0, kGivenPage,
                     kGivenElement);
}

Result<void> CheckStore::insert_link(const PageLink& link, std::string_view url,
                                     unsigned advice, std::int64_t page,
                                     std::int64_t element) {
  if (error_) return tl::unexpected(*error_);
  const std::uint64_t key = link_key(url);
  int code = SQLITE_OK;
  if (std::uint64_t& recent = recent_[key % kRecent]; recent != key) {
    recent = key;
    target_.bind(1, static_cast<std::int64_t>(key));
    target_.bind(2, url);
    code = target_.run();
  }
  if (code != SQLITE_OK) return check(code);
  const std::size_t hash = link.url.find('#');
  link_.bind(1, static_cast<std::int64_t>(key));
  if (hash == link.url.npos || hash + 1 == link.url.size()) {
    link_.bind_null(2);
  } else {
    link_.bind(2, link.url.substr(hash + 1));
  }
  link_.bind(3, page);
  link_.bind(4, std::int64_t{link.line});
  link_.bind(5, std::int64_t{link.column});
  link_.bind(6, element);
  link_.bind(7, static_cast<std::int64_t>(link.attribute));
  link_.bind(8, std::int64_t{advice});
  link_.bind(9, cut(link.text, kMostText));
  return check(link_.run());
}

Result<void> CheckStore::add_unaskable(const PageLink& link, ErrorKind error,
                                       std::string_view message,
                                       unsigned advice) {
  PageLink named = link;
  // Whose it may be, nobody should read it in a result.
  const std::string masked =
      hide_password(std::string(cut(link.url, kMostUrl)));
  const std::string_view url = masked;
  // Nothing in it is a fragment.
  named.url = url.substr(0, url.find('#'));
  if (Result<void> added = add_link(named, url, advice); !added) return added;
  return add_answer(
      {.url = url, .error = error, .message = message, .final_url = url});
}

}  // namespace crawl
