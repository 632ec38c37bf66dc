#ifndef CRAWL_FRONTIER_FRONTIER_H_
#define CRAWL_FRONTIER_FRONTIER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crawl/base/clock.h"
#include "crawl/frontier/job.h"
#include "crawl/frontier/politeness.h"

namespace crawl {

struct FrontierOptions {
  std::size_t per_host = 8;    // jobs of one host handed out at a time
  double rate = 0;             // hand-outs per second over all hosts; 0: any
  PaceOptions pace{};          // of each host by itself
  PaceOptions private_pace{};  // of hosts at loopback and private addresses
  // Of others that have only Job::leaf; as `pace` without.
  std::optional<PaceOptions> leaf_pace{};
};

// Decides which job is fetched next, and when.
//
// A job is queued at its origin (scheme, name and port: Url::host_key()) by
// add(), handed out by next(), and comes back through done() (finished with, or
// queued again by add_again()). What robots.txt holds up is an origin. Slots
// and pace are those of a host, which is a name: whatever the scheme and port,
// one machine answers.
//
// A host is in the ready order exactly when it has a free slot and an origin
// that has work and is not held; the order is by the time it may be contacted,
// then by admission. Handing out reserves the host's slot, its delay and the
// rate's next place, so nothing can be released twice by waiting for it.
//
// Fetches nothing and owns no thread: one thread calls it, and `clock` must
// outlive it. Every call is O(log hosts).
class Frontier {
 public:
  Frontier(FrontierOptions options, const Clock& clock);
  ~Frontier();

  // Queues a new job behind the others of its origin.
  void add(std::unique_ptr<Job> job);

  // Queues a job that was handed out before: a retry, or a redirect's next hop.
  // It goes before the origin's other jobs once `not_before` has come, and
  // holds up none of them until then.
  void add_again(std::unique_ptr<Job> job, Clock::time_point not_before);

  // A job whose host may be contacted now; null if there is none.
  std::unique_ptr<Job> next();

  // When next() will have something to give; nothing while it waits only for
  // done().
  std::optional<Clock::time_point> ready_at() const;

  // Frees the slot of a job that next() gave; before the job is added again or
  // dropped.
  void done(const Job& job);

  // The job's origin answered from this address: from now on slots and pace are
  // those of all origins at it, whatever their names. Never called, they go by
  // name.
  void is_at(const Job& job, const std::string& address);

  // How the server answered a job that is handed out, from an address that is
  // private or not: the host's pace goes by it.
  void answered(const Job& job, const PaceAnswer& answer, bool is_private);

  // What the robots.txt of the job's origin asks for; false if the cap shortens
  // it. Of a host's several origins the one that asks for most is heeded.
  bool set_crawl_delay(const Job& job,
                       std::optional<std::chrono::milliseconds> delay);

  // Hands out no job of this job's origin until release_host(): its robots.txt
  // is being asked for.
  void hold_host(const Job& job);
  void release_host(std::string_view host_key);

  // Hands out no job of this job's origin before `until`: its robots.txt cannot
  // be had.
  void hold_until(const Job& job, Clock::time_point until);

  // How the host of this name is to be asked from now on, for whoever asks it
  // next.
  struct Rest {
    std::chrono::nanoseconds next_in{0};  // it is left alone so long
    std::chrono::nanoseconds delay{0};    // and between requests
    std::string pace;                     // HostPace::save()
    bool is_private = false;              // it answered from such an address
  };
  Rest rest_of(std::string_view name) const;
  // What another process said of it so long `ago`; it is left alone for
  // `next_in` from now on.
  void take_over(std::string_view name, const Rest& rest,
                 std::chrono::nanoseconds ago);

  // From now on; 0: any.
  void set_rate(double rate);

  // Drops every queued job and says how many there were.
  std::size_t clear();

  // Queued jobs, but for those whose origin or host may not be contacted for
  // some seconds yet (kSoon). Who keeps the frontier supplied goes by this: a
  // thousand hosts that want to be left alone must not keep out the next.
  std::size_t supply();
  // May this origin not be contacted for some seconds yet? As of the last
  // next() or supply().
  bool is_held(std::string_view host_key) const;
  static constexpr std::chrono::seconds kSoon{2};

  std::size_t queued() const { return queued_; }
  std::size_t handed_out() const { return handed_out_; }
  bool finished() const { return queued_ == 0 && handed_out_ == 0; }

 private:
  using OriginId = std::uint32_t;
  struct Origin;
  struct Host;
  template <class Who>
  struct Turn {
    Clock::time_point time;
    std::uint64_t sequence;
    Who* who;
    auto operator<=>(const Turn&) const = default;
  };
  template <class Who>
  using Order = std::set<Turn<Who>>;
  template <class Who>
  struct Seat;

  struct KeyHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const {
      return std::hash<std::string_view>{}(key);
    }
  };

  Origin& origin_of(Job& job);
  const PaceOptions& pace_options(const Host& host) const;
  void leave(Host& host);
  void enter(Host& host);
  void leave(Origin& origin);
  void enter(Origin& origin);
  void renew(Host& host);
  void advance(Clock::time_point now);
  Clock::time_point soon() const { return now_ + kSoon; }
  void forget_idle_hosts();

  const FrontierOptions options_;
  const Clock& clock_;
  std::chrono::nanoseconds rate_interval_{0};
  Clock::time_point next_by_rate_{};

  std::unordered_map<std::string, OriginId, KeyHash, std::equal_to<>> ids_;
  std::vector<std::unique_ptr<Origin>> origins_;
  std::vector<OriginId> free_ids_;
  std::unordered_map<std::string, std::unique_ptr<Host>> hosts_;  // by name
  // Origins known when to look for idle hosts again.
  std::size_t forget_at_ = 1024;
  Clock::time_point now_ = Clock::time_point::min();  // when last looked at
  // Up to soon(), and after it. Late origins are in no host's order.
  Order<Host> ready_, late_hosts_;
  Order<Origin> late_origins_;
  std::uint64_t next_sequence_ = 0;
  std::size_t queued_ = 0;
  std::size_t held_ = 0;  // of those, the ones not in supply()
  std::size_t handed_out_ = 0;
};

}  // namespace crawl

#endif  // CRAWL_FRONTIER_FRONTIER_H_
