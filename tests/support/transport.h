#ifndef CRAWL_TESTS_SUPPORT_TRANSPORT_H_
#define CRAWL_TESTS_SUPPORT_TRANSPORT_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "support/event_loop.h"

namespace crawl::testing {

struct IoResult {
  enum class Status { kOk, kWouldBlock, kClosed };
  Status status = Status::kOk;
  std::size_t bytes = 0;  // > 0 if and only if kOk
  bool drained = false;   // by this read: another would block, for now
};

// The bytes of one accepted connection: plain TCP, or TLS on top of it. Never
// blocks. Owns the socket.
class Transport {
 public:
  explicit Transport(UniqueFd socket) : socket_(std::move(socket)) {}
  virtual ~Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  virtual IoResult read(std::span<char> buffer) = 0;
  virtual IoResult write(std::string_view bytes) = 0;

  // Says goodbye before an orderly close (TLS close_notify).
  virtual void finish() {}

  int fd() const { return socket_.get(); }

  // Makes the coming close a TCP reset.
  void set_reset_on_close();

 private:
  UniqueFd socket_;
};

// How a site wraps an accepted socket; null if it is not the site's any more.
using TransportFactory = std::function<std::unique_ptr<Transport>(UniqueFd)>;

std::unique_ptr<Transport> make_tcp_transport(UniqueFd socket);

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_TRANSPORT_H_
