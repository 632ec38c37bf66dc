#include "parse/html/plain_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/utf8.h"
#include "support/real_pages.h"
#include "support/tree_oracle.h"

namespace crawl {
namespace {

using testing::compare_trees;
using testing::PlainlyRead;

TEST(PlainTree, IsGumbosTreeOfWhatIsPlainlyNested) {
  for (const std::string_view html : {
           "",
           " \n",
           "text",
           "<p>a<p>b",
           "<title>t &amp; &lt;u</title> <p>a",
           " \n<p>a ",
           "<!-- a --> <!doctype html> <!-- b --><html lang=en> <!-- c -->"
           "<head> <!-- d --><meta charset=utf-8><title>T &amp; t</title>"
           "<style>x{&amp;}</style><link rel=x href=y><base href=z>"
           "<script>if (a<b && c) '\r\n'</script> </head> <!-- e -->"
           "<body class=b><h1>H</h1>",
           "<!doctype html><p>a</p><table></table>",
           "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Transitional//EN' "
           "'http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd'>a",
           "<!DOCTYPE html PUBLIC '-//W3C//DTD HTML 4.01 Transitional//EN'>a",
           "<!DOCTYPE html SYSTEM 'about:legacy-compat'>a",
           "<!doctype x>a",
           "<head></head><script>a</script> <meta name=x><!-- b --><p>c",
           "<head></head> <title>a</title><style>b</style> c",
           "<head><head><p>a<head>b",
           "<head><noscript><link href=x> <meta name=y><style>z</style><!-- a "
           "--></noscript><p>b",
           "<noscript><p>a</noscript>b",
           "<head><noscript><img src=x></noscript></head><p>a",
           "<head><noscript> <title>a</title></noscript>b",
           "<head></head><noscript><p>a</noscript>b",
           "<ul><li>a<li>b<ul><li>c</ul><li>d</ul>e",
           "<dl><dt>a<dd>b<dt>c<dd>d</dl>",
           "<table><tr><td>a<td>b<tr><th>c</table>",
           "<table> <tr> <td>a</td> </tr> </table>",
           "<table><col span=2><col><tr><td>a</table>",
           "<table><caption>t</caption><colgroup> <col></colgroup><thead>"
           "<tr><th>a</th></tr></thead><tbody><tr><td><b>x</td><td>y</td></tr>"
           "</tbody></table>z",
           "<table><!-- a --><tr><!-- b --><script>c</script><td>d</table>",
           "<!doctype html><p>a<table><tr><td><p>x<table><tr><td>y</table>z"
           "</table>b",
           "<p>a <b>b <i>c</i></b> <a href=x>d</a></p>",
           "<div><span>a</div>b",
           "<div>a</p2>b</span></div>c",
           "<pre>\n a\n</pre><pre>\n\nb</pre><pre>\r\nc</pre>",
           "<textarea>\n a &amp; <b>\n</textarea><textarea>\r\n\r\n</textarea>",
           "a&lt;b&nbsp;c &copy d\r\ne\rf",
           "a < b <3 </ x>c</>d<!>e<!x>f<?g?>h",
           "a<!-- b --><!DOCTYPE x><?x?>c",
           "<!---->a<!-->b<!--->c<!--d--!>e<!---f--->g<!--h--i-->j",
           "a<![CDATA[b]]>c",
           "<p ID=a id=b Class='c &amp; d' x y=\"1\r\n2\" =z a/b>e",
           "<p \xC3\x84=1 data-x=2 a<b=3>",
           "<select><option>a<option>b<optgroup label=x><option>c</select>d",
           "<select><option>a</option> <script>b</script></select>c",
           "<form><input><button>a</button><textarea><b></textarea></form>b",
           "<h1>a<h2>b</h2>",
           "<iframe>a<b></iframe><noframes><p></noframes><noembed>c</noembed>",
           "<x-y a=b><dialog>a</dialog>b</x-y><X-Z>c",
           "<a href=x><div>a</div></a>",
           "a<table>b<tr>c<td>d<table><p>e</p><tr><i>f</i>g</table>h</table>i",
           "<div><table> <p>a<br> b</p><tr><td>c</td></tr><hr><img>\n<pre>\n"
           "d</pre> <x-y z=1>e</x-y><tr><td>f</table></div>",
           "<table><tr><td>a<table><tr><td>b</table>c<table>d</table></table>",
           "<table><tbody><table><tr><td>a",
           "<table><b>a</b><li>c<li>d</li><h1>e<h2>f<p>g<hr><p>h</h2><dl>",
           "<table>a<!-- b --> c<script>d</script> e",
           "<p>a<table><tr><td>b</table>",
           "<!DOCTYPE html PUBLIC '-//W3C//DTD HTML 3.2//EN'><p>a<table>b",
           "<svg viewBox='0 0 1 1' XLINK:href=a xml:lang=b xmlns=c preserveaspe"
           "ctratio=d><title>no &amp; d</title><g ID=a> <path d=x /></g>"
           "<!-- b --><linearGradient><stop></linearGradient> </svg>a",
           "<p><b><SVG><svg/><clippath><use xlink:href=a><image></clippath>"
           "b</svg>c</b>d<svg/>e",
           "<svg><style>a{}</style><desc></desc><text>a<tspan>b</text></svg>",
           "<td>a</td>b<caption><tbody>",
           "</div>a</body> <!-- b --> </html>\n<!-- c --> ",
           "<div>a</body> <!-- b -->",
           "<title>a",
           "<script>a</script",
           "<p>a</p",
           "<p>a<b c=",
           "<audio>a</audio><video><source></video><canvas>b</canvas>",
           "<hr><img><br/><p/>a<wbr>",
       }) {
    std::string plainly;
    std::string wholly;
    EXPECT_EQ(compare_trees(html, plainly, wholly), PlainlyRead::kAlike)
        << html << "\n"
        << plainly << "\n"
        << wholly;
  }
}

TEST(PlainTree, LeavesTheRestToGumbo) {
  for (const std::string_view html :
       {"<p><b>a<p>b",
        "<b><div>a</b></div>",
        "<table>a&#32;<tr><td>b</table>",
        "<table><div><tr></div></table>",
        "<table><b>a<tr>",
        "<a><table><a>b",
        "<table><div><table>",
        "<table><input>",
        "<table><form>",
        "<table><div><form>",
        "<table><colgroup>a",
        "<table><colgroup><table>",
        "<table><select>",
        "<table><div></table>",
        "<a>x<a>y",
        "<svg><p>a</svg>",
        "<math><mi>x</math>",
        "<svg><g>",
        "<svg></g></svg>",
        "<svg><![CDATA[a]]></svg>",
        "<svg></svg b>",
        "<svg><foreignObject><p>a</foreignObject></svg>",
        "<svg><title><b>a</b></title></svg>",
        "<div><svg></div></svg>",
        "<svg><script></script></svg>",
        "<svg></></svg>",
        "<template>a</template>",
        "<frameset><frame></frameset>",
        "a</p>b",
        "<div><form>a</div><form>b",
        "<p>a</body>b",
        "<ruby>a<rt>b</ruby>",
        "<nobr>a<nobr>b",
        "<html><html lang=x>",
        "<body><body class=x>",
        "<!-- a",
        "&#32;<p>a",
        "<h1><h2>a</h1>b",
        "<table><tr><td>a</body>",
        "<select><style>a",
        "<table><colgroup><script></script>",
        "<!doctype html",
        "</br>",
        "a<title>b</title></head><h1>a</h2>",
        "<table><colgroup></tr><col></table>"}) {
    EXPECT_EQ(PlainTree(html, std::size_t{1} << 20).root(), nullptr) << html;
  }
  EXPECT_EQ(PlainTree(std::string("a\0b", 3), 1 << 20).root(), nullptr);
}

TEST(PlainTree, TakesNoMoreMemoryThanItMay) {
  std::string page;
  for (int i = 0; i < 100'000; ++i) page += "<br>";
  EXPECT_EQ(PlainTree(page, std::size_t{1} << 20).root(), nullptr);
  EXPECT_NE(PlainTree(page, std::size_t{1} << 26).root(), nullptr);
  page = "<p";
  for (int i = 0; i < 100'000; ++i) page += " a" + std::to_string(i);
  EXPECT_EQ(PlainTree(page + ">", std::size_t{1} << 26).root(), nullptr);
}

// CRAWL_PLAIN_PAGES: so many of each directory.
TEST(PlainTree, IsGumbosTreeOfRealPages) {
  const char* const asked = std::getenv("CRAWL_PLAIN_PAGES");
  const std::size_t most = asked != nullptr ? std::stoul(asked) : 300;
  std::size_t read = 0;
  std::size_t doubted = 0;
  testing::for_each_real_page(
      most, [&](const std::filesystem::path& path, const std::string& page) {
        std::string plainly;
        std::string wholly;
        const PlainlyRead found = compare_trees(page, plainly, wholly);
        ++(found == PlainlyRead::kDoubted ? doubted : read);
        EXPECT_NE(found, PlainlyRead::kOtherwise) << path;
      });
  RecordProperty("read", static_cast<int>(read));
  RecordProperty("doubted", static_cast<int>(doubted));
  std::cout << read << " pages read, " << doubted << " left to gumbo\n";
  EXPECT_GT(read, doubted);
}

}  // namespace
}  // namespace crawl
