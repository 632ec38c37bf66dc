#ifndef CRAWL_ENGINE_PRIVATE_ANSWER_H_
#define CRAWL_ENGINE_PRIVATE_ANSWER_H_

#include "crawl/base/url.h"
#include "crawl/fetch/fetcher.h"

namespace crawl {

// Whether the answer to `url` came from a loopback or private address, and so
// may lead to others. Through a proxy only the name can tell: the address is
// the proxy's.
bool is_private_answer(const FetchResult& result, const Url& url,
                       const FetchOptions& options);

}  // namespace crawl

#endif  // CRAWL_ENGINE_PRIVATE_ANSWER_H_
