#ifndef CRAWL_TESTS_SUPPORT_REDIS_CLUSTER_H_
#define CRAWL_TESTS_SUPPORT_REDIS_CLUSTER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/redis_server.h"

namespace crawl::testing {

// A Redis Cluster of three masters with a replica each, on loopback. A node
// that says nothing for three seconds is taken for dead. For the thread that
// made it.
class RedisCluster {
 public:
  static constexpr std::size_t kMasters = 3;

  // Returns when all of it is up; throws std::runtime_error if that fails.
  RedisCluster();

  // Masters as it was made come first.
  RedisServer& node(std::size_t i) { return *nodes_[i]; }
  std::size_t size() const { return nodes_.size(); }
  std::string id(std::size_t i) const;

  // The master that has the key's slot now; one that is not, of the masters it
  // was made with.
  std::size_t owner(std::string_view key) const;
  std::size_t stranger(std::string_view key) const;
  // Returns when the replica of a master it was made with has all that this has
  // written so far. (WAIT is about what its own connection wrote.)
  void wait_for_replica(std::size_t master) const;

 private:
  std::vector<std::unique_ptr<RedisServer>> nodes_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_REDIS_CLUSTER_H_
