#ifndef CRAWL_TESTS_SUPPORT_REQUEST_LOG_H_
#define CRAWL_TESTS_SUPPORT_REQUEST_LOG_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/http_request.h"

namespace crawl::testing {

// One request as the server saw it, from its head being complete to its
// response being handed to the system (or the connection being lost).
struct LoggedRequest {
  using time_point = std::chrono::steady_clock::time_point;

  HttpRequest request;
  time_point started;
  std::optional<time_point> finished;  // nothing while it is being answered
  int status = 0;                // of the final status line, 0 without one
  std::uint64_t bytes_sent = 0;  // head included
  bool client_left = false;      // before all of the response was sent

  // For failure messages: "GET /x".
  std::string summary() const { return request.method + " " + request.target; }
};

// The requests of a site in order of arrival, and what politeness asks of them.
// A copy: taken with RequestLog::snapshot(), it does not change any more.
//
// A `host` argument selects requests by Host header, port included; "" is all.
class LogView {
 public:
  explicit LogView(std::vector<LoggedRequest> requests)
      : requests_(std::move(requests)) {}

  const std::vector<LoggedRequest>& requests() const { return requests_; }
  std::size_t size() const { return requests_.size(); }
  const LoggedRequest& operator[](std::size_t i) const { return requests_[i]; }
  auto begin() const { return requests_.begin(); }
  auto end() const { return requests_.end(); }

  std::size_t count(std::string_view path) const;
  // The nth (from 0) request for a path; throws std::out_of_range.
  const LoggedRequest& find(std::string_view path, std::size_t nth = 0) const;

  // The most requests open at once. What a client has open is never less, so
  // this never accuses an innocent one.
  std::size_t max_concurrent(std::string_view host = {}) const;

  // The shortest time between the starts of two requests following one another;
  // nothing with fewer than two. As seen here: a request held up on its way in
  // makes the gap after it look shorter than the client made it.
  std::optional<std::chrono::nanoseconds> min_gap(
      std::string_view host = {}) const;

  std::size_t connections(std::string_view host = {}) const;

 private:
  std::vector<LoggedRequest> requests_;
};

// Where a site writes down its requests. Any thread may read; the site writes.
class RequestLog {
 public:
  LogView snapshot() const;
  void clear();

  // Block until so many requests have started or finished since the last
  // clear(); false if `limit` passes first, which only a failing test sees.
  bool wait_for_started(std::size_t count,
                        std::chrono::seconds limit = kPatience) const;
  bool wait_for_finished(std::size_t count,
                         std::chrono::seconds limit = kPatience) const;

  // For the site: the number to finish() it with.
  std::uint64_t start(LoggedRequest entry);
  void finish(std::uint64_t number, const LoggedRequest& entry);

 private:
  static constexpr std::chrono::seconds kPatience{60};

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  // Guarded by mutex_:
  std::vector<LoggedRequest> entries_;
  std::uint64_t first_number_ = 0;  // of entries_[0]; clear() moves it on
  std::size_t finished_ = 0;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_REQUEST_LOG_H_
