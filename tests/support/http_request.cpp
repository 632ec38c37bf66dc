#include "support/http_request.h"

#include <algorithm>
#include <charconv>

namespace crawl::testing {
namespace {

constexpr std::size_t kMaxHead = 256 * 1024;
constexpr std::size_t kMaxBody = 16 * 1024 * 1024;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (lower(c) >= 'a' && lower(c) <= 'f') return lower(c) - 'a' + 10;
  return -1;
}

// "GET /a?b HTTP/1.1" into its three parts.
bool parse_request_line(std::string_view line, HttpRequest& request) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == 0 || last <= first + 1) {
    return false;
  }
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, last - first - 1);
  request.version = line.substr(last + 1);
  return request.version.starts_with("HTTP/");
}

void split_target(HttpRequest& request) {
  std::string_view target = request.target;
  request.host = request.header("host");
  const std::size_t scheme = target.find("://");
  if (!target.starts_with('/') && scheme != std::string_view::npos) {
    target.remove_prefix(scheme + 3);
    const std::size_t end = std::min(target.find_first_of("/?"), target.size());
    request.host = target.substr(0, end);
    target.remove_prefix(end);
  }
  const std::size_t question = std::min(target.find('?'), target.size());
  request.path = target.substr(0, question);
  if (request.path.empty()) request.path = "/";
  if (question < target.size()) request.query = target.substr(question + 1);
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
        hex_digit(text[i + 2]) >= 0) {
      decoded += static_cast<char>(hex_digit(text[i + 1]) * 16 +
                                   hex_digit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

std::string_view HttpRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equals_ignoring_case(key, name)) return value;
  }
  return {};
}

bool HttpRequest::has_header(std::string_view name) const {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& header) {
    return equals_ignoring_case(header.first, name);
  });
}

std::string HttpRequest::query_parameter(std::string_view name) const {
  std::string_view rest = query;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (pair.substr(0, equals) == name) {
      return percent_decode(pair.substr(std::min(equals + 1, pair.size())));
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

bool HttpRequest::keeps_connection() const {
  return version == "HTTP/1.1" &&
         !equals_ignoring_case(header("connection"), "close");
}

ParsedRequest parse_request(std::string_view bytes) {
  ParsedRequest parsed;
  // No method begins so: a TLS client, say, that would wait for an answer.
  if (!bytes.empty() && (bytes[0] < 'A' || bytes[0] > 'z')) {
    parsed.status = ParsedRequest::Status::kMalformed;
    return parsed;
  }
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (bytes.size() > kMaxHead)
      parsed.status = ParsedRequest::Status::kTooLarge;
    return parsed;
  }
  HttpRequest& request = parsed.request;
  parsed.status = ParsedRequest::Status::kMalformed;
  std::string_view head = bytes.substr(0, end);
  const std::size_t first_line = std::min(head.find("\r\n"), head.size());
  if (!parse_request_line(head.substr(0, first_line), request)) return parsed;
  head.remove_prefix(std::min(first_line + 2, head.size()));
  request.headers.reserve(8);
  while (!head.empty()) {
    const std::size_t line_end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, line_end);
    head.remove_prefix(std::min(line_end + 2, head.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return parsed;
    request.headers.emplace_back(line.substr(0, colon),
                                 trim(line.substr(colon + 1)));
  }
  split_target(request);

  // Request bodies are read to stay in step, by length only.
  if (request.has_header("transfer-encoding")) return parsed;
  std::size_t length = 0;
  if (const std::string_view value = request.header("content-length");
      !value.empty()) {
    const auto [rest, error] =
        std::from_chars(value.data(), value.data() + value.size(), length);
    if (error != std::errc() || rest != value.data() + value.size()) {
      return parsed;
    }
  }
  if (length > kMaxBody) {
    parsed.status = ParsedRequest::Status::kTooLarge;
    return parsed;
  }
  const std::size_t body_begin = end + 4;
  if (bytes.size() - body_begin < length) {
    parsed.status = ParsedRequest::Status::kIncomplete;
    return parsed;
  }
  request.body = bytes.substr(body_begin, length);
  parsed.status = ParsedRequest::Status::kComplete;
  parsed.consumed = body_begin + length;
  return parsed;
}

}  // namespace crawl::testing
