#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawl/base/fingerprint.h"
#include "crawl/base/utf8.h"
#include "crawl/extract/extractor.h"
#include "extract/content_names.h"
#include "extract/text_writer.h"

namespace crawl {
namespace {

Extraction extract(std::string_view html, const ContentWishes& wishes) {
  static const Url url = *Url::parse("https://site.test/dir/page.html");
  Extractor extractor;
  extractor.want_content(wishes);
  return extractor.extract(html, "utf-8", url);
}

std::string text_of(std::string_view html, bool whole = true) {
  ContentWishes wishes;
  wishes.text = true;
  wishes.whole = whole;
  const Extraction out = extract(html, wishes);
  EXPECT_EQ(out.error, "");
  return out.content->text.value();
}

std::string main_of(std::string_view html) { return text_of(html, false); }

PageContent origin_of(std::string_view html) {
  ContentWishes wishes;
  wishes.origin = true;
  return *extract(html, wishes).content;
}

Fingerprint digest_of(std::string_view html, bool whole = false) {
  ContentWishes wishes;
  wishes.digest = true;
  wishes.whole = whole;
  return extract(html, wishes).content->digest.value();
}

TEST(ContentText, IsWhatABrowserShows) {
  for (const auto& [html, text] :
       std::vector<std::pair<std::string_view, std::string_view>>{
           {"", ""},
           {"<p>One<p>Two", "One\n\nTwo"},
           {"  a\n\t b  <b> c</b>d ", "a b cd"},
           {"<div>a</div><div>b</div>c", "a\nb\nc"},
           {"<div><div><p>a</p></div></div><div>b</div>", "a\n\nb"},
           {"a<br>b<br><br>c", "a\nb\n\nc"},
           {"a <br> b", "a\nb"},
           {"<ul><li>a<li>b<ul><li>c</ul></ul>d", "a\nb\n\nc\n\nd"},
           {"<pre>\n  a\n\n   b </pre>c", "  a\n\n   b \n\nc"},
           {"x<pre>a<br>b<span> c</span>\n</pre>y", "x\n\na\nb c\n\ny"},
           {"<table><tr><td>a<td>b<tr><td>c<td>d</table>", "a\tb\nc\td"},
           {"<table><tr><td><p>a<td>b</table>", "a\n\nb"},
           {"<table><caption>t</caption><tr><th>a</table>", "t\na"},
           {"<dl><dt>a<dd>b<dt>c<dd>d</dl>", "a\nb\nc\nd"},
           {"<p>a<!-- no --><script>no</script><style>no</style>b", "ab"},
           {"<p>a<p hidden>no<p style='color:red;display : none'>no"
            "<p style=visibility:hidden>no<p>b",
            "a\n\nb"},
           {"<p hidden=until-found>a<p hidden style='display: block'>b",
            "a\n\nb"},
           {"<p style='--display:none'>a<p style='/*display:none*/color:red'>b"
            "<p style='display:none;display:nonesuch'>no"
            "<p style='display:none;display:block'>c",
            "a\n\nb\n\nc"},
           {"<div style=visibility:hidden>no<b>no</b><img src=no alt=no>"
            "<p style=visibility:visible>a<i style=visibility:hidden>no</i></p>"
            "<table><tr><td>no</table></div>b<div style=visibility:hidden>no"
            "<table><tr><td>no<td>no</table></div>",
            "a\n\nb"},
           {"<body hidden style=visibility:hidden>a", "a"},
           {"<dialog>no</dialog><dialog open>a</dialog>", "a"},
           {"<template>no</template><svg><text>no</text></svg>"
            "<iframe>no</iframe><object>no</object><video>no</video>a",
            "a"},
           {"<textarea>no</textarea><title>no</title><datalist><option>no"
            "</datalist>a",
            "a"},
           {"<ruby>\xE6\xBC\xA2<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>",
            "\xE6\xBC\xA2kan"},
           {"<math><mi>x</mi><annotation>no</annotation></math>", "x"},
           {"<noscript>a</noscript>", "a"},
           {"a&nbsp;b &amp; &lt;i&gt;",
            "a\xC2\xA0"
            "b & <i>"},
           {"a<wbr>b", "ab"},
           {"<h1>T</h1>a<hr>b", "T\n\na\nb"},
           {"<frameset><frame>", ""},
       }) {
    EXPECT_EQ(text_of(html), text) << html;
  }
}

constexpr std::string_view kProse =
    "The lamp stands on the table by the window, and whoever comes in at night "
    "finds the room by its light alone, as it has been for many years.";

std::string article(std::string_view before, std::string_view after) {
  return "<body>" + std::string(before) + "<p>" + std::string(kProse) +
         "<p>Second. " + std::string(kProse) + std::string(after);
}

TEST(MainContent, WhatStandsAroundItIsLeftOut) {
  const std::string whole =
      std::string(kProse) + "\n\nSecond. " + std::string(kProse);
  for (const std::string_view chrome : {
           "<nav><a href=/>Home</a> <a href=/b>Blog</a></nav>",
           "<header><a href=/>Site</a></header>",
           "<footer>All rights reserved</footer>",
           "<aside>Read this too</aside>",
           "<div role=navigation>Menu</div>",
           "<div role=search>Find</div>",
           "<div class=breadcrumbs>You are here: Home</div>",
           "<div class=site-nav>Menu</div>",
           "<div id=mainMenu>Menu</div>",
           "<div class=cookie-banner>We use cookies</div>",
           "<ul><li><a href=/a>First</a><li><a href=/b>Second</a></ul>",
           "<div><a href=/1>Prev</a> | <a href=/2>Up</a> | "
           "<a href=/3>Next</a></div>",
           "<noscript>Please enable JavaScript</noscript>",
           "<button>Copy</button><select><option>1.0<option>2.0</select>",
           "<form action=/s><label>Search</label><input></form>",
           "<div aria-hidden=true>icon</div>",
           "<a class=sr-only href=#main>Skip to content</a>",
       }) {
    EXPECT_EQ(main_of(article(chrome, "")), whole) << chrome;
    EXPECT_EQ(main_of(article("", chrome)), whole) << chrome;
  }
}

TEST(MainContent, WhatBelongsToItStays) {
  for (const auto& [part, text] :
       std::vector<std::pair<std::string_view, std::string_view>>{
           {"<pre><code class=language-sh>ls -l</code></pre>", "ls -l"},
           {"<table><tr><th>Key<th>Value<tr><td>a<td>1</table>",
            "Key\tValue\na\t1"},
           {"<aside class=note>Mind the gap</aside>", "Mind the gap"},
           {"<div class='admonition warning'>Hot</div>", "Hot"},
           {"<blockquote>Words<footer>Someone</footer></blockquote>",
            "Words\nSomeone"},
           {"<h2>See also</h2><ul><li><a href=x>Lamps</a></ul>",
            "See also\n\nLamps"},
           {"<dl><dt>Term<dd>Meaning</dl>", "Term\nMeaning"},
           {"<p>In <a href=x>a sentence</a> with a link", "a sentence"},
           {"<ol><li>Do this<li>Then that</ol>", "Do this\nThen that"},
           {"<p class=summary>Short.</p>", "Short."},
       }) {
    const std::string end = "<p>" + std::string(kProse);
    EXPECT_THAT(main_of(article("", std::string(part) + end)),
                ::testing::HasSubstr(text))
        << part;
  }
}

TEST(MainContent, TheTitleBelongsToItWhereverItStands) {
  EXPECT_THAT(
      main_of("<title>Lamps - Site</title><header><h1>Site</h1></header>"
              "<div><h1>Lamps</h1><main><p>" +
              std::string(kProse) + "</main></div>"),
      ::testing::StartsWith("Lamps\n\nThe lamp"));
}

// In pages that are left to gumbo, too, which cannot count so far.
TEST(ContentText, NumbersOfNoCharacterAreOne) {
  for (const char* tree : {"", "<table>q<tr><td>a</table>"}) {
    for (const auto& [number, text] :
         std::vector<std::pair<std::string, std::string>>{
             {"&#4294967361;", "\xEF\xBF\xBD"},
             {"&#266666666666666666x", "\xEF\xBF\xBDx"},
             {"&#x100000041;", "\xEF\xBF\xBD"},
             {"&#XFFFFFFFFFFFFFFFFFFFF;", "\xEF\xBF\xBD"},
             {"&#0000000000000065;", "A"},
             {"&#x0000000000041;", "A"},
             {"&#1114112;", "\xEF\xBF\xBD"}}) {
      EXPECT_THAT(text_of("<p>[" + number + "]</p>" + tree),
                  ::testing::HasSubstr("[" + text + "]"))
          << tree << number;
    }
  }
}

// As pages have one that nobody's template made: right in the body.
TEST(MainContent, AHeaderWithThePagesTitleBelongsToIt) {
  const std::string prose = "<p>" + std::string(kProse);
  const std::string by = "<p>By Ada, 3 May</p>";
  const std::string lamps = "Lamps\n\nBy Ada, 3 May\n\n" + std::string(kProse);
  for (const auto& [body, text] :
       std::vector<std::pair<std::string, std::string>>{
           {"<header><h1>Lamps</h1>" + by + "</header>" + prose, lamps},
           {"<header id=title-block-header><h1 class=title>Lamps</h1><p "
            "class=author>By Ada, 3 May</header>" +
                prose,
            lamps},
           {"<header><h1>Lamps</h1>" + by + "</header><main>" + prose +
                "</main>",
            lamps},
           {"<header><nav><a href=/>Home</a> <a href=/a>About</a></nav>"
            "<h1>Lamps</h1>" +
                by + "</header><main>" + prose + "</main>",
            lamps},
           {"<header><header><h1>Lamps</h1>" + by + "</header></header><main>" +
                prose + "</main>",
            "Lamps\n\n" + std::string(kProse)},
           // A site's own.
           {"<header><h1>Site</h1><p>All about "
            "it</header><main><h2>Lamps</h2>" +
                prose + "</main>",
            "Lamps\n\n" + std::string(kProse)},
           {"<header><h1>Lamps</h1><p>All about them</header><main>"
            "<h1>Lamps of old</h1>" +
                prose + "</main>",
            "Lamps of old\n\n" + std::string(kProse)},
           {"<header role=banner><h1>Lamps</h1>" + by + "</header><main>" +
                prose + "</main>",
            "Lamps\n\n" + std::string(kProse)},
       }) {
    EXPECT_EQ(main_of("<title>Lamps - Site</title>" + body), text) << body;
  }
}

TEST(MainContent, NeverNothing) {
  for (const std::string_view html :
       {"<nav>Only this</nav>", "<footer>Only this</footer>",
        "<div class=menu><a href=x>Only this</a></div>",
        "<div aria-hidden=true>Only this</div>",
        "<form><label>Only this</label></form>"}) {
    EXPECT_EQ(main_of(html), "Only this") << html;
  }
  EXPECT_EQ(main_of(""), "");
}

TEST(MainContent, LinkListsArePagesToo) {
  std::string list;
  std::string text;
  for (int i = 0; i < 20; ++i) {
    list += "<li><a href=p>Chapter " + std::to_string(i) + "</a>";
    text += (i == 0 ? "Chapter " : "\nChapter ") + std::to_string(i);
  }
  EXPECT_THAT(main_of("<h1>Contents</h1><ul>" + list + "</ul>"),
              ::testing::HasSubstr(text));
}

TEST(MainContent, WhatIsSaidOfLinksStaysWithThem) {
  std::string rows, items;
  for (int i = 0; i < 20; ++i) {
    rows += fmt::format("<tr><td><a href=/{0}>Item {0}</a><td>{0}.50</tr>", i);
    items += fmt::format("<li><a href=/{0}>Article number {0}</a> - on {0}", i);
  }
  const std::string prose =
      "<p>Our prices for this year are in the table below, all taxes "
      "included.</p>";
  for (const std::string& page :
       {"<h1>Prices</h1><table>" + rows + "</table>",
        "<main><h1>Prices</h1><table>" + rows + "</table></main>",
        "<h1>Prices</h1>" + prose + "<table><tr><th>Item<th>Price</tr>" + rows +
            "</table>"}) {
    EXPECT_THAT(main_of(page), ::testing::HasSubstr("Item 19\t19.50")) << page;
  }
  EXPECT_THAT(main_of("<h1>All</h1><ul>" + items + "</ul>"),
              ::testing::HasSubstr("Article number 19 - on 19"));
}

TEST(MainContent, PermalinksAndLineNumbersAreNoText) {
  EXPECT_EQ(main_of("<h1>Title<a class=headerlink href=#t>\xC2\xB6</a></h1>"
                    "<h2><a class=anchor href=#u>#</a>Next</h2><p>" +
                    std::string(kProse) +
                    "<table><tr><td class=linenos><pre>1\n2</pre><td><pre>a\n"
                    "b</pre></table>"),
            "Title\n\nNext\n\n" + std::string(kProse) + "\n\na\nb");
}

TEST(WordCount, CountsWhatPeopleCallWords) {
  for (const auto& [text, words] :
       std::vector<std::pair<std::string_view, std::uint64_t>>{
           {"", 0},
           {"one", 1},
           {"one two\tthree\nfour", 4},
           {"don't -- stop 3.5 x_y", 4},
           {"- * ...", 0},
           {"caf\xC3\xA9 \xC3\xA9t\xC3\xA9", 2},
           {"a\xC2\xA0"
            "b",
            2},
           {"\xE6\xBC\xA2\xE5\xAD\x97\xE3\x81\x8B", 3},
           {"C\xE6\xBC\xA2", 2},
           {"\xD0\xBF\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82 "
            "\xD0\xBC\xD0\xB8\xD1\x80",
            2},
       }) {
    EXPECT_EQ(count_words(text), words) << text;
  }
}

TEST(TextDigest, ChangesWithTheMainTextAlone) {
  const Fingerprint digest = digest_of(article("", ""));
  EXPECT_EQ(digest, digest_of(article("<nav>Today: 1</nav>", "<!-- 3 -->")));
  EXPECT_EQ(digest, digest_of(article("<nav>x</nav>", " \n "), true));
  EXPECT_NE(digest, digest_of(article("", " more")));
}

TEST(Origin, IsWhatThePageSaysMostPlainly) {
  struct Case {
    std::string_view html, published, modified, author;
  };
  for (const Case& one : std::vector<Case>{
           {"<p>2020-01-01 by nobody", "", "", ""},
           {"<script type=application/ld+json>{\"@type\":\"NewsArticle\","
            "\"datePublished\":\"2024-03-01T10:00:00Z\",\"dateModified\":"
            "\"2024-03-02\",\"author\":[{\"@type\":\"Person\",\"name\":\"Ada\"}"
            ",{\"name\":\"Bob\"}]}</script>"
            "<meta property=article:published_time content=2020-01-01>",
            "2024-03-01T10:00:00Z", "2024-03-02", "Ada, Bob"},
           {"<script type=application/ld+json>{\"@graph\":[{\"@type\":"
            "[\"Article\"],\"author\":{\"@id\":\"#a\"},\"datePublished\":"
            "\"2024-05-05\"},{\"@id\":\"#a\",\"name\":\"Ada\"}]}</script>",
            "2024-05-05", "", "Ada"},
           {"<script type=application/ld+json>{\"@type\":\"WebPage\","
            "\"datePublished\":\"2021-01-01\"}</script>"
            "<meta property=article:published_time content=2024-01-01>",
            "2024-01-01", "", ""},
           {"<script type=application/ld+json>{broken</script>", "", "", ""},
           {"<meta property=article:published_time content=2024-01-01>"
            "<meta property=article:modified_time content=' 2024-02-01 '>"
            "<meta name=Author content='By  Ada L.'>",
            "2024-01-01", "2024-02-01", "Ada L."},
           {"<meta name=DC.date content=2011-05-06><meta name=author "
            "content=https://example.test/ada>",
            "2011-05-06", "", ""},
           {"<meta name=citation_author content=Ada><meta name=citation_author "
            "content=Bob>",
            "", "", "Ada, Bob"},
           {"<span itemprop=datePublished content=2019-01-02>soon</span>"
            "<span itemprop=author> Ada </span>",
            "2019-01-02", "", "Ada"},
           {"<time class='dt-published' datetime=2018-01-01>then</time>"
            "<time class=updated>3 May 2019</time><time datetime=2001-01-01>",
            "2018-01-01", "3 May 2019", ""},
           {"<a rel='author nofollow' href=x>Ada</a>", "", "", "Ada"},
           {"<meta name=date content=tomorrow>", "", "", ""},
       }) {
    const PageContent content = origin_of(one.html);
    EXPECT_EQ(content.published, one.published) << one.html;
    EXPECT_EQ(content.modified, one.modified) << one.html;
    EXPECT_EQ(content.author, one.author) << one.html;
  }
}

TEST(CodeLanguage, IsFoundInTheUsualClassNames) {
  for (const auto& [classes, language] :
       std::vector<std::pair<std::string_view, std::string_view>>{
           {"language-c++", "c++"},
           {"hljs lang-js", "js"},
           {"hljs python", "python"},
           {"highlight-python3 notranslate", "python3"},
           {"highlight-default notranslate", ""},
           {"highlight highlight-source-shell", "shell"},
           {"mw-highlight mw-highlight-lang-cpp mw-content-ltr", "cpp"},
           {"sourceCode haskell", "haskell"},
           {"src src-emacs-lisp", "emacs-lisp"},
           {"brush: js; toolbar: false", "js"},
           {"brush:js", "js"},
           {"prettyprint lang-go linenums", "go"},
           {"literal-block", ""},
           {"highlight", ""},
           {"language-plaintext", ""},
           {"language-a`b", ""},
           {"", ""},
       }) {
    EXPECT_EQ(code_language(classes), language) << classes;
  }
}

// What makes others slow or fall over: each page must cost no more than its
// size allows, give valid text, and say what is missing.
TEST(Content, HostilePagesAreBounded) {
  const auto many = [](std::string_view part, std::size_t count) {
    std::string out;
    out.reserve(part.size() * count);
    for (std::size_t i = 0; i < count; ++i) out += part;
    return out;
  };
  ContentWishes wishes;
  wishes.text = wishes.markdown = wishes.words = wishes.digest = true;
  wishes.origin = true;
  for (const std::string& html : std::vector<std::string>{
           many("<span>x", 200'000),
           many("<b>x</b>", 200'000),
           many("<b></b>", 200'000) + "<i>x</i>",
           many("<div>x", 20'000),
           many("<ul><li>x", 5'000),
           many("<blockquote>x<br>", 5'000),
           "<ol>" + many("<li>x", 100'000),
           "<table><tr><td colspan=1000000 rowspan=1000000>x<td>y"
           "<tr><td>a<td>b</table>",
           "<table>" + many("<tr><td>x<td>y", 50'000),
           "<table><tr>" + many("<td>x", 100'000) + many("<tr><td>y", 1'000),
           many("<table><tr><td>x<td>", 300),
           many("<a href=y>x</a>", 100'000),
           "<base href=https://site.test/" + many("x", 5'000) + ">" +
               many("<a href=y>x</a>", 20'000),
           "<ul><li><ul><li><ul><li><ul><li><pre>" + many("x\n", 200'000),
           "<p>" + many("*_`[<|~\\", 50'000),
           many("http://a_b|", 100'000),
           many("://", 300'000),
           many("www.a_b|", 100'000) + "<br>x",
           many("<h1><div>", 2'000) + "x",
           many("<time>", 3'000) + many("<p itemprop=author>", 3'000) + "x",
           "<title>" + many("x", 10'000) + "</title>" +
               many("<header>", 2'000) + "<h1>" + many("x", 10'000) + "</h1>",
           "<h1>" + many("<span></span>", 100'000) + "x</h1>" +
               many("<div>y</div>", 50'000),
           "<pre>" + many("<pre>", 3'000) + many("`", 100'000),
           "<p class='" + many("a-b ", 100'000) + "'>x",
       }) {
    const Extraction out = extract(html, wishes);
    const std::string& markdown = out.content->markdown.value();
    EXPECT_TRUE(is_valid_utf8(markdown)) << html.substr(0, 60);
    EXPECT_TRUE(is_valid_utf8(*out.content->text)) << html.substr(0, 60);
    EXPECT_LE(markdown.size(), (1U << 20) + 8 * html.size())
        << html.substr(0, 60);
    EXPECT_LE(out.content->text->size(), html.size()) << html.substr(0, 60);
    EXPECT_FALSE(out.content->text->empty()) << html.substr(0, 60);
  }
}

}  // namespace
}  // namespace crawl
