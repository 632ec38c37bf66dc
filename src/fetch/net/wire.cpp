#include "fetch/net/wire.h"

#include <sys/socket.h>

#include <cerrno>

namespace crawl {

ssize_t Wire::read(char* data, std::size_t size) {
  for (;;) {
    const ssize_t count =
        tunnel_ ? tunnel_->read(data, size) : ::recv(fd_.get(), data, size, 0);
    if (count >= 0 || errno != EINTR) return count;
  }
}

ssize_t Wire::write(const char* data, std::size_t size) {
  for (;;) {
    const ssize_t count = tunnel_ ? tunnel_->write(data, size)
                                  : ::send(fd_.get(), data, size, MSG_NOSIGNAL);
    if (count >= 0 || errno != EINTR) return count;
  }
}

}  // namespace crawl
