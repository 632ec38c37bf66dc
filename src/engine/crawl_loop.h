#ifndef CRAWL_ENGINE_CRAWL_LOOP_H_
#define CRAWL_ENGINE_CRAWL_LOOP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "crawl/base/clock.h"
#include "crawl/fetch/fetcher.h"
#include "engine/agenda.h"
#include "engine/ledger.h"

namespace crawl {

// The one loop behind every crawl: while not finished, start what the agenda
// has up to the limit, wait, hand each result back. It heeds Ctrl-C, budgets
// and the times of flushes and commits, and knows nothing of what it crawls or
// of where that goes.
//
// run() is called once; its thread owns all of the parts, which must outlive
// the loop.
class CrawlLoop {
 public:
  // `jobs`: exchanges in flight, at most.
  CrawlLoop(std::size_t jobs, Fetcher& fetcher, Ledger& ledger,
            const Clock& clock);

  // To the end, or until stopped; the totals are in the ledger. Fails only if
  // the agenda or a sink does.
  Result<void> run(Agenda& agenda);

  // First call: what is in flight is finished, nothing new begins. Second: what
  // is in flight is given up too. Any thread.
  void request_stop();

 private:
  std::size_t in_flight() const { return flights_.size() - free_.size(); }
  void settle();
  void stop();
  void abort();
  void heed_stop_requests();
  void heed_budget(Clock::time_point now);
  void start_ready();
  void launch(std::unique_ptr<Job> job);
  void wait();
  void handle(FetchResult result);
  void report_progress(Clock::time_point now);
  void commit();

  const std::size_t jobs_;
  Fetcher& fetcher_;
  Ledger& ledger_;
  const Clock& clock_;
  Agenda* agenda_ = nullptr;  // during run()

  std::atomic<int> stop_requests_{0};
  bool stopped_ = false;
  bool aborted_ = false;
  std::optional<Clock::time_point> give_up_at_;  // what is in flight

  // Jobs in flight by request id, and the ids free for the next ones.
  std::vector<std::unique_ptr<Job>> flights_;
  std::vector<std::uint64_t> free_;
  std::vector<FetchResult> results_;

  Clock::time_point started_{};
  Clock::time_point progress_due_{};
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_CRAWL_LOOP_H_
