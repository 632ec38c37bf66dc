#include "fetch/net/dns_gate.h"

#include <algorithm>

namespace crawl {
namespace {

// Within libcurl's own 60 s, so that what goes finds its name in the cache.
constexpr std::chrono::seconds kKnownFor{50};

}  // namespace

DnsGate::Answer DnsGate::enter(Host host, Exchange* exchange, time_point now) {
  if (entries_.size() >= sweep_at_) forget_old(now);
  Entry& entry = entries_[host];
  if (entry.looking_up || entry.queued) {
    entry.waiting.push_back(exchange);
    return Answer::kWait;
  }
  if (now < entry.known_until) return Answer::kGo;
  if (lookups_ >= max_lookups_) {
    entry.queued = true;
    entry.waiting.push_back(exchange);
    queue_.push_back(host);
    return Answer::kWait;
  }
  entry.looking_up = true;
  ++lookups_;
  return Answer::kLookUp;
}

void DnsGate::settled(Host host, bool resolved, time_point now,
                      std::vector<Exchange*>& released,
                      std::vector<Exchange*>& next) {
  const auto found = entries_.find(host);
  if (found == entries_.end() || !found->second.looking_up) return;
  Entry& entry = found->second;
  entry.looking_up = false;
  --lookups_;
  if (resolved) entry.known_until = now + kKnownFor;
  released.insert(released.end(), entry.waiting.begin(), entry.waiting.end());
  if (resolved) {
    entry.waiting = {};
  } else {
    entries_.erase(found);
  }
  while (lookups_ < max_lookups_ && !queue_.empty()) {
    Entry& first = entries_[queue_.front()];
    queue_.pop_front();
    first.queued = false;
    first.looking_up = true;
    ++lookups_;
    next.push_back(first.waiting.front());
    first.waiting.erase(first.waiting.begin());
  }
}

void DnsGate::clear() {
  entries_.clear();
  queue_.clear();
  lookups_ = 0;
}

void DnsGate::forget_old(time_point now) {
  std::erase_if(entries_, [&](const auto& item) {
    const Entry& entry = item.second;
    return !entry.looking_up && !entry.queued && entry.known_until <= now;
  });
  sweep_at_ = std::max<std::size_t>(1024, 2 * entries_.size());
}

}  // namespace crawl
