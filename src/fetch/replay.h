#ifndef CRAWL_FETCH_REPLAY_H_
#define CRAWL_FETCH_REPLAY_H_

#include <string>
#include <string_view>

#include "crawl/base/url.h"
#include "crawl/fetch/fetch_result.h"
#include "crawl/fetch/fetcher.h"
#include "fetch/buffer_pool.h"
#include "fetch/exchange.h"
#include "fetch/page_reader.h"

namespace crawl {

// Reads responses that were fetched at another time, as if they came now: by
// the same Exchange and PageReader. One thread; `options` must outlive it.
class Replay {
 public:
  explicit Replay(const FetchOptions& options);

  // `message`: an HTTP response as an archive has it. Its end is the body's,
  // whatever lengths the headers name. A body that is not chunked or coded,
  // though the headers say so, is taken as it is.
  FetchResult message(const Url& url, std::string_view message);
  // `body` alone, of this type ("" if unknown).
  FetchResult bare(const Url& url, std::string_view content_type,
                   std::string_view body);

 private:
  FetchResult read(const Url& url, std::string_view head,
                   std::string_view body);
  std::string_view dechunked(std::string_view body);

  BufferPool buffers_;
  Exchange exchange_;
  PageReader reader_;
  std::string dechunked_;
  bool broke_off_ = false;  // what was dechunked
};

}  // namespace crawl

#endif  // CRAWL_FETCH_REPLAY_H_
