#ifndef CRAWL_TESTS_SUPPORT_CLOSED_PORTS_H_
#define CRAWL_TESTS_SUPPORT_CLOSED_PORTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "support/event_loop.h"
#include "support/ports.h"

namespace crawl::testing {

// A port of 127.0.0.1 that refuses connections, kept from everyone else.
class RefusingPort {
 public:
  RefusingPort();
  std::uint16_t port() const { return bound_.port; }
  std::string url(const std::string& path) const;

 private:
  BoundSocket bound_;
};

// A port of 127.0.0.1 where connecting neither succeeds nor fails: its queue of
// connections waiting to be accepted is full. For connect time-outs.
class SilentPort {
 public:
  SilentPort();
  std::uint16_t port() const { return listener_.port; }
  std::string url(const std::string& path) const;

 private:
  BoundSocket listener_;
  std::vector<UniqueFd> waiting_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_CLOSED_PORTS_H_
