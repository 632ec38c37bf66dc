#ifndef CRAWL_ENGINE_ARCHIVE_AGENDA_H_
#define CRAWL_ENGINE_ARCHIVE_AGENDA_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "crawl/base/clock.h"
#include "crawl/engine/crawl_options.h"
#include "crawl/frontier/scope.h"
#include "engine/agenda.h"
#include "engine/ledger.h"
#include "engine/replayed.h"
#include "engine/unique_urls.h"

namespace crawl {

// Archives that are read again: every response in them leaves the record that
// it would have left when it was fetched, in the order of the files. What
// cannot be read leaves a record that says where.
//
// Nothing is fetched. The files are read and unpacked by a thread of their own,
// their pages by the workers, a bounded part at a time. The crawl loop's
// thread; all that is referred to must outlive it.
class ArchiveAgenda final : public Agenda {
 public:
  // `wake`, called from any thread, makes the loop call take_in() soon.
  // `unique` knows what came before.
  ArchiveAgenda(const CrawlOptions& options, UniqueUrls& unique, Ledger& ledger,
                const Clock& clock, std::function<void()> wake);
  ~ArchiveAgenda() override;

  Result<void> open() override;
  void take_in() override;
  std::unique_ptr<Job> next() override { return nullptr; }
  FetchRequest request(const Job& job) override { return {.url = job.url}; }
  void answered(std::unique_ptr<Job> /*job*/, FetchResult /*r*/) override {}
  std::optional<Clock::time_point> wake_at(bool slots_free) const override;
  bool finished() const override;
  void stop() override;
  SlotUse idle_use() const override;
  void count(CrawlStats& stats) const override;
  std::uint64_t records() const { return index_; }  // so far

 private:
  void add(Replayed read);

  const CrawlOptions& options_;
  UniqueUrls& unique_;
  Ledger& ledger_;
  const Clock& clock_;
  std::optional<Scope> filter_;
  std::uint64_t index_ = 0;
  bool more_ = false;  // to be taken in, in the next turn
  bool ended_ = false;
  std::unique_ptr<ArchiveReplay> replay_;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_ARCHIVE_AGENDA_H_
