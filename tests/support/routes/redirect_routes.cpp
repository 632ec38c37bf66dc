#include <string>

#include "support/routes/routes.h"

namespace crawl::testing {

void add_redirect_routes(LoopbackSite& site) {
  // N hops to "/redirect/0", by references of each form in turn.
  const std::string origin = site.origin();
  const std::string scheme = origin.substr(0, origin.find("//") + 2);
  site.serve("/redirect/*", [scheme](const HttpRequest& request) {
    const auto hops =
        parse_number(path_segments(request.path).back(), 1'000'000);
    if (!hops) return no_such_behaviour();
    if (*hops == 0) return Reply::html("<title>arrived</title>");
    const std::string next = std::to_string(*hops - 1);
    switch (*hops % 3) {
      case 0:
        return Reply::redirect("/redirect/" + next, 301);
      case 1:
        return Reply::redirect(next, 302);
      default:
        return Reply::redirect(scheme + request.host + "/redirect/" + next,
                               307);
    }
  });
  serve_reply(site, "/redirect-loop", Reply::redirect("/redirect-loop"));
  serve_reply(site, "/redirect-loop/a", Reply::redirect("/redirect-loop/b"));
  serve_reply(site, "/redirect-loop/b", Reply::redirect("/redirect-loop/a"));

  // "/redirect-to?url=U&code=N": U percent-encoded, sent as it decodes.
  site.serve("/redirect-to", [](const HttpRequest& request) {
    const auto status =
        parse_number(request.query_parameter("code"), 399).value_or(302);
    return Reply::redirect(request.query_parameter("url"),
                           static_cast<int>(status));
  });
  serve_reply(site, "/redirect-file", Reply::redirect("file:///etc/passwd"));
  serve_reply(site, "/redirect-empty", Reply::redirect(""));
  serve_reply(site, "/redirect-invalid", Reply::redirect("http://[::1/"));
  serve_reply(site, "/redirect-none",
              Reply::response(302, {{"Content-Type", "text/html"}},
                              "<title>nowhere</title>"));
  serve_reply(site, "/redirect-twice",
              Reply::response(302,
                              {{"Location", "/redirect/0"},
                               {"Location", "/status/404"},
                               {"Content-Type", "text/html"}},
                              "<title>two ways</title>"));
}

}  // namespace crawl::testing
