// A crawl over several shards: what goes from one to another, and that the end
// is seen.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "crawl/frontier/shared_status.h"
#include "frontier/shared_impl.h"
#include "frontier/shared_redis_fixture.h"
#include "frontier/shared_worker.h"
#include "support/redis_server.h"

namespace crawl {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::RedisServer;
using ::testing::UnorderedElementsAre;
using testing::Worker;
using namespace std::chrono_literals;
using Verdict = StateNews::Claim::Verdict;

constexpr std::size_t kShards = 3;

// The first worker is at shard 0, the second at 1, while there is nothing to
// do.
class SharedShardsTest : public testing::SharedRedisTest {
 protected:
  SharedOptions options(const std::string& worker) override {
    SharedOptions options = SharedRedisTest::options(worker);
    options.lease = 60'000ms;
    options.shards = kShards;
    return options;
  }

  static std::size_t shard_of(const std::string& host) {
    return shard_of_host(host, 0, kShards);
  }
  // The nth host of a shard.
  static std::string host_in(std::size_t shard, int n = 0) {
    for (int i = 0;; ++i) {
      const std::string host = fmt::format("h{}.test", i);
      if (shard_of(host) == shard && n-- == 0) return host;
    }
  }
  std::string key(std::size_t shard, const std::string& rest) {
    return shard_prefix(name_, shard) + rest;
  }
  // A shard's keys are kept, and later are again as they were then.
  void keep(std::size_t shard) {
    redis_->ask({"EVAL",
                 "for _, key in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do "
                 "redis.call('COPY', key, 'kept ' .. key) end",
                 "0", pattern(shard)});
  }
  void put_back(std::size_t shard) {
    redis_->ask(
        {"EVAL",
         "for _, key in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do "
         "redis.call('DEL', key) end "
         "for _, key in ipairs(redis.call('KEYS', 'kept ' .. ARGV[1] "
         ".. '*')) do redis.call('RENAME', key, string.sub(key, 6)) end",
         "0", pattern(shard)});
  }
  std::string pattern(std::size_t shard) { return shard_prefix(name_, shard); }
  // What is left in a shard.
  std::string left(std::size_t shard) {
    return redis_->ask({"HGET", key(shard, "meta"), "left"});
  }
};

// Page n of so many leads to three more, of any host.
std::string page_url(int n) {
  return fmt::format("http://h{}.test/{}", n % 17, n);
}
std::vector<std::string> links_of(const std::string& url, int pages) {
  const int n = std::stoi(url.substr(url.rfind('/') + 1));
  std::vector<std::string> links = {page_url(0)};
  for (int next = 3 * n + 1; next <= 3 * n + 3 && next < pages; ++next) {
    links.push_back(page_url(next));
  }
  return links;
}

TEST_F(SharedShardsTest, EachUrlIsFetchedOnceByHoweverManyWorkers) {
  constexpr int kPages = 500;
  std::multiset<std::string> expected;
  for (int i = 0; i < kPages; ++i) expected.insert(page_url(i));
  for (const std::size_t count : {1u, 2u, 5u}) {
    name_ = fmt::format("each{}", count);
    std::vector<std::unique_ptr<Worker>> workers;
    std::vector<Worker*> all;
    for (std::size_t i = 0; i < count; ++i) {
      workers.push_back(worker(std::to_string(i)));
      all.push_back(workers.back().get());
    }
    workers[0]->add(page_url(0));
    EXPECT_EQ(testing::finish(
                  all, [](const auto& url) { return links_of(url, kPages); }),
              expected);
    for (Worker* each : all) {
      EXPECT_EQ(each->state().totals().done, expected.size());
      EXPECT_EQ(each->state().totals().known, expected.size());
      EXPECT_EQ(each->state().totals().left, 0u);
    }
    for (std::size_t shard = 0; shard < kShards; ++shard) {
      EXPECT_EQ(left(shard), "0\n") << shard;
    }
  }
}

TEST_F(SharedShardsTest, AMessageThatIsTakenTwiceCountsOnce) {
  const std::string near = host_in(0), far = host_in(1);
  auto a = worker("a");
  a->add(fmt::format("http://{}/", near));
  testing::turn_until_it_has(*a, fmt::format("http://{}/", near));
  a->add(fmt::format("http://{}/1", far), a->pages[0].id, 1);
  const Url to = *Url::parse(fmt::format("http://{}/2", far));
  Redirect redirect{a->pages[0].id, 0, to};
  redirect.hops = {{std::string(a->pages[0].url.href()), 302, "x"}};
  ASSERT_TRUE(a->state().claim_redirect(redirect));
  // They are taken there, which is never said.
  testing::turn(*a);
  EXPECT_EQ(left(0), "2\n");
  EXPECT_EQ(left(1), "2\n");
  const auto again = worker("a");
  const auto b = worker("b");
  EXPECT_EQ(
      testing::finish({again.get(), b.get()},
                      [](const auto&) { return std::vector<std::string>(); }),
      (std::multiset<std::string>{fmt::format("http://{}/1", far),
                                  fmt::format("http://{}/2", far)}));
  EXPECT_EQ(again->state().totals().done, 2u);
}

TEST_F(SharedShardsTest, NoOneSaysItIsTheEndWhileAMessageIsOnItsWay) {
  const std::string near = host_in(0), far = host_in(1);
  const auto a = worker("a"), b = worker("b"), c = worker("c");
  a->add(fmt::format("http://{}/", near));
  testing::turn_until_it_has(*a, fmt::format("http://{}/", near));
  a->add(fmt::format("http://{}/", far), a->pages[0].id, 1);
  a->state().done(a->pages[0].id);
  // Not as one that goes hungry: nothing is taken away yet.
  ASSERT_TRUE(a->state().commit({}));
  ASSERT_TRUE(a->state().await());
  EXPECT_EQ(left(0), "1\n");
  for (int i = 0; i < 4; ++i) {
    for (Worker* each : {b.get(), c.get()}) {
      testing::turn(*each);
      EXPECT_TRUE(each->state().more_may_come());
    }
  }
}

TEST_F(SharedShardsTest, APageThatIsLedToAnotherShardGoesOnThereOnce) {
  const std::string near = host_in(0), far = host_in(1);
  auto a = worker("a");
  const std::string seed = fmt::format("http://{}/", near);
  for (const char* each : {"", "1", "2"}) a->add(seed + each);
  testing::turn_until_it_has(*a, seed + "2");
  const auto b = worker("b");
  const Url to = *Url::parse(fmt::format("http://{}/to", far));
  const auto lead = [&](const std::string& from, bool again) {
    Redirect redirect{a->page(from), 0, to};
    redirect.hops = {{from, 302, std::string(to.href())}};
    redirect.again = again;
    redirect.if_known = {from, ErrorKind::kDuplicate, "why", "", 0, from};
    const auto claimed = a->state().claim_redirect(redirect);
    ASSERT_TRUE(claimed);
    EXPECT_EQ(*claimed, std::nullopt);
    testing::turn(*a);
    EXPECT_EQ(a->claims[a->page(from)], Verdict::kMoved);
  };
  lead(seed, false);
  testing::turn_until_it_has(*b, std::string(to.href()));
  ASSERT_EQ(b->pages.size(), 1u);
  EXPECT_EQ(b->pages[0].redirects[0].url, seed);
  EXPECT_EQ(b->pages[0].parent, kNoPage);
  // Back to where it has been: it goes there, known or not.
  lead(seed + "1", true);
  while (b->pages.size() < 2) testing::turn(*b);
  EXPECT_EQ(b->pages[1].redirects[0].url, seed + "1");
  // Another worker's, that does not know of it: it is known there, and listed.
  a.reset();
  a = worker("c");
  testing::turn_until_it_has(*a, seed + "2");
  lead(seed + "2", false);
  while (b->left_out.empty()) testing::turn(*b);
  EXPECT_EQ(b->left_out[0].what.url, seed + "2");
  EXPECT_EQ(b->left_out[0].what.input, seed + "2");
  EXPECT_EQ(b->left_out[0].what.reason, "why");
}

TEST_F(SharedShardsTest, ABodyIsAPagesThatHadItFirstWhereverTheyAre) {
  const auto a = worker("a"), b = worker("b");
  const std::string first = fmt::format("http://{}/", host_in(0));
  const std::string second = fmt::format("http://{}/", host_in(1));
  a->add(first);
  testing::turn_until_it_has(*a, first);
  b->add(second);
  testing::turn_until_it_has(*b, second);
  // Of each shard.
  for (std::uint64_t shard = 0; shard < kShards; ++shard) {
    for (const auto& [who, page, expected] :
         {std::tuple(a.get(), first, std::string()),
          std::tuple(b.get(), second, first),
          std::tuple(a.get(), first, std::string())}) {
      const auto asked =
          who->state().first_url_with_body({shard, 7}, who->page(page));
      ASSERT_TRUE(asked);
      EXPECT_FALSE(*asked);
      who->bodies.clear();
      while (who->bodies.empty()) testing::turn(*who);
      EXPECT_EQ(who->bodies[who->page(page)], expected);
    }
  }
}

TEST_F(SharedShardsTest, AllWorkersKnowAllSeedsWhereverTheyAre) {
  const auto a = worker("a"), b = worker("b"), c = worker("c");
  const std::string first = fmt::format("http://{}/", host_in(2));
  const std::string second = fmt::format("http://{}/", host_in(0));
  b->add(first);
  b->add(second);
  testing::turn(*b);
  testing::turn(*c);
  testing::turn(*a);
  for (const Worker* each : {a.get(), b.get(), c.get()}) {
    EXPECT_THAT(each->seeds, ElementsAre(first, second));
  }
}

TEST_F(SharedShardsTest, ItIsNotTheEndAnywhereWhileSomebodyReadsItsInput) {
  SharedOptions reading = options("a");
  reading.has_input = true;
  Worker a(open(reading));
  const auto b = worker("b");
  a.add(page_url(0));
  // Who reads asks for nothing to fetch.
  const auto read_on = [&] {
    ASSERT_TRUE(a.state().commit({}));
    ASSERT_TRUE(a.state().await());
  };
  const auto at_work = [](Worker& each) {
    testing::turn(each);
    for (const QueuedPage& page : std::exchange(each.pages, {})) {
      each.state().done(page.id);
    }
  };
  while (b->state().totals().done < 1 && !HasFatalFailure()) {
    read_on();
    at_work(*b);
  }
  for (int i = 0; i < 20 && !HasFatalFailure(); ++i) {
    read_on();
    at_work(*b);
    EXPECT_TRUE(b->state().more_may_come());
  }
  a.state().input_ended();
  while ((a.state().more_may_come() || b->state().more_may_come()) &&
         !HasFatalFailure()) {
    at_work(a);
    at_work(*b);
  }
}

TEST_F(SharedShardsTest, WhoComesBackIsToldTheLatestPositionOfAllShards) {
  auto a = worker("a");
  const std::string near = fmt::format("http://{}/", host_in(0));
  const std::string far = fmt::format("http://{}/", host_in(1));
  a->add(near);
  testing::turn_until_it_has(*a, near);
  a->add(far, a->pages[0].id, 1);
  a->state().done(a->pages[0].id);
  std::uint64_t position = 10;
  const auto tell = [&] {
    a->state().starve();
    ASSERT_TRUE(a->state().commit({{"records", ++position}}));
    ASSERT_TRUE(a->state().await());
    a->take(a->state().take_news());
  };
  while (!has(*a, far)) tell();
  // It is at another one now.
  EXPECT_EQ(redis_->ask({"ZCARD", key(0, "alive")}), "0\n");
  EXPECT_EQ(redis_->ask({"ZCARD", key(1, "alive")}), "1\n");
  const auto again = worker("a");
  EXPECT_TRUE(again->state().resumed());
  EXPECT_EQ(again->state().position("records"), position);
  // What it had there is handed out again.
  testing::turn_until_it_has(*again, far);
}

TEST_F(SharedShardsTest, WhoIsAloneGoesToShardsWhereNobodyIs) {
  const auto a = worker("a");
  std::multiset<std::string> expected;
  for (std::size_t shard = 0; shard < kShards; ++shard) {
    for (int i = 0; i < 40; ++i) {
      const std::string url = fmt::format("http://{}/{}", host_in(shard), i);
      expected.insert(url);
      a->add(url);
    }
  }
  EXPECT_EQ(
      testing::finish({a.get()},
                      [](const auto&) { return std::vector<std::string>(); }),
      expected);
}

TEST_F(SharedShardsTest, MaxPagesHoldsForAllShardsTogether) {
  for (const std::size_t count : {1u, 4u}) {
    for (const std::uint64_t most : {1u, 7u, 90u, 400u}) {
      name_ = fmt::format("max{}of{}", most, count);
      std::vector<std::unique_ptr<Worker>> workers;
      std::vector<Worker*> all;
      for (std::size_t i = 0; i < count; ++i) {
        SharedOptions own = options(std::to_string(i));
        own.max_pages = most;
        workers.push_back(std::make_unique<Worker>(open(own)));
        all.push_back(workers.back().get());
      }
      workers[0]->add(page_url(0));
      const auto had = testing::finish(
          all, [](const auto& url) { return links_of(url, 300); });
      EXPECT_EQ(had.size(), std::min<std::uint64_t>(most, 300)) << name_;
      EXPECT_EQ(std::set<std::string>(had.begin(), had.end()).size(),
                had.size());
    }
  }
}

TEST_F(SharedShardsTest, ShardsAreFixedWhenTheCrawlBegins) {
  const auto a = worker("a");
  SharedOptions other = options("b");
  other.shards = kShards + 1;
  const auto refused = open(other);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("begun with --shards 3"));
  // Who does not say takes what there is.
  other.shards = 0;
  Worker b(open(other));
  const std::string url = fmt::format("http://{}/", host_in(2));
  b.add(url);
  testing::turn_until_it_has(b, url);
  EXPECT_EQ(redis_->ask({"HGET", key(2, "meta"), "known"}), "1\n");
}

TEST_F(SharedShardsTest, AShardThatIsLostIsSaidSo) {
  auto a = worker("a");
  a->add(fmt::format("http://{}/", host_in(2)));
  redis_->ask({"DEL", key(2, "meta")});
  a->state().starve();
  EXPECT_FALSE(a->turn() && a->turn());
  EXPECT_TRUE(a->state().is_lost());
  const auto again = open(options("a"));
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("a part of the crawl"));
}

TEST_F(SharedShardsTest, AMessageIsKeptUntilAReplicaHasItWhereThereIsOne) {
  RedisServer master;
  RedisServer replica({"--replicaof", "127.0.0.1",
                       std::to_string(master.port()),
                       "--repl-diskless-sync-delay", "0"});
  while (master.ask({"INFO", "replication"}).find("state=online") ==
         std::string::npos) {
  }
  SharedOptions own = options("a");
  own.address = master.url(name_);
  Worker a(open(own));
  const std::string near = fmt::format("http://{}/", host_in(0));
  const std::string far = fmt::format("http://{}/", host_in(1));
  a.add(near);
  testing::turn_until_it_has(a, near);
  a.add(far, a.pages[0].id, 1);
  replica.pause();
  const auto at = [&](std::size_t shard) {
    return master.ask({"HGET", key(shard, "meta"), "left"});
  };
  testing::turn(a);
  EXPECT_EQ(at(1), "1\n");
  // It was told there, and nobody is sure that it stays so.
  testing::turn(a);
  EXPECT_EQ(at(0), "2\n");
  replica.go_on();
  replica.wait_to_have(master);
  while (at(0) != "1\n") testing::turn(a);
  EXPECT_EQ(at(1), "1\n");
  EXPECT_TRUE(a.messages.empty());
  // However slow it is; but one that is gone is not waited for.
  replica.pause();
  a.add(far + "2", a.pages[0].id, 1);
  for (int i = 0; i < 12; ++i) testing::turn(a);
  EXPECT_EQ(at(0), "2\n");
  EXPECT_TRUE(a.messages.empty());
  replica.kill();
  while (at(0) != "1\n") testing::turn(a);
  EXPECT_EQ(at(1), "2\n");
  EXPECT_THAT(a.messages, Each(HasSubstr("has no replica any more")));
  EXPECT_THAT(a.messages, Contains(HasSubstr("shard 1 has no")));
}

TEST_F(SharedShardsTest,
       MessagesThatAShardTookAndLostAreMissedAtTheNextOrTheEnd) {
  for (const bool more : {true, false}) {
    name_ = more ? "next" : "end";
    auto a = worker("a");
    const std::string near = fmt::format("http://{}/", host_in(0));
    const std::string far = fmt::format("http://{}/", host_in(1));
    a->add(near);
    testing::turn_until_it_has(*a, near);
    keep(1);
    a->add(far, a->pages[0].id, 1);
    while (left(1) != "1\n" || left(0) != "1\n") testing::turn(*a);
    put_back(1);
    ASSERT_NE(left(1), "1\n");
    if (more) a->add(far + "2", a->pages[0].id, 1);
    a->state().done(a->pages[0].id);
    std::string error;
    while (a->state().more_may_come()) {
      a->state().starve();
      Result<void> told = a->state().commit({});
      Result<bool> heard =
          told ? a->state().await() : tl::unexpected(told.error());
      if (heard) continue;
      error = heard.error().message;
      break;
    }
    EXPECT_THAT(error, HasSubstr("Redis lost a part of the crawl"));
  }
}

TEST_F(SharedShardsTest, StatusAndOrdersAreOfAllShards) {
  const auto a = worker("a"), b = worker("b");
  const std::string near = fmt::format("http://{}/", host_in(0));
  const std::string far = fmt::format("http://{}/", host_in(1));
  a->add(near);
  a->add(far);
  testing::turn_until_it_has(*a, near);
  testing::turn_until_it_has(*b, far);
  a->state().set_counter("fetched", 1);
  a->state().done(a->pages[0].id);
  testing::turn(*a);
  const auto status = read_shared_status(redis_->url(name_), 5s);
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->known, 2u);
  EXPECT_EQ(status->done, 1u);
  EXPECT_EQ(status->left, 1u);
  ASSERT_EQ(status->workers.size(), 2u);
  EXPECT_EQ(status->counters().at("fetched"), 1u);
  for (const std::string& url : {near, far}) {
    const auto known =
        read_shared_known(redis_->url(name_), *Url::parse(url), 5s);
    ASSERT_TRUE(known);
    EXPECT_EQ(*known, SharedKnown::kYes);
  }
  ASSERT_TRUE(give_shared_order(redis_->url(name_), SharedOrder::kPause, 5s));
  testing::turn(*a);
  testing::turn(*b);
  EXPECT_TRUE(a->state().paused());
  EXPECT_TRUE(b->state().paused());
}

}  // namespace
}  // namespace crawl
