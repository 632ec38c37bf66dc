#ifndef CRAWL_FETCH_HTTP_HTTP1_READER_H_
#define CRAWL_FETCH_HTTP_HTTP1_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fetch/http/response_headers.h"

namespace crawl {

// Takes what Http1Reader finds. Views are valid during the call.
class Http1Sink {
 public:
  // A line of a head or of the trailers, its end included. False to stop.
  virtual bool header(std::string_view line) = 0;
  // Part of the body, transfer coding undone; `whole` if it is all of it.
  // False to stop.
  virtual bool body(std::string_view data, bool whole) = 0;

 protected:
  ~Http1Sink() = default;
};

// Finds where the head, the body and the trailers of one HTTP/1 response begin
// and end (RFC 9112 sections 4 to 7), in bytes that come in pieces of any size.
//
// As forgiving as libcurl: line ends without CR, header lines without a colon
// (left to the sink). As strict: what does not begin like HTTP/1.0 or HTTP/1.1,
// a NUL in a head, lengths that are no numbers or contradict each other, chunks
// that break their rules. Bodies are passed on, never kept; memory is a line of
// at most what the sink allows a head. One thread.
class Http1Reader {
 public:
  enum class State : std::uint8_t {
    kHead,
    kLength,     // of a known length
    kClose,      // to the end of the connection
    kChunkSize,  // and its extensions
    kChunkData,
    kChunkEnd,
    kTrailers,
    kDone,       // the response is complete
    kStopped,    // by the sink
    kMalformed,  // see fault()
  };

  // Makes ready for a response whose header lines `sink` passes on to
  // `headers`. Both must stay; `max_line` bytes are the most a line can have.
  // `to_head`: it answers HEAD and so has no body, whatever its headers say.
  void begin(ResponseHeaders& headers, Http1Sink& sink, std::size_t max_line,
             bool to_head = false);

  // Reads what came next. Once the response is complete, returns what follows
  // it.
  std::string_view feed(std::string_view data);

  // The connection has ended. True if that completes the response.
  bool end_of_input();

  State state() const { return state_; }
  bool over() const { return state_ >= State::kDone; }
  bool begun() const { return begun_; }  // a byte of it has come
  // What is wrong with a kMalformed response, for people.
  const char* fault() const { return fault_; }
  // Another response may follow on the connection; once kDone.
  bool keeps_alive() const { return keeps_alive_; }
  int minor_version() const { return minor_version_; }
  // Body bytes so far, without chunk sizes and the like.
  std::uint64_t body_bytes() const { return body_bytes_; }

 private:
  std::string_view head(std::string_view data);
  std::string_view known_length(std::string_view data);
  std::string_view chunk_size(std::string_view data);
  void begin_chunk_line();
  std::string_view chunk_end(std::string_view data);
  bool take_line(std::string_view& data, std::string_view& line);
  bool head_line(std::string_view line);
  bool is_status_line(std::string_view line);
  void head_done();
  bool pass_on(std::string_view data, bool whole);
  void malformed(const char* fault);

  ResponseHeaders* headers_ = nullptr;
  Http1Sink* sink_ = nullptr;
  std::size_t max_line_ = 0;
  const char* fault_ = "";
  std::string line_;        // the beginning of a line cut in two
  std::uint64_t left_ = 0;  // of the body or of the chunk
  std::uint64_t body_bytes_ = 0;
  std::size_t chunk_line_ = 0;  // bytes so far, of its size's line or its end's
  State state_ = State::kDone;
  int minor_version_ = 1;
  bool to_head_ = false;
  bool begun_ = false;
  bool keeps_alive_ = false;
  bool has_digit_ = false;  // of the chunk size
  bool in_extension_ = false;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_HTTP1_READER_H_
