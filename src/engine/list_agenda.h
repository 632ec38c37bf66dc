#ifndef CRAWL_ENGINE_LIST_AGENDA_H_
#define CRAWL_ENGINE_LIST_AGENDA_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_set>

#include "crawl/base/clock.h"
#include "crawl/base/fingerprint.h"
#include "crawl/engine/crawl_options.h"
#include "engine/agenda.h"
#include "engine/intake.h"
#include "engine/job_owner.h"
#include "engine/ledger.h"
#include "engine/visits.h"

namespace crawl {

// A list: every line is visited and leaves exactly one record.
//
// Lines are read a little ahead of their visits, however long the list is. The
// crawl loop's thread; all that is referred to must outlive it.
class ListAgenda final : public Agenda, private JobOwner {
 public:
  ListAgenda(const CrawlOptions& options, SeedSource& seeds, Ledger& ledger,
             const Clock& clock);

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

  bool may_begin() const override { return ledger_.budget().may_begin_page(); }
  void begins(const Job& /*job*/) override { ledger_.budget().page_begins(); }
  bool asks_robots(const Job& job) const override;
  void ended(std::unique_ptr<Job> job, FetchResult result,
             Ending ending) override;

  const CrawlOptions& options_;
  Ledger& ledger_;
  const Clock& clock_;
  Visits visits_;
  Intake intake_;
  Pause pause_ = Pause::kTurn;
  bool starved_ = false;  // slots are empty, and what is queued has to wait
  std::unordered_set<Fingerprint> seen_;  // with --unique
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_LIST_AGENDA_H_
