#ifndef CRAWL_FETCH_NET_NET_SETUP_H_
#define CRAWL_FETCH_NET_NET_SETUP_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crawl/base/error.h"
#include "crawl/fetch/fetcher.h"
#include "crawl/fetch/proxy_choice.h"
#include "fetch/curl/proxy_info.h"
#include "fetch/net/dialer.h"
#include "fetch/net/host_overrides.h"
#include "fetch/net/name_files.h"
#include "fetch/net/system_names.h"

namespace crawl {

// Where the machine says how its network is set up; tests say so themselves.
struct NetSources {
  std::string servers;      // "127.0.0.1:5353,..."; "": resolv.conf's
  std::string resolv_conf;  // "": the system's
  std::string hosts = "/etc/hosts";
  std::string nsswitch = "/etc/nsswitch.conf";
  // How long a server may take, at first: twice as long in each round.
  std::chrono::milliseconds patience{800};
  int rounds = 3;                // over all servers
  std::optional<bool> has_ipv6;  // nothing: if an interface has an address
  SystemNames::Lookup system_lookup = &ask_getaddrinfo;
};

// How connections are opened, from the options: what all loops have in common.
// Constant once made; must outlive every Dialer made of it.
class NetSetup {
 public:
  // Fails, in words for the user, where --resolve, --connect-to or -x make no
  // sense.
  static Result<std::unique_ptr<const NetSetup>> create(
      FetchOptions options, NetSources sources = {});
  NetSetup(const NetSetup&) = delete;
  NetSetup& operator=(const NetSetup&) = delete;
  ~NetSetup();

  const FetchOptions& options() const { return options_; }
  const NetSources& sources() const { return sources_; }
  const HostOverrides& overrides() const { return overrides_; }
  const HostsFile& hosts() const { return hosts_; }
  const NameServices& services() const { return services_; }
  // The proxy of every connection; nothing if there is none, or it depends.
  const std::optional<ProxyInfo>& proxy() const { return proxy_; }
  // The set-up for connections to an origin: this one, or that of its proxy.
  const NetSetup& setup_for(std::string_view host, std::uint16_t port,
                            bool tls) const;
  // Where it depends on the origin: each proxy's own set-up.
  const std::map<std::string, std::unique_ptr<const NetSetup>, std::less<>>&
  by_proxy() const {
    return by_proxy_;
  }
  // Every name is for getaddrinfo().
  bool system_only() const {
    return options_.system_resolver || !services_.dns;
  }
  const std::shared_ptr<SystemNames>& system_names() const {
    return system_names_;
  }

 private:
  static Result<std::unique_ptr<NetSetup>> create_alike(
      FetchOptions options, NetSources sources,
      std::string_view proxy_given_by = "-x");
  NetSetup(FetchOptions options, NetSources sources);

  FetchOptions options_;
  NetSources sources_;
  HostOverrides overrides_;
  HostsFile hosts_;
  NameServices services_;
  std::optional<ProxyInfo> proxy_;
  ProxyChoice choice_;
  std::map<std::string, std::unique_ptr<const NetSetup>, std::less<>> by_proxy_;
  std::shared_ptr<SystemNames> system_names_;
};

// The dialer for one loop: through the proxy if there is one, else direct.
// `setup` and `sockets` must outlive it. Throws std::runtime_error or
// std::system_error.
std::unique_ptr<Dialer> make_dialer(const NetSetup& setup, SocketSet& sockets);

}  // namespace crawl

#endif  // CRAWL_FETCH_NET_NET_SETUP_H_
