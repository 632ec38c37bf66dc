#include "crawl/fetch/library_version.h"

#include <curl/curl.h>

namespace crawl {

std::string fetch_library_version() { return curl_version(); }

}  // namespace crawl
