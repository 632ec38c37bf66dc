#ifndef CRAWL_FETCH_PROXY_CHOICE_H_
#define CRAWL_FETCH_PROXY_CHOICE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/ip_address.h"
#include "crawl/base/url.h"

namespace crawl {

// The proxies that a user has named, as curl reads them from options and the
// environment; "" for none.
struct ProxyRules {
  std::string every;     // -x: for every URL, before the others
  std::string http;      // $http_proxy
  std::string https;     // $https_proxy, $HTTPS_PROXY
  std::string all;       // $all_proxy, $ALL_PROXY: where the others are ""
  std::string no_proxy;  // --noproxy, else $no_proxy, $NO_PROXY: before all
};

// The rules of the environment that `get` (std::getenv) reads. Lower case comes
// first, and $HTTP_PROXY is not read: a CGI program's client sets it with a
// header Proxy. What is empty is not set.
ProxyRules proxy_rules_of_environment(
    const std::function<const char*(const char*)>& get);

// Which proxy a URL is fetched through. A value; any thread.
//
// `no_proxy` is a list, between commas or spaces, of host names (which stand
// for the names below them too, with or without a dot in front), addresses and
// address/prefix-length blocks; "*" alone is every host. Ports are not looked
// at.
class ProxyChoice {
 public:
  ProxyChoice() = default;
  explicit ProxyChoice(ProxyRules rules);

  // The proxy's URL, or "" for none.
  std::string_view proxy_for(const Url& url) const;
  // Whether any URL has one.
  bool has_any() const;

 private:
  struct Block {
    IpAddress address;
    unsigned bits;  // of it that count
  };
  bool is_exempt(std::string_view hostname) const;
  void add_exempt(std::string_view entry);

  ProxyRules rules_;
  bool exempts_all_ = false;
  std::vector<std::string> names_;
  std::vector<Block> blocks_;
};

}  // namespace crawl

#endif  // CRAWL_FETCH_PROXY_CHOICE_H_
