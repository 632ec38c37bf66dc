#include "cli/processors.h"

#include <sched.h>

#include <algorithm>
#include <thread>

namespace crawl::cli {

std::size_t usable_processors() {
  cpu_set_t set;
  const int count = sched_getaffinity(0, sizeof set, &set) == 0
                        ? CPU_COUNT(&set)
                        // More processors than the set has room for.
                        : static_cast<int>(std::thread::hardware_concurrency());
  return static_cast<std::size_t>(std::max(count, 1));
}

}  // namespace crawl::cli
