#ifndef CRAWL_ENGINE_LEDGER_H_
#define CRAWL_ENGINE_LEDGER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/clock.h"
#include "crawl/base/error.h"
#include "crawl/base/sink_position.h"
#include "crawl/base/url.h"
#include "crawl/engine/crawl_observer.h"
#include "crawl/engine/crawl_stats.h"
#include "crawl/fetch/fetch_result.h"
#include "crawl/writer/record.h"
#include "crawl/writer/sink.h"
#include "engine/budget.h"
#include "engine/time_book.h"

namespace crawl {

class StateStore;

// The crawl's book: what every URL leaves is entered here, counted, told to the
// observer and handed to each sink. Keeps the first error of a sink or of the
// state too, which ends the crawl.
//
// One thread, the crawl loop's; all that is referred to must outlive it.
class Ledger {
 public:
  Ledger(std::vector<Sink*> sinks, const BudgetOptions& budget,
         const Clock& clock, CrawlObserver* observer);

  // A URL is finished with, and this is its record; `result` is its last
  // exchange, null if none was made.
  void finish(CrawlRecord record, const FetchResult* result);
  // What was kept of the exchanges of a visit that ends; leaves none.
  void keep(std::vector<std::shared_ptr<const KeptExchange>>& kept);
  // A URL was left out: it is counted and listed, but is no record. What is no
  // URL at all is listed only.
  void leave_out(CrawlRecord record);

  // A URL was asked for once more, which counts nowhere.
  void look_again(const CrawlRecord& record);

  // A sitemap lists a URL, which counts when it comes to its end.
  void listed(std::string_view url, std::string_view sitemap);

  // Tells the sinks how the time went since it last did, if it is time to.
  void tell_slot_times(bool last = false);

  void notice(std::string_view message) {
    if (observer_ != nullptr) observer_->notice(message);
  }
  void errand(const Url& url, const FetchResult& result) {
    if (observer_ != nullptr) observer_->errand(url.href(), result);
  }
  CrawlObserver* observer() const { return observer_; }

  void fail(const Error& error) {
    if (!error_) error_ = error;
  }
  void check(const Result<void>& done) {
    if (!done) fail(done.error());
  }
  const std::optional<Error>& error() const { return error_; }
  // The error came from a sink: the disk is full, say.
  bool sink_failed() const { return sink_failed_; }

  CrawlStats& stats() { return stats_; }
  const CrawlStats& stats() const { return stats_; }
  Budget& budget() { return budget_; }
  const Budget& budget() const { return budget_; }
  std::optional<TimeBook>& times() { return times_; }

  // The totals of a crawl in several runs.
  void save(StateStore& store) const;
  void restore(const StateStore& store);

  // Records leave the process within some time of their making.
  std::optional<Clock::time_point> flush_due() const;
  void flush_if_due(Clock::time_point now);
  // Nothing if one fails.
  std::optional<SinkPositions> sync();
  void close();

  std::uint64_t next_index() const;
  bool closed_by_reader() const;

 private:
  void count(const CrawlRecord& record);
  template <class Do>
  void each(Do act);
  void flush_soon();

  const std::vector<Sink*> sinks_;
  const Clock& clock_;
  CrawlObserver* const observer_;
  CrawlStats stats_;
  Budget budget_;
  std::optional<TimeBook> times_;
  std::optional<Error> error_;
  bool sink_failed_ = false;
  bool unflushed_ = false;
  Clock::time_point flush_due_{};
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_LEDGER_H_
