#include "crawl/frontier/state_store.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <random>
#include <unordered_set>

#include "frontier/fingerprint_set.h"
#include "frontier/host_table.h"
#include "frontier/state_file.h"

namespace crawl {
namespace {

using HostId = StateStore::HostId;
using Host = HostTable::Host;

constexpr std::uint32_t kMaxPages = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kMaxHosts = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kMinRowBytes = 8;
// Pages that wait to be written: sorted, so many find their neighbours in the
// file, whatever order their hosts came in.
constexpr std::size_t kMaxPending = 65'536;
constexpr std::size_t kMaxPendingBytes = 16u << 20;

constexpr PageId page_id(HostId host, std::uint32_t number) {
  return PageId{host} << 32 | number;
}
constexpr std::uint32_t number_of(PageId page) {
  return static_cast<std::uint32_t>(page);
}

// "https://h" for the host key "https://h:443".
std::string_view origin_of(std::string_view key) {
  if (key.starts_with("http://") && key.ends_with(":80")) {
    key.remove_suffix(3);
  } else if (key.starts_with("https://") && key.ends_with(":443")) {
    key.remove_suffix(4);
  }
  return key;
}

// A link from the same host is the usual thing, and short this way.
std::int64_t stored_parent(PageId page, PageId parent) {
  if (parent == kNoPage) return -1;
  if (StateStore::host_of(page) == StateStore::host_of(parent)) {
    return -2 - std::int64_t{number_of(parent)};
  }
  return static_cast<std::int64_t>(parent);
}
PageId parent_of(PageId page, std::int64_t stored) {
  if (stored >= 0) return static_cast<PageId>(stored);
  if (stored == -1) return kNoPage;
  return page_id(StateStore::host_of(page),
                 static_cast<std::uint32_t>(-2 - stored));
}

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

struct StateStore::Impl {
  explicit Impl(StateOptions o) : options(std::move(o)) {}

  StateOptions options;
  Database db;  // before the statements: closed after them
  Statement insert_page, insert_host, insert_known, insert_ahead, insert_body;
  Statement delete_ahead, update_host, select_pages, select_url, select_body;
  mutable Statement get_meta;
  Statement put_meta;

  std::uint64_t seed = 0;
  FingerprintSet known;
  std::optional<HostTable> table;
  struct Pending {
    PageId id;
    std::int64_t parent;  // as stored
    std::uint32_t url_begin, url_size;
    int depth;
  };
  std::vector<Pending> pending;  // pages not in the file yet
  std::string pending_urls;
  // Done, though pages of their host before them are not.
  std::unordered_set<PageId> ahead;
  std::vector<PageId> done_since;   // the last commit
  std::vector<HostId> hosts_since;  // whose `done` has changed
  std::uint64_t admitted = 0, done = 0;
  std::uint64_t output_length = 0;
  bool resumed = false;
  mutable std::optional<Error> failed;

  Error fail(int code) const {
    failed = state_error(options.path, db.get(), code);
    return *failed;
  }
  Error fail_damaged(const std::string& how) const {
    failed = damaged_state(options.path, how);
    return *failed;
  }

  std::uint64_t hash(std::string_view href) const {
    return XXH3_64bits_withSeed(href.data(), href.size(), seed);
  }

  // What a page's row holds of its URL, and back.
  static std::string_view stored_url(std::string_view origin,
                                     std::string_view href) {
    return href.starts_with(origin) &&
                   href.substr(origin.size()).starts_with('/')
               ? href.substr(origin.size())
               : href;
  }
  static void append_url(std::string_view origin, std::string_view stored,
                         std::string& out) {
    if (stored.starts_with('/')) out += origin;
    out += stored;
  }

  Result<void> open();
  int prepare();
  Result<void> begin();
  Result<void> check_settings();
  Result<void> read_hosts();
  Result<void> read_pages();
  Result<void> read_known();
  Result<void> read_ahead();
  Result<std::optional<std::string>> meta(std::string_view name) const;
  Result<void> set_meta(std::string_view name, std::string_view value);
  Result<QueuedPage> read_page();
  Result<void> write_pending();
  void advance(HostId id);
  int write_done();
};

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
  if (!*seed_text) return begin();

  resumed = true;
  const auto seed_number = to_number(**seed_text, 16);
  const auto length_text = meta("output_length");
  if (!length_text) return tl::unexpected(length_text.error());
  const auto length =
      *length_text ? to_number(**length_text, 10) : std::nullopt;
  if (!seed_number || !length) {
    return tl::unexpected(fail_damaged("its header is not readable"));
  }
  seed = *seed_number;
  output_length = *length;
  table.emplace(seed);
  auto result = check_settings();
  if (result) result = read_hosts();
  if (result) result = read_pages();
  if (result) result = read_known();
  if (result) result = read_ahead();
  return result;
}

// A new state.
Result<void> StateStore::Impl::begin() {
  std::random_device random;
  seed = std::uint64_t{random()} << 32 | random();
  table.emplace(seed);
  auto result = set_meta("seed", fmt::format("{:016x}", seed));
  if (result) result = set_meta("output_length", "0");
  for (const auto& [name, value] : options.settings) {
    if (result) result = set_meta("setting " + name, value);
  }
  if (!result) return result;
  const int code = execute(db.get(), "COMMIT; BEGIN IMMEDIATE");
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  return {};
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
  int code =
      rows.prepare(db.get(), "SELECT id,parent,url FROM page ORDER BY id");
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  std::string href;
  while ((code = rows.step()) == SQLITE_ROW) {
    const std::int64_t id = rows.integer(0);
    const auto page = static_cast<PageId>(id);
    const PageId parent = parent_of(page, rows.integer(1));
    const std::string_view url = rows.text(2);
    // Within a host the numbers run from 0 without a gap.
    if (id < 0 || host_of(page) >= table->size() || url.empty() ||
        number_of(page) != (*table)[host_of(page)].admitted ||
        (parent != kNoPage && host_of(parent) >= table->size())) {
      return tl::unexpected(fail_damaged("pages do not fit together"));
    }
    ++(*table)[host_of(page)].admitted;
    ++(*table)[host_of(page)].stored;
    href.clear();
    append_url(origin_of(table->key(host_of(page))), url, href);
    if (!known.insert(hash(href))) {
      return tl::unexpected(fail_damaged("a page is there twice"));
    }
    ++admitted;
  }
  if (code != SQLITE_DONE) return tl::unexpected(fail(code));
  for (std::size_t id = 0; id < table->size(); ++id) {
    if ((*table)[id].done > (*table)[id].admitted) {
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
        number_of(page) >= (*table)[host_of(page)].admitted) {
      return tl::unexpected(fail_damaged("pages done do not fit together"));
    }
    ahead.insert(page);
    Host& host = (*table)[host_of(page)];
    host.ahead_stored = true;
    ++host.skip;
    ++done;
  }
  if (code != SQLITE_DONE) return tl::unexpected(fail(code));
  return {};
}

StateStore::StateStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StateStore::~StateStore() = default;

Result<std::unique_ptr<StateStore>> StateStore::open(StateOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  if (auto opened = impl->open(); !opened) {
    return tl::unexpected(opened.error());
  }
  return std::unique_ptr<StateStore>(new StateStore(std::move(impl)));
}

bool StateStore::resumed() const { return impl_->resumed; }

std::uint64_t StateStore::output_length() const { return impl_->output_length; }

StateCounts StateStore::counts() const {
  return {impl_->known.size(), impl_->admitted, impl_->done,
          impl_->table->size()};
}

bool StateStore::knows(std::string_view href) const {
  return impl_->known.contains(impl_->hash(href.substr(0, href.find('#'))));
}

Result<std::optional<PageId>> StateStore::add(const Url& url, int depth,
                                              PageId parent) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  const std::string_view href = url.href().substr(0, url.href().find('#'));
  const std::uint64_t hash = impl.hash(href);
  if (impl.known.contains(hash)) return std::nullopt;

  const std::string key = url.host_key();
  std::optional<HostId> id = impl.table->find(key);
  if (!id) {
    if (impl.table->size() >= kMaxHosts) return make_error("too many hosts");
    id = impl.table->add(key);
    impl.insert_host.bind(1, std::int64_t{*id});
    impl.insert_host.bind(2, key);
    if (const int code = impl.insert_host.run(); code != SQLITE_OK) {
      return tl::unexpected(impl.fail(code));
    }
  }
  Host& host = (*impl.table)[*id];
  if (host.admitted == kMaxPages) return make_error("too many pages of a host");
  const PageId page = page_id(*id, host.admitted);
  const std::string_view stored = Impl::stored_url(origin_of(key), href);
  impl.pending.push_back({page, stored_parent(page, parent),
                          static_cast<std::uint32_t>(impl.pending_urls.size()),
                          static_cast<std::uint32_t>(stored.size()), depth});
  impl.pending_urls += stored;
  ++host.admitted;
  ++impl.admitted;
  impl.known.insert(hash);
  if (impl.pending.size() >= kMaxPending ||
      impl.pending_urls.size() >= kMaxPendingBytes) {
    if (auto written = impl.write_pending(); !written) {
      return tl::unexpected(written.error());
    }
  }
  return page;
}

Result<void> StateStore::Impl::write_pending() {
  std::sort(pending.begin(), pending.end(),
            [](const Pending& a, const Pending& b) { return a.id < b.id; });
  for (const Pending& page : pending) {
    insert_page.bind(1, static_cast<std::int64_t>(page.id));
    insert_page.bind(2, std::int64_t{page.depth});
    insert_page.bind(3, page.parent);
    insert_page.bind(
        4,
        std::string_view(pending_urls).substr(page.url_begin, page.url_size));
    if (const int code = insert_page.run(); code != SQLITE_OK) {
      return tl::unexpected(fail(code));
    }
    (*table)[host_of(page.id)].stored = number_of(page.id) + 1;
  }
  pending.clear();
  pending_urls.clear();
  return {};
}

Result<bool> StateStore::remember(std::string_view href) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  const std::uint64_t hash = impl.hash(href.substr(0, href.find('#')));
  if (!impl.known.insert(hash)) return false;
  impl.insert_known.bind(1, static_cast<std::int64_t>(hash));
  if (const int code = impl.insert_known.run(); code != SQLITE_OK) {
    return tl::unexpected(impl.fail(code));
  }
  return true;
}

std::size_t StateStore::hosts() const { return impl_->table->size(); }

std::string_view StateStore::host_key(HostId host) const {
  return impl_->table->key(host);
}

std::uint64_t StateStore::admitted(HostId host) const {
  return (*impl_->table)[host].admitted;
}

std::uint64_t StateStore::waiting(HostId id) const {
  const Host& host = (*impl_->table)[id];
  return host.admitted - host.loaded - host.skip;
}

Result<QueuedPage> StateStore::Impl::read_page() {
  const auto id = static_cast<PageId>(select_pages.integer(0));
  const std::int64_t depth = select_pages.integer(1);
  const std::int64_t parent = select_pages.integer(2);
  std::string href;
  append_url(origin_of(table->key(host_of(id))), select_pages.text(3), href);
  std::optional<Url> url = Url::parse(href);
  if (!url || depth < 0 || depth > std::numeric_limits<int>::max()) {
    return tl::unexpected(fail_damaged("a page is not readable"));
  }
  return QueuedPage{id, std::move(*url), static_cast<int>(depth),
                    parent_of(id, parent)};
}

Result<void> StateStore::load(HostId id, std::size_t max,
                              std::vector<QueuedPage>& out) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  Host& host = (*impl.table)[id];
  if (max == 0 || host.loaded == host.admitted) return {};
  // Pages done out of turn lie between those that are handed out.
  if (host.stored < host.admitted &&
      host.stored < std::uint64_t{host.loaded} + host.skip + max) {
    if (auto written = impl.write_pending(); !written) return written;
  }
  Statement& rows = impl.select_pages;
  rows.bind(1, static_cast<std::int64_t>(page_id(id, host.loaded)));
  rows.bind(2, static_cast<std::int64_t>(PageId{id} + 1) << 32);
  Result<void> result;
  int code = SQLITE_ROW;
  while (max > 0 && (code = rows.step()) == SQLITE_ROW) {
    const auto page = static_cast<PageId>(rows.integer(0));
    if (number_of(page) != host.loaded) {
      result = tl::unexpected(impl.fail_damaged("a page is missing"));
      break;
    }
    ++host.loaded;
    if (host.skip > 0 && impl.ahead.contains(page)) {
      --host.skip;
      continue;
    }
    Result<QueuedPage> queued = impl.read_page();
    if (!queued) {
      result = tl::unexpected(queued.error());
      break;
    }
    out.push_back(std::move(*queued));
    --max;
  }
  rows.reset();
  if (result && code != SQLITE_ROW && code != SQLITE_DONE) {
    result = tl::unexpected(impl.fail(code));
  }
  return result;
}

bool StateStore::claim(PageId page) {
  Host& host = (*impl_->table)[host_of(page)];
  if (number_of(page) != host.loaded || host.loaded == host.admitted) {
    return false;
  }
  ++host.loaded;
  return true;
}

Result<std::string> StateStore::url_of(PageId page) const {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  if (host_of(page) < impl.table->size() &&
      number_of(page) >= (*impl.table)[host_of(page)].stored) {
    if (auto written = impl.write_pending(); !written) {
      return tl::unexpected(written.error());
    }
  }
  impl.select_url.bind(1, static_cast<std::int64_t>(page));
  const int code = impl.select_url.step();
  std::string href;
  if (code == SQLITE_ROW && host_of(page) < impl.table->size()) {
    Impl::append_url(origin_of(impl.table->key(host_of(page))),
                     impl.select_url.text(0), href);
  }
  impl.select_url.reset();
  if (code == SQLITE_DONE || (code == SQLITE_ROW && href.empty())) {
    return tl::unexpected(impl.fail_damaged("a page is missing"));
  }
  if (code != SQLITE_ROW) return tl::unexpected(impl.fail(code));
  return href;
}

void StateStore::done(PageId page) {
  Impl& impl = *impl_;
  Host& host = (*impl.table)[host_of(page)];
  if (number_of(page) < host.done || number_of(page) >= host.loaded) return;
  if (number_of(page) != host.done) {
    if (!impl.ahead.insert(page).second) return;
  } else {
    ++host.done;
    impl.advance(host_of(page));
    if (!host.changed) impl.hosts_since.push_back(host_of(page));
    host.changed = true;
  }
  impl.done_since.push_back(page);
  ++impl.done;
}

Result<PageId> StateStore::first_with_body(const Fingerprint& digest,
                                           PageId page) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  impl.select_body.bind(1, static_cast<std::int64_t>(digest.high));
  int code = impl.select_body.step();
  const auto low = static_cast<std::uint64_t>(impl.select_body.integer(0));
  const auto first = static_cast<PageId>(impl.select_body.integer(1));
  impl.select_body.reset();
  if (code == SQLITE_ROW) return low == digest.low ? first : page;
  if (code == SQLITE_DONE) {
    impl.insert_body.bind(1, static_cast<std::int64_t>(digest.high));
    impl.insert_body.bind(2, static_cast<std::int64_t>(digest.low));
    impl.insert_body.bind(3, static_cast<std::int64_t>(page));
    code = impl.insert_body.run();
    if (code == SQLITE_OK) return page;
  }
  return tl::unexpected(impl.fail(code));
}

Result<void> StateStore::set_note(std::string_view name,
                                  std::string_view text) {
  if (impl_->failed) return tl::unexpected(*impl_->failed);
  return impl_->set_meta(fmt::format("note {}", name), text);
}

Result<std::optional<std::string>> StateStore::note(
    std::string_view name) const {
  if (impl_->failed) return tl::unexpected(*impl_->failed);
  return impl_->meta(fmt::format("note {}", name));
}

// Moves `done` past the pages that were done before their turn. One of an
// earlier run may not have had its turn yet.
void StateStore::Impl::advance(HostId id) {
  Host& host = (*table)[id];
  while (host.done < host.admitted && ahead.erase(page_id(id, host.done)) > 0) {
    if (host.loaded == host.done) {
      ++host.loaded;
      --host.skip;
    }
    ++host.done;
  }
}

int StateStore::Impl::write_done() {
  int code = SQLITE_OK;
  for (const PageId page : done_since) {
    if (!ahead.contains(page) || code != SQLITE_OK) continue;
    insert_ahead.bind(1, static_cast<std::int64_t>(page));
    code = insert_ahead.run();
    (*table)[host_of(page)].ahead_stored = true;
  }
  for (const HostId id : hosts_since) {
    if (code != SQLITE_OK) break;
    Host& host = (*table)[id];
    update_host.bind(1, std::int64_t{host.done});
    update_host.bind(2, std::int64_t{id});
    code = update_host.run();
    if (code == SQLITE_OK && host.ahead_stored) {
      delete_ahead.bind(1, static_cast<std::int64_t>(page_id(id, 0)));
      delete_ahead.bind(2, static_cast<std::int64_t>(page_id(id, host.done)));
      code = delete_ahead.run();
    }
    host.changed = false;
  }
  done_since.clear();
  hosts_since.clear();
  return code;
}

Result<void> StateStore::commit(std::uint64_t output_length) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  if (auto written = impl.write_pending(); !written) return written;
  if (const int code = impl.write_done(); code != SQLITE_OK) {
    return tl::unexpected(impl.fail(code));
  }
  auto result = impl.set_meta("output_length", std::to_string(output_length));
  if (result)
    result = impl.set_meta("known", std::to_string(impl.known.size()));
  if (!result) return result;
  const int code = execute(impl.db.get(), "COMMIT; BEGIN IMMEDIATE");
  if (code != SQLITE_OK) return tl::unexpected(impl.fail(code));
  impl.output_length = output_length;
  return {};
}

std::size_t StateStore::memory_use() const {
  constexpr std::size_t kNode = 32;  // of an unordered_set
  return impl_->known.memory_use() + impl_->table->memory_use() +
         impl_->pending.capacity() * sizeof(Impl::Pending) +
         impl_->pending_urls.capacity() + impl_->ahead.size() * kNode +
         impl_->done_since.capacity() * sizeof(PageId) +
         impl_->hosts_since.capacity() * sizeof(HostId);
}

Result<void> cut_output(const std::string& path, std::uint64_t length) {
  const auto fail = [&](std::string_view what) {
    return make_error(
        fmt::format("cannot go on with output file {}: {}", path, what));
  };
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT && length == 0) return {};
    return fail(strerror(errno));
  }
  struct CloseFile {
    int file;
    ~CloseFile() { ::close(file); }
  } const closer{file};
  struct stat info {};
  if (fstat(file, &info) != 0) return fail(strerror(errno));
  if (!S_ISREG(info.st_mode)) return fail("it is not a regular file");
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size < length) {
    return fail(
        fmt::format("it has {} bytes, but had {} at the state's last commit",
                    size, length));
  }
  char last = '\n';
  if (length > 0 &&
      pread(file, &last, 1, static_cast<off_t>(length - 1)) != 1) {
    return fail(strerror(errno));
  }
  if (last != '\n') {
    return fail("it is not the file that the state was written with");
  }
  if (size > length &&
      (ftruncate(file, static_cast<off_t>(length)) != 0 || fsync(file) != 0)) {
    return fail(strerror(errno));
  }
  return {};
}

}  // namespace crawl
