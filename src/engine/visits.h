#ifndef CRAWL_ENGINE_VISITS_H_
#define CRAWL_ENGINE_VISITS_H_

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_set>

#include "crawl/base/clock.h"
#include "crawl/engine/crawl_options.h"
#include "crawl/frontier/frontier.h"
#include "engine/job_owner.h"
#include "engine/ledger.h"
#include "engine/robots_errand.h"
#include "engine/secrets.h"

namespace crawl {

// The visits that URLs of the web need, each at its host's pace: robots.txt
// first where it has a say, redirects followed, what failed for the moment
// tried again. What they are for, their owners know (JobOwner).
//
// Agendas of the web have one. The crawl loop's thread; all that is referred to
// must outlive it.
class Visits {
 public:
  struct Pacing {
    // Every answer tells how a host is doing; else only its pauses count.
    bool by_answers = true;
    PaceOptions pace;
    PaceOptions private_pace;
  };

  Visits(const CrawlOptions& options, const Pacing& pacing, Ledger& ledger,
         const Clock& clock);

  Secrets& secrets() { return secrets_; }
  RobotsErrand& robots() { return robots_; }
  Frontier& frontier() { return frontier_; }
  const Frontier& frontier() const { return frontier_; }

  // Queues a visit to `job->url` for `job->owner`.
  void add(std::unique_ptr<Job> job) { frontier_.add(std::move(job)); }

  // As of Agenda.
  std::unique_ptr<Job> next();
  FetchRequest request(const Job& job) const;
  void answered(std::unique_ptr<Job> job, FetchResult result);
  // The job, which its owner had meanwhile, follows the redirect of `result`.
  void follow(std::unique_ptr<Job> job, const FetchResult& result,
              const Url& target);
  std::optional<Clock::time_point> ready_at() const;

  // Whether it came from a private address, and so may lead to others.
  bool from_private(const FetchResult& result, const Url& url) const;

  // What comes from now on ends the visit it is for.
  void stop() { stopped_ = true; }

  // Visits that wait for an exchange; supply(): but for those whose hosts may
  // not be contacted for a while.
  std::size_t supply() {
    return queued() - frontier_.queued() + frontier_.supply();
  }
  std::size_t queued() const;
  bool finished() const { return queued() == 0 && frontier_.finished(); }

 private:
  bool may_take_up(JobOwner& owner,
                   const std::deque<std::unique_ptr<Job>>& jobs) const {
    return !jobs.empty() && owner.may_begin();
  }
  void note_answer(const Job& job, const FetchResult& result, bool at_its_host);
  void follow_or_end(std::unique_ptr<Job> job, FetchResult result);
  void let_go_of_much(Job& job);
  bool retry(std::unique_ptr<Job>& job, const FetchResult& result);
  void tell_of_wait(const Job& job, const FetchResult& result,
                    std::chrono::milliseconds wait);

  const CrawlOptions& options_;
  const bool pace_by_answers_;
  const std::chrono::milliseconds max_hold_asked_for_;  // by Retry-After
  Ledger& ledger_;
  const Clock& clock_;
  Frontier frontier_;
  RobotsErrand robots_;
  Secrets secrets_;
  bool stopped_ = false;

  // Asked from a slot that is held already.
  std::deque<std::unique_ptr<Job>> at_once_;
  // Handed out by the frontier while their owners let none begin.
  std::map<JobOwner*, std::deque<std::unique_ptr<Job>>> put_off_;
  std::unordered_set<std::string> long_waits_;  // hosts it was said of
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_VISITS_H_
