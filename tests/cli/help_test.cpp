#include "cli/help.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "cli/typed_args.h"
#include "crawl/parse/robots.h"
#include "writer/clean_text.h"

namespace crawl::cli {
namespace {

void expect_lines_fit(const std::string& text, std::size_t columns) {
  ASSERT_TRUE(text.ends_with('\n'));
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    EXPECT_LE(display_width(line), columns) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
    at = end + 1;
  }
}

TEST(Help, EveryOptionStandsInItOnce) {
  const std::string help = help_text();
  for (const OptionSpec& option : all_options()) {
    if (option.hidden) continue;
    const std::string name = "--" + std::string(option.long_name);
    const std::size_t line =
        option.short_name == '\0'
            ? help.find("\n      " + name)
            : help.find("\n  -" + std::string(1, option.short_name) + ", " +
                        name);
    EXPECT_NE(line, std::string::npos) << name;
    EXPECT_FALSE(option.help.empty()) << name;
  }
}

TEST(Help, LinesFitEightyColumns) {
  expect_lines_fit(help_text(), 80);
  expect_lines_fit(field_list_text(), 80);
  EXPECT_EQ(help_text(200), help_text());
}

TEST(Help, LinesFitNarrowScreensButForExamples) {
  for (const std::size_t columns : {40U, 60U, 71U, 72U}) {
    std::string help = help_text(columns);
    for (const std::string_view example : examples()) {
      const std::size_t at = help.find(example);
      ASSERT_NE(at, std::string::npos);
      help.replace(at, example.size(), "x");
    }
    expect_lines_fit(help, columns);
    if (columns >= 60) expect_lines_fit(field_list_text(columns), columns);
  }
}

TEST(Help, StatusTwoIsForOutputThatFailsInMidCrawlToo) {
  std::string help = help_text();
  std::replace(help.begin(), help.end(), '\n', ' ');
  EXPECT_THAT(help,
              testing::HasSubstr("2 if crawl could not begin, or not go on "
                                 "because its output or state could not be "
                                 "written, 130"));
}

TEST(Help, NamesAreUnique) {
  std::set<std::string_view> names;
  std::set<char> letters;
  for (const OptionSpec& option : all_options()) {
    EXPECT_TRUE(names.insert(option.long_name).second) << option.long_name;
    if (option.short_name != '\0') {
      EXPECT_TRUE(letters.insert(option.short_name).second)
          << option.short_name;
    }
  }
}

TEST(Help, UserAgentHasTheVersion) {
  const std::string agent = default_user_agent();
  EXPECT_THAT(agent,
              testing::MatchesRegex("crawl/[0-9.]+ [(][+]https://[^ ]+[)]"));
  const std::string version = agent.substr(6, agent.find(' ') - 6);
  EXPECT_THAT(version_text(), testing::StartsWith("crawl " + version + " "));
  EXPECT_EQ(product_token(agent), "crawl");
}

}  // namespace
}  // namespace crawl::cli
