#ifndef CRAWL_FETCH_HTTP_HTTP1_CHANNEL_H_
#define CRAWL_FETCH_HTTP_HTTP1_CHANNEL_H_

#include <string>
#include <string_view>
#include <utility>

#include "fetch/http/channel.h"
#include "fetch/http/http1_reader.h"
#include "fetch/http/request_writer.h"

namespace crawl {

// HTTP/1.1 on a connection (RFC 9112): one exchange after the other.
//
// A request on a connection that turns out to be closed, or to have more of an
// earlier response or a 408 and nothing else, is to be sent again on a new one
// (section 9.3.1): all are GET or HEAD.
class Http1Channel final : public Channel {
 public:
  // `way`: see RequestWriter.
  Http1Channel(const RequestWriter& writer, std::size_t max_line,
               RequestWay way)
      : Channel("1.1"),
        writer_(writer),
        max_line_(max_line),
        way_(std::move(way)) {}

  bool has_room() const override { return idle(); }
  bool idle() const override { return exchange_ == nullptr && usable_; }
  void begin(Exchange& exchange, time_point now) override;
  std::uint64_t abandon(Exchange& exchange) override;
  bool spent() const override { return exchange_ == nullptr && !usable_; }
  void ended(ConnectionEnd how, std::string_view message) override;
  bool received(std::string_view data, time_point now) override;
  void collect(std::string& out) override;

 private:
  bool unanswered() const;
  bool closes_idle() const;
  void conclude(bool again);

  const RequestWriter& writer_;
  const std::size_t max_line_;
  const RequestWay way_;
  Http1Reader reader_;
  Exchange* exchange_ = nullptr;
  bool unsent_ = false;  // its request is still to be collected
  bool used_ = false;    // an earlier exchange went well
  bool usable_ = true;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_HTTP_HTTP1_CHANNEL_H_
