#include "crawl/parse/sitemap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace crawl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kUrlset =
    R"(<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">)";

Sitemap read(std::string_view body, const SitemapOptions& options = {}) {
  // Exactly the body's size, so that ASan sees a byte too far.
  const std::unique_ptr<char[]> copy(new char[body.size()]);
  if (!body.empty()) std::memcpy(copy.get(), body.data(), body.size());
  return read_sitemap({copy.get(), body.size()},
                      *Url::parse("https://h/dir/sitemap.xml"), options);
}

std::vector<std::string> hrefs(const std::vector<SitemapEntry>& entries) {
  std::vector<std::string> out;
  for (const SitemapEntry& entry : entries) out.emplace_back(entry.url.href());
  return out;
}

std::string gzip(std::string_view data) {
  z_stream stream{};
  EXPECT_EQ(
      deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY),
      Z_OK);
  std::string out(deflateBound(&stream, data.size()) + 64, '\0');
  stream.next_in =
      const_cast<Bytef*>(reinterpret_cast<const Bytef*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string urlset_of(int count) {
  std::string body = kUrlset;
  for (int i = 0; i < count; ++i) {
    body += "<url><loc>https://h/" + std::to_string(i) + "</loc></url>\n";
  }
  return body + "</urlset>";
}

TEST(Sitemap, UrlsetWithAllItsElements) {
  const Sitemap sitemap = read(
      std::string("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- c -->\n") +
      kUrlset +
      "<url>\n <loc> https://h/a?x=1&amp;y=&#x32;&apos; </loc>\n"
      " <lastmod>2026-01-02</lastmod><changefreq>daily</changefreq>"
      "<priority>0.8</priority></url>"
      "<url><loc><![CDATA[https://h/b?c&d]]></loc></url></urlset>\n");
  EXPECT_EQ(sitemap.format, SitemapFormat::kUrlset);
  EXPECT_THAT(hrefs(sitemap.pages),
              ElementsAre("https://h/a?x=1&y=2%27", "https://h/b?c&d"));
  EXPECT_EQ(sitemap.pages[0].lastmod, "2026-01-02");
  EXPECT_EQ(sitemap.pages[1].lastmod, "");
  EXPECT_EQ(sitemap.problem, "");
  EXPECT_FALSE(sitemap.truncated);
  EXPECT_EQ(sitemap.invalid, 0u);
}

TEST(Sitemap, IndexListsSitemaps) {
  const Sitemap sitemap = read(
      "<sitemapindex><sitemap><loc>https://h/1.xml.gz</loc>"
      "<lastmod>2026</lastmod></sitemap>"
      "<sitemap><loc>https://h/2.xml</loc></sitemap></sitemapindex>");
  EXPECT_EQ(sitemap.format, SitemapFormat::kIndex);
  EXPECT_THAT(hrefs(sitemap.sitemaps),
              ElementsAre("https://h/1.xml.gz", "https://h/2.xml"));
  EXPECT_THAT(sitemap.pages, IsEmpty());
}

TEST(Sitemap, OtherVocabulariesAreNoLocations) {
  const Sitemap sitemap = read(
      R"(<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
          xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
          <url><loc>https://h/a</loc>
            <image:image><image:loc>https://h/a.png</image:loc></image:image>
            <image:loc>https://h/b.png</image:loc></url></urlset>)");
  EXPECT_THAT(hrefs(sitemap.pages), ElementsAre("https://h/a"));
}

TEST(Sitemap, PrefixesAreOnlyNames) {
  const Sitemap sitemap = read(
      R"(<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9">
          <s:url><s:loc>https://h/a</s:loc></s:url></s:urlset>)");
  EXPECT_THAT(hrefs(sitemap.pages), ElementsAre("https://h/a"));
}

TEST(Sitemap, TextHasOneUrlALine) {
  const Sitemap sitemap = read(
      "\xef\xbb\xbfhttps://h/a\r\n\r\n  http://h/b  \rnot a url\n"
      "ftp://h/c\nhttps://h/d");
  EXPECT_EQ(sitemap.format, SitemapFormat::kText);
  EXPECT_THAT(hrefs(sitemap.pages),
              ElementsAre("https://h/a", "http://h/b", "https://h/d"));
  EXPECT_EQ(sitemap.invalid, 2u);
}

TEST(Sitemap, RssLinksOfItems) {
  const Sitemap sitemap = read(
      R"(<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
          <title>t</title><link>https://h/</link>
          <atom:link href="https://h/feed" rel="self"/>
          <item><title>x</title><link>https://h/1</link>
            <pubDate>Tue, 10 Jun 2003 04:00:00 GMT</pubDate></item>
          <item><guid>https://h/2</guid></item>
          <item><guid isPermaLink="false">https://h/no</guid></item>
          <item><link>3?a=1&amp;b</link></item></channel></rss>)");
  EXPECT_EQ(sitemap.format, SitemapFormat::kRss);
  EXPECT_THAT(hrefs(sitemap.pages), ElementsAre("https://h/1", "https://h/2",
                                                "https://h/dir/3?a=1&b"));
  EXPECT_EQ(sitemap.pages[0].lastmod, "Tue, 10 Jun 2003 04:00:00 GMT");
}

TEST(Sitemap, RdfFeed) {
  const Sitemap sitemap = read(
      R"(<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
            xmlns="http://purl.org/rss/1.0/">
          <channel><link>https://h/</link></channel>
          <item><link>https://h/1</link></item></rdf:RDF>)");
  EXPECT_EQ(sitemap.format, SitemapFormat::kRss);
  EXPECT_THAT(hrefs(sitemap.pages), ElementsAre("https://h/1"));
}

TEST(Sitemap, AtomLinksOfEntries) {
  const Sitemap sitemap = read(
      R"(<feed xmlns="http://www.w3.org/2005/Atom">
          <link href="https://h/"/>
          <entry><link rel="edit" href="https://h/edit"/>
            <link rel="alternate" href="/1?a&amp;b"/>
            <updated>2003-12-13</updated></entry>
          <entry><link href="https://h/2"/></entry></feed>)");
  EXPECT_EQ(sitemap.format, SitemapFormat::kAtom);
  EXPECT_THAT(hrefs(sitemap.pages),
              ElementsAre("https://h/1?a&b", "https://h/2"));
  EXPECT_EQ(sitemap.pages[0].lastmod, "2003-12-13");
}

TEST(Sitemap, GzipOfEveryKind) {
  EXPECT_EQ(read(gzip(urlset_of(3))).pages.size(), 3u);
  EXPECT_EQ(read(gzip("https://h/a\nhttps://h/b\n")).pages.size(), 2u);
  // Several members are one file.
  const std::string body = urlset_of(100);
  EXPECT_EQ(
      read(gzip(body.substr(0, 777)) + gzip(body.substr(777))).pages.size(),
      100u);
}

TEST(Sitemap, DamagedGzipYieldsWhatCouldBeRead) {
  const std::string whole = gzip(urlset_of(20'000));
  const Sitemap cut = read(std::string_view(whole).substr(0, whole.size() / 2));
  EXPECT_GT(cut.pages.size(), 1000u);
  EXPECT_LT(cut.pages.size(), 19'000u);
  EXPECT_EQ(cut.problem, "the gzip data end early");

  std::string bad = whole;
  bad[bad.size() / 2] = static_cast<char>(~bad[bad.size() / 2]);
  bad[bad.size() / 2 + 1] = static_cast<char>(~bad[bad.size() / 2 + 1]);
  const Sitemap damaged = read(bad);
  EXPECT_GT(damaged.pages.size(), 1000u);
  EXPECT_NE(damaged.problem, "");
}

TEST(Sitemap, Limit_UrlsOfOneFile) {
  const Sitemap sitemap = read(urlset_of(50'001));
  EXPECT_EQ(sitemap.pages.size(), 50'000u);
  EXPECT_TRUE(sitemap.truncated);
  EXPECT_FALSE(read(urlset_of(50'000)).truncated);
  SitemapOptions two;
  two.max_urls = 2;
  EXPECT_EQ(read("http://h/a\nhttp://h/b\nhttp://h/c\n", two).pages.size(), 2u);
}

TEST(Sitemap, Limit_BytesOfOneFile) {
  SitemapOptions options;
  options.max_bytes = 10'000;
  const std::string body = urlset_of(1000);
  for (const std::string& file : {body, gzip(body)}) {
    const Sitemap sitemap = read(file, options);
    EXPECT_TRUE(sitemap.truncated);
    EXPECT_GT(sitemap.pages.size(), 100u);
    EXPECT_LT(sitemap.pages.size(), 400u);
  }
  options.max_bytes = body.size();
  EXPECT_FALSE(read(body, options).truncated);
  EXPECT_FALSE(read(gzip(body), options).truncated);
}

TEST(Sitemap, Limit_ACutLastLineIsNoUrl) {
  SitemapOptions options;
  options.max_bytes = 20;
  EXPECT_THAT(hrefs(read("http://h/a\nhttp://h/private\n", options).pages),
              ElementsAre("http://h/a"));
}

TEST(Sitemap, Limit_GzipBomb) {
  const std::string bomb = gzip(std::string(80 << 20, ' '));
  ASSERT_LT(bomb.size(), 200'000u);
  EXPECT_TRUE(read(bomb).truncated);
}

TEST(Sitemap, BrokenXmlYieldsWhatCouldBeRead) {
  const std::string good = "<url><loc>https://h/a</loc></url>";
  for (const std::string bad :
       {"<url><loc>https://h/x</url>", "<url><loc>https://h/x</loc>",
        "<url><loc>https://h/x?a&b=c</loc></url>", "<url <x>", "</nope>",
        "<url><nbsp>&nbsp;</nbsp></url>", "<a b=c>", "\xff\xfe\x01", "<>", "&",
        "<![CDATA["}) {
    const Sitemap sitemap = read(kUrlset + good + bad);
    EXPECT_THAT(hrefs(sitemap.pages), ::testing::Contains("https://h/a"))
        << bad;
    const Sitemap after = read(kUrlset + bad + good + good + "</urlset>");
    if (bad != "<![CDATA[") {
      EXPECT_THAT(hrefs(after.pages), ::testing::Contains("https://h/a"))
          << bad << after.problem;
    }
    EXPECT_THAT(sitemap.problem, HasSubstr("not well-formed XML, line 1"))
        << bad;
  }
}

// Faults that libxml2 tells of, XmlRepair mends, or both.
constexpr std::string_view kFaults[] = {
    "<x>a&b=2&c=3</x>", "<x>a & b</x>", "<x>&eacute;</x>",   "<x>&</x>",
    "<x>&#0;</x>",      "<x y='&z'/>",  "<!-- a -- b -->",   "<x>]]></x>",
    "<x y=z></x>",      "</x>",         "<x>1 < 2</x>",      "<n:x/>",
    "<x y='' y=''/>",   "<x><y></x>",   "<?xml version=''?>"};

TEST(Sitemap, ReferencesAreResolvedBeforeAndAfterAnyFault) {
  const std::string good =
      "<url><loc>https://h/?&amp;a=&lt;&gt;&quot;&apos;&#38;&#x26;</loc></url>";
  const std::string url = "https://h/?&a=%3C%3E%22%27&&";
  for (const std::string_view fault : kFaults) {
    const Sitemap sitemap =
        read(kUrlset + good + std::string(fault) + good + "</urlset>");
    EXPECT_THAT(hrefs(sitemap.pages), ElementsAre(url, url)) << fault;
    EXPECT_EQ(sitemap.problem, "not well-formed XML, line 1") << fault;
  }
}

TEST(Sitemap, AnAmpersandThatBeginsNoReferenceStaysAsWritten) {
  const Sitemap sitemap = read(
      "<!DOCTYPE urlset [<!ENTITY a \"x\">]><urlset>"
      "<url><loc>https://h/3?a=1&b=2&c=3</loc></url>"
      "<url><loc>https://h/2?a=1&amp;b=2</loc></url>"
      "<url><loc>https://h/&eacute;&a;&amp</loc></url>"
      "<url><loc>https://h/4?a=1&amp;b=2&</loc></url>"
      "<url><loc>https://h/5?&amp;amp;</loc></url>"
      "<url><loc><![CDATA[https://h/6?&amp;&b]]></loc></url></urlset>");
  EXPECT_THAT(hrefs(sitemap.pages),
              ElementsAre("https://h/3?a=1&b=2&c=3", "https://h/2?a=1&b=2",
                          "https://h/&eacute;&a;&amp", "https://h/4?a=1&b=2&",
                          "https://h/5?&amp;", "https://h/6?&amp;&b"));
  EXPECT_EQ(sitemap.problem, "not well-formed XML, line 1");
}

TEST(Sitemap, AmpersandsInTheLinksOfAFeed) {
  EXPECT_THAT(
      hrefs(
          read("<feed><entry><link href='/a?b&c'/></entry>"
               "<entry><link href='/a?b&amp;c&eacute;&#x3d;'/></entry></feed>")
              .pages),
      ElementsAre("https://h/a?b&c", "https://h/a?b&c&eacute;="));
}

TEST(Sitemap, ReferencesAreWholeAcrossPieces) {
  const std::string locations =
      "<url><loc>https://h/?a&amp;b&c&#x26;d&e;</loc></url>";
  for (std::size_t pad = 65'480; pad < 65'540; ++pad) {
    const std::string body =
        "<urlset>" + std::string(pad, ' ') + locations + "</urlset>";
    for (const std::string& file : {body, gzip(body)}) {
      ASSERT_THAT(hrefs(read(file).pages),
                  ElementsAre("https://h/?a&b&c&d&e;"));
    }
  }
}

TEST(Sitemap, Hostile_NothingButAmpersands) {
  std::string body = "<urlset><url><loc>https://h/a</loc></url>";
  body.append(4 << 20, '&');
  body += "<url><loc>";
  for (int i = 0; i < 200'000; ++i) body += "&#000000";
  const Sitemap sitemap =
      read(body + "</loc></url><url><loc>https://h/b</loc></url></urlset>");
  EXPECT_THAT(hrefs(sitemap.pages), ElementsAre("https://h/a", "https://h/b"));
}

TEST(Sitemap, ACutLocationIsNotALocation) {
  EXPECT_THAT(
      hrefs(read(std::string(kUrlset) +
                 "<url><loc>https://h/a</loc></url><url><loc>https://h/ab")
                .pages),
      ElementsAre("https://h/a"));
}

TEST(Sitemap, NamesTheLineOfTheFirstError) {
  EXPECT_EQ(
      read("<?xml version='1.0'?>\n<!-- -->\n<urlset>\n<a></b>\n").problem,
      "not well-formed XML, line 4");
  EXPECT_EQ(read("<urlset>\n<a b=c></a>\n<d>&</d></urlset>").problem,
            "not well-formed XML, line 2");
  EXPECT_EQ(read("<urlset>\n<a>&</a>\n<d b=c></d></urlset>").problem,
            "not well-formed XML, line 2");
}

TEST(Sitemap, LocationsMustBeHttpUrls) {
  const Sitemap sitemap = read(
      "<urlset><url><loc>/relative</loc></url><url><loc></loc></url>"
      "<url><loc>javascript:alert(1)</loc></url>"
      "<url><loc>file:///etc/passwd</loc></url><url><loc>https://h/" +
      std::string(9000, 'x') +
      "</loc></url><url></url><url><loc>HTTP://H:80/../a b</loc></url>"
      "</urlset>");
  EXPECT_THAT(hrefs(sitemap.pages), ElementsAre("http://h/a%20b"));
  EXPECT_EQ(sitemap.invalid, 5u);
  EXPECT_THAT(
      sitemap.invalid_locations,
      ElementsAre("/relative", "", "javascript:alert(1)", "file:///etc/passwd",
                  "https://h/" + std::string(2083 - 10, 'x')));
}

TEST(Sitemap, InvalidLocationsAreListedInEveryFormat) {
  for (const char* body :
       {"<urlset><url><loc> a/b </loc></url><url><loc>http://h/</loc></url>"
        "</urlset>",
        "<sitemapindex><sitemap><loc>a/b</loc></sitemap></sitemapindex>",
        "<rss><channel><item><link>http://[/</link></item></channel></rss>",
        "<feed><entry><link href='http://[/'/></entry></feed>",
        "http://h/\na/b\n"}) {
    const Sitemap sitemap = read(body);
    EXPECT_EQ(sitemap.invalid, 1u) << body;
    EXPECT_THAT(sitemap.invalid_locations,
                ElementsAre(::testing::AnyOf("a/b", "http://[/")))
        << body;
  }
}

TEST(Sitemap, Limit_InvalidLocationsAreAllCountedAndTheFirstListed) {
  std::string body = kUrlset;
  for (int i = 0; i < 3'000; ++i) {
    body += "<url><loc>/" + std::to_string(i) + "</loc></url>\n";
  }
  body += "</urlset>";
  const Sitemap sitemap = read(body);
  EXPECT_EQ(sitemap.invalid, 3'000u);
  ASSERT_EQ(sitemap.invalid_locations.size(), 1'000u);
  EXPECT_EQ(sitemap.invalid_locations.back(), "/999");
}

TEST(Sitemap, ACutInvalidLocationIsStillUtf8) {
  std::string location = "x";
  for (int i = 0; i < 2'000; ++i) location += "\xc3\xa9";
  const Sitemap sitemap =
      read("<urlset><url><loc>" + location + "</loc></url></urlset>");
  EXPECT_THAT(sitemap.invalid_locations, ElementsAre(location.substr(0, 2083)));
  const Sitemap shifted =
      read("<urlset><url><loc>x" + location + "</loc></url></urlset>");
  EXPECT_THAT(shifted.invalid_locations,
              ElementsAre("x" + location.substr(0, 2081)));
}

TEST(Sitemap, InvisibleCharactersAroundALocationDoNotCount) {
  for (const char* blank : {" ",
                            "\t",
                            "\n",
                            "\r\n",
                            "\f",
                            "\v",
                            "\xc2\x85",
                            "\xc2\xa0",
                            "\xe1\x9a\x80",
                            "\xe2\x80\x80",
                            "\xe2\x80\x8a",
                            "\xe2\x80\x8b",
                            "\xe2\x80\xa8",
                            "\xe2\x80\xa9",
                            "\xe2\x80\xaf",
                            "\xe2\x81\x9f",
                            "\xe3\x80\x80",
                            "\xef\xbb\xbf",
                            " \xc2\xa0\xef\xbb\xbf\n",
                            "&#160;",
                            "&#xFEFF;"}) {
    const std::string location = std::string(blank) + "http://h/a" + blank;
    const Sitemap xml =
        read("<urlset><url><loc>" + location + "</loc><lastmod>" + blank +
             "2024" + blank + "</lastmod></url></urlset>");
    EXPECT_THAT(hrefs(xml.pages), ElementsAre("http://h/a")) << location;
    EXPECT_EQ(xml.pages.at(0).lastmod, "2024") << location;
    if (blank[0] == '&') continue;
    const Sitemap text = read("http://h/1\n" + location + "\n" + blank + "\n");
    EXPECT_THAT(hrefs(text.pages), ElementsAre("http://h/1", "http://h/a"))
        << location;
    EXPECT_EQ(text.invalid, 0u) << location;
  }
}

TEST(Sitemap, SeveralLocationsInOneEntryAllCount) {
  EXPECT_THAT(hrefs(read("<urlset><url><loc>http://h/a</loc>"
                         "<loc>http://h/b</loc></url></urlset>")
                        .pages),
              ElementsAre("http://h/a", "http://h/b"));
}

TEST(Sitemap, Hostile_BillionLaughs) {
  std::string body =
      "<?xml version=\"1.0\"?><!DOCTYPE urlset [\n"
      "<!ENTITY l0 \"https://h/lol\">\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "&l" + std::to_string(i - 1) + ";";
    body += "<!ENTITY l" + std::to_string(i) + " \"";
    for (int j = 0; j < 10; ++j) body += before;
    body += "\">\n";
  }
  body += "<!-- ]> ' --> ]>";
  const Sitemap sitemap =
      read(body + kUrlset +
           "<url><loc>&l11;</loc></url><url><loc>https://h/a</loc></url>"
           "<url x=\"&l11;\"><loc>https://h/b</loc></url></urlset>");
  EXPECT_THAT(hrefs(sitemap.pages), ElementsAre("https://h/a", "https://h/b"));
}

TEST(Sitemap, Hostile_ExternalEntitiesAreNotFetched) {
  const Sitemap sitemap = read(
      "<!DOCTYPE urlset [<!ENTITY x SYSTEM \"file:///etc/passwd\">"
      "<!ENTITY % y SYSTEM \"http://127.0.0.1:1/\"> %y;]>"
      "<urlset><url><loc>https://h/&x;a</loc></url></urlset>");
  EXPECT_THAT(hrefs(sitemap.pages), ElementsAre("https://h/&x;a"));
}

TEST(Sitemap, Hostile_DefaultAttributesDoNotExist) {
  std::string body = "<!DOCTYPE urlset [<!ATTLIST url ";
  for (int i = 0; i < 5000; ++i) {
    body +=
        "a" + std::to_string(i) + " CDATA \"" + std::string(100, 'x') + "\" ";
  }
  body += ">]><urlset>";
  for (int i = 0; i < 40'000; ++i) body += "<url/>";
  EXPECT_THAT(read(body + "</urlset>").pages, IsEmpty());
}

TEST(Sitemap, Hostile_DeepNesting) {
  std::string body = "<urlset><url><loc>https://h/a</loc></url>";
  for (int i = 0; i < 1'000'000; ++i) body += "<a>";
  const Sitemap sitemap = read(body);
  EXPECT_EQ(sitemap.problem, "elements are nested too deeply");
  EXPECT_EQ(sitemap.pages.size(), 1u);
}

TEST(Sitemap, Hostile_TagWithoutEnd) {
  std::string body = "<urlset><url><loc>https://h/a</loc></url><url ";
  for (int i = 0; i < 1'000'000; ++i) body += "a" + std::to_string(i) + "='>' ";
  const Sitemap sitemap = read(body);
  EXPECT_EQ(sitemap.problem, "a tag does not end");
  EXPECT_EQ(sitemap.pages.size(), 1u);
}

TEST(Sitemap, Hostile_EndlessNames) {
  std::string body = "<urlset>";
  for (int i = 0; i < 500'000; ++i) body += "<a" + std::to_string(i) + "/>";
  read(body);  // ends, and in bounded memory
}

TEST(Sitemap, Hostile_EndlessProlog) {
  EXPECT_EQ(read("<!--" + std::string(4 << 20, '-')).problem,
            "no element begins");
}

TEST(Sitemap, OtherEncodings) {
  EXPECT_THAT(hrefs(read("<?xml version='1.0' encoding='ISO-8859-1'?>"
                         "<urlset><url><loc>https://h/\xe4</loc></url>"
                         "</urlset>")
                        .pages),
              ElementsAre("https://h/%C3%A4"));
  const std::string ascii =
      "<urlset><url><loc>https://h/a</loc></url></urlset>";
  std::string little = "\xff\xfe", big = "\xfe\xff", bare;
  for (const char c : ascii) {
    little += c;
    little += '\0';
    big += '\0';
    big += c;
    bare += c;
    bare += '\0';
  }
  EXPECT_THAT(hrefs(read(little).pages), ElementsAre("https://h/a"));
  EXPECT_THAT(hrefs(read(big).pages), ElementsAre("https://h/a"));
  EXPECT_THAT(hrefs(read(bare).pages), ElementsAre("https://h/a"));
  // A declaration cannot make bytes mean something else than it says.
  EXPECT_THAT(
      hrefs(read("<?xml version='1.0' encoding='UTF-7'?>" + ascii).pages),
      ElementsAre("https://h/a"));
}

TEST(Sitemap, Utf8IsWholeAcrossPieces) {
  for (std::size_t pad = 65'500; pad < 65'540; ++pad) {
    const Sitemap sitemap =
        read("<urlset>" + std::string(pad, ' ') +
             "<url><loc>https://h/\xe2\x98\x83\xf0\x9f\x98\x80</loc></url>"
             "</urlset>");
    ASSERT_THAT(hrefs(sitemap.pages),
                ElementsAre("https://h/%E2%98%83%F0%9F%98%80"));
    ASSERT_EQ(sitemap.problem, "");
  }
}

TEST(Sitemap, WhatIsNoSitemapSaysSo) {
  for (const char* body :
       {"<!DOCTYPE html><html><body><a href='https://h/'>x</a></body></html>",
        "not found", "{\"json\": 1}", "\x1f\x8b garbage", "<", "<!", "<?xml"}) {
    const Sitemap sitemap = read(body);
    EXPECT_EQ(sitemap.format, SitemapFormat::kNone) << body;
    EXPECT_NE(sitemap.problem, "") << body;
    EXPECT_THAT(sitemap.pages, IsEmpty());
  }
  EXPECT_THAT(read("").pages, IsEmpty());
  EXPECT_EQ(to_string(SitemapFormat::kIndex), "sitemapindex");
}

}  // namespace
}  // namespace crawl
