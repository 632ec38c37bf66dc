#include "cli/documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "cli/help.h"
#include "cli/typed_args.h"
#include "crawl/writer/fields.h"

namespace crawl::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// `text` as each document writes it, to be looked for.
std::string in_roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '-') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

TEST(Documents, EveryOptionIsInAllOfThemAndHiddenOnesInNone) {
  const std::string man = *make_document("man");
  const std::string bash = *make_document("bash");
  const std::string zsh = *make_document("zsh");
  const std::string fish = *make_document("fish");
  const std::string help = help_text();
  for (const OptionSpec& option : all_options()) {
    const std::string name(option.long_name);
    const bool in_man =
        man.find(in_roff("--" + name) + "\\fR") != std::string::npos;
    const bool in_bash = bash.find("--" + name + " ") != std::string::npos ||
                         bash.find("--" + name + "'") != std::string::npos;
    const bool in_zsh = zsh.find("--" + name + "[") != std::string::npos ||
                        zsh.find("--" + name + "=") != std::string::npos;
    const bool in_fish = fish.find(" -l " + name + " ") != std::string::npos;
    const bool in_help = help.find("--" + name) != std::string::npos;
    EXPECT_EQ(in_man, !option.hidden) << name;
    EXPECT_EQ(in_bash, !option.hidden) << name;
    EXPECT_EQ(in_zsh, !option.hidden) << name;
    EXPECT_EQ(in_fish, !option.hidden) << name;
    EXPECT_EQ(in_help, !option.hidden) << name;
  }
}

TEST(Documents, ManualPageHasEveryFieldAndExitStatus) {
  const std::string man = *make_document("man");
  for (const FieldInfo& field : all_fields()) {
    EXPECT_THAT(man, HasSubstr("\\fB" + std::string(field.name) + "\\fR"));
  }
  for (const ExitStatusText& status : exit_statuses()) {
    EXPECT_THAT(man, HasSubstr(".B " + std::string(status.number) + "\n"));
  }
}

TEST(Documents, OtherKindsAreErrors) {
  const auto document = make_document("tcsh");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().message,
            "--generate 'tcsh': give man, bash, zsh or fish");
}

}  // namespace
}  // namespace crawl::cli
