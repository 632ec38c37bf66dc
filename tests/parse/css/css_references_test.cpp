// What style sheets refer to, and styles of pages.

#include "parse/css/css_references.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "crawl/parse/style_urls.h"
#include "support/exact_buffer.h"

namespace crawl {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

std::vector<std::string> references(std::string_view css) {
  std::vector<std::string> all;
  each_css_reference(css, [&](const CssReference& reference) {
    all.emplace_back(reference.url);
  });
  return all;
}

struct Case {
  std::string_view css;
  std::vector<std::string> found;
};

TEST(CssReferences, AreThoseOfTheTokenizer) {
  const Case cases[] = {
      {"a { background: url(a.png) }", {"a.png"}},
      {"a{background:URL( 'a b.png' ),url(\"c\")}", {"a b.png", "c"}},
      {"a{src:src(\"x\"), src(y)}", {"x"}},
      {"@import 'a.css' screen; b{c:url(d)}", {"a.css", "d"}},
      {"@import url(a.css) supports(x: url(y));", {"a.css", "y"}},
      {"@IMPORT \"a.css\";@import url( 'b.css' );", {"a.css", "b.css"}},
      {"@import/* x */\"a.css\";", {"a.css"}},
      {"@namespace url(http://www.w3.org/1999/xhtml); a{b:url(c)}", {"c"}},
      {"@namespace svg 'http://www.w3.org/2000/svg';", {}},
      {"@-moz-document url(http://a.test/){a{b:url(c)}}", {"c"}},
      {"@charset \"utf-8\";", {}},
      {"@font-face{src:local('x'),url(a.woff2) format('woff2'),url(b)}",
       {"a.woff2", "b"}},
      {"a{background:image-set('a.png' 1x, \"b.png\" type('image/png') 2x)}",
       {"a.png", "b.png"}},
      {"a{b:-webkit-image-set(url(a.png) 1x,url('b') 2x)} c{content:'d'}",
       {"a.png", "b"}},
      // Comments, strings and other names hold none.
      {"/* url(a) @import 'b'; */ a{content:'url(c)'}", {}},
      {"a{b:curl(c)} d{e:-url(f)} g{h:#url(i)} j{k:2url(l)}", {}},
      {"/* never ends url(a)", {}},
      {"<!-- @import 'a'; --> b{c:url(d)}", {"a", "d"}},
      {"<!--url(a)-->url(b)", {"a", "b"}},
      // Escapes.
      {R"(a{b:u\72l(c\29 .png)})", {"c).png"}},
      {R"(a{b:url("c\"d\
e")})",
       {"c\"de"}},
      {R"(a{b:url(\0)})", {"\xEF\xBF\xBD"}},
      {R"(a{b:url(\D800 x\1F600)})", {"\xEF\xBF\xBDx\xF0\x9F\x98\x80"}},
      // What is broken is left out, and no more than that.
      {"a{b:url(c d)} e{f:url(g)}", {"g"}},
      {"a{b:url(c'd)} e{f:url(g)}", {"g"}},
      {"a{b:'c\nd:url(e)}", {"e"}},
      {"a{b:url('c\n)} d{e:url(f)}", {"f"}},
      {"a{b:url()} c{d:url('')}", {}},
      {"a{b:url(c", {"c"}},
      {"a{b:url('c", {"c"}},
      {"a{b:url(c\\", {"c\xEF\xBF\xBD"}},
      {"a{b:url('c\\", {"c"}},
      {"@import", {}},
      {"@import 'a", {"a"}},
      {"a{b:url", {}},
      {"\\", {}},
      {"", {}},
  };
  for (const Case& each : cases) {
    const testing::ExactBuffer exact(each.css);
    EXPECT_THAT(references(exact.view()), ElementsAreArray(each.found))
        << each.css;
  }
}

TEST(CssReferences, CostLinearTime) {
  // Each would take hours if it were quadratic.
  for (const std::string_view piece :
       {"url(", "url('", "/*", "@import ", "\\", "((((", "image-set(", "'\\"}) {
    std::string css;
    while (css.size() < (4u << 20)) css += piece;
    references(css);
  }
}

const Url kSheet = *Url::parse("http://a.test/css/main.css?v=1");

TEST(SheetUrls, AreResolvedAndEachIsOnce) {
  EXPECT_THAT(
      sheet_urls("a{b:url(../x.png)}c{d:url(/x.png#y)}e{f:url(#here)}"
                 "g{h:url(data:image/png;base64,AA)}@import url(//b.test/y);"
                 "i{j:url(http://u:p@a.test/z)}k{l:url(mailto:x)}",
                 kSheet, "text/css"),
      ElementsAre("http://a.test/x.png", "http://b.test/y", "http://a.test/z"));
}

TEST(SheetUrls, AreReadInTheSheetsCharset) {
  const std::string latin1 = "a{b:url(/\xE9)}";
  EXPECT_THAT(sheet_urls(latin1, kSheet, "text/css; charset=latin1"),
              ElementsAre("http://a.test/%C3%A9"));
  EXPECT_THAT(sheet_urls("@charset \"latin1\";" + latin1, kSheet, "text/css"),
              ElementsAre("http://a.test/%C3%A9"));
  const std::string utf16(
      "\xFF\xFE"
      "a\0{\0b\0:\0u\0r\0l\0(\0/\0x\0)\0}\0",
      24);
  EXPECT_THAT(sheet_urls(utf16, kSheet, ""), ElementsAre("http://a.test/x"));
}

std::vector<std::string> of_page(std::string_view html,
                                 std::string_view type = "text/html") {
  const Url url = *Url::parse("http://a.test/dir/page.html");
  const testing::ExactBuffer exact(html);
  const Page page = read_page(exact.view(), url, type, {});
  return page_style_urls(exact.view(), url, page);
}

TEST(PageStyleUrls, AreThoseOfStyleElementsAndAttributes) {
  EXPECT_THAT(
      of_page("<style>@import 'a.css'; b{c:url(d.png)}</style>"
              "<p style=\"background:url(&quot;e.png&quot;)\">"
              "<p STYLE='background:url(f.png)' style='x:url(no)'>"
              "<p data-style='x:url(no)'></p style='x:url(no)'>"),
      ElementsAre("http://a.test/dir/a.css", "http://a.test/dir/d.png",
                  "http://a.test/dir/e.png", "http://a.test/dir/f.png"));
}

TEST(PageStyleUrls, AreResolvedAgainstThePagesBase) {
  EXPECT_THAT(of_page("<base href='/other/'><p style='x:url(y)'>"),
              ElementsAre("http://a.test/other/y"));
}

TEST(PageStyleUrls, AreNotThoseOfScriptsCommentsAndText) {
  EXPECT_THAT(
      of_page("<script>x = \"<p style='x:url(no)'>\"</script>"
              "<!-- <style>x:url(no)</style> --><title><p style=x:url(no)>"
              "</title><textarea><style>a{b:url(no)}</style></textarea>"
              "url(no) <? <p style=x:url(no) > </ <p style=x:url(no)>"
              "<plaintext><p style=x:url(no)>"),
      IsEmpty());
}

TEST(PageStyleUrls, AreReadInThePagesCharset) {
  EXPECT_THAT(
      of_page("<p style='x:url(\xE9)'><style>a{b:url(\xE8)}</style>",
              "text/html; charset=windows-1252"),
      ElementsAre("http://a.test/dir/%C3%A9", "http://a.test/dir/%C3%A8"));
}

// "line:column element attribute url", in three lists.
std::vector<std::string> listed(const LinkList& links) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < links.size(); ++i) {
    const PageLink link = links[i];
    all.push_back(
        std::to_string(link.line) + ":" + std::to_string(link.column) + " " +
        std::string(to_string(link.element)) + " " +
        std::string(to_string(link.attribute)) + " " + std::string(link.url));
  }
  return all;
}

TEST(SheetLinks, AreEachTimeTheyAreThereWithTheirPlaces) {
  const std::string css =
      "@import 'a.css' screen;\r\n"
      "/* \xC3\xA9 */ b{c:url(d.png),url( 'd.png' )}\n"
      "e{f:url(#g),url(mailto:h),url('http://[/'),image-set('i' 1x)}";
  const testing::ExactBuffer exact(css);
  const Page sheet = sheet_links(exact.view(), kSheet, "text/css");
  EXPECT_THAT(listed(sheet.links),
              ElementsAre("1:9 css import http://a.test/css/a.css",
                          "2:13 css url http://a.test/css/d.png",
                          "2:24 css url http://a.test/css/d.png",
                          "3:54 css url http://a.test/css/i"));
  EXPECT_THAT(listed(sheet.other_schemes),
              ElementsAre("3:13 css url mailto:h"));
  EXPECT_THAT(listed(sheet.malformed), ElementsAre("3:27 css url http://[/"));
}

Page with_style_links(std::string_view html, std::string_view type) {
  const Url url = *Url::parse("http://a.test/dir/page.html");
  const testing::ExactBuffer exact(html);
  PageOptions options;
  options.links = options.check = true;
  Page page = read_page(exact.view(), url, type, options);
  add_style_links(exact.view(), url, page);
  return page;
}

TEST(PageStyleLinks, HaveTheirPlaceInThePageWhateverItsCharset) {
  const std::vector<std::string> wanted = {
      "1:9 a href http://a.test/x", "2:2 q cite http://a.test/dir/y",
      "3:13 style url http://a.test/1", "4:3 style url http://a.test/2",
      "4:18 style style http://a.test/3"};
  const auto page = [](const std::string& e) {
    return "<p>" + e + e + e + e + e + "<a href=/x>x</a>\n" + e +
           "<q cite=' y '>" + e + "</q>\n<style> b{c:url(/1)/*" + e + "*/}\n" +
           e + " url(/2)</style><p style='d:url(/3)'>";
  };
  EXPECT_THAT(
      listed(
          with_style_links(page("\xC3\xA9"), "text/html; charset=utf-8").links),
      ElementsAreArray(wanted));
  EXPECT_THAT(
      listed(with_style_links(page("\xE9"), "text/html; charset=latin1").links),
      ElementsAreArray(wanted));
}

TEST(PageStyleLinks, AreNotThoseOfTemplatesAndOtherLanguages) {
  EXPECT_THAT(
      listed(with_style_links(
                 "<template><template><p style='a:url(b)'></template>"
                 "<style>a{b:url(c)}</style></template><style type=text/less>"
                 "a{b:url(d)}</style><div cite=e><q cite=' '>"
                 "<style type='TEXT/CSS'>a{b:url(f)}</style>",
                 "text/html")
                 .links),
      ElementsAre("1:181 style url http://a.test/dir/f"));
}

// There a style's text has character references, and a tag may end itself.
TEST(PageStyleUrls, AreReadInSvgAsItsOwnLanguageHasThem) {
  const struct {
    std::string_view html, found;
  } cases[] = {
      {"<svg><style>a{b:url(x?a=1&amp;b=2)}</style></svg>", "x?a=1&b=2"},
      {"<svg><style>@import 'x.css'</style>", "x.css"},
      {"<svg><style><![CDATA[a{b:url(x)}]]></style>", "x"},
      {"<svg><style/><g style='a:url(x)'/>", "x"},
      {"<svg><script/><g style='a:url(x)'/>", "x"},
      {"<math><style>a{b:url(x&amp;y)}</style>", "x&y"},
      {"<svg><foreignObject><style>a{b:url(x&amp;)}</style>", "x&amp;"},
      {"<svg><foreignObject></foreignObject><style>a{b:url(x&amp;)}</style>",
       "x&"},
      {"<svg></svg><style>a{b:url(x&amp;)}</style>", "x&amp;"},
      {"<svg/><style>a{b:url(x&amp;)}</style>", "x&amp;"},
      {"</svg><style/>a{b:url(x&amp;)}</style>", "x&amp;"},
      {"<svg><svg></svg><style>a{b:url(x&amp;)}</style>", "x&"},
  };
  for (const auto& each : cases) {
    EXPECT_THAT(of_page(each.html),
                ElementsAre("http://a.test/dir/" + std::string(each.found)))
        << each.html;
  }
}

TEST(PageStyleUrls, MayBreakOffAnywhere) {
  const std::string html =
      "<!doctype html><style>a{b:url('c')}</style><p style=\"d:url(e)\">";
  for (std::size_t size = 0; size <= html.size(); ++size) {
    of_page(std::string_view(html).substr(0, size));
  }
}

}  // namespace
}  // namespace crawl
