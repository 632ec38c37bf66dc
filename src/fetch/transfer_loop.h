#ifndef CRAWL_FETCH_TRANSFER_LOOP_H_
#define CRAWL_FETCH_TRANSFER_LOOP_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "crawl/base/clock.h"
#include "crawl/fetch/fetcher.h"
#include "fetch/buffer_pool.h"
#include "fetch/exchange.h"
#include "fetch/fetch_setup.h"
#include "fetch/http/http_client.h"
#include "fetch/net/socket_set.h"
#include "fetch/page_reader.h"

namespace crawl {

// What one round of a loop finished.
struct FinishedBatch {
  std::vector<FetchResult> results;
  // Origins (by origin_hash) first seen to speak HTTP/1 over TLS.
  std::vector<std::uint64_t> tls_http1_origins;

  bool empty() const { return results.empty() && tls_http1_origins.empty(); }
};

// All the exchanges of one thread, over epoll.
//
// post(), abort(), stop() and wake() may be called from any thread; run() and
// round() by the one that drives the loop, on which the hooks are called too.
// Every request posted comes out in exactly one FinishedBatch, unless the loop
// is stopped or destroyed before. `setup` must outlive the loop.
class TransferLoop final {
 public:
  struct Hooks {
    // At the end of a round that finished something; leaves the batch empty.
    std::function<void(FinishedBatch&)> deliver;
    // Takes over a page that would hold the loop up, for PageReader::finish()
    // on another thread. Null: they are read here.
    std::function<void(UnreadBody)> read_elsewhere;
    // Whether another thread has nothing better to do than to read pages of
    // this loop's. Null: none has.
    std::function<bool()> others_are_idle;
  };

  // Throws std::runtime_error or std::system_error.
  TransferLoop(const FetchSetup& setup, unsigned index,
               std::size_t max_connections, Hooks hooks);
  ~TransferLoop();
  TransferLoop(const TransferLoop&) = delete;
  TransferLoop& operator=(const TransferLoop&) = delete;

  // Takes the requests, and leaves `requests` empty.
  void post(std::vector<FetchRequest>& requests);
  // Everything posted so far ends as kInterrupted, if it has not ended.
  void abort();
  void stop();
  void wake();

  // Until stop().
  void run() noexcept;

  // Waits for something to happen until `until` (for ever without) or wake(),
  // deals with it, takes what was posted.
  void round(std::optional<Clock::time_point> until);

 private:
  struct Inbox {
    std::vector<FetchRequest> requests;
    std::size_t aborted = 0;  // how many of them came before abort()
    bool abort = false;
    bool stop = false;
    bool may_sleep = false;  // the next post() must wake the loop

    bool has_mail() const { return !requests.empty() || abort || stop; }
  };

  void do_round(std::optional<Clock::time_point> until);
  void poll(std::optional<Clock::time_point> until);
  void take_inbox();
  void adopt(FetchRequest request);
  std::unique_ptr<Exchange> make_exchange();
  void over(Exchange& exchange);
  std::unique_ptr<Exchange> detach(Exchange& exchange);
  void emit(std::unique_ptr<Exchange> exchange);
  bool read_here(Exchange& exchange, bool kept);
  void end_unstarted(const FetchRequest& request, ErrorKind kind,
                     std::string_view message);
  void end_all(ErrorKind kind, std::string_view message);

  const FetchSetup& setup_;
  const Hooks hooks_;
  const unsigned index_;
  std::size_t max_connections_;
  SocketSet sockets_;
  BufferPool buffers_;
  PageReader reader_;
  std::vector<std::unique_ptr<Exchange>> open_;
  HttpClient client_;
  std::vector<std::unique_ptr<Exchange>> idle_;
  std::vector<FetchRequest> taken_;  // the inbox's other half,
  std::size_t taken_done_ = 0;       // and how many of it are seen to
  FinishedBatch finished_;
  bool stopped_ = false;

  std::mutex mutex_;
  Inbox inbox_;  // guarded by mutex_
};

}  // namespace crawl

#endif  // CRAWL_FETCH_TRANSFER_LOOP_H_
