#include "parse/sitemap/xml_reference.h"

#include <gtest/gtest.h>

#include <string>

namespace crawl {
namespace {

constexpr std::size_t kUnfinished = XmlReference::kUnfinished;

XmlReference match(std::string_view text) { return match_xml_reference(text); }

TEST(XmlReference, FiveNames) {
  EXPECT_EQ(match("&amp;amp;").numeric, "&#38;");
  EXPECT_EQ(match("&lt;").numeric, "&#60;");
  EXPECT_EQ(match("&gt;").numeric, "&#62;");
  EXPECT_EQ(match("&quot;").numeric, "&#34;");
  EXPECT_EQ(match("&apos;").numeric, "&#39;");
  EXPECT_EQ(match("&quot;x").size, 6u);
  for (const char* other :
       {"&AMP;", "&eacute;", "&amp ", "&amp&", "&&", "& "}) {
    EXPECT_EQ(match(other).size, 0u) << other;
  }
}

TEST(XmlReference, NumbersStayAsTheyAre) {
  for (const char* number : {"&#38;", "&#x26;", "&#x1F600;", "&#x1f600;",
                             "&#9;", "&#00038;", "&#x10FFFF;"}) {
    EXPECT_EQ(match(number + std::string("1;")).numeric, number);
  }
}

TEST(XmlReference, NumbersOfNoCharacterAreNone) {
  for (const char* number :
       {"&#;", "&#x;", "&#0;", "&#8;", "&#xd800;", "&#xffff;", "&#x110000;",
        "&#4294967334;", "&#99999999999999999999;", "&#X26;", "&#-38;",
        "&#+38;", "&#x0x26;", "&#3a;", "&#xg;", "&# 38;", "&#38 "}) {
    EXPECT_EQ(match(number).size, 0u) << number;
  }
}

TEST(XmlReference, MoreMustBeSeen) {
  for (const std::string whole : {"&quot;", "&#38;", "&#x26;"}) {
    for (std::size_t size = 1; size < whole.size(); ++size) {
      EXPECT_EQ(match(whole.substr(0, size)).size, kUnfinished);
    }
  }
}

TEST(XmlReference, HasALongestSize) {
  const std::string zeros(XmlReference::kMaxSize - 5, '0');
  EXPECT_EQ(match("&#" + zeros + "38;").size, XmlReference::kMaxSize);
  EXPECT_EQ(match("&#" + zeros + "38").size, kUnfinished);
  EXPECT_EQ(match("&#0" + zeros + "38").size, 0u);
  EXPECT_EQ(match("&#0" + zeros + "38;").size, 0u);
}

}  // namespace
}  // namespace crawl
