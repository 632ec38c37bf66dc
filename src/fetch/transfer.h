#ifndef CRAWL_FETCH_TRANSFER_H_
#define CRAWL_FETCH_TRANSFER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/fingerprint.h"
#include "crawl/fetch/fetch_result.h"
#include "fetch/buffer_pool.h"
#include "fetch/curl_handle.h"
#include "fetch/curl_setup.h"
#include "fetch/response_headers.h"
#include "fetch/socket_set.h"

namespace crawl {

class Transfer;

// What the transfers of one loop have in common.
struct TransferContext {
  const CurlSetup& setup;
  SocketSet& sockets;
  BufferPool& buffers;
  unsigned worker;
  // Transfers that held a name's look-up (see DnsGate) and have got past it.
  std::vector<Transfer*> resolved;
};

// One easy handle and what its present exchange has brought so far; used again
// and again. Belongs to the thread of its loop. Does not move: libcurl holds
// pointers to it.
class Transfer {
 public:
  // Throws std::runtime_error if libcurl does not take the set-up.
  explicit Transfer(TransferContext& context);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  // Makes ready for `request`; kNone, or why there can be no exchange.
  ErrorKind begin(FetchRequest request);

  // The exchange is over, as libcurl says in `code`: takes note of how it went.
  void end(CURLcode code);
  // It is over without libcurl.
  void end(ErrorKind kind, std::string_view message);

  // What it brought; after end(). The result is the caller's to move from, and
  // so is the body while this transfer has it.
  FetchResult& result() { return result_; }
  std::string& body() { return body_; }
  FetchRequest& request() { return *request_; }
  // The body is all here and is an HTML page that was asked for.
  bool has_page() const;
  bool keeps_body() const;

  // After the result has been taken: lets go of all the exchange has used.
  void clear();

  CURL* easy() const { return easy_.get(); }

  // For the loop's book-keeping.
  std::size_t index = 0;      // in its list of open transfers
  std::uint64_t host = 0;     // hash of host and port
  bool holds_lookup = false;  // see DnsGate
  bool in_multi = false;

 private:
  // What becomes of the body as it comes in.
  enum class BodyUse : std::uint8_t { kSniff, kStore, kDigest, kDrop };

  static std::size_t on_header(char* data, std::size_t, std::size_t size,
                               void* self) noexcept;
  static std::size_t on_body(char* data, std::size_t, std::size_t size,
                             void* self) noexcept;
  static curl_socket_t on_open_socket(void* self, curlsocktype purpose,
                                      curl_sockaddr* address) noexcept;
  static int on_close_socket(void* sockets, curl_socket_t fd) noexcept;
  static int before_request(void* self, char* remote_ip, char* local_ip,
                            int remote_port, int local_port) noexcept;

  bool header(std::string_view line);
  bool body_part(std::string_view data);
  bool plan_body();
  void sniffed(bool html);
  void fail(ErrorKind kind, std::string_view message);
  bool allowed(std::string_view ip) const;
  void past_lookup();
  bool is_redirect() const;
  void collect_info();

  TransferContext& context_;
  const FetchOptions& options_;
  TransferCallbacks callbacks_;
  RequestSettings settings_;
  EasyHandle easy_;
  std::array<char, CURL_ERROR_SIZE> error_buffer_{};

  std::optional<FetchRequest> request_;
  FetchResult result_;
  ResponseHeaders headers_;
  std::string url_;
  std::string body_;
  std::uint64_t max_body_ = 0;
  std::optional<FingerprintStream> digest_;  // made when first needed
  BodyUse body_use_ = BodyUse::kDrop;
  bool holds_buffer_ = false;  // body_ is one of the loop's
  bool is_html_ = false;
  bool cut_ = false;  // the body reached its limit
  bool opened_socket_ = false;
  bool refused_address_ = false;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_TRANSFER_H_
