#ifndef CRAWL_FETCH_LIBRARY_VERSION_H_
#define CRAWL_FETCH_LIBRARY_VERSION_H_

#include <string>

namespace crawl {

// What requests are made with: "libcurl/7.88.1 OpenSSL/3.0.15 ...
// nghttp2/1.52.0
// ... c-ares/1.18.1".
std::string fetch_library_version();

}  // namespace crawl

#endif  // CRAWL_FETCH_LIBRARY_VERSION_H_
