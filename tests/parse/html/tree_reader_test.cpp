#include "parse/html/tree_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "parse/html/gumbo_tree.h"
#include "parse/html/nesting_gauge.h"

namespace crawl {
namespace {

std::string repeated(std::string_view what, std::size_t times) {
  std::string out;
  out.reserve(what.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += what;
  return out;
}

Page read(std::string_view html, const TreeLimits& limits = {}) {
  PageOptions options;
  options.links = true;
  options.anchor_text = true;
  static const Url url = *Url::parse("http://site.test/");
  return read_tree(html, url, "utf-8", options, limits);
}

constexpr std::size_t kBudget = TreeLimits{}.nesting_cost;

TEST(NestingGauge, HonestPagesAreAffordableWhole) {
  const std::string flat = repeated(
      "<div class=x><p>t<p><b>t</b><ul><li>a<li>b</ul><img src=x></div>\n",
      20'000);
  EXPECT_EQ(affordable_prefix(flat, kBudget), flat.size());
  const std::string lists = "<ul>" + repeated("<li><a href=x>x", 200'000);
  EXPECT_EQ(affordable_prefix(lists, kBudget), lists.size());
  const std::string deep =
      repeated("<div>", 10'000) + repeated("</div>", 1'000);
  EXPECT_EQ(affordable_prefix(deep, kBudget), deep.size());
}

TEST(NestingGauge, NestingCostsItsSquare) {
  EXPECT_LT(affordable_prefix(repeated("<div>", 1'000'000), kBudget),
            5 * 20'000U);
  EXPECT_LT(affordable_prefix(repeated("<b>", 1'000'000), kBudget),
            3 * 20'000U);
  EXPECT_LT(affordable_prefix(repeated("<x></y>", 1'000'000), kBudget),
            7 * 20'000U);
}

TEST(NestingGauge, EndOfItselfMeansSomethingInForeignContentOnly) {
  EXPECT_LT(affordable_prefix(repeated("<div/>", 1'000'000), kBudget),
            6 * 20'000U);
  const std::string icons = "<svg>" + repeated("<path d='x'/>", 100'000);
  EXPECT_EQ(affordable_prefix(icons, kBudget), icons.size());
}

TEST(NestingGauge, AttributesCostTheirSquare) {
  std::string tag = "<p>head<a";
  for (int i = 0; i < 1'000'000; ++i) tag += " a" + std::to_string(i);
  tag += "><p>";
  EXPECT_EQ(affordable_prefix(tag, kBudget), 7U);
}

TEST(NestingGauge, WhatCommentsAndScriptsHoldCostsNothing) {
  const std::string inside = repeated("<div>", 100'000);
  for (const std::string& page :
       {"<!--" + inside + "-->", "<script>" + inside + "</script>",
        "<!--" + inside, "<title>" + inside, "<p title='" + inside + "'>",
        "<!--" + inside + "--!>x", "<style>" + inside + "</STYLE>"}) {
    EXPECT_EQ(affordable_prefix(page, 1000), page.size());
  }
}

TEST(NestingGauge, EndsAnywhere) {
  const std::string page =
      "<!doctype x><!--a--><!--><!---><a b='c' d=\"e\" f=g h = i/><br/>"
      "<script></scr</script></a></ x><?php ?><plaintext><";
  for (std::size_t i = 0; i <= page.size(); ++i) {
    const std::string prefix = page.substr(0, i);
    EXPECT_EQ(affordable_prefix(prefix, kBudget), i);
  }
}

TEST(TreeReader, NestingThatOverflowsGumbosOwnStackIsRead) {
  const Page page = read("<title>t</title><a href=1>x</a>" +
                         repeated("<div>", 262'144) + "<a href=2>");
  EXPECT_EQ(page.title, "t");
  EXPECT_EQ(page.links[0].url, "http://site.test/1");
}

TEST(TreeReader, TenThousandLevelsAreReadWhole) {
  const Page page = read(repeated("<div>", 10'000) + "<a href=in>x");
  ASSERT_EQ(page.links.size(), 1U);
  EXPECT_EQ(page.links[0].text, "x");
}

TEST(TreeReader, MillionsOfLevelsLeaveWhatIsBeforeThem) {
  for (const std::string_view tag :
       {"<div>", "<b>", "<font color=a>", "<table>", "<table><tr><td>", "<svg>",
        "<ul><li>", "<button>", "<x>", "<form>", "<a>", "<p><b>", "<select>",
        "<math><mi>"}) {
    const Page page =
        read("<title>t</title><a href=1>x</a>" + repeated(tag, 1'000'000));
    EXPECT_EQ(page.title, "t") << tag;
    EXPECT_GE(page.link_count, 1U) << tag;
  }
}

TEST(TreeReader, HugeAttributesAndTexts) {
  const std::string huge(4'000'000, 'x');
  EXPECT_EQ(read("<p title='" + huge + "'><a href=1>").link_count, 1U);
  EXPECT_EQ(read("<a href='" + huge + "'>").link_count, 1U);
  EXPECT_EQ(read("<title>" + huge + "</title>").title, huge);
  EXPECT_EQ(read("<!--" + huge + "--><a href=1>").link_count, 1U);
  EXPECT_EQ(read("<" + huge + "><a href=1>").link_count, 1U);
}

TEST(TreeReader, PagesOfOneThingOverAndOver) {
  for (const std::string_view piece :
       {"<", "<a", "<a ", "&", "&amp", "<!--", "</", "<!", "<?", "]]>", "\"",
        "</p>", "</div>", "<title>", "<svg><![CDATA["}) {
    read(repeated(piece, 200'000));
  }
}

TEST(TreeReader, MemoryLimitLeavesTheFront) {
  TreeLimits limits;
  limits.memory = std::size_t{4} << 20;
  const Page page =
      read("<title>t</title>" + repeated("<p>x<a href=1>", 100'000), limits);
  EXPECT_EQ(page.title, "t");
  EXPECT_GT(page.link_count, 1'000U);
  EXPECT_LT(page.link_count, 100'000U);
}

TEST(TreeReader, LimitsThatAllowNothingGiveAnEmptyPage) {
  TreeLimits limits;
  limits.memory = 0;
  EXPECT_EQ(read("<title>t</title>", limits).title, std::nullopt);
}

TEST(TreeReader, WholeOrNotAtAll) {
  const Url url = *Url::parse("http://site.test/");
  const PageOptions options;
  EXPECT_TRUE(read_whole_tree("<p>x", url, "utf-8", options));
  EXPECT_FALSE(
      read_whole_tree(repeated("<div>", 100'000), url, "utf-8", options));
  TreeLimits limits;
  limits.memory = 0;
  EXPECT_FALSE(read_whole_tree("<p>x", url, "utf-8", options, limits));
}

TEST(TreeReader, TimeLimitGivesUp) {
  const GumboTree tree(repeated("<p>x", 100'000), std::size_t{1} << 30, -1.0);
  EXPECT_EQ(tree.root(), nullptr);
}

// A base as long as the page would make its links take the page's square.
TEST(TreeReader, LongBasesAndManyLinksAreBounded) {
  std::string html = "<base href='/" + std::string(1'000'000, 'b') + "/'>";
  for (int i = 0; i < 10'000; ++i) {
    html += "<a href=" + std::to_string(i) + ">";
  }
  const Page page = read(html);
  EXPECT_GT(page.link_count, 10U);
  EXPECT_LT(page.link_count, 100U);
}

TEST(TreeReader, IsindexIsNothingAnyMore) {
  EXPECT_EQ(read("<isindex action=x>").links.size(), 0U);
}

}  // namespace
}  // namespace crawl
