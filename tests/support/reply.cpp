#include "support/reply.h"

#include <algorithm>
#include <iterator>

namespace crawl::testing {
namespace {

bool has(const HttpHeaders& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& header) {
    return equals_ignoring_case(header.first, name);
  });
}

std::shared_ptr<const std::string> share(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
}

}  // namespace

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 103:
      return "Early Hints";
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 407:
      return "Proxy Authentication Required";
    case 408:
      return "Request Timeout";
    case 410:
      return "Gone";
    case 413:
      return "Content Too Large";
    case 418:
      return "I'm a teapot";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Status";
  }
}

std::string response_head(int status, const HttpHeaders& headers,
                          std::size_t body_size) {
  std::string head = "HTTP/1.1 " + std::to_string(status) + " ";
  head += reason_phrase(status);
  head += "\r\n";
  for (const auto& [name, value] : headers) {
    head += name;
    head += ": ";
    head += value;
    head += "\r\n";
  }
  const bool bodiless = status < 200 || status == 204 || status == 304;
  if (!bodiless && !has(headers, "content-length") &&
      !has(headers, "transfer-encoding")) {
    head += "Content-Length: " + std::to_string(body_size) + "\r\n";
  }
  head += "\r\n";
  return head;
}

Reply Reply::response(int status, HttpHeaders headers, std::string body) {
  Reply reply;
  reply.steps_.reserve(2);
  reply.send(response_head(status, headers, body.size()));
  if (!body.empty()) reply.send_body(std::move(body));
  return reply;
}

Reply Reply::html(std::string body, int status) {
  return response(status, {{"Content-Type", "text/html; charset=utf-8"}},
                  std::move(body));
}

Reply Reply::text(std::string body, int status) {
  return response(status, {{"Content-Type", "text/plain; charset=utf-8"}},
                  std::move(body));
}

Reply Reply::redirect(std::string location, int status) {
  return response(status,
                  {{"Location", std::move(location)},
                   {"Content-Type", "text/html; charset=utf-8"}},
                  "<title>moved</title>");
}

Reply& Reply::send(std::string bytes) {
  steps_.emplace_back(Send{share(std::move(bytes)), false});
  return *this;
}

Reply& Reply::send_body(std::string bytes) {
  return send_body(share(std::move(bytes)));
}

Reply& Reply::send_body(std::shared_ptr<const std::string> bytes) {
  steps_.emplace_back(Send{std::move(bytes), true});
  return *this;
}

Reply& Reply::wait(Duration duration) {
  steps_.emplace_back(Wait{duration});
  return *this;
}

Reply& Reply::wait_for(std::string gate) {
  steps_.emplace_back(WaitForGate{std::move(gate)});
  return *this;
}

Reply& Reply::drip(std::string bytes, Duration interval) {
  steps_.emplace_back(Drip{std::move(bytes), interval});
  return *this;
}

Reply& Reply::generate(Generator generator) {
  steps_.emplace_back(Generate{std::move(generator), true});
  return *this;
}

Reply& Reply::then(Reply next) {
  steps_.insert(steps_.end(), std::make_move_iterator(next.steps_.begin()),
                std::make_move_iterator(next.steps_.end()));
  keep_ = keep_ && next.keep_;
  return *this;
}

Reply& Reply::close() {
  steps_.emplace_back(Close{true});
  return *this;
}

Reply& Reply::cut() {
  steps_.emplace_back(Close{false});
  return *this;
}

Reply& Reply::reset() {
  steps_.emplace_back(Reset{});
  return *this;
}

Reply& Reply::hang() {
  steps_.emplace_back(Hang{});
  return *this;
}

Reply& Reply::close_after() {
  keep_ = false;
  return *this;
}

}  // namespace crawl::testing
