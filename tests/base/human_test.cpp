#include "crawl/base/human.h"

#include <gtest/gtest.h>

#include <limits>

namespace crawl {
namespace {

TEST(Human, BytesHaveThreeFigures) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(1023), "1023 B");
  EXPECT_EQ(human_bytes(1024), "1.00 KiB");
  EXPECT_EQ(human_bytes(36'966), "36.1 KiB");
  EXPECT_EQ(human_bytes(1'023 * 1'024), "1023 KiB");
  EXPECT_EQ(human_bytes((1ULL << 20U) - 1), "1.00 MiB");
  EXPECT_EQ(human_bytes(16ULL << 20U), "16.0 MiB");
  EXPECT_EQ(human_bytes(std::numeric_limits<std::uint64_t>::max()), "16.0 EiB");
}

TEST(Human, SecondsChooseTheirUnit) {
  EXPECT_EQ(human_seconds(0), "0.00 ms");
  EXPECT_EQ(human_seconds(0.000'42), "0.42 ms");
  EXPECT_EQ(human_seconds(0.052'1), "52.1 ms");
  EXPECT_EQ(human_seconds(0.999'6), "1.00 s");
  EXPECT_EQ(human_seconds(1.25), "1.25 s");
  EXPECT_EQ(human_seconds(59.9), "59.9 s");
  EXPECT_EQ(human_seconds(59.96), "1m 00s");
  EXPECT_EQ(human_seconds(125), "2m 05s");
  EXPECT_EQ(human_seconds(11'220), "3h 07m");
  EXPECT_EQ(human_seconds(-0.5), "-500 ms");
  EXPECT_EQ(human_seconds(1e300), "1e+300 s");
  EXPECT_EQ(human_seconds(std::numeric_limits<double>::quiet_NaN()), "-");
}

TEST(Human, CountsAreGrouped) {
  EXPECT_EQ(human_count(0), "0");
  EXPECT_EQ(human_count(999), "999");
  EXPECT_EQ(human_count(4'424), "4,424");
  EXPECT_EQ(human_count(1'234'567'890), "1,234,567,890");
}

}  // namespace
}  // namespace crawl
