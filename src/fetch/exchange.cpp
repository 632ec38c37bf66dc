#include "fetch/exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fetch/http/header_values.h"
#include "fetch/http/page_sniff.h"
#include "fetch/seconds.h"

namespace crawl {
namespace {

constexpr std::size_t kSniffBytes = 512;

// Bodies that are longer before decoding are decoded as they come in.
constexpr std::size_t kMaxCodedWhole = 512 * 1024;

}  // namespace

Exchange::Exchange(const FetchOptions& options, BufferPool& buffers,
                   unsigned worker)
    : options_(options),
      buffers_(buffers),
      worker_(worker),
      tap_(options.keepers.empty() ? nullptr : std::make_unique<WireTap>()) {}

ErrorKind Exchange::begin(FetchRequest request, time_point now) {
  request_.emplace(std::move(request));
  start_ = now;
  late_ = std::chrono::nanoseconds(0);
  restarts = 0;
  alone = false;
  forget_answer();
  sending(now);
  if (!request_->url.is_http()) {
    fail(ErrorKind::kUnsupportedScheme,
         fmt::format("'{}' is neither http nor https", request_->url.scheme()));
  }
  return result_.error;
}

void Exchange::clear() {
  whole_body_.reset();
  decoder_.reset();
  if (std::exchange(holds_buffer_, false)) {
    buffers_.give_back(std::move(body_));
    body_ = std::string();
  }
  request_.reset();
}

bool Exchange::may_reach(const IpAddress& ip) const {
  return request_->allow_private || options_.allow_address(ip);
}

void Exchange::sending(time_point now) {
  if (std::exchange(heard_, false) || failed()) forget_answer();
  result_.times.blocked = result_.times.pretransfer = in_seconds(now - start_);
  result_.times.sent = 0;
  quiet_since_ = now;
  quiet_bytes_ = 0;
}

void Exchange::sent(time_point now) {
  result_.times.sent = in_seconds(now - start_);
}

void Exchange::forget_answer() {
  result_ = FetchResult();
  result_.id = request_->id;
  result_.head = request_->head;
  result_.worker = worker_;
  headers_.begin(&result_, options_.keep_headers, options_.max_header_bytes);
  heard_ = false;
  plan_ = BodyPlan();
  body_use_ = BodyUse::kDrop;
  decoder_.reset();
  whole_body_.reset();
  body_.clear();
  unread_ = false;
  cut_ = false;
  if (tap_) tap_->begin(max_body());
}

void Exchange::heard(std::size_t bytes, time_point now) {
  if (!std::exchange(heard_, true)) {
    result_.times.starttransfer = in_seconds(now - start_);
  }
  quiet_bytes_ += bytes;
  if (quiet_bytes_ >= enough_bytes()) {
    quiet_since_ = now;
    quiet_bytes_ = 0;
  }
}

bool Exchange::header(std::string_view line) {
  const bool was_done = headers_.done();
  if (tap_ && !was_done) tap_->header(line, headers_.expects_status());
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
  const FramingFields& framing = headers_.framing();
  result_.content_length = read_content_length(framing.content_length);
  if (request_->head) return true;
  const BodyType type = body_type(result_.content_type);
  const bool wanted =
      request_->parse_page && options_.parse_pages && !is_redirect();
  const bool success = result_.status_code / 100 == 2;
  const bool is_sheet = is_style_sheet(result_.content_type);
  const bool taken_too =
      (request_->or_page_parts && is_page_part(result_.content_type)) ||
      (request_->or_sheets && is_sheet);
  if (request_->only_html && success && type == BodyType::kOther &&
      !taken_too) {
    fail(ErrorKind::kContentType,
         fmt::format("'{}' is not HTML", result_.content_type));
    return false;
  }
  plan_.max_body = max_body();
  plan_.only_html = request_->only_html && success;
  plan_.page = wanted && type != BodyType::kOther;
  plan_.styles = wanted && success && is_sheet &&
                 (options_.style_urls || options_.style_links);
  plan_.sniff = type == BodyType::kUnsaid && (plan_.page || plan_.only_html);
  plan_.digest = options_.body_digest;
  plan_.keep = options_.keep_body || request_->keep_body;
  if (!framing.content_encoding.empty() || !framing.transfer_encoding.empty()) {
    plan_.codings = framing.content_encoding + "," + framing.transfer_encoding;
    const auto codings = read_codings(plan_.codings);
    if (codings && codings->empty()) plan_.codings.clear();
  }
  if (plan_.page || plan_.styles || plan_.sniff || plan_.keep ||
      !plan_.codings.empty()) {
    body_use_ = BodyUse::kStore;
    unread_ = true;
  } else if (plan_.digest) {
    begin_digest();
  }
  return true;
}

// The body is of no other use.
void Exchange::begin_digest() {
  body_use_ = BodyUse::kDigest;
  if (!digest_) digest_.emplace();
  digest_->reset();
}

bool Exchange::body(std::string_view data, bool whole) {
  if (tap_) tap_->body(data);
  if (decoder_) return decode(data);
  if (plan_.codings.empty()) return decoded(data, whole);
  store(data, whole);
  return body().size() <= kMaxCodedWhole || begin_decoding();
}

// The coded body is too long to wait for the rest of it.
bool Exchange::begin_decoding() {
  auto decoder = ContentDecoder::create(plan_.codings);
  if (!decoder) {
    fail(ErrorKind::kDecode, decoder.error().message);
    return false;
  }
  decoder_ = std::move(*decoder);
  plan_.codings.clear();
  const std::string coded = take_body();
  whole_body_.reset();
  body_.clear();
  return decode(coded);
}

bool Exchange::decode(std::string_view data) {
  switch (decoder_->decode(
      data, [this](std::string_view piece) { return decoded(piece, false); })) {
    case ContentDecoder::Outcome::kGood:
      return true;
    case ContentDecoder::Outcome::kStopped:
      break;
    case ContentDecoder::Outcome::kBroken:
      result_.truncated = true;
      if (tap_) tap_->cut();
      fail(ErrorKind::kDecode, decoder_->fault());
      break;
  }
  return false;
}

bool Exchange::decoded(std::string_view data, bool whole) {
  if (plan_.max_body != 0 && data.size() > plan_.max_body - result_.size_body) {
    data = data.substr(
        0, static_cast<std::size_t>(plan_.max_body - result_.size_body));
    cut_ = true;
    if (tap_) tap_->cut();
  }
  result_.size_body += data.size();
  if (body_use_ == BodyUse::kStore) {
    store(data, whole);
    // Nothing more is needed of what is not HTML and was not asked for.
    if (plan_.sniff && body().size() >= kSniffBytes) {
      if (!sniff(body(), plan_, result_)) return false;
      if (!plan_.page && !plan_.keep) {
        unread_ = false;
        body_use_ = BodyUse::kDrop;
        if (plan_.digest) {
          begin_digest();
          digest_->update(body());
        }
      }
    }
  } else if (body_use_ == BodyUse::kDigest) {
    digest_->update(data);
  }
  return !cut_;
}

void Exchange::store(std::string_view data, bool whole) {
  if (whole) {
    whole_body_ = data;
    return;
  }
  if (!std::exchange(holds_buffer_, true)) body_ = buffers_.take();
  body_.append(data);
}

std::string Exchange::take_body() {
  if (whole_body_) return std::string(*whole_body_);
  holds_buffer_ = false;
  return std::exchange(body_, std::string());
}

void Exchange::complete() {
  if (decoder_ && !cut_ && !failed() &&
      decoder_->finish() != ContentDecoder::Outcome::kGood) {
    result_.truncated = true;
    fail(ErrorKind::kDecode, decoder_->fault());
  }
  if (body_use_ == BodyUse::kDigest && !failed()) {
    result_.body_digest = digest_->digest();
  }
}

// The message is best effort: this is also called where memory has run out.
void Exchange::fail(ErrorKind kind, std::string_view message) {
  if (failed()) return;
  result_.error = kind;
  result_.error_message = message;
}

void Exchange::done(std::uint64_t body_bytes, time_point now) {
  headers_.end();
  result_.times.total = in_seconds(now - start_);
  result_.size_download = body_bytes;
  if (cut_ && !failed()) result_.truncated = true;
  // Of what broke off, only what could be decoded is worth reading.
  if (failed() && result_.error != ErrorKind::kDecode) unread_ = false;
}

std::optional<Exchange::time_point> Exchange::deadline() const {
  std::optional<time_point> until;
  if (options_.max_time.count() > 0) until = start_ + late_ + options_.max_time;
  if (connection != nullptr && options_.stall_time.count() > 0) {
    const time_point silent = quiet_since_ + options_.stall_time;
    until = until ? std::min(*until, silent) : silent;
  }
  return until;
}

void Exchange::fail_late(time_point looked_at) {
  const bool took_too_long = options_.max_time.count() > 0 &&
                             looked_at >= start_ + late_ + options_.max_time;
  fail(ErrorKind::kTimeout,
       took_too_long
           ? fmt::format(
                 "not over after {} ms (--transfer-timeout), with {} bytes "
                 "received",
                 options_.max_time.count(), result_.size_body)
           : fmt::format("under 1 byte/s for {} s, after {} bytes",
                         options_.stall_time.count(), result_.size_body));
}

// A byte a second, over all of the time it may stall.
std::size_t Exchange::enough_bytes() const {
  return static_cast<std::size_t>(
      std::max<std::int64_t>(options_.stall_time.count(), 1));
}

std::uint64_t Exchange::max_body() const {
  return request_->max_body != 0 ? request_->max_body : options_.max_body;
}

bool Exchange::is_redirect() const {
  return result_.status_code / 100 == 3 && !result_.location.empty();
}

}  // namespace crawl
