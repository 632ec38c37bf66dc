#ifndef CRAWL_TESTS_SUPPORT_REPLY_H_
#define CRAWL_TESTS_SUPPORT_REPLY_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "support/http_request.h"

namespace crawl::testing {

// What a server does with one request, as a script of steps carried out in
// order: honest responses, and everything a bad server can do.
//
//   Reply::html("<title>hello</title>")
//   Reply().send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").close()
//   Reply().wait(50ms).then(Reply::response(503, {{"Retry-After", "1"}}, ""))
//
// After the last step the connection is kept for the next request if the client
// wants that and close_after() was not called. A value, one thread at a time.
class Reply {
 public:
  using Duration = std::chrono::nanoseconds;
  // Appends the next bytes and returns true, or returns false at the end.
  // Called only when the socket has taken what came before.
  using Generator = std::function<bool(std::string& out)>;

  struct Send {
    std::shared_ptr<const std::string> bytes;
    bool is_body;
  };
  struct Wait {
    Duration duration;
  };
  struct WaitForGate {
    std::string gate;
  };
  struct Drip {
    std::string bytes;
    Duration interval;
    std::size_t next = 0;
    bool waited = false;
  };
  struct Generate {
    Generator generator;
    bool is_body;
  };
  struct Close {
    bool says_goodbye;
  };
  struct Reset {};
  struct Hang {};
  using Step =
      std::variant<Send, Wait, WaitForGate, Drip, Generate, Close, Reset, Hang>;

  // A well-formed response. Content-Length is added unless `headers` has one or
  // a Transfer-Encoding, or the status has no body (1xx, 204, 304).
  static Reply response(int status, HttpHeaders headers, std::string body);
  static Reply html(std::string body, int status = 200);
  static Reply text(std::string body, int status = 200);
  static Reply redirect(std::string location, int status = 302);

  // Exactly these bytes; send_body() is left out when the request is a HEAD.
  Reply& send(std::string bytes);
  Reply& send_body(std::string bytes);
  Reply& send_body(std::shared_ptr<const std::string> bytes);

  Reply& wait(Duration duration);
  // Until LoopbackSite::open_gate(gate), which may have happened before.
  Reply& wait_for(std::string gate);
  // One byte after each interval.
  Reply& drip(std::string bytes, Duration interval);
  Reply& generate(Generator generator);
  Reply& then(Reply next);

  Reply& close();        // orderly: FIN
  Reply& cut();          // FIN, over TLS without its close_notify
  Reply& reset();        // TCP reset
  Reply& hang();         // nothing more, until the client leaves
  Reply& close_after();  // do not keep the connection

  bool keeps_connection() const { return keep_; }
  std::vector<Step>& steps() { return steps_; }

 private:
  std::vector<Step> steps_;
  bool keep_ = true;
};

using Handler = std::function<Reply(const HttpRequest&)>;

// "Not Found" for 404; "Status" for one it does not know.
std::string_view reason_phrase(int status);

// Status line and headers, as Reply::response() sends them.
std::string response_head(int status, const HttpHeaders& headers,
                          std::size_t body_size);

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_REPLY_H_
