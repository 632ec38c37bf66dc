#ifndef CRAWL_FRONTIER_STATE_STORE_H_
#define CRAWL_FRONTIER_STATE_STORE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawl/base/clock.h"
#include "crawl/base/cookie_jar.h"
#include "crawl/base/error.h"
#include "crawl/base/error_kind.h"
#include "crawl/base/fingerprint.h"
#include "crawl/base/redirect_hop.h"
#include "crawl/base/sink_position.h"
#include "crawl/base/url.h"

namespace crawl {

class Frontier;

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

// A URL that is not fetched, and why.
struct LeftOut {
  std::string url;
  ErrorKind error = ErrorKind::kNone;
  std::string reason;
  std::string parent;  // the page it was found on
  int depth = 0;
  std::string input{};  // of a seed: its line
};

// A page redirects to `target`; `hops`: all that were followed, this one too.
struct Redirect {
  PageId page = 0;
  int depth = 0;  // links from a seed
  const Url& target;
  std::vector<RedirectHop> hops{};
  bool allow_private = true;  // it may lead to private addresses
  CookieJar cookies{};        // that were set on the way
  // The page has been there on its way: it is no other's, whoever has its host
  // goes on with it.
  bool again = false;
  // What is to be listed if the target turns out to be known where nobody waits
  // for the answer.
  LeftOut if_known{};
};

// What the robots.txt of an origin answered, where that stands.
struct KeptRobots {
  std::string host_key;  // Url::host_key()
  int status_code = 0;
  bool truncated = false;
  std::string body{};
};

struct QueuedPage {
  PageId id = 0;
  Url url;
  int depth = 0;
  PageId parent = kNoPage;
  std::string parent_url{};   // "" without such a page
  bool allow_private = true;  // who led here may lead to private addresses
  std::vector<RedirectHop>
      redirects{};          // that led from the page's URL to `url`
  CookieJar cookies{};      // that were set on that way
  bool is_on_copy = false;  // the page it was found on is a copy of another
  // How many pages of the host's name were handed out before, where the state
  // counts them.
  std::optional<std::uint64_t> place{};
};

// What a state answers later, and what it has to say by itself.
struct StateNews {
  struct Body {
    PageId page;
    std::string first_url;  // as of first_url_with_body()
  };
  struct Claim {
    PageId page;
    enum class Verdict : std::uint8_t {
      kYes,
      kNo,
      kMoved,  // yes, and somebody else goes on with the page
    } verdict;
  };
  struct Sitemap {  // to be read and then done()
    PageId page;
    Url url;
    int level;
    bool allow_private, wanted;
  };
  struct Robots {  // of a host that was another worker's before
    KeptRobots answer;
    std::chrono::nanoseconds ago;
  };
  struct Listed {  // to be done(), once it is said
    PageId page;
    LeftOut what;
  };
  std::vector<std::string> copies;  // as of keep_copies()
  std::vector<Body> bodies;
  std::vector<Claim> claims;
  std::vector<Sitemap> sitemaps;
  std::vector<Robots> robots;
  std::vector<Listed> left_out;
  std::vector<Url> seeds;             // of the crawl
  std::vector<std::uint32_t> hosts;   // with pages that wait
  std::vector<std::string> messages;  // for the user
};

struct StateCounts {
  std::uint64_t known = 0;     // all below, and those only remembered
  std::uint64_t admitted = 0;  // queued, handed out or done
  std::uint64_t done = 0;
  std::uint64_t hosts = 0;
};

// What a recursive crawl knows: every URL seen, each host's queue, which pages
// are done, and where every output was when they were.
//
// A URL is unknown until add() takes it. Added, it waits in its host's queue
// (host: Url::host_key()) until load() hands it out, and is done with done().
// What happened since the last commit() is undone by a crash, and pages handed
// out wait again; so if each output is cut to its position, each page's record
// is in it exactly once.
//
// A redirect's target is claimed by the page that leads there, and known once
// that page is done: it has been fetched, under the page's name. Until then
// others may want it. They are told nothing: add() queues nothing, claim() says
// no.
//
// URLs that only differ in percent-encoding (RFC 3986 section 6.2.2.2) are one,
// which is handed out as it was added.
//
// One thread, the crawl loop. After an error every call returns that error, and
// the state is as of the last commit().
class StateStore {
 public:
  using HostId = std::uint32_t;

  virtual ~StateStore() = default;

  // An earlier crawl is continued.
  virtual bool resumed() const = 0;
  // As of the last commit.
  virtual const SinkPositions& positions() const = 0;
  // 0 for a sink that it did not know.
  std::uint64_t position(std::string_view sink) const;
  virtual StateCounts counts() const = 0;

  virtual bool knows(std::string_view href) const = 0;

  // Queues `url`, without its fragment, at its host; nothing if it is known, or
  // claimed: then it is kept as wanted.
  virtual Result<std::optional<PageId>> add(const Url& url, int depth,
                                            PageId parent) = 0;

  // Makes known that `what` is not to be fetched, by the name `key`; true if
  // nobody had yet, and the caller is to say so. (False of a state that answers
  // later: then it comes as news, to one of those who share it.)
  virtual Result<bool> leave_out(std::string_view key, const LeftOut& what) = 0;

  // Hosts are numbered from 0 as they first appear.
  virtual std::size_t hosts() const = 0;
  static HostId host_of(PageId page) { return static_cast<HostId>(page >> 32); }
  // Until the next add().
  virtual std::string_view host_key(HostId host) const = 0;
  virtual std::uint64_t admitted(HostId host) const = 0;  // ever added
  virtual std::uint64_t waiting(HostId host) const = 0;   // not handed out

  // Hands out up to `max` pages of the host's queue, first come first served,
  // and appends them to `out`.
  virtual Result<void> load(HostId host, std::size_t max,
                            std::vector<QueuedPage>& out) = 0;

  // A page that was handed out redirects. True: the target is this page's from
  // now on (or was before). False: it is known, or another's; then it is kept
  // as wanted. Nothing: the answer comes as news.
  virtual Result<std::optional<bool>> claim_redirect(
      const Redirect& redirect) = 0;

  // The page, handed out before, has its record; what it claimed is known.
  virtual void done(PageId page) = 0;

  // A mark for hosts whose pages may lead to private addresses.
  virtual Result<void> trust(HostId host) = 0;

  // The URL of the first page whose body has this digest; "" if that is `page`.
  // Nothing: the answer comes as news.
  virtual Result<std::optional<std::string>> first_url_with_body(
      const Fingerprint& digest, PageId page) = 0;

  // Numbers of the caller's, kept by name: what a crawl has counted so far. 0
  // until it is set.
  virtual std::uint64_t counter(std::string_view name) const = 0;
  virtual void set_counter(std::string_view name, std::uint64_t value) = 0;

  // Small texts of the caller's, kept by name.
  virtual Result<void> set_note(std::string_view name,
                                std::string_view text) = 0;
  virtual Result<std::optional<std::string>> note(
      std::string_view name) const = 0;

  // Makes all of the above lasting, and the positions of all sinks with it. The
  // records of all pages done must have left the process, and make each sink so
  // long.
  //
  // A kill at any moment leaves the last commit. So does power loss, or one
  // before it; then the outputs must have been synced before the commit.
  virtual Result<void> commit(SinkPositions positions) = 0;

  // --- Of a state that others share. One in a file has nothing to say here.

  // It answers later, says itself when it wants commit() to be called, counts
  // what the whole crawl may have, and its counters begin at 0.
  virtual bool is_shared() const { return false; }
  virtual StateNews take_news() { return {}; }
  // Of the sitemaps too: each comes as news to the worker that has its host.
  // `wanted`: the user named it.
  virtual Result<void> add_sitemap(const Url& /*url*/, int /*level*/,
                                   bool /*allow_private*/, bool /*wanted*/) {
    return {};
  }
  virtual std::optional<Clock::time_point> commit_due() const {
    return std::nullopt;
  }
  // Pages may come that nobody has seen yet.
  virtual bool more_may_come() const { return false; }
  // It goes with its host to whoever has that next.
  virtual void keep_robots(const KeptRobots& /*answer*/) {}
  // What the whole crawl has had, so far as is known.
  struct Spent {
    std::uint64_t bytes_of_others = 0;
    std::chrono::nanoseconds time{0};  // with a worker, up to `as_of`
    Clock::time_point as_of{};
  };
  virtual std::optional<Spent> spent() const { return std::nullopt; }
  // So much is to be told that no seeds are to be added until it has been.
  virtual bool full() const { return false; }
  // What DuplicateTrap has counted at an origin: the same.
  virtual void keep_copies(const Url& /*page*/, std::string /*counted*/) {}
  // Nothing may be begun at the moment.
  virtual bool paused() const { return false; }
  // Nothing will ever be begun again: somebody ended it for all.
  virtual bool stops() const { return false; }
  // The caller has nothing that it can begin.
  virtual void starve() {}
  // No more seeds come from who calls it, nor sitemaps that the user named.
  virtual void input_ended() {}
  // Where the paces of its hosts are taken from and put to; outlives it, or is
  // taken back with null.
  virtual void use_paces(Frontier* /*frontier*/) {}
  // Waits for the answer to the last commit(). True: there is more to commit.
  virtual Result<bool> await() { return false; }
};

// A StateStore in a file that survives anything.
//
// What claimed targets others wanted is part of it: if this run ends before the
// page that claimed one is done, the target waits in the queue when the state
// is opened again, since the page may lead elsewhere then.
//
// In memory: 10 to 12.5 bytes for each known URL (a 64-bit keyed hash: a new
// URL is taken for a known one with probability known / 2^64), some 80 for each
// host, and the cache. URLs themselves are only in the file (SQLite, WAL).
class FileState final : public StateStore {
 public:
  // Opens the file, or creates it. Fails, and leaves the file as it is, if that
  // is no state of this program and version, damaged, in use by another
  // process, begun with other settings, or cannot be written. Reading the state
  // of ten million URLs takes some seconds.
  static Result<std::unique_ptr<FileState>> open(StateOptions options);
  ~FileState() override;

  bool resumed() const override;
  const SinkPositions& positions() const override;
  StateCounts counts() const override;
  bool knows(std::string_view href) const override;
  Result<std::optional<PageId>> add(const Url& url, int depth,
                                    PageId parent) override;
  Result<bool> leave_out(std::string_view key,
                         const LeftOut& /*what*/) override {
    return remember(key);
  }
  std::size_t hosts() const override;
  std::string_view host_key(HostId host) const override;
  std::uint64_t admitted(HostId host) const override;
  std::uint64_t waiting(HostId host) const override;
  Result<void> load(HostId host, std::size_t max,
                    std::vector<QueuedPage>& out) override;
  Result<std::optional<bool>> claim_redirect(
      const Redirect& redirect) override {
    return claim(redirect.target, redirect.page, redirect.depth)
        .map([](bool yes) { return std::optional(yes); });
  }
  void done(PageId page) override;
  Result<void> trust(HostId host) override;
  Result<std::optional<std::string>> first_url_with_body(
      const Fingerprint& digest, PageId page) override;
  std::uint64_t counter(std::string_view name) const override;
  void set_counter(std::string_view name, std::uint64_t value) override;
  Result<void> set_note(std::string_view name, std::string_view text) override;
  Result<std::optional<std::string>> note(std::string_view name) const override;
  Result<void> commit(SinkPositions positions) override;

  // Makes a URL known that is not to be fetched; false if it was.
  Result<bool> remember(std::string_view href);
  // As claim_redirect().
  Result<bool> claim(const Url& target, PageId by, int depth);
  Result<std::string> url_of(PageId page) const;
  bool trusted(HostId host) const;
  // The first page whose body has this digest; `page` itself if it is new.
  Result<PageId> first_with_body(const Fingerprint& digest, PageId page);

  std::size_t memory_use() const;  // without SQLite's cache

 private:
  struct Impl;
  explicit FileState(std::unique_ptr<Impl> impl);
  Result<void> queue_wanted();
  Result<std::string> cached_url_of(PageId page);
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
