#include "crawl/concurrent/wait.h"

#include <algorithm>

#include "crawl/concurrent/completion_queue.h"

namespace crawl::detail {

std::vector<bool> wait_for_cores(const std::vector<FutureCore*>& futures,
                                 const Deadline& deadline, ReturnWhen when) {
  const std::size_t enough = when == ReturnWhen::kFirstCompleted
                                 ? std::min<std::size_t>(1, futures.size())
                                 : futures.size();
  CompletionQueue queue(futures);
  queue.wait_for(enough, when == ReturnWhen::kFirstException, deadline);
  std::vector<bool> ended(futures.size());
  while (const std::optional<std::size_t> index = queue.pop()) {
    ended[*index] = true;
  }
  return ended;
}

}  // namespace crawl::detail
