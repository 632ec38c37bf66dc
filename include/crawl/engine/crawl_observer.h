#ifndef CRAWL_ENGINE_CRAWL_OBSERVER_H_
#define CRAWL_ENGINE_CRAWL_OBSERVER_H_

#include <chrono>
#include <string_view>

#include "crawl/engine/crawl_stats.h"
#include "crawl/fetch/fetch_result.h"
#include "crawl/writer/record.h"

namespace crawl {

// Watches a crawl from outside: progress lines, logs, measurements. Called by
// the crawl loop, on its thread; must not block.
class CrawlObserver {
 public:
  virtual ~CrawlObserver() = default;

  // How often progress() is wanted; zero for never.
  virtual std::chrono::nanoseconds progress_interval() const {
    return std::chrono::nanoseconds{0};
  }
  virtual void progress(const CrawlStats& /*stats*/) {}

  // Something that is nobody's record but worth knowing: a sitemap that cannot
  // be read, a Crawl-delay that was cut.
  virtual void notice(std::string_view /*message*/) {}

  // A URL is finished; `result` is its last exchange, null if none was made.
  virtual void finished(const CrawlRecord& /*record*/,
                        const FetchResult* /*result*/) {}

  // An exchange ended that the crawl makes for itself: for robots.txt, or a
  // sitemap.
  virtual void errand(std::string_view /*url*/, const FetchResult& /*result*/) {
  }

  // Attempt number `attempt` (from 2) at `url` will be made, `wait` from now.
  virtual void retrying(std::string_view /*url*/, const FetchResult& /*result*/,
                        unsigned /*attempt*/,
                        std::chrono::nanoseconds /*wait*/) {}
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_CRAWL_OBSERVER_H_
