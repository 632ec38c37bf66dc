#ifndef CRAWL_BASE_SHA256_SOURCE_H_
#define CRAWL_BASE_SHA256_SOURCE_H_

#include <string>
#include <string_view>

namespace crawl {

// The SHA-256 of `text` in base 64: what a Content-Security-Policy calls an
// inline style or script by (CSP3 section 2.3.1, behind "sha256-").
std::string sha256_source(std::string_view text);

}  // namespace crawl

#endif  // CRAWL_BASE_SHA256_SOURCE_H_
