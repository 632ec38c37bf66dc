// What a page can cost at most: work linear in its size, memory by its links.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawl/parse/page.h"
#include "parse/html/scanner.h"
#include "support/heap_meter.h"

namespace crawl {
namespace {

constexpr std::size_t kMany = 100'000;

const Url& page_url() {
  static const Url url = *Url::parse("https://site.test/dir/page");
  return url;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::uint64_t steps(std::string_view page) {
  std::uint64_t total = 0;
  for (const bool text : {false, true}) {
    PageOptions options;
    options.links = true;
    options.anchor_text = text;
    PageBuilder builder(page_url(), options, nullptr);
    scan_page_counting(page, OnDoubt::kGuess, builder, total);
  }
  return total / 2;
}

struct Shape {
  const char* name;
  std::function<std::string(std::size_t)> page;
};

Shape repeat(const char* text) {
  return {text, [text](std::size_t n) { return repeated(text, n); }};
}

std::vector<Shape> shapes() {
  std::vector<Shape> all;
  for (const char* text : {"<div>",
                           "<",
                           "</",
                           "<!",
                           "<!--",
                           "<!-- -",
                           "<!-- --!",
                           "-->",
                           "<?",
                           "<a ",
                           "<a b",
                           "<a b=",
                           "<a b=\"",
                           "<a b='",
                           "</a b=\"",
                           "<b x=1 ",
                           "<b x=\">\">",
                           "<b x='>",
                           "<b \"",
                           "<!-- <b -->",
                           "<!-- > <b x=\" -->",
                           "<a href=1>",
                           "<script>",
                           "<script><!--",
                           "<script><!--<script>",
                           "<script><!--<script></script>",
                           "<script><!--</script>",
                           "<script><!-- ></script>",
                           "<title>",
                           "<title></title",
                           "<style>",
                           "<textarea>",
                           "<xmp></",
                           "<plaintext>",
                           "<svg>",
                           "<svg><g>",
                           "<svg><g></svg>",
                           "<svg></g>",
                           "<svg></div>",
                           "<svg><title><p>",
                           "<svg><![CDATA[",
                           "<svg><![CDATA[]]>",
                           "<math><mi>",
                           "<template>",
                           "<template></template>",
                           "</template>",
                           "<form>",
                           "<frameset>",
                           "<p><frameset>",
                           "<table>",
                           "<a><div>",
                           "<a href=1><b>",
                           "</b>",
                           "<a href=1><b></i>",
                           "&",
                           "&amp",
                           "\r",
                           "\x01",
                           "x"}) {
    all.push_back(repeat(text));
  }
  all.push_back({"one attribute", [](std::size_t n) {
                   return "<a href=\"" + repeated("xxxxxxxx", n) + "\">";
                 }});
  all.push_back({"one unquoted attribute", [](std::size_t n) {
                   return "<a href=" + repeated("xxxx&amp;", n) + ">";
                 }});
  all.push_back({"many attributes", [](std::size_t n) {
                   std::string page = "<a";
                   for (std::size_t i = 0; i < n; ++i) {
                     page += " a" + std::to_string(i) + "=1";
                   }
                   return page + ">";
                 }});
  all.push_back({"one attribute often", [](std::size_t n) {
                   return "<a" + repeated(" href=x", n) + ">";
                 }});
  all.push_back({"one name", [](std::size_t n) {
                   return "<" + repeated("aaaa", n) + ">";
                 }});
  all.push_back({"control characters in a name", [](std::size_t n) {
                   return "<a" + repeated("\x01\x02", n) + ">";
                 }});
  all.push_back({"formatting in an anchor", [](std::size_t n) {
                   return "<a href=1>" + repeated("<b>", n) +
                          repeated("</i>", n) + repeated("</b>", n);
                 }});
  all.push_back({"unmatched svg end tags", [](std::size_t n) {
                   return "<svg>" + repeated("<g>", n) + repeated("</h>", n);
                 }});
  return all;
}

TEST(ScanCost, IsLinearInThePagesSize) {
  for (const Shape& shape : shapes()) {
    const std::string small = shape.page(kMany / 8);
    const std::string large = shape.page(kMany);
    const auto growth =
        static_cast<double>(steps(large)) / static_cast<double>(steps(small));
    const auto size_growth =
        static_cast<double>(large.size()) / static_cast<double>(small.size());
    EXPECT_LE(growth, size_growth * 1.05) << shape.name;
    // An ordinary page takes a step or two for a byte.
    EXPECT_LE(steps(large), 5 * large.size()) << shape.name;
  }
}

// What opens something, closes something, or begins to: any two, alternating,
// and the second over and over behind the first.
TEST(ScanCost, IsLinearForAnyTwoPieces) {
  const std::vector<std::string_view> pieces = {"<",
                                                "</",
                                                "<!--",
                                                "-->",
                                                "<![CDATA[",
                                                "]]>",
                                                "<!",
                                                "<?",
                                                "<a href=",
                                                "\"",
                                                "'",
                                                ">",
                                                "=",
                                                " ",
                                                "/>",
                                                "x",
                                                "&am",
                                                "-",
                                                "]",
                                                "<script>",
                                                "</script>",
                                                "<script ",
                                                "</script ",
                                                "<title>",
                                                "</title>",
                                                "</titl",
                                                "<svg>",
                                                "</svg>",
                                                "<g>",
                                                "</g>",
                                                "<p>",
                                                "<math>",
                                                "<template>",
                                                "</template>",
                                                "<frameset>",
                                                "<script><!--",
                                                "<svg><![CDATA["};
  constexpr std::size_t kTimes = 400;
  for (const std::string_view a : pieces) {
    for (const std::string_view b : pieces) {
      const std::string both = std::string(a) + std::string(b);
      for (const std::string& page :
           {repeated(both, kTimes), std::string(a) + repeated(b, kTimes)}) {
        EXPECT_LE(steps(page), 5 * page.size() + 64) << a << " " << b;
      }
    }
  }
}

std::string of_size(std::string_view piece, std::size_t size) {
  return repeated(piece, size / piece.size() + 1).substr(0, size);
}

// At the sizes that a body may have.
TEST(ScanCost, NoPageTakesMoreThanAFewTimesAnOrdinaryOne) {
  const std::string ordinary_piece =
      "<div class='note' id=n1>\n <p>Some words of <a href='/some/page.html'"
      ">text</a> and more, as pages have it.</p>\n</div>\n";
  const std::size_t size = std::size_t{16} << 20;
  const auto ordinary =
      static_cast<double>(steps(of_size(ordinary_piece, size)));
  const auto expect_modest = [&](const char* name, std::string page) {
    const auto scale =
        static_cast<double>(page.size()) / static_cast<double>(size);
    EXPECT_LE(static_cast<double>(steps(page)), 3 * ordinary * scale) << name;
  };
  expect_modest("a million div", repeated("<div>", 1'000'000));
  expect_modest("16 MB of <", std::string(size, '<'));
  expect_modest("an attribute of 16 MB",
                "<a href=\"" + std::string(size, 'x') + "\">");
  expect_modest("a million attributes",
                "<a" + repeated(" b=1", 1'000'000) + ">");
  expect_modest("unclosed comments", repeated("<!-- x", 1'000'000));
  expect_modest("comments that seem to close",
                repeated("<!-- x --", 1'000'000));
}

// What reading a page takes besides the page.
std::size_t memory_of(std::string_view page,
                      const std::string& charset = "utf-8") {
  PageOptions options;
  options.links = true;
  const std::string content_type = "text/html; charset=" + charset;
  const std::size_t before = testing::heap_held();
  testing::reset_heap_peak();
  const Page read = read_page(page, page_url(), content_type, options);
  EXPECT_EQ(read.parser, PageParser::kScanner);
  return testing::heap_peak() - before;
}

TEST(ScanCost, MemoryIsThatOfTheLinksNotOfThePage) {
  const std::string links =
      "<title>t</title>" + repeated("<a href='some/where'>x</a>", 50);
  const std::size_t small = memory_of(links);
  for (const char* filler : {"<p class='a'>text</p>", "text ", "<!-- -->",
                             "<script>x</script>", "<svg><g/></svg>", "</b>"}) {
    EXPECT_LE(memory_of(links + repeated(filler, kMany)), small + 1024)
        << filler;
  }
  EXPECT_LE(small, 64 * 1024U);
}

TEST(ScanCost, MultiBytePagesAreNotConvertedWhole) {
  for (const char* charset :
       {"shift_jis", "gbk", "gb18030", "big5", "euc-jp", "euc-kr"}) {
    const std::string links = "<title>\xB1\xB2</title>" +
                              repeated("<a href='\xB1\xB2'>\xB1\xB2</a>", 50);
    memory_of(links, charset);  // reads the charset's table
    const std::size_t small = memory_of(links, charset);
    for (const char* filler :
         {"<p class='\xB1\xB2'>text \xB1\xB2</p>", "\xB1\xB2"}) {
      EXPECT_LE(memory_of(links + repeated(filler, kMany), charset),
                small + 1024)
          << charset << filler;
    }
    EXPECT_LE(small, 64 * 1024U) << charset;
  }
}

TEST(ScanCost, ARepeatedLinkTakesNoTextOfItsOwn) {
  const std::string link = "<a href='/" + std::string(10'000, 'x') + "'>";
  EXPECT_LE(memory_of(repeated(link, 1000)), 400 * 1000 + 100'000U);
}

TEST(ScanCost, LinksAreNotAllocatedOneByOne) {
  std::string page;
  for (std::size_t i = 0; i < kMany; ++i) {
    page +=
        "<a href='../some/page/" + std::to_string(i) + "?a=b#c'><a href='#'>";
  }
  const std::size_t before = testing::heap_allocations();
  memory_of(page);
  EXPECT_LE(testing::heap_allocations() - before, 200U);
}

TEST(ScanCost, MemoryIsASmallMultipleOfTheLinks) {
  std::string page;
  for (std::size_t i = 0; i < kMany; ++i) {
    page += "<a href=/some/page/number/" + std::to_string(i) + ">";
  }
  EXPECT_LE(memory_of(page), 400 * kMany);
}

}  // namespace
}  // namespace crawl
