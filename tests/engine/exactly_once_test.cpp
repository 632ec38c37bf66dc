// A crawl that is killed a hundred times, with every sink there is: each is cut
// to the same commit, and in the end each holds each Outcome once.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crawl/engine/crawler.h"
#include "crawl/frontier/shared_state.h"
#include "crawl/frontier/state_store.h"
#include "support/fake_fetcher.h"
#include "support/manual_clock.h"
#include "support/redis_server.h"
#include "support/sink_cases.h"
#include "support/temp_dir.h"

namespace crawl {
namespace {

using testing::FakeFetcher;
using testing::ManualClock;
using testing::SinkCase;
using testing::TempDir;

struct Killed {};

// A sink of this file alone. What it holds outlives the process, so to say.
class KeptSink final : public Sink {
 public:
  explicit KeptSink(std::vector<std::string>& kept) : kept_(kept) {}
  std::string_view name() const override { return "kept"; }
  Result<void> take(const Outcome& outcome) override {
    kept_.push_back(fmt::format("{} {}", outcome.record.url,
                                to_string(outcome.record.error)));
    return {};
  }
  Result<std::uint64_t> sync() override { return kept_.size(); }

 private:
  std::vector<std::string>& kept_;
};

// A web with all that makes Outcomes: pages, pages that are missing, redirects,
// links that are not followed.
void build(FakeFetcher& web, int pages) {
  web.reply("http://a.test/robots.txt",
            {.body = "User-agent: *\nDisallow: /secret\n"});
  for (int i = 0; i < pages; ++i) {
    const auto url = [](int n) {
      return n == 0 ? std::string("http://a.test/")
                    : fmt::format("http://a.test/{}", n);
    };
    FakeFetcher::Reply reply;
    for (int k = 1; k <= 3; ++k) {
      if (3 * i + k < pages) reply.links.push_back(url(3 * i + k));
    }
    reply.links.push_back(fmt::format("http://elsewhere.test/{}", i));
    reply.links.push_back(fmt::format("nofollow http://a.test/not/{}", i));
    if (i % 7 == 3) reply.links.push_back(url(0) + fmt::format("secret/{}", i));
    if (i % 11 == 5) reply.status = 404;
    if (i % 13 == 6) {
      web.reply(url(i),
                {.status = 302, .location = fmt::format("/moved/{}", i)});
      web.reply(fmt::format("http://a.test/moved/{}", i), std::move(reply));
      continue;
    }
    web.reply(url(i), std::move(reply));
  }
}

class ExactlyOnce : public ::testing::Test {
 protected:
  ExactlyOnce() {
    options_.jobs = 4;
    options_.commit_interval = std::chrono::milliseconds(30);
    options_.pace.delay = {};
    options_.retry.retries = 0;
  }

  ~ExactlyOnce() override = default;

  // The state of the crawl that is in this folder.
  virtual std::unique_ptr<StateStore> open(const std::string& folder,
                                           const Clock& /*clock*/,
                                           FakeFetcher& /*web*/) {
    auto store = FileState::open({.path = folder + "/state", .settings = {}});
    EXPECT_TRUE(store) << store.error().message;
    return *std::move(store);
  }
  // Of a run that was killed.
  virtual void forget(std::unique_ptr<StateStore> /*store*/) {}

  // One run, killed at its `waits`th wait (0: never). True if it came to its
  // end.
  bool run(const std::string& folder, std::vector<std::string>& kept,
           std::vector<std::string> lines, int waits) {
    ManualClock& clock = clocks_.emplace_back();
    FakeFetcher& web = webs_.emplace_back(clock);
    std::unique_ptr<StateStore> store = open(folder, clock, web);
    // Of a shared state, after its first turn.
    const bool resumed = store->resumed() && !store->positions().empty();
    std::vector<std::unique_ptr<Sink>> sinks;
    std::vector<Sink*> all;
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      // Opened once to know its name, which its position is kept under.
      sinks.push_back(std::make_unique<Named>(
          cases_[i].name,
          cases_[i].open(
              folder, resumed ? std::optional(store->position(cases_[i].name))
                              : std::nullopt)));
      all.push_back(sinks.back().get());
    }
    kept.resize(store->position("kept"));
    sinks.push_back(std::make_unique<KeptSink>(kept));
    all.push_back(sinks.back().get());

    build(web, 300);
    web.keep_with(testing::kept_of_exchange);
    int left = waits;
    web.before_wait([&] {
      if (waits > 0 && --left == 0) throw Killed();
      if (!store->is_shared()) return;
      const Result<bool> answered = store->await();
      EXPECT_TRUE(answered) << answered.error().message;
    });
    Crawler crawler(options_, web, all, clock, nullptr, store.get());
    const auto seeds = make_seeds(std::move(lines));
    try {
      const Result<CrawlStats> stats = crawler.run(*seeds);
      EXPECT_TRUE(stats) << stats.error().message;
      EXPECT_TRUE(stats && stats->adds_up());
      totals_ = *stats;
    } catch (const Killed&) {
      forget(std::move(store));
      return false;
    }
    return true;
  }

  void expect_the_same_after_a_hundred_kills(
      const std::vector<std::string>& lines) {
    const TempDir whole, parts;
    std::vector<std::string> kept_whole, kept_parts;
    ASSERT_TRUE(run(whole.path().string(), kept_whole, lines, 0));
    const CrawlStats expected = totals_;

    std::minstd_rand random(1);
    int kills = 0;
    while (
        !run(parts.path().string(), kept_parts, lines,
             kills < 100 ? 2 + static_cast<int>(random() % most_waits_) : 0)) {
      ++kills;
    }
    EXPECT_EQ(kills, 100);
    if (!shared_) {
      EXPECT_EQ(totals_.fetched, expected.fetched);
      EXPECT_EQ(totals_.failed, expected.failed);
      EXPECT_EQ(totals_.skipped, expected.skipped);
      EXPECT_EQ(totals_.by_kind, expected.by_kind);
    }
    for (const SinkCase& sink : cases_) {
      std::vector<std::string> a = sink.urls(whole.path().string());
      std::vector<std::string> b = sink.urls(parts.path().string());
      EXPECT_GT(a.size(), 20U) << sink.name;
      std::sort(a.begin(), a.end());
      std::sort(b.begin(), b.end());
      EXPECT_EQ(a, b) << sink.name;
    }
    std::sort(kept_whole.begin(), kept_whole.end());
    std::sort(kept_parts.begin(), kept_parts.end());
    EXPECT_EQ(kept_whole, kept_parts);
  }

  // Cases may share a kind, and so a name: their positions are kept apart.
  class Named final : public Sink {
   public:
    Named(std::string name, std::unique_ptr<Sink> sink)
        : name_(std::move(name)), sink_(std::move(sink)) {}
    std::string_view name() const override { return name_; }
    Result<void> take(const Outcome& o) override { return sink_->take(o); }
    Result<void> annotate(CrawlRecord& r) override {
      return sink_->annotate(r);
    }
    Result<void> keep(const KeptExchange& e) override { return sink_->keep(e); }
    Result<void> flush() override { return sink_->flush(); }
    Result<std::uint64_t> sync() override { return sink_->sync(); }
    Result<void> close() override { return sink_->close(); }

   private:
    const std::string name_;
    const std::unique_ptr<Sink> sink_;
  };

  CrawlOptions options_;
  CrawlStats totals_;
  bool shared_ = false;  // each run counts for itself
  unsigned most_waits_ = 9;
  // What states hear of after a kill.
  std::deque<ManualClock> clocks_;
  std::deque<FakeFetcher> webs_;
  const std::vector<SinkCase> cases_ = testing::all_sink_cases();
};

TEST_F(ExactlyOnce, SiteKilledAHundredTimes) {
  options_.site.emplace();
  expect_the_same_after_a_hundred_kills(
      {"http://a.test/", "http://a.test/1", "no url:", "http://a.test/"});
}

// The same with the state in a Redis. A worker that was killed is not heard of
// again, but what it had told Redis last may still be on its way.
class SharedExactlyOnce : public ExactlyOnce {
 protected:
  SharedExactlyOnce() {
    shared_ = true;
    most_waits_ = 10;
  }
  ~SharedExactlyOnce() override { gone_.clear(); }

  std::unique_ptr<StateStore> open(const std::string& folder,
                                   const Clock& clock,
                                   FakeFetcher& web) override {
    web.expect_wakes();
    SharedOptions options;
    options.address =
        redis_.url(std::filesystem::path(folder).filename().string());
    options.worker = "a";
    auto store = SharedState::open(
        std::move(options), clock, [&web] { web.wake(); },
        std::chrono::seconds(5));
    EXPECT_TRUE(store) << store.error().message;
    return *std::move(store);
  }
  void forget(std::unique_ptr<StateStore> store) override {
    gone_.push_back(std::move(store));
  }

  testing::RedisServer redis_;
  std::vector<std::unique_ptr<StateStore>> gone_;
};

TEST_F(SharedExactlyOnce, SiteKilledAHundredTimes) {
  options_.site.emplace();
  expect_the_same_after_a_hundred_kills({"http://a.test/", "http://a.test/1"});
}

TEST_F(ExactlyOnce, ListKilledAHundredTimes) {
  options_.unique = true;
  options_.filter.emplace();
  options_.filter->kind = ScopeKind::kAny;
  options_.filter->exclude = {"[37]$"};
  std::vector<std::string> lines;
  for (int i = 0; i < 300; ++i) {
    lines.push_back(fmt::format("http://a.test/{}", i % 250));
    if (i % 10 == 0) lines.push_back(fmt::format("no url {}:", i));
  }
  expect_the_same_after_a_hundred_kills(lines);
}

// The redirect's target is wanted by a page that is committed; the redirecting
// page, asked again after the kill, leads nowhere.
TEST_F(ExactlyOnce, TargetOfARedirectThatAKillTookBackIsFetched) {
  const TempDir folder;
  options_.site.emplace();
  options_.commit_interval = {};
  const auto run_with = [&](bool first) {
    auto store =
        FileState::open({.path = folder.file("state"), .settings = {}});
    ASSERT_TRUE(store);
    const auto sink = cases_[0].open(
        folder.path().string(),
        first ? std::nullopt : std::optional((*store)->position("records")));
    ManualClock clock;
    FakeFetcher web(clock);
    using std::chrono::milliseconds;
    web.reply("http://a.test/robots.txt", {.status = 404});
    web.reply("http://a.test/",
              {.links = {"http://a.test/from", "http://a.test/other",
                         "http://a.test/more"}});
    if (first) {
      web.reply("http://a.test/from", {.status = 302, .location = "/target"});
    } else {
      web.reply("http://a.test/from", {.status = 404});
    }
    web.reply("http://a.test/target", {.latency = milliseconds(10'000)});
    web.reply("http://a.test/other",
              {.latency = milliseconds(50), .links = {"http://a.test/target"}});
    web.reply("http://a.test/more", {.latency = milliseconds(500)});
    web.before_wait([&] {
      if (first && clock.now() - Clock::time_point{} >= milliseconds(1'000)) {
        throw Killed();
      }
    });
    Crawler crawler(options_, web, {sink.get()}, clock, nullptr, store->get());
    const auto seeds = make_seeds({"http://a.test/"});
    try {
      EXPECT_TRUE(crawler.run(*seeds));
    } catch (const Killed&) {
    }
  };
  run_with(true);
  run_with(false);
  EXPECT_THAT(cases_[0].urls(folder.path().string()),
              ::testing::UnorderedElementsAre(
                  "http://a.test/", "http://a.test/from", "http://a.test/other",
                  "http://a.test/more", "http://a.test/target"));
}

TEST_F(ExactlyOnce, ListWhoseFirstLinesHaveChangedIsNotGoneOnWith) {
  const TempDir folder;
  std::vector<std::string> kept, lines;
  for (int i = 0; i < 100; ++i) lines.push_back(fmt::format("a.test/{}", i));
  EXPECT_FALSE(run(folder.path().string(), kept, lines, 20));
  lines.insert(lines.begin(), "a.test/new");
  auto store = FileState::open({.path = folder.file("state"), .settings = {}});
  ASSERT_TRUE(store);
  ManualClock clock;
  FakeFetcher web(clock);
  KeptSink sink(kept);
  Crawler crawler(options_, web, {&sink}, clock, nullptr, store->get());
  const Result<CrawlStats> stats = crawler.run(*make_seeds(lines));
  ASSERT_FALSE(stats);
  EXPECT_THAT(stats.error().message, ::testing::HasSubstr("changed"));
}

TEST_F(ExactlyOnce, LimitsHoldOverAllRuns) {
  for (const bool site : {true, false}) {
    const TempDir folder;
    std::vector<std::string> kept, lines{"http://a.test/"};
    if (site) options_.site.emplace();
    if (!site) {
      options_.site.reset();
      for (int i = 1; i < 100; ++i)
        lines.push_back(fmt::format("a.test/{}", i));
    }
    options_.budget.max_pages = 30;
    for (int kill = 0; kill < 10; ++kill) {
      if (run(folder.path().string(), kept, lines, 9)) break;
    }
    while (!run(folder.path().string(), kept, lines, 0)) {
    }
    EXPECT_EQ(cases_[0].urls(folder.path().string()).size(), 30U);
    EXPECT_TRUE(totals_.out_of_budget);
    options_.budget.max_pages = 40;
    EXPECT_TRUE(run(folder.path().string(), kept, lines, 0));
    EXPECT_EQ(cases_[0].urls(folder.path().string()).size(), 40U);
  }
}

}  // namespace
}  // namespace crawl
