#include "support/redis_cluster.h"

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <stdexcept>

namespace crawl::testing {
namespace {

// What servers do among themselves can only be asked for.
void until(const std::function<bool()>& is_so) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > end) {
      throw std::runtime_error("the Redis Cluster does not come up");
    }
  }
}

bool says(const RedisServer& server, std::vector<std::string> words,
          std::string_view what) {
  return server.ask(std::move(words)).find(what) != std::string::npos;
}

}  // namespace

RedisCluster::RedisCluster() {
  for (std::size_t i = 0; i < 2 * kMasters; ++i) {
    nodes_.push_back(std::make_unique<RedisServer>(std::vector<std::string>{
        "--cluster-enabled", "yes", "--cluster-port", "@BUS",
        "--cluster-node-timeout", "3000", "--cluster-replica-validity-factor",
        "0", "--repl-diskless-sync-delay", "0"}));
  }
  constexpr std::size_t kSlots = 16'384;
  for (std::size_t i = 0; i < kMasters; ++i) {
    nodes_[i]->ask({"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)});
    nodes_[i]->ask({"CLUSTER", "ADDSLOTSRANGE",
                    std::to_string(i * kSlots / kMasters),
                    std::to_string((i + 1) * kSlots / kMasters - 1)});
  }
  for (const auto& node : nodes_) {
    nodes_[0]->ask({"CLUSTER", "MEET", "127.0.0.1",
                    std::to_string(node->port()),
                    std::to_string(node->bus_port())});
  }
  for (const auto& node : nodes_) {
    until([&] {
      return says(*node, {"CLUSTER", "INFO"}, "cluster_known_nodes:6") &&
             says(*node, {"CLUSTER", "INFO"}, "cluster_state:ok");
    });
  }
  for (std::size_t i = 0; i < kMasters; ++i) {
    RedisServer& replica = *nodes_[kMasters + i];
    replica.ask({"CLUSTER", "REPLICATE", id(i)});
    until([&] {
      return says(replica, {"INFO", "replication"}, "master_link_status:up") &&
             says(*nodes_[i], {"INFO", "replication"}, "state=online");
    });
  }
  // All know who follows whom: who takes over is one that others vote for.
  for (const auto& node : nodes_) {
    until([&] {
      const std::string nodes = node->ask({"CLUSTER", "NODES"});
      std::size_t replicas = 0;
      for (std::size_t at = nodes.find("slave"); at != nodes.npos;
           at = nodes.find("slave", at + 1)) {
        ++replicas;
      }
      return replicas == kMasters;
    });
  }
}

std::string RedisCluster::id(std::size_t i) const {
  return nodes_[i]->ask({"CLUSTER", "MYID"}).substr(0, 40);
}

std::size_t RedisCluster::owner(std::string_view key) const {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const std::string answer = nodes_[i]->ask({"EXISTS", std::string(key)});
    if (answer.starts_with("0") || answer.starts_with("1")) return i;
  }
  throw std::runtime_error(fmt::format("nobody has {}", key));
}

std::size_t RedisCluster::stranger(std::string_view key) const {
  return (owner(key) + 1) % kMasters;
}

void RedisCluster::wait_for_replica(std::size_t master) const {
  nodes_[kMasters + master]->wait_to_have(*nodes_[master]);
}

}  // namespace crawl::testing
