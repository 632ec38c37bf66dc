#ifndef CRAWL_FRONTIER_STATE_STORE_H_
#define CRAWL_FRONTIER_STATE_STORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawl/base/error.h"
#include "crawl/base/fingerprint.h"
#include "crawl/base/sink_position.h"
#include "crawl/base/url.h"

namespace crawl {

// A page's place: its host in the upper half, its position in the order of the
// host's admissions in the lower. Good for the life of the state.
using PageId = std::uint64_t;
// In place of a page's parent: it is a seed, or a sitemap lists it (one that
// may lead to private addresses, or one that may not).
inline constexpr PageId kNoPage = ~PageId{0};
inline constexpr PageId kFromPrivateSitemap = kNoPage - 1;
inline constexpr PageId kFromSitemap = kNoPage - 2;
constexpr bool is_page(PageId id) { return id < kFromSitemap; }

struct StateOptions {
  // The file; "" for a temporary one that nobody can come back to.
  std::string path;
  // What gives the state its meaning, by the option's name: {"--scope",
  // "host"}. A state that was begun with other values is not opened.
  std::vector<std::pair<std::string, std::string>> settings;
  std::size_t cache_bytes = 48u << 20;
};

struct QueuedPage {
  PageId id = 0;
  Url url;
  int depth = 0;
  PageId parent = kNoPage;
};

struct StateCounts {
  std::uint64_t known = 0;     // all below, and those only remembered
  std::uint64_t admitted = 0;  // queued, handed out or done
  std::uint64_t done = 0;
  std::uint64_t hosts = 0;
};

// What a recursive crawl knows, in a file that survives anything: every URL
// seen, each host's queue, which pages are done, and where every output was
// when they were.
//
// A URL is unknown until add() or remember() takes it. Added, it waits in its
// host's queue (host: Url::host_key()) until load() hands it out, and is done
// with done(). What happened since the last commit() is undone by a crash, and
// pages handed out wait again; so if each output is cut to its position, each
// page's record is in it exactly once.
//
// A redirect's target is claimed by the page that leads there, and known once
// that page is done: it has been fetched, under the page's name. Until then
// others may want it. They are told nothing (add() queues nothing, claim() says
// no), but what they wanted is part of the state: if this run ends before the
// page is done, the target waits in the queue when the state is opened again,
// since the page may lead elsewhere then.
//
// URLs that only differ in percent-encoding (RFC 3986 section 6.2.2.2) are one,
// which is handed out as it was added.
//
// In memory: 10 to 12.5 bytes for each known URL (a 64-bit keyed hash: a new
// URL is taken for a known one with probability known / 2^64), some 80 for each
// host, and the cache. URLs themselves are only in the file (SQLite, WAL).
//
// One thread, the crawl loop. After an error every call returns that error, and
// the file is as of the last commit().
class StateStore {
 public:
  using HostId = std::uint32_t;

  // Opens the file, or creates it. Fails, and leaves the file as it is, if that
  // is no state of this program and version, damaged, in use by another
  // process, begun with other settings, or cannot be written. Reading the state
  // of ten million URLs takes some seconds.
  static Result<std::unique_ptr<StateStore>> open(StateOptions options);
  ~StateStore();

  // An earlier crawl is continued.
  bool resumed() const;
  // As of the last commit; 0 for a sink that it did not know.
  const SinkPositions& positions() const;
  std::uint64_t position(std::string_view sink) const;
  StateCounts counts() const;

  bool knows(std::string_view href) const;

  // Queues `url`, without its fragment, at its host; nothing if it is known, or
  // claimed: then it is kept as wanted.
  Result<std::optional<PageId>> add(const Url& url, int depth, PageId parent);

  // Makes a URL known that is not to be fetched; false if it was.
  Result<bool> remember(std::string_view href);

  // Hosts are numbered from 0 as they first appear.
  std::size_t hosts() const;
  static HostId host_of(PageId page) { return static_cast<HostId>(page >> 32); }
  // Until the next add().
  std::string_view host_key(HostId host) const;
  std::uint64_t admitted(HostId host) const;  // ever added
  std::uint64_t waiting(HostId host) const;   // added, not handed out

  // Hands out up to `max` pages of the host's queue, first come first served,
  // and appends them to `out`.
  Result<void> load(HostId host, std::size_t max, std::vector<QueuedPage>& out);

  Result<std::string> url_of(PageId page) const;

  // The page `by`, handed out and `depth` links from a seed, redirects to
  // `target`. True: that is this page's from now on (or was before). False: it
  // is known, or another's; then it is kept as wanted.
  Result<bool> claim(const Url& target, PageId by, int depth);

  // The page, handed out before, has its record; what it claimed is known.
  void done(PageId page);

  // A mark for hosts whose pages may lead to private addresses.
  Result<void> trust(HostId host);
  bool trusted(HostId host) const;

  // The first page whose body has this digest; `page` itself if it is new.
  Result<PageId> first_with_body(const Fingerprint& digest, PageId page);

  // Numbers of the caller's, kept by name: what a crawl has counted so far. 0
  // until it is set.
  std::uint64_t counter(std::string_view name) const;
  void set_counter(std::string_view name, std::uint64_t value);

  // Small texts of the caller's, kept by name.
  Result<void> set_note(std::string_view name, std::string_view text);
  Result<std::optional<std::string>> note(std::string_view name) const;

  // Makes all of the above lasting, and the positions of all sinks with it. The
  // records of all pages done must have left the process, and make each sink so
  // long.
  //
  // A kill at any moment leaves the last commit. So does power loss, or one
  // before it; then the outputs must have been synced before the commit.
  Result<void> commit(SinkPositions positions);

  std::size_t memory_use() const;  // without SQLite's cache

 private:
  struct Impl;
  explicit StateStore(std::unique_ptr<Impl> impl);
  Result<void> queue_wanted();
  std::unique_ptr<Impl> impl_;
};

// What an output's position is behind.
enum class CutAt : std::uint8_t { kLineEnd, kAnyByte };

// Makes the output end where the last commit left it: cuts what was written
// later. Fails, and changes nothing, if the file is not there, shorter, or does
// not end a line at `length` though it should: then it is another file.
Result<void> cut_output(const std::string& path, std::uint64_t length,
                        CutAt at = CutAt::kLineEnd);

}  // namespace crawl

#endif  // CRAWL_FRONTIER_STATE_STORE_H_
