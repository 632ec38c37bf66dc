#ifndef CRAWL_FRONTIER_STATE_IMPL_H_
#define CRAWL_FRONTIER_STATE_IMPL_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/sqlite.h"
#include "crawl/frontier/state_store.h"
#include "frontier/fingerprint_set.h"
#include "frontier/host_table.h"

namespace crawl {

// A host's pages are numbered from 0.
inline constexpr std::uint32_t kMaxPages =
    std::numeric_limits<std::uint32_t>::max();
inline constexpr std::size_t kMaxHosts =
    std::numeric_limits<std::int32_t>::max();

constexpr PageId page_id(StateStore::HostId host, std::uint32_t number) {
  return PageId{host} << 32 | number;
}
constexpr std::uint32_t number_of(PageId page) {
  return static_cast<std::uint32_t>(page);
}

// What a page's row holds of its parent and of its URL, and back. `key` is its
// host's: Url::host_key().
std::int64_t stored_parent(PageId page, PageId parent);
PageId parent_of(PageId page, std::int64_t stored);
std::string_view stored_url(std::string_view key, std::string_view href);
void append_url(std::string_view key, std::string_view stored,
                std::string& out);

// What FileState hides. state_open.cpp has how a file is opened, begun and
// read, state_store.cpp what happens to it then.
struct FileState::Impl {
  explicit Impl(StateOptions o) : options(std::move(o)) {}

  StateOptions options;
  Database db;  // before the statements: closed after them
  struct Statements {
    Statement insert_page, insert_host, insert_known, insert_ahead, insert_body;
    Statement delete_ahead, update_host, select_pages, select_url, select_body;
    Statement insert_wanted, delete_wanted, insert_trusted;
    Statement put_counter, insert_position;
    mutable Statement get_meta;
    Statement put_meta;
  } sql;

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

  struct Claim {
    PageId by;
    std::string wanted;  // as others wrote it; "": by none
  };
  std::unordered_map<std::uint64_t, Claim> claims;  // by the target's hash
  std::unordered_multimap<PageId, std::uint64_t> claims_of;
  struct Wanted {
    Url url;
    int depth;
    PageId parent;
  };
  std::vector<Wanted> wanted_before;  // by an earlier run

  struct Counter {
    std::uint64_t value = 0;
    bool changed = false;  // since the last commit
  };
  std::map<std::string, Counter, std::less<>> counters;
  std::unordered_map<PageId, std::string> parent_urls;  // of late
  SinkPositions positions;
  bool resumed = false;
  mutable std::optional<Error> failed;

  Error fail(int code) const;
  Error fail_damaged(const std::string& how) const;
  // Of a URL, whatever its spelling; of a text that is a seen_key() already.
  std::uint64_t hash(std::string_view href) const;
  std::uint64_t hash_key(std::string_view key) const;

  Result<void> open();
  int prepare();
  Result<void> begin();
  Result<bool> has_rows();
  Result<void> upgrade();
  Result<void> read_positions();
  Result<void> read_counters();
  Result<void> read_trusted();
  Result<void> read_wanted();
  Result<void> check_settings();
  Result<void> read_hosts();
  Result<void> read_pages();
  Result<void> read_known();
  Result<void> read_ahead();
  Result<std::optional<std::string>> meta(std::string_view name) const;
  Result<void> set_meta(std::string_view name, std::string_view value);
  Result<QueuedPage> read_page();
  Result<void> write_pending();
  Result<void> want(std::string_view href, int depth, PageId parent,
                    Claim& claim);
  void release(PageId page);
  void advance(HostId id);
  int write_done();
  int write_counters();
  int write_positions(const SinkPositions& now);
};

}  // namespace crawl

#endif  // CRAWL_FRONTIER_STATE_IMPL_H_
