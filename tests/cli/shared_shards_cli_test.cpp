// A crawl over several shards of Redis, from outside: each page is in one of
// the outputs, once, whatever befalls workers and servers.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/shared_fixture.h"
#include "support/redis_cluster.h"

namespace crawl::testing {
namespace {

using ::testing::HasSubstr;

class SharedShardsCliTest : public SharedCliTest {
 protected:
  std::vector<std::string> worker_of_shards(int worker) {
    return worker_command(worker, {"--shards", "4"});
  }
};

TEST_F(SharedShardsCliTest, MoreWorkersThanShardsFetchEachPageOnce) {
  serve(600, 9);
  auto workers = begin_workers(6, [&](int i) { return worker_of_shards(i); });
  expect_ends(workers);
  const LogView log = site_.log();
  for (std::size_t host = 0; host < hosts_; ++host) {
    EXPECT_LE(
        log.max_concurrent(fmt::format("h{}.test:{}", host, site_.port())), 2u);
  }
  expect_whole(6);
}

TEST_F(SharedShardsCliTest, AWorkerAloneIsAtOneAfterTheOther) {
  serve(300, 9);
  auto arguments = worker_of_shards(0);
  std::erase(arguments, "-q");
  const ProcessResult result = run_process(arguments);
  EXPECT_LE(result.exit_status, 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr(" 0 left"));
  expect_whole(1);
}

TEST_F(SharedShardsCliTest, WorkersKilledAtRandomLeaveEveryPageExactlyOnce) {
  serve(1'500, 12);
  EXPECT_GT(kill_at_random(
                3, [this](int worker) { return worker_of_shards(worker); }, 60),
            10);
  expect_whole(3);
}

TEST_F(SharedShardsCliTest, RedisKilledAndStartedAgainCostsNothing) {
  serve(1'500, 12);
  auto workers = begin_workers(3, [&](int i) { return worker_of_shards(i); });
  restart_redis_again_and_again();
  expect_ends(workers);
  expect_whole(3);
}

TEST_F(SharedShardsCliTest, AMasterOfAClusterKilledCostsNothing) {
  serve(1'500, 12);
  RedisCluster cluster;
  // Shards at each master: the killed one has some of them.
  std::set<std::size_t> owners = {cluster.owner("crawl:{c}:meta")};
  for (int shard = 1; shard < 4; ++shard) {
    owners.insert(cluster.owner(fmt::format("crawl:{{c/{}}}:meta", shard)));
  }
  ASSERT_GT(owners.size(), 1u);
  const std::size_t victim = *owners.rbegin();
  address_ = cluster.node(*owners.begin()).url("c");
  auto workers = begin_workers(4, [&](int i) { return worker_of_shards(i); });
  ASSERT_TRUE(site_.request_log().wait_for_started(400));
  cluster.node(victim).kill();
  expect_ends(workers);
  expect_whole(4);
}

TEST_F(SharedShardsCliTest, WhatItCannotKeepToIsRefused) {
  for (const auto& [more, why] :
       {std::pair(std::vector<std::string>{"--shards", "65"}, "64 at most"),
        std::pair(std::vector<std::string>{"--shards", "0"}, "--shards")}) {
    const ProcessResult refused = run_process(worker_command(0, more));
    EXPECT_EQ(refused.exit_status, 2);
    EXPECT_THAT(refused.err, HasSubstr(why));
  }
  const ProcessResult alone = run({"-r", "http://h.test/", "--shards", "2"});
  EXPECT_EQ(alone.exit_status, 2);
  EXPECT_THAT(alone.err, HasSubstr("--shards is for crawls with --shared"));
}

}  // namespace
}  // namespace crawl::testing
