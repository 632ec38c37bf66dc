#ifndef CRAWL_CONCURRENT_LOG_H_
#define CRAWL_CONCURRENT_LOG_H_

#include <memory>

namespace spdlog {
class logger;
}

namespace crawl::detail {

// Where this room reports what nobody is there to be told: the logger "crawl"
// of spdlog's registry, if the program has put one there, else standard error.
// Never the default logger, which writes to standard output among the records.
// Any thread.
std::shared_ptr<spdlog::logger> room_logger();

}  // namespace crawl::detail

#endif  // CRAWL_CONCURRENT_LOG_H_
