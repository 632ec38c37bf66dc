#include "extract/xpath_as_css.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "crawl/extract/extractor.h"
#include "extract/page_tree.h"
#include "extract/xml_memory.h"
#include "extract/xpath.h"
#include "parse/html/gumbo_tree.h"

namespace crawl {
namespace {

constexpr std::string_view kPage =
    "<!doctype html><html lang=en class=top><head><title>T</title>"
    "<meta name=a content=b></head><body id=b>x<div class='a b' id=d>own"
    "<b class=a>bold</b>tail<div class=c><p>in <i>deep</i></p></div></div>"
    "<table><tr><td class=a>1<td>2<tr><td>3<table><tr><td title=''>4</table>"
    "</table><a href=/x#y>one</a><a href='z' class='Ab'>two<!-- no --></a>"
    "<svg xmlns=u viewBox='0 0 1 1' xlink:href=l><title>s</title>"
    "<linearGradient id=g></linearGradient><a href=q>t</a></svg>"
    "<template><p>not</p></template><p>last</p></body></html>";

// All paths of these are plain.
TEST(XPathAsCss, FindsWhatLibxml2Finds) {
  // As an Extractor does when it is given what is libxml2's.
  XmlMemory::install();
  const GumboTree tree(kPage, std::size_t{1} << 24, 10);
  ASSERT_NE(tree.root(), nullptr);
  for (const std::string expression : {
           "//p",
           "//div//p",
           "//div//div//p//text()",
           "//table//tr//td",
           "//table//table//td/text()",
           "//table/tbody/tr/td",
           "/html",
           "/*",
           "/html/body/div/b/@class",
           "/body",
           "/html//i",
           "head/title/text()",
           "html/head/title/text()",
           "title",
           "*",
           "@class",
           "text()",
           "body//@class",
           "./html/body/p",
           "./body/p",
           "./*/*/@id",
           "./@lang",
           "./text()",
           ".//@lang",
           ".//text()",
           ".//html",
           ".//*[@id]/@id",
           ".//p/text()",
           ".//p | //title | body/p",
           "//*[has-class('a')]/@id",
           "//b[has-class(\"a\")]/text()",
           "//a[has-class('ab')]",
           ".//*[has-class('a')][@id]//text()",
           "//text()",
           "//@class",
           "//@href",
           "//body//@id",
           "//div/@id",
           "//*[@id]/@id",
           "//*",
           "//body/*",
           "//*/*/text()",
           "//div[@class='a b']/text()",
           "//div[@class=\"c\"]//text()",
           "//div[@class]",
           "//td[@title='']/text()",
           "//td[@title]",
           "//a[@class='ab']",
           "//a[@class='Ab']/text()",
           "//a[@href][@class]/@href",
           "//a[contains(@href, '#')]/text()",
           "//a[starts-with(@href,'/')]/@href",
           "//*[contains(@class, 'a')]",
           "//*[starts-with(@class, 'a')]/@class",
           "//h1 | //title/text() | //p",
           "//p|//p|//div//p",
           " // a / @href ",
           "//svg",
           "//title",
           "//svg/title/text()",
           "//svg/@viewbox",
           "//svg/a/@href",
           "//lineargradient",
           "//nothing//p",
       }) {
    const auto list = xpath_as_css(expression);
    ASSERT_TRUE(list) << expression;
    std::vector<std::string> wanted;
    EXPECT_EQ(
        XPathPage(*tree.root())
            .find(plan_xpath(expression), false, 1'000'000, 1 << 24, wanted),
        "");
    Extractor extractor;
    ASSERT_TRUE(extractor.add("x", "xpath:" + expression)) << expression;
    EXPECT_EQ(
        extractor.extract(kPage, "utf-8", *Url::parse("http://site.test/"))
            .values.at(0),
        wanted)
        << expression;
  }
}

TEST(XPathAsCss, LeavesTheRestToLibxml2) {
  for (const std::string_view expression : {"/",
                                            "//td[1]",
                                            "//td[last()]",
                                            "//div[p]",
                                            "//div[.='x']",
                                            "//P",
                                            "//@viewBox",
                                            "//svg/@xlink:href",
                                            "//@xmlns",
                                            "//comment()",
                                            "//node()",
                                            "//p/..",
                                            "//p/.",
                                            "//a[@href and @class]",
                                            "//a[not(@href)]",
                                            "//child::p",
                                            "//a/child::b",
                                            "//@*",
                                            "/text()",
                                            "/@id",
                                            "//a[contains(@href, '')]",
                                            "//a[has-class('')]",
                                            "//a[has-class('a b')]",
                                            "//a[has-class('a', 'b')]",
                                            "//a[has-class(@class)]",
                                            "../p",
                                            ".",
                                            "./",
                                            "//a[contains(., 'x')]",
                                            "(//a)[1]",
                                            "count(//a)",
                                            "//a | count(//b)",
                                            "//a = 'x'",
                                            "'x'",
                                            "1",
                                            "//a[@class='x' or @id]",
                                            "//a/text()[1]",
                                            "//a/text()/..",
                                            "//a/@href/..",
                                            "//a[@href != 'x']",
                                            "//a[@href=\"x\" ]x",
                                            "id('x')"}) {
    EXPECT_FALSE(xpath_as_css(expression)) << expression;
  }
}

// libxml2 compares all that is found below one with all below the others.
TEST(XPathAsCss, NestingCostsNoMoreThanSize) {
  std::string page;
  for (int i = 0; i < 300; ++i) page += "<div><span>a</span>";
  for (int i = 0; i < 20'000; ++i) page += "<b>b</b>";
  Extractor extractor;
  ASSERT_TRUE(extractor.add("x", "//div//div//div//b"));
  const Extraction out =
      extractor.extract(page, "utf-8", *Url::parse("http://site.test/"));
  EXPECT_EQ(out.error, "");
  EXPECT_EQ(out.values.at(0).size(), 20'000U);
}

}  // namespace
}  // namespace crawl
