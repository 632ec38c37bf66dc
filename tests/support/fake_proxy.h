#ifndef CRAWL_TESTS_SUPPORT_FAKE_PROXY_H_
#define CRAWL_TESTS_SUPPORT_FAKE_PROXY_H_

#include <openssl/ssl.h>

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/event_loop.h"
#include "support/ports.h"

namespace crawl::testing {

// A proxy on 127.0.0.1 that speaks SOCKS 4, 4a and 5 and HTTP's CONNECT, in the
// clear or over TLS, and reaches nobody: who is let through gets "<target>\n"
// and from then on what they send. A thread for each connection. Any thread.
class FakeProxy {
 public:
  enum class Manner : std::uint8_t {
    kServe,
    kRefuse,  // in the protocol's words
    kSilent,  // takes the request, says nothing
    kClose,   // takes the request and goes
  };

  // `tls`: null for none.
  explicit FakeProxy(Manner manner = Manner::kServe,
                     std::shared_ptr<SSL_CTX> tls = nullptr);
  // Answers this to a request of HTTP, and goes.
  explicit FakeProxy(std::string answer);
  ~FakeProxy();
  FakeProxy(const FakeProxy&) = delete;
  FakeProxy& operator=(const FakeProxy&) = delete;

  // "socks5://127.0.0.1:1080"; `user`: "me:secret@" or nothing.
  std::string url(const std::string& scheme,
                  const std::string& user = "") const;
  std::uint16_t port() const { return listener_.port; }

  // What it was asked for, one line each: "socks5 example.test:443 me:secret",
  // "CONNECT example.test:443 HTTP/1.1" with all header lines.
  std::vector<std::string> requests() const;

 private:
  class Peer;

  void serve();
  void handle(Peer& peer);
  void socks4(Peer& peer);
  void socks5(Peer& peer);
  void http(Peer& peer, char first);
  bool may_serve(Peer& peer, const std::string& refusal);
  void echo(Peer& peer, const std::string& target);
  void note(std::string request);

  const Manner manner_;
  const std::string refusal_;  // HTTP's
  const std::shared_ptr<SSL_CTX> tls_;
  BoundSocket listener_;

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  std::vector<std::string> requests_;
  std::list<UniqueFd> sockets_;
  std::vector<std::thread> handlers_;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_FAKE_PROXY_H_
