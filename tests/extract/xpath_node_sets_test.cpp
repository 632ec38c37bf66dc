#include "extract/xpath_node_sets.h"

#include <gtest/gtest.h>

#include <string_view>

namespace crawl {
namespace {

TEST(XPathNodeSets, PathsOfOneWayDownAreNotCompared) {
  for (const std::string_view plain : {
           "//a",
           "/html/body/*/p/text()",
           "//p[contains(., 'x//y | z')]",
           "//p[a and contains(@class, \"x\") or not(b)]",
           "//*[contains(concat(' ', normalize-space(@class), ' '), ' row ')]",
           "//a[ancestor::div[@id = 'content']][position() = last()]/@href",
           "//tr[td[2] > 5]/td[1]",
           "//li[position() mod 2 = 1]/b[2]",
           "//p[.//a][../h2]",
           "//a[starts-with(@href, concat('a', 'b'))]/self::a/child::b",
           "//*[@xlink:href != 'x']/@xlink:*",
           "//p[5 * 2 <= count(preceding-sibling::*) + 1]",
           "count(//a) = 3",
           "/",
           "processing-instruction('a)')/b",
       }) {
    EXPECT_FALSE(may_compare_node_sets(plain)) << plain;
  }
}

TEST(XPathNodeSets, WhereWaysMeetTheyMayBe) {
  for (const std::string_view joined : {
           "//a//b",
           "//a/..",
           "/a/b//c",
           "//a/ancestor::b",
           "//a/descendant-or-self::b",
           "//text()/../b",
           "//a[b]/following::c",
           "(//a)[1]/preceding::b",
           "//a | //b",
           "id('x')/b",
           "id(//a)",
           "//a[b = c]",
           "//a[. = //b]",
           "//a[@b != //@b]",
           "//a[//b <= .]",
           "//a[(b) = (c)]",
           "count(//a//b)",
           "//x[5 * a = b]/c[d//e]",
           "//processing-instruction('a)')//b",
           "//a[not(b//c)]",
           "//p[//a = /b]",
       }) {
    EXPECT_TRUE(may_compare_node_sets(joined)) << joined;
  }
}

}  // namespace
}  // namespace crawl
