#include <cstddef>
#include <string>

#include "support/content_codings.h"
#include "support/routes/routes.h"

namespace crawl::testing {
namespace {

Reply coded(const std::string& coding, std::string body) {
  return Reply::response(200,
                         {{"Content-Type", "text/html; charset=utf-8"},
                          {"Content-Encoding", coding}},
                         std::move(body));
}

}  // namespace

void add_coding_routes(LoopbackSite& site) {
  // Long enough that a part of it, coded, is not all of it.
  std::string page = "<!DOCTYPE html><title>coded</title>";
  for (int i = 0; i < 200; ++i) {
    page += "<p>paragraph " + std::to_string(i * i * 7919) + "</p>";
  }
  serve_reply(site, "/gzip", coded("gzip", gzip(page)));
  serve_reply(site, "/deflate", coded("deflate", deflate(page)));
  serve_reply(site, "/deflate-raw", coded("deflate", raw_deflate(page)));
  serve_reply(site, "/br", coded("br", stored_brotli(page)));
  serve_reply(site, "/gzip-gzip", coded("gzip, gzip", gzip(gzip(page))));

  serve_reply(site, "/gzip-not", coded("gzip", page));
  serve_reply(site, "/br-not", coded("br", page));
  serve_reply(site, "/coding-unknown", coded("x-secret", page));
  const std::string packed = gzip(page);
  serve_reply(site, "/gzip-truncated",
              coded("gzip", packed.substr(0, packed.size() / 2)));
  std::string corrupt = packed;
  for (std::size_t i = corrupt.size() / 2; i < corrupt.size() / 2 + 16; ++i) {
    corrupt[i] = static_cast<char>(~corrupt[i]);
  }
  serve_reply(site, "/gzip-corrupt", coded("gzip", corrupt));
  const std::string brotli = stored_brotli(page);
  serve_reply(site, "/br-truncated",
              coded("br", brotli.substr(0, brotli.size() / 2)));

  serve_number(site, "/gzip-bomb/*", 4096, [](std::size_t mib) {
    return coded("gzip", gzip_of_spaces(mib << 20U));
  });
}

}  // namespace crawl::testing
