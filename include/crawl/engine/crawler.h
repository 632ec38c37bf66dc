#ifndef CRAWL_ENGINE_CRAWLER_H_
#define CRAWL_ENGINE_CRAWLER_H_

#include <memory>

#include "crawl/base/clock.h"
#include "crawl/base/error.h"
#include "crawl/engine/crawl_observer.h"
#include "crawl/engine/crawl_options.h"
#include "crawl/engine/crawl_stats.h"
#include "crawl/engine/seed_source.h"
#include "crawl/fetch/fetcher.h"
#include "crawl/frontier/state_store.h"
#include "crawl/writer/result_writer.h"

namespace crawl {

class CrawlLoop;

// What a recursive crawl (CrawlOptions::site) needs besides.
struct SiteParts {
  StateStore* store = nullptr;
  ResultWriter* skipped = nullptr;  // takes a record of every URL skipped
};

// The crawl loop: seeds -> Frontier -> Fetcher -> ResultWriter, and every seed
// leaves exactly one record.
//
// While not finished: start every ready job up to the limit; wait for a
// completion or for the next host's time; for each completion tell the frontier
// and write the record. The thread that calls run() owns the frontier, the
// writer and the totals.
class Crawler {
 public:
  // All that is referred to must outlive the Crawler; `observer` may be null.
  Crawler(CrawlOptions options, Fetcher& fetcher, ResultWriter& writer,
          const Clock& clock, CrawlObserver* observer = nullptr,
          SiteParts site = {});
  ~Crawler();

  // Crawls to the end, or until stopped or the output's reader has gone. Fails
  // only if the output or the state cannot be written. Call it once.
  Result<CrawlStats> run(SeedSource& seeds);

  // First call: what is in flight is finished, nothing new begins. Second: what
  // is in flight is given up too, as kInterrupted. Any thread.
  void request_stop();

 private:
  std::unique_ptr<CrawlLoop> loop_;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_CRAWLER_H_
