#include "fetch/wire_tap.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "fetch/http/header_values.h"

namespace crawl {
namespace {

// What an idle tap keeps of the room it needed.
constexpr std::size_t kMaxRoomKept = 512 * 1024;

// Takes the next line off `text`, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view name_of(std::string_view line) {
  return trim_field(line.substr(0, line.find(':')));
}

std::string_view value_of(std::string_view line) {
  const std::size_t colon = line.find(':');
  return colon == line.npos ? "" : trim_field(line.substr(colon + 1));
}

std::string_view truncated_by(const FetchResult& result, bool cut) {
  switch (result.error) {
    case ErrorKind::kNone:
      return cut ? "length" : "";
    case ErrorKind::kTimeout:
      return "time";
    case ErrorKind::kClosed:
    case ErrorKind::kTls:
    case ErrorKind::kTlsChain:
      return "disconnect";
    case ErrorKind::kDecode:
      return cut ? "unspecified" : "";
    default:
      return cut ? "length" : "unspecified";
  }
}

}  // namespace

void WireTap::begin(std::uint64_t max_body) {
  max_body_ = max_body;
  head_.clear();
  give_back(std::move(body_));
  tls_version_.clear();
  cut_ = false;
}

void WireTap::header(std::string_view line, bool first) {
  if (first) head_.clear();
  head_ += line;
}

void WireTap::body(std::string_view data) {
  if (max_body_ != 0 && data.size() > max_body_ - body_.size()) {
    data = data.substr(0, static_cast<std::size_t>(max_body_ - body_.size()));
    cut_ = true;
  }
  body_ += data;
}

void WireTap::give_back(std::string body) {
  body_ = body.capacity() > kMaxRoomKept ? std::string() : std::move(body);
  body_.clear();
}

bool WireTap::is_kept(const FetchResult& result) {
  return result.error != ErrorKind::kInterrupted;
}

WireExchange WireTap::take(const RequestWriter& writer, FetchRequest& request,
                           const FetchResult& result) {
  WireExchange exchange;
  exchange.url = request.url.without_credentials().without_fragment().href();
  request_.clear();
  writer.append_http1(request, {}, request_);
  exchange.request = without_secrets(request_);
  if (result.headers_complete && result.status_code != 0) {
    exchange.head = http1_head(head_, body_.size());
    exchange.body = std::exchange(body_, std::string());
    exchange.truncated = truncated_by(result, cut_);
    exchange.status_code = result.status_code;
    exchange.content_type = result.content_type;
  }
  exchange.http_version = result.http_version;
  exchange.tls_version = tls_version_;
  if (!result.proxied) exchange.remote_ip = result.remote_ip;
  exchange.via = std::move(request.via);
  exchange.hops = std::move(request.hops);
  exchange.times = result.times;
  exchange.looked_up = result.looked_up;
  exchange.reused_connection = result.reused_connection;
  exchange.sent = result.sent;
  exchange.begun =
      std::chrono::system_clock::now() -
      std::chrono::duration_cast<std::chrono::system_clock::duration>(
          std::chrono::duration<double>(result.times.total));
  return exchange;
}

std::string http1_head(std::string_view head, std::size_t body_bytes) {
  constexpr std::string_view kCoding = "transfer-encoding";
  constexpr std::string_view kLength = "content-length";
  // Another coding than chunked, whose end the reader has found, is still on
  // the body.
  bool coded = false;
  std::string codings;
  for (std::string_view rest = head; !rest.empty();) {
    const std::string_view line = take_line(rest);
    if (!equals_ignoring_case(name_of(line), kCoding)) continue;
    coded = true;
    for_each_member(value_of(line), [&](std::string_view coding) {
      if (!equals_ignoring_case(coding, "chunked") &&
          !equals_ignoring_case(coding, "identity")) {
        codings.append(codings.empty() ? "" : ", ").append(coding);
      }
      return true;
    });
  }
  std::string text;
  text.reserve(head.size() + 64);
  bool leave_out = false;
  bool first = true;
  while (!head.empty()) {
    std::string_view line = take_line(head);
    if (std::exchange(first, false)) {
      constexpr std::string_view kHttp2 = "HTTP/2 ";
      if (line.starts_with(kHttp2)) {
        line.remove_prefix(kHttp2.size());
        text.append("HTTP/1.1 ").append(line).append(" \r\n");
      } else {
        text.append(line).append("\r\n");
      }
      continue;
    }
    if (line.empty()) break;
    if (!is_folded(line)) {
      leave_out = coded && (equals_ignoring_case(name_of(line), kCoding) ||
                            equals_ignoring_case(name_of(line), kLength));
    }
    if (!leave_out) text.append(line).append("\r\n");
  }
  if (!codings.empty()) {
    text.append("Content-Encoding: ").append(codings).append("\r\n");
  }
  if (coded) text += fmt::format("Content-Length: {}\r\n", body_bytes);
  return text.append("\r\n");
}

std::string without_secrets(std::string_view request) {
  std::string text;
  text.reserve(request.size());
  while (!request.empty()) {
    const std::string_view line = take_line(request);
    const std::string_view name = name_of(line);
    if (equals_ignoring_case(name, "authorization") ||
        equals_ignoring_case(name, "cookie") ||
        equals_ignoring_case(name, "proxy-authorization")) {
      continue;
    }
    text.append(line).append("\r\n");
  }
  return text;
}

}  // namespace crawl
