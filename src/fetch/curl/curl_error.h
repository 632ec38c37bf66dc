#ifndef CRAWL_FETCH_CURL_CURL_ERROR_H_
#define CRAWL_FETCH_CURL_CURL_ERROR_H_

#include <curl/curl.h>

#include "crawl/base/error_kind.h"

namespace crawl {

// The kind of failure of a connection that libcurl was to make through a proxy:
// nothing has been asked of the host yet.
ErrorKind error_kind(CURLcode code);

}  // namespace crawl

#endif  // CRAWL_FETCH_CURL_CURL_ERROR_H_
