#include "crawl/frontier/state_store.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "frontier/seen_key.h"
#include "frontier/state_file.h"
#include "frontier/state_impl.h"

namespace crawl {
namespace {

using HostId = StateStore::HostId;
using Host = HostTable::Host;

// Pages that wait to be written: sorted, so many find their neighbours in the
// file, whatever order their hosts came in.
constexpr std::size_t kMaxPending = 65'536;
constexpr std::size_t kMaxPendingBytes = 16u << 20;
constexpr std::size_t kParentUrls = 8'192;

constexpr std::int64_t kStoredSitemap =
    std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kStoredPrivateSitemap = kStoredSitemap + 1;

// "https://h" for the host key "https://h:443".
std::string_view origin_of(std::string_view key) {
  if (key.starts_with("http://") && key.ends_with(":80")) {
    key.remove_suffix(3);
  } else if (key.starts_with("https://") && key.ends_with(":443")) {
    key.remove_suffix(4);
  }
  return key;
}

}  // namespace

// A link from the same host is the usual thing, and short this way.
std::int64_t stored_parent(PageId page, PageId parent) {
  if (parent == kNoPage) return -1;
  if (parent == kFromPrivateSitemap) return kStoredPrivateSitemap;
  if (parent == kFromSitemap) return kStoredSitemap;
  if (StateStore::host_of(page) == StateStore::host_of(parent)) {
    return -2 - std::int64_t{number_of(parent)};
  }
  return static_cast<std::int64_t>(parent);
}
PageId parent_of(PageId page, std::int64_t stored) {
  if (stored >= 0) return static_cast<PageId>(stored);
  if (stored == -1) return kNoPage;
  if (stored == kStoredPrivateSitemap) return kFromPrivateSitemap;
  if (stored == kStoredSitemap) return kFromSitemap;
  return page_id(StateStore::host_of(page),
                 static_cast<std::uint32_t>(-2 - stored));
}

std::string_view stored_url(std::string_view key, std::string_view href) {
  const std::string_view origin = origin_of(key);
  return href.starts_with(origin) && href.substr(origin.size()).starts_with('/')
             ? href.substr(origin.size())
             : href;
}
void append_url(std::string_view key, std::string_view stored,
                std::string& out) {
  if (stored.starts_with('/')) out += origin_of(key);
  out += stored;
}

Error FileState::Impl::fail(int code) const {
  failed = state_error(options.path, db.get(), code);
  return *failed;
}

Error FileState::Impl::fail_damaged(const std::string& how) const {
  failed = damaged_state(options.path, how);
  return *failed;
}

std::uint64_t FileState::Impl::hash_key(std::string_view key) const {
  return XXH3_64bits_withSeed(key.data(), key.size(), seed);
}

std::uint64_t FileState::Impl::hash(std::string_view href) const {
  std::string buffer;
  return hash_key(seen_key(href, buffer));
}

FileState::FileState(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FileState::~FileState() = default;

bool FileState::resumed() const { return impl_->resumed; }

const SinkPositions& FileState::positions() const { return impl_->positions; }

std::uint64_t StateStore::position(std::string_view sink) const {
  for (const SinkPosition& position : positions()) {
    if (position.name == sink) return position.position;
  }
  return 0;
}

StateCounts FileState::counts() const {
  return {impl_->known.size(), impl_->admitted, impl_->done,
          impl_->table->size()};
}

bool FileState::knows(std::string_view href) const {
  href = href.substr(0, href.find('#'));
  // Most are asked for as they are known, and need no look at their spelling.
  return impl_->known.contains(impl_->hash_key(href)) ||
         (href.find('%') != href.npos &&
          impl_->known.contains(impl_->hash(href)));
}

Result<std::optional<PageId>> FileState::add(const Url& url, int depth,
                                             PageId parent) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  const std::string_view href = url.href().substr(0, url.href().find('#'));
  const std::uint64_t hash = impl.hash(href);
  if (impl.known.contains(hash)) return std::nullopt;
  if (const auto claimed = impl.claims.find(hash);
      claimed != impl.claims.end()) {
    auto wanted = impl.want(href, depth, parent, claimed->second);
    if (!wanted) return tl::unexpected(wanted.error());
    return std::nullopt;
  }

  const std::string key = url.host_key();
  std::optional<HostId> id = impl.table->find(key);
  if (!id) {
    if (impl.table->size() >= kMaxHosts) return make_error("too many hosts");
    id = impl.table->add(key);
    impl.sql.insert_host.bind(1, std::int64_t{*id});
    impl.sql.insert_host.bind(2, key);
    if (const int code = impl.sql.insert_host.run(); code != SQLITE_OK) {
      return tl::unexpected(impl.fail(code));
    }
  }
  Host& host = (*impl.table)[*id];
  if (host.admitted == kMaxPages) return make_error("too many pages of a host");
  const PageId page = page_id(*id, host.admitted);
  const std::string_view stored = stored_url(key, href);
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

Result<void> FileState::Impl::write_pending() {
  std::sort(pending.begin(), pending.end(),
            [](const Pending& a, const Pending& b) { return a.id < b.id; });
  for (const Pending& page : pending) {
    sql.insert_page.bind(1, static_cast<std::int64_t>(page.id));
    sql.insert_page.bind(2, std::int64_t{page.depth});
    sql.insert_page.bind(3, page.parent);
    sql.insert_page.bind(
        4,
        std::string_view(pending_urls).substr(page.url_begin, page.url_size));
    if (const int code = sql.insert_page.run(); code != SQLITE_OK) {
      return tl::unexpected(fail(code));
    }
    (*table)[host_of(page.id)].stored = number_of(page.id) + 1;
  }
  pending.clear();
  pending_urls.clear();
  return {};
}

Result<bool> FileState::remember(std::string_view href) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  const std::uint64_t hash = impl.hash(href.substr(0, href.find('#')));
  if (!impl.known.insert(hash)) return false;
  impl.sql.insert_known.bind(1, static_cast<std::int64_t>(hash));
  if (const int code = impl.sql.insert_known.run(); code != SQLITE_OK) {
    return tl::unexpected(impl.fail(code));
  }
  return true;
}

std::size_t FileState::hosts() const { return impl_->table->size(); }

std::string_view FileState::host_key(HostId host) const {
  return impl_->table->key(host);
}

std::uint64_t FileState::admitted(HostId host) const {
  return (*impl_->table)[host].admitted;
}

std::uint64_t FileState::waiting(HostId id) const {
  const Host& host = (*impl_->table)[id];
  return host.admitted - host.loaded - host.skip;
}

Result<QueuedPage> FileState::Impl::read_page() {
  const auto id = static_cast<PageId>(sql.select_pages.integer(0));
  const std::int64_t depth = sql.select_pages.integer(1);
  const std::int64_t parent = sql.select_pages.integer(2);
  std::string href;
  append_url(table->key(host_of(id)), sql.select_pages.text(3), href);
  std::optional<Url> url = Url::parse(href);
  if (!url || depth < 0 || depth > std::numeric_limits<int>::max()) {
    return tl::unexpected(fail_damaged("a page is not readable"));
  }
  return QueuedPage{id, std::move(*url), static_cast<int>(depth),
                    parent_of(id, parent)};
}

Result<void> FileState::load(HostId id, std::size_t max,
                             std::vector<QueuedPage>& out) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  Host& host = (*impl.table)[id];
  if (max == 0 || host.loaded == host.admitted) return {};
  const std::size_t before = out.size();
  // Pages done out of turn lie between those that are handed out.
  if (host.stored < host.admitted &&
      host.stored < std::uint64_t{host.loaded} + host.skip + max) {
    if (auto written = impl.write_pending(); !written) return written;
  }
  Statement& rows = impl.sql.select_pages;
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
  if (!result) return result;
  if (code != SQLITE_DONE && code != SQLITE_ROW) {
    return tl::unexpected(impl.fail(code));
  }
  if (code == SQLITE_DONE && host.loaded < host.admitted) {
    return tl::unexpected(impl.fail_damaged("a page is missing"));
  }
  for (std::size_t i = before; i < out.size(); ++i) {
    QueuedPage& page = out[i];
    if (!is_page(page.parent)) {
      page.allow_private = page.parent != kFromSitemap;
      continue;
    }
    Result<std::string> parent = cached_url_of(page.parent);
    if (!parent) return tl::unexpected(parent.error());
    page.parent_url = *std::move(parent);
    page.allow_private = trusted(host_of(page.parent));
  }
  return {};
}

Result<std::string> FileState::cached_url_of(PageId page) {
  auto& urls = impl_->parent_urls;
  if (const auto found = urls.find(page); found != urls.end()) {
    return found->second;
  }
  Result<std::string> url = url_of(page);
  if (url) {
    if (urls.size() >= kParentUrls) urls.clear();
    urls.emplace(page, *url);
  }
  return url;
}

Result<std::string> FileState::url_of(PageId page) const {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  if (host_of(page) < impl.table->size() &&
      number_of(page) >= (*impl.table)[host_of(page)].stored) {
    if (auto written = impl.write_pending(); !written) {
      return tl::unexpected(written.error());
    }
  }
  impl.sql.select_url.bind(1, static_cast<std::int64_t>(page));
  const int code = impl.sql.select_url.step();
  std::string href;
  if (code == SQLITE_ROW && host_of(page) < impl.table->size()) {
    append_url(impl.table->key(host_of(page)), impl.sql.select_url.text(0),
               href);
  }
  impl.sql.select_url.reset();
  if (code == SQLITE_DONE || (code == SQLITE_ROW && href.empty())) {
    return tl::unexpected(impl.fail_damaged("a page is missing"));
  }
  if (code != SQLITE_ROW) return tl::unexpected(impl.fail(code));
  return href;
}

Result<bool> FileState::claim(const Url& target, PageId by, int depth) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  const std::string_view href =
      target.href().substr(0, target.href().find('#'));
  const std::uint64_t hash = impl.hash(href);
  if (impl.known.contains(hash)) return false;
  const auto [claimed, fresh] =
      impl.claims.try_emplace(hash, Impl::Claim{by, {}});
  if (fresh) impl.claims_of.emplace(by, hash);
  if (claimed->second.by == by) return true;
  auto wanted = impl.want(href, depth, by, claimed->second);
  if (!wanted) return tl::unexpected(wanted.error());
  return false;
}

// The first to want it is its parent.
Result<void> FileState::Impl::want(std::string_view href, int depth,
                                   PageId parent, Claim& claim) {
  if (!claim.wanted.empty()) return {};
  sql.insert_wanted.bind(1, href);
  sql.insert_wanted.bind(2, std::int64_t{depth});
  sql.insert_wanted.bind(3, static_cast<std::int64_t>(parent));
  const int code = sql.insert_wanted.run();
  if (code != SQLITE_OK) return tl::unexpected(fail(code));
  claim.wanted = href;
  return {};
}

void FileState::done(PageId page) {
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
  impl.release(page);
}

// An error is the next call's.
void FileState::Impl::release(PageId page) {
  const auto [begin, end] = claims_of.equal_range(page);
  for (auto target = begin; target != end; ++target) {
    const auto claim = claims.find(target->second);
    int code = SQLITE_OK;
    if (known.insert(target->second)) {
      sql.insert_known.bind(1, static_cast<std::int64_t>(target->second));
      code = sql.insert_known.run();
    }
    if (const std::string& url = claim->second.wanted;
        code == SQLITE_OK && !url.empty()) {
      sql.delete_wanted.bind(1, url);
      code = sql.delete_wanted.run();
    }
    if (code != SQLITE_OK) fail(code);
    claims.erase(claim);
  }
  claims_of.erase(begin, end);
}

Result<void> FileState::trust(HostId id) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  if (std::exchange((*impl.table)[id].trusted, true)) return {};
  impl.sql.insert_trusted.bind(1, std::int64_t{id});
  if (const int code = impl.sql.insert_trusted.run(); code != SQLITE_OK) {
    return tl::unexpected(impl.fail(code));
  }
  return {};
}

bool FileState::trusted(HostId id) const { return (*impl_->table)[id].trusted; }

Result<PageId> FileState::first_with_body(const Fingerprint& digest,
                                          PageId page) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  impl.sql.select_body.bind(1, static_cast<std::int64_t>(digest.high));
  int code = impl.sql.select_body.step();
  if (code == SQLITE_ROW) {
    const auto low =
        static_cast<std::uint64_t>(impl.sql.select_body.integer(0));
    const auto first = static_cast<PageId>(impl.sql.select_body.integer(1));
    impl.sql.select_body.reset();
    return low == digest.low ? first : page;
  }
  impl.sql.select_body.reset();
  if (code == SQLITE_DONE) {
    impl.sql.insert_body.bind(1, static_cast<std::int64_t>(digest.high));
    impl.sql.insert_body.bind(2, static_cast<std::int64_t>(digest.low));
    impl.sql.insert_body.bind(3, static_cast<std::int64_t>(page));
    code = impl.sql.insert_body.run();
    if (code == SQLITE_OK) return page;
  }
  return tl::unexpected(impl.fail(code));
}

Result<std::optional<std::string>> FileState::first_url_with_body(
    const Fingerprint& digest, PageId page) {
  const Result<PageId> first = first_with_body(digest, page);
  if (!first) return tl::unexpected(first.error());
  if (*first == page) return std::optional(std::string());
  Result<std::string> url = cached_url_of(*first);
  if (!url) return tl::unexpected(url.error());
  return std::optional(*std::move(url));
}

std::uint64_t FileState::counter(std::string_view name) const {
  const auto found = impl_->counters.find(name);
  return found == impl_->counters.end() ? 0 : found->second.value;
}

void FileState::set_counter(std::string_view name, std::uint64_t value) {
  auto found = impl_->counters.find(name);
  if (found == impl_->counters.end()) {
    found = impl_->counters.emplace(name, Impl::Counter{}).first;
  }
  if (found->second.value == value) return;
  found->second = {value, true};
}

Result<void> FileState::set_note(std::string_view name, std::string_view text) {
  if (impl_->failed) return tl::unexpected(*impl_->failed);
  return impl_->set_meta(fmt::format("note {}", name), text);
}

Result<std::optional<std::string>> FileState::note(
    std::string_view name) const {
  if (impl_->failed) return tl::unexpected(*impl_->failed);
  return impl_->meta(fmt::format("note {}", name));
}

// Moves `done` past the pages that were done before their turn. One of an
// earlier run may not have had its turn yet.
void FileState::Impl::advance(HostId id) {
  Host& host = (*table)[id];
  while (host.done < host.admitted && ahead.erase(page_id(id, host.done)) > 0) {
    if (host.loaded == host.done) {
      ++host.loaded;
      --host.skip;
    }
    ++host.done;
  }
}

int FileState::Impl::write_done() {
  int code = SQLITE_OK;
  for (const PageId page : done_since) {
    if (!ahead.contains(page) || code != SQLITE_OK) continue;
    sql.insert_ahead.bind(1, static_cast<std::int64_t>(page));
    code = sql.insert_ahead.run();
    (*table)[host_of(page)].ahead_stored = true;
  }
  for (const HostId id : hosts_since) {
    if (code != SQLITE_OK) break;
    Host& host = (*table)[id];
    sql.update_host.bind(1, std::int64_t{host.done});
    sql.update_host.bind(2, std::int64_t{id});
    code = sql.update_host.run();
    if (code == SQLITE_OK && host.ahead_stored) {
      sql.delete_ahead.bind(1, static_cast<std::int64_t>(page_id(id, 0)));
      sql.delete_ahead.bind(2,
                            static_cast<std::int64_t>(page_id(id, host.done)));
      code = sql.delete_ahead.run();
    }
    host.changed = false;
  }
  done_since.clear();
  hosts_since.clear();
  return code;
}

int FileState::Impl::write_counters() {
  for (auto& [name, counter] : counters) {
    if (!counter.changed) continue;
    sql.put_counter.bind(1, name);
    sql.put_counter.bind(2, static_cast<std::int64_t>(counter.value));
    if (const int code = sql.put_counter.run(); code != SQLITE_OK) return code;
    counter.changed = false;
  }
  return SQLITE_OK;
}

int FileState::Impl::write_positions(const SinkPositions& now) {
  int code = execute(db.get(), "DELETE FROM position");
  for (const SinkPosition& position : now) {
    if (code != SQLITE_OK) break;
    sql.insert_position.bind(1, position.name);
    sql.insert_position.bind(2, static_cast<std::int64_t>(position.position));
    code = sql.insert_position.run();
  }
  return code;
}

Result<void> FileState::commit(SinkPositions positions) {
  Impl& impl = *impl_;
  if (impl.failed) return tl::unexpected(*impl.failed);
  if (auto written = impl.write_pending(); !written) return written;
  int code = impl.write_done();
  if (code == SQLITE_OK) code = impl.write_counters();
  if (code == SQLITE_OK) code = impl.write_positions(positions);
  if (code != SQLITE_OK) return tl::unexpected(impl.fail(code));
  auto result = impl.set_meta("sinks", std::to_string(positions.size()));
  if (result)
    result = impl.set_meta("known", std::to_string(impl.known.size()));
  if (!result) return result;
  code = execute(impl.db.get(), "COMMIT; BEGIN IMMEDIATE");
  if (code != SQLITE_OK) return tl::unexpected(impl.fail(code));
  impl.positions = std::move(positions);
  return {};
}

std::size_t FileState::memory_use() const {
  constexpr std::size_t kNode = 32;  // of an unordered_set
  return impl_->known.memory_use() + impl_->table->memory_use() +
         impl_->pending.capacity() * sizeof(Impl::Pending) +
         impl_->pending_urls.capacity() + impl_->ahead.size() * kNode +
         impl_->done_since.capacity() * sizeof(PageId) +
         impl_->hosts_since.capacity() * sizeof(HostId);
}

}  // namespace crawl
