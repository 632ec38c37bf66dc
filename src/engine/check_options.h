#ifndef CRAWL_ENGINE_CHECK_OPTIONS_H_
#define CRAWL_ENGINE_CHECK_OPTIONS_H_

#include <vector>

#include "crawl/base/error.h"
#include "crawl/engine/crawl_options.h"
#include "crawl/frontier/state_store.h"
#include "crawl/writer/sink.h"

namespace crawl {

// Whether a crawl can be run with these: a program that uses the library may
// have put anything there. The error names the field. What fetchers and scopes
// look at themselves is left to them.
Result<void> check_options(const CrawlOptions& options,
                           const std::vector<Sink*>& sinks,
                           const StateStore* store);

}  // namespace crawl

#endif  // CRAWL_ENGINE_CHECK_OPTIONS_H_
