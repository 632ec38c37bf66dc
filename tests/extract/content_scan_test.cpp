#include "extract/content_scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/utf8.h"
#include "support/content_oracle.h"
#include "support/real_pages.h"

namespace crawl {
namespace {

using testing::compare_content;
using testing::Scanned;

TEST(ContentScan, ReadsWhatIsPlainlyNested) {
  for (const std::string_view html : {
           "",
           "text",
           "<p>a<p>b",
           "<title>t</title><p>a",
           " \n<p>a ",
           "<!doctype html><html lang=en><head><meta charset=utf-8>"
           "<title>T &amp; t</title><style>x{}</style><link rel=x href=y>"
           "<script>if (a<b) c</script></head><body class=b><h1>H</h1>",
           "<ul><li>a<li>b<ul><li>c</ul><li>d</ul>e",
           "<dl><dt>a<dd>b<dt>c<dd>d</dl>",
           "<table><tr><td>a<td>b<tr><th>c</table>",
           "<table><caption>t</caption><colgroup><col></colgroup><thead>"
           "<tr><th>a</th></tr></thead><tbody><tr><td><b>x</td><td>y</td></tr>"
           "</tbody></table>z",
           "<p>a<table><tr><td>b</table>",
           "<table><tr><table><tr><td>a</table>",
           "<!doctype html><p>a<table><tr><td><p>x<table><tr><td>y</table>z"
           "</table>b",
           "<p>a <b>b <i>c</i></b> <a href=x>d</a></p>",
           "<div><span>a</div>b",
           "<div>a</p2>b</span></div>c",
           "<pre>\n a\n</pre><pre>\n\nb</pre>",
           "a&lt;b&nbsp;c &copy d",
           "a < b <3 </ x>c",
           "a<!-- b --><!DOCTYPE x><?x?>c",
           "<select><option>a<option>b<optgroup label=x><option>c</select>d",
           "<form><input><button>a</button><textarea><b></textarea></form>b",
           "<noscript><p>a</noscript>b",
           "<h1>a<h2>b</h2>",
           "<svg viewBox='0 0 1 1'><title>no</title><g><path d=x /></g></svg>a",
           "<div hidden>a<p>b</div>c",
           "<x-y><dialog>a</dialog>b</x-y>",
           "<head><noscript><img src=x></noscript></head><p>a",
           "<a href=x><div>a</div></a>",
           "<td>a</td>b",
           "</div>a</body></html>\n",
           "<div class=fragment><div class=line>a  b</div></div>",
       }) {
    std::string scan;
    std::string tree;
    const std::string page(html);
    EXPECT_EQ(compare_content(page, scan, tree), Scanned::kAlike)
        << html << "\n"
        << scan << "\n"
        << tree;
  }
}

TEST(ContentScan, LeavesTheRestToTheTree) {
  for (const std::string_view html :
       {"<p><b>a<p>b", "<b><div>a</b></div>", "<table>a<tr><td>b</table>",
        "<table><div>a</div></table>", "<a>x<a>y", "<svg><p>a</svg>",
        "<svg><foreignObject><p>a</foreignObject></svg>", "<math><mi>x</math>",
        "<template>a</template>", "<frameset><frame></frameset>",
        "<b>a<p>b</b>c", "a</p>b", "<p>a</body>b", "<ruby>a<rt>b</ruby>",
        "a<base href=x>", "<nobr>a<nobr>b"}) {
    EXPECT_FALSE(scan_content(html)) << html;
  }
}

TEST(ContentScan, RealPagesAreReadAsTheTreeReadsThem) {
  std::size_t read = 0;
  std::size_t doubted = 0;
  testing::for_each_real_page(
      150, [&](const std::filesystem::path& path, const std::string& page) {
        std::string scan;
        std::string tree;
        const Scanned found = compare_content(page, scan, tree);
        ++(found == Scanned::kDoubted ? doubted : read);
        EXPECT_NE(found, Scanned::kOtherwise) << path;
      });
  RecordProperty("read", static_cast<int>(read));
  RecordProperty("doubted", static_cast<int>(doubted));
  std::cout << read << " pages read, " << doubted << " left to the tree\n";
  EXPECT_GT(read, doubted);
}

}  // namespace
}  // namespace crawl
