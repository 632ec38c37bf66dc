// A shared crawl in a Redis Cluster: three masters, a replica each.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "crawl/frontier/shared_status.h"
#include "frontier/shared_impl.h"
#include "frontier/shared_worker.h"
#include "support/redis_cluster.h"

namespace crawl {
namespace {

using ::testing::HasSubstr;
using testing::RedisCluster;
using testing::Worker;
using namespace std::chrono_literals;

class SharedClusterTest : public ::testing::Test {
 protected:
  SharedOptions options(const std::string& worker, std::size_t node) {
    SharedOptions options;
    options.address = cluster_.node(node).url("c");
    options.worker = worker;
    options.lease = 60'000ms;
    return options;
  }
  std::unique_ptr<Worker> worker(const std::string& name, std::size_t node) {
    return std::make_unique<Worker>(SharedState::open(
        options(name, node), clock_, [] {}, 20s));
  }
  // All that the worker has is done, until there is no more.
  static void finish(Worker& worker) {
    std::size_t done = 0;
    while (worker.turn() && done < worker.pages.size()) {
      for (; done < worker.pages.size(); ++done) {
        worker.state().done(worker.pages[done].id);
      }
    }
  }

  RedisCluster cluster_;
  SystemClock clock_;
  const std::string meta_ = "crawl:{c}:meta";
};

TEST_F(SharedClusterTest, AnyNodeIsGoodAndTheNextOneWhenItsMasterDies) {
  const std::size_t owner = cluster_.owner(meta_);
  const std::size_t stranger = cluster_.stranger(meta_);
  const auto a = worker("a", stranger);
  const auto b = worker("b", RedisCluster::kMasters + stranger);
  std::set<std::string> expected;
  for (int i = 0; i < 50; ++i) {
    const std::string url = fmt::format("http://h{}.test/{}", i % 5, i);
    expected.insert(url);
    a->add(url);
  }
  ASSERT_TRUE(a->turn());
  ASSERT_TRUE(b->turn());
  ASSERT_FALSE(a->pages.empty());
  for (std::size_t i = 0; i < a->pages.size() / 2; ++i) {
    a->state().done(a->pages[i].id);
  }
  // The replica has all that was answered.
  cluster_.wait_for_replica(owner);
  cluster_.node(owner).kill();
  ASSERT_TRUE(a->state().commit({}));
  ASSERT_TRUE(a->state().await());
  EXPECT_EQ(cluster_.owner(meta_), RedisCluster::kMasters + owner);
  finish(*a);
  finish(*b);
  std::set<std::string> all;
  for (const Worker* each : {a.get(), b.get()}) {
    for (const std::string& url : each->urls()) {
      EXPECT_TRUE(all.insert(url).second) << url;
    }
  }
  EXPECT_EQ(all, expected);
  EXPECT_TRUE(a->turn());
  EXPECT_EQ(a->state().totals().left, 0u);
  // From a node that knows where it is now.
  const auto status = read_shared_status(cluster_.node(stranger).url("c"), 20s);
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->done, 50u);
}

TEST_F(SharedClusterTest, WhileItsSlotMovesNothingIsDoneByHalves) {
  const std::size_t from = cluster_.owner(meta_);
  const std::size_t to = cluster_.stranger(meta_);
  const auto a = worker("a", from);
  for (int i = 0; i < 20; ++i) a->add(fmt::format("http://h{}.test/{}", i, i));
  ASSERT_TRUE(a->turn());
  testing::RedisServer& source = cluster_.node(from);
  testing::RedisServer& target = cluster_.node(to);
  std::istringstream answer(source.ask({"CLUSTER", "KEYSLOT", meta_}));
  std::string slot;
  answer >> slot;
  target.ask({"CLUSTER", "SETSLOT", slot, "IMPORTING", cluster_.id(from)});
  source.ask({"CLUSTER", "SETSLOT", slot, "MIGRATING", cluster_.id(to)});
  // Some of its keys have gone already.
  const auto move = [&](const char* most) {
    std::istringstream keys(
        source.ask({"CLUSTER", "GETKEYSINSLOT", slot, most}));
    bool any = false;
    for (std::string key; std::getline(keys, key);) {
      if (key.empty()) continue;
      any = true;
      source.ask({"MIGRATE", "127.0.0.1", std::to_string(target.port()), key,
                  "0", "5000"});
    }
    return any;
  };
  move("7");
  a->add("http://h1.test/more", a->pages[0].id, 1);
  a->state().done(a->pages[0].id);
  ASSERT_TRUE(a->state().commit({}));
  while (a->messages.empty()) a->take(a->state().take_news());
  EXPECT_THAT(a->messages.back(), HasSubstr("on its way to another node"));
  while (move("100")) {
  }
  for (testing::RedisServer* each : {&target, &source}) {
    each->ask({"CLUSTER", "SETSLOT", slot, "NODE", cluster_.id(to)});
  }
  ASSERT_TRUE(a->state().await());
  EXPECT_EQ(cluster_.owner(meta_), to);
  EXPECT_EQ(a->state().totals().done, 1u);
  EXPECT_EQ(a->state().totals().left, 20u);
}

// Shards are at all masters; what is between them outlives one's death.
TEST_F(SharedClusterTest, ShardsAreAtAllMastersAndOneMayDie) {
  constexpr std::size_t kShards = 6;
  constexpr int kPages = 300;
  std::set<std::size_t> owners;
  for (std::size_t shard = 0; shard < kShards; ++shard) {
    owners.insert(cluster_.owner(shard_prefix("s", shard) + "meta"));
  }
  ASSERT_EQ(owners.size(), RedisCluster::kMasters);
  std::vector<std::unique_ptr<Worker>> workers;
  for (std::size_t i = 0; i < 3; ++i) {
    SharedOptions own = options(std::to_string(i), i);
    own.address = cluster_.node(i).url("s");
    own.shards = kShards;
    workers.push_back(std::make_unique<Worker>(SharedState::open(
        own, clock_, [] {}, 20s)));
  }
  const auto page = [](int n) {
    return fmt::format("http://h{}.test/{}", n % 17, n);
  };
  workers[0]->add(page(0));
  std::multiset<std::string> expected;
  for (int i = 0; i < kPages; ++i) expected.insert(page(i));
  bool killed = false;
  const auto all = testing::finish(
      {workers[0].get(), workers[1].get(), workers[2].get()},
      [&](const std::string& url) {
        const int n = std::stoi(url.substr(url.rfind('/') + 1));
        std::vector<std::string> links;
        for (int next = 3 * n + 1; next <= 3 * n + 3 && next < kPages; ++next) {
          links.push_back(page(next));
        }
        return links;
      },
      [&](std::size_t done) {
        if (done < kPages / 3 || std::exchange(killed, true)) return;
        cluster_.wait_for_replica(1);
        cluster_.node(1).kill();
      });
  EXPECT_TRUE(killed);
  EXPECT_EQ(all, expected);
  const auto status = read_shared_status(cluster_.node(0).url("s"), 20s);
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->done, expected.size());
  EXPECT_EQ(status->left, 0u);
}

}  // namespace
}  // namespace crawl
