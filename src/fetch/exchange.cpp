#include "fetch/exchange.h"

#include <fmt/format.h>

#include <utility>

#include "fetch/http/page_sniff.h"

namespace crawl {
namespace {

constexpr std::size_t kSniffBytes = 512;

constexpr std::string_view kBlockedMessage =
    "the host's address is not one that this crawl may reach";

}  // namespace

Exchange::Exchange(LoopContext& context)
    : context_(context), options_(context.setup.options()) {}

ErrorKind Exchange::begin(FetchRequest request) {
  request_.emplace(std::move(request));
  result_ = FetchResult();
  result_.id = request_->id;
  result_.worker = context_.worker;
  headers_.begin(&result_, options_.keep_headers, options_.max_header_bytes);
  max_body_ = request_->max_body != 0 ? request_->max_body : options_.max_body;
  body_use_ = BodyUse::kDrop;
  is_html_ = false;
  cut_ = false;
  opened_socket_ = false;
  refused_address_ = false;

  if (!request_->url.is_http()) {
    fail(ErrorKind::kUnsupportedScheme,
         fmt::format("'{}' is neither http nor https", request_->url.scheme()));
    return result_.error;
  }
  if (!request_->allow_private && context_.setup.has_proxy() &&
      !may_reach(request_->url.hostname())) {
    // The proxy would connect: what can be judged here is what is written.
    fail(ErrorKind::kBlockedAddress, kBlockedMessage);
    return result_.error;
  }
  return prepare();
}

void Exchange::finish() {
  if (!headers_.done()) {
    // For libcurl, headers that break off are all there are.
    fail(ErrorKind::kClosed, "closed before the end of the headers");
    return;
  }
  if (body_use_ == BodyUse::kSniff) sniffed(body(), begins_like_html(body()));
  if (result_.error != ErrorKind::kNone) return;
  if (options_.body_digest) {
    result_.body_digest =
        body_use_ == BodyUse::kDigest ? digest_->digest() : fingerprint(body());
  }
}

bool Exchange::has_page() const {
  return is_html_ && result_.error == ErrorKind::kNone;
}

bool Exchange::keeps_body() const {
  return options_.keep_body || request_->keep_body;
}

std::string Exchange::take_body() {
  if (whole_body_) return std::string(*whole_body_);
  return std::move(body_);
}

void Exchange::clear() {
  whole_body_.reset();
  if (std::exchange(holds_buffer_, false)) {
    context_.buffers.give_back(std::move(body_));
    body_ = std::string();
  }
  request_.reset();
  holds_lookup = false;
}

bool Exchange::may_reach(const IpAddress& ip) const {
  return request_->allow_private || options_.allow_address(ip);
}

bool Exchange::may_reach(std::string_view ip) const {
  if (request_->allow_private) return true;
  const auto address = IpAddress::parse(ip);
  return !address || options_.allow_address(*address);
}

void Exchange::past_lookup() {
  if (!std::exchange(holds_lookup, false)) return;
  context_.resolved.push_back(this);
}

bool Exchange::fail_if_blocked() {
  if (!refused_address_ || opened_socket_) return false;
  fail(ErrorKind::kBlockedAddress, kBlockedMessage);
  return true;
}

void Exchange::reused_address_refused() {
  refused_address_ = true;
  opened_socket_ = false;
}

bool Exchange::header(std::string_view line) {
  const bool was_done = headers_.done();
  if (!headers_.add_line(line)) {
    fail(ErrorKind::kProtocol,
         fmt::format("the response's headers exceed {} bytes",
                     options_.max_header_bytes));
    return false;
  }
  return was_done || !headers_.done() || plan_body();
}

// Decides what becomes of the body, now that the headers are known. False if
// the exchange ends here.
bool Exchange::plan_body() {
  const BodyType type = body_type(result_.content_type);
  const bool wanted =
      request_->parse_page && options_.parse_pages && !is_redirect();
  const bool success = result_.status_code / 100 == 2;
  is_html_ = wanted && type == BodyType::kHtml;
  if (request_->only_html && success && type == BodyType::kOther) {
    fail(ErrorKind::kContentType,
         fmt::format("'{}' is not HTML", result_.content_type));
    return false;
  }
  const bool must_sniff = wanted || (request_->only_html && success);
  if (type == BodyType::kUnsaid && must_sniff) {
    body_use_ = BodyUse::kSniff;
  } else if (is_html_ || keeps_body()) {
    body_use_ = BodyUse::kStore;
  } else {
    sniffed({}, false);
  }
  return true;
}

// It is known whether the body, of which `begin` has come, is a page.
void Exchange::sniffed(std::string_view begin, bool html) {
  if (html || keeps_body()) {
    is_html_ =
        html && request_->parse_page && options_.parse_pages && !is_redirect();
    body_use_ = BodyUse::kStore;
    return;
  }
  if (body_use_ == BodyUse::kSniff && request_->only_html &&
      result_.status_code / 100 == 2) {
    fail(ErrorKind::kContentType,
         "the response does not say its type and does not begin like HTML");
    return;
  }
  if (!options_.body_digest) {
    body_use_ = BodyUse::kDrop;
    return;
  }
  body_use_ = BodyUse::kDigest;
  if (!digest_) digest_.emplace();
  digest_->reset();
  digest_->update(begin);
}

bool Exchange::body_part(std::string_view data, bool whole) {
  if (max_body_ != 0 && data.size() > max_body_ - result_.size_body) {
    data =
        data.substr(0, static_cast<std::size_t>(max_body_ - result_.size_body));
    cut_ = true;
  }
  result_.size_body += data.size();
  if (body_use_ == BodyUse::kSniff || body_use_ == BodyUse::kStore) {
    if (whole) {
      whole_body_ = data;
      return !cut_;
    }
    if (!std::exchange(holds_buffer_, true)) body_ = context_.buffers.take();
    body_.append(data);
    if (body_use_ == BodyUse::kSniff && body_.size() >= kSniffBytes) {
      sniffed(body_, begins_like_html(body_));
      if (result_.error != ErrorKind::kNone) return false;
    }
  } else if (body_use_ == BodyUse::kDigest) {
    digest_->update(data);
  }
  return !cut_;
}

// The message is best effort: this is also called where memory has run out.
void Exchange::fail(ErrorKind kind, std::string_view message) {
  if (result_.error != ErrorKind::kNone) return;
  result_.error = kind;
  result_.error_message = message;
}

bool Exchange::is_redirect() const {
  return result_.status_code / 100 == 3 && !result_.location.empty();
}

}  // namespace crawl
