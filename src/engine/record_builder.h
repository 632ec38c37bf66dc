#ifndef CRAWL_ENGINE_RECORD_BUILDER_H_
#define CRAWL_ENGINE_RECORD_BUILDER_H_

#include <chrono>
#include <string>

#include "crawl/base/error_kind.h"
#include "crawl/fetch/fetch_result.h"
#include "crawl/frontier/job.h"
#include "crawl/writer/record.h"

namespace crawl {

// The record of a job whose last exchange was `result`; what the record keeps
// is moved out of both. `error` other than kNone overrides what the result
// says.
CrawlRecord make_record(Job& job, FetchResult& result, ErrorKind error,
                        std::string error_message);

// The record of something that was never asked for.
CrawlRecord make_unfetched_record(std::uint64_t index, std::string input,
                                  std::string url, ErrorKind error,
                                  std::string error_message);

}  // namespace crawl

#endif  // CRAWL_ENGINE_RECORD_BUILDER_H_
