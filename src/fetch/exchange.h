#ifndef CRAWL_FETCH_EXCHANGE_H_
#define CRAWL_FETCH_EXCHANGE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/fingerprint.h"
#include "crawl/fetch/fetch_result.h"
#include "crawl/fetch/fetcher.h"
#include "fetch/buffer_pool.h"
#include "fetch/curl/curl_setup.h"
#include "fetch/http/response_headers.h"
#include "fetch/net/socket_set.h"

namespace crawl {

class Exchange;

// What the exchanges of one loop have in common.
struct LoopContext {
  const CurlSetup& setup;
  SocketSet& sockets;
  BufferPool& buffers;
  unsigned worker;
  // Exchanges that held a name's look-up (see DnsGate) and have got past it.
  std::vector<Exchange*> resolved;
};

// Who is told that an exchange is over: its loop.
class ExchangeOwner {
 public:
  // Takes the result, and may destroy the exchange.
  virtual void over(Exchange& exchange) = 0;

 protected:
  ~ExchangeOwner() = default;
};

// One request and what its response has brought so far, whoever speaks HTTP for
// it: libcurl (Transfer) or this room (PlainExchange). Used again and again.
// Belongs to the thread of its loop, and does not move.
class Exchange {
 public:
  virtual ~Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Makes ready for `request`; kNone, or why there can be no exchange.
  ErrorKind begin(FetchRequest request);
  // Sends the request, if that takes no look-up and no connecting. Either this
  // or launch().
  virtual bool launch_at_once() { return false; }
  virtual void launch() = 0;
  // It is over, for a reason that is none of the server's.
  virtual void end(ErrorKind kind, std::string_view message) = 0;
  // Lets go of whatever it has on the network. Does nothing the second time.
  virtual void release() = 0;

  // What it brought, once it is over. The result is the caller's to move from.
  FetchResult& result() { return result_; }
  FetchRequest& request() { return *request_; }
  // Valid until clear(), and until the loop receives anything more.
  std::string_view body() const { return whole_body_ ? *whole_body_ : body_; }
  std::string take_body();
  // The body is all here and is an HTML page that was asked for.
  bool has_page() const;
  bool keeps_body() const;

  // After the result has been taken: lets go of all the exchange has used.
  void clear();

  // Whether the address policy lets this request reach `ip`.
  bool may_reach(const IpAddress& ip) const;
  bool may_reach(std::string_view ip) const;
  // Notes of whoever opens a connection for it.
  void past_lookup();
  void opened_socket() { opened_socket_ = true; }
  void refused_address() { refused_address_ = true; }

  // Made by PlainHttp, not by libcurl.
  virtual bool is_plain() const = 0;

  // For the loop's book-keeping.
  std::size_t index = 0;      // in its list of open exchanges
  std::uint64_t host = 0;     // hash of host and port
  bool holds_lookup = false;  // see DnsGate

 protected:
  explicit Exchange(LoopContext& context);

  // The part of begin() that is the derived class's.
  virtual ErrorKind prepare() = 0;

  // A header line, a part of the body (`whole`: all of it, and it stays where
  // it is until the exchange is cleared). False if the exchange is to end.
  bool header(std::string_view line);
  bool body_part(std::string_view data, bool whole);
  // The response is complete.
  void finish();
  // The first reason counts.
  void fail(ErrorKind kind, std::string_view message);
  // Ended by the body limit, which is no failure.
  bool cut() const { return cut_; }
  // Every address it could have connected to was refused.
  bool fail_if_blocked();
  void reused_address_refused();

  LoopContext& context_;
  const FetchOptions& options_;
  std::optional<FetchRequest> request_;
  FetchResult result_;
  ResponseHeaders headers_;

 private:
  // What becomes of the body as it comes in.
  enum class BodyUse : std::uint8_t { kSniff, kStore, kDigest, kDrop };

  bool plan_body();
  void sniffed(std::string_view begin, bool html);
  bool is_redirect() const;

  std::string body_;
  std::optional<std::string_view> whole_body_;  // where it is, if not in body_
  std::uint64_t max_body_ = 0;
  std::optional<FingerprintStream> digest_;  // made when first needed
  BodyUse body_use_ = BodyUse::kDrop;
  bool holds_buffer_ = false;  // body_ is one of the loop's
  bool is_html_ = false;
  bool cut_ = false;
  bool opened_socket_ = false;
  bool refused_address_ = false;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_EXCHANGE_H_
