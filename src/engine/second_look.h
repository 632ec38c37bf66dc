#ifndef CRAWL_ENGINE_SECOND_LOOK_H_
#define CRAWL_ENGINE_SECOND_LOOK_H_

#include <memory>
#include <optional>

#include "crawl/engine/crawl_options.h"
#include "engine/job_owner.h"
#include "engine/ledger.h"
#include "engine/link_policy.h"
#include "engine/visits.h"

namespace crawl {

// Fetches pages of which a link wants to know more than was seen of them: their
// targets, after HEAD had to do, or their text. They have their records
// already, or will; this goes to Ledger::look_again().
//
// The crawl loop's thread; all that is referred to must outlive it.
class SecondLook final : private JobOwner {
 public:
  SecondLook(const CrawlOptions& options, Visits& visits, Ledger& ledger)
      : options_(options), visits_(visits), ledger_(ledger) {}

  void begin(LinkPolicy::Look look);

 private:
  bool asks_robots(const Job& job) const override {
    return asks_robots_of(options_, job.url);
  }
  void prepare(const Job& job, FetchRequest& request) const override;
  void ended(std::unique_ptr<Job> job, FetchResult result,
             Ending ending) override;

  const CrawlOptions& options_;
  Visits& visits_;
  Ledger& ledger_;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_SECOND_LOOK_H_
