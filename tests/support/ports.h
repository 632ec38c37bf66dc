#ifndef CRAWL_TESTS_SUPPORT_PORTS_H_
#define CRAWL_TESTS_SUPPORT_PORTS_H_

#include <cstdint>
#include <string>

#include "support/event_loop.h"

namespace crawl::testing {

// Ports for the servers of tests. They are taken from below those that the
// kernel gives connections: of these, after the connections of many tests,
// there may be none that it lets a server have, and one to a server that is
// away could come to be from its own port.

// A socket that has its port.
struct BoundSocket {
  UniqueFd socket;
  std::uint16_t port = 0;
};

// `type` is SOCK_STREAM or SOCK_DGRAM, with flags or without; for port 0 a free
// one is chosen. No other socket can have the port meanwhile, listening or not.
// Throws std::system_error.
BoundSocket bind_socket(int type, const std::string& address = "127.0.0.1",
                        std::uint16_t port = 0);

// As above, and connections of the port's past do not matter.
BoundSocket listen_on(const std::string& address = "127.0.0.1",
                      std::uint16_t port = 0, int flags = 0,
                      int backlog = 4'096);

// Free a moment ago: for servers that are programs.
std::uint16_t free_port();

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_PORTS_H_
