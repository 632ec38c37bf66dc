#include "crawl/frontier/robots_policy.h"

#include <fmt/format.h>

#include <algorithm>

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
  return {RobotsAccess::kAllowAll, policy.lifetime, false, std::move(reason)};
}

RobotsVerdict unreachable(const RobotsAnswer& answer,
                          const RobotsPolicy& policy) {
  RobotsVerdict verdict;
  verdict.access =
      answer.has_copy ? RobotsAccess::kUseCopy : RobotsAccess::kDisallowAll;
  verdict.reason = what_happened(answer);
  verdict.ask_again = std::min(policy.first_retry, policy.max_retry);
  for (int i = 0; i < answer.failures && verdict.ask_again < policy.max_retry;
       ++i) {
    verdict.ask_again = std::min(verdict.ask_again * 2, policy.max_retry);
  }
  if (!answer.has_copy && answer.failures + 1 >= policy.max_attempts) {
    verdict.give_up = true;
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
    return {RobotsAccess::kParse, policy.lifetime, false, {}};
  }
  if (status >= 300 && status < 400) {
    if (!answer.has_target || answer.redirects >= policy.max_redirects) {
      return unavailable(policy, "robots.txt: its redirects lead nowhere");
    }
    return {RobotsAccess::kFollow, std::chrono::seconds(0), false, {}};
  }
  // "Too Many Requests" says that the server cannot answer now, not that it has
  // no rules.
  if (status >= 400 && status < 500 && status != 429) {
    return unavailable(policy, what_happened(answer));
  }
  return unreachable(answer, policy);
}

}  // namespace crawl
