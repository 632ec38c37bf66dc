#ifndef CRAWL_TESTS_CONCURRENT_TEST_SUPPORT_H_
#define CRAWL_TESTS_CONCURRENT_TEST_SUPPORT_H_

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "crawl/concurrent/promise.h"

namespace crawl::test {

// A timeout that only a hanging test reaches.
inline constexpr std::chrono::minutes kLong{5};

// Collects what this room logs for as long as it lives.
class LogCapture {
 public:
  LogCapture() {
    spdlog::register_logger(std::make_shared<spdlog::logger>(
        "crawl", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_)));
  }
  ~LogCapture() { spdlog::drop("crawl"); }
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
};

// A future made by hand, in each state it can be in.
inline Promise<int> pending() { return Promise<int>(); }
inline Promise<int> running() {
  Promise<int> promise;
  promise.set_running_or_notify_cancel();
  return promise;
}
inline Promise<int> cancelled() {
  Promise<int> promise;
  promise.future().cancel();
  return promise;
}
inline Promise<int> notified() {
  Promise<int> promise = cancelled();
  promise.set_running_or_notify_cancel();
  return promise;
}
inline Promise<int> failed() {
  Promise<int> promise;
  promise.set_exception(
      std::make_exception_ptr(std::out_of_range("the reason")));
  return promise;
}
inline Promise<int> successful(int value = 42) {
  Promise<int> promise;
  promise.set_result(value);
  return promise;
}

inline std::string message_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  }
}

}  // namespace crawl::test

#endif  // CRAWL_TESTS_CONCURRENT_TEST_SUPPORT_H_
