#ifndef CRAWL_FETCH_CURL_CURL_SETUP_H_
#define CRAWL_FETCH_CURL_CURL_SETUP_H_

#include <cstdint>
#include <memory>
#include <string>

#include "crawl/base/error.h"
#include "crawl/fetch/fetcher.h"
#include "fetch/curl/curl_handle.h"
#include "fetch/curl/curl_share.h"
#include "fetch/http/request_headers.h"

namespace crawl {

class CurlUser;

// What libcurl calls during one transfer. `transfer` goes to all of them but
// close_socket: a connection outlives the transfer that opened it.
struct TransferCallbacks {
  void* transfer = nullptr;
  CurlUser* user = nullptr;           // the handle's CURLOPT_PRIVATE
  void* close_socket_data = nullptr;  // what close_socket gets
  char* error_buffer = nullptr;       // CURL_ERROR_SIZE bytes
  curl_write_callback header = nullptr;
  curl_write_callback body = nullptr;
  curl_opensocket_callback open_socket = nullptr;
  curl_closesocket_callback close_socket = nullptr;
  curl_prereq_callback before_request = nullptr;
};

// What an easy handle is set to at present, beside what never changes.
struct RequestSettings {
  enum class Setting : std::uint8_t { kUnknown, kOff, kOn };
  Setting tls = Setting::kUnknown;
  Setting credentials = Setting::kUnknown;
  Setting fresh = Setting::kUnknown;
};

// The one place where FetchOptions and FetchRequest become curl options.
//
// Constant once made, and shared by all loops; must outlive every handle it
// set up, since libcurl keeps pointers to its lists.
class CurlSetup {
 public:
  // Fails, in words for the user, where an option makes no sense to libcurl or
  // a file it names cannot be read.
  static Result<std::unique_ptr<const CurlSetup>> create(FetchOptions options);

  const FetchOptions& options() const { return options_; }
  bool has_proxy() const { return !options_.proxy.empty(); }

  const RequestHeaders& headers() const { return headers_; }

  // What is the same for every exchange; once per handle.
  CURLcode prepare(CURL* easy, const TransferCallbacks& callbacks) const;

  // What this exchange asks for; libcurl copies `url`.
  CURLcode prepare_request(CURL* easy, const FetchRequest& request,
                           const char* url, RequestSettings& now) const;

  // Has a handle that was prepared so open connections, and do no more.
  CURLcode prepare_connector(CURL* easy) const;

 private:
  explicit CurlSetup(FetchOptions options);
  Result<void> check();

  FetchOptions options_;
  CurlGlobal global_;
  CurlShare share_;
  bool ca_file_is_all_ = false;
  RequestHeaders headers_;
  Slist any_headers_;  // headers_ as libcurl has them
  Slist origin_headers_;
  Slist wildcard_resolve_;
  Slist connect_to_;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_CURL_CURL_SETUP_H_
