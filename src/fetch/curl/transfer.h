#ifndef CRAWL_FETCH_CURL_TRANSFER_H_
#define CRAWL_FETCH_CURL_TRANSFER_H_

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "fetch/curl/curl_handle.h"
#include "fetch/curl/curl_setup.h"
#include "fetch/curl/curl_user.h"
#include "fetch/exchange.h"

namespace crawl {

// An exchange that libcurl makes with an easy handle: TLS, HTTP/2, proxies, and
// whatever else PlainHttp leaves to it.
class Transfer final : public Exchange, public CurlUser {
 public:
  // Throws std::runtime_error if libcurl does not take the set-up.
  Transfer(LoopContext& context, CURLM* multi, ExchangeOwner& owner);
  ~Transfer() override { Transfer::release(); }

  void launch() override;
  void end(ErrorKind kind, std::string_view message) override;
  void release() override;
  bool is_plain() const override { return false; }
  void done(CURLcode code) override;

 private:
  static std::size_t on_header(char* data, std::size_t, std::size_t size,
                               void* self) noexcept;
  static std::size_t on_body(char* data, std::size_t, std::size_t size,
                             void* self) noexcept;
  static curl_socket_t on_open_socket(void* self, curlsocktype purpose,
                                      curl_sockaddr* address) noexcept;
  static int on_close_socket(void* context, curl_socket_t fd) noexcept;
  static int before_request(void* self, char* remote_ip, char* local_ip,
                            int remote_port, int local_port) noexcept;

  ErrorKind prepare() override;
  void conclude(CURLcode code);
  void collect_info();

  CURLM* const multi_;
  ExchangeOwner& owner_;
  TransferCallbacks callbacks_;
  RequestSettings settings_;
  EasyHandle easy_;
  std::array<char, CURL_ERROR_SIZE> error_buffer_{};
  std::string url_;
  bool in_multi_ = false;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_CURL_TRANSFER_H_
