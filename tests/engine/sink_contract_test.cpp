// What every sink promises (crawl/writer/sink.h), for each kind there is.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "crawl/writer/outcome.h"
#include "support/sink_cases.h"
#include "support/temp_dir.h"

namespace crawl {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using testing::SinkCase;
using testing::TempDir;

class SinkContract : public ::testing::TestWithParam<SinkCase> {
 protected:
  std::unique_ptr<Sink> open(
      std::optional<std::uint64_t> position = std::nullopt) {
    return GetParam().open(dir_.path().string(), position);
  }
  std::vector<std::string> urls() const {
    return GetParam().urls(dir_.path().string());
  }

  static std::string url(int number) {
    return fmt::format("http://s.test/{}", number);
  }
  // An Outcome that the sink is there for.
  void give(Sink& sink, int number) {
    CrawlRecord record;
    record.url = url(number);
    record.error =
        GetParam().takes_skips ? ErrorKind::kRobots : ErrorKind::kNone;
    record.ok = record.error == ErrorKind::kNone;
    record.status_code = record.ok ? 200 : 0;
    ASSERT_TRUE(sink.annotate(record));
    for (const auto& kept : testing::kept_of_exchange(record.url)) {
      ASSERT_TRUE(sink.keep(*kept));
    }
    ASSERT_TRUE(sink.take({record, !GetParam().takes_skips}));
  }
  static std::vector<std::string> up_to(int last) {
    std::vector<std::string> all;
    for (int i = 1; i <= last; ++i) all.push_back(url(i));
    return all;
  }

  TempDir dir_;
};

TEST_P(SinkContract, HoldsEveryOutcomeOnceWhenItIsClosed) {
  const auto sink = open();
  for (int i = 1; i <= 1'000; ++i) give(*sink, i);
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(urls(), ElementsAreArray(up_to(1'000)));
}

TEST_P(SinkContract, TakesOnlyTheOutcomesItIsThereFor) {
  const auto sink = open();
  CrawlRecord record;
  record.url = url(1);
  record.error = GetParam().takes_skips ? ErrorKind::kDns : ErrorKind::kScope;
  ASSERT_TRUE(sink->take({record, GetParam().takes_skips}));
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(urls(), IsEmpty());
}

TEST_P(SinkContract, IsEmptyIfNothingWasTaken) {
  ASSERT_TRUE(open()->close());
  EXPECT_THAT(urls(), IsEmpty());
}

TEST_P(SinkContract, SyncedOutcomesAreThereThoughItIsNeverClosed) {
  const auto sink = open();
  for (int i = 1; i <= 10; ++i) give(*sink, i);
  ASSERT_TRUE(sink->sync());
  EXPECT_THAT(urls(), ElementsAreArray(up_to(10)));
}

TEST_P(SinkContract, PositionZeroIsAnEmptySink) {
  auto sink = open();
  const Result<std::uint64_t> position = sink->sync();
  ASSERT_TRUE(position);
  for (int i = 1; i <= 10; ++i) give(*sink, i);
  ASSERT_TRUE(sink->flush());
  sink.reset();
  sink = open(*position);
  give(*sink, 1);
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(urls(), ElementsAreArray(up_to(1)));
}

TEST_P(SinkContract, WhatCameAfterTheLastSyncIsCutAndTakenAgain) {
  std::minstd_rand random(7);
  const auto some = [&random](int most) {
    return static_cast<int>(random() % static_cast<unsigned>(most));
  };
  auto sink = open();
  int next = 1;
  for (int kill = 0; kill < 50; ++kill) {
    const int synced = next + some(300);
    while (next < synced) give(*sink, next++);
    const Result<std::uint64_t> position = sink->sync();
    ASSERT_TRUE(position);
    for (int i = some(300); i > 0; --i) give(*sink, synced + i);
    if (some(2) == 0) {
      ASSERT_TRUE(sink->flush());
    }
    sink.reset();
    sink = open(*position);
  }
  ASSERT_TRUE(sink->close());
  EXPECT_THAT(urls(), ElementsAreArray(up_to(next - 1)));
}

INSTANTIATE_TEST_SUITE_P(Sinks, SinkContract,
                         ::testing::ValuesIn(testing::all_sink_cases()),
                         [](const auto& sink) {
                           std::string name = sink.param.name;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace crawl
