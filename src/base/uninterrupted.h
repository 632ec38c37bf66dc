#ifndef CRAWL_BASE_UNINTERRUPTED_H_
#define CRAWL_BASE_UNINTERRUPTED_H_

#include <cerrno>

namespace crawl {

// Makes a system call, once more each time that a signal interrupts it.
template <class Call>
auto uninterrupted(Call call) {
  while (true) {
    const auto result = call();
    if (result != -1 || errno != EINTR) return result;
  }
}

}  // namespace crawl

#endif  // CRAWL_BASE_UNINTERRUPTED_H_
