// Many exchanges at once, and how they are waited for and stopped.
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "fetch/fetch_fixture.h"
#include "support/closed_ports.h"
#include "support/no_more_threads.h"

namespace crawl::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

class Fetching : public FetchTest {
 protected:
  void start(std::uint64_t id, std::string_view path) {
    FetchRequest wanted = request(path);
    wanted.id = id;
    fetcher().start(std::move(wanted));
  }
};
INSTANTIATE_TEST_SUITE_P(, Fetching, all_ways_and_http2(), NameOfParameter());

TEST_P(Fetching, EachOfManyComesBackOnce) {
  constexpr std::uint64_t kCount = 500;
  const std::vector<std::string> paths = {
      "/status/200", "/gzip",    "/close-mid-body",
      "/redirect/1", "/chunked", "/chunked-bad-size",
      "/gzip-not",   "/delay/5"};
  for (std::uint64_t id = 0; id < kCount; ++id) {
    start(id, paths[id % paths.size()]);
  }
  const auto results = collect(kCount);
  ASSERT_EQ(results.size(), kCount);
  for (std::uint64_t id = 0; id < kCount; ++id) {
    EXPECT_EQ(results[id].id, id);
    const std::string& path = paths[id % paths.size()];
    if (path == "/gzip") {
      EXPECT_EQ(results[id].page->title, "coded");
    } else if (path == "/gzip-not") {
      EXPECT_EQ(results[id].error, ErrorKind::kDecode);
    }
  }
}

TEST_P(Fetching, TwoThousandAreOpenAtOnce) {
  constexpr std::uint64_t kCount = 2'000;
  for (std::uint64_t id = 0; id < kCount; ++id) start(id, "/gate/all");
  std::vector<FetchResult> results;
  const auto limit = patience();
  while (site.log().size() < kCount && steady_clock::now() < limit) {
    fetcher().wait(steady_clock::now() + 20ms, results);
  }
  EXPECT_TRUE(results.empty());
  EXPECT_EQ(site.log().max_concurrent(), kCount);
  site.open_gate("all");
  results = collect(kCount);
  ASSERT_EQ(results.size(), kCount);
  for (const FetchResult& result : results) {
    EXPECT_EQ(result.error, ErrorKind::kNone) << result.error_message;
    EXPECT_EQ(result.status_code, 200);
  }
}

TEST_P(Fetching, ASlowOneHoldsUpNoOther) {
  start(0, "/gate/slow");
  for (std::uint64_t id = 1; id <= 100; ++id) start(id, "/status/200");
  const auto results = collect(100);
  EXPECT_EQ(results.front().id, 1u);
  site.open_gate("slow");
  EXPECT_EQ(collect(1).front().id, 0u);
}

TEST_P(Fetching, PagesTooHeavyForTheirLoopAreReadWhenNoThreadCanBeStarted) {
  constexpr std::uint64_t kCount = 4;
  site.serve("/heavy", "<title>heavy</title>" + std::string(1'000'000, 'x'));
  fetch("/status/200");  // all is set up
  const NoMoreThreads none;
  for (std::uint64_t id = 0; id < kCount; ++id) start(id, "/heavy");
  for (const FetchResult& result : collect(kCount)) {
    ASSERT_TRUE(result.page) << result.error_message;
    EXPECT_EQ(result.page->title, "heavy");
  }
}

TEST_P(Fetching, WaitEndsAtItsTime) {
  start(0, "/gate/later");
  std::vector<FetchResult> results;
  const auto until = steady_clock::now() + 30ms;
  fetcher().wait(until, results);
  EXPECT_GE(steady_clock::now(), until);
  fetcher().wait(steady_clock::now() - 1s, results);
  EXPECT_TRUE(results.empty());
  site.open_gate("later");
  EXPECT_EQ(collect(1).size(), 1u);
}

TEST_P(Fetching, WakeEndsAWait) {
  std::vector<FetchResult> results;
  fetcher().wake();
  fetcher().wait(std::nullopt, results);
  std::thread waker([&] { fetcher().wake(); });
  fetcher().wait(std::nullopt, results);
  waker.join();
  EXPECT_TRUE(results.empty());
}

TEST_P(Fetching, ResultsAreAppended) {
  start(0, "/status/200");
  auto results = collect(1);
  start(1, "/status/404");
  while (results.size() < 2) fetcher().wait(patience(), results);
  EXPECT_EQ(results[0].id, 0u);
  EXPECT_EQ(results[1].id, 1u);
}

TEST_P(Fetching, AbortEndsAllThatIsInFlight) {
  const SilentPort silent;
  options.connect_timeout = 60s;
  for (std::uint64_t id = 0; id < 50; ++id) start(id, "/never");
  for (std::uint64_t id = 50; id < 60; ++id) start(id, "/never-body");
  fetcher().start({.id = 60, .url = url_of(silent.url("/"))});
  fetcher().start({.id = 61, .url = url_of(scheme() + "://nobody.invalid/")});
  std::vector<FetchResult> early;
  const auto limit = patience();
  while (site.log().size() < 60 && steady_clock::now() < limit) {
    fetcher().wait(steady_clock::now() + 10ms, early);
  }
  fetcher().abort();
  const auto results = collect(62 - early.size());
  for (const FetchResult& result : results) {
    EXPECT_EQ(result.error, ErrorKind::kInterrupted) << result.error_message;
  }
  for (const FetchResult& result : early) {
    EXPECT_EQ(result.error, ErrorKind::kDns) << result.error_message;
  }

  start(99, "/status/200");
  EXPECT_EQ(collect(1).front().status_code, 200);
}

TEST_P(Fetching, AbortReachesWhatHasJustBeenStarted) {
  for (std::uint64_t id = 0; id < 40; ++id) start(id, "/never");
  fetcher().abort();
  start(40, "/status/200");
  const auto results = collect(41);
  ASSERT_EQ(results.size(), 41u);
  for (std::uint64_t id = 0; id < 40; ++id) {
    EXPECT_EQ(results[id].error, ErrorKind::kInterrupted);
  }
  EXPECT_EQ(results[40].status_code, 200);
}

TEST_P(Fetching, DestructionEndsWhatIsInFlight) {
  for (std::uint64_t id = 0; id < 100; ++id) start(id, "/never");
  std::vector<FetchResult> results;
  const auto limit = patience();
  while (site.log().size() < 100 && steady_clock::now() < limit) {
    fetcher().wait(steady_clock::now() + 10ms, results);
  }
  drop_fetcher();
  drop_fetcher();
}

TEST_P(Fetching, ConnectionsClosedByTheServerWhileIdleAreReplaced) {
  for (std::uint64_t round = 0; round < 20; ++round) {
    for (std::uint64_t id = 0; id < 4; ++id) start(id, "/http10");
    for (const FetchResult& result : collect(4)) {
      EXPECT_EQ(result.error, ErrorKind::kNone) << result.error_message;
    }
  }
}

TEST_P(Fetching, ManyNamesManyConnections) {
  const std::string port = std::to_string(site.port());
  constexpr std::uint64_t kHosts = 300;
  options.max_connections = 20;
  for (std::uint64_t host = 0; host < kHosts; ++host) {
    options.resolve.push_back("h" + std::to_string(host) +
                              ".sites.test:" + port + ":127.0.0.1");
  }
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t id = 0; id < kHosts; ++id) {
      fetcher().start(
          {.id = id,
           .url = url_of(site.url("h" + std::to_string(id) + ".sites.test",
                                  "/status/200"))});
    }
    for (const FetchResult& result : collect(kHosts)) {
      EXPECT_EQ(result.status_code, 200) << result.error_message;
    }
  }
}

TEST(PooledFetching, OneHostAloneUsesAllLoops) {
  LoopbackSite site;
  add_routes(site);
  auto made = make_pooled_fetcher({}, 2);
  ASSERT_TRUE(made.has_value());
  for (std::uint64_t id = 0; id < 40; ++id) {
    (*made)->start({.id = id, .url = url_of(site.url("/gate/all"))});
  }
  std::vector<FetchResult> results;
  while (site.log().size() < 40) {
    (*made)->wait(steady_clock::now() + 10ms, results);
  }
  site.open_gate("all");
  std::set<unsigned> workers;
  while (results.size() < 40) (*made)->wait(patience(), results);
  for (const FetchResult& result : results) workers.insert(result.worker);
  EXPECT_EQ(workers, (std::set<unsigned>{0, 1}));
}

}  // namespace
}  // namespace crawl::testing
