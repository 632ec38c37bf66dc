#ifndef CRAWL_ENGINE_LIST_AGENDA_H_
#define CRAWL_ENGINE_LIST_AGENDA_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crawl/base/clock.h"
#include "crawl/engine/crawl_options.h"
#include "crawl/frontier/scope.h"
#include "crawl/frontier/state_store.h"
#include "engine/agenda.h"
#include "engine/commit_timer.h"
#include "engine/intake.h"
#include "engine/job_owner.h"
#include "engine/ledger.h"
#include "engine/lines_done.h"
#include "engine/unique_urls.h"
#include "engine/visits.h"

namespace crawl {

// A list: every line is visited and leaves exactly one record.
//
// Lines are read a little ahead of their visits, however long the list is. With
// a store, the list is gone on with where it was left, from its first line on:
// those that have their record are passed over. The crawl loop's thread; all
// that is referred to must outlive it.
class ListAgenda final : public Agenda, private JobOwner {
 public:
  // `store`: the list can be gone on with; null if not. `unique` knows what
  // came before; `first`: the number of the first line's record, 0 with a
  // store.
  ListAgenda(const CrawlOptions& options, StateStore* store, SeedSource& seeds,
             UniqueUrls& unique, Ledger& ledger, const Clock& clock,
             std::uint64_t first = 0);

  Result<void> open() override;
  void take_in() override;
  std::unique_ptr<Job> next() override;
  FetchRequest request(const Job& job) override { return visits_.request(job); }
  void answered(std::unique_ptr<Job> job, FetchResult result) override {
    visits_.answered(std::move(job), std::move(result));
  }
  std::optional<Clock::time_point> wake_at(bool slots_free) const override;
  bool finished() const override;
  void stop() override { visits_.stop(); }
  SlotUse idle_use() const override;
  void count(CrawlStats& stats) const override;
  bool commits() const override { return store_ != nullptr; }
  std::optional<Clock::time_point> commit_due() const override {
    return commits_.due();
  }
  Result<void> commit(const SinkPositions& positions) override;

 private:
  // Why take_in() left off.
  enum class Pause : std::uint8_t {
    kInput,    // nothing more has come
    kTurn,     // enough for one turn
    kOrder,    // records in order wait for an earlier line
    kQueue,    // enough waits
    kNothing,  // the crawl ends
  };
  Pause read_lines();
  void add(Intake::Line line);
  void refuse(Intake::Line& line, std::string_view url, ErrorKind error,
              std::string reason);
  void done(std::uint64_t index);

  bool may_begin() const override { return ledger_.budget().may_begin_page(); }
  void stands_back(const Job& /*job*/) override {
    ledger_.budget().page_ends();
  }
  void goes_on(const Job& /*job*/) override { ledger_.budget().page_begins(); }
  void begins(const Job& /*job*/) override { ledger_.budget().page_begins(); }
  bool asks_robots(const Job& job) const override;
  void prepare(const Job& /*job*/, FetchRequest& request) const override {
    request.head = options_.head;
  }
  void ended(std::unique_ptr<Job> job, FetchResult result,
             Ending ending) override;

  const CrawlOptions& options_;
  StateStore* const store_;
  Ledger& ledger_;
  const Clock& clock_;
  Visits visits_;
  Intake intake_;
  Pause pause_ = Pause::kTurn;
  bool starved_ = false;  // slots are empty, and what is queued has to wait
  UniqueUrls& unique_;
  std::optional<Scope> filter_;

  LinesDone lines_done_;
  std::uint64_t fresh_ = 0;  // lines that no earlier run had done
  std::uint64_t left_ = 0;   // cut short: for the next run
  CommitTimer commits_;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_LIST_AGENDA_H_
