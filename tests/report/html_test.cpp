#include "report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace crawl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Html, TextCannotEndWhereItStands) {
  Html html;
  html << "<p title=\"";
  html.text("\"'><script>&amp;");
  html << "\">";
  EXPECT_EQ(html.take(),
            "<p title=\"&quot;&#39;&gt;&lt;script&gt;&amp;amp;\">");
  EXPECT_EQ(html.take(), "");
}

TEST(Html, TextIsUtf8WithoutCharactersThatAreObeyed) {
  Html html;
  html.text(std::string("a\0b\x1b\xff\xe2\x80\xae", 8));
  EXPECT_EQ(html.take(),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Html, LinksAreHttpOrNone) {
  for (const char* url : {"javascript:alert(1)", "data:text/html,x", "//a/",
                          "JAVASCRIPT:x", "ftp://a/", "", "https:a"}) {
    Html html;
    html.link(url);
    EXPECT_THAT(html.str(), Not(HasSubstr("<a"))) << url;
  }
  Html html;
  html.link("https://a.test/?a=\"><b>&c");
  EXPECT_EQ(html.take(),
            "<a rel=\"noreferrer\" href=\"https://a.test/"
            "?a=&quot;&gt;&lt;b&gt;&amp;c\">https://a.test/"
            "?a=&quot;&gt;&lt;b&gt;&amp;c</a>");
}

TEST(Html, WhatIsLongIsShownInPartAndIsNoLink) {
  const std::string url = "http://a.test/" + std::string(100'000, '<') + "end";
  Html html;
  html.link(url);
  EXPECT_LT(html.str().size(), 1'000u);
  EXPECT_THAT(html.str(), HasSubstr("http://a.test/"));
  EXPECT_THAT(html.str(), HasSubstr("end"));
  EXPECT_THAT(html.str(), Not(HasSubstr("<")));
}

TEST(Html, NumbersAreForPeopleOrForSorting) {
  Html html;
  html.count(4424) << " ";
  html.number(-1) << " ";
  html.percent(1, 8) << " ";
  html.percent(1, 0) << " ";
  html.decimal(1.5) << " ";
  html.bytes(162);
  EXPECT_EQ(html.take(), "4,424 -1 12.5 % 0.0 % 1.5 162 B");
}

}  // namespace
}  // namespace crawl
