#ifndef CRAWL_TESTS_SUPPORT_ROUTE_TABLE_H_
#define CRAWL_TESTS_SUPPORT_ROUTE_TABLE_H_

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "support/reply.h"

namespace crawl::testing {

// Finds the handler for a request by the patterns of LoopbackSite::serve().
// Any thread may call.
class RouteTable {
 public:
  void set(std::string pattern, Handler handler);

  // Null if nothing matches. Stays usable if the route is replaced meanwhile.
  std::shared_ptr<const Handler> find(const HttpRequest& request) const;

 private:
  std::shared_ptr<const Handler> find_path(std::string key,
                                           std::size_t path_begin) const;

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  std::unordered_map<std::string, std::shared_ptr<const Handler>> handlers_;
  bool has_hosts_ = false;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_ROUTE_TABLE_H_
