#include <string>

#include "support/routes/routes.h"

namespace crawl::testing {
namespace {

const std::string kPage = "<title>framed</title>";
const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";

Reply raw(std::string bytes) { return Reply().send(std::move(bytes)); }

Reply with_length(const std::string& length) {
  return raw(kOk + "Content-Length: " + length + "\r\n\r\n" + kPage);
}

Reply chunked(const std::string& chunks) {
  return raw(kOk + "Transfer-Encoding: chunked\r\n\r\n" + chunks);
}

void add_lengths(LoopbackSite& site) {
  const std::string right = std::to_string(kPage.size());
  // Declares more than it sends, and closes.
  serve_reply(site, "/length-long", with_length("1000").close());
  // Sends more than it declares; the rest would be the next response's.
  serve_reply(site, "/length-short", with_length("7").close());
  serve_reply(site, "/length-twice",
              with_length(right + "\r\nContent-Length: 7").close());
  serve_reply(site, "/length-negative", with_length("-1").close());
  serve_reply(site, "/length-junk", with_length("many").close());
  serve_reply(site, "/length-overflow",
              with_length("99999999999999999999999").close());
}

void add_endings(LoopbackSite& site) {
  const std::string half_head = kOk + "X-Half: of a he";
  serve_reply(site, "/close-at-once", Reply().close());
  serve_reply(site, "/close-mid-head", raw(half_head).close());
  serve_reply(site, "/close-mid-body", with_length("1000").close());
  serve_reply(site, "/reset-at-once", Reply().reset());
  serve_reply(site, "/reset-mid-head", raw(half_head).reset());
  serve_reply(site, "/reset-mid-body", with_length("1000").reset());
}

void add_chunks(LoopbackSite& site) {
  serve_reply(site, "/chunked",
              chunked("7\r\n<title>\r\nE\r\nframed</title>\r\n0\r\n\r\n"));
  serve_reply(site, "/chunked-trailers",
              chunked("15\r\n" + kPage +
                      "\r\n0\r\nX-Trailer: yes\r\nX-Other: 1\r\n\r\n"));
  serve_reply(site, "/chunked-extensions",
              chunked("15;name=value;other=\"quoted; \\\" text\"\r\n" + kPage +
                      "\r\n0;last\r\n\r\n"));
  serve_reply(site, "/chunked-bad-size",
              chunked("zz\r\n" + kPage + "\r\n0\r\n\r\n").close());
  serve_reply(site, "/chunked-huge-size",
              chunked("FFFFFFFFFFFFFFFFFF\r\n" + kPage + "\r\n").close());
  serve_reply(site, "/chunked-truncated",
              chunked("15\r\n" + kPage + "\r\n100\r\nand then").close());
  serve_reply(site, "/chunked-no-crlf",
              chunked("15\r\n" + kPage + "XX0\r\n\r\n").close());
  // Both framings; RFC 9112 section 6.3 lets Transfer-Encoding win.
  serve_reply(site, "/chunked-and-length",
              raw(kOk +
                  "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"
                  "\r\n15\r\n" +
                  kPage + "\r\n0\r\n\r\n")
                  .close());
}

}  // namespace

void add_framing_routes(LoopbackSite& site) {
  add_lengths(site);
  add_endings(site);
  add_chunks(site);
  serve_reply(site, "/http10",
              raw("HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + kPage)
                  .close());
  serve_reply(site, "/until-close",
              raw(kOk + "Connection: close\r\n\r\n" + kPage).close());
}

}  // namespace crawl::testing
