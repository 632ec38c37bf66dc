#include "engine/robots_gate.h"

#include <fmt/format.h>

#include <utility>

#include "fetch/http/header_links.h"

namespace crawl {
namespace {

bool is_redirect(const FetchResult& result) {
  return result.answered() && result.status_code >= 300 &&
         result.status_code < 400 && !result.location.empty();
}

// Of a file that is there, all must have come: half of the rules may allow what
// the other half does not. Any other status says all there is to say by itself.
ErrorKind error_that_counts(const FetchResult& result) {
  const bool has_rules = result.status_code >= 200 && result.status_code < 300;
  return result.answered() && !has_rules ? ErrorKind::kNone : result.error;
}

}  // namespace

RobotsGate::RobotsGate(std::string product_token, std::size_t max_bytes,
                       const RobotsPolicy& policy)
    : product_token_(std::move(product_token)),
      max_bytes_(max_bytes),
      policy_(policy) {}

RobotsGate::Verdict RobotsGate::judge(const Url& url, bool allow_private,
                                      Clock::time_point now) const {
  const auto found = by_key_.find(url.host_key());
  if (found == by_key_.end()) return {Access::kAskFirst, ""};
  const Host& host = *found->second;
  if (!host.known || host.expires <= now) return {Access::kAskFirst, ""};
  hosts_.splice(hosts_.begin(), hosts_, found->second);
  if (host.blocked) {
    if (allow_private) return {Access::kAskFirst, ""};
    return {Access::kDisallowed, host.reason, ErrorKind::kBlockedAddress};
  }
  if (host.disallow_all) {
    return {Access::kDisallowed, host.reason, host.error};
  }
  const RobotsDecision decision = host.rules.decide(url.path_and_query());
  if (decision.allowed) return {};
  return {Access::kDisallowed,
          fmt::format("robots.txt {}", to_string(decision)),
          ErrorKind::kRobots};
}

Url RobotsGate::robots_url(const Url& url) {
  return *url.without_credentials().resolve("/robots.txt");
}

RobotsGate::Outcome RobotsGate::answered(const std::string& host_key,
                                         const Url& asked, int redirects,
                                         const FetchResult& result,
                                         Clock::time_point now) {
  if (const auto found = by_key_.find(host_key); found != by_key_.end()) {
    hosts_.splice(hosts_.begin(), hosts_, found->second);
  } else {
    hosts_.emplace_front().key = host_key;
    by_key_.emplace(hosts_.front().key, hosts_.begin());
  }
  Outcome outcome = answered(hosts_.front(), asked, redirects, result, now);
  count(hosts_.front());
  return outcome;
}

RobotsGate::Outcome RobotsGate::answered(Host& host, const Url& asked,
                                         int redirects,
                                         const FetchResult& result,
                                         Clock::time_point now) const {
  // Where its robots.txt may not be asked for, neither may its pages.
  if (result.error == ErrorKind::kBlockedAddress && redirects == 0) {
    host.rules = {};
    host.disallow_all = false;
    host.failures = 0;
    host.known = host.blocked = true;
    host.reason = result.error_message;
    host.expires = now + policy_.lifetime;
    return {};
  }
  host.blocked = false;

  std::optional<Url> target;
  if (is_redirect(result)) target = resolve_header_url(asked, result.location);
  if (target && !target->is_http()) target.reset();

  const RobotsVerdict verdict =
      judge_robots({.error = error_that_counts(result),
                    .status_code = result.status_code,
                    .connected = !result.remote_ip.empty(),
                    .has_target = target.has_value(),
                    .redirects = redirects,
                    .failures = host.failures,
                    .has_copy = host.known && !host.disallow_all},
                   policy_);

  Outcome outcome;
  if (verdict.access == RobotsAccess::kFollow) {
    outcome.follow = std::move(target);
    return outcome;
  }
  host.expires = now + verdict.ask_again;
  host.error = verdict.error;
  host.reason = verdict.error == ErrorKind::kRobots ? verdict.reason
                                                    : result.error_message;
  switch (verdict.access) {
    case RobotsAccess::kFollow:
      break;
    case RobotsAccess::kParse:
      host.rules = RobotsRules::parse(result.body, product_token_,
                                      {.truncated = result.truncated});
      outcome.crawl_delay = host.rules.crawl_delay();
      outcome.sitemaps = host.rules.take_sitemaps();
      [[fallthrough]];
    case RobotsAccess::kAllowAll:
      if (verdict.access == RobotsAccess::kAllowAll) host.rules = {};
      host.known = true;
      host.disallow_all = false;
      host.failures = 0;
      break;
    case RobotsAccess::kUseCopy:
      outcome.crawl_delay = host.rules.crawl_delay();
      ++host.failures;
      break;
    case RobotsAccess::kDisallowAll:
      ++host.failures;
      host.known = verdict.give_up;
      host.disallow_all = true;
      if (!verdict.give_up) outcome.hold_until = host.expires;
      break;
  }
  return outcome;
}

void RobotsGate::count(Host& host) {
  constexpr std::size_t kNodes = 96;  // of the list and the map
  bytes_ -= host.bytes;
  host.bytes = sizeof(Host) + kNodes + host.key.capacity() +
               host.reason.capacity() + host.rules.memory_use();
  bytes_ += host.bytes;
  // The one that was just answered stays, whatever its size.
  while (bytes_ > max_bytes_ && hosts_.size() > 1) {
    bytes_ -= hosts_.back().bytes;
    by_key_.erase(hosts_.back().key);
    hosts_.pop_back();
  }
}

}  // namespace crawl
