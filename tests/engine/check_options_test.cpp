#include "engine/check_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "crawl/engine/crawler.h"
#include "support/fake_fetcher.h"
#include "support/manual_clock.h"

namespace crawl::testing {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

using Change = std::function<void(CrawlOptions&)>;

// What is wrong, and how the message names it.
std::vector<std::pair<std::string, Change>> wrong_options() {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  return {
      {"jobs is 0", [](auto& o) { o.jobs = 0; }},
      {"rate", [](auto& o) { o.rate = -1; }},
      {"rate", [](auto& o) { o.rate = kNaN; }},
      {"rate", [](auto& o) { o.rate = kInfinite; }},
      {"pace.delay", [](auto& o) { o.pace.delay = -1ns; }},
      {"pace.max_hold", [](auto& o) { o.pace.max_hold = -1ns; }},
      {"pace.target_concurrency",
       [](auto& o) { o.pace.target_concurrency = 0; }},
      {"pace.forgive_after", [](auto& o) { o.pace.forgive_after = 0ns; }},
      {"private_pace.delay", [](auto& o) { o.private_pace.delay = -1ns; }},
      {"max_redirs", [](auto& o) { o.max_redirs = -1; }},
      {"retry.first_wait", [](auto& o) { o.retry.first_wait = -1ms; }},
      {"retry.max_wait", [](auto& o) { o.retry.max_wait = -1ms; }},
      {"product_token", [](auto& o) { o.product_token = ""; }},
      {"needs a StateStore", [](auto& o) { o.site.emplace(); }},
  };
}

TEST(CheckOptions, TheUsualOnesAreRight) {
  EXPECT_TRUE(check_options({}, {}, nullptr));
}

TEST(CheckOptions, ACrawlThatCannotBeRunFailsAndFetchesNothing) {
  for (const auto& [message, change] : wrong_options()) {
    CrawlOptions options;
    change(options);
    ManualClock clock;
    FakeFetcher fetcher(clock);
    Crawler crawler(options, fetcher, {}, clock);
    const auto seeds = make_seeds({"http://a.test/"});
    const Result<CrawlStats> stats = crawler.run(*seeds);
    ASSERT_FALSE(stats) << message;
    EXPECT_THAT(stats.error().message, HasSubstr(message));
    EXPECT_TRUE(fetcher.starts().empty());
  }
}

TEST(CheckOptions, WhatASiteNeeds) {
  const auto store = *FileState::open({.path = "", .settings = {}});
  using SiteChange = std::function<void(SiteOptions&)>;
  const std::vector<std::pair<std::string, SiteChange>> wrong = {
      {"site.depth", [](auto& s) { s.depth = -1; }},
      {"site.sitemaps", [](auto& s) { s.sitemaps = {"http://"}; }},
  };
  for (const auto& [message, change] : wrong) {
    CrawlOptions options;
    options.site.emplace();
    EXPECT_TRUE(check_options(options, {}, store.get()));
    change(*options.site);
    const Result<void> checked = check_options(options, {}, store.get());
    ASSERT_FALSE(checked) << message;
    EXPECT_THAT(checked.error().message, HasSubstr(message));
  }
}

TEST(CheckOptions, ASinkThatIsNotThere) {
  EXPECT_FALSE(check_options({}, {nullptr}, nullptr));
}

}  // namespace
}  // namespace crawl::testing
