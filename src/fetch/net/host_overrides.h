#ifndef CRAWL_FETCH_NET_HOST_OVERRIDES_H_
#define CRAWL_FETCH_NET_HOST_OVERRIDES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crawl/base/error.h"
#include "fetch/net/socket_address.h"

namespace crawl {

struct HostPort {
  std::string host;  // as Url::hostname() has it
  std::uint16_t port = 0;
};

// --resolve and --connect-to, as curl has them. Constant once made.
class HostOverrides {
 public:
  HostOverrides() = default;

  // `resolve`: HOST:PORT:ADDRESS[,ADDRESS]..., where HOST may be "*", a "+"
  // before it changes nothing, and -HOST:PORT takes an earlier one back.
  // `connect_to`: HOST1:PORT1:HOST2:PORT2, any part empty; the first that fits
  // counts.
  static Result<HostOverrides> parse(
      const std::vector<std::string>& resolve,
      const std::vector<std::string>& connect_to);

  // Makes of what is asked for what is to be connected to; false if that is the
  // same. What the entry leaves open stays.
  bool redirect(HostPort& target) const;

  // The addresses to take for it; null if none are given.
  const std::vector<SocketAddress>* addresses(std::string_view host,
                                              std::uint16_t port) const;

 private:
  struct Redirect {
    std::string from_host, to_host;  // "": any, the same
    std::uint16_t from_port = 0, to_port = 0;
  };
  bool add_resolve(std::string_view entry);
  bool add_connect_to(std::string_view entry);

  std::unordered_map<std::string, std::vector<SocketAddress>> addresses_;
  std::vector<Redirect> redirects_;
};

// A host as a key: lower case, no dot at the end.
std::string host_key(std::string_view host);

// A host that a user names, as Url::hostname() has it: "bücher.test" is
// "xn--bcher-kva.test". What is none stays as it is.
std::string host_of_user(std::string_view host);

}  // namespace crawl

#endif  // CRAWL_FETCH_NET_HOST_OVERRIDES_H_
