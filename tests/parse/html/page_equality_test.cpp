// The tag scanner and gumbo's tree say the same of a page, see
// data/pages/README.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parse/text/byte_scan.h"
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

// ASCII is the same in all of them.
std::vector<std::string_view> encodings_for(std::string_view page) {
  if (std::none_of(page.begin(), page.end(), bytes::is_not_ascii)) {
    return {"utf-8", "windows-1252"};
  }
  return {"utf-8",  "windows-1252", "big5",     "euc-jp",
          "euc-kr", "gb18030",      "shift_jis"};
}

TEST_P(PageEquality, WholeAndCutOffAnywhere) {
  const std::string page = contents(GetParam());
  ASSERT_FALSE(page.empty());
  for (const std::string_view encoding : encodings_for(page)) {
    for (const bool anchor_text : {false, true}) {
      for (std::size_t size = 0; size <= page.size(); ++size) {
        const PageComparison comparison =
            compare_readers(page.substr(0, size), encoding, anchor_text);
        // In another encoding than its author's, it may have such.
        if (comparison.departure == "control-character") continue;
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

// A page that is handed over would prove nothing.
TEST(PageEquality, PagesInMultiByteCharsetsAreReadByTheirTags) {
  const std::pair<const char*, const char*> pages[] = {
      {"big5", "big5"},     {"euc-jp", "euc-jp"},   {"euc-kr", "euc-kr"},
      {"gbk", "gbk"},       {"gb18030", "gb18030"}, {"shift-jis", "shift_jis"},
      {"broken", "gb18030"}};
  for (const auto& [name, encoding] : pages) {
    const std::string page =
        contents(std::filesystem::path(CRAWL_DATA_DIR) / "pages" /
                 (std::string("charset-") + name + ".html"));
    const PageComparison comparison = compare_readers(page, encoding, true);
    EXPECT_EQ(comparison.doubt, ScanDoubt::kNone) << name;
    EXPECT_EQ(comparison.bytes, page.size()) << name;
  }
}

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

TEST(PageDepartures, AnEndTagInACommentOrATagEndsNoSelect) {
  for (const char* page :
       {"<select></</select><a href=1>", "<select><!-- </select> --><a href=1>",
        "<textarea><!--</textarea><select><a href=1>",
        "<select x</select><a href=1>"}) {
    EXPECT_EQ(testing::known_departure(page), "select-content") << page;
  }
  EXPECT_EQ(testing::known_departure("<select><option></select><a href=1>"),
            "");
}

}  // namespace
}  // namespace crawl
