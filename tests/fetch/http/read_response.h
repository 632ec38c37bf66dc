#ifndef CRAWL_TESTS_FETCH_HTTP_READ_RESPONSE_H_
#define CRAWL_TESTS_FETCH_HTTP_READ_RESPONSE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "fetch/http/http1_reader.h"
#include "fetch/http/response_headers.h"
#include "support/exact_buffer.h"

namespace crawl::testing {

// What Http1Reader makes of a server's bytes.
struct ReadResponse {
  Http1Reader::State state = Http1Reader::State::kHead;
  bool complete = false;  // also if only the end of the connection ends it
  bool keeps_alive = false;
  int minor_version = 0;
  std::string fault;
  std::vector<std::string> lines;
  std::string body;
  std::string rest;
  int wholes = 0;  // bodies that came in one piece

  friend bool operator==(const ReadResponse&, const ReadResponse&) = default;
};

// Reads `bytes`, given in two pieces parted at `cut` and then in pieces of
// `step`, with at most `max_head` bytes of headers; `to_head`: as the answer to
// HEAD.
inline ReadResponse read_response(std::string_view bytes, std::size_t cut,
                                  std::size_t step,
                                  std::size_t max_head = 10'000,
                                  bool to_head = false) {
  struct Sink final : Http1Sink {
    ReadResponse* out = nullptr;
    ResponseHeaders headers;
    bool header(std::string_view line) override {
      out->lines.emplace_back(line);
      return headers.add_line(line);
    }
    bool body(std::string_view data, bool whole) override {
      out->body.append(data);
      if (whole) ++out->wholes;
      return true;
    }
  };
  ReadResponse out;
  FetchResult result;
  Sink sink;
  sink.out = &out;
  sink.headers.begin(&result, false, max_head);
  Http1Reader reader;
  reader.begin(sink.headers, sink, max_head, to_head);
  std::size_t size = cut;
  while (!bytes.empty() && !reader.over()) {
    const ExactBuffer piece(bytes.substr(0, size == 0 ? step : size));
    size = step;
    bytes.remove_prefix(piece.size());
    out.rest = reader.feed(piece);
  }
  out.rest.append(bytes);
  out.complete = reader.end_of_input();
  if (!out.complete) out.rest.clear();
  out.state = reader.state();
  out.keeps_alive = reader.keeps_alive();
  out.minor_version = reader.minor_version();
  out.fault = reader.fault();
  return out;
}

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_FETCH_HTTP_READ_RESPONSE_H_
