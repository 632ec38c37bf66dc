// What a check of a page's links is told: where they are, what fragments can
// mean, and which references are none.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/parse/page.h"
#include "parse/html/tree_reader.h"

namespace crawl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr PageOptions kCheck{.links = true, .anchor_text = true, .check = true};

Page by_tags(std::string_view html) {
  const auto page = read_page_by_tags(html, *Url::parse("http://a.test/dir/"),
                                      "text/html; charset=utf-8", kCheck);
  EXPECT_TRUE(page.has_value()) << html;
  return page.value_or(Page());
}

Page by_tree(std::string_view html) {
  const auto page =
      read_whole_tree(html, *Url::parse("http://a.test/dir/"), "utf-8", kCheck);
  EXPECT_TRUE(page.has_value()) << html;
  return page.value_or(Page());
}

std::vector<std::string> places(const LinkList& links) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < links.size(); ++i) {
    all.push_back(std::to_string(links[i].line) + ":" +
                  std::to_string(links[i].column));
  }
  return all;
}

bool has_target(const Page& page, std::string_view id) {
  return std::binary_search(page.targets.begin(), page.targets.end(),
                            target_key(id));
}

class BothReaders
    : public ::testing::TestWithParam<Page (*)(std::string_view)> {
 protected:
  Page read(std::string_view html) const { return GetParam()(html); }
};
INSTANTIATE_TEST_SUITE_P(PageCheck, BothReaders,
                         ::testing::Values(&by_tags, &by_tree));

TEST_P(BothReaders, APlaceIsThatOfTheTagLinesAndCharactersFromOne) {
  const Page page = read(
      "<!DOCTYPE html><p>\n"
      "\xc3\xa9\xe2\x82\xac <a href=/one>1</a><a\n href=/two>2</a>\r\n"
      "<img src=x srcset='y 1x, z 2x'>\r<svg><image href=/i /></svg>");
  EXPECT_THAT(places(page.links),
              ElementsAre("2:4", "2:22", "4:1", "4:1", "4:1", "5:6"));
}

TEST_P(BothReaders, TargetsAreIdsOfAnyElementAndNamesOfAnchors) {
  const Page page = read(
      "<!DOCTYPE html><html id=root><head><title id=head>t</title></head>"
      "<body id=body><div id=one><textarea id=two></textarea>"
      "<a name='three &amp; a half'></a><img name=no><svg id=four>"
      "<g id=five></g></svg><p ID=\xc3\xa9><!-- <p id=comment> -->"
      "<template><p id=template></template>"
      "<script>'<p id=script>'</script>");
  for (const std::string_view id :
       {"root", "head", "body", "one", "two", "three & a half", "four", "five",
        "\xc3\xa9"}) {
    EXPECT_TRUE(has_target(page, id)) << id;
  }
  for (const std::string_view id :
       {"no", "comment", "template", "script", ""}) {
    EXPECT_FALSE(has_target(page, id)) << id;
  }
}

TEST_P(BothReaders, ReferencesThatAreNoUrlsAreKeptAsWritten) {
  const Page page = read(
      "<!DOCTYPE html><body>\n<a href='http://a b/'>x</a>"
      "<img src='https://[::1/'>\n<a href='http://a b/'>again</a>"
      "<a href='mailto:x'>m</a><a href='javascript:http://a b/'>j</a>"
      "<a href='/good'>g</a>");
  ASSERT_EQ(page.malformed.size(), 3u);
  EXPECT_EQ(page.malformed[0].url, "http://a b/");
  EXPECT_EQ(page.malformed[0].text, "x");
  EXPECT_EQ(page.malformed[1].url, "https://[::1/");
  EXPECT_EQ(page.malformed[1].element, LinkElement::kImg);
  EXPECT_EQ(page.malformed[2].text, "again");
  EXPECT_THAT(places(page.malformed), ElementsAre("2:1", "2:28", "3:1"));
  EXPECT_EQ(page.links.size(), 1u);
  EXPECT_EQ(page.link_count, 1u);
}

TEST_P(BothReaders, WhatIsNeitherHttpNorHttpsIsKeptApart) {
  const Page page = read(
      "<!DOCTYPE html><body>\n<a href=' mailto:x@a.test '>m</a>"
      "<img src='data:image/gif;base64," +
      std::string(1'000, 'A') +
      "'>\n<a href='java\tscript:f()'>j</a><a href='mailto:x@a.test'>m</a>"
      "<a href='/good'>g</a>");
  ASSERT_EQ(page.other_schemes.size(), 4u);
  EXPECT_EQ(page.other_schemes[0].url, "mailto:x@a.test");
  EXPECT_EQ(page.other_schemes[0].text, "m");
  EXPECT_EQ(page.other_schemes[1].url.size(), 256u);
  EXPECT_EQ(page.other_schemes[1].element, LinkElement::kImg);
  EXPECT_EQ(page.other_schemes[2].url, "javascript:f()");
  EXPECT_THAT(places(page.other_schemes),
              ElementsAre("2:1", "2:34", "3:1", "3:32"));
  EXPECT_TRUE(page.malformed.empty());
  EXPECT_EQ(page.link_count, 1u);
}

TEST_P(BothReaders, ABaseOfAnotherSchemeMakesAllThatFollowsOne) {
  const Page page = read(
      "<!DOCTYPE html><base href='ftp://a.test/x/'><a href=one>1</a>"
      "<a href='http://b.test/'>2</a>");
  ASSERT_EQ(page.other_schemes.size(), 1u);
  EXPECT_EQ(page.other_schemes[0].url, "ftp://a.test/x/one");
  EXPECT_EQ(page.links.size(), 1u);
}

TEST(PageCheck, NothingOfItIsKeptUnlessAsked) {
  const Page page =
      read_page("<p id=x><a href='http://a b/'>x</a><a href=/y>y</a>",
                *Url::parse("http://a.test/"), "text/html", {.links = true});
  EXPECT_THAT(page.targets, IsEmpty());
  EXPECT_TRUE(page.malformed.empty());
  ASSERT_EQ(page.links.size(), 1u);
  EXPECT_EQ(page.links[0].line, 0u);
}

}  // namespace
}  // namespace crawl
