#ifndef CRAWL_FETCH_FETCHER_H_
#define CRAWL_FETCH_FETCHER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crawl/base/clock.h"
#include "crawl/base/error.h"
#include "crawl/base/ip_address.h"
#include "crawl/fetch/fetch_result.h"
#include "crawl/fetch/proxy_choice.h"
#include "crawl/parse/page.h"
#include "crawl/parse/page_extractor.h"
#include "crawl/writer/exchange.h"

namespace crawl {

// How exchanges are made; the same for all of a crawl.
struct FetchOptions {
  std::string user_agent;
  // -H; "" removes curl's own. Authorization, Cookie and, where there is no
  // proxy for it, Proxy-Authorization are treated as origin_headers wherever
  // they are.
  HeaderList headers;
  HeaderList origin_headers;  // sent to the seed's origin only
  std::string user_password;  // -u user:password, the seed's origin only
  std::string proxy;          // -x; "" for none
  // The environment's proxies and --noproxy; `proxy` comes before the former.
  ProxyRules proxy_rules;
  std::string proxy_ca_file;    // --proxy-cacert; "" for the system's
  bool proxy_insecure = false;  // --proxy-insecure
  bool insecure = false;        // -k
  std::string ca_file;          // --cacert; "" for the system's
  std::string cert_file;        // -E, PEM, the seed's origin only; "" for none
  std::string key_file;         // --key, PEM; "" if cert_file has it
  std::vector<std::string> resolve;     // --resolve HOST:PORT:ADDR[,ADDR]...
  std::vector<std::string> connect_to;  // --connect-to H1:P1:H2:P2
  // --system-resolver: every name is asked of getaddrinfo(), on threads.
  bool system_resolver = false;
  bool http1_only = false;  // --http1.1

  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds max_time{60'000};  // -m, one exchange
  std::chrono::seconds stall_time{20};         // under 1 byte/s for so long
  std::uint64_t max_body = 16u << 20;          // after decoding; 0: no limit
  std::size_t max_header_bytes = 256u << 10;

  // Open connections, idle ones included, that are kept for the next request;
  // what is in flight may exceed it. All loops together.
  std::size_t max_connections = 512;

  // Asked for every address about to be connected to, and for that of a reused
  // connection, for requests without allow_private. Null: only public ones.
  // Called from any thread, several at a time; must not throw. With a proxy
  // only addresses written in the URL can be judged.
  std::function<bool(const IpAddress&)> allow_address;

  bool keep_headers = false;
  bool keep_body = false;
  bool body_digest = false;
  bool parse_pages = true;
  PageOptions page;
  // Of pages that are parsed, and of style sheets, keep what their styles refer
  // to: FetchResult::style_urls.
  bool style_urls = false;
  // The same for a check of links (PageOptions::check): FetchResult::sheet, and
  // among the links of pages.
  bool style_links = false;
  // Asked of every page that is parsed; null for nothing.
  std::shared_ptr<const PageExtractor> extractor;
  // Given every exchange but those that were given up.
  std::vector<std::shared_ptr<const ExchangeKeeper>> keepers;
};

// Makes HTTP exchanges, any number at a time, and hands back each result once.
//
// start(), wait() and abort() belong to one thread, the crawl loop; wake() may
// be called from any. Destroying it ends what is in flight.
class Fetcher {
 public:
  virtual ~Fetcher() = default;

  // Begins an exchange, at the latest in the next wait(); does not block. How
  // many may be open is the caller's rule.
  virtual void start(FetchRequest request) = 0;

  // Appends every finished exchange to `results`. Waits for the first one,
  // until `until` (for ever without) or until wake().
  virtual void wait(std::optional<Clock::time_point> until,
                    std::vector<FetchResult>& results) = 0;

  // Ends a wait() now, or the next one if none is going on.
  virtual void wake() = 0;

  // Every exchange in flight ends soon, as kInterrupted, through wait().
  virtual void abort() = 0;
};

// `loops` transfer loops, each a task on a thread pool of the fetcher's own.
// Fails if an option makes no sense or a file it names cannot be
// read.
Result<std::unique_ptr<Fetcher>> make_pooled_fetcher(FetchOptions options,
                                                     std::size_t loops);

// The same exchanges on the calling thread, inside wait(): for --sync.
Result<std::unique_ptr<Fetcher>> make_inline_fetcher(FetchOptions options);

}  // namespace crawl

#endif  // CRAWL_FETCH_FETCHER_H_
