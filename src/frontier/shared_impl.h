#ifndef CRAWL_FRONTIER_SHARED_IMPL_H_
#define CRAWL_FRONTIER_SHARED_IMPL_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "crawl/frontier/frontier.h"
#include "crawl/frontier/shared_state.h"
#include "frontier/fingerprint_set.h"
#include "frontier/host_table.h"
#include "frontier/redis_link.h"
#include "frontier/shared_chunk.h"
#include "frontier/shared_entry.h"

namespace crawl {

// What SharedState hides. shared_turn.cpp has how a turn is told and its answer
// taken, shared_shards.cpp what goes on between shards, shared_join.cpp how it
// begins, shared_state.cpp the rest.
struct SharedState::Impl {
  Impl(SharedOptions o, RedisAddress a, const Clock& c,
       std::function<void()> wake);

  const SharedOptions options;
  const RedisAddress address;
  const Clock& clock;
  Frontier* frontier = nullptr;

  struct Identity {
    std::string token, begun;
    std::uint64_t seed = 0;
    bool is_whole = false;  // all its shards are there
  } me;
  std::uint64_t max_pages = 0;  // of the crawl, by now; 0 for any
  SinkPositions positions;      // as of the last turn that was answered
  bool resumed = false;
  std::optional<HostTable> table;  // origins, as they appear to this worker
  FingerprintSet known;            // told, or seen to be known

  // A host that is leased.
  struct Lease {
    std::string number;     // each of a host's has a greater one
    std::size_t here = 0;   // URLs handed out to this worker and not done
    std::size_t asked = 0;  // of them those that only wait for an answer
    std::size_t done = 0;   // since it was last told of
    bool touched = true;    // since then
    Clock::time_point told{};
  };
  std::unordered_map<std::string, Lease> leases;
  std::unordered_set<std::string> trusted;
  struct Buffers {
    std::unordered_map<HostId, std::deque<QueuedPage>> by_host;
    std::size_t pages = 0;
  } buffers;

  // What is handed out: where it is in Redis, and all of it but its URL now.
  struct Handed {
    std::string host, number;
    std::string url;          // the page's own
    std::uint64_t place = 0;  // among its host's pages
    PageId parent = kNoPage;
    std::string parent_url;
    bool is_page = true;
    bool is_asked = false;
    bool is_on_copy = false;
    bool is_copy = false;
  };
  struct HandedOut {
    std::unordered_map<PageId, Handed> pages;
    std::size_t asked = 0;
    std::uint32_t next = 0;
    std::uint64_t count = 0, done = 0;
  } handed;

  // What the next turn tells and asks: groups of words as the function takes
  // them.
  struct Told {
    std::vector<std::string> words;
    std::size_t count = 0;
    template <class... Word>
    void add(Word&&... word) {
      (words.emplace_back(std::forward<Word>(word)), ...);
      ++count;
    }
    // Behind how many groups there are; nothing is left to tell.
    void move_to(RedisLink::Command& command) {
      command.push_back(std::to_string(count));
      std::move(words.begin(), words.end(), std::back_inserter(command));
      words.clear();
      count = 0;
    }
  };
  // Messages for this shard, and with its number for others; of up to some
  // hundred URLs each, and so many in one call.
  struct Found {
    static constexpr std::size_t kMostMessages = 256;
    Told here, away;
    bool is_full() const { return here.count + away.count >= kMostMessages; }
  };
  struct Next {
    Told done, seeds, bodies, claims, notes;
    std::map<std::size_t, FoundUrls> found;    // by shard
    std::vector<PageId> bodies_of, claims_of;  // who asks
  } next;
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>, std::less<>>
      counters;  // now, and as told

  struct Turn {
    bool under_way = false;  // it, or what goes with it
    bool leaves = false;
    // Until they are sent: what was found beyond what one call may take goes
    // ahead, by itself, so that nobody waits for long while Redis has it.
    std::deque<RedisLink::Command> ahead;
    RedisLink::Command command;
    Clock::time_point sent{};
    std::vector<PageId> bodies_of, claims_of;
    std::vector<std::string> hosts;
    SinkPositions positions;
    std::uint64_t sequence = 0;
    bool any = false;  // was answered
    Clock::time_point answered{}, lease_end{};
  } latest;

  struct Seeds {
    bool more = false;
    std::uint64_t known = 0;
  } seed_list;
  std::string order;  // "", "pause" or "stop"
  struct Input {
    bool is_read = false;  // all of it
    bool is_told = false;  // and so it was said
  } input;
  struct Appetite {
    bool hungry = false;
    std::chrono::milliseconds wait{10}, least{10};  // until it asks again
    std::size_t share = 0;  // of the hosts, while others have none; else 0
  } appetite;
  Totals totals;
  std::optional<Spent> spent;
  double part_of_rate = 0;
  StateNews news;

  // How a shard stood when it was last heard of.
  struct Board {
    std::uint64_t left = 0, known = 0, done = 0, records = 0, workers = 0,
                  bytes = 0, worked_ms = 0, changes = 0, hosts = 0, due = 0;
    std::int64_t spare = 0;  // pages that it may hand out, of --max-pages
    // Of each shard: messages to it that were cut off, and that were taken from
    // it. Of a look only.
    std::vector<std::pair<std::uint64_t, std::uint64_t>> passed{};
  };
  // What is for a shard that this worker is not at.
  struct Abroad {
    Told bodies;
    std::vector<PageId> bodies_of;
    Clock::time_point bodies_since{};
    Told mail;  // of that shard
    std::size_t mail_from = 0;
    std::uint64_t mail_end = 0;   // number of its last message
    std::uint64_t delivered = 0;  // up to that; 0 once it is told
    bool has_replicas = false;
    bool unsure = false;  // whether one has what was told last
  };
  enum class Step : std::uint8_t {
    kTurn,
    kVisit,
    kReplicas,     // have what was told last
    kReplication,  // whether there are any
    kLeft,         // is known there
    kLook,
    kGive,   // it gives of its part of --max-pages,
    kTaken,  // and hears that it was taken
    kJoin,
  };
  struct Shards {
    std::size_t count = 1, here = 0;
    // Each from when it is first asked.
    std::vector<std::unique_ptr<RedisLink>> links;
    std::vector<Board> boards{1};
    std::vector<Abroad> abroad{1};
    std::deque<std::pair<Step, std::size_t>> steps;  // of this round
    std::vector<PageId> visit_of;  // whose bodies the visit under way asks for
    // It takes no more, and goes there when it has none left.
    std::optional<std::size_t> bound_for;
    std::vector<std::uint64_t> quiet_at;  // all shards' changes, none left
    Clock::time_point looked{}, replicas_looked{};
    std::uint64_t nonce = 0, messages = 0;  // the next message's name
    std::uint64_t connection = 0;           // over which it was told last
    bool soon = false, ended = false;
    bool is_awaited = false;  // somebody stands still until all is answered
  } shards;
  std::function<void()> wake;
  std::optional<Error> failed;
  bool lost = false;

  RedisLink::Say say;  // while it joins
  Result<void> join(std::chrono::milliseconds patience,
                    const std::function<bool()>& give_up);
  Result<void> begin_to_join(Clock::time_point until,
                             const std::function<bool()>& give_up);
  Result<RedisReply> ask_to_join(std::size_t shard, Clock::time_point until,
                                 const std::function<bool()>& give_up);
  void forget_if_empty();
  Result<RedisReply> ask(std::size_t shard, RedisLink::Command command,
                         Clock::time_point until,
                         const std::function<bool()>& give_up);
  Result<void> check_server(std::size_t shard, Clock::time_point until,
                            const std::function<bool()>& give_up);
  Result<void> join_all(Clock::time_point until,
                        const std::function<bool()>& give_up);
  RedisLink::Command join_command(std::size_t shard, bool stays) const;
  Result<void> take_join(std::size_t shard, bool stays,
                         const RedisReply& reply);
  Error fail(std::string message);
  Error lose(std::string why);

  std::uint64_t hash(std::string_view href) const;
  void is_asked(Handed& page, bool now);
  std::size_t to_fetch() const;
  bool is_scant() const;
  bool wants_more() const;
  bool pending() const;
  std::size_t asked_count() const;
  std::size_t pending_count() const;
  std::size_t found_count() const;
  bool found_much() const;
  void find(const std::string& host, std::uint64_t hash, std::string entry,
            bool alone = false);

  // shared_shards.cpp
  RedisLink& link(std::size_t shard);
  std::uint64_t next_message();
  std::size_t shard_of(std::string_view host, std::uint64_t hash) const;
  bool is_dry() const;
  void begin_round(const SinkPositions& now_at);
  void send_step();
  void take_step(Result<RedisReply> answer);
  void after_turn();
  void decide();
  std::optional<std::size_t> better_shard() const;
  std::optional<std::size_t> shard_that_may_give() const;
  RedisLink::Command give(std::size_t shard);
  RedisLink::Command visit(std::size_t shard);
  RedisLink::Command look(std::size_t shard) const;
  void take_visit(const RedisReply& reply);
  void take_look(std::size_t shard, const RedisReply& reply);
  void take_replicas(std::size_t shard, const RedisReply& reply);
  void take_replication(std::size_t shard, const RedisReply& reply);
  void tell_again(std::size_t shard);
  void take_mail(std::size_t from, const std::vector<RedisReply>& batches);
  bool all_arrived() const;
  void take_seeds(const std::vector<RedisReply>& urls);

  // shared_turn.cpp
  RedisLink::Command turn(const SinkPositions& now_at, bool leaves);
  RedisLink::Command turn_head(std::size_t want, std::size_t first,
                               bool leaves);
  Found take_found();
  void tell_ahead(Found found);
  void poll();
  bool is_told(const RedisReply& reply);
  void take_answer(const RedisReply& reply);
  void hear(std::string_view now);
  void take_notes(const std::vector<RedisReply>& kept);
  void take_bodies(const std::vector<RedisReply>& urls,
                   const std::vector<PageId>& bodies_of);
  void take_claims(const std::vector<RedisReply>& verdicts);
  void take_entries(const std::string& host,
                    const std::vector<RedisReply>& numbered);
  bool take_chunk(const std::string& host, std::string_view number,
                  std::string_view text);
  bool take_entry(const std::string& host, std::string number,
                  std::uint64_t place, std::string_view packed);
};

// What goes with a host to who has it next: names of notes, with the origin.
inline const std::string kRobotsNote = "robots ";
inline const std::string kCopiesNote = "copies ";

// Seeds that come with one answer.
inline constexpr std::size_t kSeedsAtOnce = 10'000;

// Of all keys of a crawl's shard.
std::string shard_prefix(std::string_view name, std::size_t shard);
// Where a host is, of so many shards; with none, what has that hash.
std::size_t shard_of_host(std::string_view host, std::uint64_t hash,
                          std::size_t shards);

// A known URL's number, in a crawl with this seed.
std::uint64_t shared_hash(std::uint64_t seed, std::string_view href);

// The value of "name:value" among the lines of INFO; "" without it.
std::string_view info_value(std::string_view info, std::string_view name);

}  // namespace crawl

#endif  // CRAWL_FRONTIER_SHARED_IMPL_H_
