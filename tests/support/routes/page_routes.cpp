#include <algorithm>
#include <string>

#include "support/routes/routes.h"

namespace crawl::testing {
namespace {

using namespace std::string_literals;

}  // namespace

void add_page_routes(LoopbackSite& site) {
  serve_reply(
      site, "/no-content-type",
      Reply::response(200, {}, "<!DOCTYPE html><title>untyped</title>"));
  // Says UTF-8, is windows-1252: "café".
  serve_reply(site, "/wrong-charset", Reply::html("<title>caf\xE9</title>"));
  serve_reply(site, "/title-escapes",
              Reply::html("<title>\x1B[2J\x1B[31mred\x07\x1B]0;owned\x07"
                          " tab\there\nnew\rline \xC2\x9B&#27;[1m</title>"));
  serve_reply(site, "/title-nul", Reply::html("<title>a\0b</title>"s));
  serve_number(site, "/title-huge/*", 100'000, [](std::size_t kib) {
    return Reply::html("<title>" + std::string(kib * 1024, 't') + "</title>");
  });
  serve_number(site, "/deep/*", 1'000'000, [](std::size_t depth) {
    std::string page = "<title>deep</title>";
    for (std::size_t i = 0; i < depth; ++i) page += "<div>";
    return Reply::html(page + "<a href=\"/bottom.html\">bottom</a>");
  });
  serve_number(site, "/many-links/*", 1'000'000, [](std::size_t count) {
    std::string page = "<title>many links</title>";
    for (std::size_t i = 0; i < count; ++i) {
      page += "<a href=\"/link/" + std::to_string(i) + "\">x</a>\n";
    }
    return Reply::html(std::move(page));
  });
  // A space of URLs without end, as calendars and bad relative links make them.
  site.serve("/trap/*", [](const HttpRequest& request) {
    return Reply::html("<title>" + std::to_string(request.path.size()) +
                       "</title><a href=\"" + request.path +
                       "next/\">next</a><a href=\"?" + request.query +
                       "&amp;n=1\">more</a>");
  });
  serve_reply(site, "/set-cookies",
              Reply::response(200,
                              {{"Content-Type", "text/html; charset=utf-8"},
                               {"Set-Cookie", "a=1; Path=/"},
                               {"Set-Cookie", "b=2; HttpOnly"},
                               {"Set-Cookie", "c=3; Max-Age=0"}},
                              "<title>cookies</title>"));
  std::string bytes;
  for (int i = 0; i < 4096; ++i) bytes += static_cast<char>(i * 31 % 256);
  serve_reply(site, "/binary",
              Reply::response(200, {{"Content-Type", "image/png"}}, bytes));
  serve_reply(site, "/empty", Reply::html(""));
}

}  // namespace crawl::testing
