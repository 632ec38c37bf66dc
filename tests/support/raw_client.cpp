#include "support/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace crawl::testing {

RawClient::RawClient(std::uint16_t port)
    : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{60, 0};
  setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience,
             sizeof patience);
  if (connect(socket_.get(), reinterpret_cast<sockaddr*>(&address),
              sizeof address) < 0) {
    throw std::system_error(errno, std::generic_category(), "connect");
  }
}

void RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent =
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return;  // the next read tells how it ended
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void RawClient::get(std::string_view path) {
  send("GET " + std::string(path) + " HTTP/1.1\r\nHost: raw.test\r\n\r\n");
}

bool RawClient::receive() {
  if (ending_ != Ending::kNone) return false;
  std::array<char, 16 * 1024> buffer;
  const ssize_t got = recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (got > 0) {
    pending_.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
  }
  if (got == 0) ending_ = Ending::kClosed;
  if (got < 0 && errno == ECONNRESET) ending_ = Ending::kReset;
  return false;
}

std::string RawClient::take(std::size_t size) {
  size = std::min(size, pending_.size());
  std::string taken = pending_.substr(0, size);
  pending_.erase(0, size);
  return taken;
}

std::string RawClient::read_until(std::string_view text) {
  std::size_t at = std::string::npos;
  do {
    at = pending_.find(text);
  } while (at == std::string::npos && receive());
  return take(at == std::string::npos ? pending_.size() : at + text.size());
}

std::string RawClient::read(std::size_t size) {
  while (pending_.size() < size && receive()) {
  }
  return take(size);
}

std::string RawClient::read_to_end() {
  while (receive()) {
  }
  return take(pending_.size());
}

std::string RawClient::read_response() {
  constexpr std::string_view kLength = "Content-Length: ";
  std::string response = read_until("\r\n\r\n");
  if (const std::size_t at = response.find(kLength); at != std::string::npos) {
    response += read(static_cast<std::size_t>(
        std::strtoul(response.c_str() + at + kLength.size(), nullptr, 10)));
  }
  return response;
}

}  // namespace crawl::testing
