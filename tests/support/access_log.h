#ifndef CRAWL_TESTS_SUPPORT_ACCESS_LOG_H_
#define CRAWL_TESTS_SUPPORT_ACCESS_LOG_H_

#include <chrono>
#include <fstream>
#include <mutex>
#include <string>

#include "support/request_log.h"

namespace crawl::testing {

// Writes finished requests to a file, tab-separated under a header line:
//
//   start      seconds since the log was opened, monotonic
//   duration   seconds from the request's arrival to its answer's last byte
//   connection, method, host, target, status, bytes_sent, client_left (0 or 1)
//
// In order of finishing. Any thread may call.
class AccessLog {
 public:
  // Throws std::runtime_error if the file cannot be written.
  explicit AccessLog(const std::string& path);

  void add(const LoggedRequest& entry);
  void flush();

 private:
  const std::chrono::steady_clock::time_point opened_;
  std::mutex mutex_;
  std::ofstream file_;  // guarded by mutex_
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_ACCESS_LOG_H_
