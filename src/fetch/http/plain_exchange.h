#ifndef CRAWL_FETCH_HTTP_PLAIN_EXCHANGE_H_
#define CRAWL_FETCH_HTTP_PLAIN_EXCHANGE_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fetch/curl/connector.h"
#include "fetch/exchange.h"
#include "fetch/http/content_decoder.h"
#include "fetch/http/http1_reader.h"

namespace crawl {

class PlainHttp;
struct PlainConnection;

// An exchange over a connection without TLS, whose HTTP/1.1 this room speaks by
// itself: the request's text, and what the response's bytes mean. The network
// is PlainHttp's.
class PlainExchange final : public Exchange, private Http1Sink {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  PlainExchange(LoopContext& context, PlainHttp& http);
  ~PlainExchange() override { PlainExchange::release(); }

  bool launch_at_once() override;
  void launch() override;
  void end(ErrorKind kind, std::string_view message) override;
  void release() override;
  bool is_plain() const override { return true; }

  // What PlainHttp does for it at present; at most one of the two.
  PlainConnection* connection = nullptr;
  std::unique_ptr<Connector> connector;

  void started(time_point now);
  void connected(const NewConnection& opened);
  // The request goes out, perhaps for the second time.
  void begin_sending(time_point now);

  // The part of the request that is not sent yet.
  std::string_view unsent() const {
    return std::string_view(request_text_).substr(sent_);
  }
  void sent(std::size_t bytes) { sent_ += bytes; }

  // What came next, or the end of the connection. The rest of `data` is none of
  // this response's.
  std::string_view received(std::string_view data, time_point now);
  void connection_ended();
  // Nothing more to receive; done() follows.
  bool over() const { return reader_.over() || failed(); }
  // Nothing has come that answers it, so that the request can be sent again.
  bool unanswered() const {
    return !reader_.begun() ||
           (reader_.state() == Http1Reader::State::kMalformed &&
            headers_.expects_status());
  }
  // The connection can carry another exchange.
  bool keeps_alive() const;
  using Exchange::fail;
  using Exchange::fail_if_blocked;

  // It is over: takes note of how it went.
  void done(time_point now);

  // When it will have taken, or been silent, for too long; nothing if it may.
  std::optional<time_point> deadline() const;
  void fail_late(time_point now);

 private:
  ErrorKind prepare() override;
  bool header(std::string_view line) override;
  bool body(std::string_view data, bool whole) override;
  bool begin_body();
  std::size_t enough_bytes() const;
  bool failed() const { return result_.error != ErrorKind::kNone; }

  PlainHttp& http_;
  Http1Reader reader_;
  std::unique_ptr<ContentDecoder> decoder_;
  std::string request_text_;
  std::size_t sent_ = 0;
  time_point start_;
  // Since when the server has not sent enough, and what it has sent since.
  time_point quiet_since_;
  std::size_t quiet_bytes_ = 0;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_PLAIN_EXCHANGE_H_
