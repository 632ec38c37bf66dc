#ifndef CRAWL_FETCH_EXCHANGE_H_
#define CRAWL_FETCH_EXCHANGE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crawl/base/fingerprint.h"
#include "crawl/fetch/fetch_result.h"
#include "crawl/fetch/fetcher.h"
#include "fetch/buffer_pool.h"
#include "fetch/http/content_decoder.h"
#include "fetch/http/http1_reader.h"
#include "fetch/http/response_headers.h"
#include "fetch/page_reader.h"
#include "fetch/wire_tap.h"

namespace crawl {

class Connection;

// One request and what its response has brought so far, over whatever
// connection: header lines and parts of the body come in through Http1Sink, be
// they HTTP/1.1's own or put together from HTTP/2's frames. Used again and
// again. Belongs to the thread of its loop, and does not move.
class Exchange final : public Http1Sink {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  Exchange(const FetchOptions& options, BufferPool& buffers, unsigned worker);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Makes ready for `request`; kNone, or why there can be no exchange.
  ErrorKind begin(FetchRequest request, time_point now);
  // After the result has been taken: lets go of all the exchange has used.
  void clear();

  FetchRequest& request() { return *request_; }
  const FetchRequest& request() const { return *request_; }
  FetchResult& result() { return result_; }
  ResponseHeaders& headers() { return headers_; }
  // Null unless there is an ExchangeKeeper.
  WireTap* tap() { return tap_.get(); }

  // Whether the address policy lets this request reach `ip`.
  bool may_reach(const IpAddress& ip) const;

  // --- What its connection has to tell.

  // The request goes out, perhaps once more: nothing has come that answers it.
  void sending(time_point now);
  // All of it has.
  void sent(time_point now);
  // So many bytes came that are part of the answer.
  void heard(std::size_t bytes, time_point now);
  // A header line; a part of the body (`whole`: all of it, and it stays where
  // it is until the loop receives anything more). False if the exchange is to
  // end.
  bool header(std::string_view line) override;
  bool body(std::string_view data, bool whole) override;
  // The response is complete.
  void complete();
  // The first reason counts.
  void fail(ErrorKind kind, std::string_view message);
  bool failed() const { return result_.error != ErrorKind::kNone; }
  // Ended by the body limit, which is no failure.
  bool cut() const { return cut_; }
  // It is over: `body_bytes` came on the wire.
  void done(std::uint64_t body_bytes, time_point now);

  // So much of what it took is not to count against it.
  void excuse(std::chrono::nanoseconds late) { late_ += late; }
  // When it will have taken, or been silent, for too long; nothing if it may.
  std::optional<time_point> deadline() const;
  void fail_late(time_point looked_at);

  // --- What is left to do with the body, once it is over.

  // There is something left, so that `plan` and `body` are not empty.
  bool has_unread_body() const { return unread_; }
  BodyPlan take_plan() { return std::move(plan_); }
  // Before it comes: the body is not coded, whatever its headers say.
  void body_is_plain() { plan_.codings.clear(); }
  std::string_view body() const { return whole_body_ ? *whole_body_ : body_; }
  std::string take_body();

  // --- Notes of HttpClient and the loop.

  std::size_t index = 0;  // in the loop's list of open exchanges
  // What carries it; null while it waits for a connection.
  Connection* connection = nullptr;
  std::int32_t stream = 0;  // its HTTP/2 stream there
  bool waiting = false;     // for somebody else's connection to open
  bool alone = false;       // it is to have a connection of its own
  unsigned restarts = 0;    // how often it began anew, through no fault of its
  time_point started() const { return start_; }

 private:
  // What becomes of the body as it comes in.
  enum class BodyUse : std::uint8_t {
    kStore,   // as it is; plan_ says what then
    kDigest,  // only that
    kDrop,
  };

  void forget_answer();
  bool plan_body();
  void begin_digest();
  bool begin_decoding();
  bool decode(std::string_view data);
  bool decoded(std::string_view data, bool whole);
  void store(std::string_view data, bool whole);
  std::uint64_t max_body() const;
  bool is_redirect() const;
  std::size_t enough_bytes() const;

  const FetchOptions& options_;
  BufferPool& buffers_;
  const unsigned worker_;
  const std::unique_ptr<WireTap> tap_;
  std::optional<FetchRequest> request_;
  FetchResult result_;
  ResponseHeaders headers_;
  time_point start_;
  std::chrono::nanoseconds late_{0};
  // Since when the server has not sent enough, and what it has sent since.
  time_point quiet_since_;
  std::size_t quiet_bytes_ = 0;
  bool heard_ = false;

  BodyPlan plan_;
  BodyUse body_use_ = BodyUse::kDrop;
  std::unique_ptr<ContentDecoder> decoder_;  // while it decodes as bytes come
  std::string body_;
  std::optional<std::string_view> whole_body_;  // where it is, if not in body_
  std::optional<FingerprintStream> digest_;     // made when first needed
  bool holds_buffer_ = false;                   // body_ is one of the loop's
  bool unread_ = false;
  bool cut_ = false;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_EXCHANGE_H_
