#include <chrono>
#include <ctime>
#include <map>
#include <memory>
#include <string>

#include "support/routes/routes.h"

namespace crawl::testing {
namespace {

Reply status_page(int status, HttpHeaders headers = {}) {
  headers.emplace_back("Content-Type", "text/html; charset=utf-8");
  const bool bodiless = status < 200 || status == 204 || status == 304;
  return Reply::response(
      status, std::move(headers),
      bodiless ? "" : "<title>status " + std::to_string(status) + "</title>");
}

// As RFC 9110 section 5.6.7 prefers it: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(std::time_t when) {
  char text[64];
  std::tm parts{};
  gmtime_r(&when, &parts);
  const std::size_t size =
      std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return std::string(text, size);
}

// Counts visits by key; the handlers that share one run on one thread.
using Visits = std::map<std::string, std::size_t, std::less<>>;

// "<pattern>/N/...": `failure` for the first N visits to a path, then a page.
void serve_flaky(LoopbackSite& site, const std::string& pattern,
                 std::function<Reply(const HttpRequest&)> failure) {
  site.serve(
      pattern, [visits = std::make_shared<Visits>(),
                failure = std::move(failure)](const HttpRequest& request) {
        const auto segments = path_segments(request.path);
        const auto failures =
            parse_number(segments.size() > 1 ? segments[1] : "", 1'000'000);
        if (!failures) return no_such_behaviour();
        if ((*visits)[request.path]++ < *failures) return failure(request);
        return Reply::html("<title>well again</title>");
      });
}

}  // namespace

void add_status_routes(LoopbackSite& site) {
  site.serve("/status/*", [](const HttpRequest& request) {
    const auto status = parse_number(path_segments(request.path).back(), 999);
    if (!status || *status < 200) return no_such_behaviour();
    return status_page(static_cast<int>(*status));
  });

  // "/retry-after/CODE/SECONDS"; what is no number is sent as it is.
  site.serve("/retry-after/*", [](const HttpRequest& request) {
    const auto segments = path_segments(request.path);
    const auto status = parse_number(segments[1], 599);
    if (!status || segments.size() != 3) return no_such_behaviour();
    return status_page(static_cast<int>(*status),
                       {{"Retry-After", percent_decode(segments[2])}});
  });
  site.serve("/retry-after-date/*", [](const HttpRequest& request) {
    const auto segments = path_segments(request.path);
    const auto status = parse_number(segments[1], 599);
    const auto seconds = parse_number(segments.back(), 1'000'000);
    if (!status || !seconds) return no_such_behaviour();
    const std::time_t when =
        std::time(nullptr) + static_cast<std::time_t>(*seconds);
    return status_page(static_cast<int>(*status),
                       {{"Retry-After", http_date(when)}});
  });

  // "/flaky/N/CODE/KEY", with "?retry-after=SECONDS" if that is to be said.
  serve_flaky(site, "/flaky/*", [](const HttpRequest& request) {
    const auto segments = path_segments(request.path);
    const auto status =
        parse_number(segments.size() > 2 ? segments[2] : "", 599);
    if (!status || *status < 200) return no_such_behaviour();
    HttpHeaders headers;
    if (auto pause = request.query_parameter("retry-after"); !pause.empty()) {
      headers.emplace_back("Retry-After", std::move(pause));
    }
    return status_page(static_cast<int>(*status), std::move(headers));
  });
  serve_flaky(site, "/flaky-reset/*",
              [](const HttpRequest&) { return Reply().reset(); });
  serve_flaky(site, "/flaky-close/*",
              [](const HttpRequest&) { return Reply().close(); });
}

}  // namespace crawl::testing
