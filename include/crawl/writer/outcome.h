#ifndef CRAWL_WRITER_OUTCOME_H_
#define CRAWL_WRITER_OUTCOME_H_

#include "crawl/writer/record.h"

namespace crawl {

// All that one URL leaves, as the sinks are told of it. Good during the call
// only.
struct Outcome {
  const CrawlRecord& record;
  // It is one of the crawl's records. Otherwise it never belonged to the crawl:
  // a link that is not followed, and the reason.
  bool is_record = true;
};

}  // namespace crawl

#endif  // CRAWL_WRITER_OUTCOME_H_
