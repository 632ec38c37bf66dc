// The README shows what the command really says.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "cli/help.h"

namespace crawl::cli {
namespace {

TEST(Readme, UsageIsTheHelpText) {
  std::ifstream in(CRAWL_DATA_DIR "/../README.md");
  const std::string readme{std::istreambuf_iterator<char>(in), {}};
  EXPECT_THAT(readme, ::testing::HasSubstr("```\n" + help_text() + "```"));
}

}  // namespace
}  // namespace crawl::cli
