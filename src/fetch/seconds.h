#ifndef CRAWL_FETCH_SECONDS_H_
#define CRAWL_FETCH_SECONDS_H_

#include <chrono>

namespace crawl {

// A time as results have it.
inline double in_seconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace crawl

#endif  // CRAWL_FETCH_SECONDS_H_
