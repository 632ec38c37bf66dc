#ifndef CRAWL_TESTS_SUPPORT_HTTP2_SITE_H_
#define CRAWL_TESTS_SUPPORT_HTTP2_SITE_H_

#include <openssl/ssl.h>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support/event_loop.h"
#include "support/ports.h"
#include "support/temp_dir.h"

namespace crawl::testing {

// HTTP/2's frames as bytes, right or wrong (RFC 9113 section 4). Nothing is
// checked: what is asked for is what is written.
namespace h2 {

using Fields = std::vector<std::pair<std::string, std::string>>;

enum Type : std::uint8_t {
  kData = 0,
  kHeaders = 1,
  kPriority = 2,
  kRstStream = 3,
  kSettings = 4,
  kPushPromise = 5,
  kPing = 6,
  kGoaway = 7,
  kWindowUpdate = 8,
  kContinuation = 9,
};
enum Flag : std::uint8_t {
  kNoFlags = 0,
  kAck = 1,
  kEndStream = 1,
  kEndHeaders = 4,
  kPadded = 8,
};
enum Setting : std::uint16_t {
  kHeaderTableSize = 1,
  kEnablePush = 2,
  kMaxConcurrentStreams = 3,
  kInitialWindowSize = 4,
  kMaxFrameSize = 5,
};
enum Code : std::uint32_t {
  kNoError = 0,
  kRefusedStream = 7,
  kHttp11Required = 13,
};

std::string number(std::uint64_t value, std::size_t bytes);
// Fields as HPACK literals that go into no table (RFC 7541 section 6.2.2).
std::string block(const Fields& fields);

std::string frame(std::uint8_t type, unsigned flags, std::int32_t stream,
                  std::string_view payload);
std::string headers(std::int32_t stream, const Fields& fields,
                    unsigned flags = kEndHeaders);
std::string data(std::int32_t stream, std::string_view bytes,
                 unsigned flags = kNoFlags);
// With so many bytes of padding behind.
std::string padded_data(std::int32_t stream, std::string_view bytes,
                        std::uint8_t padding, unsigned flags = kNoFlags);
std::string continuation(std::int32_t stream, std::string_view block,
                         unsigned flags = kNoFlags);
std::string priority(std::int32_t stream);
std::string rst(std::int32_t stream, std::uint32_t code);
std::string settings(
    std::initializer_list<std::pair<std::uint16_t, std::uint32_t>> values);
std::string push_promise(std::int32_t stream, std::int32_t promised,
                         const Fields& fields);
std::string ping();
std::string goaway(std::int32_t last, std::uint32_t code);
std::string window_update(std::int32_t stream, std::uint32_t size);
// A whole answer: 200, text/html, this body.
std::string answer(std::int32_t stream, std::string_view body);

}  // namespace h2

// What a server's TLS needs, made once for several servers on 127.0.0.1.
class Http2Identity {
 public:
  Http2Identity();

  const std::string& ca_file() const { return ca_file_; }
  SSL_CTX* context() const { return context_.get(); }

 private:
  TempDir directory_;
  std::string ca_file_;
  std::shared_ptr<SSL_CTX> context_;
};

// An HTTP/2 server over TLS on 127.0.0.1 that sends what it is told to, however
// wrong. Every connection has a thread of its own, which reads the client's
// frames and calls the handler for each request; SETTINGS and PING are
// acknowledged.
class Http2Site {
 public:
  struct Request {
    std::int32_t stream = 0;
    std::string path;
    h2::Fields fields;
  };

  // A connection, in the hands of its own thread.
  class Peer {
   public:
    // The first of the site is 0.
    std::size_t index() const { return index_; }
    // All that came, in order.
    const std::vector<Request>& requests() const { return requests_; }
    // The client has read SETTINGS, and said so.
    bool settings_read() const { return settings_read_; }

    // False once the client has gone.
    bool send(std::string_view bytes);
    // Sends these bytes until the client closes the connection.
    void flood(const std::string& bytes);
    // Reads, and makes nothing of it, until the client closes the connection.
    void wait_for_end();
    // Sends the connection's end, with or without TLS's close_notify.
    void close(bool notify);

   private:
    friend class Http2Site;
    Peer(std::size_t index, UniqueFd socket) noexcept
        : index_(index), socket_(std::move(socket)) {}

    std::size_t index_;
    UniqueFd socket_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
    std::vector<Request> requests_;
    bool settings_read_ = false;
    bool closed_ = false;
    std::thread thread_;
  };

  // Called with each request when it has come.
  using Handler = std::function<void(Peer&, const Request&)>;
  // Called once the handshake is over; is to send the first SETTINGS.
  using Opening = std::function<void(Peer&)>;

  explicit Http2Site(const Http2Identity& identity, Handler handler,
                     Opening opening = {});
  // Ends all connections.
  ~Http2Site();
  Http2Site(const Http2Site&) = delete;
  Http2Site& operator=(const Http2Site&) = delete;

  std::string url(std::string_view path) const;

  std::size_t connections() const;
  // Requests for `path` that came, over all connections.
  std::size_t requests(const std::string& path) const;
  // Frames of this type that clients sent.
  std::size_t frames(std::uint8_t type) const;
  // Waits until so many connections are over, for either side's reason.
  void wait_for_ended(std::size_t count);

 private:
  void accept_all();
  void serve(Peer& peer);
  void read_frames(Peer& peer);

  const Http2Identity& identity_;
  const Handler handler_;
  const Opening opening_;
  BoundSocket listener_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Peer> peers_;
  std::map<std::string, std::size_t> paths_;
  std::map<std::uint8_t, std::size_t> frames_;
  std::size_t ended_ = 0;
  bool stopping_ = false;
  std::thread acceptor_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_HTTP2_SITE_H_
