#include "crawl/frontier/frontier.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
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

// ---- A host is a name: its slots and its pace, whatever the scheme and port

const Urls kOneHost = {"http://a.test/",      "https://a.test/",
                       "http://a.test:8080/", "https://a.test:8080/",
                       "http://a.test./",     "http://A.test:80/"};

TEST_F(FrontierTest, SlotsAreOfTheName) {
  Frontier frontier = make({.per_host = 2});
  for (const std::string& url : kOneHost) frontier.add(job(url));
  frontier.add(job("http://b.a.test/"));
  EXPECT_EQ(take_all(frontier),
            (Urls{kOneHost[0], kOneHost[1], "http://b.a.test/"}));
  frontier.done(*out_[1]);
  EXPECT_EQ(take_all(frontier), (Urls{kOneHost[2]}));
}

TEST_F(FrontierTest, DelayIsOfTheName) {
  Frontier frontier = make({.per_host = 8, .pace = {.delay = 1s}});
  for (const std::string& url : kOneHost) frontier.add(job(url));
  for (const std::string& url : kOneHost) {
    EXPECT_EQ(take_all(frontier), (Urls{url}));
    clock_.advance(999ms);
    EXPECT_EQ(take_all(frontier), Urls{});
    clock_.advance(1ms);
  }
}

TEST_F(FrontierTest, SlowDownIsOfTheName) {
  for (const int status : {429, 503}) {
    Frontier frontier = make();
    for (const std::string& url : kOneHost) frontier.add(job(url));
    frontier.add(job("http://b.test/"));
    const std::unique_ptr<Job> first = frontier.next();
    frontier.answered(
        *first,
        {.started = clock_.now(), .status_code = status, .retry_after = 7s},
        false);
    frontier.done(*first);
    EXPECT_EQ(take_all(frontier), (Urls{"http://b.test/"}));
    EXPECT_GE(*frontier.ready_at(), clock_.now() + 7s);
  }
}

TEST_F(FrontierTest, PaceByLatencyIsOfTheName) {
  Frontier frontier = make({.pace = {.adaptive = true}});
  for (const std::string& url : kOneHost) frontier.add(job(url));
  const std::unique_ptr<Job> first = frontier.next();
  frontier.answered(
      *first, {.started = clock_.now(), .status_code = 200, .latency = 20s},
      false);
  frontier.done(*first);
  clock_.advance(1s);  // what the first start reserved
  EXPECT_EQ(take_all(frontier).size(), 1u);
  clock_.advance(19s);
  EXPECT_EQ(take_all(frontier), Urls{});
  clock_.advance(1s);
  EXPECT_EQ(take_all(frontier).size(), 1u);
}

TEST_F(FrontierTest, CrawlDelayIsTheLongestOfTheNamesOrigins) {
  Frontier frontier = make({.per_host = 8});
  for (int i = 0; i < 9; ++i) {
    frontier.add(job("http://a.test/"));
    frontier.add(job("https://a.test/"));
  }
  const std::unique_ptr<Job> plain = frontier.next(), tls = frontier.next();
  const auto gap = [&] {
    clock_.advance(1h);
    const std::unique_ptr<Job> one = frontier.next();
    frontier.done(*one);
    return *frontier.ready_at() - clock_.now();
  };
  EXPECT_TRUE(frontier.set_crawl_delay(*plain, 2s));
  EXPECT_TRUE(frontier.set_crawl_delay(*tls, std::nullopt));
  EXPECT_EQ(gap(), 2s);
  EXPECT_TRUE(frontier.set_crawl_delay(*tls, 5s));
  EXPECT_EQ(gap(), 5s);
  EXPECT_TRUE(frontier.set_crawl_delay(*plain, 3s));
  EXPECT_EQ(gap(), 5s);
  EXPECT_TRUE(frontier.set_crawl_delay(*tls, std::nullopt));
  EXPECT_EQ(gap(), 3s);
  // Each is told of its own alone.
  EXPECT_FALSE(frontier.set_crawl_delay(*tls, 1h));
  EXPECT_TRUE(frontier.set_crawl_delay(*plain, std::nullopt));
  EXPECT_EQ(gap(), 30s);
}

// ---- What robots.txt holds up is an origin

TEST_F(FrontierTest, HeldOriginHoldsUpNoOtherOfItsHost) {
  Frontier frontier = make();
  for (int i = 1; i <= 2; ++i) {
    frontier.add(job("http://a.test/" + std::to_string(i)));
    frontier.add(job("https://a.test/" + std::to_string(i)));
  }
  std::unique_ptr<Job> first = frontier.next();
  frontier.hold_host(*first);
  frontier.add_again(std::move(first), clock_.now());
  EXPECT_EQ(take_all(frontier), (Urls{"https://a.test/1", "https://a.test/2"}));
  frontier.release_host("https://a.test:443");
  EXPECT_EQ(take_all(frontier), Urls{});
  frontier.release_host("http://a.test:80");
  EXPECT_EQ(take_all(frontier), (Urls{"http://a.test/1", "http://a.test/2"}));
}

TEST_F(FrontierTest, OriginWithoutRobotsWaitsAloneAndThenInItsTurn) {
  Frontier frontier = make({.per_host = 1});
  for (int i = 1; i <= 3; ++i) {
    frontier.add(job("http://a.test/" + std::to_string(i)));
    frontier.add(job("https://a.test/" + std::to_string(i)));
  }
  std::unique_ptr<Job> first = frontier.next();
  frontier.hold_until(*first, clock_.now() + 5s);
  frontier.done(*first);
  frontier.add_again(std::move(first), clock_.now());
  EXPECT_EQ(take_all(frontier), (Urls{"https://a.test/1"}));
  clock_.advance(5s);
  frontier.done(*out_.back());
  // Not behind all that the other has.
  for (const char* url :
       {"http://a.test/1", "http://a.test/2", "https://a.test/2",
        "http://a.test/3", "https://a.test/3"}) {
    EXPECT_EQ(take_all(frontier), (Urls{url}));
    frontier.done(*out_.back());
  }
}

TEST_F(FrontierTest, WaitsForTheFirstOriginOfAHostThatIsReady) {
  Frontier frontier = make();
  const std::vector<std::pair<std::string, std::chrono::seconds>> origins = {
      {"http://a.test/", 30s},
      {"https://a.test/", 10s},
      {"http://a.test:1/", 20s}};
  for (const auto& [url, wait] : origins) {
    frontier.add(job(url));
    std::unique_ptr<Job> one = frontier.next();
    frontier.hold_until(*one, clock_.now() + wait);
    frontier.done(*one);
    frontier.add_again(std::move(one), clock_.now());
  }
  for (const char* url :
       {"https://a.test/", "http://a.test:1/", "http://a.test/"}) {
    EXPECT_EQ(*frontier.ready_at(), clock_.now() + 10s);
    EXPECT_EQ(take_all(frontier), Urls{});
    clock_.advance(10s);
    EXPECT_EQ(take_all(frontier), (Urls{url}));
  }
}

// ---- What counts as a supply of jobs

TEST_F(FrontierTest, JobsOfHostsThatMayBeContactedAreSupply) {
  Frontier frontier = make({.per_host = 1, .pace = {.delay = 1s}});
  for (int i = 0; i < 5; ++i) frontier.add(job("http://a.test/"));
  EXPECT_EQ(frontier.supply(), 5u);
  EXPECT_EQ(take_all(frontier).size(), 1u);
  EXPECT_EQ(frontier.supply(), 4u) << "its slot is taken, and soon free";
  frontier.done(*out_.back());
  EXPECT_EQ(frontier.supply(), 4u) << "its delay is soon over";
  EXPECT_FALSE(frontier.is_held("http://a.test:80"));
  EXPECT_FALSE(frontier.is_held("http://unknown.test:80"));
}

// Whatever keeps a host or an origin from being contacted, its jobs are no
// supply until that is nearly over.
TEST_F(FrontierTest, JobsThatHaveToWaitAreNoSupply) {
  struct Case {
    const char* what;
    std::function<void(Frontier&, const Job&)> hold;
    std::chrono::seconds time;
    bool whole_host;
  };
  const Case cases[] = {
      {"Retry-After",
       [this](Frontier& frontier, const Job& job) {
         frontier.answered(
             job,
             {.started = clock_.now(), .status_code = 429, .retry_after = 60s},
             false);
       },
       60s, true},
      {"Crawl-delay",
       [](Frontier& frontier, const Job& job) {
         frontier.set_crawl_delay(job, 20s);
         frontier.add(std::make_unique<Job>(0, "", job.url));
         frontier.done(*frontier.next());
       },
       20s, true},
      {"robots.txt cannot be had",
       [this](Frontier& frontier, const Job& job) {
         frontier.hold_until(job, clock_.now() + 60s);
       },
       60s, false},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.what);
    Frontier frontier = make();
    frontier.add(job("http://a.test/"));
    const std::unique_ptr<Job> first = frontier.next();
    one.hold(frontier, *first);
    for (int i = 0; i < 4; ++i) frontier.add(job("http://a.test/"));
    for (int i = 0; i < 3; ++i) frontier.add(job("https://a.test/"));
    for (int i = 0; i < 2; ++i) frontier.add(job("http://b.test/"));
    const std::size_t supply = one.whole_host ? 2 : 5;
    EXPECT_EQ(frontier.supply(), supply);
    EXPECT_EQ(frontier.queued(), 9u);
    EXPECT_TRUE(frontier.is_held("http://a.test:80"));
    EXPECT_EQ(frontier.is_held("https://a.test:443"), one.whole_host);
    EXPECT_FALSE(frontier.is_held("http://b.test:80"));
    frontier.done(*first);
    EXPECT_EQ(frontier.supply(), supply);
    clock_.advance(one.time - Frontier::kSoon - 1ms);
    EXPECT_EQ(frontier.supply(), supply);
    clock_.advance(1ms);
    EXPECT_EQ(frontier.supply(), 9u);
    EXPECT_FALSE(frontier.is_held("http://a.test:80"));
  }
}

TEST_F(FrontierTest, RetriesFarAwayAreNoSupply) {
  Frontier frontier = make();
  frontier.add(job("http://a.test/1"));
  std::unique_ptr<Job> first = frontier.next();
  frontier.done(*first);
  frontier.add_again(std::move(first), clock_.now() + 1h);
  EXPECT_EQ(frontier.supply(), 0u);
  clock_.advance(1h);
  EXPECT_EQ(frontier.supply(), 1u);
}

TEST_F(FrontierTest, ThousandsOfHostsThatRefuseAreNoSupply) {
  Frontier frontier = make();
  for (int i = 0; i < 3'000; ++i) {
    frontier.add(job("http://h" + std::to_string(i) + ".test/"));
    std::unique_ptr<Job> one = frontier.next();
    frontier.hold_until(*one, clock_.now() + 5s);
    frontier.done(*one);
    frontier.add_again(std::move(one), clock_.now());
  }
  EXPECT_EQ(frontier.supply(), 0u);
  frontier.add(job("http://good.test/"));
  EXPECT_EQ(frontier.supply(), 1u);
  EXPECT_EQ(take_all(frontier), (Urls{"http://good.test/"}));
  clock_.advance(5s);
  EXPECT_EQ(frontier.supply(), 3'000u);
  EXPECT_EQ(take_all(frontier).size(), 3'000u);
  EXPECT_EQ(frontier.supply(), 0u);
}

// Against the plainest of models.
TEST_F(FrontierTest, HandsOutEachJobOnceWhateverIsHeldAndWhen) {
  constexpr std::size_t kPerHost = 3;
  struct Model {
    bool held = false;
    Clock::time_point until{};
    std::size_t queued = 0;
    std::size_t out = 0;
  };
  std::mt19937 random(7);
  Frontier frontier = make({.per_host = kPerHost});
  std::map<std::string, Model> origins;  // by host key
  std::map<std::string, std::size_t> busy;
  std::vector<std::unique_ptr<Job>> out;
  std::size_t added = 0, finished = 0;
  const auto pick = [&] {
    return "http://h" + std::to_string(random() % 3) +
           ".test:" + std::to_string(1 + random() % 4);
  };
  const auto job_of = [&](const std::string& key) {
    // Any job of that origin will do to name it.
    const auto found = std::find_if(out.begin(), out.end(), [&](auto& one) {
      return one->url.host_key() == key;
    });
    return found == out.end() ? nullptr : found->get();
  };
  for (int step = 0; step < 30'000; ++step) {
    const std::string key = pick();
    const Clock::time_point now = clock_.now();
    switch (random() % 8) {
      case 0:
      case 1:
        frontier.add(job(key + "/"));
        ++origins[key].queued;
        ++added;
        break;
      case 2:
      case 3: {
        const bool possible =
            std::any_of(origins.begin(), origins.end(), [&](const auto& entry) {
              const std::string name =
                  entry.first.substr(0, entry.first.rfind(':'));
              return entry.second.queued > 0 && !entry.second.held &&
                     entry.second.until <= now && busy[name] < kPerHost;
            });
        std::unique_ptr<Job> one = frontier.next();
        ASSERT_EQ(one != nullptr, possible) << step;
        if (!one) break;
        Model& origin = origins[one->url.host_key()];
        ASSERT_FALSE(origin.held);
        ASSERT_LE(origin.until, now);
        ASSERT_LE(++busy["http://" + std::string(one->url.hostname())],
                  kPerHost);
        --origin.queued;
        out.push_back(std::move(one));
        break;
      }
      case 4:
        if (!out.empty()) {
          std::swap(out[random() % out.size()], out.back());
          frontier.done(*out.back());
          --busy["http://" + std::string(out.back()->url.hostname())];
          if (random() % 3 == 0) {
            ++origins[out.back()->url.host_key()].queued;
            frontier.add_again(std::move(out.back()), now);
          } else {
            ++finished;
          }
          out.pop_back();
        }
        break;
      case 5:
        if (const Job* one = job_of(key)) {
          frontier.hold_host(*one);
          origins[key].held = true;
        }
        break;
      case 6:
        if (const Job* one = job_of(key); one != nullptr && step % 2 == 0) {
          origins[key].until =
              std::max(origins[key].until,
                       now + std::chrono::milliseconds(random() % 5'000));
          frontier.hold_until(*one, origins[key].until);
        } else {
          frontier.release_host(key);
          origins[key].held = false;
        }
        break;
      default:
        clock_.advance(std::chrono::milliseconds(random() % 500));
    }
    std::size_t supply = 0, queued = 0;
    for (const auto& [_, origin] : origins) {
      queued += origin.queued;
      if (!origin.held && origin.until <= clock_.now() + Frontier::kSoon) {
        supply += origin.queued;
      }
    }
    ASSERT_EQ(frontier.queued(), queued);
    if (step % 3 == 0) {
      ASSERT_EQ(frontier.supply(), supply) << step;
    }
  }
  EXPECT_GT(finished, 1'000u);
  EXPECT_EQ(frontier.clear() + out.size() + finished, added);
  EXPECT_EQ(frontier.supply(), 0u);
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

TEST_F(FrontierTest, TheFirstPauseOfAPrivateAddressIsItsOwn) {
  Frontier frontier = make(
      {.per_host = 8, .pace = {.delay = 1s}, .private_pace = {.delay = 200ms}});
  for (int i = 0; i < 3; ++i) frontier.add(job("http://named.test/"));
  EXPECT_EQ(take_all(frontier).size(), 1u);
  clock_.advance(50ms);
  frontier.answered(*out_.back(), {.started = clock_.now(), .status_code = 200},
                    true);
  clock_.advance(149ms);
  EXPECT_EQ(take_all(frontier).size(), 0u);
  clock_.advance(1ms);
  EXPECT_EQ(take_all(frontier).size(), 1u);
}

TEST_F(FrontierTest, WhatAnotherProcessToldOfAPrivateHostStays) {
  Frontier before = make({.per_host = 8});
  before.add(job("http://named.test/"));
  EXPECT_EQ(take_all(before).size(), 1u);
  before.answered(
      *out_.back(),
      {.started = clock_.now(), .status_code = 429, .retry_after = 60s}, true);
  Frontier::Rest rest = before.rest_of("named.test");
  Frontier frontier = make({.per_host = 8, .pace = {.delay = 1s}});
  rest.next_in = {};
  rest.is_private = true;
  frontier.take_over("named.test", rest, {});
  frontier.add(job("http://named.test/"));
  EXPECT_EQ(take_all(frontier).size(), 0u);
  clock_.advance(60s);
  EXPECT_EQ(take_all(frontier).size(), 1u);
  frontier.answered(*out_.back(), {.started = clock_.now(), .status_code = 200},
                    true);
  frontier.add(job("http://named.test/"));
  // The 429 is not forgiven yet.
  EXPECT_EQ(take_all(frontier).size(), 0u);
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

// What waits for an origin's robots.txt, or has a job out, is not forgotten,
// nor is the rest of its host.
TEST_F(FrontierTest, ForgetsAHostWithAllItsOriginsOrNotAtAll) {
  Frontier frontier = make({.per_host = 1});
  frontier.add(job("https://a.test/1"));
  const std::unique_ptr<Job> out = frontier.next();
  frontier.add(job("http://b.test/1"));
  const std::unique_ptr<Job> held = frontier.next();
  frontier.hold_until(*held, clock_.now() + 1h);
  frontier.done(*held);
  for (int i = 0; i < 5'000; ++i) {
    const std::string name = "http://h" + std::to_string(i) + ".test";
    for (const char* port : {":1/", ":2/"}) {
      frontier.add(job(name + port));
      frontier.done(*frontier.next());
    }
    clock_.advance(1ms);
  }
  frontier.add(job("http://a.test/2"));
  EXPECT_EQ(frontier.next(), nullptr);
  frontier.done(*out);
  EXPECT_NE(frontier.next(), nullptr);
  frontier.add(job("http://b.test/2"));
  EXPECT_EQ(frontier.next(), nullptr);
  frontier.add(job("https://b.test/3"));
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
