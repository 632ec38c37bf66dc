#ifndef CRAWL_ENGINE_ROBOTS_GATE_H_
#define CRAWL_ENGINE_ROBOTS_GATE_H_

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crawl/base/clock.h"
#include "crawl/base/url.h"
#include "crawl/fetch/fetch_result.h"
#include "crawl/frontier/robots_policy.h"
#include "crawl/parse/robots.h"

namespace crawl {

// Knows each host's robots.txt, or that it must be asked for first: RFC 9309.
// One fetch per host however many URLs wait for it, kept at most 24 hours.
//
// In memory: about so many bytes as are asked for. Beyond that the hosts that
// judge() has not been asked about for longest are forgotten, not remembered
// wrongly: they are asked once more.
//
// Fetches nothing: the crawl loop asks judge() for every job, makes the
// exchanges that it wants and reports them through answered(). One thread.
class RobotsGate {
 public:
  enum class Access : std::uint8_t { kAllowed, kDisallowed, kAskFirst };
  struct Verdict {
    Access access = Access::kAllowed;
    std::string reason;  // "robots.txt line 3: Disallow: /private"
    ErrorKind error = ErrorKind::kRobots;  // of what is not allowed
  };

  explicit RobotsGate(std::string product_token,
                      std::size_t max_bytes = kMaxBytes,
                      const RobotsPolicy& policy = {});
  static constexpr std::size_t kMaxBytes = std::size_t{64} << 20U;

  // May this URL be fetched now? After kAskFirst the caller fetches
  // robots_url(url) and holds the host's other URLs back meanwhile.
  // `allow_private`: the URL may be at a loopback or private address.
  Verdict judge(const Url& url, bool allow_private,
                Clock::time_point now) const;
  static Url robots_url(const Url& url);

  // What an answer leads to.
  struct Outcome {
    std::optional<Url> follow;  // ask this next, for the same host
    // Nothing may be fetched before that time, and then it is asked again.
    std::optional<Clock::time_point> hold_until;
    std::optional<std::chrono::milliseconds> crawl_delay;
    std::vector<std::string> sitemaps;  // as written
  };

  // The exchange at `asked` for the robots.txt of `host_key` ended; `redirects`
  // led from there to `asked`.
  Outcome answered(const std::string& host_key, const Url& asked, int redirects,
                   const FetchResult& result, Clock::time_point now);

  std::size_t memory_use() const { return bytes_; }

 private:
  struct Host {
    std::string key;
    std::size_t bytes = 0;  // as counted
    RobotsRules rules;
    bool known = false;                    // an answer stands
    bool disallow_all = false;             // it is that nothing may be fetched
    bool blocked = false;                  // because of the host's address
    ErrorKind error = ErrorKind::kRobots;  // of what is not allowed then
    std::string reason;
    Clock::time_point expires{};
    int failures = 0;  // in a row
  };
  using Hosts = std::list<Host>;
  Outcome answered(Host& host, const Url& asked, int redirects,
                   const FetchResult& result, Clock::time_point now) const;
  void count(Host& host);

  const std::string product_token_;
  const std::size_t max_bytes_;
  const RobotsPolicy policy_;
  mutable Hosts hosts_;  // the one asked about last comes first
  std::unordered_map<std::string_view, Hosts::iterator> by_key_;
  std::size_t bytes_ = 0;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_ROBOTS_GATE_H_
