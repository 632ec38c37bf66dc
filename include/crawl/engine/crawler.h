#ifndef CRAWL_ENGINE_CRAWLER_H_
#define CRAWL_ENGINE_CRAWLER_H_

#include <memory>
#include <vector>

#include "crawl/base/clock.h"
#include "crawl/base/error.h"
#include "crawl/engine/crawl_observer.h"
#include "crawl/engine/crawl_options.h"
#include "crawl/engine/crawl_stats.h"
#include "crawl/engine/seed_source.h"
#include "crawl/fetch/fetcher.h"
#include "crawl/frontier/state_store.h"
#include "crawl/writer/sink.h"

namespace crawl {

// A crawl: URLs in, an Outcome of each to every sink.
//
// Lists leave one record for each line; with CrawlOptions::site, whole sites
// are crawled from the seeds on. The thread that calls run() owns all parts of
// the crawl.
class Crawler {
 public:
  // All that is referred to must outlive the Crawler; `observer` may be null.
  // `store`: what the crawl knows, to go on with; a crawl of sites needs one, a
  // list may do without (null).
  Crawler(CrawlOptions options, Fetcher& fetcher, std::vector<Sink*> sinks,
          const Clock& clock, CrawlObserver* observer = nullptr,
          StateStore* store = nullptr);
  ~Crawler();

  // Crawls to the end, or until stopped or the output's reader has gone. Fails
  // only if a sink or the state cannot be written, or the options make no
  // crawl. Call it once.
  Result<CrawlStats> run(SeedSource& seeds);

  // First call: what is in flight is finished, nothing new begins. Second: what
  // is in flight is given up too, as kInterrupted. Any thread.
  void request_stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_CRAWLER_H_
