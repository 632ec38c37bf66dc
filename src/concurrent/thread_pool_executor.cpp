#include "crawl/concurrent/thread_pool_executor.h"

#include <algorithm>
#include <limits>

#include "concurrent/cpu_quota.h"
#include "concurrent/log.h"
#include "concurrent/thread_pool_core.h"

namespace crawl {
namespace {

std::size_t checked_max_workers(std::optional<std::size_t> max_workers) {
  if (!max_workers) return default_max_workers();
  if (*max_workers == 0 ||
      *max_workers > std::numeric_limits<std::size_t>::max() / 2) {
    throw std::invalid_argument("max_workers must be greater than 0");
  }
  return *max_workers;
}

}  // namespace

std::size_t default_max_workers() {
  return std::min<std::size_t>(32, usable_processors() + 4);
}

ThreadPoolExecutor::ThreadPoolExecutor(ThreadPoolOptions options)
    : core_(std::make_shared<detail::PoolCore>(
          checked_max_workers(options.max_workers),
          detail::WorkerNames::from(options.thread_name_prefix),
          std::move(options.initializer))) {
  // A static pool may have to log while it is destroyed: make the logger now,
  // so that it is destroyed later.
  detail::room_logger();
}

ThreadPoolExecutor::~ThreadPoolExecutor() {
  core_->shutdown(/*wait=*/true, /*cancel_futures=*/false);
  if (core_->on_own_worker()) core_->detach();
}

void ThreadPoolExecutor::shutdown(bool wait, bool cancel_futures) {
  core_->shutdown(wait, cancel_futures);
}

}  // namespace crawl
