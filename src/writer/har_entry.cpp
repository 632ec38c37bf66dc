#include "writer/har_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/ascii.h"
#include "base/userinfo.h"
#include "crawl/base/error_kind.h"
#include "writer/clean_text.h"
#include "writer/json_encoder.h"

namespace crawl {
namespace {

// Takes the next line off a head, without its end.
std::string_view take_line(std::string_view& head) {
  const std::size_t end = head.find('\n');
  std::string_view line = head.substr(0, end);
  head.remove_prefix(end == head.npos ? head.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// What is behind the `words`th space of a first line.
std::string_view after_words(std::string_view line, int words) {
  while (words-- > 0) {
    const std::size_t space = line.find(' ');
    line.remove_prefix(space == line.npos ? line.size() : space + 1);
  }
  return line;
}

// Whose values an archive that is handed on must not have.
bool is_secret(std::string_view name) {
  for (const std::string_view each : {"authorization", "proxy-authorization",
                                      "cookie", "set-cookie", "set-cookie2"}) {
    if (equals_ignoring_case(name, each)) return true;
  }
  return false;
}

class Entry {
 public:
  explicit Entry(const WireExchange& exchange) : exchange_(exchange) {}

  std::string json() {
    const ExchangePhases phases = ExchangePhases::of(exchange_);
    out_.begin_object();
    out_.key("startedDateTime");
    out_.time(exchange_.begun);
    milliseconds("time", exchange_.times.total);
    out_.key("request");
    request();
    out_.key("response");
    response();
    out_.key("cache");
    out_.begin_object();
    out_.end_object();
    out_.key("timings");
    timings(phases);
    if (!exchange_.remote_ip.empty()) {
      // Without the brackets that URLs have around IPv6.
      text("serverIPAddress", exchange_.remote_ip);
    }
    out_.end_object();
    std::string json;
    append_clean_json(out_.str(), json);
    return json;
  }

 private:
  void text(std::string_view key, std::string_view value) {
    out_.key(key);
    out_.text(value);
  }
  void number(std::string_view key, std::int64_t value) {
    out_.key(key);
    out_.number(value);
  }
  void milliseconds(std::string_view key, double seconds) {
    out_.key(key);
    out_.seconds(seconds * 1000);
  }
  void phase(std::string_view key, const std::optional<double>& seconds) {
    if (seconds) {
      milliseconds(key, *seconds);
    } else {
      number(key, -1);
    }
  }
  void no_cookies() {
    out_.key("cookies");
    out_.begin_array();
    out_.end_array();
  }
  void http_version() {
    text("httpVersion", exchange_.http_version.empty()
                            ? std::string("unknown")
                            : "HTTP/" + exchange_.http_version);
  }
  void pair(std::string_view name, std::string_view value) {
    out_.begin_object();
    text("name", name);
    text("value", value);
    out_.end_object();
  }

  // The fields of a head; its first line has been read.
  void headers(std::string_view head) {
    out_.key("headers");
    out_.begin_array();
    while (!head.empty()) {
      const std::string_view line = take_line(head);
      const std::size_t colon = line.find(':');
      if (colon == line.npos) continue;
      const std::string_view name = trim(line.substr(0, colon));
      if (is_secret(name)) continue;
      const std::string_view value = trim(line.substr(colon + 1));
      if (equals_ignoring_case(name, "location")) {
        location_ = hide_password(std::string(value));
        pair(name, location_);
      } else {
        pair(name, hide_passwords(std::string(value)));
      }
    }
    out_.end_array();
  }

  void query_string() {
    out_.key("queryString");
    out_.begin_array();
    const std::string_view url = exchange_.url;
    const std::size_t mark = url.find('?');
    std::string_view rest =
        mark == url.npos ? std::string_view() : url.substr(mark + 1);
    while (!rest.empty()) {
      const std::string_view each = rest.substr(0, rest.find('&'));
      rest.remove_prefix(std::min(rest.size(), each.size() + 1));
      if (each.empty()) continue;
      const std::size_t equals = each.find('=');
      pair(each.substr(0, equals),
           equals == each.npos ? "" : each.substr(equals + 1));
    }
    out_.end_array();
  }

  void request() {
    std::string_view head = exchange_.request;
    const std::string_view line = take_line(head);
    out_.begin_object();
    text("method", line.substr(0, line.find(' ')));
    text("url", exchange_.url);
    http_version();
    no_cookies();
    headers(head);
    query_string();
    number("headersSize", static_cast<std::int64_t>(exchange_.request.size()));
    number("bodySize", 0);
    out_.end_object();
  }

  void response() {
    std::string_view head = exchange_.head;
    const std::string_view line = take_line(head);
    out_.begin_object();
    number("status", exchange_.status_code);
    text("statusText", trim(after_words(line, 2)));
    http_version();
    no_cookies();
    location_.clear();
    headers(head);
    out_.key("content");
    out_.begin_object();
    const auto wire = static_cast<std::int64_t>(exchange_.body.size());
    const auto size = static_cast<std::int64_t>(exchange_.size_body);
    number("size", size);
    if (size > wire && wire > 0) number("compression", size - wire);
    text("mimeType",
         exchange_.content_type.empty() ? "x-unknown" : exchange_.content_type);
    out_.end_object();
    text("redirectURL",
         exchange_.status_code / 100 == 3 ? std::string_view(location_) : "");
    number("headersSize", exchange_.head.empty() ? -1
                                                 : static_cast<std::int64_t>(
                                                       exchange_.head.size()));
    number("bodySize", exchange_.status_code == 0 ? -1 : wire);
    // As browsers' developer tools say it: the specification has no word for
    // what failed.
    if (exchange_.error != ErrorKind::kNone) {
      text("_error", fmt::format("{}: {}", to_string(exchange_.error),
                                 exchange_.error_message));
    }
    out_.end_object();
  }

  void timings(const ExchangePhases& phases) {
    out_.begin_object();
    milliseconds("blocked", phases.blocked);
    phase("dns", phases.dns);
    phase("connect", phases.connect);
    phase("ssl", phases.ssl);
    milliseconds("send", phases.send);
    milliseconds("wait", phases.wait);
    milliseconds("receive", phases.receive);
    out_.end_object();
  }

  const WireExchange& exchange_;
  JsonEncoder out_;
  std::string location_;
};

}  // namespace

// Each is what is left of the whole, so that they add up whatever came when.
ExchangePhases ExchangePhases::of(const WireExchange& exchange) {
  const FetchTimes& times = exchange.times;
  ExchangePhases phases;
  double at = 0;
  const auto until = [&at, &times](double moment) {
    const double end = std::clamp(moment, at, std::max(at, times.total));
    const double took = end - at;
    at = end;
    return took;
  };
  if (!exchange.sent) {
    phases.blocked = until(times.total);
    return phases;
  }
  phases.blocked = until(times.blocked);
  const double connected = std::max(times.connect, times.appconnect);
  if (connected > 0) {
    const double looked_up = until(times.namelookup);
    if (exchange.looked_up) {
      phases.dns = looked_up;
    } else {
      phases.blocked += looked_up;
    }
    phases.connect = until(connected);
    if (times.appconnect > 0) {
      phases.ssl = std::max(0.0, times.appconnect - times.connect);
    }
  }
  phases.blocked += until(times.pretransfer);
  phases.send = until(times.sent);
  // Of what failed before anything came, all was waiting.
  phases.wait =
      until(times.starttransfer > 0 ? times.starttransfer : times.total);
  phases.receive = until(times.total);
  return phases;
}

std::string har_entry(const WireExchange& exchange) {
  return Entry(exchange).json();
}

}  // namespace crawl
