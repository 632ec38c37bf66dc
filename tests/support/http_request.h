#ifndef CRAWL_TESTS_SUPPORT_HTTP_REQUEST_H_
#define CRAWL_TESTS_SUPPORT_HTTP_REQUEST_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crawl::testing {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// A request as it arrived (RFC 9112). Header names keep the sender's spelling.
struct HttpRequest {
  std::string method;
  std::string
      target;  // as sent: origin, absolute (to a proxy) or authority form
  std::string version;  // "HTTP/1.1"
  HttpHeaders headers;
  std::string body;

  std::string host;   // of an absolute target, else the Host header; with port
  std::string path;   // percent-encoded, without the query
  std::string query;  // without the '?'
  std::uint64_t connection = 0;  // counts the site's connections from 1

  // The first such header's value, "" without one; names match in any case.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const;

  // The value of a query parameter, percent-decoded; "" without one.
  std::string query_parameter(std::string_view name) const;

  bool keeps_connection() const;
};

// Takes requests off the front of a connection's bytes.
struct ParsedRequest {
  enum class Status { kComplete, kIncomplete, kMalformed, kTooLarge };
  Status status = Status::kIncomplete;
  HttpRequest request;
  std::size_t consumed = 0;
};
ParsedRequest parse_request(std::string_view bytes);

bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string percent_decode(std::string_view text);

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_HTTP_REQUEST_H_
