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

struct Frontier::Host {
  HostId id = 0;
  std::string key;
  std::size_t in_flight = 0;
  HostPace pace;
  bool is_private = false;  // at a loopback or private address
  bool held = false;        // by hold_host()
  Clock::time_point held_until = Clock::time_point::min();
  std::optional<Ready> ready;  // its place in ready_, if it has one

  std::unique_ptr<Job> first;  // new jobs, a list in order of admission
  Job* last = nullptr;
  std::vector<std::unique_ptr<Job>> again;  // retries and hops, a heap by time

  ~Host() { drop_new(); }

  // A long list must not be destroyed by recursion.
  std::size_t drop_new() {
    std::size_t dropped = 0;
    for (; first; ++dropped) first = std::move(first->next);
    last = nullptr;
    return dropped;
  }

  Clock::time_point ready_at() const {
    return std::max(pace.ready_at(), held_until);
  }
  bool has_work() const { return first || !again.empty(); }

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
  if (options_.rate > 0) {
    rate_interval_ = std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(1.0 / options_.rate));
  }
}

Frontier::~Frontier() = default;

void Frontier::add(std::unique_ptr<Job> job) {
  Host& host = host_of(*job);
  job->sequence = next_sequence_++;
  leave_ready(host);
  Job* added = job.get();
  if (host.last != nullptr) {
    host.last->next = std::move(job);
  } else {
    host.first = std::move(job);
  }
  host.last = added;
  ++queued_;
  enter_ready(host);
}

void Frontier::add_again(std::unique_ptr<Job> job,
                         Clock::time_point not_before) {
  Host& host = host_of(*job);
  job->not_before = not_before;
  leave_ready(host);
  host.again.push_back(std::move(job));
  std::push_heap(host.again.begin(), host.again.end(), DueLater());
  ++queued_;
  enter_ready(host);
}

std::unique_ptr<Job> Frontier::next() {
  if (ready_.empty()) return nullptr;
  const Clock::time_point now = clock_.now();
  if (ready_.begin()->time > now) return nullptr;
  if (rate_interval_.count() > 0) {
    if (next_by_rate_ > now) return nullptr;
    next_by_rate_ =
        std::max(next_by_rate_, now - kRateCatchUp) + rate_interval_;
  }

  Host& host = *hosts_[ready_.begin()->host];
  leave_ready(host);
  std::unique_ptr<Job> job = host.take(now);
  --queued_;
  ++handed_out_;
  ++host.in_flight;
  // Without a delay the host keeps its place in the order of admission.
  const PaceOptions& pace = pace_options(host);
  if (host.pace.delay(now, pace).count() > 0) host.pace.started(now, pace);
  enter_ready(host);
  return job;
}

std::optional<Clock::time_point> Frontier::ready_at() const {
  if (ready_.empty()) return std::nullopt;
  return std::max(ready_.begin()->time, next_by_rate_);
}

void Frontier::done(const Job& job) {
  Host& host = *hosts_[job.host];
  leave_ready(host);
  --handed_out_;
  --host.in_flight;
  enter_ready(host);
}

void Frontier::answered(const Job& job, const PaceAnswer& answer,
                        bool is_private) {
  Host& host = *hosts_[job.host];
  leave_ready(host);
  if (is_private && !host.is_private) {
    // The pause after the first request was made for a stranger.
    host.is_private = true;
    host.pace = {};
  }
  host.pace.answered(answer, clock_.now(), pace_options(host));
  enter_ready(host);
}

bool Frontier::set_crawl_delay(const Job& job,
                               std::optional<std::chrono::milliseconds> delay) {
  Host& host = *hosts_[job.host];
  leave_ready(host);
  const bool whole = host.pace.set_crawl_delay(delay, pace_options(host));
  enter_ready(host);
  return whole;
}

void Frontier::hold_host(const Job& job) {
  Host& host = *hosts_[job.host];
  leave_ready(host);
  host.held = true;
}

void Frontier::release_host(std::string_view host_key) {
  const auto found = ids_.find(host_key);
  if (found == ids_.end()) return;
  Host& host = *hosts_[found->second];
  leave_ready(host);
  host.held = false;
  enter_ready(host);
}

void Frontier::hold_until(const Job& job, Clock::time_point until) {
  Host& host = *hosts_[job.host];
  leave_ready(host);
  host.held_until = std::max(host.held_until, until);
  enter_ready(host);
}

void Frontier::drop_new() {
  for (const std::unique_ptr<Host>& host : hosts_) {
    if (!host) continue;
    leave_ready(*host);
    queued_ -= host->drop_new();
    enter_ready(*host);
  }
}

std::size_t Frontier::clear() {
  const std::size_t dropped = queued_;
  ready_.clear();
  for (const std::unique_ptr<Host>& host : hosts_) {
    if (!host) continue;
    host->ready.reset();
    host->again.clear();
    host->drop_new();
  }
  queued_ = 0;
  return dropped;
}

Frontier::Host& Frontier::host_of(Job& job) {
  const std::string key = job.url.host_key();
  if (const auto found = ids_.find(std::string_view(key));
      found != ids_.end()) {
    job.host = found->second;
    return *hosts_[found->second];
  }
  if (ids_.size() >= forget_at_) forget_idle_hosts();
  HostId id = static_cast<HostId>(hosts_.size());
  if (free_ids_.empty()) {
    hosts_.emplace_back();
  } else {
    id = free_ids_.back();
    free_ids_.pop_back();
  }
  hosts_[id] = std::make_unique<Host>();
  hosts_[id]->id = id;
  hosts_[id]->key = key;
  hosts_[id]->is_private = is_private_host(job.url.hostname());
  ids_.emplace(key, id);
  job.host = id;
  return *hosts_[id];
}

const PaceOptions& Frontier::pace_options(const Host& host) const {
  return host.is_private ? options_.private_pace : options_.pace;
}

void Frontier::leave_ready(Host& host) {
  if (!host.ready) return;
  ready_.erase(*host.ready);
  host.ready.reset();
}

void Frontier::enter_ready(Host& host) {
  if (!host.has_work() || host.held || host.in_flight >= options_.per_host) {
    return;
  }
  Ready place{host.ready_at(), 0, host.id};
  if (host.first) {
    place.sequence = host.first->sequence;
  } else {
    place.time = std::max(place.time, host.again.front()->not_before);
    place.sequence = host.again.front()->sequence;
  }
  host.ready = place;
  ready_.insert(place);
}

// A list of ten million hosts must not leave ten million empty queues behind. A
// host is forgotten once nothing of it matters any more: no work, nothing
// handed out, its rest over. Doubling the mark keeps the cost constant per
// host.
void Frontier::forget_idle_hosts() {
  const Clock::time_point now = clock_.now();
  for (std::unique_ptr<Host>& host : hosts_) {
    if (!host || host->has_work() || host->in_flight > 0 || host->held ||
        host->ready_at() > now || host->pace.has_crawl_delay() ||
        host->pace.strikes(now, pace_options(*host)) > 0) {
      continue;
    }
    ids_.erase(host->key);
    free_ids_.push_back(host->id);
    host.reset();
  }
  forget_at_ = std::max<std::size_t>(1024, 2 * ids_.size());
}

}  // namespace crawl
