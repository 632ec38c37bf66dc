#include "fetch/net/net_setup.h"

#include <ares.h>

#include <stdexcept>
#include <utility>

#include "fetch/curl/proxy_dialer.h"
#include "fetch/curl/proxy_info.h"
#include "fetch/net/direct_dialer.h"

namespace crawl {
namespace {

// Threads that wait for getaddrinfo(): few where it is asked for what name
// servers do not know, more where it is asked for everything.
constexpr std::size_t kFewThreads = 4;
constexpr std::size_t kManyThreads = 64;

}  // namespace

NetSetup::NetSetup(FetchOptions options, NetSources sources)
    : options_(std::move(options)), sources_(std::move(sources)) {
  if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
    throw std::runtime_error("c-ares cannot be initialised");
  }
  hosts_ = HostsFile::parse(read_name_file(sources_.hosts));
  services_ = NameServices::parse(read_name_file(sources_.nsswitch));
  system_names_ = std::make_shared<SystemNames>(
      system_only() ? kManyThreads : kFewThreads, sources_.system_lookup);
}

NetSetup::~NetSetup() { ares_library_cleanup(); }

Result<std::unique_ptr<const NetSetup>> NetSetup::create(FetchOptions options,
                                                         NetSources sources) {
  auto overrides = HostOverrides::parse(options.resolve, options.connect_to);
  if (!overrides) return tl::unexpected(std::move(overrides.error()));
  auto proxy = ProxyInfo::parse(options.proxy);
  if (!proxy) return tl::unexpected(std::move(proxy.error()));
  std::unique_ptr<NetSetup> setup(
      new NetSetup(std::move(options), std::move(sources)));
  setup->overrides_ = std::move(*overrides);
  setup->proxy_ = std::move(*proxy);
  return setup;
}

std::unique_ptr<Dialer> make_dialer(const NetSetup& setup, SocketSet& sockets) {
  if (setup.proxy()) return std::make_unique<ProxyDialer>(setup, sockets);
  return std::make_unique<DirectDialer>(setup, sockets);
}

}  // namespace crawl
