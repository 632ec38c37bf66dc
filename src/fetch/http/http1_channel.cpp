#include "fetch/http/http1_channel.h"

#include <utility>

namespace crawl {

void Http1Channel::begin(Exchange& exchange, time_point /*now*/) {
  exchange_ = &exchange;
  unsent_ = true;
  reader_.begin(exchange.headers(), exchange, max_line_,
                exchange.request().head);
}

std::uint64_t Http1Channel::abandon(Exchange& /*exchange*/) {
  exchange_ = nullptr;
  usable_ = false;
  return reader_.body_bytes();
}

void Http1Channel::collect(std::string& out) {
  if (std::exchange(unsent_, false)) {
    writer_.append_http1(exchange_->request(), way_, out);
  }
}

bool Http1Channel::received(std::string_view data, time_point now) {
  // What nobody asked for answers nothing (section 9.2).
  if (exchange_ == nullptr) return usable_ = false;
  exchange_->heard(data.size(), now);
  const std::string_view rest = reader_.feed(data);
  if (used_ && closes_idle()) {
    usable_ = false;
    conclude(true);
    return false;
  }
  if (!reader_.over() && !exchange_->failed()) return true;
  usable_ = reader_.state() == Http1Reader::State::kDone &&
            reader_.keeps_alive() && rest.empty() && !unsent_ &&
            !exchange_->failed();
  if (reader_.state() == Http1Reader::State::kMalformed) {
    if (used_ && unanswered()) {
      conclude(true);
      return false;
    }
    exchange_->fail(ErrorKind::kProtocol, reader_.fault());
  }
  conclude(false);
  return usable_;
}

void Http1Channel::ended(ConnectionEnd how, std::string_view message) {
  usable_ = false;
  if (exchange_ == nullptr) return;
  if (used_ && unanswered()) {
    conclude(true);
    return;
  }
  // Without a length only TLS's own word tells a whole body from a part of one
  // (RFC 9110 section 8.6, RFC 9112 section 9.8).
  if (how != ConnectionEnd::kEnded || !reader_.end_of_input()) {
    exchange_->fail(
        how == ConnectionEnd::kTls ? ErrorKind::kTls : ErrorKind::kClosed,
        !message.empty()               ? message
        : !reader_.begun()             ? "closed without an answer"
        : !exchange_->headers().done() ? "closed before the end of the headers"
        : how == ConnectionEnd::kCut &&
                reader_.state() == Http1Reader::State::kClose
            ? "closed without TLS's close_notify, so the body may not be whole"
            : "closed before the end of the body");
  }
  conclude(false);
}

// The server had no more patience with the connection when the request came:
// its 408 answers none (RFC 9110 section 15.5.9).
bool Http1Channel::closes_idle() const {
  return exchange_->headers().done() && !exchange_->failed() &&
         exchange_->headers().status_code() == 408 && !reader_.keeps_alive();
}

// Nothing has come that answers the request, so that it can be sent again.
bool Http1Channel::unanswered() const {
  return !reader_.begun() ||
         (reader_.state() == Http1Reader::State::kMalformed &&
          exchange_->headers().expects_status());
}

void Http1Channel::conclude(bool again) {
  Exchange& exchange = *std::exchange(exchange_, nullptr);
  version_ = reader_.minor_version() == 0 ? "1.0" : "1.1";
  if (!again) exchange.complete();
  ended_.push_back({&exchange, again, false, reader_.body_bytes()});
  used_ = true;
}

}  // namespace crawl
