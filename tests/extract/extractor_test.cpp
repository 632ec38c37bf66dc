#include "crawl/extract/extractor.h"

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/utf8.h"

namespace crawl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Strings = std::vector<std::string>;

const Url& page_url() {
  static const Url url = *Url::parse("https://site.test/dir/page.html?q#f");
  return url;
}

Extraction extract(std::string_view html, const Strings& selectors,
                   std::string_view encoding = "utf-8") {
  Extractor extractor;
  for (std::size_t i = 0; i < selectors.size(); ++i) {
    const auto added = extractor.add("x" + std::to_string(i), selectors[i]);
    EXPECT_TRUE(added.has_value())
        << selectors[i] << ": " << added.error().message;
  }
  return extractor.extract(html, encoding, page_url());
}

Strings values(std::string_view html, const std::string& selector) {
  Extraction out = extract(html, {selector});
  EXPECT_EQ(out.error, "") << selector;
  return out.values.at(0);
}

std::string repeated(std::string_view what, std::size_t times) {
  std::string out;
  out.reserve(what.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += what;
  return out;
}

constexpr std::string_view kPage = R"(<!DOCTYPE html>
<html lang="en"><head><title>A &amp; B</title><base href="/base/"></head><body>
<div id="d">own <b class="x">bold <i>both</i></b> tail<!-- note --> more<br></div>
<ul><li><a href="one.html" title="1">One</a></li><li><a href="?two">Two</a></li>
<li><a>None</a></li><li><a href="mailto:a@b">Mail</a></li></ul>
<p>  a &nbsp; b
 c </p><p></p><p> </p><p>x</p>
<svg viewBox="0 0 1 1"><path d="M0"/><a xlink:href="s.html"/></svg>
<template><p>inside</p></template><script>if (a < b && c) "</p>";</script>
</body></html>)";

struct Row {
  std::string selector;
  Strings values;
};

// What CSS takes of the elements it finds.
const std::vector<Row>& css_rows() {
  static const std::vector<Row> rows = {
      {"title", {"<title>A &amp; B</title>"}},
      {"title::text", {"A & B"}},
      {"title ::text", {"A & B"}},
      {"#d::text", {"own ", " tail", " more"}},
      {"#d ::text", {"own ", "bold ", "both", " tail", " more"}},
      {"#d *::text", {"own ", "bold ", "both", " tail", " more"}},
      {"#d > ::text", {"bold "}},
      {"title ~ ::text", {}},
      {"#d ~ p::text", {"  a \xC2\xA0 b\n c ", " ", "x"}},
      {"ul ~ ::text",
       {"  a \xC2\xA0 b\n c ", " ", "x", R"(if (a < b && c) "</p>";)"}},
      {"li:first-child ~ li > ::text", {"Two", "None", "Mail"}},
      {"#d > *::text", {"bold "}},
      {"#d b::text", {"bold "}},
      {"#d b ::text", {"bold ", "both"}},
      {"#d b", {R"(<b class="x">bold <i>both</i></b>)"}},
      {"#d b::attr(class)", {"x"}},
      {"#d ::attr(class)", {"x"}},
      {"#d::attr(class)", {}},
      {"div ::attr(id)", {"d"}},
      {"#d br", {"<br>"}},
      {"a::text", {"One", "Two", "None", "Mail"}},
      {"a::attr(href)", {"one.html", "?two", "mailto:a@b"}},
      {"a::attr(HREF)", {"one.html", "?two", "mailto:a@b"}},
      {"a:first-child::attr( href )", {"one.html", "?two", "mailto:a@b"}},
      {"a::attr(xlink|href)", {"s.html"}},
      {"a::attr(*|href)", {"one.html", "?two", "mailto:a@b", "s.html"}},
      {"::attr(viewBox)", {"0 0 1 1"}},
      {"svg::attr(viewbox)", {}},
      {"li:nth-child(2) a::attr(href), li:first-child a::text",
       {"One", "?two"}},
      {"i::text, b::text, #d::text",
       {"own ", "bold ", "both", " tail", " more"}},
      {"#d::text, #d ::text", {"own ", "bold ", "both", " tail", " more"}},
      {"a::attr(title), a::attr(href), a::attr(title)",
       {"one.html", "1", "?two", "mailto:a@b"}},
      {"b, b::text, b i",
       {R"(<b class="x">bold <i>both</i></b>)", "bold ", "<i>both</i>"}},
      {"svg",
       {R"(<svg viewBox="0 0 1 1"><path d="M0"></path><a xlink:href="s.html"></a></svg>)"}},
      {"template", {"<template><p>inside</p></template>"}},
      {"template ::text", {}},
      {"script::text", {R"(if (a < b && c) "</p>";)"}},
      {"script", {R"(<script>if (a < b && c) "</p>";</script>)"}},
      {"p::before", {}},
      {"p:hover::text", {}},
      {"nothing", {}},
      {"#d, title ::text , nothing",
       {"A & B",
        R"(<div id="d">own <b class="x">bold <i>both</i></b> tail<!-- note --> more<br></div>)"}},
      // Filters.
      {"p::text", {"  a \xC2\xA0 b\n c ", " ", "x"}},
      {"p::text|strip", {"a \xC2\xA0 b\n c", "", "x"}},
      {"p::text | normalize", {"a b c", "", "x"}},
      {"p::text|strip|nonempty", {"a \xC2\xA0 b\n c", "x"}},
      {"p::text|nonempty", {"  a \xC2\xA0 b\n c ", " ", "x"}},
      {"p::text|strip|nonempty|first", {"a \xC2\xA0 b\n c"}},
      {"p::text|first|normalize", {"a b c"}},
      {"p::text|first", {"  a \xC2\xA0 b\n c "}},
      {"nothing|first", {}},
      {"p", {"<p>  a &nbsp; b\n c </p>", "<p></p>", "<p> </p>", "<p>x</p>"}},
      {"p|string", {"  a \xC2\xA0 b\n c ", "", " ", "x"}},
      {"#d|string", {"own bold both tail more"}},
      {"#d|string|normalize|first", {"own bold both tail more"}},
      {"#d | first | string", {"own bold both tail more"}},
      {"b::text|string", {"bold "}},
      {"template|string", {""}},
      {"a::attr(href)|url",
       {"https://site.test/base/one.html", "https://site.test/base/?two",
        "mailto:a@b"}},
      {"a::attr(href)|url|first", {"https://site.test/base/one.html"}},
      {"a::text|url",
       {"https://site.test/base/One", "https://site.test/base/Two",
        "https://site.test/base/None", "https://site.test/base/Mail"}},
      {"\t#d b ::text\n|\tfirst ", {"bold "}},
  };
  return rows;
}

const std::vector<Row>& xpath_rows() {
  static const std::vector<Row> rows = {
      {"/html/head/title", {"<title>A &amp; B</title>"}},
      {"/html/head/title/text()", {"A & B"}},
      {"//title/text()", {"A & B"}},
      {"/ html / head / title", {"<title>A &amp; B</title>"}},
      {"  //title/text()", {"A & B"}},
      {"xpath://title/text()", {"A & B"}},
      {"xpath: //title/text()", {"A & B"}},
      // What begins with no slash, or with a point, begins at the html element.
      {"xpath:head/title/text()", {"A & B"}},
      {"xpath: html/head/title/text()", {}},
      {"./head/title/text()", {"A & B"}},
      {"./html/head/title", {}},
      {".//title/text()", {"A & B"}},
      {".//html", {}},
      {"./@lang", {"en"}},
      {".//@lang", {"en"}},
      {"./..//title/text()", {"A & B"}},
      {"./text()|strip|nonempty", {}},
      {"(./head)/title/text()", {"A & B"}},
      {"(.//title | ./body/nothing)/text()", {"A & B"}},
      {"xpath:name()", {"html"}},
      {"xpath:name(.)", {"html"}},
      {"xpath:name(*)", {"head"}},
      {"xpath:string(./@lang)", {"en"}},
      {"xpath:self::html/@lang", {"en"}},
      {"xpath:count(ancestor::*)", {"0"}},
      {"xpath:count(.//b | ./body//b)", {"1"}},
      {"//b[ancestor::html/@lang]/@class", {"x"}},
      {"(//a)[1]/text()", {"One"}},
      {"(//a)[last()]/@xlink:href", {"s.html"}},
      {"(//li/a)[position() > 2]/text()", {"None", "Mail"}},
      {"//li[2]/a/text()", {"Two"}},
      {"//li[last()]/a/text()", {"Mail"}},
      {"//a/@href", {"one.html", "?two", "mailto:a@b"}},
      {"//a[@href]/text()", {"One", "Two", "Mail"}},
      {"//li/a[not(@href)]/text()", {"None"}},
      {"//a[@href and @title]/text()", {"One"}},
      {"//a[@title = 1]/text()", {"One"}},
      {"//a[@title = '1']/text()", {"One"}},
      {"//a[@title != '2']/text()", {"One"}},
      {"//a[text() = 'Two']/@href", {"?two"}},
      {"//a[. = \"Two\"]/@href", {"?two"}},
      {"//a[contains(@href, ':')]/text()", {"Mail"}},
      {"//a[starts-with(@href, 'one')]/text()", {"One"}},
      {"//a[substring-before(@href, '.') = 'one']/text()", {"One"}},
      {"//a[string-length(@href) = 4]/text()", {"Two"}},
      {"//a/ancestor::ul/li[1]/a/text()", {"One"}},
      {"//li[a = 'Two']/preceding-sibling::li/a/text()", {"One"}},
      {"//li[a = 'Two']/following-sibling::li[1]/a/text()", {"None"}},
      {"//b/parent::div/@id", {"d"}},
      {"//b/../@id", {"d"}},
      {"//b/ancestor-or-self::*[@id]/@id", {"d"}},
      {"//b/descendant::text()", {"bold ", "both"}},
      {"//b//text()", {"bold ", "both"}},
      {"//div/text()", {"own ", " tail", " more"}},
      {"//div//text()", {"own ", "bold ", "both", " tail", " more"}},
      {"//div/node()[1]", {"own "}},
      {"//div/comment()", {"<!-- note -->"}},
      {"//div/comment()|string", {" note "}},
      {"//comment()", {"<!-- note -->"}},
      {"//div/*", {R"(<b class="x">bold <i>both</i></b>)", "<br>"}},
      {"//div/*|string", {"bold both", ""}},
      {"//div|string", {"own bold both tail more"}},
      {"//*[@id='d']/b/@class", {"x"}},
      {"//@class", {"x"}},
      {"//@*[name() = 'class']", {"x"}},
      {"//b/@*", {"x"}},
      {"//b/attribute::class", {"x"}},
      {"//child::title/child::text()", {"A & B"}},
      {"//title | //b/i", {"<title>A &amp; B</title>", "<i>both</i>"}},
      {"//b/i | //title|string", {"A & B", "both"}},
      {"//p[normalize-space()]/text()", {"  a \xC2\xA0 b\n c ", "x"}},
      {"//p[4]/text()", {"x"}},
      {"//p[not(node())]", {"<p></p>"}},
      {"xpath:string(//title)", {"A & B"}},
      {"xpath:count(//a)", {"5"}},
      {"xpath:count(//li) div 8", {"0.5"}},
      {"xpath:count(//li) * 2 + 1 - 3 mod 2", {"8"}},
      {"xpath:-count(//li)", {"-4"}},
      {"xpath:1 div 0", {"Infinity"}},
      {"xpath:number('x')", {"NaN"}},
      {"xpath:count(//a) > 3", {"true"}},
      {"xpath:boolean(//nothing)", {"false"}},
      {"xpath:true() or false()", {"true"}},
      {"xpath:concat(//title, '; ', //b/@class)", {"A & B; x"}},
      {"xpath:normalize-space(//div)", {"own bold both tail more"}},
      {"xpath:translate(//title, 'AB', 'ab')", {"a & b"}},
      {"xpath:substring(//title, 1, 1)", {"A"}},
      {"xpath:substring-after(//title, '& ')", {"B"}},
      {"xpath:name(//svg/*)", {"path"}},
      {"xpath:local-name(//*[@id='d'])", {"div"}},
      {"xpath:namespace-uri(//svg)", {""}},
      {"xpath:sum(//a/@title)", {"1"}},
      {"xpath:floor(1.5)", {"1"}},
      {"xpath:ceiling(1.5)", {"2"}},
      {"xpath:round(1.5)", {"2"}},
      {"xpath:id('d')/b/@class", {"x"}},
      {"xpath:id('none d')/b/i/text()", {"both"}},
      {"xpath:string-length('\xC3\xA9')", {"1"}},
      {"//svg/@viewBox", {"0 0 1 1"}},
      {"//svg/path/@d", {"M0"}},
      {"//path/@d", {"M0"}},
      {"//@xlink:href", {"s.html"}},
      {"//svg/a/@href", {}},
      {"//template", {"<template><p>inside</p></template>"}},
      {"//template//p", {}},
      {"//script/text()", {R"(if (a < b && c) "</p>";)"}},
      {"//P", {}},
      {"//nothing", {}},
      {"//a[@href]/@href|url",
       {"https://site.test/base/one.html", "https://site.test/base/?two",
        "mailto:a@b"}},
      {"//p/text()|normalize|nonempty|first", {"a b c"}},
      {"//and/or[div mod mod]", {}},
      // Of parsel's own functions.
      {"//b[has-class('x')]/i/text()", {"both"}},
      {"//b[has-class(\"x\", 'x')]/@class", {"x"}},
      {"//b[has-class('x', 'y')]", {}},
      {"//b[has-class('X')]", {}},
      {"//b[has-class('')]", {}},
      {"//b[has-class(string(@class))]/@class", {"x"}},
      {"//div[not(has-class('x'))]/@id", {"d"}},
      {"//*[has-class('x') and i]/@class", {"x"}},
      {"//@class[has-class('x')]", {}},
      {"//text()[has-class('x')]", {}},
      {"xpath:has-class('x')", {"false"}},
      {"xpath:count(//*[has-class('x')])", {"1"}},
  };
  return rows;
}

TEST(Extractor, CssGivesWhatTheTableSays) {
  for (const Row& row : css_rows()) {
    EXPECT_EQ(values(kPage, row.selector), row.values) << row.selector;
  }
}

TEST(Extractor, XPathGivesWhatTheTableSays) {
  for (const Row& row : xpath_rows()) {
    EXPECT_EQ(values(kPage, row.selector), row.values) << row.selector;
  }
}

TEST(Extractor, ClassesAreWhatBlanksSeparate) {
  const std::string html =
      "<p id=1 class='foo bar-baz'><p id=2 class=foo><p id=3 class=bar><p id=4>"
      "<p id=5 CLASS='f\u00F3\u00F3\n\tFoo'><p id=6 class=''><p id=7 class=' '>"
      "<p id=8 class='\fa  b\tc '>";
  const std::vector<Row> rows = {
      {"//p[has-class('foo')]/@id", {"1", "2"}},
      {"//p[has-class('bar')]/@id", {"3"}},
      {"//p[has-class('foo', 'bar')]/@id", {}},
      {"//p[has-class('foo', 'bar-baz')]/@id", {"1"}},
      {"//p[has-class('f\u00F3\u00F3')]/@id", {"5"}},
      {"//p[has-class('Foo')]/@id", {"5"}},
      {"//p[has-class('')]/@id", {}},
      {"//p[has-class(' ')]/@id", {}},
      {"//p[has-class('a')]/@id", {"8"}},
      {"//p[has-class('b', 'c', 'a')]/@id", {"8"}},
      {"//p[has-class('a b')]/@id", {"8"}},
      {"//p[has-class('a c')]/@id", {}},
      {"//p[has-class('b')][has-class('c')]/@id", {"8"}},
      {"//p[has-class('c ')]/@id", {}},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(values(html, row.selector), row.values) << row.selector;
  }
}

TEST(Extractor, TextsAreNodesAsElementsAre) {
  const std::string html = "<div><b>No:</b>7</div><div><b>Name</b>x</div>";
  EXPECT_THAT(values(html,
                     "//div/descendant::text()"
                     "[preceding-sibling::b[contains(text(), 'No')]]"),
              ElementsAre("7"));
  EXPECT_THAT(
      values(
          html,
          "//div/descendant::text()/preceding-sibling::b[contains(., 'No')]"),
      ElementsAre("<b>No:</b>"));
}

TEST(Extractor, OneTreeServesAllSelectors) {
  Strings selectors;
  std::vector<Strings> expected;
  for (const auto* rows : {&css_rows(), &xpath_rows()}) {
    for (const Row& row : *rows) {
      selectors.push_back(row.selector);
      expected.push_back(row.values);
    }
  }
  const Extraction out = extract(kPage, selectors);
  EXPECT_EQ(out.values, expected);
  EXPECT_EQ(out.error, "");
  EXPECT_THAT(*out.names, SizeIs(selectors.size()));
}

TEST(Extractor, AWholeDocumentIsItsChildren) {
  EXPECT_THAT(values("<!--a--><p>b", "/"),
              ElementsAre("<!--a--><html><head></head><body><p>b</p></body>"
                          "</html>"));
  EXPECT_THAT(values("<!--a--><p>b", "/|string"), ElementsAre("b"));
  EXPECT_THAT(values("<!--a--><p>b", "/comment()"), ElementsAre("<!--a-->"));
}

TEST(Extractor, HtmlIsEscapedSoThatItReadsTheSameAgain) {
  EXPECT_THAT(
      values("<p title='&quot;&amp;<>&nbsp;'>&lt;&amp;&gt;&nbsp;\"é", "p"),
      ElementsAre("<p title=\"&quot;&amp;<>&nbsp;\">"
                  "&lt;&amp;&gt;&nbsp;\"é</p>"));
  EXPECT_THAT(values("<style>a>b{}</style>", "style"),
              ElementsAre("<style>a>b{}</style>"));
  EXPECT_THAT(values("<div><img src=x><input></div>", "div"),
              ElementsAre("<div><img src=\"x\"><input></div>"));
}

TEST(Extractor, OfAnyNamespaceAllAttributesAreTaken) {
  const std::string html =
      "<svg><a href=v xlink:href=u xlink:title=t></a></svg>";
  EXPECT_THAT(values(html, "a::attr(*|href)"), ElementsAre("v", "u"));
  EXPECT_THAT(values(html, "a::attr(xlink|href)"), ElementsAre("u"));
  EXPECT_THAT(values(html, "a::attr(href)"), ElementsAre("v"));
  EXPECT_THAT(values(html, "a::attr(xlink|title), a::attr(*|href)"),
              ElementsAre("v", "u", "t"));
}

// HTML Standard, "Numeric character reference end state".
TEST(Extractor, ReferencesToControlsAreThoseOfWindows1252) {
  EXPECT_THAT(values("<p>&#133;&#x85;&hellip;&#128;&#159;</p>", "p::text"),
              ElementsAre("\u2026\u2026\u2026\u20AC\u0178"));
}

TEST(Extractor, TextMovedOutOfATableIsOneText) {
  const std::string html = "<table>x<tr></tr>y</table>";
  EXPECT_THAT(values(html, "body::text"), ElementsAre("xy"));
  EXPECT_THAT(values(html, "//body/text()"), ElementsAre("xy"));
}

TEST(Extractor, LinksOfAllSchemesAreResolvedAndWhatIsNoneGoes) {
  EXPECT_THAT(values("<a href=' mailto:a@b '></a><a href='tel:+1'></a>"
                     "<a href='javascript:x()'></a><a href='FTP://h/x'></a>"
                     "<a href='//other.test'></a><a href='http://['></a>"
                     "<a href='http://u:p@h.test/'></a><a href=''></a>"
                     "<a href='data:,x'></a>",
                     "a::attr(href)|url"),
              ElementsAre("mailto:a@b", "tel:+1", "javascript:x()", "FTP://h/x",
                          "https://other.test/", "http://h.test/",
                          "https://site.test/dir/page.html?q", "data:,x"));
}

TEST(Extractor, PagesAreReadInTheirEncoding) {
  const Strings selectors = {"p::text", "//p/text()", "a::attr(href)|url"};
  const Extraction latin =
      extract("<p>\xE9</p><a href='?\xE9'>", selectors, "windows-1252");
  EXPECT_THAT(latin.values[0], ElementsAre("é"));
  EXPECT_THAT(latin.values[1], ElementsAre("é"));
  EXPECT_THAT(latin.values[2],
              ElementsAre("https://site.test/dir/page.html?%E9"));
  const Extraction broken = extract("<p>\xE9</p>", selectors);
  EXPECT_THAT(broken.values[0], ElementsAre("\xEF\xBF\xBD"));
  const Extraction marked = extract("\xEF\xBB\xBFx", {"body::text"});
  EXPECT_THAT(marked.values[0], ElementsAre("x"));
  using namespace std::string_view_literals;
  const Extraction wide = extract("<\0p\0>\0\xE9\0"sv, selectors, "utf-16le");
  EXPECT_THAT(wide.values[0], ElementsAre("é"));
}

TEST(Extractor, NoPageIsTooSmall) {
  for (const std::string_view html : {"", " ", "<", "\0"}) {
    EXPECT_THAT(values(html, "html"), SizeIs(1));
    EXPECT_THAT(values(html, "//html"), SizeIs(1));
  }
}

TEST(Extractor, FaultsAreMarkedInWhatWasTyped) {
  struct Case {
    std::string_view selector;
    std::size_t offset;
    std::string_view words;
  };
  const std::vector<Case> cases = {
      {"", 0, "missing"},
      {"  ", 2, "missing"},
      {"|first", 0, "missing"},
      {"  a..b|first", 4, "class name"},
      {" a | url", 3, "an element is no URL"},
      {"//a|strip|url", 3, "an element is no URL"},
      {"xpath:", 6, "cannot go on"},
      {" xpath://a[", 11, "cannot go on"},
      {"//a[", 4, "cannot go on"},
      {"//a]", 3, ""},
      {"//", 2, "cannot go on"},
      {"(//a", 4, ""},
      {"//a['x]", 4, "not closed"},
      {"//a[\"x]", 4, "not closed"},
      {"//a[nosuch()]", 4, "no function"},
      {"//a[x:contains(., 'x')]", 4, "x:contains() is none"},
      {"//a[re:test(@href, 'x')]", 4, "re:test() is none"},
      {"xpath:set:difference(//a, //b)", 6, "has-class()"},
      {"//a[has-class()]", 4, "at least 1"},
      {"xpath:has-class(1)", 6, "cannot take"},
      {"xpath:has-class(.)", 6, "cannot take"},
      {"//a[hasclass('x')]", 4, "no function"},
      {"//a[contains(.)]", 4, "2 arguments, not 1"},
      {"//a[contains(., 'a', 'b')]", 4, "2 arguments, not 3"},
      {"//a[contains()]", 4, "2 arguments, not 0"},
      {"//a[concat('x')]", 4, "at least 2"},
      {"//a[string(., .)]", 4, "at most 1"},
      {"//a[position(1)]", 4, "0 arguments"},
      {"//svg:a", 2, "prefix"},
      {"//@x:href", 3, "prefix"},
      {"//a[$x]", 4, "variables"},
      {"//nosuch::a", 2, "axis"},
      {"//a[matches(., 'x')]", 4, "no function"},
      {"//a/lower-case(.)", 4, "no function"},
      {"xpath:count('x')", 6, "cannot take"},
      {"//a | ", 6, ""},
      {"//a[1", 5, ""},
      {"//a\xFF", 3, "UTF-8"},
      {"a\xFF", 1, "UTF-8"},
  };
  for (const Case& one : cases) {
    Extractor extractor;
    const auto added = extractor.add("x", one.selector);
    ASSERT_FALSE(added.has_value()) << one.selector;
    EXPECT_EQ(added.error().offset, one.offset)
        << one.selector << ": " << added.error().message;
    EXPECT_THAT(added.error().message, HasSubstr(std::string(one.words)))
        << one.selector;
    EXPECT_TRUE(extractor.empty());
  }
}

TEST(Extractor, WhatOnlyAPageCanTellIsSaidThere) {
  const Extraction out =
      extract("<p>x<b>", {"p::text", "//b[count(1)]", "p::text"});
  EXPECT_THAT(out.values[0], ElementsAre("x"));
  EXPECT_THAT(out.values[1], IsEmpty());
  EXPECT_THAT(out.values[2], ElementsAre("x"));
  EXPECT_THAT(out.error, HasSubstr("x1: a function or an operator"));
}

// --- Pages made to be expensive.

std::size_t bytes_of(const Extraction& extraction) {
  std::size_t bytes = 0;
  for (const Strings& list : extraction.values) {
    for (const std::string& value : list) bytes += value.size() + 32;
  }
  return bytes;
}

TEST(Extractor, APageGivesNoMoreThanAMultipleOfItsSize) {
  // Each of the elements is in all of those around it.
  const std::string html = repeated("<div title=xxxxxxxx>y", 5'000);
  for (const std::string selector :
       {"div", "//div", "div|string", "//div|string", "div, div::text"}) {
    const Extraction out = extract(html, {selector, "title"});
    EXPECT_LE(bytes_of(out), (std::size_t{1} << 20) + 8 * html.size());
    EXPECT_THAT(out.error, HasSubstr("x0: more was found")) << selector;
    for (const std::string& value : out.values[0]) {
      ASSERT_TRUE(is_valid_utf8(value));
    }
  }
}

TEST(Extractor, NestingIsNoRecursion) {
  const std::string html = repeated("<div>", 10'000) + "<b id=x>y";
  const Extraction out =
      extract(html, {"div div b::text", "b:not(p b):is(div *)::text",
                     "div:has(b)|first", "//div/b/text()", "#x|string",
                     "body|first|string"});
  EXPECT_THAT(out.values[0], ElementsAre("y"));
  EXPECT_THAT(out.values[1], ElementsAre("y"));
  EXPECT_THAT(out.values[3], ElementsAre("y"));
  EXPECT_THAT(out.values[4], ElementsAre("y"));
  EXPECT_THAT(out.values[5], ElementsAre("y"));
}

TEST(Extractor, OfWhatNoTreeCanHoldTheFrontIsRead) {
  const std::string html =
      "<p>first</p>" + repeated("<b><i>", 200'000) + "<p>last</p>";
  const Extraction out = extract(html, {"p::text"});
  EXPECT_THAT(out.values[0], ElementsAre("first"));
  EXPECT_THAT(out.error, HasSubstr("bytes of the page are in its tree"));
}

// Time is not asserted: what grows with the square would hit the test's limit.
TEST(Extractor, SelectorsAreLinearInThePage) {
  const std::string flat = repeated("<p class='a b'>x</p>", 200'000);
  const std::string tables = repeated("<table><tr><td>x", 3'000);
  const Strings selectors = {
      "p ~ p ~ p ~ p ~ p + p + p::text|first",
      "p:nth-last-child(3n+1 of .a)::text|first",
      "p:nth-of-type(odd)::text|first",
      "body:has(p ~ p ~ p ~ p .none)::text",
      "td td td td td td td td td td .none",
      "p:not(p ~ p .none):not(:has(~ .none))::text|first",
      ":is(:is(p ~ p, td td) ~ :is(p ~ p, td td)) .none"};
  for (const std::string& html : {flat, tables}) {
    EXPECT_THAT(extract(html, selectors).values[3], IsEmpty());
  }
}

TEST(Extractor, XPathIsForLargePagesToo) {
  const std::string html = repeated("<p class=a id=b>x<b>y</b></p>\n", 40'000);
  const Extraction out = extract(
      html, {"//p[. = 'xy'][last()]/b/text()", "//p[39999]/b/text()",
             "xpath:count(//p[@class = 'a']/b[. = 'y'])", "xpath:count(//b/..)",
             "xpath:count(//p[b][not(@title)] | //b)", "//b[contains(., 'z')]",
             "xpath:count(id(//p/@id))"});
  EXPECT_EQ(out.error, "");
  EXPECT_THAT(out.values[0], ElementsAre("y"));
  EXPECT_THAT(out.values[1], ElementsAre("y"));
  EXPECT_THAT(out.values[2], ElementsAre("40000"));
  EXPECT_THAT(out.values[3], ElementsAre("40000"));
  EXPECT_THAT(out.values[4], ElementsAre("80000"));
  EXPECT_THAT(out.values[5], IsEmpty());
  EXPECT_THAT(out.values[6], ElementsAre("1"));
  // What takes more than a share of it is no dearer there than elsewhere.
  EXPECT_THAT(extract(html, {"//*[count(//*[count(//*) > 1]) > 1]"}).error,
              HasSubstr("too much time or memory"));
}

TEST(Extractor, XPathIsForNoMoreThanTheMostNodes) {
  std::string attributes;
  for (int i = 0; i < 100; ++i) attributes += " a" + std::to_string(i);
  const std::string html = repeated("<p" + attributes + ">", 11'000);
  const Extraction out = extract(html, {"//p[. = 'x']", "p::attr(a1)|first"});
  EXPECT_THAT(out.values[0], IsEmpty());
  EXPECT_THAT(out.values[1], ElementsAre(""));
  EXPECT_THAT(out.error,
              HasSubstr("x0: XPath is for pages of at most 2097152 nodes"));
}

TEST(Extractor, TheFirstOfAnIdIsFoundWhereverIdIsCalled) {
  const std::string html =
      "<p id=a>1<b>1</b></p><p id=b>2<b>4</b></p><p id=a>3<b>7</b></p>"
      "<i>b\na none\ta</i><i>4</i>";
  const std::vector<Row> rows = {
      {"xpath:id('a')/text()", {"1"}},
      {"xpath:id(' b \n a b ')/text()", {"1", "2"}},
      {"xpath:id('')", {}},
      {"xpath:id('A')", {}},
      {"xpath:id(//i)/text()", {"1", "2"}},
      {"xpath:id(//nothing)", {}},
      {"xpath:id(1 = 1)", {}},
      {"//i[. = //b[../@id = id('b')/@id]]/text()", {"4"}},
      {"//b[count(id('a b')) = 2]/text()", {"1", "4", "7"}},
      {"//p[count(. | id(@id)) = 1]/b/text()", {"1", "4"}},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(values(html, row.selector), row.values) << row.selector;
  }
}

TEST(Extractor, TextsAndCommentsInARowAreBounded) {
  const std::string html = repeated("a<!---->", 20'000);
  const Extraction out = extract(html, {"//text()[. = 'a']", "::text"});
  EXPECT_THAT(out.error, HasSubstr("in a row"));
  EXPECT_THAT(out.values[1], SizeIs(20'000));
}

// On a page of no great size each item may be looked at beside each.
TEST(Extractor, ItemsOfAnOrdinaryPageAreComparedWithEachOther) {
  std::string html;
  for (int i = 0; i < 800; ++i) {
    html += "<p><a href=/i" + std::to_string(i % 400) +
            ">item</a> what there is to say of it, in some words";
  }
  EXPECT_THAT(values(html, "//a[not(@href = preceding::a/@href)]/@href"),
              SizeIs(400));
  EXPECT_THAT(values(html, "//p[count(preceding::p) < 5]"), SizeIs(5));
}

// Steps are counted by libxml2; what they take beside is not, see XmlMemory.
TEST(Extractor, NoXPathRunsForEver) {
  const std::string flat = repeated("<p>x", 20'000);
  for (const std::string selector :
       {"//*[count(//*[count(//*) > 1]) > 1]",
        "//*[contains(string(//*[last()]), string(/))]",
        "//*[translate(.,'x','y')=string(/)]", "//*[//* = 'y']"}) {
    EXPECT_THAT(extract(flat, {selector}).error,
                HasSubstr("too much time or memory"))
        << selector;
  }
  const std::string deep =
      repeated("<div>", 5'000) + std::string(std::size_t{1} << 20, 'x');
  EXPECT_THAT(extract(deep, {"//*[. = concat(/, 'x')]"}).error,
              HasSubstr("too much time or memory"));
  // What the ways from many elements have in common is walked once.
  for (const std::string& html :
       {repeated("<div>", 11'000), repeated("<table><tr><td>", 4'000),
        repeated("<b><i><a href=x><p>", 10'000)}) {
    EXPECT_THAT(extract(html, {"xpath:count(//*//*//*/ancestor::*)"}).error,
                Not(HasSubstr("x0")));
    EXPECT_THAT(extract(html, {"//*[count(ancestor::*[count(ancestor::*["
                               "count(ancestor::*) > 3]) > 3]) > 3]"})
                    .error,
                HasSubstr("too much time or memory"));
  }
  // All expressions of a page together.
  const Extraction many = extract(flat, Strings(50, "//*[//* = 'y']"));
  EXPECT_THAT(many.error, HasSubstr("x0: XPath takes too much"));
  // And the next one is as good as ever.
  EXPECT_THAT(values("<p>x", "//p/text()"), ElementsAre("x"));
}

TEST(Extractor, XPathOfOneWayDownIsForAllThatATreeHolds) {
  const std::string html = repeated(
      "<div class='a row'><p>text <a href=u>link</a></p></div>\n", 9'000);
  const Extraction out = extract(
      html, {"//p[contains(., 'link')]/a/@href",
             "//p[b or contains(@class, 'x') or not(a)]",
             "//*[contains(concat(' ', normalize-space(@class), ' '), ' row ')]"
             "|first|string",
             "//a[ancestor::div[@class = 'a row']][position() = last()]/text()",
             "xpath:count(//*[. = 'link'])"});
  EXPECT_EQ(out.error, "");
  EXPECT_THAT(out.values[0], SizeIs(9'000));
  EXPECT_THAT(out.values[1], IsEmpty());
  EXPECT_THAT(out.values[2], ElementsAre("text link"));
  EXPECT_THAT(out.values[3], SizeIs(9'000));
  EXPECT_THAT(out.values[4], ElementsAre("9000"));
}

// Positions and axes for which no CSS stands are libxml2's.
TEST(Extractor, EveryAxisEndsOnEveryPageMadeToBeSlow) {
  Strings selectors;
  for (const std::string axis :
       {"ancestor", "ancestor-or-self", "attribute", "child", "descendant",
        "descendant-or-self", "following", "following-sibling", "parent",
        "preceding", "preceding-sibling", "self"}) {
    selectors.push_back("//*/" + axis + "::node()[last()]/" + axis +
                        "::node()[2]");
    selectors.push_back("//*[" + axis + "::*[position() mod 2 = 1]]|first");
    selectors.push_back("xpath:count(//*[count(" + axis + "::*) > 3])");
  }
  for (const std::string& html :
       {repeated("<div>", 3'000), repeated("<p>x", 3'000),
        repeated("<table><tr><td>", 800), repeated("<b><i><a href=x><p>", 800),
        repeated("<p a=b c=d><!-- x -->y</p>", 2'000)}) {
    for (std::size_t i = 0; i < 3; ++i) {
      Strings third;
      for (std::size_t j = i; j < selectors.size(); j += 3) {
        third.push_back(selectors[j]);
      }
      const std::string error = extract(html, third).error;
      EXPECT_TRUE(error.empty() ||
                  error.find("too much time or memory") != error.npos ||
                  error.find("more was found") != error.npos)
          << error;
    }
  }
  EXPECT_THAT(values("<p>x", "//p/text()"), ElementsAre("x"));
}

TEST(Extractor, AListFindsEachOnceHoweverLongItIs) {
  const std::string html = repeated("<p>x", 20'000);
  std::string list = "p";
  for (int i = 0; i < 1'000; ++i) list += ",p";
  EXPECT_THAT(extract(html, {list + "|nonempty"}).values[0], SizeIs(20'000));
}

TEST(Extractor, SelectorsMayBeManyAndPagesHuge) {
  const std::string html = repeated("<p class=a id=b><b>x</b></p>\n", 100'000);
  Strings selectors(50, "p.a > b:nth-child(1)::text|first");
  const Extraction out = extract(html, selectors);
  EXPECT_EQ(out.error, "");
  for (const Strings& list : out.values) EXPECT_THAT(list, ElementsAre("x"));
}

}  // namespace
}  // namespace crawl
