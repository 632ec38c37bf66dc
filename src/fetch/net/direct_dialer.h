#ifndef CRAWL_FETCH_NET_DIRECT_DIALER_H_
#define CRAWL_FETCH_NET_DIRECT_DIALER_H_

#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "fetch/net/dialer.h"
#include "fetch/net/net_setup.h"
#include "fetch/net/resolver.h"

namespace crawl {

// Connects to the host itself, to the first of its addresses that answers: both
// families in turn, IPv6 first, the next one when the last has failed or a
// quarter of a second has passed (RFC 8305, "happy eyeballs").
class DirectDialer final : public Dialer {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  // Throws std::runtime_error if names cannot be looked up on this machine.
  DirectDialer(const NetSetup& setup, SocketSet& sockets);
  ~DirectDialer() override;

  std::unique_ptr<Dial> dial(std::string_view host, std::uint16_t port,
                             bool tls, DialUser& user) override;
  // The same, whatever --connect-to says.
  std::unique_ptr<Dial> dial_as_is(HostPort target, DialUser& user);
  Resolver& resolver() { return resolver_; }

  std::optional<time_point> deadline() const override;
  void run(time_point now) override;

 private:
  class Attempt;
  class Connecting;

  const NetSetup& setup_;
  SocketSet& sockets_;
  Resolver resolver_;
  std::set<std::pair<time_point, Connecting*>> timers_;  // one for each
};

}  // namespace crawl

#endif  // CRAWL_FETCH_NET_DIRECT_DIALER_H_
