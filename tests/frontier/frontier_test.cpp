#include "crawl/frontier/frontier.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/manual_clock.h"

namespace crawl {
namespace {

using namespace std::chrono_literals;
using testing::ManualClock;

class FrontierTest : public ::testing::Test {
 protected:
  Frontier make(FrontierOptions options = {}) { return {options, clock_}; }

  std::unique_ptr<Job> job(const std::string& url) {
    return std::make_unique<Job>(index_++, url, *Url::parse(url));
  }

  // What is handed out now, in order.
  std::vector<std::string> take_all(Frontier& frontier) {
    std::vector<std::string> urls;
    while (std::unique_ptr<Job> next = frontier.next()) {
      urls.emplace_back(next->input);
      out_.push_back(std::move(next));
    }
    return urls;
  }

  ManualClock clock_;
  std::uint64_t index_ = 0;
  std::vector<std::unique_ptr<Job>> out_;
};

using Urls = std::vector<std::string>;

TEST_F(FrontierTest, HandsOutInOrderOfAdmissionWhenNothingHoldsItBack) {
  Frontier frontier = make();
  frontier.add(job("http://a.test/1"));
  frontier.add(job("http://b.test/1"));
  frontier.add(job("http://a.test/2"));
  EXPECT_EQ(take_all(frontier),
            (Urls{"http://a.test/1", "http://b.test/1", "http://a.test/2"}));
}

TEST_F(FrontierTest, IsFinishedOnlyWhenNothingIsQueuedNorHandedOut) {
  Frontier frontier = make();
  EXPECT_TRUE(frontier.finished());
  frontier.add(job("http://a.test/"));
  EXPECT_FALSE(frontier.finished());
  const std::unique_ptr<Job> out = frontier.next();
  EXPECT_EQ(frontier.queued(), 0u);
  EXPECT_FALSE(frontier.finished());
  frontier.done(*out);
  EXPECT_TRUE(frontier.finished());
}

TEST_F(FrontierTest, NeverHandsOutMoreThanPerHostOfOneHost) {
  Frontier frontier = make({.per_host = 2});
  for (int i = 0; i < 5; ++i) frontier.add(job("http://a.test/"));
  frontier.add(job("http://b.test/"));
  EXPECT_EQ(take_all(frontier),
            (Urls{"http://a.test/", "http://a.test/", "http://b.test/"}));
  EXPECT_EQ(frontier.ready_at(), std::nullopt) << "waits for done() alone";
  frontier.done(*out_[0]);
  EXPECT_EQ(take_all(frontier), (Urls{"http://a.test/"}));
}

TEST_F(FrontierTest, HostIsSchemeNameAndPort) {
  Frontier frontier = make({.per_host = 1});
  frontier.add(job("http://a.test/"));
  frontier.add(job("https://a.test/"));
  frontier.add(job("http://a.test:8080/"));
  frontier.add(job("http://a.test:80/same-as-the-first"));
  EXPECT_EQ(take_all(frontier).size(), 3u);
}

TEST_F(FrontierTest, HoldsHostUntilItsDelayHasPassed) {
  Frontier frontier = make({.per_host = 8, .pace = {.delay = 1s}});
  frontier.add(job("http://a.test/1"));
  frontier.add(job("http://a.test/2"));
  frontier.add(job("http://b.test/1"));
  EXPECT_EQ(take_all(frontier), (Urls{"http://a.test/1", "http://b.test/1"}));
  EXPECT_EQ(frontier.ready_at(), clock_.now() + 1s);
  clock_.advance(999ms);
  EXPECT_EQ(take_all(frontier), Urls{});
  clock_.advance(1ms);
  EXPECT_EQ(take_all(frontier), (Urls{"http://a.test/2"}));
}

TEST_F(FrontierTest, DelayIsReservedWhenHandedOutNotWhenDone) {
  Frontier frontier = make({.per_host = 8, .pace = {.delay = 1s}});
  for (int i = 0; i < 3; ++i) frontier.add(job("http://a.test/"));
  EXPECT_EQ(take_all(frontier).size(), 1u);
  clock_.advance(10s);  // idle time is not saved up
  EXPECT_EQ(take_all(frontier).size(), 1u);
  EXPECT_EQ(frontier.ready_at(), clock_.now() + 1s);
}

TEST_F(FrontierTest, SlowHostHoldsUpNoOther) {
  Frontier frontier = make({.per_host = 1});
  for (int i = 0; i < 1000; ++i) frontier.add(job("http://slow.test/"));
  frontier.add(job("http://fast.test/1"));
  frontier.add(job("http://fast.test/2"));
  EXPECT_EQ(take_all(frontier),
            (Urls{"http://slow.test/", "http://fast.test/1"}));
  frontier.done(*out_[1]);
  EXPECT_EQ(take_all(frontier), (Urls{"http://fast.test/2"}));
}

TEST_F(FrontierTest, RateHoldsOverAllHosts) {
  Frontier frontier = make({.per_host = 8, .rate = 10});
  for (int i = 0; i < 300; ++i) {
    frontier.add(job("http://h" + std::to_string(i) + ".test/"));
  }
  std::size_t started = 0;
  const Clock::time_point begin = clock_.now();
  while (frontier.queued() > 0) {
    started += take_all(frontier).size();
    const std::chrono::duration<double> passed = clock_.now() - begin;
    EXPECT_LE(static_cast<double>(started), 10 * passed.count() + 1.5);
    if (frontier.queued() > 0) clock_.advance_to(*frontier.ready_at());
  }
  EXPECT_NEAR(std::chrono::duration<double>(clock_.now() - begin).count(), 29.9,
              0.3);
}

TEST_F(FrontierTest, RateMakesNoBurstAfterAPause) {
  Frontier frontier = make({.per_host = 100, .rate = 10});
  for (int i = 0; i < 50; ++i) frontier.add(job("http://a.test/"));
  EXPECT_EQ(take_all(frontier).size(), 1u);
  clock_.advance(1min);
  EXPECT_LE(take_all(frontier).size(), 2u);
}

TEST_F(FrontierTest, RetryWaitsAsDataAndHoldsUpNothing) {
  Frontier frontier = make({.per_host = 1});
  frontier.add(job("http://a.test/1"));
  frontier.add(job("http://a.test/2"));
  std::unique_ptr<Job> first = frontier.next();
  frontier.done(*first);
  frontier.add_again(std::move(first), clock_.now() + 5s);
  EXPECT_EQ(take_all(frontier), (Urls{"http://a.test/2"}));
  frontier.done(*out_[0]);
  EXPECT_EQ(frontier.ready_at(), clock_.now() + 5s);
  EXPECT_EQ(take_all(frontier), Urls{});
  clock_.advance(5s);
  EXPECT_EQ(take_all(frontier), (Urls{"http://a.test/1"}));
}

TEST_F(FrontierTest, DueRetryGoesBeforeNewJobsOfItsHost) {
  Frontier frontier = make({.per_host = 1});
  frontier.add(job("http://a.test/1"));
  frontier.add(job("http://a.test/2"));
  std::unique_ptr<Job> first = frontier.next();
  frontier.done(*first);
  frontier.add_again(std::move(first), clock_.now());
  EXPECT_EQ(take_all(frontier), (Urls{"http://a.test/1"}));
}

TEST_F(FrontierTest, RedirectedJobWaitsForASlotAtItsNewHost) {
  Frontier frontier = make({.per_host = 1});
  frontier.add(job("http://a.test/1"));
  frontier.add(job("http://b.test/1"));
  std::unique_ptr<Job> hop = frontier.next();
  std::unique_ptr<Job> other = frontier.next();
  frontier.done(*hop);
  hop->url = *Url::parse("http://b.test/2");
  frontier.add_again(std::move(hop), clock_.now());
  EXPECT_EQ(frontier.next(), nullptr);
  frontier.done(*other);
  hop = frontier.next();
  ASSERT_NE(hop, nullptr);
  EXPECT_EQ(hop->input, "http://a.test/1");
}

TEST_F(FrontierTest, HeldHostIsNotContactedUntilReleased) {
  Frontier frontier = make();
  frontier.add(job("http://a.test/1"));
  std::unique_ptr<Job> first = frontier.next();
  frontier.hold_host(*first);
  frontier.add_again(std::move(first), clock_.now());
  frontier.add(job("http://a.test/2"));
  EXPECT_EQ(take_all(frontier), Urls{});
  EXPECT_EQ(frontier.ready_at(), std::nullopt);
  frontier.release_host("http://a.test:80");
  EXPECT_EQ(take_all(frontier), (Urls{"http://a.test/1", "http://a.test/2"}));
}

TEST_F(FrontierTest, SlowDownHoldsTheWholeHostAndNoOther) {
  Frontier frontier = make();
  frontier.add(job("http://a.test/1"));
  frontier.add(job("http://a.test/2"));
  frontier.add(job("http://b.test/1"));
  const std::unique_ptr<Job> first = frontier.next();
  frontier.answered(
      *first, {.started = clock_.now(), .status_code = 429, .retry_after = 7s},
      false);
  frontier.done(*first);
  EXPECT_EQ(take_all(frontier), (Urls{"http://b.test/1"}));
  EXPECT_GE(*frontier.ready_at(), clock_.now() + 7s);
}

TEST_F(FrontierTest, CrawlDelayIsAFloor) {
  Frontier frontier = make({.per_host = 8, .pace = {.delay = 1s}});
  for (int i = 0; i < 3; ++i) frontier.add(job("http://a.test/"));
  const std::unique_ptr<Job> first = frontier.next();
  EXPECT_TRUE(frontier.set_crawl_delay(*first, 5s));
  clock_.advance(1s);
  EXPECT_EQ(take_all(frontier).size(), 1u);
  clock_.advance(4999ms);
  EXPECT_EQ(take_all(frontier).size(), 0u);
  clock_.advance(1ms);
  EXPECT_EQ(take_all(frontier).size(), 1u);
  EXPECT_FALSE(frontier.set_crawl_delay(*first, 1h));
}

TEST_F(FrontierTest, PrivateAddressesHaveAPaceOfTheirOwn) {
  Frontier frontier = make({.per_host = 8, .pace = {.delay = 1s}});
  for (const char* url : {"http://127.0.0.1/", "http://localhost/",
                          "http://[::1]/", "http://named.test/"}) {
    frontier.add(job(url));
    frontier.add(job(url));
  }
  EXPECT_EQ(take_all(frontier).size(), 7u);
  frontier.answered(*out_.back(), {.started = clock_.now(), .status_code = 200},
                    true);
  EXPECT_EQ(take_all(frontier), (Urls{"http://named.test/"}));
}

TEST_F(FrontierTest, ClearDropsEverythingQueuedAndSaysHowMuch) {
  Frontier frontier = make({.per_host = 1});
  for (int i = 0; i < 100'000; ++i) frontier.add(job("http://a.test/"));
  const std::unique_ptr<Job> out = frontier.next();
  EXPECT_EQ(frontier.clear(), 99'999u);
  EXPECT_EQ(frontier.next(), nullptr);
  EXPECT_FALSE(frontier.finished());
  frontier.done(*out);
  EXPECT_TRUE(frontier.finished());
}

TEST_F(FrontierTest, KeepsADelayForAHostItHasNoWorkForThroughManyOthers) {
  Frontier frontier = make({.per_host = 1, .pace = {.delay = 1min}});
  frontier.add(job("http://a.test/1"));
  frontier.done(*frontier.next());
  for (int i = 0; i < 5'000; ++i) {
    frontier.add(job("http://h" + std::to_string(i) + ".test/"));
    frontier.done(*frontier.next());
    clock_.advance(1ms);
  }
  frontier.add(job("http://a.test/2"));
  EXPECT_EQ(frontier.next(), nullptr);
  clock_.advance(1min);
  EXPECT_NE(frontier.next(), nullptr);
}

TEST_F(FrontierTest, KeepsACrawlDelayThroughManyOtherHosts) {
  Frontier frontier = make({.per_host = 1});
  frontier.add(job("http://a.test/1"));
  const std::unique_ptr<Job> first = frontier.next();
  frontier.set_crawl_delay(*first, 1min);
  frontier.done(*first);
  clock_.advance(1h);
  for (int i = 0; i < 5'000; ++i) {
    frontier.add(job("http://h" + std::to_string(i) + ".test/"));
    frontier.done(*frontier.next());
  }
  frontier.add(job("http://a.test/2"));
  frontier.add(job("http://a.test/3"));
  frontier.done(*frontier.next());
  EXPECT_EQ(frontier.next(), nullptr);
  clock_.advance(1min);
  EXPECT_NE(frontier.next(), nullptr);
}

}  // namespace
}  // namespace crawl
