#include <string>
#include <string_view>

#include "support/content_codings.h"
#include "support/routes/routes.h"

namespace crawl::testing {
namespace {

// A JSON string; bytes from 0x80 on are taken as Latin-1.
std::string json_string(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7F) {
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string to_json(const HttpRequest& request) {
  std::string json = "{\"method\": " + json_string(request.method) +
                     ", \"target\": " + json_string(request.target) +
                     ", \"version\": " + json_string(request.version) +
                     ", \"host\": " + json_string(request.host) +
                     ", \"headers\": [";
  std::string_view separator;
  for (const auto& [name, value] : request.headers) {
    json += separator;
    json += "[" + json_string(name) + ", " + json_string(value) + "]";
    separator = ", ";
  }
  return json + "], \"body\": " + json_string(request.body) + "}\n";
}

}  // namespace

void add_echo_routes(LoopbackSite& site) {
  // What arrived: {"method", "target", "version", "host", "headers": [[name,
  // value], ...], "body"}.
  site.serve("/echo", [](const HttpRequest& request) {
    return Reply::response(200, {{"Content-Type", "application/json"}},
                           to_json(request));
  });
  site.serve("/auth/basic/*", [](const HttpRequest& request) {
    const auto segments = path_segments(request.path);
    if (segments.size() != 4) return no_such_behaviour();
    const std::string credentials =
        percent_decode(segments[2]) + ":" + percent_decode(segments[3]);
    if (request.header("authorization") == "Basic " + base64(credentials)) {
      return Reply::html("<title>welcome</title>");
    }
    return Reply::response(401,
                           {{"WWW-Authenticate", "Basic realm=\"test\""},
                            {"Content-Type", "text/html; charset=utf-8"}},
                           "<title>who are you?</title>");
  });
}

}  // namespace crawl::testing
