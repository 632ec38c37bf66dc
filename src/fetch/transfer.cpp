#include "fetch/transfer.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>

#include "fetch/curl_error.h"
#include "fetch/page_sniff.h"

namespace crawl {
namespace {

std::optional<IpAddress> to_ip(const curl_sockaddr& address) {
  if (address.family == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, &address.addr, sizeof in);
    IpAddress::V4Bytes bytes;
    std::memcpy(bytes.data(), &in.sin_addr, bytes.size());
    return IpAddress(bytes);
  }
  if (address.family == AF_INET6 && address.addrlen >= sizeof(sockaddr_in6)) {
    // libcurl lays the whole address out from `addr` on.
    sockaddr_in6 in;
    std::memcpy(&in, reinterpret_cast<const char*>(&address.addr), sizeof in);
    IpAddress::V6Bytes bytes;
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
    return IpAddress(bytes);
  }
  return std::nullopt;
}

double seconds(CURL* easy, CURLINFO info) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(easy, info, &microseconds);
  return static_cast<double>(microseconds) / 1e6;
}

const char* version_name(long version) {
  switch (version) {
    case CURL_HTTP_VERSION_1_0:
      return "1.0";
    case CURL_HTTP_VERSION_1_1:
      return "1.1";
    case CURL_HTTP_VERSION_2_0:
      return "2";
    case CURL_HTTP_VERSION_3:
      return "3";
    default:
      return "";
  }
}

constexpr std::size_t kSniffBytes = 512;

constexpr std::string_view kBlockedMessage =
    "the host's address is not one that this crawl may reach";

}  // namespace

Transfer::Transfer(TransferContext& context)
    : context_(context),
      options_(context.setup.options()),
      easy_(curl_easy_init()) {
  if (!easy_) throw std::bad_alloc();
  callbacks_.transfer = this;
  callbacks_.sockets = &context.sockets;
  callbacks_.error_buffer = error_buffer_.data();
  callbacks_.header = &Transfer::on_header;
  callbacks_.body = &Transfer::on_body;
  callbacks_.open_socket = &Transfer::on_open_socket;
  callbacks_.close_socket = &Transfer::on_close_socket;
  callbacks_.before_request = &Transfer::before_request;
  if (const CURLcode code = context.setup.prepare(easy_.get(), callbacks_);
      code != CURLE_OK) {
    throw std::runtime_error(
        fmt::format("libcurl: {}", curl_easy_strerror(code)));
  }
}

ErrorKind Transfer::begin(FetchRequest request) {
  request_.emplace(std::move(request));
  result_ = FetchResult();
  result_.id = request_->id;
  result_.worker = context_.worker;
  headers_.begin(&result_, options_.keep_headers, options_.max_header_bytes);
  error_buffer_[0] = '\0';
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
      !allowed(request_->url.hostname())) {
    // The proxy would connect: what can be judged here is what is written.
    fail(ErrorKind::kBlockedAddress, kBlockedMessage);
    return result_.error;
  }
  url_ = request_->url.href();
  const CURLcode code = context_.setup.prepare_request(easy_.get(), *request_,
                                                       url_.c_str(), settings_);
  if (code != CURLE_OK) fail(error_kind(code, {}), curl_easy_strerror(code));
  return result_.error;
}

void Transfer::end(CURLcode code) {
  collect_info();
  if (result_.error != ErrorKind::kNone) return;  // we stopped it
  if (cut_) {
    result_.truncated = true;
    code = CURLE_OK;
  }
  if (code != CURLE_OK) {
    if (refused_address_ && !opened_socket_) {
      fail(ErrorKind::kBlockedAddress, kBlockedMessage);
      return;
    }
    Progress progress;
    progress.headers_done = headers_.done();
    progress.chunked = headers_.chunked();
    progress.tls = request_->url.scheme() == "https";
    curl_easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &progress.os_errno);
    fail(error_kind(code, progress), error_buffer_[0] != '\0'
                                         ? error_buffer_.data()
                                         : curl_easy_strerror(code));
    return;
  }
  if (!headers_.done()) {
    // For libcurl, headers that break off are all there are.
    fail(ErrorKind::kClosed, "closed before the end of the headers");
    return;
  }
  if (body_use_ == BodyUse::kSniff) sniffed(begins_like_html(body_));
  if (result_.error != ErrorKind::kNone) return;
  if (options_.body_digest) {
    result_.body_digest =
        body_use_ == BodyUse::kDigest ? digest_->digest() : fingerprint(body_);
  }
}

void Transfer::end(ErrorKind kind, std::string_view message) {
  if (in_multi) collect_info();
  fail(kind, message);
}

bool Transfer::has_page() const {
  return is_html_ && result_.error == ErrorKind::kNone;
}

bool Transfer::keeps_body() const {
  return options_.keep_body || request_->keep_body;
}

void Transfer::clear() {
  if (std::exchange(holds_buffer_, false)) {
    context_.buffers.give_back(std::move(body_));
    body_ = std::string();
  }
  request_.reset();
  holds_lookup = false;
}

std::size_t Transfer::on_header(char* data, std::size_t, std::size_t size,
                                void* self) noexcept {
  try {
    if (static_cast<Transfer*>(self)->header({data, size})) return size;
  } catch (...) {
    static_cast<Transfer*>(self)->fail(ErrorKind::kInternal, {});
  }
  return CURL_WRITEFUNC_ERROR;
}

std::size_t Transfer::on_body(char* data, std::size_t, std::size_t size,
                              void* self) noexcept {
  try {
    if (static_cast<Transfer*>(self)->body_part({data, size})) return size;
  } catch (...) {
    static_cast<Transfer*>(self)->fail(ErrorKind::kInternal, {});
  }
  return CURL_WRITEFUNC_ERROR;
}

curl_socket_t Transfer::on_open_socket(void* self, curlsocktype,
                                       curl_sockaddr* address) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  int fd = -1;
  try {
    transfer.past_lookup();
    if (!transfer.request_->allow_private &&
        !transfer.context_.setup.has_proxy()) {
      const auto ip = to_ip(*address);
      if (!ip || !transfer.options_.allow_address(*ip)) {
        transfer.refused_address_ = true;
        return CURL_SOCKET_BAD;
      }
    }
    fd = ::socket(address->family, address->socktype | SOCK_CLOEXEC,
                  address->protocol);
    if (fd < 0) return CURL_SOCKET_BAD;
    transfer.context_.sockets.opened(fd);
    transfer.opened_socket_ = true;
    return fd;
  } catch (...) {
    if (fd >= 0) ::close(fd);
    return CURL_SOCKET_BAD;
  }
}

int Transfer::on_close_socket(void* sockets, curl_socket_t fd) noexcept {
  static_cast<SocketSet*>(sockets)->closing(fd);
  return ::close(fd);
}

int Transfer::before_request(void* self, char* remote_ip, char*, int,
                             int) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  try {
    transfer.past_lookup();
    // A connection that another request was allowed to open may be used again.
    if (!transfer.request_->allow_private &&
        !transfer.context_.setup.has_proxy() && !transfer.allowed(remote_ip)) {
      transfer.refused_address_ = true;
      transfer.opened_socket_ = false;
      return CURL_PREREQFUNC_ABORT;
    }
    return CURL_PREREQFUNC_OK;
  } catch (...) {
    return CURL_PREREQFUNC_ABORT;
  }
}

bool Transfer::header(std::string_view line) {
  if (headers_.done()) {
    if (headers_.add_line(line)) return true;
  } else if (headers_.add_line(line)) {
    return !headers_.done() || plan_body();
  }
  fail(ErrorKind::kProtocol,
       fmt::format("the response's headers exceed {} bytes",
                   options_.max_header_bytes));
  return false;
}

// Decides what becomes of the body, now that the headers are known. False if
// the exchange ends here.
bool Transfer::plan_body() {
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
    sniffed(false);
  }
  return true;
}

// It is known whether the body is a page; what came so far is in body_.
void Transfer::sniffed(bool html) {
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
  digest_->update(body_);
}

bool Transfer::body_part(std::string_view data) {
  if (max_body_ != 0 && data.size() > max_body_ - result_.size_body) {
    data =
        data.substr(0, static_cast<std::size_t>(max_body_ - result_.size_body));
    cut_ = true;
  }
  result_.size_body += data.size();
  if (body_use_ == BodyUse::kSniff || body_use_ == BodyUse::kStore) {
    if (!std::exchange(holds_buffer_, true)) body_ = context_.buffers.take();
    body_.append(data);
    if (body_use_ == BodyUse::kSniff && body_.size() >= kSniffBytes) {
      sniffed(begins_like_html(body_));
      if (result_.error != ErrorKind::kNone) return false;
    }
  } else if (body_use_ == BodyUse::kDigest) {
    digest_->update(data);
  }
  return !cut_;
}

// The first reason counts. The message is best effort: this is also called
// where memory has run out.
void Transfer::fail(ErrorKind kind, std::string_view message) {
  if (result_.error != ErrorKind::kNone) return;
  result_.error = kind;
  result_.error_message = message;
}

bool Transfer::allowed(std::string_view ip) const {
  const auto address = IpAddress::parse(ip);
  return !address || options_.allow_address(*address);
}

void Transfer::past_lookup() {
  if (!std::exchange(holds_lookup, false)) return;
  context_.resolved.push_back(this);
}

bool Transfer::is_redirect() const {
  return result_.status_code / 100 == 3 && !result_.location.empty();
}

void Transfer::collect_info() {
  CURL* const easy = easy_.get();
  FetchTimes& times = result_.times;
  times.namelookup = seconds(easy, CURLINFO_NAMELOOKUP_TIME_T);
  times.connect = seconds(easy, CURLINFO_CONNECT_TIME_T);
  times.appconnect = seconds(easy, CURLINFO_APPCONNECT_TIME_T);
  times.starttransfer = seconds(easy, CURLINFO_STARTTRANSFER_TIME_T);
  times.total = seconds(easy, CURLINFO_TOTAL_TIME_T);

  curl_off_t size = 0;
  curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &size);
  result_.size_download = static_cast<std::uint64_t>(size);
  long number = 0;
  curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &number);
  result_.reused_connection = number == 0 && result_.status_code != 0;
  if (result_.status_code != 0) {
    curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &number);
    result_.http_version = version_name(number);
  }
  const char* ip = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &ip);
  if (ip != nullptr) result_.remote_ip = ip;
}

}  // namespace crawl
