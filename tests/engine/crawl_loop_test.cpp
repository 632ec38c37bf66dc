// The loop with an agenda and a sink that live in this file alone: a new kind
// of crawl and a new output need no change elsewhere.
#include "engine/crawl_loop.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/agenda.h"
#include "engine/ledger.h"
#include "engine/record_builder.h"
#include "support/fake_fetcher.h"
#include "support/manual_clock.h"

namespace crawl {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using testing::FakeFetcher;
using testing::ManualClock;
using ::testing::SizeIs;

// The numbers from 1 to `last`, each a page of one host.
class NumbersAgenda final : public Agenda {
 public:
  NumbersAgenda(int last, Ledger& ledger, const Clock& clock)
      : last_(last), ledger_(ledger), clock_(clock) {}

  std::unique_ptr<Job> next() override {
    if (stopped_ || next_ > last_ || !ledger_.budget().may_begin_page()) {
      return nullptr;
    }
    ledger_.budget().page_begins();
    ++open_;
    const auto number = static_cast<std::uint64_t>(next_++);
    return std::make_unique<Job>(
        number, "", *Url::parse(fmt::format("http://n.test/{}", number)));
  }
  FetchRequest request(const Job& job) override { return {.url = job.url}; }
  void answered(std::unique_ptr<Job> job, FetchResult result) override {
    ledger_.budget().page_ends();
    --open_;
    ++since_commit_;
    ledger_.finish(make_record(*job, result, ErrorKind::kNone, ""), &result);
  }
  std::optional<Clock::time_point> wake_at(bool /*slots_free*/) const override {
    return std::nullopt;
  }
  bool finished() const override {
    return open_ == 0 && (next_ > last_ || ledger_.budget().pages_used_up());
  }
  void stop() override { stopped_ = true; }
  SlotUse idle_use() const override { return SlotUse::kNothing; }
  void count(CrawlStats& stats) const override {
    stats.admitted = static_cast<std::uint64_t>(last_);
    stats.left = stats.admitted - stats.done();
  }

  bool commits() const override { return true; }
  std::optional<Clock::time_point> commit_due() const override {
    if (since_commit_ == 0) return std::nullopt;
    return committed_at_ + std::chrono::seconds(1);
  }
  Result<void> commit(const SinkPositions& positions) override {
    commits_.push_back(positions);
    committed_at_ = clock_.now();
    since_commit_ = 0;
    return {};
  }
  const std::vector<SinkPositions>& all_commits() const { return commits_; }

 private:
  const int last_;
  Ledger& ledger_;
  const Clock& clock_;
  int next_ = 1;
  int open_ = 0;
  bool stopped_ = false;
  int since_commit_ = 0;
  Clock::time_point committed_at_{};
  std::vector<SinkPositions> commits_;
};

// Keeps the URLs it is told of.
class UrlSink final : public Sink {
 public:
  std::string_view name() const override { return "urls"; }
  Result<void> take(const Outcome& outcome) override {
    if (fails_after == urls.size()) return make_error("urls: no room");
    urls.push_back(outcome.record.url);
    return {};
  }
  Result<void> flush() override {
    ++flushes;
    return {};
  }
  Result<std::uint64_t> sync() override { return urls.size(); }
  bool closed_by_reader() const override { return urls.size() >= reader_takes; }

  std::vector<std::string> urls;
  int flushes = 0;
  std::size_t fails_after = ~std::size_t{0};
  std::size_t reader_takes = ~std::size_t{0};
};

class CrawlLoopTest : public ::testing::Test {
 protected:
  Result<void> run(int last, BudgetOptions budget = {}) {
    ledger_.emplace(std::vector<Sink*>{&sink_, &other_}, budget, clock_,
                    nullptr);
    agenda_.emplace(last, *ledger_, clock_);
    loop_.emplace(4, fetcher_, *ledger_, clock_);
    Result<void> ran = loop_->run(*agenda_);
    EXPECT_TRUE(ledger_->stats().adds_up());
    return ran;
  }

  ManualClock clock_;
  FakeFetcher fetcher_{clock_};
  UrlSink sink_, other_;
  std::optional<Ledger> ledger_;
  std::optional<NumbersAgenda> agenda_;
  std::optional<CrawlLoop> loop_;
};

TEST_F(CrawlLoopTest, EverySinkTakesEachOutcomeOnce) {
  ASSERT_TRUE(run(3));
  EXPECT_THAT(sink_.urls, ElementsAre("http://n.test/1", "http://n.test/2",
                                      "http://n.test/3"));
  EXPECT_EQ(other_.urls, sink_.urls);
  EXPECT_EQ(ledger_->stats().fetched, 3U);
}

TEST_F(CrawlLoopTest, KeepsNoMoreInFlightThanItMay) {
  ASSERT_TRUE(run(100));
  EXPECT_THAT(sink_.urls, SizeIs(100));
  EXPECT_EQ(fetcher_.max_in_flight(), 4U);
}

TEST_F(CrawlLoopTest, CommitsThePositionsOfAllSinksWhenTheyAreDue) {
  ASSERT_TRUE(run(1'000));  // 10 ms each, four at a time
  ASSERT_GE(agenda_->all_commits().size(), 3U);
  std::uint64_t before = 0;
  for (const SinkPositions& positions : agenda_->all_commits()) {
    ASSERT_EQ(positions.size(), 2U);
    EXPECT_EQ(positions[0].position, positions[1].position);
    EXPECT_GE(positions[0].position, before);
    before = positions[0].position;
  }
  EXPECT_EQ(before, 1'000U);
}

TEST_F(CrawlLoopTest, FlushesBeforeAReaderWaitsLong) {
  for (int i = 1; i <= 8; ++i) {
    fetcher_.reply(fmt::format("http://n.test/{}", i),
                   {.latency = milliseconds(100 * i)});
  }
  ASSERT_TRUE(run(8));
  EXPECT_GE(sink_.flushes, 7);
}

TEST_F(CrawlLoopTest, BudgetOfPagesGivesExactlySoManyRecords) {
  ASSERT_TRUE(run(100, {.max_pages = 7}));
  EXPECT_THAT(sink_.urls, SizeIs(7));
  EXPECT_THAT(fetcher_.starts(), SizeIs(7));
}

TEST_F(CrawlLoopTest, BudgetOfTimeEndsItThoughEverySlotIsBusy) {
  for (int i = 1; i <= 100; ++i) {
    fetcher_.reply(fmt::format("http://n.test/{}", i),
                   {.latency = std::chrono::seconds(3)});
  }
  ASSERT_TRUE(run(100, {.max_time = std::chrono::seconds(5)}));
  EXPECT_THAT(sink_.urls, SizeIs(8));
  EXPECT_TRUE(ledger_->stats().out_of_budget);
}

TEST_F(CrawlLoopTest, WhatIsInFlightWhenTimeIsUpHasAWhileAndNoMore) {
  for (int i = 1; i <= 100; ++i) {
    fetcher_.reply(fmt::format("http://n.test/{}", i),
                   {.latency = std::chrono::hours(1)});
  }
  const Clock::time_point begin = clock_.now();
  ASSERT_TRUE(run(100, {.max_time = std::chrono::seconds(5)}));
  EXPECT_THAT(fetcher_.starts(), SizeIs(4));
  EXPECT_EQ(clock_.now() - begin, std::chrono::seconds(10));
}

TEST_F(CrawlLoopTest, FirstStopFinishesWhatIsInFlight) {
  int waits = 0;
  fetcher_.before_wait([&] {
    if (++waits == 10) loop_->request_stop();
  });
  ASSERT_TRUE(run(100));
  EXPECT_TRUE(ledger_->stats().stopped);
  EXPECT_EQ(sink_.urls.size(), fetcher_.starts().size());
  EXPECT_LT(sink_.urls.size(), 100U);
}

TEST_F(CrawlLoopTest, FailedSinkEndsItWithItsError) {
  sink_.fails_after = 5;
  const Result<void> ran = run(100);
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().message, "urls: no room");
  EXPECT_LT(fetcher_.starts().size(), 15U);
}

TEST_F(CrawlLoopTest, EndsQuietlyWhenItsReaderHasGone) {
  sink_.reader_takes = 5;
  ASSERT_TRUE(run(100));
  EXPECT_LT(fetcher_.starts().size(), 15U);
}

}  // namespace
}  // namespace crawl
