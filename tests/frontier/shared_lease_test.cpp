// Leases of hosts: what is told of one that went away counts for nothing.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crawl/frontier/shared_status.h"
#include "frontier/shared_worker.h"
#include "support/manual_clock.h"
#include "support/redis_server.h"

namespace crawl {
namespace {

using testing::RedisServer;
using testing::Worker;
using namespace std::chrono_literals;

// A machine whose time is another's: off by so much, and going on or not.
class OffClock final : public Clock {
 public:
  time_point now() const override {
    return (stopped_at_ ? *stopped_at_ : std::chrono::steady_clock::now()) +
           off_;
  }
  std::chrono::system_clock::time_point wall_time() const override {
    return std::chrono::system_clock::now() + off_;
  }
  void set_off(std::chrono::seconds by) { off_ = by; }
  void stop() { stopped_at_ = std::chrono::steady_clock::now(); }

 private:
  std::chrono::seconds off_{0};
  std::optional<time_point> stopped_at_;
};

class SharedLeaseTest : public ::testing::Test {
 protected:
  std::unique_ptr<Worker> worker(const std::string& name, const Clock& clock,
                                 std::chrono::milliseconds lease = 60'000ms) {
    SharedOptions options;
    options.address = redis_.url("c");
    options.worker = name;
    options.lease = lease;
    return std::make_unique<Worker>(SharedState::open(
        options, clock, [] {}, 5s));
  }
  static std::string key(const std::string& rest) {
    return "crawl:{c}:" + rest;
  }
  std::string lease_of(const std::string& host) {
    return redis_.ask({"HGET", key("h:" + host), "lease"});
  }
  // All that is kept, but for Redis's own running times.
  std::string all() {
    std::string all;
    for (const char* rest : {"meta", "w:a", "w:b", "l:a", "u:a", "h:h.test",
                             "h:g.test", "p:h.test", "p:g.test"}) {
      all += redis_.ask({"HGETALL", key(rest)});
    }
    for (const char* rest : {"q:h.test", "q:g.test", "q:new.test"}) {
      all += redis_.ask({"LRANGE", key(rest), "0", "-1"});
    }
    for (const char* rest : {"ready", "leased", "alive"}) {
      all += redis_.ask({"ZRANGE", key(rest), "0", "-1", "WITHSCORES"});
    }
    return all;
  }

  RedisServer redis_;
  SystemClock clock_;
};

TEST_F(SharedLeaseTest, APageOfAHostWhoseLeaseRanOutIsNotDoneWhateverTheClock) {
  for (const auto off : {-60s, 0s, 60s}) {
    redis_.ask({"FLUSHALL"});
    OffClock clock;
    const auto a = worker("a", clock, 300ms);
    a->add("http://h.test/1");
    a->add("http://h.test/2");
    ASSERT_TRUE(a->turn(7));
    ASSERT_EQ(a->pages.size(), 2u);
    clock.set_off(off);
    clock.stop();  // so that it cannot know
    const auto b = worker("b", clock_);
    while (b->pages.empty()) ASSERT_TRUE(b->turn());
    const std::string before = all();
    a->add("http://new.test/", a->page("http://h.test/1"), 1);
    a->state().done(a->page("http://h.test/1"));
    a->state().set_counter("records", 1);
    const Clock::time_point earlier = clock_.now();
    EXPECT_FALSE(a->turn(100));
    EXPECT_TRUE(a->state().is_lost());
    EXPECT_EQ(all(), before) << off.count();
    // Whoever asks now is told of it, and not a moment later for ever.
    EXPECT_LE(*a->state().commit_due(), earlier);
  }
}

TEST_F(SharedLeaseTest, ATurnThatGoesByALeaseOfAnotherChangesNothing) {
  const auto a = worker("a", clock_);
  a->add("http://h.test/1");
  a->add("http://g.test/1");
  ASSERT_TRUE(a->turn(7));
  ASSERT_EQ(a->pages.size(), 2u);
  // One host went, all else is as it was: its token too.
  redis_.ask({"HSET", key("h:h.test"), "lease", "2", "worker", "b"});
  redis_.ask({"HDEL", key("l:a"), "h.test"});
  const std::string before = all();
  a->state().done(a->page("http://g.test/1"));
  a->state().done(a->page("http://h.test/1"));
  EXPECT_FALSE(a->turn(100));
  EXPECT_TRUE(a->state().is_lost());
  EXPECT_EQ(all(), before);
}

TEST_F(SharedLeaseTest, WhoLeavesBeforeItsLastTurnIsAnsweredGivesAllBack) {
  testing::ManualClock clock;
  auto a = worker("a", clock);
  a->add("http://h.test/1");
  for (int i = 0; i < 3; ++i) a->add("http://g.test/" + std::to_string(i));
  ASSERT_TRUE(a->turn());
  ASSERT_EQ(a->pages.size(), 4u);
  // With it h.test has nothing left, and is nobody's.
  a->state().done(a->page("http://h.test/1"));
  ASSERT_TRUE(a->state().commit({}));
  clock.advance(5s);  // so that all hosts are told of once more
  a.reset();
  const auto b = worker("b", clock_);
  ASSERT_TRUE(b->turn());
  EXPECT_EQ(b->pages.size(), 3u);
}

TEST_F(SharedLeaseTest, EachLeaseOfAHostHasAGreaterNumber) {
  auto a = worker("a", clock_);
  a->add("http://h.test/1");
  a->add("http://h.test/2");
  ASSERT_TRUE(a->turn());
  EXPECT_EQ(lease_of("h.test"), "1\n");
  // Given back, and given to another.
  a.reset();
  const auto b = worker("b", clock_);
  ASSERT_TRUE(b->turn());
  ASSERT_EQ(b->pages.size(), 2u);
  EXPECT_EQ(lease_of("h.test"), "2\n");
  // Renewed it is the same.
  b->state().done(b->pages[0].id);
  ASSERT_TRUE(b->turn());
  EXPECT_EQ(lease_of("h.test"), "2\n");
}

TEST_F(SharedLeaseTest, WhoGoesHungryAsksLessOftenTheMoreWorkersThereAre) {
  const testing::ManualClock clock;
  std::vector<std::unique_ptr<Worker>> workers;
  const auto wait_after_turn = [&](Worker& worker) {
    worker.turn();
    worker.state().starve();
    return *worker.state().commit_due() - clock.now();
  };
  workers.push_back(worker("0", clock));
  workers[0]->add("http://h.test/1");
  ASSERT_TRUE(workers[0]->turn());
  workers.push_back(worker("1", clock));
  const auto of_two = wait_after_turn(*workers[1]);
  for (int i = 2; i < 20; ++i) {
    workers.push_back(worker(std::to_string(i), clock));
  }
  const auto of_twenty = wait_after_turn(*workers[2]);
  EXPECT_GE(of_twenty, 5 * of_two);
  EXPECT_LE(of_twenty, 2s);
  // And less often still.
  EXPECT_GT(wait_after_turn(*workers[2]), of_twenty);
  // But not whoever has something to tell, once all it has waits for that.
  const auto page = workers[0]->pages[0].id;
  ASSERT_TRUE(workers[0]->state().first_url_with_body({1, 2}, page));
  workers[0]->state().starve();
  EXPECT_LT(*workers[0]->state().commit_due() - clock.now(), of_two);
}

TEST_F(SharedLeaseTest, TheSlowestHostsAreThoseThatAreLeasedToo) {
  const auto a = worker("a", clock_);
  a->add("http://h.test/1");
  a->add("http://h.test/2");
  ASSERT_TRUE(a->turn());
  a->is_told_to_wait("http://h.test/1", 100s);
  a->state().done(a->page("http://h.test/1"));
  ASSERT_TRUE(a->turn());
  const auto status = read_shared_status(redis_.url("c"), 5s);
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->hosts_leased, 1u);
  ASSERT_EQ(status->slowest.size(), 1u);
  EXPECT_EQ(status->slowest[0].name, "h.test");
  EXPECT_EQ(status->slowest[0].worker, "a");
  EXPECT_GT(status->slowest[0].asked_in, 80s);
}

}  // namespace
}  // namespace crawl
