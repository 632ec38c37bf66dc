#ifndef CRAWL_FRONTIER_REDIS_ADDRESS_H_
#define CRAWL_FRONTIER_REDIS_ADDRESS_H_

#include <string>
#include <string_view>

#include "crawl/base/error.h"
#include "crawl/base/secure_channel.h"

namespace crawl {

// A server, or one of a cluster's.
struct RedisNode {
  std::string host;  // a name or an address without brackets
  int port = 6379;
  friend bool operator==(const RedisNode&, const RedisNode&) = default;
  std::string shown() const;
};

// Which crawl at which Redis:
// redis://[[USER:]PASSWORD@]HOST[:PORT][/DB[/NAME]], as redis-cli has it, and a
// crawl's name; rediss:// for TLS, with ?cacert=FILE, cert=FILE and key=FILE,
// which are redis-cli's options of these names. A value.
struct RedisAddress {
  RedisNode node;
  int database = 0;
  std::string name = "crawl";  // letters, digits, '-', '_' and '.'
  std::string user, password;  // decoded; "" for none
  bool tls = false;
  TlsFiles files;

  // For people: without what is secret.
  std::string shown() const;
};

// The message names neither user nor password.
Result<RedisAddress> parse_redis_address(std::string_view text);

}  // namespace crawl

#endif  // CRAWL_FRONTIER_REDIS_ADDRESS_H_
