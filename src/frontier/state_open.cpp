// Opening a state: a new one is begun, an earlier one is read and checked.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <random>

#include "frontier/state_file.h"
#include "frontier/state_impl.h"

namespace crawl {
namespace {

using Host = HostTable::Host;

constexpr std::size_t kMinRowBytes = 8;

std::optional<std::uint64_t> to_number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

std::string abridged(const std::string& text) {
  return text.size() <= 200 ? text : text.substr(0, 200) + "...";
}

}  // namespace

int StateStore::Impl::prepare() {
  const std::pair<Statement*, std::string_view> all[] = {
      {&insert_page, "INSERT INTO page VALUES(?,?,?,?)"},
      {&insert_host, "INSERT INTO host VALUES(?,?,0)"},
      {&insert_known, "INSERT INTO known VALUES(NULL,?)"},
      {&insert_ahead, "INSERT OR IGNORE INTO ahead VALUES(?)"},
      {&insert_body, "INSERT INTO body VALUES(?,?,?)"},
      {&delete_ahead, "DELETE FROM ahead WHERE id>=? AND id<?"},
      {&update_host, "UPDATE host SET done=? WHERE id=?"},
      {&select_pages,
       "SELECT id,depth,parent,url FROM page WHERE id>=? AND id<? ORDER BY id"},
      {&select_url, "SELECT url FROM page WHERE id=?"},
      {&select_body, "SELECT low,page FROM body WHERE high=?"},
      {&get_meta, "SELECT value FROM meta WHERE name=?"},
      {&put_meta, "INSERT OR REPLACE INTO meta VALUES(?,?)"},
  };
  for (const auto& [statement, sql] : all) {
    const int code = statement->prepare(db.get(), sql);
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

Result<std::optional<std::string>> StateStore::Impl::meta(
    std::string_view name) const {
  get_meta.bind(1, name);
  const int code = get_meta.step();
  std::optional<std::string> value;
  if (code == SQLITE_ROW) value = get_meta.text(0);
  get_meta.reset();
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    return tl::unexpected(fail(code));
  }
  return value;
}

Result<void> StateStore::Impl::set_meta(std::string_view name,
                                        std::string_view value) {
  put_meta.bind(1, name);
  put_meta.bind(2, value);
  const int code = put_meta.run();
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  return {};
}

Result<void> StateStore::Impl::open() {
  auto opened = open_state_file(options.path, options.cache_bytes);
  if (!opened) return tl::unexpected(opened.error());
  db = std::move(*opened);
  if (const int code = prepare(); code != SQLITE_OK) {
    return tl::unexpected(fail(code));
  }
  const auto seed_text = meta("seed");
  if (!seed_text) return tl::unexpected(seed_text.error());
  const Result<bool> begun = has_rows();
  if (!begun) return tl::unexpected(begun.error());
  if (!*seed_text && !*begun) return begin();

  const auto seed_number =
      *seed_text ? to_number(**seed_text, 16) : std::nullopt;
  const auto length_text = meta("output_length");
  if (!length_text) return tl::unexpected(length_text.error());
  const auto length =
      *length_text ? to_number(**length_text, 10) : std::nullopt;
  if (!seed_number || !length) {
    return tl::unexpected(fail_damaged("its header is not readable"));
  }
  // A crawl that ended before it began left nothing to go on with.
  if (!*begun && *length == 0) return begin();

  resumed = true;
  seed = *seed_number;
  output_length = *length;
  table.emplace(seed);
  auto result = check_settings();
  if (result) result = read_hosts();
  if (result) result = read_pages();
  if (result) result = read_known();
  if (result) result = read_ahead();
  if (!result) return result;
  const int code = begin_commits(db.get(), options.path.empty());
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  return {};
}

// A new state.
Result<void> StateStore::Impl::begin() {
  std::random_device random;
  seed = std::uint64_t{random()} << 32 | random();
  table.emplace(seed);
  int code = begin_commits(db.get(), options.path.empty());
  // Settings and notes of a crawl that came to nothing.
  if (code == SQLITE_OK) code = execute(db.get(), "DELETE FROM meta");
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  auto result = set_meta("seed", fmt::format("{:016x}", seed));
  if (result) result = set_meta("output_length", "0");
  for (const auto& [name, value] : options.settings) {
    if (result) result = set_meta("setting " + name, value);
  }
  if (!result) return result;
  code = execute(db.get(), "COMMIT; BEGIN IMMEDIATE");
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  return {};
}

Result<bool> StateStore::Impl::has_rows() {
  Statement rows;
  int code = rows.prepare(db.get(),
                          "SELECT id FROM host UNION ALL "
                          "SELECT id FROM page UNION ALL "
                          "SELECT id FROM known UNION ALL "
                          "SELECT id FROM ahead UNION ALL "
                          "SELECT page FROM body LIMIT 1");
  if (code == SQLITE_OK) code = rows.step();
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    return tl::unexpected(fail(code));
  }
  return code == SQLITE_ROW;
}

Result<void> StateStore::Impl::check_settings() {
  for (const auto& [name, value] : options.settings) {
    const auto stored = meta("setting " + name);
    if (!stored) return tl::unexpected(stored.error());
    if (*stored && **stored == value) continue;
    const std::string before =
        *stored ? "\"" + abridged(**stored) + "\"" : "nothing";
    return make_error(fmt::format(
        "state file {} belongs to another crawl: {} was {}, now it is \"{}\"; "
        "repeat the earlier command, or name another file with --state",
        options.path, name, before, abridged(value)));
  }
  return {};
}

Result<void> StateStore::Impl::read_hosts() {
  Statement rows;
  int code = rows.prepare(db.get(), "SELECT id,key,done FROM host ORDER BY id");
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  while ((code = rows.step()) == SQLITE_ROW) {
    const std::string_view key = rows.text(1);
    const std::int64_t upto = rows.integer(2);
    if (rows.integer(0) != static_cast<std::int64_t>(table->size()) ||
        upto < 0 || upto > kMaxPages || table->size() >= kMaxHosts ||
        table->find(key)) {
      return tl::unexpected(fail_damaged("hosts do not fit together"));
    }
    Host& host = (*table)[table->add(key)];
    host.done = host.loaded = static_cast<std::uint32_t>(upto);
    done += host.done;
  }
  if (code != SQLITE_DONE) return tl::unexpected(fail(code));
  return {};
}

Result<void> StateStore::Impl::read_pages() {
  // The number of pages is a hint, and a file cannot hold more than so many.
  const auto hint = meta("known");
  if (!hint) return tl::unexpected(hint.error());
  if (const auto number = *hint ? to_number(**hint, 10) : std::nullopt) {
    sqlite3_int64 pages = 0;
    Statement count;
    if (count.prepare(db.get(), "PRAGMA page_count") == SQLITE_OK &&
        count.step() == SQLITE_ROW) {
      pages = count.integer(0);
    }
    known.reserve(std::min<std::uint64_t>(
        *number, static_cast<std::uint64_t>(std::max<sqlite3_int64>(pages, 0)) *
                     4096 / kMinRowBytes));
  }

  Statement rows;
  int code = rows.prepare(db.get(),
                          "SELECT id,depth,parent,url FROM page ORDER BY id");
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  // How many pages each host must have for all parents to be there.
  std::vector<std::uint64_t> parents(table->size());
  std::string href;
  while ((code = rows.step()) == SQLITE_ROW) {
    const std::int64_t id = rows.integer(0);
    const auto page = static_cast<PageId>(id);
    const std::int64_t depth = rows.integer(1);
    const PageId parent = parent_of(page, rows.integer(2));
    const std::string_view url = rows.text(3);
    // Within a host the numbers run from 0 without a gap.
    if (id < 0 || host_of(page) >= table->size() || url.empty() || depth < 0 ||
        depth > std::numeric_limits<int>::max() ||
        number_of(page) != (*table)[host_of(page)].admitted ||
        (is_page(parent) && host_of(parent) >= table->size())) {
      return tl::unexpected(fail_damaged("pages do not fit together"));
    }
    if (is_page(parent)) {
      std::uint64_t& most = parents[host_of(parent)];
      most = std::max(most, std::uint64_t{number_of(parent)} + 1);
    }
    ++(*table)[host_of(page)].admitted;
    ++(*table)[host_of(page)].stored;
    href.clear();
    append_url(table->key(host_of(page)), url, href);
    if (!known.insert(hash(href))) {
      return tl::unexpected(fail_damaged("a page is there twice"));
    }
    ++admitted;
  }
  if (code != SQLITE_DONE) return tl::unexpected(fail(code));
  for (std::size_t id = 0; id < table->size(); ++id) {
    const Host& host = (*table)[id];
    if (host.done > host.admitted || parents[id] > host.admitted) {
      return tl::unexpected(fail_damaged("pages are missing"));
    }
  }
  return {};
}

Result<void> StateStore::Impl::read_known() {
  Statement rows;
  int code = rows.prepare(db.get(), "SELECT hash FROM known");
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  while ((code = rows.step()) == SQLITE_ROW) {
    known.insert(static_cast<std::uint64_t>(rows.integer(0)));
  }
  if (code != SQLITE_DONE) return tl::unexpected(fail(code));
  return {};
}

Result<void> StateStore::Impl::read_ahead() {
  Statement rows;
  int code = rows.prepare(db.get(), "SELECT id FROM ahead");
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  while ((code = rows.step()) == SQLITE_ROW) {
    const std::int64_t id = rows.integer(0);
    const auto page = static_cast<PageId>(id);
    if (id < 0 || host_of(page) >= table->size() ||
        number_of(page) <= (*table)[host_of(page)].done ||
        number_of(page) >= (*table)[host_of(page)].admitted ||
        !ahead.insert(page).second) {
      return tl::unexpected(fail_damaged("pages done do not fit together"));
    }
    Host& host = (*table)[host_of(page)];
    host.ahead_stored = true;
    ++host.skip;
    ++done;
  }
  if (code != SQLITE_DONE) return tl::unexpected(fail(code));
  return {};
}

Result<std::unique_ptr<StateStore>> StateStore::open(StateOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  if (auto opened = impl->open(); !opened) {
    return tl::unexpected(opened.error());
  }
  return std::unique_ptr<StateStore>(new StateStore(std::move(impl)));
}

}  // namespace crawl
