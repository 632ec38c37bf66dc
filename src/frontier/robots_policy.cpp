#include "crawl/frontier/robots_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace crawl {
namespace {

std::string what_happened(const RobotsAnswer& answer) {
  if (answer.error != ErrorKind::kNone) {
    return fmt::format("robots.txt: no answer ({})", to_string(answer.error));
  }
  if (answer.status_code == 0) return "robots.txt: no answer";
  return fmt::format("robots.txt: status {}", answer.status_code);
}

RobotsVerdict unavailable(const RobotsPolicy& policy, std::string reason) {
  RobotsVerdict verdict;
  verdict.access = RobotsAccess::kAllowAll;
  verdict.ask_again = policy.lifetime;
  verdict.reason = std::move(reason);
  return verdict;
}

// first, doubled with each failure.
std::chrono::seconds pause(std::chrono::seconds first, int failures,
                           std::chrono::seconds most) {
  for (int i = 0; i < failures && first < most; ++i) first *= 2;
  return std::min(first, most);
}

RobotsVerdict unreachable(const RobotsAnswer& answer,
                          const RobotsPolicy& policy) {
  RobotsVerdict verdict;
  verdict.access =
      answer.has_copy ? RobotsAccess::kUseCopy : RobotsAccess::kDisallowAll;
  verdict.reason = what_happened(answer);
  const bool silent = answer.error == ErrorKind::kTimeout && !answer.connected;
  const bool no_server =
      answer.redirects == 0 &&
      (answer.error == ErrorKind::kDns || answer.error == ErrorKind::kConnect ||
       answer.error == ErrorKind::kTls ||
       answer.error == ErrorKind::kTlsChain || silent);
  verdict.ask_again =
      pause(no_server ? policy.first_connect_retry : policy.first_retry,
            answer.failures, policy.max_retry);
  if (answer.has_copy) return verdict;
  // Only a connection may come about a moment later.
  const int attempts = !no_server ? policy.max_attempts
                       : answer.error == ErrorKind::kConnect || silent
                           ? policy.connect_attempts
                           : 1;
  if (answer.failures + 1 < attempts) return verdict;
  verdict.give_up = true;
  if (no_server) {
    verdict.error = answer.error;
    verdict.ask_again = policy.max_retry;
  } else {
    verdict.reason += fmt::format(", {} times", answer.failures + 1);
  }
  return verdict;
}

}  // namespace

RobotsVerdict judge_robots(const RobotsAnswer& answer,
                           const RobotsPolicy& policy) {
  const int status = answer.status_code;
  if (answer.error == ErrorKind::kTooManyRedirects ||
      answer.error == ErrorKind::kRedirect) {
    return unavailable(policy, "robots.txt: its redirects lead nowhere");
  }
  if (answer.error != ErrorKind::kNone) return unreachable(answer, policy);
  if (status >= 200 && status < 300) {
    return {.access = RobotsAccess::kParse,
            .ask_again = policy.lifetime,
            .reason = {}};
  }
  if (status >= 300 && status < 400) {
    if (!answer.has_target || answer.redirects >= policy.max_redirects) {
      return unavailable(policy, "robots.txt: its redirects lead nowhere");
    }
    return {.access = RobotsAccess::kFollow, .reason = {}};
  }
  // "Too Many Requests" says that the server cannot answer now, not that it has
  // no rules.
  if (status >= 400 && status < 500 && status != 429) {
    return unavailable(policy, what_happened(answer));
  }
  return unreachable(answer, policy);
}

}  // namespace crawl
