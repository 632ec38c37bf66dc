#include "engine/time_book.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "support/manual_clock.h"

namespace crawl {
namespace {

using namespace std::chrono_literals;

double slot_time(const TimeBreakdown& times, SlotUse use) {
  return times.slot_time[static_cast<std::size_t>(use)];
}

double whole(const TimeBreakdown& times) {
  double sum = 0;
  for (const double time : times.slot_time) sum += time;
  return sum;
}

FetchResult exchange_of(std::chrono::milliseconds total) {
  FetchResult result;
  result.times.total = std::chrono::duration<double>(total).count();
  return result;
}

class TimeBookTest : public ::testing::Test {
 protected:
  testing::ManualClock clock_;
  TimeBook book_{4, clock_.now()};
};

TEST_F(TimeBookTest, SlotTimesAddUpToTheSlots) {
  clock_.advance(1s);  // nothing came from the input yet
  book_.slots_are(3, SlotUse::kPoliteness, clock_.now());
  clock_.advance(2s);
  book_.slots_are(1, SlotUse::kNothing, clock_.now());
  clock_.advance(1s);
  const TimeBreakdown times = book_.close(clock_.now());
  EXPECT_DOUBLE_EQ(slot_time(times, SlotUse::kInput), 4);
  EXPECT_DOUBLE_EQ(slot_time(times, SlotUse::kNetwork), 3 * 2 + 1);
  EXPECT_DOUBLE_EQ(slot_time(times, SlotUse::kPoliteness), 2);
  EXPECT_DOUBLE_EQ(slot_time(times, SlotUse::kNothing), 3);
  EXPECT_DOUBLE_EQ(whole(times), 4 * 4);
}

// In a crawl of an hour: few, one behind the other, and nothing is lost.
TEST_F(TimeBookTest, SpansAddUpToTheWholeAndAreFewThousandAtMost) {
  const auto first = clock_.wall_time();
  double sum = 0;
  int spans = 0;
  auto end = first;
  const auto take = [&](bool last) {
    const auto span = book_.take_span(clock_.now(), clock_.wall_time(), last);
    if (!span) return;
    ++spans;
    EXPECT_NEAR(std::chrono::duration<double>(span->begun - end).count(), 0,
                1e-6);
    end = span->begun +
          std::chrono::duration_cast<std::chrono::system_clock::duration>(
              std::chrono::duration<double>(span->took));
    sum += span->network + span->parsing + span->politeness + span->ordering +
           span->input + span->nothing;
    EXPECT_NEAR(span->network, 3 * span->took, 1e-6);
  };
  book_.slots_are(3, SlotUse::kPoliteness, clock_.now());
  for (int i = 0; i < 360'000; ++i) {
    clock_.advance(10ms);
    book_.slots_are(3, SlotUse::kPoliteness, clock_.now());
    take(false);
  }
  clock_.advance(1ms);
  book_.slots_are(0, SlotUse::kNothing, clock_.now());
  take(true);
  EXPECT_NEAR(sum, 4 * 3600.001, 1e-3);
  EXPECT_GT(spans, 200);
  EXPECT_LT(spans, 3'000);
}

TEST_F(TimeBookTest, ParsingIsTakenFromTheRequestItEnds) {
  book_.slots_are(4, SlotUse::kNothing, clock_.now());
  clock_.advance(1s);
  FetchResult result = exchange_of(900ms);
  result.parse_time = 100ms;
  book_.exchange("http://a:80", result);
  const TimeBreakdown times = book_.close(clock_.now());
  EXPECT_DOUBLE_EQ(slot_time(times, SlotUse::kParsing), 0.1);
  EXPECT_DOUBLE_EQ(slot_time(times, SlotUse::kNetwork), 3.9);
}

TEST_F(TimeBookTest, MoreInFlightThanSlotsIsAllOfThem) {
  book_.slots_are(5, SlotUse::kNothing, clock_.now());
  clock_.advance(1s);
  EXPECT_DOUBLE_EQ(whole(book_.close(clock_.now())), 4);
}

TEST_F(TimeBookTest, TheSlowestHostsByMeanComeFirst) {
  for (int host = 0; host < 20; ++host) {
    const std::string key = "http://h" + std::to_string(host) + ":80";
    book_.exchange(key, exchange_of(host * 10ms));
    book_.exchange(key, exchange_of(host * 30ms));
  }
  const TimeBreakdown times = book_.close(clock_.now());
  ASSERT_EQ(times.slowest.size(), 5u);
  EXPECT_EQ(times.slowest[0].host, "http://h19:80");
  EXPECT_DOUBLE_EQ(times.slowest[0].mean(), 0.38);
  EXPECT_DOUBLE_EQ(times.slowest[0].worst, 0.57);
  EXPECT_EQ(times.slowest[0].requests, 2u);
  EXPECT_EQ(times.slowest[4].host, "http://h15:80");
  EXPECT_EQ(times.requests_elsewhere, 0u);
}

TEST_F(TimeBookTest, AMillionHostsTakeBoundedMemory) {
  constexpr int kHosts = 100'001;
  for (int host = 0; host < kHosts; ++host) {
    book_.exchange(std::to_string(host), exchange_of(1ms));
  }
  book_.exchange("0", exchange_of(9ms));
  const TimeBreakdown times = book_.close(clock_.now());
  EXPECT_EQ(times.requests_elsewhere, 1u);
  EXPECT_EQ(times.slowest[0].host, "0");
}

TEST_F(TimeBookTest, ConnectionsAndLookUpsAreCounted) {
  FetchResult first = exchange_of(5ms);
  first.looked_up = true;
  first.times.namelookup = 0.002;
  FetchResult second = exchange_of(1ms);
  second.reused_connection = true;
  book_.exchange("a", first);
  book_.exchange("a", second);
  book_.wrote(3ms);
  const TimeBreakdown times = book_.close(clock_.now());
  EXPECT_EQ(times.reused, 1u);
  EXPECT_EQ(times.lookups, 1u);
  EXPECT_DOUBLE_EQ(times.lookup_time, 0.002);
  EXPECT_DOUBLE_EQ(times.writing, 0.003);
}

}  // namespace
}  // namespace crawl
