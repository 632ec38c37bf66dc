#ifndef CRAWL_FETCH_NET_PROXY_DIALER_H_
#define CRAWL_FETCH_NET_PROXY_DIALER_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "fetch/curl/curl_handle.h"
#include "fetch/net/dialer.h"
#include "fetch/net/direct_dialer.h"
#include "fetch/net/net_setup.h"

namespace crawl {

// Connects through the proxy of -x: libcurl connects to it and speaks SOCKS,
// CONNECT and the TLS of an https proxy, each time with a handle of its own.
// Names are looked up by a Resolver, so that libcurl starts no thread for them.
// Plain http through an http proxy is a request to the proxy and needs no more
// than a connection to it, which a DirectDialer makes.
//
// `setup` has a proxy.
class ProxyDialer final : public Dialer, private SocketUser {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  // Throws std::runtime_error if libcurl or names cannot be set up.
  ProxyDialer(const NetSetup& setup, SocketSet& sockets);
  ~ProxyDialer() override;

  std::unique_ptr<Dial> dial(std::string_view host, std::uint16_t port,
                             bool tls, DialUser& user) override;
  std::optional<time_point> deadline() const override;
  void run(time_point now) override;

 private:
  class Connecting;
  class CurlTunnel;

  static int on_socket(CURL*, curl_socket_t fd, int what, void* self,
                       void*) noexcept;
  static int on_timer(CURLM*, long timeout_ms, void* self) noexcept;
  static curl_socket_t on_open_socket(void* dial, curlsocktype,
                                      curl_sockaddr* address) noexcept;
  static int on_close_socket(void* self, curl_socket_t fd) noexcept;

  void ready(int fd, bool readable, bool writable) override;
  void act(curl_socket_t fd, int events);

  const NetSetup& setup_;
  SocketSet& sockets_;
  DirectDialer direct_;
  CurlGlobal global_;
  // The user's own Proxy-Authorization.
  const std::optional<std::string> authorization_;
  std::map<int, Connecting*> negotiating_;  // by descriptor, libcurl's
  MultiHandle multi_;
  std::optional<time_point> curl_timer_;
  bool curl_timer_set_ = false;
  std::set<std::pair<time_point, Connecting*>> timers_;  // one for each
};

}  // namespace crawl

#endif  // CRAWL_FETCH_NET_PROXY_DIALER_H_
