#include "crawl/frontier/frontier.h"

#include <algorithm>
#include <utility>

#include "crawl/base/ip_address.h"

namespace crawl {
namespace {

// A little lateness may be caught up, so that a loop that wakes every
// millisecond still makes the rate; a pause may not, so that there are no
// bursts after it.
constexpr std::chrono::milliseconds kRateCatchUp{20};

struct DueLater {
  bool operator()(const std::unique_ptr<Job>& a,
                  const std::unique_ptr<Job>& b) const {
    return std::pair(a->not_before, a->sequence) >
           std::pair(b->not_before, b->sequence);
  }
};

}  // namespace

// One's turn in an order, if it has one. Its node is kept for the next time.
template <class Who>
struct Frontier::Seat {
  Order<Who>* order = nullptr;
  typename Order<Who>::iterator at{};
  typename Order<Who>::node_type node{};

  void leave() {
    if (order == nullptr) return;
    node = order->extract(at);
    order = nullptr;
  }
  void enter(Order<Who>& into, const Turn<Who>& turn) {
    if (node.empty()) {
      at = into.insert(turn).first;
    } else {
      node.value() = turn;
      at = into.insert(std::move(node)).position;
    }
    order = &into;
  }
};

struct Frontier::Host {
  std::size_t in_flight = 0;
  std::size_t queued = 0;
  std::size_t parked = 0;   // jobs of origins that are
  std::size_t counted = 0;  // in held_
  HostPace pace;
  std::chrono::milliseconds crawl_delay{0};  // the longest of its origins
  bool is_private = false;                   // at a loopback or private address
  bool taken_over = false;  // `pace` is as another process had it
  Clock::time_point last_started = Clock::time_point::min();
  bool only_leaves = true;
  std::vector<OriginId> origins;
  Order<Origin> order;  // of those that have work and may be asked soon
  Seat<Host> seat;
};

struct Frontier::Origin {
  Origin(OriginId number, std::string host_key, Host& at)
      : id(number), key(std::move(host_key)), host(&at) {}
  ~Origin() { drop(); }

  const OriginId id;
  const std::string key;
  Host* host;  // by its name, or by its address once that is known
  std::size_t in_flight = 0;
  bool held = false;  // by hold_host()
  Clock::time_point held_until = Clock::time_point::min();
  std::chrono::milliseconds crawl_delay{0};
  bool parked = false;  // held, or its turn comes late
  Seat<Origin> seat;

  std::size_t queued = 0;
  std::unique_ptr<Job> first;  // new jobs, a list in order of admission
  Job* last = nullptr;
  std::vector<std::unique_ptr<Job>> again;  // retries and hops, a heap by time

  // A long list must not be destroyed by recursion.
  void drop() {
    while (first) first = std::move(first->next);
    last = nullptr;
    again.clear();
  }

  std::unique_ptr<Job> take(Clock::time_point now) {
    if (!again.empty() && again.front()->not_before <= now) {
      std::pop_heap(again.begin(), again.end(), DueLater());
      std::unique_ptr<Job> job = std::move(again.back());
      again.pop_back();
      return job;
    }
    if (!first) return nullptr;
    std::unique_ptr<Job> job = std::move(first);
    first = std::move(job->next);
    if (!first) last = nullptr;
    return job;
  }
};

Frontier::Frontier(FrontierOptions options, const Clock& clock)
    : options_(options), clock_(clock) {
  set_rate(options_.rate);
}

// Who had to go slowly need not wait as long as that once more.
void Frontier::set_rate(double rate) {
  rate_interval_ = {};
  if (rate <= 0) return;
  rate_interval_ = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(1.0 / rate));
  next_by_rate_ = std::min(next_by_rate_, clock_.now() + rate_interval_);
}

Frontier::~Frontier() = default;

void Frontier::add(std::unique_ptr<Job> job) {
  Origin& origin = origin_of(*job);
  job->sequence = next_sequence_++;
  leave(origin);
  Job* added = job.get();
  if (origin.last != nullptr) {
    origin.last->next = std::move(job);
  } else {
    origin.first = std::move(job);
  }
  origin.last = added;
  ++queued_, ++origin.queued, ++origin.host->queued;
  if (!added->leaf) origin.host->only_leaves = false;
  enter(origin);
}

void Frontier::add_again(std::unique_ptr<Job> job,
                         Clock::time_point not_before) {
  Origin& origin = origin_of(*job);
  job->not_before = not_before;
  leave(origin);
  origin.again.push_back(std::move(job));
  std::push_heap(origin.again.begin(), origin.again.end(), DueLater());
  ++queued_, ++origin.queued, ++origin.host->queued;
  enter(origin);
}

std::unique_ptr<Job> Frontier::next() {
  const Clock::time_point now = clock_.now();
  advance(now);
  if (ready_.empty() || ready_.begin()->time > now) return nullptr;
  if (rate_interval_.count() > 0) {
    if (next_by_rate_ > now) return nullptr;
    next_by_rate_ =
        std::max(next_by_rate_, now - kRateCatchUp) + rate_interval_;
  }

  Host& host = *ready_.begin()->who;
  renew(host);
  Origin& origin = *host.order.begin()->who;
  leave(origin);
  std::unique_ptr<Job> job = origin.take(now);
  --queued_, --origin.queued, --host.queued;
  ++handed_out_, ++host.in_flight, ++origin.in_flight;
  // Without a delay the host keeps its place in the order of admission.
  const PaceOptions& pace = pace_options(host);
  host.last_started = now;
  if (host.pace.delay(now, pace).count() > 0) host.pace.started(now, pace);
  enter(origin);
  return job;
}

std::optional<Clock::time_point> Frontier::ready_at() const {
  std::optional<Clock::time_point> first;
  if (!ready_.empty()) {
    first = ready_.begin()->time;
  } else {
    if (!late_hosts_.empty()) first = late_hosts_.begin()->time;
    if (!late_origins_.empty()) {
      const Clock::time_point time = late_origins_.begin()->time;
      first = first ? std::min(*first, time) : time;
    }
  }
  if (first) first = std::max(*first, next_by_rate_);
  return first;
}

void Frontier::done(const Job& job) {
  Origin& origin = *origins_[job.host];
  Host& host = *origin.host;
  leave(host);
  --handed_out_;
  --host.in_flight, --origin.in_flight;
  enter(host);
}

void Frontier::is_at(const Job& job, const std::string& address) {
  Origin& origin = *origins_[job.host];
  Host& before = *origin.host;
  // No host has such a name.
  std::unique_ptr<Host>& at = hosts_["at " + address];
  if (at.get() == &before) return;
  if (!at) {
    at = std::make_unique<Host>();
    at->pace = before.pace;
    at->is_private = before.is_private;
    at->taken_over = before.taken_over;
    at->only_leaves = before.only_leaves;
  }
  at->last_started = std::max(at->last_started, before.last_started);
  leave(origin);
  leave(*at);
  std::erase(before.origins, origin.id);
  before.queued -= origin.queued;
  before.in_flight -= origin.in_flight;
  enter(before);
  origin.host = at.get();
  at->origins.push_back(origin.id);
  at->queued += origin.queued;
  at->in_flight += origin.in_flight;
  if (origin.crawl_delay > at->crawl_delay) {
    at->crawl_delay = origin.crawl_delay;
    at->pace.set_crawl_delay(at->crawl_delay, pace_options(*at));
  }
  enter(origin);
}

void Frontier::answered(const Job& job, const PaceAnswer& answer,
                        bool is_private) {
  Host& host = *origins_[job.host]->host;
  leave(host);
  if (is_private && !std::exchange(host.is_private, true) && !host.taken_over) {
    // The pause after the first request was made for a stranger.
    const PaceOptions& pace = pace_options(host);
    host.pace = {};
    host.pace.set_crawl_delay(host.crawl_delay, pace);
    const Clock::time_point last = host.last_started;
    if (host.pace.delay(last, pace).count() > 0) host.pace.started(last, pace);
  }
  host.pace.answered(answer, clock_.now(), pace_options(host));
  enter(host);
}

bool Frontier::set_crawl_delay(const Job& job,
                               std::optional<std::chrono::milliseconds> delay) {
  Origin& origin = *origins_[job.host];
  Host& host = *origin.host;
  const auto own = delay.value_or(std::chrono::milliseconds(0));
  const auto before = std::exchange(origin.crawl_delay, own);
  leave(host);
  if (own < host.crawl_delay && before == host.crawl_delay) {
    host.crawl_delay = own;
    for (const OriginId id : host.origins) {
      host.crawl_delay = std::max(host.crawl_delay, origins_[id]->crawl_delay);
    }
  }
  host.crawl_delay = std::max(host.crawl_delay, own);
  host.pace.set_crawl_delay(host.crawl_delay, pace_options(host));
  enter(host);
  return own <= pace_options(host).max_crawl_delay;
}

void Frontier::hold_host(const Job& job) {
  Origin& origin = *origins_[job.host];
  leave(origin);
  origin.held = true;
  enter(origin);
}

void Frontier::release_host(std::string_view host_key) {
  const auto found = ids_.find(host_key);
  if (found == ids_.end()) return;
  Origin& origin = *origins_[found->second];
  leave(origin);
  origin.held = false;
  enter(origin);
}

void Frontier::hold_until(const Job& job, Clock::time_point until) {
  Origin& origin = *origins_[job.host];
  leave(origin);
  origin.held_until = std::max(origin.held_until, until);
  enter(origin);
}

Frontier::Rest Frontier::rest_of(std::string_view name) const {
  const auto found = hosts_.find(std::string(name));
  if (found == hosts_.end()) return {};
  const Host& host = *found->second;
  const Clock::time_point now = clock_.now();
  const auto next = std::max(host.pace.ready_at(), now);
  return {next - now, host.pace.delay(now, pace_options(host)),
          host.pace.save(now)};
}

void Frontier::take_over(std::string_view name, const Rest& rest,
                         std::chrono::nanoseconds ago) {
  std::unique_ptr<Host>& host = hosts_[std::string(name)];
  if (!host) {
    host = std::make_unique<Host>();
    host->is_private = is_private_host(name);
  }
  leave(*host);
  host->pace = HostPace::restore(rest.pace, ago, rest.next_in, clock_.now());
  host->taken_over = !rest.pace.empty();
  host->is_private = host->is_private || rest.is_private;
  enter(*host);
}

std::size_t Frontier::clear() {
  const std::size_t dropped = queued_;
  for (const std::unique_ptr<Origin>& origin : origins_) {
    if (!origin || origin->queued == 0) continue;
    leave(*origin);
    origin->drop();
    origin->host->queued -= origin->queued;
    origin->queued = 0;
    enter(*origin);
  }
  queued_ = 0;
  return dropped;
}

std::size_t Frontier::supply() {
  advance(clock_.now());
  return queued_ - held_;
}

bool Frontier::is_held(std::string_view host_key) const {
  const auto found = ids_.find(host_key);
  if (found == ids_.end()) return false;
  const Origin& origin = *origins_[found->second];
  return origin.held || origin.held_until > soon() ||
         origin.host->pace.ready_at() > soon();
}

Frontier::Origin& Frontier::origin_of(Job& job) {
  std::string key = job.url.host_key();
  if (const auto found = ids_.find(std::string_view(key));
      found != ids_.end()) {
    job.host = found->second;
    return *origins_[found->second];
  }
  if (ids_.size() >= forget_at_) forget_idle_hosts();
  // "a.test." is "a.test" to everybody but the URL.
  std::string_view name = job.url.hostname();
  if (name.size() > 1 && name.ends_with('.')) name.remove_suffix(1);
  std::unique_ptr<Host>& host = hosts_[std::string(name)];
  if (!host) {
    host = std::make_unique<Host>();
    host->is_private = is_private_host(name);
  }
  OriginId id = static_cast<OriginId>(origins_.size());
  if (free_ids_.empty()) {
    origins_.emplace_back();
  } else {
    id = free_ids_.back();
    free_ids_.pop_back();
  }
  host->origins.push_back(id);
  ids_.emplace(key, id);
  origins_[id] = std::make_unique<Origin>(id, std::move(key), *host);
  job.host = id;
  return *origins_[id];
}

const PaceOptions& Frontier::pace_options(const Host& host) const {
  if (host.is_private) return options_.private_pace;
  return host.only_leaves && options_.leaf_pace ? *options_.leaf_pace
                                                : options_.pace;
}

void Frontier::leave(Host& host) {
  host.seat.leave();
  held_ -= std::exchange(host.counted, 0);
}

void Frontier::enter(Host& host) {
  Turn<Host> turn{host.pace.ready_at(), 0, &host};
  if (!host.order.empty()) {
    turn.time = std::max(turn.time, host.order.begin()->time);
    turn.sequence = host.order.begin()->sequence;
  }
  const bool late = turn.time > soon();
  host.counted = late ? host.queued : host.parked;
  held_ += host.counted;
  if (!host.order.empty() && host.in_flight < options_.per_host) {
    host.seat.enter(late ? late_hosts_ : ready_, turn);
  }
}

void Frontier::leave(Origin& origin) {
  leave(*origin.host);
  origin.seat.leave();
  if (std::exchange(origin.parked, false)) origin.host->parked -= origin.queued;
}

void Frontier::enter(Origin& origin) {
  if (origin.held) {
    origin.parked = true;
  } else if (origin.queued > 0) {
    Turn<Origin> turn{origin.held_until, 0, &origin};
    if (origin.first) {
      turn.sequence = origin.first->sequence;
    } else {
      turn.time = std::max(turn.time, origin.again.front()->not_before);
      turn.sequence = origin.again.front()->sequence;
    }
    // Among those that may be asked now, admission alone counts.
    if (turn.time <= now_) turn.time = Clock::time_point::min();
    origin.parked = turn.time > soon();
    origin.seat.enter(origin.parked ? late_origins_ : origin.host->order, turn);
  }
  if (origin.parked) origin.host->parked += origin.queued;
  enter(*origin.host);
}

// Those of its origins whose time has come go by admission from now on.
void Frontier::renew(Host& host) {
  auto at = host.order.lower_bound(
      {Clock::time_point::min() + Clock::duration(1), 0, nullptr});
  while (at != host.order.end() && at->time <= now_) {
    Origin& origin = *(at++)->who;
    leave(origin);
    enter(origin);
  }
}

// Moves soon() on.
void Frontier::advance(Clock::time_point now) {
  now_ = std::max(now_, now);
  while (!late_origins_.empty() && late_origins_.begin()->time <= soon()) {
    Origin& origin = *late_origins_.begin()->who;
    leave(origin);
    enter(origin);
  }
  while (!late_hosts_.empty() && late_hosts_.begin()->time <= soon()) {
    Host& host = *late_hosts_.begin()->who;
    leave(host);
    enter(host);
  }
}

// A list of ten million hosts must not leave ten million empty queues behind. A
// host is forgotten once nothing of it matters any more: no work, nothing
// handed out, its rest over. Doubling the mark keeps the cost constant per
// host.
void Frontier::forget_idle_hosts() {
  const Clock::time_point now = clock_.now();
  std::erase_if(hosts_, [&](const auto& entry) {
    const Host& host = *entry.second;
    const auto matters = [&](OriginId id) {
      return origins_[id]->held || origins_[id]->held_until > now;
    };
    if (host.queued > 0 || host.in_flight > 0 || host.pace.ready_at() > now ||
        host.pace.has_crawl_delay() ||
        host.pace.strikes(now, pace_options(host)) > 0 ||
        std::any_of(host.origins.begin(), host.origins.end(), matters)) {
      return false;
    }
    for (const OriginId id : host.origins) {
      ids_.erase(origins_[id]->key);
      free_ids_.push_back(id);
      origins_[id].reset();
    }
    return true;
  });
  forget_at_ = std::max<std::size_t>(1024, 2 * ids_.size());
}

}  // namespace crawl
