#ifndef CRAWL_FRONTIER_REDIS_ADDRESS_H_
#define CRAWL_FRONTIER_REDIS_ADDRESS_H_

#include <string>
#include <string_view>

#include "crawl/base/error.h"

namespace crawl {

// Which crawl at which Redis:
// redis://[[USER]:PASSWORD@]HOST[:PORT][/DB[/NAME]], as the IANA's provisional
// scheme has it, and a crawl's name. A value.
struct RedisAddress {
  std::string host;
  int port = 6379;
  int database = 0;
  std::string name = "crawl";  // letters, digits, '-', '_' and '.'
  std::string user, password;  // decoded; "" for none

  // For people: without what is secret.
  std::string shown() const;
};

// The message names neither user nor password.
Result<RedisAddress> parse_redis_address(std::string_view text);

}  // namespace crawl

#endif  // CRAWL_FRONTIER_REDIS_ADDRESS_H_
