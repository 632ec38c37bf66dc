#include "parse/sitemap/xml_repair.h"

#include <gtest/gtest.h>

#include <string>

namespace crawl {
namespace {

std::string repair(std::string_view text) {
  XmlRepair whole;
  std::string out;
  whole.feed(text, out);
  // The same wherever it is cut.
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    XmlRepair parts;
    std::string joined;
    parts.feed(text.substr(0, cut), joined);
    parts.feed(text.substr(cut), joined);
    EXPECT_EQ(joined, out) << text << " cut at " << cut;
    EXPECT_EQ(parts.repaired_after(), whole.repaired_after());
  }
  return out;
}

TEST(XmlRepair, GoodDocumentsPassUnchanged) {
  for (const char* good :
       {"<a/>", "<a></a>", "<a x='>' y=\"'/\"><b/>t&#38;</a>",
        "<a><!-- </a> < & --><![CDATA[ </a> <b> &x ]]]><?p <b> & ?></a>",
        "<\xc3\xa4><n:b>t</n:b></\xc3\xa4>"}) {
    EXPECT_EQ(repair(good), good);
    XmlRepair all;
    std::string out;
    EXPECT_TRUE(all.feed(good, out));
    EXPECT_TRUE(all.closed());
    EXPECT_EQ(all.repaired_after(), std::string::npos);
  }
}

TEST(XmlRepair, AnEndTagClosesWhatIsOpenInside) {
  EXPECT_EQ(repair("<a><b><c>t</a>"), "<a><b><c>t</c></b></a>");
}

TEST(XmlRepair, AnEndTagForNothingIsDropped) {
  EXPECT_EQ(repair("<a></b><b></a>"), "<a><b></b></a>");
}

TEST(XmlRepair, ABrokenOffTagIsText) {
  EXPECT_EQ(repair("<a><b x='<c></c></a>"), "<a>&#60;b x='<c></c></a>");
  EXPECT_EQ(repair("<a>1 < 2 <></a>"), "<a>1 &#60; 2 &#60;></a>");
  EXPECT_EQ(repair("<a><b>t</b<c/></a>"), "<a><b>t</b><c/></a>");
}

TEST(XmlRepair, WhatFollowsTheRootIsLeftOut) {
  EXPECT_EQ(repair("<a></a><b>"), "<a></a>");
}

TEST(XmlRepair, AnAmpersandThatBeginsNoReferenceIsText) {
  EXPECT_EQ(repair("<a>1&b=2&c=3 & &&eacute;&#;</a>"),
            "<a>1&#38;b=2&#38;c=3 &#38; &#38;&#38;eacute;&#38;#;</a>");
  EXPECT_EQ(repair("<a x='?b&c' y='&am'/>"), "<a x='?b&#38;c' y='&#38;am'/>");
  EXPECT_EQ(repair("<a&b>&</a&b>"), "<a&#38;b>&#38;</a>");
}

TEST(XmlRepair, NamesBecomeNumbers) {
  const std::string_view good = "<a x='&quot;&apos;'>&amp;amp;&lt;&gt;</a>";
  EXPECT_EQ(repair(good), "<a x='&#34;&#39;'>&#38;amp;&#60;&#62;</a>");
  XmlRepair xml;
  std::string out;
  xml.feed(good, out);
  EXPECT_EQ(xml.repaired_after(), std::string::npos);
}

TEST(XmlRepair, WhatIsUnfinishedIsHeldBack) {
  EXPECT_EQ(repair("<a>t<b x='"), "<a>t");
  EXPECT_EQ(repair("<a>t&am"), "<a>t");
}

TEST(XmlRepair, HostileMarkupEndsIt) {
  XmlRepair deep, wide;
  std::string out, tags;
  for (int i = 0; i < 101; ++i) tags += "<a>";
  EXPECT_FALSE(deep.feed(tags, out));
  EXPECT_EQ(deep.trouble(), "elements are nested too deeply");
  EXPECT_FALSE(wide.feed("<a " + std::string(20'000, 'x'), out));
  EXPECT_EQ(wide.trouble(), "a tag does not end");
}

TEST(XmlRepair, RemembersTheLineOfTheFirstRepair) {
  XmlRepair xml;
  std::string out;
  xml.feed("<a>\n<!--\n-->\n</b>\n</c></a>", out);
  EXPECT_EQ(xml.repaired_after(), 3u);
  XmlRepair text;
  text.feed("<a>\n&amp;\n& \n&</a>", out);
  EXPECT_EQ(text.repaired_after(), 2u);
}

}  // namespace
}  // namespace crawl
