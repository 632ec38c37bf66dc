#include "fetch/http/plain_exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fetch/http/connection_pool.h"
#include "fetch/http/plain_http.h"

namespace crawl {
namespace {

double seconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

PlainExchange::PlainExchange(LoopContext& context, PlainHttp& http)
    : Exchange(context), http_(http) {}

ErrorKind PlainExchange::prepare() {
  const Url& url = request_->url;
  request_text_ = "GET ";
  request_text_ += url.path_and_query();
  request_text_ += " HTTP/1.1\r\nHost: ";
  request_text_ += url.hostname();
  if (!url.port().empty()) {
    request_text_ += ':';
    request_text_ += url.port();
  }
  request_text_ += "\r\n";
  request_text_ += http_.fields(request_->send_credentials);
  start_ = time_point();
  decoder_.reset();
  return ErrorKind::kNone;
}

bool PlainExchange::launch_at_once() { return http_.start(*this); }

void PlainExchange::launch() {
  // While the name was looked up, a connection may have fallen idle.
  if (!http_.start(*this)) http_.connect(*this);
}

void PlainExchange::end(ErrorKind kind, std::string_view message) {
  fail(kind, message);
  const time_point now = std::chrono::steady_clock::now();
  if (connection != nullptr) {
    done(now);
  } else if (start_ != time_point()) {
    result_.times.total = seconds(now - start_);
  }
}

void PlainExchange::release() { http_.stop(*this); }

void PlainExchange::started(time_point now) { start_ = now; }

void PlainExchange::begin_sending(time_point now) {
  quiet_since_ = now;
  quiet_bytes_ = 0;
  sent_ = 0;
  reader_.begin(headers_, *this, options_.max_header_bytes);
}

void PlainExchange::connected(const NewConnection& opened) {
  result_.times.namelookup = opened.namelookup;
  result_.times.connect = opened.connect;
}

std::string_view PlainExchange::received(std::string_view data,
                                         time_point now) {
  if (!reader_.begun()) result_.times.starttransfer = seconds(now - start_);
  quiet_bytes_ += data.size();
  if (quiet_bytes_ >= enough_bytes()) {
    quiet_since_ = now;
    quiet_bytes_ = 0;
  }
  return reader_.feed(data);
}

void PlainExchange::connection_ended() {
  if (reader_.end_of_input()) return;
  fail(ErrorKind::kClosed, !reader_.begun() ? "closed without an answer"
                           : !headers_.done()
                               ? "closed before the end of the headers"
                               : "closed before the end of the body");
}

bool PlainExchange::keeps_alive() const {
  return reader_.state() == Http1Reader::State::kDone &&
         reader_.keeps_alive() && unsent().empty();
}

void PlainExchange::done(time_point now) {
  result_.times.total = seconds(now - start_);
  result_.size_download = reader_.body_bytes();
  if (reader_.begun()) {
    result_.reused_connection = connection->reused && result_.status_code != 0;
    if (result_.status_code != 0) {
      result_.http_version = reader_.minor_version() == 0 ? "1.0" : "1.1";
    }
  }
  result_.remote_ip = connection->remote_ip;
  if (failed()) return;
  if (cut()) {
    result_.truncated = true;
  } else if (reader_.state() == Http1Reader::State::kMalformed) {
    fail(ErrorKind::kProtocol, reader_.fault());
    return;
  }
  finish();
}

std::optional<PlainExchange::time_point> PlainExchange::deadline() const {
  std::optional<time_point> until;
  if (options_.max_time.count() > 0) until = start_ + options_.max_time;
  if (options_.stall_time.count() > 0) {
    const time_point silent = quiet_since_ + options_.stall_time;
    until = until ? std::min(*until, silent) : silent;
  }
  return until;
}

void PlainExchange::fail_late(time_point now) {
  const bool took_too_long =
      options_.max_time.count() > 0 && now >= start_ + options_.max_time;
  fail(ErrorKind::kTimeout,
       took_too_long
           ? fmt::format("not over after {} ms, with {} bytes received",
                         options_.max_time.count(), reader_.body_bytes())
           : fmt::format("under 1 byte/s for {} s, after {} bytes",
                         options_.stall_time.count(), reader_.body_bytes()));
}

// A byte a second, over all of the time it may stall.
std::size_t PlainExchange::enough_bytes() const {
  return static_cast<std::size_t>(
      std::max<std::int64_t>(options_.stall_time.count(), 1));
}

bool PlainExchange::header(std::string_view line) {
  const bool was_done = headers_.done();
  if (!Exchange::header(line)) return false;
  return was_done || !headers_.done() || begin_body();
}

bool PlainExchange::begin_body() {
  const FramingFields& framing = headers_.framing();
  if (framing.content_encoding.empty() && framing.transfer_encoding.empty()) {
    return true;
  }
  auto decoder = ContentDecoder::create(framing.content_encoding + "," +
                                        framing.transfer_encoding);
  if (!decoder) {
    fail(ErrorKind::kDecode, decoder.error().message);
    return false;
  }
  decoder_ = std::move(*decoder);
  return true;
}

bool PlainExchange::body(std::string_view data, bool whole) {
  if (!decoder_) return body_part(data, whole);
  switch (decoder_->decode(data, [this](std::string_view piece) {
    return body_part(piece, false);
  })) {
    case ContentDecoder::Outcome::kGood:
      return true;
    case ContentDecoder::Outcome::kStopped:
      break;
    case ContentDecoder::Outcome::kBroken:
      fail(ErrorKind::kDecode,
           "the body is not coded as the response's headers say");
      break;
  }
  return false;
}

}  // namespace crawl
