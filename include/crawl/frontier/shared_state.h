#ifndef CRAWL_FRONTIER_SHARED_STATE_H_
#define CRAWL_FRONTIER_SHARED_STATE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawl/base/clock.h"
#include "crawl/base/secure_channel.h"
#include "crawl/frontier/state_store.h"

namespace crawl {

inline constexpr std::size_t kMostSharedShards = 64;

struct SharedOptions {
  // redis://[[USER:]PASSWORD@]HOST[:PORT][/DB[/NAME]], or rediss:// for TLS,
  // with ?cacert=FILE&cert=FILE&key=FILE; any node of a cluster.
  std::string address;
  OpenSecure secure = nullptr;  // how rediss:// is spoken
  // Whose outputs they are: the same when a worker comes back to them; and what
  // they are, by the sinks' names, and what gives them their form, by the
  // options'. It comes back with the same ones only.
  std::string worker;
  std::vector<std::pair<std::string, std::string>> outputs;
  // Where those are: who has this worker's name at another place is another,
  // and is not replaced while it is at work. At the same one it is gone.
  std::string place;
  // As of StateOptions; the same for all workers.
  std::vector<std::pair<std::string, std::string>> settings;
  std::uint64_t max_pages = 0;  // of the whole crawl
  // Between requests at a host of which nothing is known yet.
  std::chrono::milliseconds delay{0};
  double rate = 0;  // too, requests a second; 0: any
  // What begun() was, of who comes back: that crawl or none. "" for any.
  std::string begun;
  // Of Redis that the crawl is spread over; 0: as many as it has, or one.
  std::size_t shards = 0;
  // It may be given URLs until input_ended(): the crawl is not at its end
  // before, unless this worker is gone.
  bool has_input = false;
  // Leases end so long after the latest turn; all workers' the same.
  std::chrono::milliseconds lease{30'000};
};

// Whether it names a crawl at a Redis; the message shows nothing secret.
Result<void> check_shared_address(std::string_view address);
// One that is good, without what is secret.
std::string shown_shared_address(std::string_view address);

// A StateStore that many processes share, in Redis 7: each is a worker of one
// crawl.
//
// A worker leases hosts (names, whatever the scheme and port): while it has
// one, nobody else asks it. What it tells and asks goes to Redis in turns, each
// one atomic function call (src/frontier/shared_crawl.lua): pages done with the
// positions of the sinks, links found, bodies and redirects asked about; new
// hosts and pages come with the answer. So a turn counts as a whole or not at
// all, and told again it counts once. A kill costs what came after the last
// turn: the leases run out, and others do those pages.
//
// Links count as known here when they are told, so a page is done no sooner
// than what it links to is queued: the crawl is at its end exactly when nothing
// is left.
//
// Leases renew with each turn and end by Redis's clock. If Redis does not
// answer for so long, is_lost(): nothing of this object counts any more, the
// outputs are to be cut to the positions that another one says.
//
// A crawl may be spread over shards, which may be at several masters of a
// cluster: a host is in one of them, and a worker at one of them at a time. See
// src/frontier/README.md.
//
// One thread, the crawl loop's; a thread of its own talks to Redis, one for
// each shard.
class SharedState final : public StateStore {
 public:
  // Joins the crawl, or begins it. While Redis cannot be reached it waits for
  // `patience` at most, and until `give_up`, if that is there, says so. Fails
  // if it is too old, may drop keys for want of memory, or if the crawl was
  // begun by another version or with other settings; a crawl of which nothing
  // was told yet is not left behind then. `say` hears what is waited for.
  // `wake` is called on another thread when there is news; `clock` must outlive
  // it.
  static Result<std::unique_ptr<SharedState>> open(
      SharedOptions options, const Clock& clock, std::function<void()> wake,
      std::chrono::milliseconds patience,
      const std::function<bool()>& give_up = {},
      const std::function<void(std::string_view)>& say = {});
  // Gives its leases back, if Redis takes them.
  ~SharedState() override;

  // Its leases have run out, or Redis lost what it had acknowledged.
  bool is_lost() const;
  // Which crawl it is: another one if Redis lost it all.
  const std::string& begun() const;

  // Of the whole crawl, as of the last turn.
  struct Totals {
    std::uint64_t left = 0, known = 0, done = 0, records = 0, workers = 0;
  };
  Totals totals() const;

  // `resumed`: this worker has told a turn before; without any positions() it
  // has begun, and nothing of its outputs counts.
  bool resumed() const override;
  const SinkPositions& positions() const override;
  StateCounts counts() const override;  // of this worker
  bool knows(std::string_view href) const override;
  Result<std::optional<PageId>> add(const Url& url, int depth,
                                    PageId parent) override;
  Result<bool> leave_out(std::string_view key, const LeftOut& what) override;
  std::size_t hosts() const override;
  std::string_view host_key(HostId host) const override;
  std::uint64_t admitted(HostId host) const override { return waiting(host); }
  std::uint64_t waiting(HostId host) const override;
  Result<void> load(HostId host, std::size_t max,
                    std::vector<QueuedPage>& out) override;
  Result<std::optional<bool>> claim_redirect(const Redirect& redirect) override;
  void done(PageId page) override;
  Result<void> trust(HostId host) override;
  Result<std::optional<std::string>> first_url_with_body(
      const Fingerprint& digest, PageId page) override;
  std::uint64_t counter(std::string_view /*name*/) const override { return 0; }
  void set_counter(std::string_view name, std::uint64_t value) override;
  Result<void> set_note(std::string_view name, std::string_view text) override;
  Result<std::optional<std::string>> note(std::string_view name) const override;
  Result<void> commit(SinkPositions positions) override;

  bool is_shared() const override { return true; }
  StateNews take_news() override;
  Result<void> add_sitemap(const Url& url, int level, bool allow_private,
                           bool wanted) override;
  std::optional<Clock::time_point> commit_due() const override;
  bool more_may_come() const override;
  void keep_robots(const KeptRobots& answer) override;
  void keep_copies(const Url& page, std::string counted) override;
  std::optional<Spent> spent() const override;
  bool full() const override;
  bool paused() const override;
  bool stops() const override;
  void input_ended() override;
  void starve() override;
  void use_paces(Frontier* frontier) override;
  Result<bool> await() override;

 private:
  struct Impl;
  explicit SharedState(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace crawl

#endif  // CRAWL_FRONTIER_SHARED_STATE_H_
