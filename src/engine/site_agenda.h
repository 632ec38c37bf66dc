#ifndef CRAWL_ENGINE_SITE_AGENDA_H_
#define CRAWL_ENGINE_SITE_AGENDA_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "crawl/base/clock.h"
#include "crawl/engine/crawl_options.h"
#include "crawl/frontier/state_store.h"
#include "engine/agenda.h"
#include "engine/commit_timer.h"
#include "engine/intake.h"
#include "engine/job_owner.h"
#include "engine/ledger.h"
#include "engine/second_look.h"
#include "engine/site_queue.h"
#include "engine/sitemap_errand.h"
#include "engine/visits.h"

namespace crawl {

// Whole sites: the seeds, and what their pages and sitemaps lead to, each URL
// once; kept in a StateStore, so that it goes on after a stop or a kill.
//
// The crawl loop's thread; all that is referred to must outlive it.
class SiteAgenda final : public Agenda, private JobOwner {
 public:
  // `wake`, called from any thread, begins a turn of the loop soon.
  SiteAgenda(const CrawlOptions& options, StateStore& store, SeedSource& seeds,
             Ledger& ledger, const Clock& clock, std::function<void()> wake);
  ~SiteAgenda() override { store_.use_paces(nullptr); }

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
  bool commits() const override { return true; }
  std::optional<Clock::time_point> commit_due() const override {
    return store_.is_shared() ? store_.commit_due() : commits_.due();
  }
  Result<void> commit(const SinkPositions& positions) override;
  Result<bool> settle() override;

 private:
  void read_seeds();
  void add_seed(Intake::Line line);
  void add_first_sitemaps();
  void add_pages_of(const SitemapErrand::Read& read);
  void take_news();
  void finish(std::unique_ptr<Job> job, FetchResult result, Ending ending,
              std::optional<std::string> duplicate_of);
  static CrawlRecord left_out(const LeftOut& what);
  // What never was among the crawl's URLs.
  void leave_out(const LeftOut& what);
  void list(const LeftOut& what);
  bool keeps_links_to_itself(const FetchResult& result) const;
  void refuse(Intake::Line& line, std::string_view url, ErrorKind error,
              std::string reason);

  // JobOwner, of pages
  bool may_begin() const override { return ledger_.budget().may_begin_page(); }
  void stands_back(const Job& /*job*/) override {
    ledger_.budget().page_ends();
  }
  void goes_on(const Job& /*job*/) override { ledger_.budget().page_begins(); }
  void begins(const Job& job) override;
  bool asks_robots(const Job& job) const override;
  void prepare(const Job& job, FetchRequest& request) const override;
  std::optional<Ending> refuse_redirect(const Job& job,
                                        const FetchResult& result,
                                        const Url& target,
                                        bool from_private) override;
  void is_private(const Job& job) override;
  void ended(std::unique_ptr<Job> job, FetchResult result,
             Ending ending) override;

  const CrawlOptions& options_;
  const SiteOptions& site_;
  StateStore& store_;
  Ledger& ledger_;
  const Clock& clock_;
  Visits visits_;
  Intake intake_;
  SitemapErrand sitemaps_;
  SecondLook second_look_;
  std::unique_ptr<SiteQueue> queue_;  // from open() on
  std::optional<Scope> filter_;       // of seeds, if there is one

  // Pages that wait for an answer of the state: whether a redirect may be
  // followed, or where their body was seen before.
  struct Waiting {
    std::unique_ptr<Job> job;
    FetchResult result;
    Ending ending;
  };
  std::unordered_map<PageId, Waiting> waiting_;
  std::unordered_map<PageId, Url> targets_;  // of those redirects

  bool more_lines_ = false;
  std::uint64_t known_lines_ = 0;   // read by an earlier run
  std::uint64_t never_queued_ = 0;  // URLs that count and were never in store_
  CommitTimer commits_;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_SITE_AGENDA_H_
