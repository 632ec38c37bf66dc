#include "fetch/http/http2_channel.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>
#include <vector>

#include "fetch/http/header_values.h"

namespace crawl {
namespace {

// No page waits for a round trip: bodies are taken as they come and bounded by
// their own limit, so flow control has nothing to hold back.
constexpr std::int32_t kStreamWindow = 16 * 1024 * 1024;
constexpr std::int32_t kConnectionWindow = 1 << 30;

constexpr std::size_t kMostStreams = 1'000;

// Frames that bring no response on: so many, and four more for each that does.
// Servers send a few (SETTINGS, PING, WINDOW_UPDATE); floods are of these.
constexpr std::uint64_t kUselessAtFirst = 1'000;
constexpr std::uint64_t kUselessPerUseful = 4;
// A body that is no longer wanted may be on its way up to its window's end.
constexpr std::uint64_t kUselessPerRefused = kStreamWindow / 16'384;

// Longer than any URL and its header fields may be.
constexpr std::size_t kMaxRequestHeaders = 16 * 1024 * 1024;

// Headers come in frames of at most 16 KiB; few servers make smaller ones, and
// none much smaller than this.
[[maybe_unused]] constexpr std::size_t kLeastContinuation = 1'024;

constexpr std::size_t kFrameHead = 9;  // RFC 9113 section 4.1

struct OptionDelete {
  void operator()(nghttp2_option* option) const { nghttp2_option_del(option); }
};
struct CallbacksDelete {
  void operator()(nghttp2_session_callbacks* callbacks) const {
    nghttp2_session_callbacks_del(callbacks);
  }
};

nghttp2_nv pair_of(const std::pair<std::string, std::string>& field) {
  const auto bytes = [](const std::string& text) {
    // nghttp2 copies them, but has no word for const.
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  };
  return {bytes(field.first), bytes(field.second), field.first.size(),
          field.second.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

Http2Channel::Http2Channel(const RequestWriter& writer,
                           std::size_t max_header_bytes,
                           std::size_t streams_at_first, bool proxied)
    : Channel("2"),
      writer_(writer),
      streams_at_first_(streams_at_first),
      proxied_(proxied) {
  nghttp2_session_callbacks* raw_callbacks = nullptr;
  if (nghttp2_session_callbacks_new(&raw_callbacks) != 0) {
    throw std::bad_alloc();
  }
  const std::unique_ptr<nghttp2_session_callbacks, CallbacksDelete> callbacks(
      raw_callbacks);
  nghttp2_session_callbacks_set_on_begin_frame_callback(raw_callbacks,
                                                        &on_begin_frame);
  nghttp2_session_callbacks_set_on_header_callback(raw_callbacks, &on_header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(raw_callbacks,
                                                       &on_frame);
  nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(
      raw_callbacks, &on_invalid_frame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(raw_callbacks,
                                                            &on_data);
  nghttp2_session_callbacks_set_error_callback2(raw_callbacks, &on_error);
  nghttp2_session_callbacks_set_on_stream_close_callback(raw_callbacks,
                                                         &on_close);
  nghttp2_session_callbacks_set_on_frame_not_send_callback(raw_callbacks,
                                                           &on_not_sent);
  nghttp2_option* raw_option = nullptr;
  if (nghttp2_option_new(&raw_option) != 0) throw std::bad_alloc();
  const std::unique_ptr<nghttp2_option, OptionDelete> option(raw_option);
  // Ended streams are of no more use to a client.
  nghttp2_option_set_no_closed_streams(raw_option, 1);
  // Whether a request is too long is for the server to say.
  nghttp2_option_set_max_send_header_block_length(raw_option,
                                                  kMaxRequestHeaders);
#ifdef CRAWL_NGHTTP2_LIMITS_CONTINUATIONS
  // As many frames as the headers that are taken may need: by itself nghttp2
  // takes 8. Versions without this have no limit of their own.
  nghttp2_option_set_max_continuations(
      raw_option, max_header_bytes / kLeastContinuation + 1);
#endif

  nghttp2_session* session = nullptr;
  if (nghttp2_session_client_new2(&session, raw_callbacks, this, raw_option) !=
      0) {
    throw std::bad_alloc();
  }
  session_.reset(session);
  const std::array<nghttp2_settings_entry, 3> settings{{
      {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindow},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
       static_cast<std::uint32_t>(max_header_bytes)},
  }};
  if (nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(),
                              settings.size()) != 0 ||
      nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
                                            kConnectionWindow) != 0) {
    throw std::bad_alloc();
  }
}

// Neither broken nor told to go (GOAWAY).
bool Http2Channel::may_begin() const {
  return usable_ && nghttp2_session_check_request_allowed(session_.get()) != 0;
}

std::optional<std::size_t> Http2Channel::server_limit() const {
  if (!settings_came_) return std::nullopt;
  return nghttp2_session_get_remote_settings(
      session_.get(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

bool Http2Channel::has_room() const {
  return may_begin() &&
         streams_.size() <
             std::min(kMostStreams, server_limit().value_or(streams_at_first_));
}

void Http2Channel::begin(Exchange& exchange, time_point /*now*/) {
  const HeaderList fields = writer_.http2_fields(exchange.request(), proxied_);
  std::vector<nghttp2_nv> pairs;
  pairs.reserve(fields.size());
  for (const auto& field : fields) pairs.push_back(pair_of(field));
  const std::int32_t id = nghttp2_submit_request(
      session_.get(), nullptr, pairs.data(), pairs.size(), nullptr, nullptr);
  if (id < 0) {
    if (id == NGHTTP2_ERR_NOMEM) throw std::bad_alloc();
    // The connection's stream ids are used up.
    usable_ = false;
    ended_.push_back({&exchange, true});
    return;
  }
  exchange.stream = id;
  streams_[id].exchange = &exchange;
}

std::uint64_t Http2Channel::abandon(Exchange& exchange) {
  Stream* const stream = find(exchange.stream);
  if (stream == nullptr || stream->exchange != &exchange) return 0;
  stream->exchange = nullptr;
  const std::uint64_t body_bytes = stream->body_bytes;
  refuse(exchange.stream, *stream);
  return body_bytes;
}

void Http2Channel::collect(std::string& out) {
  make_frames();
  if (out.empty()) {
    out.swap(out_);
  } else {
    out.append(out_);
    out_.clear();
  }
}

void Http2Channel::make_frames() {
  while (true) {
    const std::uint8_t* data = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_.get(), &data);
    if (size == 0) return;
    if (size < 0) {
      if (usable_) fault_ = "more answers are asked for than it takes";
      usable_ = false;
      return;
    }
    out_.append(reinterpret_cast<const char*>(data),
                static_cast<std::size_t>(size));
  }
}

bool Http2Channel::received(std::string_view data, time_point now) {
  now_ = now;
  count_frames(data);
  const ssize_t taken = nghttp2_session_mem_recv(
      session_.get(), reinterpret_cast<const std::uint8_t*>(data.data()),
      data.size());
  if (taken < 0 && fault_.empty()) {
    fault_ = nghttp2_strerror(static_cast<int>(taken));
  }
  // nghttp2 goes on taking bytes after an error of the connection, until its
  // GOAWAY has been made.
  make_frames();
  if (taken < 0 || nghttp2_session_want_read(session_.get()) == 0 ||
      !still_useful()) {
    fail_all(fault_.empty() ? "the HTTP/2 connection broke the protocol's rules"
                            : fault_);
    return false;
  }
  return usable_;
}

// nghttp2 tells nothing of frames that it passes over. All are of no use until
// it is known better.
void Http2Channel::count_frames(std::string_view data) {
  while (!data.empty()) {
    if (payload_left_ > 0) {
      const std::size_t size = std::min(payload_left_, data.size());
      payload_left_ -= size;
      data.remove_prefix(size);
      continue;
    }
    if (head_read_ < 3) {
      payload_size_ =
          payload_size_ << 8 | static_cast<unsigned char>(data.front());
    } else if (head_read_ == 3 &&
               data.front() == static_cast<char>(NGHTTP2_CONTINUATION)) {
      ++continuations_;
    }
    data.remove_prefix(1);
    if (++head_read_ < kFrameHead) continue;
    ++useless_;
    payload_left_ = std::exchange(payload_size_, 0);
    head_read_ = 0;
  }
}

bool Http2Channel::still_useful() {
  if (useless_ <= kUselessAtFirst + kUselessPerUseful * useful_ +
                      kUselessPerRefused * refused_)
    return true;
  fault_ = "the server floods the HTTP/2 connection with frames of no use";
  return false;
}

// The connection broke the rules: the stream of its last frame ends with that,
// the others are not at fault.
void Http2Channel::fail_all(std::string_view fault) {
  usable_ = false;
  const bool alone = streams_.size() == 1;
  while (!streams_.empty()) {
    const auto first = streams_.begin();
    Stream& stream = first->second;
    // What cannot be laid at a stream's door may be one's that is gone.
    const bool at_fault =
        first->first == frame_of_ ||
        (alone && frame_of_ == 0 && stream.exchange != nullptr &&
         stream.exchange->restarts > 0);
    if (stream.exchange != nullptr && at_fault) {
      stream.exchange->fail(ErrorKind::kProtocol, fault);
    }
    end(first->first, stream, !at_fault);
  }
}

void Http2Channel::ended(ConnectionEnd how, std::string_view message) {
  usable_ = false;
  const bool alone = streams_.size() == 1;
  const bool new_and_alone = alone && completed_ == 0;
  while (!streams_.empty()) {
    const auto first = streams_.begin();
    Stream& stream = first->second;
    Exchange* const exchange = stream.exchange;
    // An answer that had begun when nothing else was going on broke off, and on
    // a new connection none came. Else it is asked for again: the server may
    // close at any time, and for another stream's sake.
    const bool again =
        exchange != nullptr && exchange->restarts <= kRestartsBesideOthers &&
        !new_and_alone && (!alone || exchange->result().status_code == 0);
    if (exchange != nullptr && !again) {
      exchange->fail(
          how == ConnectionEnd::kTls ? ErrorKind::kTls : ErrorKind::kClosed,
          !message.empty()             ? message
          : exchange->headers().done() ? "closed before the end of the body"
                                       : "closed without an answer");
    }
    end(first->first, stream, again);
  }
}

Http2Channel::Stream* Http2Channel::find(std::int32_t id) {
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : &found->second;
}

void Http2Channel::end(std::int32_t id, Stream& stream, bool again,
                       bool http1) {
  if (Exchange* const exchange = std::exchange(stream.exchange, nullptr)) {
    if (!again) {
      exchange->complete();
      ++completed_;
    }
    ended_.push_back({exchange, again, http1, stream.body_bytes});
  }
  streams_.erase(id);
}

// Nothing more is wanted of the stream.
void Http2Channel::refuse(std::int32_t id, Stream& stream) {
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id,
                            NGHTTP2_CANCEL);
  ++refused_;
  end(id, stream, false);
}

void Http2Channel::header_line(Stream& stream, std::int32_t id,
                               std::string_view line) {
  if (stream.exchange != nullptr && !stream.exchange->header(line)) {
    refuse(id, stream);
  }
}

void Http2Channel::stream_closed(std::int32_t id, Stream& stream,
                                 std::uint32_t error) {
  if (stream.exchange == nullptr) {
    streams_.erase(id);
    return;
  }
  Exchange& exchange = *stream.exchange;
  if (stream.unsent) {
    end(id, stream, true);
    return;
  }
  if (stream.ended && !stream.reset_by_peer && error == NGHTTP2_NO_ERROR) {
    end(id, stream, false);
    return;
  }
  // nghttp2's word for a request that it cannot send, too.
  if (error == NGHTTP2_REFUSED_STREAM && exchange.result().status_code == 0 &&
      stream.fault.empty()) {
    end(id, stream, true);
    return;
  }
  if (stream.reset_by_peer && error == NGHTTP2_HTTP_1_1_REQUIRED) {
    end(id, stream, true, true);
    return;
  }
  // A whole answer is one, whatever is said behind it (RFC 9113 section 8.1).
  if (!stream.ended) {
    if (stream.reset_by_peer) {
      exchange.fail(ErrorKind::kClosed,
                    fmt::format("the server reset the stream ({})",
                                nghttp2_http2_strerror(error)));
    } else {
      fail_broken(stream);
    }
  } else if (!stream.reset_by_peer) {
    fail_broken(stream);
  }
  end(id, stream, false);
}

// An answer that ends too soon is one that broke off, as it is over HTTP/1.1;
// any other that nghttp2 does not take breaks the rules.
void Http2Channel::fail_broken(Stream& stream) {
  Exchange& exchange = *stream.exchange;
  const ResponseHeaders& headers = exchange.headers();
  const auto length = read_content_length(headers.framing().content_length);
  if (!headers.done()) {
    const bool interim = headers.status_code() / 100 == 1 ||
                         (headers.expects_status() && stream.fault.empty());
    if (stream.ending && stream.open == 0 && interim) {
      exchange.fail(ErrorKind::kClosed,
                    "the answer ends before its final headers");
      return;
    }
  } else if (length && stream.fault.empty() && !exchange.request().head) {
    if (stream.ending && stream.open == 0 && stream.body_bytes < *length) {
      exchange.fail(ErrorKind::kClosed,
                    fmt::format("closed before the end of the body: {} bytes "
                                "of {} (content-length)",
                                stream.body_bytes, *length));
      return;
    }
    exchange.fail(ErrorKind::kProtocol,
                  fmt::format("the answer is not as long as it says: {} bytes "
                              "(content-length)",
                              *length));
    return;
  }
  exchange.fail(ErrorKind::kProtocol, stream.fault.empty()
                                          ? "the answer breaks HTTP/2's rules"
                                          : stream.fault);
}

int Http2Channel::on_begin_frame(nghttp2_session*,
                                 const nghttp2_frame_hd* header,
                                 void* self) noexcept {
  auto& channel = *static_cast<Http2Channel*>(self);
  channel.frame_of_ = header->stream_id;
  Stream* const stream = channel.find(header->stream_id);
  if (stream == nullptr) return 0;
  if (header->type == NGHTTP2_DATA) stream->open += header->length;
  if (header->type == NGHTTP2_DATA || header->type == NGHTTP2_HEADERS) {
    stream->ending =
        stream->ending || (header->flags & NGHTTP2_FLAG_END_STREAM);
  }
  return 0;
}

int Http2Channel::on_header(nghttp2_session*, const nghttp2_frame* frame,
                            const std::uint8_t* name, std::size_t name_size,
                            const std::uint8_t* value, std::size_t value_size,
                            std::uint8_t, void* self) noexcept {
  auto& channel = *static_cast<Http2Channel*>(self);
  const std::int32_t id = frame->hd.stream_id;
  Stream* const stream = channel.find(id);
  if (stream == nullptr || stream->exchange == nullptr) return 0;
  try {
    const std::string_view field(reinterpret_cast<const char*>(name),
                                 name_size);
    const std::string_view text(reinterpret_cast<const char*>(value),
                                value_size);
    channel.line_.clear();
    if (field == ":status") {
      if (!is_status_code(text)) {
        stream->exchange->fail(ErrorKind::kProtocol,
                               "the answer's :status is not a status code");
        channel.refuse(id, *stream);
        return 0;
      }
      channel.line_.append("HTTP/2 ").append(text);
    } else if (field.starts_with(':')) {
      return 0;
    } else {
      channel.line_.append(field).append(": ").append(text);
    }
    channel.line_.append("\r\n");
    channel.header_line(*stream, id, channel.line_);
    return 0;
  } catch (...) {
    return NGHTTP2_ERR_CALLBACK_FAILURE;
  }
}

int Http2Channel::on_frame(nghttp2_session*, const nghttp2_frame* frame,
                           void* self) noexcept {
  auto& channel = *static_cast<Http2Channel*>(self);
  const std::int32_t id = frame->hd.stream_id;
  channel.frame_of_ = 0;
  const std::uint64_t continuations =
      frame->hd.type == NGHTTP2_HEADERS
          ? std::exchange(channel.continuations_, 0)
          : 0;
  if (frame->hd.type == NGHTTP2_SETTINGS &&
      (frame->hd.flags & NGHTTP2_FLAG_ACK) == 0) {
    channel.settings_came_ = true;
    return 0;
  }
  Stream* const stream = channel.find(id);
  if (stream == nullptr) return 0;
  try {
    switch (frame->hd.type) {
      case NGHTTP2_RST_STREAM:
        stream->reset_by_peer = true;
        return 0;
      case NGHTTP2_HEADERS:
      case NGHTTP2_DATA:
        break;
      default:
        return 0;
    }
    const bool end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    // Padding alone brings nothing on.
    if (end || frame->hd.type == NGHTTP2_HEADERS ||
        frame->hd.length > frame->data.padlen) {
      // What goes on with them belongs to the headers.
      channel.useless_ -= 1 + continuations;
      ++channel.useful_;
    }
    if (frame->hd.type == NGHTTP2_DATA) {
      stream->open -= std::min(stream->open, frame->data.padlen);
    }
    if (end) stream->ended = true;
    if (frame->hd.type == NGHTTP2_HEADERS && stream->exchange != nullptr) {
      stream->exchange->heard(frame->hd.length, channel.now_);
      channel.header_line(*stream, id, "\r\n");
    }
    return 0;
  } catch (...) {
    return NGHTTP2_ERR_CALLBACK_FAILURE;
  }
}

int Http2Channel::on_invalid_frame(nghttp2_session*, const nghttp2_frame* frame,
                                   int error, void* self) noexcept {
  auto& channel = *static_cast<Http2Channel*>(self);
  try {
    std::string fault = fmt::format("HTTP/2: {}", nghttp2_strerror(error));
    if (error == NGHTTP2_ERR_HTTP_HEADER && !channel.wrong_field_.empty()) {
      fault += fmt::format(" ({})", channel.wrong_field_);
    }
    if (Stream* const stream = channel.find(frame->hd.stream_id)) {
      // All of its headers came, and end too soon: no body follows.
      if (error == NGHTTP2_ERR_HTTP_MESSAGING && stream->ending &&
          stream->exchange != nullptr && !stream->exchange->headers().done() &&
          stream->exchange->headers().status_code() >= 200) {
        channel.header_line(*stream, frame->hd.stream_id, "\r\n");
        return 0;
      }
      stream->fault = fault;
    }
    channel.fault_ = std::move(fault);
    return 0;
  } catch (...) {
    return NGHTTP2_ERR_CALLBACK_FAILURE;
  }
}

// Where nghttp2 says which field of a response it does not take.
int Http2Channel::on_error(nghttp2_session*, int error, const char* message,
                           std::size_t size, void* self) noexcept {
  if (error != NGHTTP2_ERR_HTTP_HEADER) return 0;
  try {
    constexpr std::string_view kBefore = "name: [";
    std::string_view text(message, size);
    const auto begin = text.find(kBefore);
    text.remove_prefix(begin == text.npos ? size : begin + kBefore.size());
    static_cast<Http2Channel*>(self)->wrong_field_ =
        text.substr(0, std::min<std::size_t>(text.find(']'), 40));
    return 0;
  } catch (...) {
    return NGHTTP2_ERR_CALLBACK_FAILURE;
  }
}

int Http2Channel::on_not_sent(nghttp2_session*, const nghttp2_frame* frame,
                              int error, void* self) noexcept {
  auto& channel = *static_cast<Http2Channel*>(self);
  Stream* const stream = channel.find(frame->hd.stream_id);
  if (stream == nullptr || frame->hd.type != NGHTTP2_HEADERS) return 0;
  // Elsewhere it fares better if it is this connection that takes no more.
  stream->unsent = error == NGHTTP2_ERR_START_STREAM_NOT_ALLOWED ||
                   error == NGHTTP2_ERR_SESSION_CLOSING ||
                   error == NGHTTP2_ERR_STREAM_CLOSING ||
                   error == NGHTTP2_ERR_STREAM_CLOSED;
  try {
    if (!stream->unsent) {
      stream->fault = fmt::format("HTTP/2: the request cannot be sent: {}",
                                  nghttp2_strerror(error));
    }
  } catch (...) {
    return NGHTTP2_ERR_CALLBACK_FAILURE;
  }
  return 0;
}

int Http2Channel::on_data(nghttp2_session*, std::uint8_t, std::int32_t id,
                          const std::uint8_t* data, std::size_t size,
                          void* self) noexcept {
  auto& channel = *static_cast<Http2Channel*>(self);
  Stream* const stream = channel.find(id);
  if (stream == nullptr || stream->exchange == nullptr) return 0;
  try {
    stream->body_bytes += size;
    stream->open -= std::min(stream->open, size);
    stream->exchange->heard(size, channel.now_);
    if (!stream->exchange->body({reinterpret_cast<const char*>(data), size},
                                false)) {
      channel.refuse(id, *stream);
    }
    return 0;
  } catch (...) {
    return NGHTTP2_ERR_CALLBACK_FAILURE;
  }
}

int Http2Channel::on_close(nghttp2_session*, std::int32_t id,
                           std::uint32_t error, void* self) noexcept {
  auto& channel = *static_cast<Http2Channel*>(self);
  Stream* const stream = channel.find(id);
  if (stream == nullptr) return 0;
  try {
    channel.stream_closed(id, *stream, error);
    return 0;
  } catch (...) {
    return NGHTTP2_ERR_CALLBACK_FAILURE;
  }
}

}  // namespace crawl
