#include <string>
#include <string_view>

#include "support/routes/routes.h"

namespace crawl::testing {
namespace {

using namespace std::string_literals;

const std::string kPage = "<title>malformed</title>";

// A 200 with one header line of a kind that should not be.
Reply with_line(const std::string& line) {
  return Reply()
      .send("HTTP/1.1 200 OK\r\n" + line + "\r\nContent-Type: text/html\r\n" +
            "Content-Length: " + std::to_string(kPage.size()) + "\r\n\r\n" +
            kPage)
      .close();
}

Reply raw(std::string bytes) { return Reply().send(std::move(bytes)).close(); }

}  // namespace

void add_malformed_routes(LoopbackSite& site) {
  serve_reply(site, "/http09", raw(kPage));
  serve_reply(site, "/garbage", raw("\x00\x01\xFF\xFE not http at all\r\n"s));
  serve_reply(site, "/status-line-junk", raw("HTTP/1.1 abc Oops\r\n\r\n"));
  serve_reply(site, "/status-line-short", raw("HTTP/1.1\r\n\r\n"));
  serve_reply(site, "/switching",
              raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n"
                  "Connection: Upgrade\r\n\r\nnow something else"));

  serve_reply(site, "/nul-header", with_line("X-Nul: a\0b"s));
  serve_reply(site, "/control-header",
              with_line("X-Control: \x01\x02\x7F\x0B"));
  serve_reply(site, "/escape-header",
              with_line("X-Escape: \x1B[31mred\x1B]0;title\x07 \xC2\x9B"));
  serve_reply(site, "/obs-fold", with_line("X-Folded: first\r\n  second"));
  serve_reply(site, "/header-no-colon", with_line("no colon in this line"));
  serve_reply(site, "/lf-only",
              raw("HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: " +
                  std::to_string(kPage.size()) + "\n\n" + kPage));

  serve_reply(site, "/continue-first",
              Reply()
                  .send("HTTP/1.1 100 Continue\r\n\r\n")
                  .then(Reply::html("<title>continued</title>")));
  serve_reply(site, "/early-hints",
              Reply()
                  .send("HTTP/1.1 103 Early Hints\r\n"
                        "Link: </style.css>; rel=preload\r\n\r\n")
                  .then(Reply::html("<title>after hints</title>")));
  // A body where none may be (RFC 9110 sections 15.3.5 and 15.4.5).
  site.serve("/no-content-body/*", [](const HttpRequest& request) {
    const std::string status(path_segments(request.path).back());
    return raw(
        "HTTP/1.1 " + status + " No Body\r\nContent-Type: text/html\r\n" +
        "Content-Length: " + std::to_string(kPage.size()) + "\r\n\r\n" + kPage);
  });
}

}  // namespace crawl::testing
