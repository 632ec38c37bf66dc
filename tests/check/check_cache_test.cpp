// What was there, kept between checks.

#include "check/check_cache.h"

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace crawl::testing {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;

TEST(CheckCache, WhatWasSavedOutlastsAnEndWithoutOne) {
  const TempDir directory;
  const std::string path = directory.file("links.db");
  const system_clock::time_point now{hours(24 * 365 * 50)};
  {
    const auto cache = CheckCache::open(path, now);
    ASSERT_TRUE(cache.has_value()) << cache.error().message;
    EXPECT_TRUE((*cache)->note_good("http://a.test/1", 200).has_value());
    EXPECT_TRUE((*cache)->save().has_value());
    EXPECT_TRUE((*cache)->note_good("http://a.test/2", 200).has_value());
  }
  const auto again = CheckCache::open(path, now + hours(1));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ((*again)->good_status("http://a.test/1"), 200);
  EXPECT_FALSE((*again)->is_good("http://a.test/2"));
}

TEST(CheckCache, NothingIsGoodForMoreThanADay) {
  const TempDir directory;
  const std::string path = directory.file("links.db");
  const system_clock::time_point now{hours(24 * 365 * 50)};
  {
    const auto cache = CheckCache::open(path, now);
    ASSERT_TRUE(cache.has_value());
    EXPECT_TRUE((*cache)->note_good("http://a.test/", 200).has_value());
    EXPECT_TRUE((*cache)->save().has_value());
  }
  for (const hours later : {hours(25), hours(-1)}) {
    const auto again = CheckCache::open(path, now + later);
    ASSERT_TRUE(again.has_value());
    EXPECT_FALSE((*again)->is_good("http://a.test/")) << later.count();
  }
  EXPECT_TRUE(
      (*CheckCache::open(path, now + hours(23)))->is_good("http://a.test/"));
}

}  // namespace
}  // namespace crawl::testing
