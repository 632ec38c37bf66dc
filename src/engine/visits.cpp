#include "engine/visits.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "crawl/fetch/retry_policy.h"
#include "engine/private_answer.h"
#include "engine/redirect.h"

namespace crawl {
namespace {

// Waits that a user should hear of, for so many hosts.
constexpr std::chrono::seconds kLongWait{30};
constexpr std::size_t kMaxLongWaits = 1'000;

// Bytes kept of the earlier exchanges of a visit.
constexpr std::size_t kMostHeld = 32 * 1024;

FrontierOptions frontier_options(const CrawlOptions& options,
                                 const Visits::Pacing& pacing) {
  FrontierOptions frontier;
  frontier.per_host = options.per_host > 0 ? options.per_host : options.jobs;
  frontier.rate = options.rate;
  frontier.pace = pacing.pace;
  frontier.private_pace = pacing.private_pace;
  frontier.leaf_pace = options.leaf_pace;
  return frontier;
}

bool asks_to_slow_down(const FetchResult& result) {
  return result.answered() &&
         (result.status_code == 429 || result.status_code == 503);
}

}  // namespace

Visits::Visits(const CrawlOptions& options, const Pacing& pacing,
               Ledger& ledger, const Clock& clock)
    : options_(options),
      pace_by_answers_(pacing.by_answers),
      max_hold_asked_for_(std::chrono::duration_cast<std::chrono::milliseconds>(
          pacing.pace.max_retry_after)),
      ledger_(ledger),
      clock_(clock),
      frontier_(frontier_options(options, pacing), clock),
      robots_(options.product_token,
              static_cast<int>(options.retry.retries) + 1, options.pace,
              frontier_, ledger, clock) {}

std::unique_ptr<Job> Visits::next() {
  if (!at_once_.empty()) {
    std::unique_ptr<Job> job = std::move(at_once_.front());
    at_once_.pop_front();
    return job;
  }
  while (true) {
    for (auto& [owner, jobs] : put_off_) {
      if (!may_take_up(*owner, jobs)) continue;
      frontier_.add_again(std::move(jobs.front()), clock_.now());
      jobs.pop_front();
    }
    std::unique_ptr<Job> job = frontier_.next();
    if (!job) return nullptr;
    if ((!job->begun() || job->stands_back) && !job->owner->may_begin()) {
      frontier_.done(*job);
      auto& jobs = put_off_[job->owner];
      jobs.push_back(std::move(job));
      continue;
    }
    if (std::exchange(job->stands_back, false)) job->owner->goes_on(*job);
    if (job->owner->asks_robots(*job)) {
      RobotsGate::Verdict verdict =
          robots_.judge(job->url, options_.allow_private || job->allow_private);
      if (verdict.access == RobotsGate::Access::kAskFirst) {
        return robots_.ask_for(std::move(job));
      }
      if (verdict.access == RobotsGate::Access::kDisallowed) {
        frontier_.done(*job);
        JobOwner& owner = *job->owner;
        owner.ended(std::move(job), {},
                    {verdict.error, std::move(verdict.reason)});
        continue;
      }
    }
    if (!job->begun()) job->owner->begins(*job);
    return job;
  }
}

FetchRequest Visits::request(const Job& job) const {
  FetchRequest request{.url = job.url};
  secrets_.fill(job.secret, request);
  request.cookies = job.cookies.header_for(job.url, clock_.wall_time());
  request.allow_private = options_.allow_private || job.allow_private;
  request.fresh_connection = job.fresh_connection;
  if (!options_.fetch.keepers.empty()) {
    request.via = job.redirects.empty() ? job.parent : job.redirects.back().url;
    request.hops.assign(
        static_cast<std::size_t>(std::max(job.depth - job.needed, 0)), 'L');
    request.hops.append(static_cast<std::size_t>(job.needed), 'E');
    request.hops.append(job.redirects.size(), 'R');
  }
  job.owner->prepare(job, request);
  return request;
}

std::optional<Clock::time_point> Visits::ready_at() const {
  if (!at_once_.empty()) return clock_.now();
  for (const auto& [owner, jobs] : put_off_) {
    if (may_take_up(*owner, jobs)) return clock_.now();
  }
  return frontier_.ready_at();
}

std::size_t Visits::queued() const {
  std::size_t queued = frontier_.queued() + at_once_.size();
  for (const auto& [owner, jobs] : put_off_) queued += jobs.size();
  return queued;
}

bool Visits::from_private(const FetchResult& result, const Url& url) const {
  return is_private_answer(result, url, options_.fetch);
}

void Visits::answered(std::unique_ptr<Job> job, FetchResult result) {
  job->cookies.take(job->url, result.set_cookies, clock_.wall_time());
  for (auto& kept : result.kept) job->kept.push_back(std::move(kept));
  result.kept.clear();
  // Where robots.txt redirects to, is asked from another host's slot.
  const bool at_its_host = job->owner != &robots_ || job->redirects.empty();
  if (options_.pace_by_address && at_its_host && !result.proxied &&
      !result.remote_ip.empty()) {
    frontier_.is_at(*job, result.remote_ip);
  }
  if (pace_by_answers_ || asks_to_slow_down(result)) {
    note_answer(*job, result, at_its_host);
  }
  if (job->owner == &robots_) {
    const bool is_private = from_private(result, job->url);
    if (auto next =
            robots_.answered(std::move(job), result, is_private, !stopped_)) {
      at_once_.push_back(std::move(next));
    }
    return;
  }
  job->at_private = from_private(result, job->url);
  frontier_.done(*job);
  follow_or_end(std::move(job), std::move(result));
}

// The host's pace goes by how it answers; what it may lead to, by where it is.
void Visits::note_answer(const Job& job, const FetchResult& result,
                         bool at_its_host) {
  if (result.error == ErrorKind::kInterrupted) return;
  PaceAnswer answer;
  answer.started = job.latest_started;
  answer.error = result.error;
  answer.status_code = result.status_code;
  answer.latency = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(result.times.starttransfer));
  answer.retry_after =
      parse_retry_after(result.retry_after, clock_.wall_time());
  answer.random = std::uniform_real_distribution<double>(0, 1)(random_);
  const bool is_private = from_private(result, job.url);
  if (at_its_host) frontier_.answered(job, answer, is_private);
  if (is_private && job.redirects.empty()) job.owner->is_private(job);
}

void Visits::follow_or_end(std::unique_ptr<Job> job, FetchResult result) {
  JobOwner& owner = *job->owner;
  if (result.error == ErrorKind::kInterrupted) {
    return owner.ended(std::move(job), std::move(result), {.cut_short = true});
  }
  RedirectVerdict redirect = judge_redirect(
      result, job->url, job->redirects.size(), options_.max_redirs);
  if (redirect.error != ErrorKind::kNone) {
    return owner.ended(std::move(job), std::move(result),
                       {redirect.error, std::move(redirect.error_message)});
  }
  if (redirect.next && stopped_) {
    return owner.ended(std::move(job), std::move(result),
                       {ErrorKind::kInterrupted,
                        "stopped before the redirect was followed", true});
  }
  if (redirect.next) {
    if (auto refused = owner.refuse_redirect(*job, result, *redirect.next,
                                             from_private(result, job->url))) {
      return owner.ended(std::move(job), std::move(result),
                         *std::move(refused));
    }
    return follow(std::move(job), result, *redirect.next);
  }
  if (!stopped_ && retry(job, result)) return;
  const bool cut_short =
      stopped_ && is_transient(result.error, result.status_code);
  owner.ended(std::move(job), std::move(result), {.cut_short = cut_short});
}

// What is kept of a visit's exchanges waits for its end, so that a kill before
// that takes all of it back; but not if it is large, since many may wait.
void Visits::let_go_of_much(Job& job) {
  std::size_t held = 0;
  for (const auto& kept : job.kept) held += kept->memory();
  if (held > kMostHeld) ledger_.keep(job.kept);
}

void Visits::follow(std::unique_ptr<Job> job, const FetchResult& result,
                    const Url& target) {
  ++ledger_.stats().redirects;
  job->allow_private = job->allow_private && from_private(result, job->url);
  job->transfer_seconds += result.times.total;
  job->redirects.push_back({std::string(job->url.href()), result.status_code,
                            std::string(target.href())});
  job->url = target;
  let_go_of_much(*job);
  frontier_.add_again(std::move(job), clock_.now());
}

bool Visits::retry(std::unique_ptr<Job>& job, const FetchResult& result) {
  RetryOptions rules = options_.retry;
  // Its host is held for as long as that.
  if (asks_to_slow_down(result) && !result.retry_after.empty()) {
    rules.max_wait = std::max(rules.max_wait, max_hold_asked_for_);
  }
  const std::optional<std::chrono::milliseconds> wait = retry_wait(
      rules, {.error = result.error,
              .status_code = result.status_code,
              .attempt = job->attempts,
              .retry_after = result.retry_after,
              .now = clock_.wall_time(),
              .random = std::uniform_real_distribution<double>(0, 1)(random_)});
  if (!wait) return false;
  ++job->attempts;
  job->attempt_begins = true;
  // The earlier one's connection may have been at fault.
  job->fresh_connection =
      result.error != ErrorKind::kNone || result.status_code == 408;
  job->transfer_seconds += result.times.total;
  tell_of_wait(*job, result, *wait);
  let_go_of_much(*job);
  if (*wait >= kLongWait) {
    job->stands_back = true;
    job->owner->stands_back(*job);
  }
  frontier_.add_again(std::move(job), clock_.now() + *wait);
  return true;
}

void Visits::tell_of_wait(const Job& job, const FetchResult& result,
                          std::chrono::milliseconds wait) {
  if (ledger_.observer() == nullptr) return;
  ledger_.observer()->retrying(job.url.href(), result, job.attempts, wait);
  if (wait >= kLongWait && !result.retry_after.empty() &&
      long_waits_.size() < kMaxLongWaits &&
      long_waits_.insert(job.url.host_key()).second) {
    ledger_.notice(fmt::format(
        "{} asks to be left alone (Retry-After); its URLs wait for {} s",
        job.url.host_key(),
        std::chrono::duration_cast<std::chrono::seconds>(wait).count()));
  }
}

}  // namespace crawl
