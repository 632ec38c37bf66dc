#ifndef CRAWL_ENGINE_ARCHIVES_AND_LISTS_H_
#define CRAWL_ENGINE_ARCHIVES_AND_LISTS_H_

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "engine/agenda.h"
#include "engine/archive_agenda.h"
#include "engine/ledger.h"

namespace crawl {

// Archives and lists in one crawl: when the archives have been read, the lists
// are fetched, and their records are numbered on.
class ArchivesAndLists final : public Agenda {
 public:
  // `lists` makes the agenda of the lists, whose first record has this number.
  using MakeLists = std::function<std::unique_ptr<Agenda>(std::uint64_t first)>;
  ArchivesAndLists(std::unique_ptr<ArchiveAgenda> archives, MakeLists lists,
                   Ledger& ledger, const Clock& clock)
      : archives_(std::move(archives)),
        make_lists_(std::move(lists)),
        ledger_(ledger),
        clock_(clock) {}

  Result<void> open() override { return archives_->open(); }
  void take_in() override {
    current().take_in();
    if (lists_ || !archives_->finished()) return;
    lists_ = make_lists_(archives_->records());
    ledger_.check(lists_->open());
    lists_->take_in();
  }
  std::unique_ptr<Job> next() override { return current().next(); }
  FetchRequest request(const Job& job) override {
    return current().request(job);
  }
  void answered(std::unique_ptr<Job> job, FetchResult result) override {
    current().answered(std::move(job), std::move(result));
  }
  std::optional<Clock::time_point> wake_at(bool slots_free) const override {
    return !lists_ && archives_->finished() ? clock_.now()
                                            : current().wake_at(slots_free);
  }
  bool finished() const override { return lists_ && lists_->finished(); }
  void stop() override { current().stop(); }
  SlotUse idle_use() const override { return current().idle_use(); }
  void count(CrawlStats& stats) const override {
    archives_->count(stats);
    if (!lists_) return;
    lists_->count(stats);
    stats.admitted += archives_->records();
  }

 private:
  Agenda& current() { return lists_ ? *lists_ : *archives_; }
  const Agenda& current() const { return lists_ ? *lists_ : *archives_; }

  const std::unique_ptr<ArchiveAgenda> archives_;
  const MakeLists make_lists_;
  Ledger& ledger_;
  const Clock& clock_;
  std::unique_ptr<Agenda> lists_;  // from the archives' end on
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_ARCHIVES_AND_LISTS_H_
