#ifndef CRAWL_FETCH_NET_DNS_GATE_H_
#define CRAWL_FETCH_NET_DNS_GATE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

namespace crawl {

class Exchange;

// Has each host name resolved by one transfer while the others for that host
// wait for it, and only so many names at a time.
//
// libcurl starts a thread for every look-up: without this the first thousand
// requests to one host would start a thousand threads that all ask for the same
// name. One thread uses it; it owns no transfer and follows no pointer.
class DnsGate {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using Host = std::uint64_t;  // any hash: a clash costs a little waiting

  explicit DnsGate(std::size_t max_lookups) : max_lookups_(max_lookups) {}

  enum class Answer : std::uint8_t {
    kGo,      // resolved not long ago
    kLookUp,  // go, and tell settled() when the name is resolved, or is not
    kWait,    // settled() will hand it out
  };
  Answer enter(Host host, Exchange* exchange, time_point now);

  // The look-up of `host` is over. Appends those that waited for it to
  // `released`, and to `next` exchanges that shall go as kLookUp does.
  void settled(Host host, bool resolved, time_point now,
               std::vector<Exchange*>& released, std::vector<Exchange*>& next);

  // Forgets all that waits, and what was resolved.
  void clear();

  std::size_t lookups() const { return lookups_; }
  std::size_t known() const { return entries_.size(); }

 private:
  struct Entry {
    bool looking_up = false;
    bool queued = false;  // in queue_
    time_point known_until{};
    std::vector<Exchange*> waiting;
  };
  void forget_old(time_point now);

  std::size_t max_lookups_;
  std::size_t lookups_ = 0;
  std::size_t sweep_at_ = 1024;
  std::unordered_map<Host, Entry> entries_;
  std::deque<Host> queue_;  // hosts that wait for a free look-up
};

}  // namespace crawl

#endif  // CRAWL_FETCH_NET_DNS_GATE_H_
