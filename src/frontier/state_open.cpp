// Opening a state: a new one is begun, an earlier one is read and checked.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <random>
#include <sstream>
#include <utility>

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

int FileState::Impl::prepare() {
  const std::pair<Statement*, std::string_view> all[] = {
      {&sql.insert_page, "INSERT INTO page VALUES(?,?,?,?)"},
      {&sql.insert_host, "INSERT INTO host VALUES(?,?,0)"},
      {&sql.insert_known, "INSERT INTO known VALUES(NULL,?)"},
      {&sql.insert_ahead, "INSERT OR IGNORE INTO ahead VALUES(?)"},
      {&sql.insert_body, "INSERT INTO body VALUES(?,?,?)"},
      {&sql.delete_ahead, "DELETE FROM ahead WHERE id>=? AND id<?"},
      {&sql.update_host, "UPDATE host SET done=? WHERE id=?"},
      {&sql.select_pages,
       "SELECT id,depth,parent,url FROM page WHERE id>=? AND id<? ORDER BY id"},
      {&sql.select_url, "SELECT url FROM page WHERE id=?"},
      {&sql.select_body, "SELECT low,page FROM body WHERE high=?"},
      {&sql.insert_wanted, "INSERT INTO wanted VALUES(?,?,?)"},
      {&sql.delete_wanted, "DELETE FROM wanted WHERE url=?"},
      {&sql.insert_trusted, "INSERT INTO trusted VALUES(?)"},
      {&sql.put_counter, "INSERT OR REPLACE INTO counter VALUES(?,?)"},
      {&sql.insert_position, "INSERT INTO position VALUES(?,?)"},
      {&sql.get_meta, "SELECT value FROM meta WHERE name=?"},
      {&sql.put_meta, "INSERT OR REPLACE INTO meta VALUES(?,?)"},
  };
  for (const auto& [statement, text] : all) {
    const int code = statement->prepare(db.get(), text);
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

Result<std::optional<std::string>> FileState::Impl::meta(
    std::string_view name) const {
  sql.get_meta.bind(1, name);
  const int code = sql.get_meta.step();
  std::optional<std::string> value;
  if (code == SQLITE_ROW) value = sql.get_meta.text(0);
  sql.get_meta.reset();
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    return tl::unexpected(fail(code));
  }
  return value;
}

Result<void> FileState::Impl::set_meta(std::string_view name,
                                       std::string_view value) {
  sql.put_meta.bind(1, name);
  sql.put_meta.bind(2, value);
  const int code = sql.put_meta.run();
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  return {};
}

Result<void> FileState::Impl::open() {
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
  if (!seed_number) {
    return tl::unexpected(fail_damaged("its header is not readable"));
  }
  auto result = upgrade();
  if (result) result = read_positions();
  if (!result) return result;
  // A crawl that ended before it began left nothing to go on with.
  if (!*begun && std::all_of(positions.begin(), positions.end(),
                             [](const auto& p) { return p.position == 0; })) {
    return begin();
  }

  resumed = true;
  seed = *seed_number;
  table.emplace(seed);
  result = check_settings();
  if (result) result = read_hosts();
  if (result) result = read_pages();
  if (result) result = read_known();
  if (result) result = read_ahead();
  if (result) result = read_counters();
  if (result) result = read_trusted();
  if (result) result = read_wanted();
  return result;
}

// What state format 1 kept as text.
Result<void> FileState::Impl::upgrade() {
  const auto length_text = meta("output_length");
  if (!length_text) return tl::unexpected(length_text.error());
  if (!*length_text) return {};
  const auto length = to_number(**length_text, 10);
  if (!length) {
    return tl::unexpected(fail_damaged("its header is not readable"));
  }
  SinkPositions sinks = {{"records", *length}};
  const auto totals = meta("note totals");
  if (!totals) return tl::unexpected(totals.error());
  if (*totals) {
    const auto skipped = to_number(
        std::string_view(**totals).substr(0, (*totals)->find(' ')), 10);
    if (!skipped) {
      return tl::unexpected(fail_damaged("its totals are not readable"));
    }
    sinks.push_back({"skipped", *skipped});
  }
  const auto trusted = meta("note trusted_hosts");
  if (!trusted) return tl::unexpected(trusted.error());
  std::istringstream hosts(trusted->value_or(""));
  int code = write_positions(sinks);
  for (std::uint32_t host = 0; code == SQLITE_OK && hosts >> host;) {
    sql.insert_trusted.bind(1, std::int64_t{host});
    code = sql.insert_trusted.run();
  }
  if (code == SQLITE_OK) {
    code = execute(db.get(), "DELETE FROM meta WHERE name='output_length'");
  }
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  return set_meta("sinks", std::to_string(sinks.size()));
}

Result<void> FileState::Impl::read_positions() {
  Statement rows;
  int code =
      rows.prepare(db.get(), "SELECT name,value FROM position ORDER BY name");
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  while ((code = rows.step()) == SQLITE_ROW) {
    if (rows.integer(1) < 0) {
      return tl::unexpected(fail_damaged("an output's length is not readable"));
    }
    positions.push_back({std::string(rows.text(0)),
                         static_cast<std::uint64_t>(rows.integer(1))});
  }
  if (code != SQLITE_DONE) return tl::unexpected(fail(code));
  // One that is missing would be taken for an output to be cut to nothing.
  const auto sinks = meta("sinks");
  if (!sinks) return tl::unexpected(sinks.error());
  if (!*sinks || to_number(**sinks, 10) != positions.size()) {
    return tl::unexpected(fail_damaged("an output's length is missing"));
  }
  return {};
}

Result<void> FileState::Impl::read_counters() {
  Statement rows;
  int code = rows.prepare(db.get(), "SELECT name,value FROM counter");
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  while ((code = rows.step()) == SQLITE_ROW) {
    counters[std::string(rows.text(0))].value =
        static_cast<std::uint64_t>(rows.integer(1));
  }
  if (code != SQLITE_DONE) return tl::unexpected(fail(code));
  return {};
}

Result<void> FileState::Impl::read_trusted() {
  Statement rows;
  int code = rows.prepare(db.get(), "SELECT host FROM trusted");
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  while ((code = rows.step()) == SQLITE_ROW) {
    const std::int64_t host = rows.integer(0);
    if (host < 0 || static_cast<std::uint64_t>(host) >= table->size()) {
      return tl::unexpected(fail_damaged("hosts do not fit together"));
    }
    (*table)[static_cast<std::size_t>(host)].trusted = true;
  }
  if (code != SQLITE_DONE) return tl::unexpected(fail(code));
  return {};
}

Result<void> FileState::Impl::read_wanted() {
  Statement rows;
  int code = rows.prepare(db.get(), "SELECT url,depth,parent FROM wanted");
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  while ((code = rows.step()) == SQLITE_ROW) {
    std::optional<Url> url = Url::parse(rows.text(0));
    const std::int64_t depth = rows.integer(1);
    const auto parent = static_cast<PageId>(rows.integer(2));
    if (!url || !url->is_http() || depth < 0 ||
        depth > std::numeric_limits<int>::max() ||
        (is_page(parent) &&
         (host_of(parent) >= table->size() ||
          number_of(parent) >= (*table)[host_of(parent)].admitted))) {
      return tl::unexpected(fail_damaged("a page is not readable"));
    }
    wanted_before.push_back({std::move(*url), static_cast<int>(depth), parent});
  }
  if (code != SQLITE_DONE) return tl::unexpected(fail(code));
  return {};
}

// A new state.
Result<void> FileState::Impl::begin() {
  std::random_device random;
  seed = std::uint64_t{random()} << 32 | random();
  table.emplace(seed);
  int code = begin_commits(db.get(), options.path.empty());
  // Settings, notes and counters of a crawl that came to nothing.
  positions.clear();
  if (code == SQLITE_OK) {
    code = execute(db.get(),
                   "DELETE FROM meta; DELETE FROM counter; "
                   "DELETE FROM position; DELETE FROM trusted; "
                   "DELETE FROM wanted");
  }
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  auto result = set_meta("seed", fmt::format("{:016x}", seed));
  if (result) result = set_meta("sinks", "0");
  for (const auto& [name, value] : options.settings) {
    if (result) result = set_meta("setting " + name, value);
  }
  if (!result) return result;
  code = execute(db.get(), "COMMIT; BEGIN IMMEDIATE");
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  return {};
}

Result<bool> FileState::Impl::has_rows() {
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

Result<void> FileState::Impl::check_settings() {
  const auto refuse = [&](std::string_view name, std::string_view before,
                          std::string_view now) {
    return make_error(fmt::format(
        "state file {} belongs to another crawl: {} was {}, now it is {}; "
        "repeat the earlier command, or name another file with --state",
        options.path, name, before, now));
  };
  const auto quoted = [](const std::string& text) {
    return fmt::format("\"{}\"", abridged(text));
  };
  // What there was and is no more.
  Statement rows;
  int code = rows.prepare(db.get(),
                          "SELECT substr(name,9),value FROM meta WHERE name "
                          "GLOB 'setting *' ORDER BY name");
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  while ((code = rows.step()) == SQLITE_ROW) {
    const std::string_view stored = rows.text(0);
    if (std::none_of(options.settings.begin(), options.settings.end(),
                     [&](const auto& now) { return now.first == stored; })) {
      return refuse(stored, quoted(std::string(rows.text(1))), "nothing");
    }
  }
  if (code != SQLITE_DONE) return tl::unexpected(fail(code));
  for (const auto& [name, value] : options.settings) {
    const auto stored = meta("setting " + name);
    if (!stored) return tl::unexpected(stored.error());
    if (*stored && **stored == value) continue;
    return refuse(name, *stored ? quoted(**stored) : "nothing", quoted(value));
  }
  return {};
}

Result<void> FileState::Impl::read_hosts() {
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

Result<void> FileState::Impl::read_pages() {
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

Result<void> FileState::Impl::read_known() {
  Statement rows;
  int code = rows.prepare(db.get(), "SELECT hash FROM known");
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  while ((code = rows.step()) == SQLITE_ROW) {
    known.insert(static_cast<std::uint64_t>(rows.integer(0)));
  }
  if (code != SQLITE_DONE) return tl::unexpected(fail(code));
  return {};
}

Result<void> FileState::Impl::read_ahead() {
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

// The pages that had claimed them may lead elsewhere by now. Still part of
// opening: where it fails, the file stays as it was.
Result<void> FileState::queue_wanted() {
  Impl& impl = *impl_;
  for (const Impl::Wanted& page : std::exchange(impl.wanted_before, {})) {
    if (auto added = add(page.url, page.depth, page.parent); !added) {
      return tl::unexpected(added.error());
    }
  }
  if (auto written = impl.write_pending(); !written) return written;
  int code = execute(impl.db.get(), "DELETE FROM wanted");
  if (code == SQLITE_OK) {
    code = begin_commits(impl.db.get(), impl.options.path.empty());
  }
  if (code != SQLITE_OK) return tl::unexpected(impl.fail(code));
  return {};
}

Result<std::unique_ptr<FileState>> FileState::open(StateOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  if (auto opened = impl->open(); !opened) {
    return tl::unexpected(opened.error());
  }
  std::unique_ptr<FileState> store(new FileState(std::move(impl)));
  if (!store->resumed()) return store;
  if (auto queued = store->queue_wanted(); !queued) {
    return tl::unexpected(queued.error());
  }
  return store;
}

}  // namespace crawl
