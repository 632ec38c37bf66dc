#ifndef CRAWL_FRONTIER_ROBOTS_POLICY_H_
#define CRAWL_FRONTIER_ROBOTS_POLICY_H_

#include <chrono>
#include <string>

#include "crawl/base/error_kind.h"

namespace crawl {

// What the attempt to fetch a host's robots.txt means for its URLs: RFC 9309
// sections 2.3.1 (access results) and 2.4 (caching), as one pure function.

struct RobotsPolicy {
  // At least five (2.3.1.2); a file further away counts as unavailable.
  int max_redirects = 5;
  // No copy is used for longer without asking again (2.4).
  std::chrono::seconds lifetime{24 * 60 * 60};
  // After a failure: first_retry, doubling up to max_retry.
  std::chrono::seconds first_retry{5};
  std::chrono::seconds max_retry{5 * 60};
  // Failures in a row after which the URLs that wait are given up.
  int max_attempts = 4;
  // Where there is no server to answer (its name, its port, its certificate),
  // its pages would fare no better: tried as often as those are.
  int connect_attempts = 3;
  std::chrono::seconds first_connect_retry{1};
};

// How one exchange for robots.txt ended.
struct RobotsAnswer {
  ErrorKind error = ErrorKind::kNone;  // transport only, as FetchResult::error
  int status_code = 0;                 // 0: no response
  bool connected = true;               // to the server, whatever came of it
  bool has_target = false;  // the redirect has a Location that is http(s)
  int redirects = 0;        // hops followed so far
  int failures = 0;         // attempts before this one that failed, in a row
  bool has_copy = false;    // rules from an earlier fetch are still at hand
};

enum class RobotsAccess {
  kFollow,       // ask the redirect's target; its answer is for the first host
  kParse,        // the body has the rules
  kAllowAll,     // "unavailable": there are no rules
  kUseCopy,      // "unreachable", but rules fetched earlier still hold
  kDisallowAll,  // "unreachable": nothing may be fetched
};

struct RobotsVerdict {
  RobotsAccess access = RobotsAccess::kDisallowAll;
  // Ask again then: the lifetime of an answer, the pause after a failure.
  std::chrono::seconds ask_again{0};
  // Do not: the host's URLs are skipped, with `reason` and as `error`.
  bool give_up = false;
  ErrorKind error = ErrorKind::kRobots;
  // "robots.txt: status 503"; "" where the rules speak for themselves.
  std::string reason;
};

RobotsVerdict judge_robots(const RobotsAnswer& answer,
                           const RobotsPolicy& policy = {});

}  // namespace crawl

#endif  // CRAWL_FRONTIER_ROBOTS_POLICY_H_
