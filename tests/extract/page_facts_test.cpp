#include "extract/page_facts.h"

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "crawl/extract/extractor.h"

namespace crawl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Extraction extract(std::string_view html) {
  static const Url url = *Url::parse("https://site.test/dir/page.html");
  Extractor extractor;
  extractor.want_facts();
  return extractor.extract(html, "utf-8", url);
}

PageFacts facts_of(std::string_view html) {
  Extraction out = extract(html);
  EXPECT_EQ(out.error, "");
  return *std::move(out.facts);
}

std::vector<std::string> headings_of(std::string_view html) {
  std::vector<std::string> out;
  for (const PageFacts::Heading& heading : facts_of(html).headings) {
    out.push_back(std::to_string(heading.level) + "|" + heading.text + "|" +
                  heading.id);
  }
  return out;
}

std::vector<std::string> meta_of(std::string_view html) {
  std::vector<std::string> out;
  for (const PageFacts::Meta& meta : facts_of(html).meta) {
    out.push_back(std::string(meta.attribute) + "|" + meta.name + "|" +
                  meta.content);
  }
  return out;
}

std::vector<std::string> alternates_of(std::string_view html) {
  std::vector<std::string> out;
  for (const PageFacts::Alternate& one : facts_of(html).alternates) {
    out.push_back(one.url + "|" + one.hreflang + "|" + one.type + "|" +
                  one.title);
  }
  return out;
}

TEST(PageFacts, HeadingsHaveLevelTextAndId) {
  EXPECT_THAT(headings_of("<h1 id=a>One</h1><p>x<h2>\n Two <b>bold</b>&nbsp; "
                          "</h2><H6 ID=' c '></H6><h7>no</h7><header>no"),
              ElementsAre("1|One|a", "2|Two bold|", "6||c"));
  EXPECT_THAT(headings_of("<template><h1>no</h1></template><svg><h1>yes"),
              ElementsAre("1|yes|"));
  EXPECT_THAT(headings_of("<hr><p>none"), IsEmpty());
}

// As Sphinx, mdBook, Hugo, MkDocs, GitHub and Javadoc write them.
TEST(PageFacts, TheLinkOfAHeadingToItselfIsNotItsText) {
  for (const std::string_view link :
       {"<a class=headerlink href='#x' title='Permalink'>\xC2\xB6</a>",
        "<a href='#x'>#</a>", "<a href='#x'> \xC2\xA7 </a>",
        "<a class=anchor href='#x'><span>\xC2\xB6</span></a>",
        "<a class=permalink href='/y#x'>link</a>",
        "<a class=heading-anchor href='#x'></a>"}) {
    EXPECT_THAT(headings_of("<h2 id=x>Title " + std::string(link) + "</h2>"),
                ElementsAre("2|Title|x"))
        << link;
  }
  for (const std::string_view link :
       {"<a href='#x'>Title</a>",
        "<a class=headerlink href='#x'>Title of it"
        " all</a>",
        "<a href='/y'>#</a>", "<a>#</a>", "<a href='#x'><b><i>#</i></b></a>"}) {
    const std::vector<std::string> found =
        headings_of("<h2>" + std::string(link) + "</h2>");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NE(found[0], "2||") << link;
  }
}

TEST(PageFacts, MetaComesByEachOfItsNames) {
  EXPECT_THAT(
      meta_of("<meta charset=utf-8><meta name=Author content=' A B '>"
              "<meta property=og:title content=T><meta name=x>"
              "<meta itemprop=price content=1 name=p><meta content=nameless>"
              "<meta http-equiv=refresh content=1><body>"
              "<meta name=late content=''><p name=no content=no>"),
      ElementsAre("name|Author|A B", "property|og:title|T", "name|p|1",
                  "itemprop|price|1", "name|late|"));
}

TEST(PageFacts, AlternatesAreTranslationsFeedsAndFormats) {
  EXPECT_THAT(
      alternates_of("<base href=/b/><link rel=alternate hreflang=de href=de>"
                    "<link rel='nofollow ALTERNATE' type=application/rss+xml "
                    "title='News &amp; more' href='//feeds.test/f'>"
                    "<link rel='alternate stylesheet' href=s.css>"
                    "<link rel=alternate><link rel=canonical href=c>"
                    "<link rel=alternate href='mailto:a@b'>"
                    "<a rel=alternate href=x>x</a>"),
      ElementsAre("https://site.test/b/de|de||",
                  "https://feeds.test/f||application/rss+xml|News & more"));
}

TEST(PageFacts, JsonLdIsReadAndWhatIsNoneIsCounted) {
  const PageFacts facts = facts_of(
      "<script type=application/ld+json>\n{ \"@type\": \"Thing\" }\n</script>"
      "<script type='Application/LD+JSON; charset=utf-8'>[1, 2]</script>"
      "<script type=application/ld+json>{broken}</script>"
      "<script type=application/ld+json></script>"
      "<script type=application/json>{}</script><script>{}</script>"
      "<body><script type=application/ld+json>\"late\"</script>");
  EXPECT_THAT(facts.json_ld,
              ElementsAre("{\"@type\":\"Thing\"}", "[1,2]", "\"late\""));
  EXPECT_EQ(facts.json_ld_broken, 2u);
}

TEST(CompactJson, TokensStayAsTheyAre) {
  for (const auto& [text, compact] :
       std::vector<std::pair<std::string_view, std::string_view>>{
           {" { \"a\" : [ 1 , true , null , false ] } ",
            "{\"a\":[1,true,null,false]}"},
           {"[1.50, 1e5, -0, 12345678901234567890123, 0.1]",
            "[1.50,1e5,-0,12345678901234567890123,0.1]"},
           {"{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}"},
           {R"("\u00e9\n\"\\\/")", R"("é\n\"\\/")"},
           {R"("\ud83d\ude00")", "\"\xF0\x9F\x98\x80\""},
           {R"("\u0000")", R"("\u0000")"},
           {"\xEF\xBB\xBF{}", "{}"},
           {"<!-- {} -->", "{}"},
           {"<![CDATA[ {} ]]>", "{}"},
           {"//<![CDATA[\n{}\n//]]>", "{}"},
           {"// <![CDATA[\n{}\n// ]]>", "{}"},
           {"/*<![CDATA[*/{}/*]]>*/", "{}"},
           {"{\"a\":\"<!-- -->\"}", "{\"a\":\"<!-- -->\"}"}}) {
    EXPECT_EQ(compact_json(text), compact) << text;
  }
}

TEST(CompactJson, WhatIsNoJsonIsNothing) {
  for (const std::string_view text :
       {"",          " ",        "{",       "[1,]",        "{\"a\":1,}",
        "{'a':1}",   "{a:1}",    "[1] x",   "[1][2]",      "01",
        "1.",        ".5",       "+1",      "NaN",         "Infinity",
        "undefined", "\"a\nb\"", "\"\\x\"", "\"\\ud83d\"", "/* c */ {}",
        "{}//c",     "\"\xFF\""}) {
    EXPECT_EQ(compact_json(text), std::nullopt) << text;
  }
  // Half a pair that comes second stands for no character.
  EXPECT_EQ(
      compact_json(R"("\udc00")").value_or("\"\xEF\xBF\xBD\"").find('\xED'),
      std::string::npos);
}

// One page must not end what reads the records of all.
TEST(CompactJson, WhatIsNestedDeeperThanReadersReadIsNothing) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(compact_json(nested(100)), nested(100));
  EXPECT_EQ(compact_json(nested(101)), std::nullopt);
  EXPECT_EQ(compact_json("[" + nested(99) + "," + nested(99) + "]"),
            "[" + nested(99) + "," + nested(99) + "]");
  EXPECT_EQ(compact_json(nested(1'000'000)), std::nullopt);
  EXPECT_EQ(compact_json(std::string(1'000'000, '[')), std::nullopt);
  std::string objects;
  for (int i = 0; i < 101; ++i) objects += "{\"a\":";
  EXPECT_EQ(compact_json(objects + "1" + std::string(101, '}')), std::nullopt);
}

TEST(PageFacts, APageSaysNoMoreThanAMultipleOfItsSize) {
  std::string html;
  for (int i = 0; i < 5'000; ++i) html += "<h1><span>xxxxxxxxxxxxxxxxxxxxxxxx";
  const Extraction out = extract(html);
  EXPECT_THAT(out.error, HasSubstr("more was found"));
  std::size_t bytes = 0;
  for (const auto& heading : out.facts->headings) bytes += heading.text.size();
  EXPECT_LE(bytes, (std::size_t{1} << 20) + 8 * html.size());
}

TEST(PageFacts, OnlyThoseWhoAskHaveThem) {
  Extractor extractor;
  EXPECT_TRUE(extractor.empty());
  ASSERT_TRUE(extractor.add("x", "h1"));
  EXPECT_FALSE(extractor.extract("<h1>", "utf-8", *Url::parse("http://a.test/"))
                   .facts.has_value());
  extractor.want_facts();
  EXPECT_THAT(extractor.extract("<h1>", "utf-8", *Url::parse("http://a.test/"))
                  .facts->headings,
              SizeIs(1));
}

}  // namespace
}  // namespace crawl
