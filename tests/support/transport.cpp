#include "support/transport.h"

#include <sys/socket.h>

#include <cerrno>

namespace crawl::testing {
namespace {

IoResult to_result(ssize_t bytes) {
  if (bytes > 0) {
    return {IoResult::Status::kOk, static_cast<std::size_t>(bytes), false};
  }
  if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) {
    return {IoResult::Status::kWouldBlock, 0, true};
  }
  return {IoResult::Status::kClosed, 0, true};
}

class TcpTransport final : public Transport {
 public:
  using Transport::Transport;
  IoResult read(std::span<char> buffer) override {
    IoResult result = to_result(recv(fd(), buffer.data(), buffer.size(), 0));
    result.drained = result.bytes < buffer.size();
    return result;
  }
  IoResult write(std::string_view bytes) override {
    return to_result(send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }
};

}  // namespace

void Transport::set_reset_on_close() {
  const linger now{1, 0};
  setsockopt(fd(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

std::unique_ptr<Transport> make_tcp_transport(UniqueFd socket) {
  return std::make_unique<TcpTransport>(std::move(socket));
}

}  // namespace crawl::testing
