#include "fetch/net/net_setup.h"

#include <ares.h>
#include <fmt/format.h>

#include <stdexcept>
#include <utility>
#include <vector>

#include "fetch/curl/proxy_info.h"
#include "fetch/net/direct_dialer.h"
#include "fetch/net/proxy_dialer.h"

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
  ProxyRules rules = std::exchange(options.proxy_rules, {});
  if (rules.no_proxy.empty() && rules.http.empty() && rules.https.empty() &&
      rules.all.empty()) {
    return create_alike(std::move(options), std::move(sources));
  }
  rules.every = std::exchange(options.proxy, {});
  auto setup = create_alike(options, sources);
  if (!setup) return tl::unexpected(std::move(setup.error()));
  // A proxy is looked at only if a URL may have use for it.
  using Given = std::pair<std::string_view, std::string>;
  const std::vector<Given> proxies =
      !rules.every.empty() ? std::vector<Given>{{"-x", rules.every}}
                           : std::vector<Given>{{"$http_proxy", rules.http},
                                                {"$https_proxy", rules.https},
                                                {"$all_proxy", rules.all}};
  for (const auto& [given_by, proxy] : proxies) {
    if (proxy.empty() || (*setup)->by_proxy_.contains(proxy)) continue;
    options.proxy = proxy;
    auto through = create_alike(options, sources, given_by);
    if (!through) return tl::unexpected(std::move(through.error()));
    (*setup)->by_proxy_.emplace(proxy, std::move(*through));
  }
  (*setup)->choice_ = ProxyChoice(std::move(rules));
  return std::move(*setup);
}

// For connections that all go the same way.
Result<std::unique_ptr<NetSetup>> NetSetup::create_alike(
    FetchOptions options, NetSources sources, std::string_view proxy_given_by) {
  auto overrides = HostOverrides::parse(options.resolve, options.connect_to);
  if (!overrides) return tl::unexpected(std::move(overrides.error()));
  auto proxy = ProxyInfo::parse(options.proxy, proxy_given_by);
  if (!proxy) return tl::unexpected(std::move(proxy.error()));
  std::unique_ptr<NetSetup> setup(
      new NetSetup(std::move(options), std::move(sources)));
  setup->overrides_ = std::move(*overrides);
  setup->proxy_ = std::move(*proxy);
  return setup;
}

const NetSetup& NetSetup::setup_for(std::string_view host, std::uint16_t port,
                                    bool tls) const {
  if (by_proxy_.empty()) return *this;
  const auto url = Url::parse(
      fmt::format("{}://{}:{}/", tls ? "https" : "http", host, port));
  const auto found =
      by_proxy_.find(url ? choice_.proxy_for(*url) : std::string_view());
  return found == by_proxy_.end() ? *this : *found->second;
}

namespace {

// Goes through whichever proxy an origin has.
class DialerByOrigin final : public Dialer {
 public:
  DialerByOrigin(const NetSetup& setup, SocketSet& sockets)
      : setup_(setup), direct_(setup, sockets) {
    for (const auto& [proxy, through] : setup.by_proxy()) {
      proxied_.emplace(through.get(), make_dialer(*through, sockets));
    }
  }

  std::unique_ptr<Dial> dial(std::string_view host, std::uint16_t port,
                             bool tls, DialUser& user) override {
    const auto found = proxied_.find(&setup_.setup_for(host, port, tls));
    Dialer& dialer = found == proxied_.end() ? direct_ : *found->second;
    return dialer.dial(host, port, tls, user);
  }

  std::optional<std::chrono::steady_clock::time_point> deadline()
      const override {
    auto first = direct_.deadline();
    for (const auto& [setup, dialer] : proxied_) {
      const auto due = dialer->deadline();
      if (due && (!first || *due < *first)) first = due;
    }
    return first;
  }

  void run(std::chrono::steady_clock::time_point now) override {
    direct_.run(now);
    for (const auto& [setup, dialer] : proxied_) dialer->run(now);
  }

 private:
  const NetSetup& setup_;
  DirectDialer direct_;
  std::map<const NetSetup*, std::unique_ptr<Dialer>> proxied_;
};

}  // namespace

std::unique_ptr<Dialer> make_dialer(const NetSetup& setup, SocketSet& sockets) {
  if (!setup.by_proxy().empty()) {
    return std::make_unique<DialerByOrigin>(setup, sockets);
  }
  if (setup.proxy()) return std::make_unique<ProxyDialer>(setup, sockets);
  return std::make_unique<DirectDialer>(setup, sockets);
}

}  // namespace crawl
