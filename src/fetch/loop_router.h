#ifndef CRAWL_FETCH_LOOP_ROUTER_H_
#define CRAWL_FETCH_LOOP_ROUTER_H_

#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

namespace crawl {

// Which transfer loop makes an exchange.
//
// A host has a home loop, where its connections and TLS sessions are. Once home
// has its share of all that is in flight, the least busy loop takes over, so
// that one host alone can use every loop. A host that may speak HTTP/2 stays at
// home whatever happens: there its requests share one connection. One thread.
class LoopRouter {
 public:
  using Host = std::uint64_t;

  explicit LoopRouter(std::size_t loops) : load_(loops, 0) {}

  // The loop for a request, which counts as in flight there from now on.
  std::size_t choose(Host host, bool may_be_http2);
  void finished(std::size_t loop);

  // HTTP/2 was on offer to this host, and it did not take it.
  void speaks_http1(Host host);

  std::size_t load(std::size_t loop) const { return load_[loop]; }
  std::size_t in_flight() const { return in_flight_; }

 private:
  std::vector<std::size_t> load_;
  std::size_t in_flight_ = 0;
  std::unordered_set<Host> http1_hosts_;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_LOOP_ROUTER_H_
