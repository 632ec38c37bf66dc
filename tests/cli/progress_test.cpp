#include "cli/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "support/pseudo_terminal.h"
#include "support/screen_model.h"
#include "writer/clean_text.h"

namespace crawl::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

CrawlStats stats_at(std::chrono::nanoseconds elapsed, std::uint64_t done) {
  CrawlStats stats;
  stats.elapsed = elapsed;
  stats.fetched = done;
  stats.in_flight = 8;
  stats.queued = 3'212;
  stats.admitted = 4'500;
  return stats;
}

TEST(Progress, OfAnUncountedListShowsDoneRateInFlightQueuedErrorsAndTime) {
  CrawlStats stats = stats_at(72s, 1'200);
  stats.failed = 4;
  EXPECT_EQ(format_progress(stats, {.rate = 412.3}, 200),
            "1,204 done  412/s  8 in flight  3,212 queued  4 errors  1:12");
  stats.failed = 1;
  EXPECT_EQ(format_progress(stats, {.rate = 2.04}, 200),
            "1,201 done  2.0/s  8 in flight  3,212 queued  1 error  1:12");
  EXPECT_THAT(format_progress(stats_at(1s, 1), {.rate = 1}, 200),
              Not(HasSubstr("error")));
}

TEST(Progress, OfACountedListShowsBarPercentAndTimeLeft) {
  const ProgressView view{.rate = 100, .total = 4'800};
  EXPECT_EQ(format_progress(stats_at(72s, 1'200), view, 200),
            "[#####...............]  25 %  1,200 of 4,800 done  100/s  "
            "0:36 left  8 in flight  1:12");
  EXPECT_THAT(format_progress(stats_at(9'000s, 4'800), view, 200),
              HasSubstr("100 %  4,800 of 4,800 done  100/s  8 in flight  "
                        "2:30:00"));
  // A list that grows while it is read.
  EXPECT_THAT(format_progress(stats_at(9s, 4'900), view, 200),
              HasSubstr("100 %  4,900 of 4,900 done"));
}

TEST(Progress, OfASiteShowsDoneOfKnown) {
  EXPECT_EQ(
      format_progress(stats_at(72s, 1'200), {.rate = 100, .site = true}, 200),
      "1,200 of 4,500 known done  100/s  8 in flight  1:12");
}

TEST(Progress, WhatMattersLessGoesFirstOnNarrowScreens) {
  CrawlStats stats = stats_at(72s, 1'200);
  stats.failed = 3;
  const ProgressView view{.rate = 100, .total = 4'800};
  EXPECT_EQ(format_progress(stats, view, 50),
            "25 %  1,203 of 4,800 done  0:36 left  3 errors");
  EXPECT_EQ(format_progress(stats, view, 30), "25 %  1,203 of 4,800 done");
  EXPECT_EQ(format_progress(stats, view, 3), "25…");
  for (std::size_t columns = 0; columns < 120; ++columns) {
    EXPECT_LE(display_width(format_progress(stats, view, columns)), columns);
  }
}

TEST(Progress, WhatItWaitsForIsSaidOnNarrowScreensToo) {
  CrawlStats stats = stats_at(72s, 1);
  stats.in_flight = 0;
  const ProgressView view{
      .rate = 1,
      .total = 5,
      .waiting = "waiting 599 s for a.test (HTTP status 503)"};
  // When it is through is told by the wait, not by the rate.
  EXPECT_EQ(format_progress(stats, view, 200),
            "[####................]  20 %  1 of 5 done  waiting 599 s for "
            "a.test (HTTP status 503)  1.0/s  1:12");
  EXPECT_EQ(format_progress(stats, view, 60),
            "20 %  waiting 599 s for a.test (HTTP status 503)");
  EXPECT_EQ(format_progress(stats, view, 30), "20 %  waiting 599 s for a.tes…");
}

class ProgressOnScreen : public ::testing::Test {
 protected:
  std::string drawn() {
    for (std::string seen = terminal_.seen(); !seen.empty();
         seen = terminal_.seen()) {
      model_.feed(seen);
    }
    return model_.text();
  }

  crawl::testing::PseudoTerminal terminal_;
  crawl::testing::ScreenModel model_{crawl::testing::PseudoTerminal::kColumns};
  std::shared_ptr<Screen> screen_ = std::make_shared<Screen>(terminal_.fd());
};

TEST_F(ProgressOnScreen, DrawsInPlaceAndErasesCleanly) {
  ProgressLine line(screen_, false);
  line.draw(stats_at(1s, 100), std::nullopt);
  EXPECT_EQ(drawn(), "100 done  100/s  8 in flight  3,212 queued  0:01\n");
  EXPECT_EQ(model_.cursor_column(), 0u);
  line.draw(stats_at(2s, 200), std::nullopt);
  EXPECT_EQ(drawn(), "200 done  100/s  8 in flight  3,212 queued  0:02\n");
  screen_->show("");
  EXPECT_EQ(drawn(), "\n");
  line.draw(stats_at(3s, 300), std::nullopt);
  drawn();
  screen_.reset();
}

TEST_F(ProgressOnScreen, LinesAreWrittenAboveIt) {
  ProgressLine line(screen_, false);
  line.draw(stats_at(1s, 100), std::nullopt);
  screen_->above([&] { ::dprintf(terminal_.fd(), "a record\r\n"); });
  EXPECT_EQ(drawn(),
            "a record\n100 done  100/s  8 in flight  3,212 queued  0:01\n");
  screen_->pause();
  line.draw(stats_at(2s, 100), std::nullopt);
  EXPECT_EQ(drawn(), "a record\n\n");
  screen_->go_on();
  line.draw(stats_at(3s, 100), std::nullopt);
  EXPECT_THAT(drawn(), HasSubstr("100 done"));
}

TEST_F(ProgressOnScreen, IsRedrawnAtMostTenTimesASecond) {
  ProgressLine line(screen_, false);
  int count = 0;
  for (int ms = 1; ms <= 1'000; ++ms) {
    line.draw(stats_at(std::chrono::milliseconds(ms), 1), std::nullopt);
    if (!terminal_.seen().empty()) ++count;
  }
  EXPECT_EQ(count, 10);
}

TEST_F(ProgressOnScreen, RateFollowsTheLastSeconds) {
  ProgressLine line(screen_, false);
  std::uint64_t done = 0;
  for (int second = 1; second <= 30; ++second) {
    done += second <= 15 ? 1'000 : 10;
    line.draw(stats_at(std::chrono::seconds(second), done), std::nullopt);
    const std::string text = drawn();
    if (second == 15) {
      EXPECT_THAT(text, HasSubstr("  1,000/s  "));
    }
  }
  EXPECT_THAT(drawn(), HasSubstr("  10/s  "));
}

TEST_F(ProgressOnScreen, ReasonToWaitStandsForASecond) {
  ProgressLine line(screen_, false);
  CrawlStats stats = stats_at(1s, 1);
  stats.in_flight = 0;
  line.draw(stats, std::nullopt, "waiting for x");
  EXPECT_THAT(drawn(), HasSubstr("waiting for x"));
  line.draw(stats_at(1500ms, 1), std::nullopt);
  EXPECT_THAT(drawn(), HasSubstr("waiting for x"));
  line.draw(stats_at(2s, 1), std::nullopt);
  EXPECT_THAT(drawn(), Not(HasSubstr("waiting for x")));
}

}  // namespace
}  // namespace crawl::cli
