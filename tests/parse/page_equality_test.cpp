// The tag scanner and gumbo's tree say the same of a page, see
// data/pages/README.md.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/page_oracle.h"

namespace crawl {
namespace {

using testing::compare_readers;
using testing::PageComparison;

std::vector<std::filesystem::path> pages_in(const std::string& directory) {
  std::vector<std::filesystem::path> pages;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(CRAWL_DATA_DIR) / directory)) {
    if (entry.path().extension() == ".html") pages.push_back(entry.path());
  }
  return pages;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class PageEquality : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(PageEquality, WholeAndCutOffAnywhere) {
  const std::string page = contents(GetParam());
  ASSERT_FALSE(page.empty());
  for (const std::string_view encoding : {"utf-8", "windows-1252"}) {
    for (const bool anchor_text : {false, true}) {
      for (std::size_t size = 0; size <= page.size(); ++size) {
        const PageComparison comparison =
            compare_readers(page.substr(0, size), encoding, anchor_text);
        ASSERT_EQ(comparison.difference, "") << page.substr(0, size) << "\n"
                                             << encoding << " " << anchor_text;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Pages, PageEquality, ::testing::ValuesIn(pages_in("pages")),
    [](const ::testing::TestParamInfo<std::filesystem::path>& page) {
      std::string name = page.param.stem().string();
      for (char& c : name) c = c == '-' ? '_' : c;
      return name;
    });

// An excuse that no page needs would hide what it should not.
TEST(PageDepartures, EachIsNeededAndNamed) {
  for (const auto& path : pages_in("pages/departures")) {
    PageComparison comparison = compare_readers(contents(path), "utf-8", false);
    if (comparison.difference.empty()) {
      comparison = compare_readers(contents(path), "utf-8", true);
    }
    EXPECT_EQ(comparison.doubt, ScanDoubt::kNone) << path;
    EXPECT_NE(comparison.difference, "") << path;
    EXPECT_EQ(comparison.departure, path.stem().string());
  }
}

TEST(PageDepartures, AnEndTagInACommentEndsNoSelect) {
  for (const char* page :
       {"<select></</select><a href=1>", "<select><!-- </select> --><a href=1>",
        "<textarea><!--</textarea><select><a href=1>"}) {
    EXPECT_EQ(testing::known_departure(page), "select-content") << page;
  }
  EXPECT_EQ(testing::known_departure("<select><option></select><a href=1>"),
            "");
}

}  // namespace
}  // namespace crawl
