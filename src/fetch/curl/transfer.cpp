#include "fetch/curl/transfer.h"

#include <fmt/format.h>

#include <new>
#include <stdexcept>
#include <utility>

#include "fetch/curl/curl_error.h"

namespace crawl {
namespace {

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

}  // namespace

Transfer::Transfer(LoopContext& context, CURLM* multi, ExchangeOwner& owner)
    : Exchange(context), multi_(multi), owner_(owner), easy_(curl_easy_init()) {
  if (!easy_) throw std::bad_alloc();
  callbacks_.transfer = this;
  callbacks_.user = this;
  callbacks_.close_socket_data = &context;
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

ErrorKind Transfer::prepare() {
  error_buffer_[0] = '\0';
  url_ = request_->url.href();
  const CURLcode code = context_.setup.prepare_request(easy_.get(), *request_,
                                                       url_.c_str(), settings_);
  if (code != CURLE_OK) fail(error_kind(code, {}), curl_easy_strerror(code));
  return result_.error;
}

void Transfer::launch() {
  if (const CURLMcode code = curl_multi_add_handle(multi_, easy_.get());
      code != CURLM_OK) {
    throw std::runtime_error(curl_multi_strerror(code));
  }
  in_multi_ = true;
}

void Transfer::release() {
  if (!std::exchange(in_multi_, false)) return;
  curl_multi_remove_handle(multi_, easy_.get());
}

void Transfer::done(CURLcode code) {
  conclude(code);
  owner_.over(*this);
}

void Transfer::conclude(CURLcode code) {
  collect_info();
  if (result_.error != ErrorKind::kNone) return;  // we stopped it
  if (cut()) {
    result_.truncated = true;
    code = CURLE_OK;
  }
  if (code == CURLE_OK) {
    finish();
    return;
  }
  if (fail_if_blocked()) return;
  Progress progress;
  progress.headers_done = headers_.done();
  progress.chunked = headers_.chunked();
  progress.tls = request_->url.scheme() == "https";
  curl_easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &progress.os_errno);
  fail(error_kind(code, progress), error_buffer_[0] != '\0'
                                       ? error_buffer_.data()
                                       : curl_easy_strerror(code));
}

void Transfer::end(ErrorKind kind, std::string_view message) {
  if (in_multi_) collect_info();
  fail(kind, message);
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
    if (static_cast<Transfer*>(self)->body_part({data, size}, false)) {
      return size;
    }
  } catch (...) {
    static_cast<Transfer*>(self)->fail(ErrorKind::kInternal, {});
  }
  return CURL_WRITEFUNC_ERROR;
}

curl_socket_t Transfer::on_open_socket(void* self, curlsocktype,
                                       curl_sockaddr* address) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  return open_socket(transfer.context_, transfer, *address);
}

int Transfer::on_close_socket(void* context, curl_socket_t fd) noexcept {
  return close_socket(*static_cast<LoopContext*>(context), fd);
}

int Transfer::before_request(void* self, char* remote_ip, char*, int,
                             int) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  try {
    transfer.past_lookup();
    // A connection that another request was allowed to open may be used again.
    if (!transfer.context_.setup.has_proxy() &&
        !transfer.may_reach(std::string_view(remote_ip))) {
      transfer.reused_address_refused();
      return CURL_PREREQFUNC_ABORT;
    }
    return CURL_PREREQFUNC_OK;
  } catch (...) {
    return CURL_PREREQFUNC_ABORT;
  }
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
