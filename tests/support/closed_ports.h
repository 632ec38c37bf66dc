#ifndef CRAWL_TESTS_SUPPORT_CLOSED_PORTS_H_
#define CRAWL_TESTS_SUPPORT_CLOSED_PORTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "support/event_loop.h"

namespace crawl::testing {

// A port of 127.0.0.1 that refuses connections, kept from everyone else.
class RefusingPort {
 public:
  RefusingPort();
  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path) const;

 private:
  UniqueFd socket_;
  std::uint16_t port_ = 0;
};

// A port of 127.0.0.1 where connecting neither succeeds nor fails: its queue of
// connections waiting to be accepted is full. For connect time-outs.
class SilentPort {
 public:
  SilentPort();
  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path) const;

 private:
  UniqueFd socket_;
  std::uint16_t port_ = 0;
  std::vector<UniqueFd> waiting_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_CLOSED_PORTS_H_
