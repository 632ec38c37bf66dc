#ifndef CRAWL_ENGINE_ROBOTS_ERRAND_H_
#define CRAWL_ENGINE_ROBOTS_ERRAND_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crawl/base/clock.h"
#include "crawl/frontier/frontier.h"
#include "crawl/frontier/politeness.h"
#include "crawl/frontier/state_store.h"
#include "engine/job_owner.h"
#include "engine/ledger.h"
#include "engine/robots_gate.h"

namespace crawl {

// Asks the hosts' robots.txt, each once however many URLs wait for it, and
// judges URLs by them: RFC 9309. The host is held in the frontier meanwhile,
// and the question takes the slot of the job that led to it.
//
// The crawl loop's thread; all that is referred to must outlive it.
class RobotsErrand final : public JobOwner {
 public:
  // Told which sitemaps a robots.txt names, as written there.
  using OnSitemaps = std::function<void(
      const Job& robots, std::vector<std::string> named, bool allow_private)>;

  // `connect_attempts`: how often a page of a host without a server is tried.
  RobotsErrand(std::string product_token, int connect_attempts,
               const PaceOptions& pace, Frontier& frontier, Ledger& ledger,
               const Clock& clock);
  void on_sitemaps(OnSitemaps told) { on_sitemaps_ = std::move(told); }

  // Told of every answer that stands, and told one that another process had so
  // long ago.
  using OnAnswer = std::function<void(const KeptRobots& answer)>;
  void on_answer(OnAnswer told) { on_answer_ = std::move(told); }
  void take_over(KeptRobots answer, std::chrono::nanoseconds ago);

  RobotsGate::Verdict judge(const Url& url, bool allow_private) const {
    return gate_.judge(url, allow_private, clock_.now());
  }

  // After kAskFirst: puts `job`, which the frontier handed out, back and gives
  // the question in its place.
  std::unique_ptr<Job> ask_for(std::unique_ptr<Job> job);

  void prepare(const Job& job, FetchRequest& request) const override;

  // The answer to a question. If it leads on, and `may_follow`, the next
  // question, to be made at once; `from_private`: it came from such an address.
  std::unique_ptr<Job> answered(std::unique_ptr<Job> question,
                                const FetchResult& result, bool from_private,
                                bool may_follow);

  // Never called: answered() is.
  void ended(std::unique_ptr<Job> /*job*/, FetchResult /*result*/,
             Ending /*ending*/) override {}

 private:
  const PaceOptions pace_;
  Frontier& frontier_;
  Ledger& ledger_;
  const Clock& clock_;
  OnSitemaps on_sitemaps_;
  OnAnswer on_answer_;
  RobotsGate gate_;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_ROBOTS_ERRAND_H_
