#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawl/extract/extractor.h"
#include "parse/html/html_text.h"
#include "support/markdown_reader.h"

namespace crawl {
namespace {

using testing::render_markdown;
using testing::text_of_html;

PageContent content_of(std::string_view html) {
  static const Url url = *Url::parse("https://site.test/dir/page.html");
  Extractor extractor;
  ContentWishes wishes;
  wishes.markdown = wishes.text = wishes.whole = true;
  extractor.want_content(wishes);
  Extraction out = extractor.extract(html, "utf-8", url);
  EXPECT_EQ(out.error, "");
  return *std::move(out.content);
}

std::string markdown_of(std::string_view html) {
  return content_of(html).markdown.value();
}

TEST(Markdown, SaysWhatHtmlSays) {
  for (const auto& [html, markdown] :
       std::vector<std::pair<std::string_view, std::string_view>>{
           {"", ""},
           {"<p>One<p>Two", "One\n\nTwo"},
           {"<h1>A</h1><h2>B <i>c</i></h2><h6>D</h6>",
            "# A\n\n## B *c*\n\n###### D"},
           {"a <b>b</b> <strong>c</strong> <em>d</em> <i>e</i>",
            "a **b** **c** *d* *e*"},
           {"<b> a </b>b<i>&nbsp;c</i>",
            "**a** b\xC2\xA0"
            "c"},
           {"<b>a<i>b</i></b>", "**ab**"},
           {"<b>a</b><b>b</b>", "**a**b"},
           {"x<b>(a)</b>y", "x(a)y"},
           {"<b></b>a<i> </i>b", "a b"},
           {"<code>a b</code> <tt>`</tt> <kbd>Ctrl</kbd>",
            "`a b` `` ` `` `Ctrl`"},
           {"<code>a</code><code>b</code>", "`ab`"},
           {"<pre class=language-c><span class=linenos>1</span>int a;\n"
            "<span class=linenos>2</span>b</pre>",
            "``` c\nint a;\nb\n```"},
           {"<span class=lineno>x1</span>", "x1"},
           {"www.\x02\x16", "www\\.&#2;&#22;"},
           {"http://a\x1F.test", "http\\://a&#31;.test"},
           {"x<sup>2</sup> H<sub>2</sub>O", "x<sup>2</sup> H<sub>2</sub>O"},
           {"<a href=x>a <b>b</b></a>", "[a **b**](https://site.test/dir/x)"},
           {"<a href=/#p>a</a><a href=/q></a><a>b</a>",
            "[a](https://site.test/#p)b"},
           {"<a href=javascript:x>a</a> <a href=mailto:x>b</a>", "a b"},
           {"<a href='/?a&copy;=1'>a</a>", "[a](https://site.test/?a%C2%A9=1)"},
           {"<a href='/?a&amp;copy;=1'>a</a>",
            "[a](https://site.test/?a&amp;copy;=1)"},
           {"<a href=/><h2>T</h2><p>x</a>",
            "## [T](https://site.test/)\n\n[x](https://site.test/)"},
           {"<img src=i.png alt=' A  b '>",
            "![A b](https://site.test/dir/i.png)"},
           {"<img src='data:image/png;base64,xx' alt=no>a", "a"},
           {"<a href=/><img src=/i alt=x></a>",
            "[![x](https://site.test/i)](https://site.test/)"},
           {"<a href=/i><img src=/i alt=x></a><img alt=no>",
            "[![x](https://site.test/i)](https://site.test/i)"},
           {"a<br>b<br><br>c", "a  \nb\n\nc"},
           {"<h2>a<br>b</h2>", "## a b"},
           {"<ul><li>a<li>b<ul><li>c</ul></ul>", "  - a\n  - b\n      - c"},
           {"<ol><li>a<li>b</ol>", "1.  a\n2.  b"},
           {"<ol start=7><li>a<li>b</ol>", "7.  a\n8.  b"},
           {"<ol start=900000000><li>a</ol>", "900000000. a"},
           {"<ol start=900000001><li>a<li>b</ol>", "1.  a\n2.  b"},
           {"<ol start=99999999999999999999><li>a</ol>", "1.  a"},
           {"<ul><li><p>a<p>b<li>c</ul>", "  - a\n    \n    b\n\n  - c"},
           {"<ul><li></ul><ul></ul>a", "a"},
           {"<dl><dt>T<dd>m<dt>U<dd>n<dd>o</dl>",
            "  - **T**\n    \n    m\n\n  - **U**\n    \n    n\n    \n    o"},
           {"<blockquote><p>a<p>b</blockquote>", "> a\n> \n> b"},
           {"a<hr>b", "a\n\n-----\n\nb"},
           {"<pre><code class=language-c++>int a;\n\n  b();\n</code></pre>",
            "``` c++\nint a;\n\n  b();\n```"},
           {"<pre>a ``` b</pre>", "````  \na ``` b\n````"},
           {"<div class='highlight-python3 notranslate'><pre><span>x</span>"
            "\n</pre></div>",
            "``` python3\nx\n```"},
           {"<div class=fragment><div class=line>a {</div>\n"
            "<div class=line>  b</div>\n</div>",
            "```  \na {\n  b\n```"},
           {"<h2>T<a class=headerlink href=#t>\xC2\xB6</a></h2>", "## T"},
           {"<table><tr><th>a<th align=right>b<tr><td>1|2<td><code>x|y</code>"
            "</table>",
            "| a | b |\n| --- | --: |\n| 1\\|2 | `x\\|y` |"},
           {"<table><tr><td>a<td style='text-align: center'>b<tr><td>c"
            "</table>",
            "| a | b |\n| --- | :-: |\n| c |  |"},
           {"<table><tr><th>a<th>b<tr><td><p>c<p>d<td>e<br>f</table>",
            "| a | b |\n| --- | --- |\n| c<br>d | e<br>f |"},
           {"<table><tr><td><h2>T</h2><p>x</table>", "## T\n\nx"},
           {"<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>",
            "a\n\nb\n\nc\n\nd"},
           {"<table><tr><th colspan=2>a<tr><td><ul><li>x &lt;</ul><td>"
            "<pre>p\n\nq</pre></table>",
            "<table><tbody>\n<tr><th colspan=\"2\">a</th></tr>\n"
            "<tr><td><ul><li>x &lt;</li></ul></td>"
            "<td><pre>p&#10;&#10;q</pre></td></tr></tbody></table>"},
       }) {
    EXPECT_EQ(markdown_of(html), markdown) << html;
  }
}

TEST(Markdown, TextThatLooksLikeMarkupStaysText) {
  for (const std::string_view text : {
           "# no heading",
           "#",
           "- no item",
           "+ no",
           "* no",
           "1. no",
           "12) no",
           "    no code",
           "> no quote",
           "---",
           "***",
           "===",
           "```",
           "~~~",
           "*no* _no_ **no** __no__ ***",
           "~~no~~",
           "[no](x)",
           "![no](x)",
           "[no]: x",
           "[^1]",
           "`no`",
           "``",
           "\\",
           "\\*",
           "a\\",
           "<b>no</b>",
           "<!-- no -->",
           "</script>",
           "&lt;",
           "&amp;",
           "&#35;",
           "&copy",
           "&",
           "| a | b |",
           "|---|---|",
           "www.example.com",
           "http://a_b_c.test/*x*",
           "a@b.test",
           "- [ ] no",
           "1986\\. A",
           "!",
           "a | b",
           ":-- | --:",
           ":--",
           ":-:",
           ":-",
           "--:",
           ":-no",
           "\xEF\xBB\xBF x",
           "snake_case_name",
           "2*3*4",
           "<https://x.test>",
           "$a_b$",
           "![",
           "](",
           "a *b",
           "__init__",
           "\"q\" 'r'",
           "\xC2\xA0x",
       }) {
    std::string html;
    for (const char c : text) {
      html += c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
    }
    for (const std::string& page :
         {"<p>" + html, "<h2>" + html + "</h2>", "<ul><li>" + html + "</ul>",
          "<blockquote>" + html + "</blockquote>", "<p><b>" + html + "</b>",
          "<p>a<br>" + html + "<br>" + html + "<br>b",
          "<table><tr><td>" + html + "<td>x<tr><td>y<td><b>" + html +
              "</b></table>",
          "<p>!<a href=x>" + html + "</a>x<i>" + html + "</i>",
          "<dl><dt>" + html + "<dd>" + html + "</dl>",
          "<p><code>" + html + "</code>", "<pre>" + html + "</pre>"}) {
      const PageContent content = content_of(page);
      const std::string html_again = render_markdown(*content.markdown);
      EXPECT_EQ(collapsed(text_of_html(html_again)), collapsed(*content.text))
          << page << '\n'
          << *content.markdown << '\n'
          << html_again;
    }
  }
}

// Blocks within blocks, in every order of two and three.
TEST(Markdown, BlocksInOneAnotherKeepTheirText) {
  const std::vector<std::pair<std::string, std::string>> kAround = {
      {"<ul><li>", "</ul>"},
      {"<ol start=9><li>", "</ol>"},
      {"<blockquote>", "</blockquote>"},
      {"<dl><dt>t<dd>", "</dl>"},
      {"<p>", "</p>"},
      {"<h3>", "</h3>"},
      {"<pre>", "</pre>"},
      {"<div>a", "b</div>"},
      {"<table><tr><td>1<td>2<tr><td>", "<td>3</table>"},
      {"<table><tr><td>", "</table>"},
      {"<table><tr><td colspan=2>1<tr><td>2<td>", "</table>"},
      {"<a href=x>", "</a>"},
      {"<b>", "</b>"},
      {"<code>", "</code>"},
      {"<ul><li>x</ul><ul><li>", "</ul>"},
      {"<hr>", "<hr>"},
      {"<ul><li><br>", "<li>y</ul>"}};
  const auto check = [](const std::string& page) {
    const PageContent content = content_of(page);
    const std::string again = text_of_html(render_markdown(*content.markdown));
    const auto bare = [](std::string text) {
      std::erase_if(text, is_html_space);
      return text;
    };
    EXPECT_EQ(bare(again), bare(*content.text)) << page << '\n'
                                                << *content.markdown;
  };
  for (const auto& [open, close] : kAround) {
    check(open + "1. x" + close);
    for (const auto& [open2, close2] : kAround) {
      check(open + open2 + "- x" + close2 + "y" + close);
      for (const auto& [open3, close3] : kAround) {
        check(open + "a" + open2 + open3 + "*x*" + close3 + "# z" + close2 +
              close);
      }
    }
  }
}

}  // namespace
}  // namespace crawl
