#ifndef CRAWL_ARCHIVE_SURT_H_
#define CRAWL_ARCHIVE_SURT_H_

#include <string>

#include "crawl/base/url.h"

namespace crawl {

// The key that indexes of archives sort a URL by: "org,example)/dir?a&b" for
// http://www.example.org/dir/?b&a. As the Python package surt makes it: host
// reversed; lower case, a leading www123., default ports, fragments, trailing
// slashes, session ids and the order of the query left out of account.
std::string surt(const Url& url);

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_SURT_H_
