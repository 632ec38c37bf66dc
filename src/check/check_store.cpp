#include "check/check_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/userinfo.h"
#include "check/kept_link.h"
#include "check/link_kind.h"
#include "frontier/state_file.h"

namespace crawl {
namespace {

// Keys of targets remembered, so that most links need no look into the tables.
constexpr std::size_t kRecent = std::size_t{1} << 16U;
// Of a page's links, in one row.
constexpr std::size_t kMostLinks = std::size_t{1} << 18U;
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

// Without the '#'.
std::string_view fragment_in(std::string_view url) {
  const std::size_t hash = std::min(url.find('#'), url.size());
  return url.substr(std::min(hash + 1, url.size()));
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
// are what comes of it all. `kept`: links of a page, as KeptLinks.
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
      "CREATE TABLE IF NOT EXISTS kept(page INTEGER, links BLOB);"
      "CREATE TABLE IF NOT EXISTS entries(id INTEGER PRIMARY KEY, url TEXT, "
      "outcome INTEGER, reason TEXT, message TEXT, status INTEGER, final TEXT, "
      "hops TEXT, advice INTEGER, links INTEGER, known INTEGER, listed "
      "INTEGER);"
      "CREATE TABLE IF NOT EXISTS checks(settings TEXT);"
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
  prepare(links_, "INSERT INTO kept VALUES(?,?)");
  prepare(told_, "INSERT OR IGNORE INTO told VALUES(?)");
  recent_.assign(kRecent, 0);
  return code;
}

// Whose it is that is there.
int CheckStore::look(std::string_view settings) {
  Statement whose;
  int code = whose.prepare(db_, "SELECT 1 FROM checks WHERE settings = ?");
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
      "DELETE FROM targets; DELETE FROM told; DELETE FROM kept; "
      "DELETE FROM entries; DELETE FROM checks");
  Statement mine;
  if (code == SQLITE_OK) {
    code = mine.prepare(db_, "INSERT INTO checks VALUES(?)");
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
  Statement target;
  if (code == SQLITE_DONE) {
    code = target.prepare(db_, "SELECT url FROM targets WHERE key=?");
  }
  if (code != SQLITE_OK) return check(code);
  std::vector<std::uint64_t> recent(kRecent);
  Result<void> read = each_link([&](std::int64_t, bool is_private,
                                    const KeptLink& kept) -> Result<void> {
    if (kept.fragment.empty() || kept.given) return {};
    // Most are of the sort that was told last of those to the part.
    const std::uint64_t part = kept.part();
    const std::uint64_t sort =
        part + (static_cast<std::uint64_t>(kept.element) * 2 + is_private + 1);
    if (std::exchange(recent[part % kRecent], sort) == sort) return {};
    const auto key = static_cast<std::int64_t>(kept.target);
    target.bind(1, key);
    if (target.step() == SQLITE_ROW) {
      const std::string url =
          fmt::format("{}#{}", target.text(0), kept.fragment);
      PageLink link;
      link.url = url;
      link.element = kept.element;
      to_part(link, look_up(key).value_or(false), is_private);
    }
    target.reset();
    return {};
  });
  return read;
}

Result<void> CheckStore::each_link(const OnLink& on_link) {
  Statement rows;
  int code = rows.prepare(db_,
                          "SELECT page, private, links FROM kept JOIN pages ON "
                          "id = page ORDER BY kept.rowid");
  if (code != SQLITE_OK) return check(code);
  KeptLink link;
  while ((code = rows.step()) == SQLITE_ROW) {
    std::string_view kept = rows.text(2);
    while (take_first(kept, link)) {
      Result<void> taken = on_link(rows.integer(0), rows.integer(1) != 0, link);
      if (!taken) return taken;
    }
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

Result<void> CheckStore::end_page() { return write_links(pages_); }

Result<void> CheckStore::write_links(std::int64_t page) {
  if (error_) return tl::unexpected(*error_);
  if (kept_.empty()) return {};
  links_.bind(1, page);
  links_.bind(2, std::string_view(kept_));
  const int code = links_.run();
  kept_.clear();
  return check(code);
}

Result<std::uint64_t> CheckStore::add_target(std::string_view url) {
  if (error_) return tl::unexpected(*error_);
  const std::uint64_t key = link_key(url);
  if (std::uint64_t& recent = recent_[key % kRecent]; recent != key) {
    recent = key;
    target_.bind(1, static_cast<std::int64_t>(key));
    target_.bind(2, url);
    if (Result<void> added = check(target_.run()); !added) {
      return tl::unexpected(added.error());
    }
  }
  return key;
}

Result<void> CheckStore::add_link(const PageLink& link, std::uint64_t target,
                                  unsigned advice) {
  append({.target = target,
          .fragment = fragment_in(link.url),
          .line = link.line,
          .column = link.column,
          .element = link.element,
          .attribute = link.attribute,
          .advice = advice,
          .text = link.text},
         kept_);
  return kept_.size() < kMostLinks ? Result<void>() : end_page();
}

Result<void> CheckStore::name_giver(std::string_view name) {
  if (error_) return tl::unexpected(*error_);
  Statement giver;
  int code = giver.prepare(db_, "UPDATE pages SET url=? WHERE id=0");
  if (code != SQLITE_OK) return check(code);
  giver.bind(1, name);
  return check(giver.run());
}

Result<void> CheckStore::add_given(std::string_view url) {
  const Result<std::uint64_t> key = add_target(url.substr(0, url.find('#')));
  if (!key) return tl::unexpected(key.error());
  KeptLink link;
  link.target = *key;
  link.fragment = fragment_in(url);
  link.given = true;
  append(link, kept_);
  return write_links(kGivenPage);
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
  const Result<std::uint64_t> key = add_target(url);
  if (!key) return tl::unexpected(key.error());
  if (Result<void> added = add_link(named, *key, advice); !added) return added;
  return add_answer(
      {.url = url, .error = error, .message = message, .final_url = url});
}

}  // namespace crawl
