#ifndef CRAWL_FETCH_CURL_CURL_ERROR_H_
#define CRAWL_FETCH_CURL_CURL_ERROR_H_

#include <curl/curl.h>

#include "crawl/base/error_kind.h"

namespace crawl {

// How far an exchange had come when libcurl gave up on it: some of its codes
// mean several things.
struct Progress {
  bool headers_done = false;  // the final response's header block was complete
  bool chunked = false;       // that response had a Transfer-Encoding
  bool tls = false;
  long os_errno = 0;  // CURLINFO_OS_ERRNO
};

// The kind of failure of an http or https exchange, by code alone.
ErrorKind error_kind(CURLcode code, const Progress& progress);

}  // namespace crawl

#endif  // CRAWL_FETCH_CURL_CURL_ERROR_H_
