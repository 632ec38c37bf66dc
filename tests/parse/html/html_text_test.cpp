#include "parse/html/html_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace crawl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string_view> srcset(std::string_view value) {
  std::vector<std::string_view> urls;
  split_srcset(value, 100, urls);
  return urls;
}

TEST(HtmlText, WhiteSpaceIsCollapsedAndStripped) {
  EXPECT_EQ(collapsed(" \t\n\f\ra \n b\r"), "a b");
  EXPECT_EQ(collapsed("a\vb\u00A0c"), "a\vb\u00A0c");
  EXPECT_EQ(collapsed(" \n "), "");
}

TEST(HtmlText, CollapsesAcrossPieces) {
  std::string out = "x";
  bool pending = false;
  append_collapsed(" a ", 1, pending, out);
  append_collapsed(" ", 1, pending, out);
  append_collapsed("b ", 1, pending, out);
  EXPECT_EQ(out, "xa b");
}

TEST(HtmlText, TokensAreWholeWordsInAnyCase) {
  EXPECT_TRUE(has_token("a CANONICAL\tb", "canonical"));
  EXPECT_FALSE(has_token("canonical-not not-canonical", "canonical"));
  EXPECT_FALSE(has_token("", "canonical"));
}

TEST(HtmlText, SrcsetIsSplitAsTheStandardSays) {
  EXPECT_THAT(srcset("a 1x, b 2x"), ElementsAre("a", "b"));
  EXPECT_THAT(srcset("a,b 1x"), ElementsAre("a,b"));
  EXPECT_THAT(srcset("a,,, b"), ElementsAre("a", "b"));
  EXPECT_THAT(srcset("a (b, c) 1x, d"), ElementsAre("a", "d"));
  EXPECT_THAT(srcset(",\n,"), IsEmpty());
}

TEST(HtmlText, SrcsetIsSplitUpToALimit) {
  std::vector<std::string_view> urls;
  split_srcset("a, b, c", 2, urls);
  EXPECT_THAT(urls, ElementsAre("a", "b"));
}

TEST(HtmlText, RefreshUrlAsTheStandardSays) {
  EXPECT_EQ(refresh_url("1; url=a"), "a");
  EXPECT_EQ(refresh_url(" 1 , URL\t=\n'a b' c"), "a b");
  EXPECT_EQ(refresh_url("1;a"), "a");
  EXPECT_EQ(refresh_url("1 \"a\""), "a");
  EXPECT_EQ(refresh_url("1.5.; u"), "u");
  EXPECT_EQ(refresh_url("1; url a"), "url a");
  EXPECT_EQ(refresh_url("1"), std::nullopt);
  EXPECT_EQ(refresh_url("1a"), std::nullopt);
  EXPECT_EQ(refresh_url("url=a"), std::nullopt);
}

TEST(HtmlText, ForeignSchemes) {
  for (const std::string_view foreign :
       {"mailto:x", " \x01JavaScript:x", "data:", "a+b-c.d1:x",
        "httpx:", "h:"}) {
    EXPECT_TRUE(has_foreign_scheme(foreign)) << foreign;
  }
  for (const std::string_view other :
       {"http:x", "HTTPS://x", "x", "x/y:z", "?a:b", "#a:b", ":x", "1a:x", "",
        "//x", "java\nscript:x"}) {
    EXPECT_FALSE(has_foreign_scheme(other)) << other;
  }
}

}  // namespace
}  // namespace crawl
