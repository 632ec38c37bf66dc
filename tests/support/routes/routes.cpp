#include "support/routes/routes.h"

#include <algorithm>
#include <charconv>

namespace crawl::testing {

void add_routes(LoopbackSite& site) {
  add_coding_routes(site);
  add_echo_routes(site);
  add_endless_routes(site);
  add_framing_routes(site);
  add_malformed_routes(site);
  add_page_routes(site);
  add_redirect_routes(site);
  add_slow_routes(site);
  add_status_routes(site);
}

std::vector<std::string_view> path_segments(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

std::optional<std::size_t> parse_number(std::string_view text,
                                        std::size_t max) {
  std::size_t number = 0;
  const auto [rest, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size() ||
      number > max) {
    return std::nullopt;
  }
  return number;
}

void serve_number(LoopbackSite& site, std::string pattern, std::size_t max,
                  std::function<Reply(std::size_t)> make) {
  site.serve(std::move(pattern),
             [max, make = std::move(make)](const HttpRequest& request) {
               const auto number =
                   parse_number(path_segments(request.path).back(), max);
               return number ? make(*number) : no_such_behaviour();
             });
}

void serve_reply(LoopbackSite& site, std::string path, Reply reply) {
  site.serve(std::move(path),
             [reply = std::move(reply)](const HttpRequest&) { return reply; });
}

Reply no_such_behaviour() {
  return Reply::html("<title>404 No such behaviour</title>", 404);
}

}  // namespace crawl::testing
