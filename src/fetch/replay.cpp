#include "fetch/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/inflate.h"
#include "base/zstd_frame.h"
#include "fetch/http/content_decoder.h"
#include "fetch/http/header_values.h"
#include "fetch/http/page_sniff.h"

namespace crawl {
namespace {

// What one huge body needed is given back before the next.
constexpr std::size_t kMostKept = std::size_t{1} << 20U;

// Where the head of a message ends: behind its empty line.
std::size_t end_of_head(std::string_view message) {
  std::size_t line = 0;
  while (true) {
    const std::size_t end = message.find('\n', line);
    if (end == std::string_view::npos) return message.size();
    const std::string_view text = message.substr(line, end - line);
    line = end + 1;
    if (text.empty() || text == "\r") return line;
  }
}

// "1.1" of "HTTP/1.1 200 OK".
std::string version_of(std::string_view head) {
  constexpr std::string_view kName = "HTTP/";
  if (!head.starts_with(kName)) return {};
  head.remove_prefix(kName.size());
  const std::size_t end = head.find_first_not_of("0123456789.");
  return std::string(head.substr(0, end));
}

// Whether bytes can be what this coding makes; of those that cannot be told by
// their beginning, whether they are not plainly something else.
bool may_be_coded(std::string_view codings, std::string_view body) {
  const auto list = read_codings(codings);
  if (!list || list->empty() || body.empty()) return false;
  switch (list->front()) {
    case ContentCoding::kGzip:
      return is_gzip(body);
    case ContentCoding::kZstd:
      return is_zstd(body);
    case ContentCoding::kDeflate:
    case ContentCoding::kBrotli:
      break;
  }
  const std::size_t text = body.find_first_not_of(" \t\r\n");
  return !begins_like_html(body) &&
         (text == std::string_view::npos || body[text] != '<');
}

}  // namespace

Replay::Replay(const FetchOptions& options)
    : exchange_(options, buffers_, 0), reader_(options) {}

FetchResult Replay::message(const Url& url, std::string_view message) {
  const std::size_t end = end_of_head(message);
  return read(url, message.substr(0, end), message.substr(end));
}

FetchResult Replay::bare(const Url& url, std::string_view content_type,
                         std::string_view body) {
  const std::string head = fmt::format(
      "HTTP/1.1 200 OK\r\n{}\r\n",
      content_type.empty() ? ""
                           : fmt::format("Content-Type: {}\r\n", content_type));
  FetchResult result = read(url, head, body);
  result.http_version.clear();
  return result;
}

FetchResult Replay::read(const Url& url, std::string_view head,
                         std::string_view body) {
  const auto now = std::chrono::steady_clock::now();
  const std::uint64_t size = body.size();
  const std::string version = version_of(head);
  if (dechunked_.capacity() > kMostKept) dechunked_ = std::string();
  exchange_.begin(FetchRequest{.url = url}, now);
  bool go_on = true;
  bool broke_off = false;
  while (go_on && !head.empty()) {
    const std::size_t end = head.find('\n');
    const std::string_view line =
        head.substr(0, end == head.npos ? end : end + 1);
    head.remove_prefix(line.size());
    go_on = exchange_.header(line);
  }
  // The empty line may be missing, behind a head that breaks off.
  if (go_on && !exchange_.headers().done()) go_on = exchange_.header("\r\n");
  if (go_on && exchange_.headers().done()) {
    const FramingFields& framing = exchange_.headers().framing();
    if (has_member(framing.transfer_encoding, "chunked")) {
      body = dechunked(body);
      broke_off = broke_off_;
    }
    if (!may_be_coded(
            framing.content_encoding + "," + framing.transfer_encoding, body)) {
      exchange_.body_is_plain();
    }
    if (!body.empty()) exchange_.body(body, true);
  }
  exchange_.complete();
  exchange_.done(size, now);
  FetchResult result = std::move(exchange_.result());
  if (exchange_.has_unread_body()) {
    std::string_view unread = exchange_.body();
    BodyPlan plan = exchange_.take_plan();
    reader_.read(result, unread, plan, url, PageReader::kAnyEffort);
  }
  exchange_.clear();
  result.http_version = version;
  if (broke_off && result.error == ErrorKind::kNone) {
    result.error = ErrorKind::kClosed;
    result.error_message = "its chunks end too early";
    result.truncated = true;
  }
  return result;
}

// What is chunked (RFC 9112 section 7.1), joined; what is not, as it is. Of
// what breaks off, what came.
std::string_view Replay::dechunked(std::string_view body) {
  dechunked_.clear();
  broke_off_ = false;
  bool ended = false;
  for (std::string_view rest = body; !rest.empty();) {
    std::size_t size = 0;
    std::size_t digits = 0;
    while (digits < rest.size() && digits < 15 &&
           hex_digit_value(rest[digits]) >= 0) {
      size =
          size * 16 + static_cast<std::size_t>(hex_digit_value(rest[digits++]));
    }
    const std::size_t line_end = rest.find('\n');
    const bool is_size = digits > 0 && line_end != rest.npos &&
                         line_end < digits + 4096 &&
                         (rest[digits] == '\r' || rest[digits] == '\n' ||
                          rest[digits] == ';' || rest[digits] == ' ');
    if (!is_size) {
      if (rest.size() == body.size()) return body;
      break;
    }
    rest.remove_prefix(line_end + 1);
    dechunked_.append(rest.substr(0, size));
    ended = size == 0;
    if (ended) break;
    rest.remove_prefix(std::min(size, rest.size()));
    if (rest.starts_with("\r\n")) {
      rest.remove_prefix(2);
    } else if (rest.starts_with('\n')) {
      rest.remove_prefix(1);
    }
  }
  broke_off_ = !ended && !body.empty();
  return dechunked_;
}

}  // namespace crawl
