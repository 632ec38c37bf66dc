#include "crawl/engine/crawler.h"

#include <utility>

#include "engine/crawl_loop.h"

namespace crawl {

Crawler::Crawler(CrawlOptions options, Fetcher& fetcher, ResultWriter& writer,
                 const Clock& clock, CrawlObserver* observer, SiteParts site)
    : loop_(std::make_unique<CrawlLoop>(std::move(options), fetcher, writer,
                                        clock, observer, site)) {}

Crawler::~Crawler() = default;

Result<CrawlStats> Crawler::run(SeedSource& seeds) { return loop_->run(seeds); }

void Crawler::request_stop() { loop_->request_stop(); }

}  // namespace crawl
