// A crawl that several workers share: each test has a Redis of its own crawl.
#include "crawl/frontier/shared_state.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "frontier/shared_redis_fixture.h"
#include "frontier/shared_worker.h"
#include "support/redis_server.h"

namespace crawl {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::RedisServer;
using ::testing::UnorderedElementsAre;
using testing::Worker;
using namespace std::chrono_literals;
using Verdict = StateNews::Claim::Verdict;

Url url(std::string_view text) { return *Url::parse(text); }

class SharedStateTest : public testing::SharedRedisTest {
 protected:
  SharedOptions options(const std::string& worker) override {
    SharedOptions options = SharedRedisTest::options(worker);
    options.settings = {{"--scope", "host"}};
    options.lease = lease_;
    options.max_pages = max_pages_;
    return options;
  }
  std::string key(const std::string& rest) {
    return fmt::format("crawl:{{{}}}:{}", name_, rest);
  }

  std::chrono::milliseconds lease_{30'000};
  std::uint64_t max_pages_ = 0;
};

TEST_F(SharedStateTest, AUrlIsHandedOutOnceWhoeverFindsIt) {
  const auto a = worker("a"), b = worker("b");
  for (Worker* each : {a.get(), b.get()}) {
    each->add("http://h.test/");
    each->add("http://h.test/%7Ex#y");
    each->add("http://h.test/~x");
  }
  EXPECT_TRUE(a->turn());
  EXPECT_TRUE(b->turn());
  EXPECT_THAT(a->urls(), ElementsAre("http://h.test/", "http://h.test/%7Ex"));
  EXPECT_THAT(b->urls(), IsEmpty());
  EXPECT_EQ(a->state().totals().known, 2u);
}

TEST_F(SharedStateTest, AHostIsAtOneWorkerWithAllItsSchemesAndPorts) {
  const auto a = worker("a"), b = worker("b");
  a->add("http://h.test/");
  a->turn();
  a->add("https://h.test/");
  a->add("http://h.test:8080/");
  b->add("https://h.test./x");
  b->turn();
  EXPECT_THAT(b->urls(), IsEmpty());
  a->turn();
  EXPECT_EQ(a->pages.size() + b->pages.size(), a->pages.size());
}

TEST_F(SharedStateTest, TheCrawlIsAtItsEndWhenNothingIsLeftAnywhere) {
  const auto a = worker("a"), b = worker("b");
  EXPECT_TRUE(b->state().more_may_come());
  a->add("http://h.test/");
  a->turn();
  b->turn();
  // It is being fetched elsewhere, and may lead to more.
  EXPECT_TRUE(b->state().more_may_come());
  a->add("http://g.test/", a->page("http://h.test/"), 1);
  a->state().done(a->page("http://h.test/"));
  EXPECT_TRUE(a->state().more_may_come());
  ASSERT_TRUE(a->state().commit({}));
  ASSERT_TRUE(a->state().await());
  EXPECT_TRUE(a->state().more_may_come());
  b->turn();
  ASSERT_THAT(b->urls(), ElementsAre("http://g.test/"));
  EXPECT_EQ(b->pages[0].parent_url, "http://h.test/");
  EXPECT_EQ(b->pages[0].depth, 1);
  b->state().done(b->pages[0].id);
  b->turn();
  a->turn();
  EXPECT_FALSE(a->state().more_may_come());
  EXPECT_FALSE(b->state().more_may_come());
  EXPECT_EQ(a->state().totals().done, 2u);
}

TEST_F(SharedStateTest, ItIsNotTheEndWhileSomebodyReadsItsInput) {
  SharedOptions reading = options("a");
  reading.has_input = true;
  Worker a(open(reading));
  const auto b = worker("b");
  // Before its first turn too.
  EXPECT_TRUE(b->turn());
  EXPECT_TRUE(b->state().more_may_come());
  a.turn();
  b->turn();
  EXPECT_TRUE(b->state().more_may_come());
  a.add("http://h.test/");
  ASSERT_TRUE(a.state().commit({}));
  ASSERT_TRUE(a.state().await());
  testing::turn_until_it_has(*b, "http://h.test/");
  b->state().done(b->pages[0].id);
  b->turn();
  EXPECT_TRUE(b->state().more_may_come());
  a.state().input_ended();
  EXPECT_TRUE(a.state().more_may_come());
  a.turn();
  EXPECT_FALSE(a.state().more_may_come());
  b->turn();
  EXPECT_FALSE(b->state().more_may_come());
}

TEST_F(SharedStateTest, ItIsTheEndWhenWhoReadItsInputIsGone) {
  lease_ = 400ms;
  SharedOptions reading = options("a");
  reading.has_input = true;
  Worker a(open(reading));
  const auto b = worker("b");
  b->turn();
  EXPECT_TRUE(b->state().more_may_come());
  while (b->state().more_may_come() && !HasFatalFailure()) testing::turn(*b);
  EXPECT_FALSE(a.turn());
  // And when it leaves.
  auto again = std::make_unique<Worker>(open(reading));
  b->turn();
  EXPECT_TRUE(b->state().more_may_come());
  again.reset();
  b->turn();
  EXPECT_FALSE(b->state().more_may_come());
}

TEST_F(SharedStateTest, WhatWasNotCommittedGoesToOthersWhenTheLeasesRunOut) {
  lease_ = 400ms;
  auto a = worker("a");
  for (int i = 0; i < 5; ++i) a->add(fmt::format("http://h.test/{}", i));
  ASSERT_TRUE(a->turn());
  a->state().done(a->pages[1].id);
  ASSERT_TRUE(a->turn(10));
  a->state().done(a->pages[2].id);  // and never told
  const auto b = worker("b");
  while (b->pages.empty()) ASSERT_TRUE(b->turn());
  EXPECT_THAT(b->urls(),
              UnorderedElementsAre("http://h.test/0", "http://h.test/2",
                                   "http://h.test/3", "http://h.test/4"));
  // Back again, it is told what counts.
  const auto again = worker("a");
  EXPECT_TRUE(again->state().resumed());
  EXPECT_EQ(again->state().position("records"), 10u);
}

TEST_F(SharedStateTest, WhoComesBackBeginsNoOtherCrawl) {
  SharedOptions again = options("a");
  {
    const auto a = worker("a");
    again.begun = a->state().begun();
  }
  EXPECT_TRUE(open(again));
  redis_->ask({"DEL", key("meta")});
  const std::string keys = redis_->ask({"KEYS", key("*")});
  EXPECT_THAT(open(again).error().message,
              HasSubstr("Redis has lost the crawl; the outputs are as they"));
  EXPECT_EQ(redis_->ask({"KEYS", key("*")}), keys);
  // Another of that name has begun meanwhile.
  redis_->ask({"DEL", key("meta"), key("workers"), key("alive")});
  const auto other = worker("b");
  EXPECT_THAT(open(again).error().message, HasSubstr("has lost the crawl"));
  EXPECT_EQ(redis_->ask({"SMEMBERS", key("workers")}), "b\n");
}

TEST_F(SharedStateTest, AWorkerThatComesBackTakesItsOwnPlaceAtOnce) {
  auto a = worker("a");
  a->add("http://h.test/");
  ASSERT_TRUE(a->turn(7));
  const auto again = worker("a");
  EXPECT_EQ(again->state().position("records"), 7u);
  ASSERT_TRUE(again->turn(7));
  EXPECT_THAT(again->urls(), ElementsAre("http://h.test/"));
}

TEST_F(SharedStateTest, WhatItTellsAfterItsPlaceWasTakenCountsForNothing) {
  const auto a = worker("a");
  a->add("http://h.test/");
  ASSERT_TRUE(a->turn(7));
  const auto again = worker("a");
  a->state().done(a->pages[0].id);
  EXPECT_FALSE(a->turn(100));
  EXPECT_TRUE(a->state().is_lost());
  ASSERT_TRUE(again->turn(7));
  EXPECT_EQ(again->state().totals().done, 0u);
  EXPECT_THAT(again->urls(), ElementsAre("http://h.test/"));
  EXPECT_EQ(worker("a")->state().position("records"), 7u);
}

TEST_F(SharedStateTest, LeasesThatAreGivenBackAreOthersAtOnce) {
  auto a = worker("a");
  a->add("http://h.test/");
  ASSERT_TRUE(a->turn());
  a.reset();
  const auto b = worker("b");
  ASSERT_TRUE(b->turn());
  EXPECT_THAT(b->urls(), ElementsAre("http://h.test/"));
}

TEST_F(SharedStateTest, WhoComesLateGetsAShareOfTheHosts) {
  const auto a = worker("a");
  // Each host has more than is handed out at once.
  for (int host = 0; host < 4; ++host) {
    for (int i = 0; i < 100; ++i) {
      a->add(fmt::format("http://h{}.test/{}", host, i));
    }
  }
  ASSERT_TRUE(a->turn());
  ASSERT_EQ(a->state().counts().hosts, 4u);
  const auto b = worker("b");
  std::size_t done = 0;
  while (b->state().counts().hosts < 2) {
    ASSERT_TRUE(b->turn());
    for (int i = 0; i < 24 && done < a->pages.size(); ++i, ++done) {
      a->state().done(a->pages[done].id);
    }
    ASSERT_TRUE(a->turn());
    ASSERT_LT(done, 400u) << "all was done, and nothing given back";
  }
  EXPECT_GE(a->state().counts().hosts, 1u);
}

TEST_F(SharedStateTest, TheSameTurnToldAgainCountsOnce) {
  lease_ = 60'000ms;
  const auto a = worker("a");
  a->add("http://h.test/");
  a->add("http://h.test/2");
  ASSERT_TRUE(a->turn());
  a->state().done(a->pages[0].id);
  a->state().set_counter("records", 1);
  a->state().set_counter("fetched", 1);
  // The answer is lost with the connection, and the turn sent again.
  redis_->pause();
  ASSERT_TRUE(a->state().commit({{"records", 5}}));
  redis_->go_on();
  redis_->ask({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
  ASSERT_TRUE(a->state().await());
  ASSERT_TRUE(a->turn(5));
  EXPECT_EQ(a->state().totals().done, 1u);
  EXPECT_EQ(a->state().totals().records, 1u);
  EXPECT_THAT(redis_->ask({"HGET", key("w:a"), "count fetched"}),
              HasSubstr("1"));
  EXPECT_EQ(a->state().totals().left, 1u);
}

TEST_F(SharedStateTest, WhatRedisLostIsToldAndCutBack) {
  RedisServer forgetful({"--appendonly", "no"});
  SharedOptions own = options("a");
  own.address = forgetful.url();
  Worker a(open(own));
  EXPECT_THAT(a.messages, IsEmpty());
  a.add("http://h.test/");
  ASSERT_TRUE(a.turn(7));
  EXPECT_THAT(a.messages, ElementsAre(HasSubstr("appendonly is off")));
  forgetful.kill();
  forgetful.start();
  EXPECT_FALSE(a.turn(9));
  EXPECT_TRUE(a.state().is_lost());
  Worker again(open(own));
  EXPECT_FALSE(again.state().resumed());
  EXPECT_NE(again.state().begun(), a.state().begun());
}

TEST_F(SharedStateTest, TheCrawlOutlivesARestartOfRedis) {
  RedisServer lasting;
  SharedOptions own = options("a");
  own.address = lasting.url();
  Worker a(open(own));
  a.add("http://h.test/");
  a.add("http://h.test/2");
  ASSERT_TRUE(a.turn(7));
  a.state().done(a.pages[0].id);
  lasting.kill();
  ASSERT_TRUE(a.state().commit({{"records", 9}}));
  lasting.start();
  ASSERT_TRUE(a.state().await());
  ASSERT_TRUE(a.turn(9));
  EXPECT_EQ(a.state().totals().done, 1u);
  EXPECT_EQ(a.state().totals().left, 1u);
}

TEST_F(SharedStateTest, RedirectsAreClaimedOnce) {
  const auto a = worker("a");
  for (const char* each : {"1", "2", "3", "4", "5"}) {
    a->add(fmt::format("http://h.test/{}", each));
  }
  ASSERT_TRUE(a->turn());
  const auto claim = [&](const char* from, const std::string& target) {
    const Url to = url(target);
    Redirect redirect{a->page(from), 0, to};
    redirect.hops = {{from, 302, target}};
    return a->state().claim_redirect(redirect);
  };
  // The same host, another host, a target that is known here.
  EXPECT_EQ(*claim("http://h.test/1", "http://h.test/to"), std::nullopt);
  EXPECT_EQ(*claim("http://h.test/2", "http://g.test/to"), std::nullopt);
  EXPECT_EQ(*claim("http://h.test/3", "http://h.test/to"), false);
  EXPECT_EQ(*claim("http://h.test/4", "http://h.test/5"), false);
  const auto b = worker("b");
  b->add("http://b.test/known", kFromSitemap);
  ASSERT_TRUE(b->state().commit({}));
  ASSERT_TRUE(b->state().await());
  EXPECT_EQ(*claim("http://h.test/5", "http://b.test/known"), std::nullopt);
  ASSERT_TRUE(a->turn());
  EXPECT_EQ(a->claims[a->page("http://h.test/1")], Verdict::kYes);
  EXPECT_EQ(a->claims[a->page("http://h.test/2")], Verdict::kMoved);
  EXPECT_EQ(a->claims[a->page("http://h.test/5")], Verdict::kNo);
  // The page goes on where it was led to, under its own name.
  const PageId moved = a->page("http://g.test/to");
  for (const QueuedPage& page : a->pages) {
    if (page.id != moved) continue;
    ASSERT_EQ(page.redirects.size(), 1u);
    EXPECT_EQ(page.redirects[0].url, "http://h.test/2");
    EXPECT_EQ(page.parent, kNoPage);
  }
  EXPECT_EQ(a->state().totals().left, 6u);
}

TEST_F(SharedStateTest, APageThatWasLedElsewhereGoesOnThereAfterAKill) {
  auto a = worker("a");
  a->add("http://h.test/1");
  ASSERT_TRUE(a->turn());
  const Url to = url("http://h.test/to");
  Redirect redirect{a->pages[0].id, 0, to};
  redirect.hops = {{"http://h.test/1", 301, "http://h.test/to"}};
  ASSERT_TRUE(a->state().claim_redirect(redirect));
  ASSERT_TRUE(a->turn());
  const auto again = worker("a");
  ASSERT_TRUE(again->turn());
  ASSERT_THAT(again->urls(), ElementsAre("http://h.test/to"));
  EXPECT_EQ(again->pages[0].redirects[0].url, "http://h.test/1");
}

TEST_F(SharedStateTest, ABodyIsAPagesThatHadItFirst) {
  const auto a = worker("a"), b = worker("b");
  a->add("http://h.test/1");
  a->add("http://h.test/2");
  ASSERT_TRUE(a->turn());
  b->add("http://g.test/");
  ASSERT_TRUE(b->turn());
  const Fingerprint body{1, 2};
  const auto asks = [&](Worker& who, const char* page) {
    const auto first = who.state().first_url_with_body(body, who.page(page));
    ASSERT_TRUE(first);
    EXPECT_FALSE(*first);
    ASSERT_TRUE(who.turn());
  };
  asks(*a, "http://h.test/1");
  asks(*b, "http://g.test/");
  asks(*a, "http://h.test/2");
  asks(*a, "http://h.test/1");  // once more, after a kill say
  EXPECT_EQ(a->bodies[a->page("http://h.test/1")], "");
  EXPECT_EQ(a->bodies[a->page("http://h.test/2")], "http://h.test/1");
  EXPECT_EQ(b->bodies[b->page("http://g.test/")], "http://h.test/1");
}

TEST_F(SharedStateTest, WhatIsLeftOutIsListedByOneWorkerOnce) {
  const auto a = worker("a"), b = worker("b");
  const LeftOut out{"http://out.test/", ErrorKind::kScope, "why", "", 1};
  EXPECT_FALSE(*a->state().leave_out(out.url, out));
  EXPECT_FALSE(*b->state().leave_out(out.url, out));
  EXPECT_TRUE(a->state().knows(out.url));
  a->turn();
  b->turn();
  ASSERT_EQ(a->left_out.size() + b->left_out.size(), 1u);
  ASSERT_EQ(a->left_out.size(), 1u);
  EXPECT_EQ(a->left_out[0].what.url, "http://out.test/");
  EXPECT_EQ(a->left_out[0].what.reason, "why");
  a->state().done(a->left_out[0].page);
  a->turn();
  EXPECT_EQ(a->state().totals().left, 0u);
}

TEST_F(SharedStateTest, ALeftOutUrlThatIsASeedLaterIsFetched) {
  const auto a = worker("a");
  const LeftOut out{"http://out.test/", ErrorKind::kScope, "why", "", 1};
  ASSERT_TRUE(a->state().leave_out(out.url, out));
  a->turn();
  const auto b = worker("b");
  b->add("http://out.test/");
  b->turn();
  EXPECT_THAT(b->urls(), ElementsAre("http://out.test/"));
}

TEST_F(SharedStateTest, AllWorkersKnowAllSeeds) {
  const auto a = worker("a"), b = worker("b");
  a->add("http://h.test/");
  a->add("http://h.test/");
  a->add("http://g.test/");
  a->turn();
  b->add("http://h.test/");
  b->turn();
  EXPECT_THAT(b->seeds, ElementsAre("http://h.test/", "http://g.test/"));
}

TEST_F(SharedStateTest, MaxPagesHoldsForAllWorkersTogether) {
  max_pages_ = 5;
  const auto a = worker("a"), b = worker("b");
  for (int i = 0; i < 20; ++i) {
    a->add(fmt::format("http://h{}.test/", i));
  }
  a->turn();
  b->turn();
  EXPECT_EQ(a->pages.size() + b->pages.size(), 5u);
  // One left no record, so another has its place.
  a->state().set_counter("records", a->pages.size() - 1);
  for (const QueuedPage& page : a->pages) a->state().done(page.id);
  const std::size_t before = a->pages.size();
  b->state().set_counter("records", b->pages.size());
  for (const QueuedPage& page : b->pages) b->state().done(page.id);
  b->turn();
  EXPECT_TRUE(b->state().more_may_come());
  a->turn();
  EXPECT_EQ(a->pages.size(), before + 1);
  a->state().done(a->pages.back().id);
  a->state().set_counter("records", before);
  a->turn();
  EXPECT_FALSE(a->state().more_may_come());
}

TEST_F(SharedStateTest, WhoIsAtWorkGoesByALimitThatIsRaised) {
  max_pages_ = 2;
  const auto a = worker("a");
  for (int i = 0; i < 8; ++i) a->add(fmt::format("http://h.test/{}", i));
  a->turn();
  EXPECT_EQ(a->pages.size(), 2u);
  max_pages_ = 5;
  const auto b = worker("b");
  while (a->pages.size() < 5 && !HasFatalFailure()) testing::turn(*a);
  a->turn();
  EXPECT_EQ(a->pages.size(), 5u);
  max_pages_ = 0;
  const auto c = worker("c");
  while (a->pages.size() < 8 && !HasFatalFailure()) testing::turn(*a);
}

TEST_F(SharedStateTest, APaceGoesWithItsHost) {
  auto a = worker("a");
  a->add("http://h.test/");
  a->turn();
  a->is_told_to_wait("http://h.test/", 100s);
  a->add("http://h.test/2", a->pages[0].id, 1);
  a->state().done(a->pages[0].id);
  a->turn();
  a.reset();
  const auto b = worker("b");
  b->turn();
  // Not before its time.
  EXPECT_THAT(b->urls(), IsEmpty());
  EXPECT_TRUE(b->state().more_may_come());
  redis_->ask({"ZADD", key("ready"), "1", "h.test"});
  b->turn();
  ASSERT_THAT(b->urls(), ElementsAre("http://h.test/2"));
  const auto rest = b->frontier().rest_of("h.test");
  EXPECT_GT(rest.next_in, 80s);
  EXPECT_GT(rest.delay, 0s);
}

TEST_F(SharedStateTest, ARobotsTxtGoesWithItsHost) {
  auto a = worker("a");
  a->add("http://h.test/");
  a->turn();
  a->state().keep_robots({"http://h.test:80", 200, false, "Disallow: /\n"});
  a->state().keep_robots({"https://h.test:443", 404, true, ""});
  a->state().keep_robots(
      {"http://h.test:81", 200, false, std::string(20'000, 'x')});
  a->turn();
  a.reset();
  const auto b = worker("b");
  b->turn();
  ASSERT_EQ(b->robots.size(), 2u);
  std::sort(b->robots.begin(), b->robots.end(), [](auto& x, auto& y) {
    return x.answer.host_key < y.answer.host_key;
  });
  EXPECT_EQ(b->robots[0].answer.host_key, "http://h.test:80");
  EXPECT_EQ(b->robots[0].answer.status_code, 200);
  EXPECT_EQ(b->robots[0].answer.body, "Disallow: /\n");
  EXPECT_FALSE(b->robots[0].answer.truncated);
  EXPECT_EQ(b->robots[1].answer.status_code, 404);
  EXPECT_TRUE(b->robots[1].answer.truncated);
}

TEST_F(SharedStateTest, OtherSettingsAreRefused) {
  const auto a = worker("a");
  SharedOptions other = options("b");
  other.settings = {{"--scope", "any"}};
  const auto refused = open(other);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message,
              HasSubstr("--scope was \"host\", now it is \"any\""));
}

TEST_F(SharedStateTest, ForeignKeysAndVersionsAreRefusedAndLeftAlone) {
  redis_->ask({"SET", key("meta"), "mine"});
  auto refused = open(options("a"));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("another program's"));
  EXPECT_THAT(redis_->ask({"GET", key("meta")}), HasSubstr("mine"));
  redis_->ask({"DEL", key("meta")});
  redis_->ask({"HSET", key("meta"), "a", "b"});
  refused = open(options("a"));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("another program's"));
  redis_->ask({"HSET", key("meta"), "crawl", "0"});
  refused = open(options("a"));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("another version"));
}

TEST_F(SharedStateTest, RedisThatMayDropKeysIsRefused) {
  redis_->ask({"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"});
  const auto refused = open(options("a"));
  redis_->ask({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("noeviction"));
}

TEST_F(SharedStateTest, RedisThatMayDropKeysFromNowOnIsWaitedFor) {
  RedisServer own;
  SharedOptions options = this->options("a");
  options.address = own.url();
  Worker a(open(options));
  a.add("http://h.test/");
  ASSERT_TRUE(a.turn());
  own.ask({"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"});
  // It is looked at every few seconds, and at once by a master that is new to
  // it.
  own.ask({"FUNCTION", "DELETE", "crawl_v5"});
  while (a.messages.empty()) {
    ASSERT_TRUE(a.state().commit({}));
    a.take(a.state().take_news());
  }
  EXPECT_THAT(a.messages[0],
              AllOf(HasSubstr("allkeys-lru"), HasSubstr("waiting for it"),
                    Not(HasSubstr("DROPS"))));
  own.ask({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  ASSERT_TRUE(a.state().await());
  EXPECT_TRUE(a.turn());
}

TEST_F(SharedStateTest, RedisWithoutMemoryIsWaitedFor) {
  const auto a = worker("a");
  a->add("http://h.test/");
  a->turn();
  redis_->ask({"CONFIG", "SET", "maxmemory", "1"});
  a->add("http://h.test/2", a->pages[0].id, 1);
  ASSERT_TRUE(a->state().commit({}));
  while (a->messages.empty()) a->take(a->state().take_news());
  EXPECT_THAT(a->messages.back(), HasSubstr("OOM"));
  redis_->ask({"CONFIG", "SET", "maxmemory", "0"});
  ASSERT_TRUE(a->state().await());
  a->turn();
  EXPECT_EQ(a->urls().size(), 2u);
}

TEST_F(SharedStateTest, PasswordsAreAskedForAndNeverShown) {
  RedisServer locked({"--requirepass", "sesame"});
  SharedOptions own = options("a");
  for (const std::string who : {"", ":wrong@", "me:wrong@"}) {
    own.address = fmt::format("redis://{}127.0.0.1:{}", who, locked.port());
    const auto refused = open(own);
    ASSERT_FALSE(refused) << who;
    EXPECT_THAT(refused.error().message, Not(HasSubstr("wrong")));
  }
  for (const std::string who : {":sesame@", "sesame@", "default:sesame@"}) {
    own.address = fmt::format("redis://{}127.0.0.1:{}", who, locked.port());
    Worker a(open(own));
    a.add("http://h.test/");
    EXPECT_TRUE(a.turn());
    EXPECT_EQ(a.pages.size(), 1u) << who;
  }
}

TEST_F(SharedStateTest, EntriesOfSomebodyElseEndTheCrawlWithAWord) {
  const auto a = worker("a");
  a->add("http://h.test/");
  redis_->ask({"RPUSH", key("q:g.test"), "garbage"});
  redis_->ask({"ZADD", key("ready"), "1", "g.test"});
  EXPECT_FALSE(a->turn());
  EXPECT_FALSE(a->state().is_lost());
  EXPECT_THAT(a->state().commit({}).error().message,
              HasSubstr("no crawl of this program"));
}

TEST_F(SharedStateTest, ARedisThatCannotBeReachedIsSaidSo) {
  SharedOptions own = options("a");
  own.address = "redis://127.0.0.1:1";
  const auto refused = SharedState::open(
      own, clock_, [] {}, 2500ms);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("cannot be reached"));
}

}  // namespace
}  // namespace crawl
