#ifndef CRAWL_FETCH_NET_WIRE_H_
#define CRAWL_FETCH_NET_WIRE_H_

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <utility>

#include "fetch/net/dialer.h"
#include "fetch/net/socket_set.h"

namespace crawl {

// What a connection's bytes go over: a socket, or a tunnel behind one. Does not
// block. One thread.
class Wire {
 public:
  Wire(Fd fd, std::unique_ptr<Tunnel> tunnel)
      : fd_(std::move(fd)), tunnel_(std::move(tunnel)) {}

  int fd() const { return fd_.get(); }
  // Bytes may wait on our side, where the kernel does not see them.
  bool has_tunnel() const { return tunnel_ != nullptr; }

  // As recv() and send() for a socket that does not block, EINTR apart.
  ssize_t read(char* data, std::size_t size);
  ssize_t write(const char* data, std::size_t size);

 private:
  Fd fd_;
  std::unique_ptr<Tunnel> tunnel_;  // goes before its socket does
};

}  // namespace crawl

#endif  // CRAWL_FETCH_NET_WIRE_H_
