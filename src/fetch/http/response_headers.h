#ifndef CRAWL_FETCH_HTTP_RESPONSE_HEADERS_H_
#define CRAWL_FETCH_HTTP_RESPONSE_HEADERS_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "crawl/fetch/fetch_result.h"

namespace crawl {

// The fields that say where a response's body ends and how it is packed, each
// as written, several of a name joined ", "; "" if absent.
struct FramingFields {
  std::string content_length;
  std::string transfer_encoding;
  std::string content_encoding;
  std::string connection;
};

// Reads a response's header lines as they come into a FetchResult.
//
// Interim (1xx) responses are passed over, trailers too; their bytes count
// towards the limit all the same. Where a field may stand once only, the first
// one counts, but for Content-Type, see content_type_that_counts().
class ResponseHeaders {
 public:
  void begin(FetchResult* result, bool keep_all, std::size_t max_bytes);

  // One line, its end included. False once there are more bytes than allowed.
  bool add_line(std::string_view line);

  // They contradict each other about the body's end, so that the response is to
  // be discarded (RFC 9112 section 6.3): nothing of them is to be believed.
  void disbelieve() { result_->headers_complete = false; }

  // No more comes. What an interim response said that broke off is void.
  void end();

  // The final response's header block is complete.
  bool done() const { return done_; }
  // The next line is the first of a response.
  bool expects_status() const { return expects_status_; }
  int status_code() const { return result_->status_code; }
  bool chunked() const { return !framing_.transfer_encoding.empty(); }
  const FramingFields& framing() const { return framing_; }

 private:
  void expect_status();
  void end_of_headers();
  void status_line(std::string_view line);
  void folded_line(std::string_view text);
  void field(std::string_view name, std::string_view value);

  FetchResult* result_ = nullptr;
  std::string* last_value_ = nullptr;  // what a folded line goes on with
  std::size_t bytes_ = 0;
  std::size_t max_bytes_ = 0;
  FramingFields framing_;
  bool keep_all_ = false;
  bool expects_status_ = true;
  bool done_ = false;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_RESPONSE_HEADERS_H_
