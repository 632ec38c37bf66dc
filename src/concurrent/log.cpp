#include "concurrent/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace crawl::detail {

std::shared_ptr<spdlog::logger> room_logger() {
  if (auto logger = spdlog::get("crawl")) return logger;
  // Static: a pool may have to log while it is destroyed after main().
  static const auto kStderr = std::make_shared<spdlog::logger>(
      "crawl", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  return kStderr;
}

}  // namespace crawl::detail
