#ifndef CRAWL_ENGINE_AGENDA_H_
#define CRAWL_ENGINE_AGENDA_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "crawl/base/clock.h"
#include "crawl/base/error.h"
#include "crawl/base/sink_position.h"
#include "crawl/engine/crawl_stats.h"
#include "crawl/fetch/fetch_result.h"
#include "crawl/frontier/job.h"

namespace crawl {

// What is to be fetched, when, and what became of it: one implementation for
// each kind of crawl. The crawl loop asks it for jobs, makes their exchanges
// and brings back each result; the records that come of it are the agenda's to
// hand to the Ledger.
//
// One thread, the crawl loop's. None of its calls blocks.
class Agenda {
 public:
  virtual ~Agenda() = default;

  // Before all else, once.
  virtual Result<void> open() { return {}; }

  // A turn of the loop begins: takes in what has come by itself.
  virtual void take_in() {}

  // An exchange to be made now; null if there is none at the moment.
  virtual std::unique_ptr<Job> next() = 0;

  // The exchange that a job of next() asks for; FetchRequest::id is the loop's.
  virtual FetchRequest request(const Job& job) = 0;

  // What came of it.
  virtual void answered(std::unique_ptr<Job> job, FetchResult result) = 0;

  // When a turn has something to do without any result; `slots_free`: next()
  // would be asked.
  virtual std::optional<Clock::time_point> wake_at(bool slots_free) const = 0;

  // All is done: nothing is left to ask for, and nothing that is still in
  // flight matters. The loop gives that up.
  virtual bool finished() const = 0;

  // Nothing new is begun: next() gives nothing from now on.
  virtual void stop() = 0;

  // Why slots are empty now.
  virtual SlotUse idle_use() const = 0;

  // Fills in what only the agenda knows: admitted, queued, and left as it would
  // be if the crawl ended here.
  virtual void count(CrawlStats& stats) const = 0;

  // Whether it outlives the process. If so, when what happened since the last
  // commit should be made lasting; nothing if there is nothing.
  virtual bool commits() const { return false; }
  virtual std::optional<Clock::time_point> commit_due() const {
    return std::nullopt;
  }
  // Makes it lasting, together with the sinks' positions, which hold it all.
  virtual Result<void> commit(const SinkPositions& /*positions*/) { return {}; }
  // After a commit with nothing in flight any more: it has been made lasting.
  // True if that brought more to commit. May wait.
  virtual Result<bool> settle() { return false; }
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_AGENDA_H_
