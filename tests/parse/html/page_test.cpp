#include "crawl/parse/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/utf8.h"

namespace crawl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Url& page_url() {
  static const Url url = *Url::parse("https://site.test/dir/page?q#f");
  return url;
}

// From a buffer of its exact size, so that a sanitizer sees a read past it.
Page read(std::string_view body, std::string_view content_type = "",
          bool anchor_text = false) {
  const std::vector<char> exact(body.begin(), body.end());
  PageOptions options;
  options.links = true;
  options.anchor_text = anchor_text;
  return read_page({exact.data(), exact.size()}, page_url(), content_type,
                   options);
}

std::vector<std::string> urls(const Page& page) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < page.links.size(); ++i) {
    out.emplace_back(page.links[i].url);
  }
  return out;
}

// "a href https://..." for each link.
std::vector<std::string> links(std::string_view body) {
  const Page page = read(body);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < page.links.size(); ++i) {
    const PageLink link = page.links[i];
    out.push_back(std::string(to_string(link.element)) + " " +
                  std::string(to_string(link.attribute)) + " " +
                  std::string(link.url));
  }
  return out;
}

std::vector<std::string> texts(std::string_view body) {
  const Page page = read(body, "", true);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < page.links.size(); ++i) {
    out.emplace_back(page.links[i].text);
  }
  return out;
}

TEST(Page, EmptyBodySaysNothing) {
  const Page page = read("");
  EXPECT_EQ(page.title, std::nullopt);
  EXPECT_EQ(page.lang, std::nullopt);
  EXPECT_EQ(page.link_count, 0U);
  EXPECT_EQ(page.base, page_url().href());
}

TEST(Page, TitleIsStrippedAndCollapsed) {
  EXPECT_EQ(read("<title>\n  A \t &amp;\r\n B\f</title>").title, "A & B");
  EXPECT_EQ(read("<title></title>").title, "");
  EXPECT_EQ(read("<p>no title").title, std::nullopt);
}

TEST(Page, TitleIsTheFirstOfTheDocument) {
  EXPECT_EQ(read("<title>1</title><title>2</title>").title, "1");
  EXPECT_EQ(read("<title></title><title>2</title>").title, "");
  EXPECT_EQ(read("<body><p><title>late</title>").title, "late");
  EXPECT_EQ(read("<title>a<b>c</title>").title, "a<b>c");
  EXPECT_EQ(read("<title>never ends<p>").title, "never ends<p>");
}

TEST(Page, TitleInsideSvgOrTemplateIsNone) {
  EXPECT_EQ(read("<svg><title>icon</title></svg><title>page</title>").title,
            "page");
  EXPECT_EQ(read("<template><title>t</title></template>").title, std::nullopt);
}

TEST(Page, DescriptionIsTheFirstThatSaysSomething) {
  EXPECT_EQ(read("<meta name=description content=''>"
                 "<meta name=Description content=' a\n b '>"
                 "<meta name=description content=c>")
                .description,
            "a b");
  EXPECT_EQ(read("<meta name=description>").description, std::nullopt);
  EXPECT_EQ(read("<meta name=og:description content=x>").description,
            std::nullopt);
}

TEST(Page, CanonicalIsResolvedAgainstTheBase) {
  EXPECT_EQ(read("<link rel='x CANONICAL' href='/c'>").canonical,
            "https://site.test/c");
  EXPECT_EQ(
      read("<link rel=canonical href=c><base href=//other.test/b/>").canonical,
      "https://other.test/b/c");
  EXPECT_EQ(read("<link rel=canonical href=''>").canonical, std::nullopt);
  EXPECT_EQ(read("<link rel=canonicals href=x>").canonical, std::nullopt);
  EXPECT_EQ(read("<link rel=canonical href=mailto:x>").canonical, std::nullopt);
}

TEST(Page, LangIsTheHtmlElements) {
  EXPECT_EQ(read("<html lang=en-GB>").lang, "en-GB");
  EXPECT_EQ(read("<p lang=de>").lang, std::nullopt);
  EXPECT_EQ(read("<html lang=''>").lang, std::nullopt);
  EXPECT_EQ(read("<html><p><html lang=fr>").lang, "fr");
  EXPECT_EQ(read("<html lang=en><p><html lang=fr>").lang, "en");
}

TEST(Page, RobotsRulesAreJoined) {
  const Page page = read(
      "<meta name=ROBOTS content=noindex><meta name=robots content=' nofollow "
      "'><meta name=robots content=''><meta name=crawl content=none>"
      "<meta name=googlebot content=nothing>");
  EXPECT_EQ(page.robots, "noindex, nofollow");
  EXPECT_EQ(page.robots_crawl, "none");
}

TEST(Page, RefreshHasATarget) {
  EXPECT_EQ(read("<meta http-equiv=Refresh content='5; url=next'>").refresh,
            "https://site.test/dir/next");
  EXPECT_EQ(
      read("<meta http-equiv=refresh content='0;URL = \"/a\" x'>").refresh,
      "https://site.test/a");
  EXPECT_EQ(read("<meta http-equiv=refresh content='0,/b'>").refresh,
            "https://site.test/b");
  EXPECT_EQ(read("<meta http-equiv=refresh content='.5 /b'>").refresh,
            "https://site.test/b");
  EXPECT_EQ(read("<meta http-equiv=refresh content='0; urx'>").refresh,
            "https://site.test/dir/urx");
  EXPECT_EQ(read("<meta http-equiv=refresh content='0; url'>").refresh,
            "https://site.test/dir/url");
  for (const std::string_view none :
       {"5", "", "; url=x", "x; url=y", "5x; url=y", "5; url=", "5; ",
        "0; url=javascript:x", "-1; url=x"}) {
    const std::string page =
        "<meta http-equiv=refresh content='" + std::string(none) + "'>";
    EXPECT_EQ(read(page).refresh, std::nullopt) << none;
  }
}

TEST(Page, RefreshIsALink) {
  EXPECT_THAT(links("<meta http-equiv=refresh content='5;url=next'>"),
              ElementsAre("meta content https://site.test/dir/next"));
}

TEST(Page, FirstBaseWithAHrefCountsForAllLinks) {
  const Page page = read(
      "<a href=1></a><base target=x><base href=/b/><base href=/c/>"
      "<a href=2></a>");
  EXPECT_EQ(page.base, "https://site.test/b/");
  EXPECT_THAT(urls(page),
              ElementsAre("https://site.test/b/1", "https://site.test/b/2"));
}

TEST(Page, BaseThatIsNoneLeavesThePagesUrl) {
  for (const std::string_view base :
       {"http://[bad", "data:text/html,x", "javascript:x"}) {
    const Page page = read("<base href='" + std::string(base) + "'><a href=x>");
    EXPECT_EQ(page.base, page_url().href()) << base;
    EXPECT_THAT(urls(page), ElementsAre("https://site.test/dir/x"));
  }
  EXPECT_EQ(read("<template><base href=/b/></template>").base,
            page_url().href());
}

TEST(Page, LinksOfOtherBaseSchemesDoNotGetIn) {
  const Page page = read(
      "<base href=ftp://f.test/><a href=x></a>"
      "<a href=http://h.test/></a>");
  EXPECT_THAT(urls(page), ElementsAre("http://h.test/"));
  EXPECT_EQ(page.link_count, 1U);
}

TEST(Page, EveryElementThatHoldsALink) {
  EXPECT_THAT(
      links("<link href=link imagesrcset='ls 1x'>"
            "<script src=script></script><body background=bg><a href=a></a>"
            "<map><area href=area></map><iframe src=iframe></iframe>"
            "<img src=img srcset='s1 1x, s2 2x'>"
            "<video src=video poster=poster><source src=source srcset=ss>"
            "<track src=track></video><audio src=audio></audio>"
            "<embed src=embed><object data=object></object>"
            "<form action=form><input type=IMAGE src=input formaction=ia>"
            "<button formaction=ba></button></form>"
            "<svg><image href=image /><use xlink:href='use#u'/><a "
            "xlink:href=sa></a><script href=ssc></script></svg>"),
      ElementsAre("link href https://site.test/dir/link",
                  "link imagesrcset https://site.test/dir/ls",
                  "script src https://site.test/dir/script",
                  "body background https://site.test/dir/bg",
                  "a href https://site.test/dir/a",
                  "area href https://site.test/dir/area",
                  "iframe src https://site.test/dir/iframe",
                  "img src https://site.test/dir/img",
                  "img srcset https://site.test/dir/s1",
                  "img srcset https://site.test/dir/s2",
                  "video src https://site.test/dir/video",
                  "video poster https://site.test/dir/poster",
                  "source src https://site.test/dir/source",
                  "source srcset https://site.test/dir/ss",
                  "track src https://site.test/dir/track",
                  "audio src https://site.test/dir/audio",
                  "embed src https://site.test/dir/embed",
                  "object data https://site.test/dir/object",
                  "form action https://site.test/dir/form",
                  "input src https://site.test/dir/input",
                  "input formaction https://site.test/dir/ia",
                  "button formaction https://site.test/dir/ba",
                  "image href https://site.test/dir/image",
                  "use xlink:href https://site.test/dir/use#u",
                  "a xlink:href https://site.test/dir/sa",
                  "script href https://site.test/dir/ssc"));
}

TEST(Page, FramesAreLinks) {
  EXPECT_THAT(links("<frameset><frame src=f></frameset>"),
              ElementsAre("frame src https://site.test/dir/f"));
}

TEST(Page, ImageTagIsImg) {
  EXPECT_THAT(links("<image src=x>"),
              ElementsAre("img src https://site.test/dir/x"));
}

TEST(Page, AttributesThatHoldNoLink) {
  EXPECT_THAT(links("<p href=x><a src=x></a><a name=x></a><input src=x>"
                    "<input type=text src=x><math href=x></math>"
                    "<svg><use href='#in-page'/><image xlink:href=' #i'/>"
                    "<img src=''></svg><script src=' '></script>"
                    "<link href><img src='\t\n'>"),
              IsEmpty());
}

TEST(Page, EmptyHrefOfAnAnchorIsThePageItself) {
  EXPECT_THAT(links("<a href></a><area href=''><a href='#x'></a>"),
              ElementsAre("a href https://site.test/dir/page?q",
                          "area href https://site.test/dir/page?q",
                          "a href https://site.test/dir/page?q#x"));
}

TEST(Page, OnlyHttpAndHttpsGetIn) {
  const Page page = read(
      "<a href=mailto:a@b></a><a href='javascript:void(0)'></a>"
      "<a href=' JavaScript:x'></a><a href='java\nscript:x'></a>"
      "<a href=ftp://x/></a><a href=tel:1></a><img src=data:image/png;base64,x>"
      "<a href=about:blank></a><a href=file:///etc/passwd></a>"
      "<a href='http://[bad'></a><a href='https:rel'></a><a "
      "href=HTTP://A.b></a>"
      "<a href='ht\ntp://c'></a>");
  EXPECT_THAT(urls(page), ElementsAre("https://site.test/dir/rel",
                                      "http://a.b/", "http://c/"));
  EXPECT_EQ(page.link_count, 3U);
}

TEST(Page, LinkCountIsOfAnchorsAndAreasRepeatsIncluded) {
  const std::string body =
      "<a href=x></a><a href=x></a><a href=mailto:x></a><img src=x>"
      "<map><area href=y></map>";
  EXPECT_EQ(read(body).link_count, 3U);
  EXPECT_EQ(read(body).links.size(), 4U);
  const Page counted = read_page(body, page_url(), "", PageOptions());
  EXPECT_EQ(counted.link_count, 3U);
  EXPECT_TRUE(counted.links.empty());
}

TEST(Page, LinksInsideTemplatesAreNotThePages) {
  EXPECT_THAT(links("<template><a href=x></a><img src=y></template>"),
              IsEmpty());
}

TEST(Page, NoscriptIsReadAsWithoutScripts) {
  EXPECT_THAT(links("<head><noscript><link href=l></noscript></head>"
                    "<body><noscript><img src=i></noscript>"),
              ElementsAre("link href https://site.test/dir/l",
                          "img src https://site.test/dir/i"));
}

TEST(Page, AnElementThatTheTreeClonesIsOneLink) {
  EXPECT_THAT(links("<p><a href=x>one<p>two</a><p>three"),
              ElementsAre("a href https://site.test/dir/x"));
  EXPECT_THAT(links("<a href=x><b><div></a>y</div></b>"),
              ElementsAre("a href https://site.test/dir/x"));
}

TEST(Page, LinksComeInTheOrderOfTheSource) {
  EXPECT_THAT(links("<table><tr><td><a href=1></a></td></tr>"
                    "<a href=2></a></table><a href=3></a>"),
              ElementsAre("a href https://site.test/dir/1",
                          "a href https://site.test/dir/2",
                          "a href https://site.test/dir/3"));
}

TEST(Page, RelIsAsWritten) {
  const Page page = read("<a href=x rel=' NoFollow\tugc '></a>");
  EXPECT_EQ(page.links[0].rel, " NoFollow\tugc ");
}

TEST(Page, CharacterReferencesAreResolved) {
  EXPECT_THAT(urls(read("<a href='?a=1&amp;b=&#x32;&copy=3&lt;'></a>")),
              ElementsAre("https://site.test/dir/page?a=1&b=2&copy=3%3C"));
}

TEST(Page, Srcset) {
  const auto srcset = [](std::string_view value) {
    return urls(read("<img srcset='" + std::string(value) + "'>"));
  };
  const std::string d = "https://site.test/dir/";
  EXPECT_THAT(srcset(" a 1x,\n b 2x "), ElementsAre(d + "a", d + "b"));
  EXPECT_THAT(srcset("a,b"), ElementsAre(d + "a,b"));
  EXPECT_THAT(srcset("a, b"), ElementsAre(d + "a", d + "b"));
  EXPECT_THAT(srcset(",,a,,, b 1x (x, y) , c"),
              ElementsAre(d + "a", d + "b", d + "c"));
  EXPECT_THAT(srcset("data:,x 1x, http://h/ 2x"), ElementsAre("http://h/"));
  EXPECT_THAT(srcset(""), IsEmpty());
  EXPECT_THAT(srcset(" , "), IsEmpty());
  EXPECT_THAT(srcset("a 1x (unclosed, b"), ElementsAre(d + "a"));
}

TEST(Page, AnchorTextIsCollapsed) {
  EXPECT_THAT(texts("<a href=x> a\n<b>b</b>c <i> d</i> </a>e"),
              ElementsAre("a bc d"));
  EXPECT_THAT(texts("<a href=x><img alt=i src=y></a>"), ElementsAre("", ""));
}

TEST(Page, AnchorTextLeavesOutWhatIsNoText) {
  EXPECT_THAT(texts("<a href=x>a<script>s</script><style>t</style>"
                    "<template>t</template><!-- c -->b</a>"),
              ElementsAre("ab"));
}

TEST(Page, AnchorTextOfAClonedElementIsWhole) {
  EXPECT_THAT(texts("<p><a href=x>one<p> two</a><p>three"),
              ElementsAre("one two"));
}

TEST(Page, AnchorTextBelongsToTheInnermost) {
  EXPECT_THAT(texts("<a href=x>1<table><td><a href=y>2</a></table>3</a>4"),
              ElementsAre("13", "2"));
  EXPECT_THAT(texts("<a href=x>1<a href=y>2"), ElementsAre("1", "2"));
  EXPECT_THAT(texts("<a href=x>1<a name=y>2</a>"), ElementsAre("1"));
}

TEST(Page, AnchorTextOnlyWhenAskedFor) {
  EXPECT_EQ(read("<a href=x>text</a>").links[0].text, "");
}

TEST(Page, CharsetIsDecidedAndDecoded) {
  const Page page =
      read("<title>caf\xE9</title><a href='?q=\xE9'></a><a href='\xE9'></a>",
           "text/html; charset=iso-8859-1");
  EXPECT_EQ(page.charset, "windows-1252");
  EXPECT_EQ(page.title, "caf\u00E9");
  EXPECT_THAT(urls(page), ElementsAre("https://site.test/dir/page?q=%E9",
                                      "https://site.test/dir/%C3%A9"));
}

TEST(Page, QueriesOfLegacyPagesAreEncodedAsThePageIs) {
  EXPECT_THAT(urls(read("<a href='?q=\x82\xA0&#x1F600;#\x82\xA0'></a>",
                        "text/html;charset=shift_jis")),
              ElementsAre("https://site.test/dir/page?q=%82%A0%26%23128512%3B"
                          "#%E3%81%82"));
}

TEST(Page, Utf16IsConvertedFirst) {
  std::string body = "\xFF\xFE";
  for (const char c : std::string_view("<title>x</title><a href=y>")) {
    body.push_back(c);
    body.push_back('\0');
  }
  const Page page = read(body);
  EXPECT_EQ(page.charset, "utf-16le");
  EXPECT_EQ(page.title, "x");
  EXPECT_THAT(urls(page), ElementsAre("https://site.test/dir/y"));
}

TEST(Page, ReplacementEncodingIsNotRead) {
  const Page page = read("<title>x</title>", "text/html;charset=hz-gb-2312");
  EXPECT_EQ(page.charset, "replacement");
  EXPECT_EQ(page.title, std::nullopt);
}

TEST(Page, ByteOrderMarkIsNotText) {
  EXPECT_EQ(read("\xEF\xBB\xBF<title>x</title>").title, "x");
}

TEST(Page, TextIsValidUtf8WhateverThePageHolds) {
  std::string junk;
  for (int i = 255; i > 0; --i) {
    if (i != '<' && i != '>' && i != '"' && i != '&') {
      junk.push_back(static_cast<char>(i));
    }
  }
  const Page page =
      read("<html lang=\"" + junk + "\"><title>" + junk +
               "</title><meta name=robots content=\"" + junk +
               "\"><meta name=description content=\"" + junk + "\"><a rel=\"" +
               junk + "\" href=\"" + junk + "\">" + junk,
           "text/html;charset=utf-8", true);
  EXPECT_TRUE(is_valid_utf8(page.title.value()));
  EXPECT_TRUE(is_valid_utf8(page.robots.value()));
  EXPECT_TRUE(is_valid_utf8(page.description.value()));
  EXPECT_TRUE(is_valid_utf8(page.lang.value()));
  ASSERT_EQ(page.links.size(), 1U);
  EXPECT_TRUE(is_valid_utf8(page.links[0].rel));
  EXPECT_TRUE(is_valid_utf8(page.links[0].text));
  EXPECT_TRUE(is_valid_utf8(page.links[0].url));
}

TEST(Page, SaysWhoReadIt) {
  EXPECT_EQ(read("<title>t</title><a href=x>x</a>").parser,
            PageParser::kScanner);
  // Where the tree is needed, and where it would cost too much.
  const std::string doubtful = "<svg><foreignObject><p><a href=x>";
  EXPECT_EQ(read(doubtful).parser, PageParser::kTree);
  std::string costly = doubtful;
  for (int i = 0; i < 100'000; ++i) costly += "<div>";
  const Page page = read(costly);
  EXPECT_EQ(page.parser, PageParser::kScanner);
  EXPECT_THAT(urls(page), ElementsAre("https://site.test/dir/x"));
}

TEST(Page, EveryPrefixIsRead) {
  const std::string body =
      "<!doctype html><html lang='en'><head><base href='/b/'><title>T &amp; "
      "t</title><meta charset=\"koi8-r\"><link rel=canonical href=c></head>"
      "<body><!-- c --><svg><![CDATA[x]]></svg><a href=\"x&amp;y\" rel=r>t</a>"
      "<img srcset='a 1x, b'><script>if(a<b)</script></body></html>";
  for (std::size_t i = 0; i <= body.size(); ++i) {
    read(std::string_view(body).substr(0, i), "", true);
  }
}

}  // namespace
}  // namespace crawl
