#include <chrono>
#include <string>

#include "support/routes/routes.h"

namespace crawl::testing {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxDelay = 3'600'000;

milliseconds interval(const HttpRequest& request) {
  return milliseconds(
      parse_number(request.query_parameter("ms"), kMaxDelay).value_or(1000));
}

}  // namespace

void add_slow_routes(LoopbackSite& site) {
  serve_number(site, "/delay/*", kMaxDelay, [](std::size_t ms) {
    return Reply()
        .wait(milliseconds(ms))
        .then(Reply::html("<title>after " + std::to_string(ms) + "</title>"));
  });
  // The head at once, the body later.
  serve_number(site, "/delay-body/*", kMaxDelay, [](std::size_t ms) {
    const std::string body = "<title>late body</title>";
    return Reply()
        .send(response_head(200, {{"Content-Type", "text/html"}}, body.size()))
        .wait(milliseconds(ms))
        .send_body(body);
  });
  serve_reply(site, "/never", Reply().hang());
  serve_reply(site, "/never-body",
              Reply()
                  .send(response_head(200, {{"Content-Type", "text/html"}}, 10))
                  .hang());
  site.serve("/gate/*", [](const HttpRequest& request) {
    const std::string gate(path_segments(request.path).back());
    return Reply().wait_for(gate).then(
        Reply::html("<title>through " + gate + "</title>"));
  });
  site.serve("/drip", [](const HttpRequest& request) {
    const std::string body = "<title>drop by drop</title>";
    return Reply()
        .send(response_head(200, {{"Content-Type", "text/html"}}, body.size()))
        .drip(body, interval(request));
  });
  site.serve("/drip-head", [](const HttpRequest& request) {
    const std::string body = "<title>slow head</title>";
    return Reply()
        .drip(response_head(200, {{"Content-Type", "text/html"}}, body.size()),
              interval(request))
        .send_body(body);
  });
}

}  // namespace crawl::testing
