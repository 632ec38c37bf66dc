#include "crawl/engine/crawler.h"

#include <utility>

#include "engine/archive_agenda.h"
#include "engine/archives_and_lists.h"
#include "engine/check_options.h"
#include "engine/crawl_loop.h"
#include "engine/ledger.h"
#include "engine/list_agenda.h"
#include "engine/site_agenda.h"
#include "engine/unique_urls.h"

namespace crawl {

// Puts the parts of a crawl together: the one place that knows them all.
struct Crawler::Impl {
  Impl(CrawlOptions o, Fetcher& f, std::vector<Sink*> sinks, const Clock& c,
       CrawlObserver* observer, StateStore* s)
      : options(std::move(o)),
        fetcher(f),
        clock(c),
        store(s),
        usable(check_options(options, sinks, store)),
        ledger(std::move(sinks), options.budget, clock, observer),
        loop(options.jobs, fetcher, ledger, clock) {
    if (options.time_breakdown || options.slot_times) {
      ledger.times().emplace(options.jobs, clock.now());
    }
  }

  std::unique_ptr<Agenda> make_agenda(SeedSource& seeds) {
    if (!options.archives.empty()) {
      return std::make_unique<ArchivesAndLists>(
          std::make_unique<ArchiveAgenda>(options, unique, ledger, clock,
                                          [this] { fetcher.wake(); }),
          [this, &seeds](std::uint64_t first) {
            return std::make_unique<ListAgenda>(options, nullptr, seeds, unique,
                                                ledger, clock, first);
          },
          ledger, clock);
    }
    if (!options.site) {
      return std::make_unique<ListAgenda>(options, store, seeds, unique, ledger,
                                          clock);
    }
    return std::make_unique<SiteAgenda>(options, *store, seeds, ledger, clock,
                                        [this] { fetcher.wake(); });
  }

  const CrawlOptions options;
  Fetcher& fetcher;
  const Clock& clock;
  StateStore* const store;
  const Result<void> usable;
  UniqueUrls unique;
  Ledger ledger;
  CrawlLoop loop;
};

Crawler::Crawler(CrawlOptions options, Fetcher& fetcher,
                 std::vector<Sink*> sinks, const Clock& clock,
                 CrawlObserver* observer, StateStore* store)
    : impl_(std::make_unique<Impl>(std::move(options), fetcher,
                                   std::move(sinks), clock, observer, store)) {}

Crawler::~Crawler() = default;

Result<CrawlStats> Crawler::run(SeedSource& seeds) {
  if (!impl_->usable) return tl::unexpected(impl_->usable.error());
  const std::unique_ptr<Agenda> agenda = impl_->make_agenda(seeds);
  if (Result<void> ran = impl_->loop.run(*agenda); !ran) {
    Error error = ran.error();
    // A full disk is no reason to begin anew.
    if (impl_->ledger.sink_failed() && impl_->options.lasting) {
      error.message +=
          "; all is kept up to the last commit, mend that and run the same "
          "command again";
    }
    return tl::unexpected(std::move(error));
  }
  CrawlStats& stats = impl_->ledger.stats();
  if (!impl_->options.time_breakdown) stats.times.reset();
  return stats;
}

void Crawler::request_stop() { impl_->loop.request_stop(); }

}  // namespace crawl
