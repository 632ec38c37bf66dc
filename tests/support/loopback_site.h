#ifndef CRAWL_TESTS_SUPPORT_LOOPBACK_SITE_H_
#define CRAWL_TESTS_SUPPORT_LOOPBACK_SITE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "support/reply.h"
#include "support/request_log.h"
#include "support/transport.h"

namespace crawl::testing {

struct LoopbackSiteOptions {
  std::string address = "127.0.0.1";    // or "::1", "127.0.0.2", ...
  std::uint16_t port = 0;               // 0: the system picks a free one
  std::chrono::nanoseconds latency{0};  // before every answer
  bool keep_log = true;  // off where millions of requests are expected
  // Called for each finished request, on the server's thread.
  std::function<void(const LoggedRequest&)> on_finished;
  std::string scheme = "http";  // of url(); says nothing about the transport
  // TLS, for example; plain TCP by default.
  TransportFactory transport = make_tcp_transport;
};

// An HTTP/1.1 server on a loopback address, for tests and demonstrations. One
// thread of its own serves thousands of connections; HTTP/1.0, keep-alive,
// pipelining, HEAD, and absolute-form targets (so that it can stand in for a
// forward proxy; CONNECT is refused) are understood.
//
//   LoopbackSite site;
//   site.serve("/a.html", "<title>A</title>");
//   site.serve("/busy", [](const HttpRequest&) { return Reply::text("", 503);
//   });
//   ... fetch site.url("/a.html") ...
//   EXPECT_EQ(site.log().max_concurrent(), 1u);
//
// Running from construction to destruction, which closes every connection and
// joins the thread. Its functions may be called from any thread; handlers and
// on_finished run on the server's thread, one at a time, and must not block:
// let the Reply wait instead.
class LoopbackSite {
 public:
  // Throws std::system_error when it cannot listen.
  explicit LoopbackSite(LoopbackSiteOptions options = {});
  ~LoopbackSite();
  LoopbackSite(const LoopbackSite&) = delete;
  LoopbackSite& operator=(const LoopbackSite&) = delete;

  // Answers requests for `pattern`, in place of an earlier handler for it:
  //   "/a"           this path, with any query
  //   "/a/*"         every path that begins with "/a/" and has no longer match
  //   "//host/a"     this path when asked of this host (Host header, its port
  //                  ignored); goes before the same without a host
  // Anything else is answered with 404 (405 for CONNECT and the like).
  void serve(std::string pattern, Handler handler);
  // The same page every time.
  void serve(std::string pattern, std::string html);

  // Lets everything go on that waits for this gate now or later.
  void open_gate(std::string gate);

  std::uint16_t port() const;
  std::string origin() const;  // "http://127.0.0.1:8080"
  std::string url(std::string_view path_and_query) const;
  // The same server by another name, for use with --resolve or --connect-to.
  std::string url(std::string_view host, std::string_view path_and_query) const;

  // What has been asked so far. A request is in it before its answer leaves,
  // but may be marked finished only after the client has all of it: wait with
  // request_log().wait_for_finished(n) where that matters.
  LogView log() const { return request_log().snapshot(); }
  const RequestLog& request_log() const;
  void clear_log();

  std::size_t open_connections() const;

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_LOOPBACK_SITE_H_
