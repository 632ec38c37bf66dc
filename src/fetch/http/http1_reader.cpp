#include "fetch/http/http1_reader.h"

#include <algorithm>
#include <limits>

#include "base/ascii.h"
#include "fetch/http/header_values.h"

namespace crawl {
namespace {

constexpr std::uint64_t kMaxLength = std::numeric_limits<std::int64_t>::max();

// Nobody has use for longer ones, and they cost the sender nothing.
constexpr std::size_t kMaxChunkLine = 16 * 1024;

constexpr const char* kNoStatusLine =
    "the answer does not begin with a status line of HTTP/1.0 or HTTP/1.1";

// What may follow a chunk's size: an extension, or the end of the line.
bool ends_size(char c) {
  return c == ';' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

void Http1Reader::begin(ResponseHeaders& headers, Http1Sink& sink,
                        std::size_t max_line, bool to_head) {
  headers_ = &headers;
  sink_ = &sink;
  max_line_ = max_line;
  to_head_ = to_head;
  fault_ = "";
  line_.clear();
  left_ = 0;
  body_bytes_ = 0;
  state_ = State::kHead;
  minor_version_ = 1;
  begun_ = false;
  keeps_alive_ = false;
}

std::string_view Http1Reader::feed(std::string_view data) {
  begun_ = begun_ || !data.empty();
  while (!data.empty() && !over()) {
    switch (state_) {
      case State::kHead:
      case State::kTrailers:
        data = head(data);
        break;
      case State::kLength:
      case State::kChunkData:
        data = known_length(data);
        break;
      case State::kClose:
        pass_on(data, false);
        data = {};
        break;
      case State::kChunkSize:
        data = chunk_size(data);
        break;
      case State::kChunkEnd:
        data = chunk_end(data);
        break;
      case State::kDone:
      case State::kStopped:
      case State::kMalformed:
        break;
    }
  }
  return data;
}

bool Http1Reader::end_of_input() {
  if (state_ == State::kClose) state_ = State::kDone;
  return state_ == State::kDone;
}

// Lines up to the empty one: of a head, or of the trailers.
std::string_view Http1Reader::head(std::string_view data) {
  const bool trailers = state_ == State::kTrailers;
  std::string_view line;
  while (!over() && take_line(data, line)) {
    if (!head_line(line)) break;
    if (trailers) {
      if (!is_folded(line) && trim_field(line).empty()) state_ = State::kDone;
    } else if (headers_->done()) {
      head_done();
      break;
    }
    line_.clear();
  }
  if (over() || state_ != (trailers ? State::kTrailers : State::kHead)) {
    line_.clear();
  }
  return data;
}

// Cuts the next whole line off `data`; false if there is none yet.
bool Http1Reader::take_line(std::string_view& data, std::string_view& line) {
  const auto end = data.find('\n');
  if (end != data.npos && line_.empty()) {
    line = data.substr(0, end + 1);
    data.remove_prefix(end + 1);
    return true;
  }
  const std::string_view piece =
      data.substr(0, end == data.npos ? data.size() : end + 1);
  data.remove_prefix(piece.size());
  line_.append(piece);
  line = line_;
  // Of one that is too long, the sink says so.
  if (end != data.npos || line_.size() > max_line_) return true;
  // What is no HTTP need not be waited for.
  constexpr std::string_view kBegin = "HTTP/1.";
  if (state_ == State::kHead && headers_->expects_status() &&
      kBegin.substr(0, line.size()) != line.substr(0, kBegin.size())) {
    malformed(kNoStatusLine);
  }
  return false;
}

bool Http1Reader::head_line(std::string_view line) {
  if (state_ == State::kHead && headers_->expects_status() &&
      !is_status_line(line)) {
    malformed(kNoStatusLine);
    return false;
  }
  if (line.find('\0') != line.npos) {
    malformed("there is a NUL byte in the headers");
    return false;
  }
  if (sink_->header(line)) return true;
  state_ = State::kStopped;
  return false;
}

// HTTP/1.0 or 1.1, a code of three digits, and anything (RFC 9112 section 4).
bool Http1Reader::is_status_line(std::string_view line) {
  if (!line.starts_with("HTTP/1.")) return false;
  line = trim_field(line);
  if (line.size() < 12 || (line[7] != '0' && line[7] != '1') ||
      line[8] != ' ') {
    return false;
  }
  minor_version_ = line[7] - '0';
  if (!is_status_code(line.substr(9, 3))) return false;
  return line.size() == 12 || !is_ascii_digit(line[12]);
}

// RFC 9112 section 6.3: which of the ways to tell the body's end is this
// response's.
void Http1Reader::head_done() {
  const FramingFields& framing = headers_->framing();
  const int status = headers_->status_code();
  keeps_alive_ = minor_version_ == 1
                     ? !has_member(framing.connection, "close")
                     : has_member(framing.connection, "keep-alive");
  if (status == 101) {
    malformed("the server switches protocols (101), which nobody asked for");
  } else if (to_head_ || status == 204 || status == 304) {
    state_ = State::kDone;
  } else if (!framing.transfer_encoding.empty()) {
    // Both framings may be an attempt to smuggle: nothing after this one.
    if (!framing.content_length.empty()) keeps_alive_ = false;
    std::string_view last;
    for_each_member(framing.transfer_encoding, [&](std::string_view coding) {
      last = coding;
      return true;
    });
    begin_chunk_line();
    const bool chunked = equals_ignoring_case(last, "chunked");
    state_ = chunked ? State::kChunkSize : State::kClose;
    if (!chunked) keeps_alive_ = false;
  } else if (!framing.content_length.empty()) {
    const auto length = read_content_length(framing.content_length);
    if (!length) {
      headers_->disbelieve();
      malformed("the Content-Length is not a number, or is several");
      return;
    }
    left_ = *length;
    state_ = left_ == 0 ? State::kDone : State::kLength;
  } else {
    keeps_alive_ = false;
    state_ = State::kClose;
  }
}

std::string_view Http1Reader::known_length(std::string_view data) {
  const auto size =
      static_cast<std::size_t>(std::min<std::uint64_t>(left_, data.size()));
  const bool at_end = size == left_;
  left_ -= size;
  const bool whole = at_end && state_ == State::kLength && body_bytes_ == 0;
  if (pass_on(data.substr(0, size), whole) && at_end) {
    state_ = state_ == State::kLength ? State::kDone : State::kChunkEnd;
  }
  return data.substr(size);
}

bool Http1Reader::pass_on(std::string_view data, bool whole) {
  body_bytes_ += data.size();
  if (sink_->body(data, whole)) return true;
  state_ = State::kStopped;
  return false;
}

std::string_view Http1Reader::chunk_size(std::string_view data) {
  for (std::size_t i = 0; i < data.size(); ++i) {
    const char c = data[i];
    if (++chunk_line_ > kMaxChunkLine) {
      malformed("a chunk's size line does not end");
      return {};
    }
    const int value = in_extension_ ? -1 : hex_digit_value(c);
    if (value >= 0) {
      if (left_ > (kMaxLength >> 4U)) {
        malformed("a chunk's size is too large");
        return {};
      }
      left_ = left_ * 16 + static_cast<std::uint64_t>(value);
      has_digit_ = true;
    } else if (!has_digit_ || !(in_extension_ || ends_size(c))) {
      malformed("a chunk's size is not a hexadecimal number");
      return {};
    } else if (c == '\n') {
      begin_chunk_line();
      state_ = left_ == 0 ? State::kTrailers : State::kChunkData;
      return data.substr(i + 1);
    } else {
      in_extension_ = true;
    }
  }
  return {};
}

void Http1Reader::begin_chunk_line() {
  chunk_line_ = 0;
  has_digit_ = false;
  in_extension_ = false;
}

std::string_view Http1Reader::chunk_end(std::string_view data) {
  // CRLF, or LF alone.
  if (data.front() == '\n') {
    begin_chunk_line();
    state_ = State::kChunkSize;
  } else if (data.front() != '\r' || ++chunk_line_ > 1) {
    malformed("a chunk is longer than it said");
  }
  return data.substr(1);
}

void Http1Reader::malformed(const char* fault) {
  state_ = State::kMalformed;
  fault_ = fault;
}

}  // namespace crawl
