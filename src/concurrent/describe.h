#ifndef CRAWL_CONCURRENT_DESCRIBE_H_
#define CRAWL_CONCURRENT_DESCRIBE_H_

#include <string>

namespace crawl::detail {

// "std::runtime_error: its message", or the type's name alone. Call it inside
// a catch block.
std::string describe_current_exception();

}  // namespace crawl::detail

#endif  // CRAWL_CONCURRENT_DESCRIBE_H_
