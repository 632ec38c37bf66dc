#include <string>

#include "support/routes/routes.h"

namespace crawl::testing {
namespace {

constexpr std::size_t kBlock = 64 * 1024;

// `head`, then `part` for as long as the client takes it.
Reply endless(std::string head, const std::string& part) {
  std::string block;
  while (block.size() < kBlock) block += part;
  return Reply().send(std::move(head)).generate([block](std::string& out) {
    out += block;
    return true;
  });
}

}  // namespace

void add_endless_routes(LoopbackSite& site) {
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";
  serve_reply(site, "/endless-body",
              endless(ok + "Connection: close\r\n\r\n<title>endless</title>",
                      "more and more "));
  serve_reply(site, "/endless-chunks",
              endless(ok + "Transfer-Encoding: chunked\r\n\r\n",
                      "a\r\n0123456789\r\n"));
  serve_reply(site, "/endless-headers", endless(ok, "X-More: and more\r\n"));
  serve_reply(site, "/endless-header-line", endless(ok + "X-Long: ", "long "));
  serve_reply(site, "/endless-1xx",
              endless("", "HTTP/1.1 103 Early Hints\r\n\r\n"));

  serve_number(site, "/big-header/*", 1'000'000, [](std::size_t kib) {
    return Reply::response(200,
                           {{"Content-Type", "text/html"},
                            {"X-Big", std::string(kib * 1024, 'x')}},
                           "<title>big header</title>");
  });
  serve_number(site, "/many-headers/*", 1'000'000, [](std::size_t count) {
    HttpHeaders headers = {{"Content-Type", "text/html"}};
    for (std::size_t i = 0; i < count; ++i) {
      headers.emplace_back("X-" + std::to_string(i), "v");
    }
    return Reply::response(200, headers, "<title>many headers</title>");
  });
  // Honest, and of exactly so many KiB.
  serve_number(site, "/big-body/*", 16'000'000, [](std::size_t kib) {
    return Reply()
        .send(response_head(200, {{"Content-Type", "text/html"}}, kib * 1024))
        .generate([left = kib](std::string& out) mutable {
          if (left == 0) return false;
          --left;
          out.append(1024, ' ');
          return true;
        });
  });
}

}  // namespace crawl::testing
