#ifndef CRAWL_FETCH_TRANSFER_LOOP_H_
#define CRAWL_FETCH_TRANSFER_LOOP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "crawl/base/clock.h"
#include "crawl/fetch/fetcher.h"
#include "fetch/buffer_pool.h"
#include "fetch/curl/curl_handle.h"
#include "fetch/curl/curl_setup.h"
#include "fetch/exchange.h"
#include "fetch/http/plain_http.h"
#include "fetch/net/dns_gate.h"
#include "fetch/net/socket_set.h"

namespace crawl {

// The same for all requests that may share a connection.
std::uint64_t host_hash(const Url& url);

// A response whose page is yet to be read from its body.
struct UnreadPage {
  FetchResult result;
  std::string body;
  Url url;
  bool keep_body = false;
};

// Reads the page and hands the result back: the step after the last byte.
FetchResult read_unread(UnreadPage unread, const PageOptions& options);

// What one round of a loop finished.
struct FinishedBatch {
  std::vector<FetchResult> results;
  // Hosts (by host_hash) first seen to speak HTTP/1 over TLS.
  std::vector<std::uint64_t> tls_http1_hosts;

  bool empty() const { return results.empty() && tls_http1_hosts.empty(); }
};

// All the exchanges of one thread, over epoll: those that a libcurl multi
// handle makes, and those of PlainHttp.
//
// post(), abort(), stop() and wake() may be called from any thread; run() and
// round() by the one that drives the loop, on which the hooks are called too.
// Every request posted comes out in exactly one FinishedBatch, unless the loop
// is stopped or destroyed before. `setup` must outlive the loop.
class TransferLoop final : private ExchangeOwner {
 public:
  struct Hooks {
    // At the end of a round that finished something; leaves the batch empty.
    std::function<void(FinishedBatch&)> deliver;
    // Takes over a page that would hold the loop up, to call read_unread() on
    // another thread. Null: they are read here.
    std::function<void(UnreadPage)> read_elsewhere;
  };

  // Throws std::runtime_error or std::system_error.
  TransferLoop(const CurlSetup& setup, unsigned index,
               std::size_t max_connections, Hooks hooks);
  ~TransferLoop();

  // Takes the requests, and leaves `requests` empty.
  void post(std::vector<FetchRequest>& requests);
  // Everything posted so far ends as kInterrupted, if it has not ended.
  void abort();
  void stop();
  void wake();

  // Until stop().
  void run() noexcept;

  // Takes what was posted, waits for something to happen until `until` (for
  // ever without) or wake(), deals with it.
  void round(std::optional<Clock::time_point> until);

 private:
  struct Inbox {
    std::vector<FetchRequest> requests;
    std::size_t aborted = 0;  // how many of them came before abort()
    bool abort = false;
    bool stop = false;
    bool may_sleep = false;  // the next post() must wake the loop
  };

  static int on_socket(CURL*, curl_socket_t fd, int what, void* self,
                       void*) noexcept;
  static int on_timer(CURLM*, long timeout_ms, void* self) noexcept;

  void do_round(std::optional<Clock::time_point> until);
  void take_inbox();
  void adopt(FetchRequest request);
  std::unique_ptr<Exchange> make_exchange(bool plain);
  void begin_lookup(Exchange& exchange);
  void launch(Exchange& exchange);
  void poll(std::optional<Clock::time_point> until);
  void act(curl_socket_t socket, int events);
  void run_timers();
  void settle_lookups();
  void lookup_over(std::uint64_t host, const FetchResult* failure);
  void collect_finished();
  void over(Exchange& exchange) override;
  std::unique_ptr<Exchange> detach(Exchange& exchange);
  void emit(std::unique_ptr<Exchange> exchange);
  bool read_here(Exchange& exchange);
  void end_open(Exchange& exchange, ErrorKind kind, std::string_view message);
  void end_unstarted(const FetchRequest& request, ErrorKind kind,
                     std::string_view message);
  void end_all(ErrorKind kind, std::string_view message);
  void note_protocol(Exchange& exchange);

  const CurlSetup& setup_;
  const Hooks hooks_;
  const unsigned index_;
  std::size_t max_connections_;
  SocketSet sockets_;  // outlives multi_, whose connections it is told about
  BufferPool buffers_;
  LoopContext context_;
  DnsGate dns_gate_;
  MultiHandle multi_;
  PlainHttp plain_;
  std::vector<std::unique_ptr<Exchange>> open_;
  std::array<std::vector<std::unique_ptr<Exchange>>, 2> idle_;  // by is_plain()
  std::vector<FetchRequest> taken_;  // the inbox's other half,
  std::size_t taken_done_ = 0;       // and how many of it are seen to
  FinishedBatch finished_;
  std::unordered_set<std::uint64_t> tls_http1_hosts_;
  std::optional<Clock::time_point> timer_;  // libcurl's
  bool timer_set_ = false;
  bool stopped_ = false;

  std::mutex mutex_;
  Inbox inbox_;  // guarded by mutex_
};

}  // namespace crawl

#endif  // CRAWL_FETCH_TRANSFER_LOOP_H_
