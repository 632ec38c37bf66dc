#include "cli/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "support/pseudo_terminal.h"

namespace crawl::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

CrawlStats stats_at(std::chrono::nanoseconds elapsed, std::uint64_t done) {
  CrawlStats stats;
  stats.elapsed = elapsed;
  stats.fetched = done;
  stats.in_flight = 8;
  stats.queued = 3'212;
  return stats;
}

TEST(Progress, ShowsDoneInFlightQueuedRateErrorsAndTime) {
  CrawlStats stats = stats_at(72s, 1'200);
  stats.failed = 4;
  EXPECT_EQ(format_progress(stats, 412.3, 200),
            "1,204 done  8 in flight  3,212 queued  412/s  4 errors  1:12");
  stats.failed = 1;
  EXPECT_EQ(format_progress(stats, 2.04, 200),
            "1,201 done  8 in flight  3,212 queued  2.0/s  1 error  1:12");
}

TEST(Progress, IsCutToTheTerminal) {
  EXPECT_EQ(format_progress(stats_at(1s, 1), 1, 10), "1 done  8…");
  EXPECT_EQ(format_progress(stats_at(1s, 1), 1, 0), "");
}

TEST(Progress, DrawsInPlaceAndErasesCleanly) {
  testing::PseudoTerminal terminal;
  {
    ProgressLine line(terminal.fd());
    line.erase();
    EXPECT_EQ(terminal.seen(), "");
    line.draw(stats_at(1s, 100));
    EXPECT_EQ(terminal.seen(),
              "\r\x1b[K100 done  8 in flight  3,212 queued  100/s  0 errors  "
              "0:…");
    line.erase();
    EXPECT_EQ(terminal.seen(), "\r\x1b[K");
    line.erase();
    EXPECT_EQ(terminal.seen(), "");
    line.draw(stats_at(2s, 200));
    terminal.seen();
  }
  EXPECT_EQ(terminal.seen(), "\r\x1b[K");
}

TEST(Progress, IsRedrawnAtMostTenTimesASecond) {
  testing::PseudoTerminal terminal;
  ProgressLine line(terminal.fd());
  int drawn = 0;
  for (int ms = 1; ms <= 1'000; ++ms) {
    line.draw(stats_at(std::chrono::milliseconds(ms), 1));
    if (!terminal.seen().empty()) ++drawn;
  }
  EXPECT_EQ(drawn, 10);
}

TEST(Progress, RateFollowsTheLastSeconds) {
  testing::PseudoTerminal terminal;
  ProgressLine line(terminal.fd());
  std::uint64_t done = 0;
  std::string last;
  for (int second = 1; second <= 30; ++second) {
    done += second <= 15 ? 1'000 : 10;
    line.draw(stats_at(std::chrono::seconds(second), done));
    last = terminal.seen();
    if (second == 15) {
      EXPECT_THAT(last, HasSubstr("  1,000/s  "));
    }
  }
  EXPECT_THAT(last, HasSubstr("  10/s  "));
}

}  // namespace
}  // namespace crawl::cli
