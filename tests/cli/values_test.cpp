#include "cli/values.h"

#include <gtest/gtest.h>

#include <string>

namespace crawl::cli {
namespace {

using namespace std::chrono_literals;

TEST(Values, CountIsAWholeNumberWithinItsBounds) {
  EXPECT_EQ(parse_count("8", 1, 10), 8U);
  EXPECT_EQ(parse_count("0", 0, 10), 0U);
  EXPECT_EQ(parse_count("0", 1, 10).error().message, "give 1 or more");
  EXPECT_EQ(parse_count("11", 1, 10).error().message, "give 10 or less");
  EXPECT_EQ(parse_count("99999999999999999999999", 1, 1'000).error().message,
            "give 1,000 or less");
  for (const char* bad : {"", " ", "-1", "+1", "1.5", "8x", "x", "0x8", " 8"}) {
    EXPECT_EQ(parse_count(bad, 0, 10).error().message, "give a whole number")
        << bad;
  }
}

TEST(Values, DurationHasUnitsAndPlainSeconds) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("30"), 30s);
  EXPECT_EQ(parse_duration("0.25"), 250ms);
  EXPECT_EQ(parse_duration(".5"), 500ms);
  EXPECT_EQ(parse_duration("2m"), 2min);
  EXPECT_EQ(parse_duration("1h"), 1h);
  EXPECT_EQ(parse_duration("1d"), 24h);
  EXPECT_EQ(parse_duration("10us"), 10us);
  EXPECT_EQ(parse_duration("0"), 0s);
  for (const char* bad : {"", "s", "ms", "-1s", "1 s", "1x", "nan", "inf",
                          "1e3", "0x1p3", ".", "1s2", "99999999999999"}) {
    EXPECT_FALSE(parse_duration(bad)) << bad;
  }
}

TEST(Values, SizeCountsIn1024AsCurl) {
  EXPECT_EQ(parse_size("4096"), 4096U);
  EXPECT_EQ(parse_size("16M"), 16U << 20U);
  EXPECT_EQ(parse_size("500k"), 500U << 10U);
  EXPECT_EQ(parse_size("1.5G"), 3ULL << 29U);
  EXPECT_EQ(parse_size("1T"), 1ULL << 40U);
  EXPECT_EQ(parse_size("0"), 0U);
  for (const char* bad : {"", "M", "-1", "16MB", "16 M", "x", "9999999999T"}) {
    EXPECT_FALSE(parse_size(bad)) << bad;
  }
}

TEST(Values, RateNamesItsUnit) {
  EXPECT_DOUBLE_EQ(*parse_rate("10/s"), 10);
  EXPECT_DOUBLE_EQ(*parse_rate("600/m"), 10);
  EXPECT_DOUBLE_EQ(*parse_rate("0.5/s"), 0.5);
  EXPECT_DOUBLE_EQ(*parse_rate("3600/h"), 1);
  EXPECT_DOUBLE_EQ(*parse_rate("3/15s"), 0.2);
  EXPECT_DOUBLE_EQ(*parse_rate("1/500ms"), 2);
  for (const char* bad : {"", "10", "/s", "10/", "10/x", "10/15", "-1/s", "0/s",
                          "10s", "1/0s", "1/s/s"}) {
    EXPECT_FALSE(parse_rate(bad)) << bad;
  }
}

TEST(Values, LevelsAreDistinctNumbers) {
  EXPECT_EQ(parse_levels("1,2,4,8"), (std::vector<std::size_t>{1, 2, 4, 8}));
  EXPECT_EQ(parse_levels("64"), std::vector<std::size_t>{64});
  for (const char* bad : {"", ",", "1,", "0", "1,x", "8,8", "1 2"}) {
    EXPECT_FALSE(parse_levels(bad)) << bad;
  }
}

TEST(Values, HeaderIsSplitAtItsColon) {
  using Header = std::pair<std::string, std::string>;
  EXPECT_EQ(parse_header("Accept: text/html"), (Header{"Accept", "text/html"}));
  EXPECT_EQ(parse_header("X:a:b \t"), (Header{"X", "a:b"}));
  EXPECT_EQ(parse_header("Accept:"), (Header{"Accept", ""}));
  EXPECT_EQ(parse_header("Accept:  "), (Header{"Accept", ""}));
  for (const std::string& bad :
       {std::string(), std::string("Accept"), std::string(": x"),
        std::string("two words: x"), std::string("X;"),
        std::string("X: a\r\nB: c"), std::string("X: a\0b", 6),
        std::string("@headers.txt"), std::string("\xC3\xBC: x")}) {
    EXPECT_FALSE(parse_header(bad)) << bad;
  }
}

}  // namespace
}  // namespace crawl::cli
