#ifndef CRAWL_FETCH_CURL_CONNECTOR_H_
#define CRAWL_FETCH_CURL_CONNECTOR_H_

#include <array>
#include <string>

#include "fetch/curl/curl_handle.h"
#include "fetch/curl/curl_setup.h"
#include "fetch/curl/curl_user.h"
#include "fetch/exchange.h"

namespace crawl {

// A connection that a Connector has opened.
struct ConnectorSocket {
  Fd fd;
  std::string remote_ip;
  double namelookup = 0;  // seconds
  double connect = 0;
};
using NewConnection = ConnectorSocket;

// Who a Connector's connections are for.
class ConnectionTaker {
 public:
  // They may destroy the connector.
  virtual void connected(Exchange& exchange, NewConnection opened) = 0;
  virtual void not_connected(Exchange& exchange, CURLcode why,
                             std::string_view message) = 0;

 protected:
  ~ConnectionTaker() = default;
};

// Has libcurl look up a host and connect to it (its resolver, --resolve,
// --connect-to, every address in turn, time limits), and hands over the socket.
// One connection at a time, any number after each other. Belongs to its loop's
// thread.
class Connector final : public CurlUser {
 public:
  // Throws std::runtime_error if libcurl does not take the set-up.
  Connector(LoopContext& context, CURLM* multi, ConnectionTaker& taker);
  ~Connector() { stop(); }
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;

  // Connects to the host of `exchange`, for http.
  void start(Exchange& exchange);
  // Neither connected() nor not_connected() will be called.
  void stop();

  void done(CURLcode code) override;

 private:
  static curl_socket_t on_open_socket(void* self, curlsocktype purpose,
                                      curl_sockaddr* address) noexcept;
  static int on_close_socket(void* self, curl_socket_t fd) noexcept;

  LoopContext& context_;
  CURLM* const multi_;
  ConnectionTaker& taker_;
  Exchange* exchange_ = nullptr;  // while connecting
  curl_socket_t taken_ = CURL_SOCKET_BAD;
  std::array<char, CURL_ERROR_SIZE> error_buffer_{};
  EasyHandle easy_;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_CURL_CONNECTOR_H_
