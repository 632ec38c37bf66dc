// What the options allow a whole crawl is for all its workers together, at one
// shard of Redis and at several.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/shared_fixture.h"

namespace crawl::testing {
namespace {

using ::testing::HasSubstr;

class SharedLimitsTest : public SharedCliTest,
                         public ::testing::WithParamInterface<const char*> {
 protected:
  std::vector<std::string> limited(int worker,
                                   std::vector<std::string> limits = {}) {
    limits.insert(limits.end(), {"--shards", GetParam()});
    return worker_command(worker, std::move(limits));
  }
  // The same, saying what it comes to.
  ProcessResult run_limited(int worker, std::vector<std::string> limits) {
    auto arguments = limited(worker, std::move(limits));
    std::erase(arguments, "-q");
    return run_process(arguments);
  }
  // Who comes without that limit does the rest.
  void expect_rest_is_done(int workers) {
    for (int i = 0; i < workers; ++i) {
      const ProcessResult rest = run_process(limited(i));
      EXPECT_LE(rest.exit_status, 1) << rest.err;
    }
    expect_whole(workers);
  }
};

TEST_P(SharedLimitsTest, MaxPagesIsThatOfAllWorkers) {
  serve(900, 9);
  auto workers = begin_workers(4, [&](int i) {
    return limited(i, {"--max-pages", "100"});
  });
  expect_ends(workers);
  EXPECT_EQ(urls(4).size(), 100u);
}

TEST_P(SharedLimitsTest, MaxPagesMayBeRaised) {
  serve(300, 9);
  EXPECT_LE(run_process(limited(0, {"--max-pages", "40"})).exit_status, 1);
  EXPECT_EQ(urls(1).size(), 40u);
  EXPECT_LE(run_process(limited(1, {"--max-pages", "90"})).exit_status, 1);
  EXPECT_EQ(urls(2).size(), 90u);
  // It is not lowered.
  const ProcessResult less = run_limited(0, {"--max-pages", "40"});
  EXPECT_LE(less.exit_status, 1);
  EXPECT_THAT(less.err, HasSubstr("--max-pages is 90 by now"));
  EXPECT_EQ(urls(2).size(), 90u);
  expect_rest_is_done(2);
  EXPECT_THAT(run_limited(0, {"--max-pages", "40"}).err,
              HasSubstr("no --max-pages any more"));
}

TEST_P(SharedLimitsTest, MaxBytesIsThatOfAllWorkers) {
  serve(900, 9);
  const std::vector<std::string> bytes = {"--max-bytes", "20k"};
  EXPECT_LE(run_process(limited(0, bytes)).exit_status, 1);
  const std::size_t had = urls(1).size();
  EXPECT_GT(had, 10u);
  EXPECT_LT(had, 900u);
  const ProcessResult second = run_limited(1, bytes);
  EXPECT_LE(second.exit_status, 1);
  EXPECT_THAT(second.err, HasSubstr("--max-bytes"));
  EXPECT_EQ(urls(2).size(), had);
  expect_rest_is_done(2);
}

TEST_P(SharedLimitsTest, MaxTimeIsThatOfAllWorkers) {
  serve(900, 9);
  EXPECT_LE(run_process(limited(0, {"--max-bytes", "20k"})).exit_status, 1);
  const std::size_t had = urls(1).size();
  // It has taken longer than that already.
  const ProcessResult second = run_limited(1, {"--max-time", "1ms"});
  EXPECT_THAT(second.err, HasSubstr("--max-time"));
  EXPECT_EQ(urls(2).size(), had);
  expect_rest_is_done(2);
}

TEST_P(SharedLimitsTest, TheRateIsThatOfAllWorkers) {
  serve(120, 9);
  auto workers = begin_workers(3, [&](int i) {
    return limited(i, {"--rate", "100/s"});
  });
  expect_ends(workers);
  // Each worker's first goes out at once.
  std::vector<LoggedRequest::time_point> starts;
  for (std::size_t host = 0; host < hosts_; ++host) {
    const auto some = starts_at(host);
    starts.insert(starts.end(), some.begin(), some.end());
  }
  std::sort(starts.begin(), starts.end());
  EXPECT_GE(starts.back() - starts.front(),
            std::chrono::milliseconds(10) * (starts.size() - 10));
  expect_whole(3);
}

INSTANTIATE_TEST_SUITE_P(Shards, SharedLimitsTest, ::testing::Values("1", "3"),
                         [](const auto& each) {
                           return fmt::format("At{}", each.param);
                         });

}  // namespace
}  // namespace crawl::testing
