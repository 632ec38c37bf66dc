#include "engine/robots_errand.h"

#include <fmt/format.h>

#include <utility>

#include "crawl/parse/robots.h"

namespace crawl {
namespace {

// No more of it needs to be read (RFC 9309 section 2.5).
constexpr std::uint64_t kRobotsBody = kRobotsMinBytes + 1;

}  // namespace

RobotsErrand::RobotsErrand(std::string product_token, int connect_attempts,
                           const PaceOptions& pace, Frontier& frontier,
                           Ledger& ledger, const Clock& clock)
    : pace_(pace),
      frontier_(frontier),
      ledger_(ledger),
      clock_(clock),
      gate_(std::move(product_token), RobotsGate::kMaxBytes,
            {.connect_attempts = connect_attempts}) {}

std::unique_ptr<Job> RobotsErrand::ask_for(std::unique_ptr<Job> job) {
  auto question =
      std::make_unique<Job>(0, "", RobotsGate::robots_url(job->url));
  question->owner = this;
  question->host = job->host;
  question->parent = job->url.host_key();
  question->allow_private = job->allow_private;
  question->secret = job->secret;
  frontier_.hold_host(*job);
  frontier_.add_again(std::move(job), clock_.now());
  return question;
}

void RobotsErrand::take_over(KeptRobots answer, std::chrono::nanoseconds ago) {
  const std::optional<Url> origin = Url::parse(answer.host_key);
  if (!origin || !origin->is_http()) return;
  FetchResult result;
  result.status_code = answer.status_code;
  result.truncated = answer.truncated;
  result.body = std::move(answer.body);
  gate_.answered(answer.host_key, RobotsGate::robots_url(*origin), 0, result,
                 clock_.now() - ago);
}

void RobotsErrand::prepare(const Job& job, FetchRequest& request) const {
  request.parse_page = false;
  request.keep_body = true;
  request.max_body = kRobotsBody;
  // It has no page above it, only a host.
  if (job.redirects.empty()) request.via.clear();
  request.hops.insert(0, "P");
}

std::unique_ptr<Job> RobotsErrand::answered(std::unique_ptr<Job> question,
                                            const FetchResult& result,
                                            bool from_private,
                                            bool may_follow) {
  Job& job = *question;
  const std::string& host = job.parent;
  if (result.error == ErrorKind::kInterrupted) {
    frontier_.done(job);
    return nullptr;
  }
  ledger_.errand(job.url, result);
  RobotsGate::Outcome outcome =
      gate_.answered(host, job.url, static_cast<int>(job.redirects.size()),
                     result, clock_.now());
  if (outcome.follow && may_follow) {
    // Asked from the first host's slot: waiting for one at the target could be
    // waiting for a host that waits for this one.
    job.redirects.push_back({std::string(job.url.href()), result.status_code,
                             std::string(outcome.follow->href())});
    job.allow_private = job.allow_private && from_private;
    job.url = *std::move(outcome.follow);
    return question;
  }
  ledger_.keep(job.kept);
  if (on_answer_ && !outcome.follow && !outcome.hold_until &&
      result.answered() && result.error == ErrorKind::kNone) {
    on_answer_({host, result.status_code, result.truncated, result.body});
  }
  if (outcome.hold_until) {
    ledger_.notice(fmt::format(
        "{}: robots.txt cannot be had ({}); the host waits for it", host,
        result.error == ErrorKind::kNone
            ? fmt::format("HTTP status {}", result.status_code)
            : std::string(to_string(result.error))));
    frontier_.hold_until(job, *outcome.hold_until);
  }
  if (!frontier_.set_crawl_delay(job, outcome.crawl_delay)) {
    ledger_.notice(fmt::format(
        "{}: Crawl-delay of {} s is cut to {} s", host,
        std::chrono::duration<double>(*outcome.crawl_delay).count(),
        std::chrono::duration<double>(pace_.max_crawl_delay).count()));
  }
  frontier_.done(job);
  frontier_.release_host(host);
  if (on_sitemaps_) {
    on_sitemaps_(job, std::move(outcome.sitemaps),
                 job.allow_private && from_private);
  }
  return nullptr;
}

}  // namespace crawl
