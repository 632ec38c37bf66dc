#include "fetch/curl/connector.h"

#include <fmt/format.h>

#include <new>
#include <stdexcept>
#include <utility>

namespace crawl {
namespace {

void check(CURLcode code) {
  if (code != CURLE_OK) {
    throw std::runtime_error(
        fmt::format("libcurl: {}", curl_easy_strerror(code)));
  }
}

}  // namespace

Connector::Connector(LoopContext& context, CURLM* multi, ConnectionTaker& taker)
    : context_(context), multi_(multi), taker_(taker), easy_(curl_easy_init()) {
  if (!easy_) throw std::bad_alloc();
  TransferCallbacks callbacks;
  callbacks.transfer = this;
  callbacks.user = this;
  callbacks.close_socket_data = this;
  callbacks.error_buffer = error_buffer_.data();
  callbacks.open_socket = &Connector::on_open_socket;
  callbacks.close_socket = &Connector::on_close_socket;
  check(context.setup.prepare(easy_.get(), callbacks));
  check(context.setup.prepare_connector(easy_.get()));
}

void Connector::start(Exchange& exchange) {
  const Url& url = exchange.request().url;
  const std::string text =
      fmt::format("http://{}:{}/", url.hostname(), url.effective_port());
  error_buffer_[0] = '\0';
  check(curl_easy_setopt(easy_.get(), CURLOPT_URL, text.c_str()));
  exchange_ = &exchange;
  if (const CURLMcode code = curl_multi_add_handle(multi_, easy_.get());
      code != CURLM_OK) {
    exchange_ = nullptr;
    throw std::runtime_error(curl_multi_strerror(code));
  }
}

void Connector::stop() {
  if (exchange_ == nullptr) return;
  curl_multi_remove_handle(multi_, easy_.get());
  exchange_ = nullptr;
}

void Connector::done(CURLcode code) {
  Exchange& exchange = *exchange_;
  // libcurl closes the connection when it lets go of it, but for the socket.
  if (code == CURLE_OK) {
    code = curl_easy_getinfo(easy_.get(), CURLINFO_ACTIVESOCKET, &taken_);
    if (taken_ == CURL_SOCKET_BAD) code = CURLE_COULDNT_CONNECT;
  }
  if (code != CURLE_OK) {
    stop();
    taker_.not_connected(exchange, code,
                         error_buffer_[0] != '\0' ? error_buffer_.data()
                                                  : curl_easy_strerror(code));
    return;
  }
  CURL* const easy = easy_.get();
  NewConnection connection{Fd(taken_), {}, 0, 0};
  const char* ip = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &ip);
  if (ip != nullptr) connection.remote_ip = ip;
  connection.namelookup = seconds(easy, CURLINFO_NAMELOOKUP_TIME_T);
  connection.connect = seconds(easy, CURLINFO_CONNECT_TIME_T);
  stop();
  taken_ = CURL_SOCKET_BAD;
  taker_.connected(exchange, std::move(connection));
}

curl_socket_t Connector::on_open_socket(void* self, curlsocktype,
                                        curl_sockaddr* address) noexcept {
  auto& connector = *static_cast<Connector*>(self);
  return open_socket(connector.context_, *connector.exchange_, *address);
}

int Connector::on_close_socket(void* self, curl_socket_t fd) noexcept {
  auto& connector = *static_cast<Connector*>(self);
  if (fd == connector.taken_) return 0;
  return close_socket(connector.context_, fd);
}

}  // namespace crawl
