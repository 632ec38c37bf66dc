#ifndef CRAWL_FETCH_HTTP_HTTP2_CHANNEL_H_
#define CRAWL_FETCH_HTTP_HTTP2_CHANNEL_H_

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "fetch/http/channel.h"
#include "fetch/http/request_writer.h"

namespace crawl {

// HTTP/2 on a connection (RFC 9113): many exchanges at a time, a stream each.
// nghttp2 reads and makes the frames.
//
// A response is complete with END_STREAM and nothing else. When the connection
// fails, the stream whose frame was at fault ends with that fault; the others
// are to be asked for again elsewhere. What a server sends that brings no
// response on is bounded.
class Http2Channel final : public Channel {
 public:
  // `proxied`: see RequestWriter. Until the server has said how many streams it
  // takes there are no more than `streams_at_first`. Throws std::bad_alloc.
  Http2Channel(const RequestWriter& writer, std::size_t max_header_bytes,
               std::size_t streams_at_first = kStreamsAtFirst,
               bool proxied = false);

  bool has_room() const override;
  std::optional<std::size_t> server_limit() const override;
  bool idle() const override { return streams_.empty() && may_begin(); }
  bool spent() const override { return streams_.empty() && !may_begin(); }
  void begin(Exchange& exchange, time_point now) override;
  std::uint64_t abandon(Exchange& exchange) override;
  void ended(ConnectionEnd how, std::string_view message) override;
  bool received(std::string_view data, time_point now) override;
  void collect(std::string& out) override;

 private:
  struct Stream {
    Exchange* exchange = nullptr;  // null once nobody waits for it
    std::uint64_t body_bytes = 0;
    bool ended = false;    // END_STREAM came with a frame that was right,
    bool ending = false;   // or with any
    std::size_t open = 0;  // bytes of DATA that nghttp2 has not given on
    bool reset_by_peer = false;
    bool unsent = false;  // its request is not to go out any more
    std::string fault;    // what was wrong with a frame of it
  };
  struct SessionDelete {
    void operator()(nghttp2_session* session) const {
      nghttp2_session_del(session);
    }
  };

  // nghttp2's callbacks; noexcept, for they are called through C.
  static int on_begin_frame(nghttp2_session*, const nghttp2_frame_hd* header,
                            void* self) noexcept;
  static int on_header(nghttp2_session*, const nghttp2_frame* frame,
                       const std::uint8_t* name, std::size_t name_size,
                       const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t flags, void* self) noexcept;
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame,
                      void* self) noexcept;
  static int on_invalid_frame(nghttp2_session*, const nghttp2_frame* frame,
                              int error, void* self) noexcept;
  static int on_error(nghttp2_session*, int error, const char* message,
                      std::size_t size, void* self) noexcept;
  static int on_not_sent(nghttp2_session*, const nghttp2_frame* frame,
                         int error, void* self) noexcept;
  static int on_data(nghttp2_session*, std::uint8_t flags, std::int32_t id,
                     const std::uint8_t* data, std::size_t size,
                     void* self) noexcept;
  static int on_close(nghttp2_session*, std::int32_t id, std::uint32_t error,
                      void* self) noexcept;

  bool may_begin() const;
  Stream* find(std::int32_t id);
  void header_line(Stream& stream, std::int32_t id, std::string_view line);
  void end(std::int32_t id, Stream& stream, bool again, bool http1 = false);
  void refuse(std::int32_t id, Stream& stream);
  void stream_closed(std::int32_t id, Stream& stream, std::uint32_t error);
  void fail_broken(Stream& stream);
  void make_frames();
  void count_frames(std::string_view data);
  void fail_all(std::string_view fault);
  bool still_useful();

  const RequestWriter& writer_;
  const std::size_t streams_at_first_;
  const bool proxied_;
  std::unique_ptr<nghttp2_session, SessionDelete> session_;
  std::unordered_map<std::int32_t, Stream> streams_;
  std::string line_;                 // a header line being put together
  time_point now_{};                 // of the received() that is going on
  std::int32_t frame_of_ = 0;        // the stream of a frame that has begun
  std::uint64_t completed_ = 0;      // exchanges that ended here
  std::uint64_t useful_ = 0;         // frames that brought a response on
  std::uint64_t useless_ = 0;        // and that did not
  std::uint64_t continuations_ = 0;  // of these, since the last headers
  // Where in the current frame the bytes received so far end.
  std::size_t head_read_ = 0;
  std::size_t payload_size_ = 0;
  std::size_t payload_left_ = 0;
  std::uint64_t refused_ = 0;  // streams reset from here
  std::string out_;            // frames made, to be collected
  std::string fault_;          // of the connection
  std::string wrong_field_;    // the last that nghttp2 did not take
  bool settings_came_ = false;
  bool usable_ = true;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_HTTP2_CHANNEL_H_
