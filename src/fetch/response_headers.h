#ifndef CRAWL_FETCH_RESPONSE_HEADERS_H_
#define CRAWL_FETCH_RESPONSE_HEADERS_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "crawl/fetch/fetch_result.h"

namespace crawl {

// Reads a response's header lines as they come into a FetchResult.
//
// Interim (1xx) responses are passed over, trailers too; their bytes count
// towards the limit all the same. Where a field may stand once only, the first
// one counts, but for Content-Type, where it is the last (as in browsers).
class ResponseHeaders {
 public:
  void begin(FetchResult* result, bool keep_all, std::size_t max_bytes);

  // One line, its end included, as libcurl hands them out. False once there
  // are more bytes than allowed.
  bool add_line(std::string_view line);

  // The final response's header block is complete.
  bool done() const { return done_; }
  bool chunked() const { return chunked_; }
  std::size_t bytes() const { return bytes_; }

 private:
  void status_line(std::string_view line);
  void field(std::string_view name, std::string_view value);

  FetchResult* result_ = nullptr;
  std::string* last_value_ = nullptr;  // what a folded line goes on with
  std::size_t bytes_ = 0;
  std::size_t max_bytes_ = 0;
  bool keep_all_ = false;
  bool done_ = false;
  bool chunked_ = false;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_RESPONSE_HEADERS_H_
