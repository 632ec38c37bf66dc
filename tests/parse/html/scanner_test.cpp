// What the scanner makes of pages by the HTML Standard, gumbo not asked. The
// comparison with gumbo is in page_equality_test.cpp.
#include "parse/html/scanner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parse/html/page_names.h"
#include "parse/html/scan_reader.h"
#include "parse/html/scanner_names.h"

namespace crawl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Url& page_url() {
  static const Url url = *Url::parse("https://site.test/dir/page");
  return url;
}

struct Result {
  Page page;
  ScanDoubt doubt = ScanDoubt::kNone;
};

Result scan(std::string_view html, bool anchor_text = false,
            std::string_view encoding = "utf-8") {
  const std::vector<char> exact(html.begin(), html.end());
  PageOptions options;
  options.links = true;
  options.anchor_text = anchor_text;
  Result result;
  result.page = *read_scan({{exact.data(), exact.size()}, encoding, encoding},
                           page_url(), options, OnDoubt::kGuess, &result.doubt);
  return result;
}

// The links without what they share.
std::vector<std::string> links(std::string_view html) {
  constexpr std::string_view kBase = "https://site.test/dir/";
  const Result result = scan(html);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < result.page.links.size(); ++i) {
    std::string_view url = result.page.links[i].url;
    if (url.starts_with(kBase)) url.remove_prefix(kBase.size());
    out.emplace_back(url);
  }
  return out;
}

ScanDoubt doubt(std::string_view html, bool anchor_text = false) {
  return scan(html, anchor_text).doubt;
}

TEST(Scanner, Standard_SelectHoldsAnyContent) {
  EXPECT_THAT(links("<select><a href=1>x</a><option><img src=2></select>"),
              ElementsAre("1", "2"));
  EXPECT_EQ(scan("<select><title>t</title></select>").page.title, "t");
}

TEST(Scanner, Standard_ControlCharactersStay) {
  EXPECT_EQ(scan("<title>a\x01z</title>").page.title, "a\x01z");
}

TEST(Scanner, ControlCharactersAreNoLettersOfANameNorDigits) {
  EXPECT_THAT(links("<svg><a xlink\x1ahref=1></a><\x01 href=2></svg>"),
              IsEmpty());
  EXPECT_EQ(doubt("<svg><h\x11></svg>"), ScanDoubt::kNone);
}

TEST(Scanner, Standard_HugeNumericReferenceIsOneReplacement) {
  EXPECT_EQ(scan("<title>&#x100000041;z</title>").page.title, "\uFFFDz");
}

TEST(Scanner, Standard_NulIsPartOfAnAttributeName) {
  EXPECT_THAT(links(std::string_view("<a \0href=1><a href=2>", 21)),
              ElementsAre("2"));
}

TEST(Scanner, Standard_IsindexIsNoForm) {
  EXPECT_THAT(links("<isindex action=1><form action=2>"), ElementsAre("2"));
}

TEST(Scanner, Standard_EmptyEndTagIsNothing) {
  const Result result =
      scan("<svg></><title></title></svg><title>t</title><a href=1>");
  EXPECT_EQ(result.page.title, "t");
  EXPECT_EQ(result.page.links.size(), 1U);
}

TEST(Scanner, Standard_EndTagsMayHaveSpaceAndAttributes) {
  EXPECT_EQ(scan("<svg><title>x</title a=b ></svg><title>y</title>").page.title,
            "y");
}

TEST(Scanner, Standard_RepeatedAttributeIsDroppedAlone) {
  EXPECT_THAT(links("<a n n href=1><a href=2 href=3>"), ElementsAre("1", "2"));
}

TEST(Scanner, Standard_TextInTheEighthBlockOfAnUnclosedAnchorIsItsOwn) {
  const Result result =
      scan("<a href=1><div><div><div><div><div><div><div><div>one<a href=2>two",
           true);
  EXPECT_EQ(result.doubt, ScanDoubt::kNone);
  ASSERT_EQ(result.page.links.size(), 2U);
  EXPECT_EQ(result.page.links[0].text, "one");
  EXPECT_EQ(result.page.links[1].text, "two");
}

TEST(Scanner, TemplatesHoldNothingOfTheDocument) {
  EXPECT_THAT(links("<template><a href=1><template></template><a href=2>"
                    "</template><a href=3>"),
              ElementsAre("3"));
  EXPECT_EQ(scan("<template><title>no</title></template>").page.title,
            std::nullopt);
}

TEST(Scanner, AFormInAFormIsIgnored) {
  EXPECT_THAT(links("<form action=1><form action=2></form><form action=3>"),
              ElementsAre("1", "3"));
}

TEST(Scanner, FramesCountInAFramesetOnly) {
  EXPECT_THAT(links("<frame src=1>"), IsEmpty());
  EXPECT_THAT(
      links("<frameset><frame src=1><a href=2></frameset><frame src=3>"),
      ElementsAre("1"));
}

TEST(Scanner, CdataIsTextInSvgOnly) {
  EXPECT_THAT(links("<svg><![CDATA[<a href=1>]]></svg>"
                    "<![CDATA[ <a href=2> ]]><a href=3>"),
              ElementsAre("3"));
}

TEST(Scanner, SaysWhenTagsDoNotTell) {
  EXPECT_EQ(doubt("<svg><p>"), ScanDoubt::kForeign);
  EXPECT_EQ(doubt("<svg><foreignObject><b>"), ScanDoubt::kForeign);
  EXPECT_EQ(doubt("<math><mi><a>"), ScanDoubt::kForeign);
  EXPECT_EQ(doubt("<svg></div>"), ScanDoubt::kForeign);
  EXPECT_EQ(doubt("<svg><g\x83\x41></g\x83\x61>"), ScanDoubt::kForeign);
  EXPECT_EQ(doubt("<svg><![CDATA[\x81]]>"), ScanDoubt::kForeign);
  EXPECT_EQ(doubt("<p><frameset>"), ScanDoubt::kFrameset);
  EXPECT_EQ(doubt("<template><col>"), ScanDoubt::kTemplate);
  EXPECT_EQ(doubt("<a href=1><table>", true), ScanDoubt::kAnchorText);
}

TEST(Scanner, IsSureOfOrdinaryPages) {
  EXPECT_EQ(doubt("<svg viewBox='0'><title>t</title><path d=''/><g></g></svg>"
                  "<math><mi>x</mi><mo>=</mo></math>"
                  "<table><tr><td><form><select><option></select></form>"
                  "<template><p></template><a href=1>x</table><p></b></i>"),
            ScanDoubt::kNone);
  EXPECT_EQ(doubt("<p><a href=1><b>x</b><img></a><a href=2><div><p>y</div></a>",
                  true),
            ScanDoubt::kNone);
}

// Guessing is for pages that are made to be costly: it must end and bring what
// plain tags say.
TEST(Scanner, GuessesGoOnBehindADoubt) {
  EXPECT_THAT(links("<a href=1><svg><p><a href=2></svg><frameset><a href=3>"
                    "<template><col></template><a href=4>"),
              ElementsAre("1", "2", "3", "4"));
}

TEST(Scanner, ReadsSingleByteCharsetsInPlace) {
  const Result result =
      scan("<title>caf\xE9 &eacute;</title><a href='\xE9?\xE9'>", false,
           "windows-1252");
  EXPECT_EQ(result.page.title, "caf\u00E9 \u00E9");
  ASSERT_EQ(result.page.links.size(), 1U);
  EXPECT_EQ(result.page.links[0].url, "https://site.test/dir/%C3%A9?%E9");
}

// The scanner's tables and the tree reader's must name the same.
TEST(ScannerNames, AgreeWithTheTreeReaders) {
  std::vector<std::string> names;
  for (const char* name : {"a",
                           "area",
                           "audio",
                           "base",
                           "basefont",
                           "body",
                           "button",
                           "embed",
                           "form",
                           "frame",
                           "frameset",
                           "html",
                           "iframe",
                           "image",
                           "img",
                           "input",
                           "link",
                           "meta",
                           "object",
                           "script",
                           "source",
                           "title",
                           "track",
                           "use",
                           "video",
                           "action",
                           "background",
                           "content",
                           "data",
                           "formaction",
                           "href",
                           "http-equiv",
                           "imagesrcset",
                           "lang",
                           "name",
                           "poster",
                           "rel",
                           "src",
                           "srcset",
                           "type",
                           "xlink:href",
                           "b",
                           "http-equix",
                           "formactiox",
                           "backgroun",
                           "xlink\x1ahref",
                           "http\requiv",
                           "ba\x13"
                           "e"}) {
    std::string upper(name);
    for (char& c : upper) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    }
    for (const std::string& written :
         {std::string(name), upper, name + std::string("x"),
          name + std::string(1, '\0')}) {
      const char* const begin = written.data();
      const char* const end = begin + written.size();
      const bytes::NameKey key = bytes::name_key(begin, written.size(), end);
      if (written != "title" && written != "TITLE") {
        EXPECT_EQ(kHtmlTags.find(key, begin, end, {}).element,
                  html_element(written))
            << written;
      }
      EXPECT_EQ(kAttributes.find(key, begin, end, PageAttribute::kOther),
                page_attribute(written))
          << written;
      EXPECT_EQ(kForeignTags.find(key, begin, end, {}).svg_element,
                svg_element(written))
          << written;
    }
  }
}

// Checks whether kBodyTags has what is written so, in either case.
void check_body_tag(const std::string& name, bool wanted) {
  for (const char* behind : {">  ", " a=b", "/> "}) {
    std::string written = name + behind;
    EXPECT_EQ(kBodyTags.has(written.data()), wanted) << written;
    for (char& c : written) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    }
    EXPECT_EQ(kBodyTags.has(written.data()), wanted) << written;
  }
}

TEST(ScannerNames, BodyTagsHaveAllThatMatters) {
  for (const std::string_view name : kHtmlTags.names()) {
    check_body_tag(std::string(name), true);
  }
  for (const char* other :
       {"/form", "/template", "!", "!--", "!doctype", "![CDATA["}) {
    check_body_tag(other, true);
  }
}

// What pages have most of costs nothing.
TEST(ScannerNames, BodyTagsHaveLittleElse) {
  for (const char* name :
       {"b",      "blockquote", "br",  "caption", "center",  "cite",
        "code",   "dd",         "div", "dl",      "dt",      "em",
        "figure", "h1",         "h2",  "h3",      "h6",      "hr",
        "i",      "label",      "li",  "ol",      "main",    "nav",
        "option", "p",          "pre", "section", "select",  "small",
        "span",   "strong",     "sub", "sup",     "summary", "table",
        "tbody",  "td",         "th",  "thead",   "tr",      "tt",
        "u",      "ul",         "var"}) {
    check_body_tag(name, false);
    check_body_tag("/" + std::string(name), false);
  }
  check_body_tag("/a", false);
}

}  // namespace
}  // namespace crawl
