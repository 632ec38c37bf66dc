#include "cli/compare_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace crawl::cli {
namespace {

using nlohmann::json;

std::vector<CompareRun> sample() {
  return {{true, 1, 200, 0, 10.3, 0.0512, 0.052},
          {false, 8, 200, 0, 1.31, 0.0513, 0.0561},
          {false, 64, 200, 0, 0.18, 0.053, 0.07}};
}

TEST(CompareTable, ShowsSpeedUpAndEfficiencyWithABar) {
  EXPECT_EQ(format_comparison(sample(), OutputFormat::kText),
            "         jobs  wall time  pages/s  speed-up  efficiency      p50"
            "      p95\n"
            "one at a time     10.3 s     19.4      1.00       100 %  51.2 ms"
            "  52.0 ms  ▍\n"
            "            8     1.31 s      153      7.86        98 %  51.3 ms"
            "  56.1 ms  ██▊\n"
            "           64     180 ms    1,111     57.22        89 %  53.0 ms"
            "  70.0 ms  ████████████████████\n");
}

TEST(CompareTable, FailuresHaveAColumnIfThereAreAny) {
  auto runs = sample();
  EXPECT_THAT(format_comparison(runs, OutputFormat::kText),
              testing::Not(testing::HasSubstr("failed")));
  runs[1].failed = 3;
  EXPECT_THAT(format_comparison(runs, OutputFormat::kText),
              testing::HasSubstr("  failed\n"));
}

TEST(CompareTable, JsonLinesHaveTheFigures) {
  std::istringstream in(format_comparison(sample(), OutputFormat::kJsonl));
  std::vector<json> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(json::parse(line));
  }
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0]["mode"], "sequential");
  EXPECT_EQ(lines[0]["speed_up"], 1.0);
  EXPECT_EQ(lines[1]["mode"], "pooled");
  EXPECT_EQ(lines[1]["jobs"], 8);
  EXPECT_EQ(lines[1]["pages"], 200);
  EXPECT_EQ(lines[1]["failed"], 0);
  EXPECT_NEAR(lines[1]["wall_time"], 1.31, 1e-6);
  EXPECT_NEAR(lines[1]["pages_per_second"], 200 / 1.31, 1e-6);
  EXPECT_NEAR(lines[1]["speed_up"], 10.3 / 1.31, 1e-6);
  EXPECT_NEAR(lines[1]["efficiency"], 10.3 / 1.31 / 8, 1e-6);
  EXPECT_NEAR(lines[1]["time_total_p50"], 0.0513, 1e-6);
  EXPECT_NEAR(lines[1]["time_total_p95"], 0.0561, 1e-6);
}

TEST(CompareTable, EmptyRunsDoNotDivideByNothing) {
  EXPECT_EQ(format_comparison({}, OutputFormat::kText), "");
  const std::vector<CompareRun> nothing = {{true, 1, 0, 0, 0, 0, 0},
                                           {false, 8, 0, 0, 0, 0, 0}};
  EXPECT_THAT(format_comparison(nothing, OutputFormat::kText),
              testing::HasSubstr("0.00"));
  for (const char* bad : {"nan", "inf"}) {
    EXPECT_THAT(format_comparison(nothing, OutputFormat::kText),
                testing::Not(testing::HasSubstr(bad)));
    EXPECT_THAT(format_comparison(nothing, OutputFormat::kJsonl),
                testing::Not(testing::HasSubstr(bad)));
  }
}

TEST(CompareTable, ARunThatWasCutShortIsNotCalledFast) {
  const std::vector<CompareRun> runs = {{true, 1, 100, 0, 10, 0.1, 0.1},
                                        {false, 8, 10, 0, 1, 0.1, 0.1}};
  EXPECT_THAT(format_comparison(runs, OutputFormat::kText),
              testing::ContainsRegex("\n +8 .* 1\\.00 "));
}

}  // namespace
}  // namespace crawl::cli
