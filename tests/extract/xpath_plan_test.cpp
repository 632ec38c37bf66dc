#include "extract/xpath_plan.h"

#include <gmock/gmock.h>

#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "extract/xpath.h"
#include "parse/html/gumbo_tree.h"

namespace crawl {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAreArray;
using Strings = std::vector<std::string>;

constexpr std::size_t kEnough = std::size_t{1} << 24;

struct Found {
  Strings values;
  std::string problem;
  bool operator==(const Found&) const = default;
};

class Page {
 public:
  explicit Page(std::string_view html) : tree_(html, kEnough * 16, 60) {}

  // On a page of its own, so that nothing was spent before.
  Found find(const XPathPlan& plan) const {
    Found out;
    out.problem = XPathPage(*tree_.root())
                      .find(plan, false, kEnough, kEnough, out.values);
    return out;
  }
  Found find(std::string_view expression) const {
    return find(plan_xpath(expression));
  }

 private:
  const GumboTree tree_;
};

TEST(XPathPlan, StepsThatMayMeetAreTakenTogether) {
  struct Row {
    std::string_view expression;
    std::string_view plan;
  };
  for (const Row& row : std::vector<Row>{
           {"//a", "//child::a"},
           {"/", "/"},
           {"/html/body", "/child::html/child::body"},
           {".//a/@href", "self::node()//child::a/attribute::href"},
           {"//a//b", "crawl-step(//child::a, 'descendant', 'b')"},
           {"//a//b[c]", "crawl-step(//child::a, 'descendant', 'b')[child::c]"},
           {"//a/..", "crawl-step(//child::a, 'parent', 'node()')"},
           {"//a//b[1]",
            "crawl-step(//child::a, 'descendant-or-self', "
            "'node()')/child::b[1]"},
           {"//a//@b",
            "crawl-step(//child::a, 'descendant-or-self', 'node()')"
            "/attribute::b"},
           {"//ancestor::a",
            "crawl-step(/descendant-or-self::node(), 'ancestor', 'a')"},
           {"//a[..//b]", "//child::a[parent::node()//child::b]"},
           {"a | b", "crawl-union(child::a, child::b)"},
           {"//a[. = ../b]",
            "//child::a[crawl-equal(self::node(), parent::node()/child::b)]"},
           {"//a[@b != 'c' and 1 < 2]",
            "//child::a[crawl-unequal(attribute::b, 'c') and 1 < 2]"},
           {"//a[b + 1 > -c * 2]",
            "//child::a[number(child::b) + 1 > -number(child::c) * 2]"},
           {"//and/or[div mod mod]",
            "//child::and/child::or[number(child::div) mod "
            "number(child::mod)]"},
           {"(//a)[last()]/b", "(//child::a)[last()]/child::b"},
           {"//*[5*5=25]", "//child::*[5 * 5 = 25]"},
           {"id('x')//b", "crawl-step(id('x'), 'descendant', 'b')"},
       }) {
    const XPathPlan plan = plan_xpath(row.expression);
    EXPECT_EQ(plan.expression, row.plan) << row.expression;
    EXPECT_FALSE(plan.as_it_was) << row.expression;
  }
}

TEST(XPathPlan, WherePositionsAreAskedForEachNodeIsGoneFromByItself) {
  struct Row {
    std::string_view expression;
    std::string_view plan;
    Strings parts;
  };
  for (const Row& row : std::vector<Row>{
           {"//a/following-sibling::b[1]/c",
            "crawl-each(//child::a, 0)/child::c",
            {"following-sibling::b[1]"}},
           {"//a/ancestor::b[position() = last()]",
            "crawl-each(//child::a, 0)",
            {"ancestor::b[position() = last()]"}},
           {"//a/preceding::b[count(c)][d = \"'\"]/..",
            "crawl-step(crawl-each(//child::a, 0), 'parent', 'node()')",
            {"preceding::b[count(child::c)][crawl-equal(child::d, \"'\")]"}},
           {"//a/descendant::b[c - 1]",
            "crawl-each(//child::a, 0)",
            {"descendant::b[number(child::c) - 1]"}},
           {"//a/following::b[c/following::d[2]][last()]",
            "crawl-each(//child::a, 1)",
            {"following::d[2]",
             "following::b[crawl-each(child::c, 0)][last()]"}},
           {"//a/ancestor::xlink:b",
            "crawl-each(//child::a, 0)",
            {"ancestor::xlink:b"}},
           {"//a[. = //b[/c]]/..",
            "crawl-step(//child::a[crawl-equal(self::node(), crawl-once(1))], "
            "'parent', 'node()')",
            {"/child::c", "//child::b[crawl-once(0)]"}},
           {"//a[. = (//b)[1]]",
            "//child::a[crawl-equal(self::node(), "
            "crawl-once(1))]",
            {"//child::b", "(crawl-once(0))[1]"}},
           {"//a[/ = 'x']/b", "//child::a[crawl-equal(/, 'x')]/child::b", {}},
       }) {
    const XPathPlan plan = plan_xpath(row.expression);
    EXPECT_EQ(plan.expression, row.plan) << row.expression;
    EXPECT_EQ(plan.parts, row.parts) << row.expression;
    EXPECT_FALSE(plan.as_it_was) << row.expression;
  }
}

TEST(XPathPlan, WhatIsNotUnderstoodIsGivenAsItWas) {
  for (const std::string_view expression :
       {"//a/namespace::*", "//a[1 and2=3]", "//a[5e3 = 1]"}) {
    EXPECT_TRUE(plan_xpath(expression).as_it_was) << expression;
    EXPECT_EQ(plan_xpath(expression).expression, expression);
  }
}

constexpr std::string_view kPage = R"(<!-- first --><html lang=en><body id=top>
<h1>One</h1><div class=x id=d1>1<p>2<b>3</b></p><p>2</p><!-- c --><div id=d2 class=y>
<a href="#d1">1</a><a href="2">4</a><div>text<b>bold</b><b></b></div></div></div>
<ul><li>1<li>2<li>-3<li>none<li><b>3</b></ul><table><tr><td>1<td>2<tr><td>3<td>10</table>
<p title="1" id=p>d1 d2</p><p title="">  2 </p><svg><a xlink:href=u>4</a></svg></body></html>)";

// Where libxml2 does it node by node. What it finds so it does not always put
// in order, texts and comments among elements.
TEST(XPathPlan, GivesWhatTheExpressionItselfDoes) {
  Strings expressions = {
      "//li = //td",
      "//li != //td",
      "//b = //h1",
      "//h1 != //h1",
      "//p != //p",
      "//none = //none",
      "//none != //li",
      "//li != //none",
      "//li < //td",
      "//td <= //li",
      "//td > //td",
      "//h1 >= //h1",
      "//none < //li",
      "//li > 2",
      "2 > //li",
      "//li = 2",
      "2 != //li",
      "//li = 'none'",
      "'none' != //li",
      "//li = true()",
      "//none = false()",
      "true() != //li",
      "//p/@title = //li",
      "//comment() = ' c '",
      "//text() = //@title",

      "//li[. = //td]",
      "//td[not(. = //li)]",
      "//p[. > ../li or . != 2]",
      "//*[. = ../*[2]]",
      "//*[@id = //@href]",
      "//li + 1",
      "-//li",
      "--//td",
      "//td * //td - 1",
      "//li mod 2",
      "sum(//td) div count(//td)",
      "//a | //b | //p",
      "//b | //b",
      "//@* | /",
      "//text() | //comment() | //@id",
      "//td[1 + 1]",
      "//td[../td[2] - 1]",
      "id(//p)",
      "id(//namespace::*)",
      "string(//namespace::*)",
      "id('d2 d1 none')//b",
      "id(//p/@id)/..",
      "//*[lang('en')]/@id",
      "contains(//p, //li)",
      "contains('abc', '')",
      "contains('', 'a')",
      "substring-before('a-b-c', '-')",
      "substring-after('a-b-c', '-')",
      "substring-before('abc', 'x')",
      "number(substring-before('abc', 'x'))",
      "//p[substring-after(., 'x') >= 0]",
      "substring-after('abc', '')",
      "substring-before(//a/@href, 'd')",
      "translate(//h1, 'One', 'eno')",
      "//*[contains(., 'bold')]//b",
      "//p[string-length() > 1]",
      "//p[normalize-space() = 2]",
      "//*[number() = 3]",
      "string(//@id)",
      "//div//div//b",
      "//div//*[. = 1]",
      "//div//node()",
      "//div//text()/..",
      "//@id/..",
      "//@id/ancestor::*",
      "//@id/following::li",
      "//li//self::b",
      "//@href/preceding::p",
      "//b//ancestor-or-self::node()",
      "//@*//.",
      "//@id/descendant-or-self::node()",
      "//div//@*",
      "//*//comment()/..",
      "//li/following-sibling::*[b]/preceding-sibling::li[. = 2]",
      "//ul//li[2]",
      "//div//b[last()]",
      "//li[position() > 1]/../li[1]",
      "(//li | //td)[. = 3]/..",
      "(//div//b)[2]",
      "(//li)[3]/following::td",
      "//*[self::li or self::td][. > 1]",
      "//p[../ul]/preceding::b/..",
      "//svg//a/@xlink:href",
      "//svg/ancestor::x",
      "//ul//li[.//b]//b",
      "boolean(//div//b[. = 'bold']) and not(//x//y)",
      "//div[p = 2]//a[@href]",
      "count(//node()//node()) + count(//@*/..)",
      "//li[last()]/../*[1] | //h1",
  };
  for (const std::string axis :
       {"ancestor", "ancestor-or-self", "attribute", "child", "descendant",
        "descendant-or-self", "following", "following-sibling", "parent",
        "preceding", "preceding-sibling", "self"}) {
    for (const std::string from :
         {"//div", "//b", "//@id", "//text()", "//node()", "/", "//li[2] | //a",
          "//comment()"}) {
      for (const std::string test :
           {"*", "node()", "text()", "b", "comment()", "div[. != 1]", "li[2]",
            "*[last()]", "processing-instruction()", "p[position() = 1]"}) {
        expressions.push_back("(" + from + ")/" + axis + "::" + test);
        expressions.push_back("(" + from + ")//" + axis + "::" + test);
      }
    }
  }
  const Page page(kPage);
  for (const std::string& expression : expressions) {
    ASSERT_TRUE(check_xpath(expression)) << expression;
    const Found plain = page.find(XPathPlan{expression, {}, true});
    const XPathPlan plan = plan_xpath(expression);
    const Found found = page.find(plan);
    EXPECT_THAT(found.values, UnorderedElementsAreArray(plain.values))
        << expression << '\n'
        << plan.expression;
    EXPECT_EQ(found.problem, plain.problem) << expression;
  }
}

TEST(XPathPlan, WhatStepsGiveIsInPageOrder) {
  const Page page("<p>1<b>2</b>3<!--4--></p>5<p>6</p>");
  EXPECT_EQ(page.find("//p/descendant::text()/../node()[. != '']/self::text()"),
            (Found{{"1", "2", "3", "6"}, ""}));
  EXPECT_EQ(page.find("//comment() | //b | //text()"),
            (Found{{"1", "<b>2</b>", "2", "3", "<!--4-->", "5", "6"}, ""}));
  EXPECT_EQ(page.find("//p/following::node() | //p/preceding::node()").values,
            (Strings{"<head></head>", "<p>1<b>2</b>3<!--4--></p>", "1",
                     "<b>2</b>", "2", "3", "<!--4-->", "5", "<p>6</p>", "6"}));
  EXPECT_EQ(page.find("/ = //body"), (Found{{"true"}, ""}));
}

// --- Expressions of all kinds, by chance, always the same ones.

// One die at a time: what C++ evaluates first of a sum is the compiler's
// matter.
class Dice {
 public:
  // A path, whose conditions are nested so deep at most.
  std::string path(int depth) {
    std::string out = one_of({"//", "//", "/", ""});
    out += step(depth);
    for (std::size_t i = below(4); i > 0; --i) {
      out += one_of({"/", "//", "/"});
      out += step(depth);
    }
    if (depth == 0 || below(8) > 0) return out;
    if (below(2) == 0) out += " | " + path(depth - 1);
    return "(" + out + ")" + one_of({"[1]", "[last()]", "", "/..", "//b"});
  }

  std::string page(int depth) {
    std::string out;
    for (std::size_t i = below(4); i > 0; --i) {
      if (depth == 0 || below(3) == 0) {
        out += one_of({"x", "1", " 2 ", "-1", "", "<!--x-->", "<!--1-->"});
        continue;
      }
      const std::string tag = one_of({"div", "b", "i", "span"});
      out += "<" + tag + one_of({"", " id=x", " id=1 class=x", " class=2"});
      out += ">" + page(depth - 1) + "</" + tag + ">";
    }
    return out;
  }

 private:
  std::size_t below(std::size_t end) { return dice_() % end; }
  std::string one_of(const Strings& all) { return all[below(all.size())]; }

  // Not ".", of which libxml2 itself makes something else behind "//".
  std::string step(int depth) {
    std::string out = one_of({"..", "@id", "@*", "*", "b", "div"});
    if (out == "..") return out;
    if (below(2) == 0) {
      out = one_of({"ancestor", "ancestor-or-self", "attribute", "child",
                    "descendant", "descendant-or-self", "following",
                    "following-sibling", "parent", "preceding",
                    "preceding-sibling", "self"});
      out += "::";
      out +=
          one_of({"*", "node()[. != 'y']", "text()", "div", "b", "comment()"});
    }
    while (depth > 0 && below(3) == 0) out += "[" + value(depth - 1) + "]";
    return out;
  }

  std::string value(int depth) {
    if (depth == 0 || below(6) == 0) {
      return one_of({"1", "2", "last()", "position()", "'x'", "'1'", "@id", "b",
                     ".", "position() = 1", "position() mod 2", ".5"});
    }
    std::string out;
    switch (below(6)) {
      case 0:
        return path(depth - 1);
      case 1:
        return "-" + path(depth - 1);
      case 2:
        out = one_of({"count", "not", "string", "sum", "normalize-space",
                      "string-length", "number", "boolean"});
        return out + "(" + path(depth - 1) + ")";
      case 3:
        out = one_of({"contains", "starts-with", "substring-before",
                      "substring-after", "concat"});
        out += "(" + value(depth - 1);
        return out + ", " + value(depth - 1) + ")";
      default:
        out = value(depth - 1);
        out += one_of({" = ", " != ", " < ", " > ", " <= ", " >= ", " and ",
                       " or ", " + ", " - ", " * ", " div ", " mod "});
        return out + value(depth - 1);
    }
  }

  std::mt19937 dice_{20261128};
};

TEST(XPathPlan, AnyExpressionGivesWhatItDoesItself) {
  Dice dice;
  std::size_t compared = 0;
  for (int i = 0; i < 60; ++i) {
    std::string html = "<div>" + dice.page(4) + "</div>";
    html += dice.page(4);
    const Page page(html);
    for (int j = 0; j < 60; ++j) {
      const std::string expression = dice.path(3);
      if (!check_xpath(expression)) continue;  // of a type that there cannot be
      const Found plain = page.find(XPathPlan{expression, {}, true});
      const XPathPlan plan = plan_xpath(expression);
      const Found found = page.find(plan);
      EXPECT_EQ(found.problem, plain.problem) << expression << '\n' << html;
      EXPECT_THAT(found.values, UnorderedElementsAreArray(plain.values))
          << expression << '\n'
          << plan.expression << '\n'
          << html;
      compared += found.values.empty() ? 0 : 1;
    }
  }
  EXPECT_GT(compared, 500u);
}

// --- Pages made to be slow. Time is not asserted: what is not counted would
// hit the test's limit.

std::string repeated(std::string_view what, std::size_t times) {
  std::string out;
  out.reserve(what.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += what;
  return out;
}

TEST(XPathPlan, SetsAreComparedInOnePass) {
  const std::string start(100, 'x');
  const Page differ(
      repeated("<p>" + start + "y</p><b>" + start + "z</b>", 10'000));
  EXPECT_EQ(differ.find("//p = //b"), (Found{{"false"}, ""}));
  EXPECT_EQ(differ.find("//p != //b"), (Found{{"true"}, ""}));
  EXPECT_EQ(differ.find("//p < //b"), (Found{{"false"}, ""}));
  EXPECT_EQ(differ.find("count(//p | //b)"), (Found{{"20000"}, ""}));
  EXPECT_EQ(differ.find("count(//p/following::b)"), (Found{{"10000"}, ""}));
  EXPECT_EQ(differ.find("count(//p/following-sibling::*)"),
            (Found{{"19999"}, ""}));
  EXPECT_EQ(differ.find("count(//text()/..)"), (Found{{"20000"}, ""}));

  const Page numbers(repeated("<p>1</p><b>0</b>", 20'000));
  EXPECT_EQ(numbers.find("//p < //b"), (Found{{"false"}, ""}));
  EXPECT_EQ(numbers.find("//b >= //p"), (Found{{"false"}, ""}));

  const Page nested(repeated("<div>", 5'000));
  EXPECT_EQ(nested.find("count(//div//div//div)"), (Found{{"4998"}, ""}));
  EXPECT_EQ(nested.find("count(//div/ancestor::div)"), (Found{{"4999"}, ""}));
}

TEST(XPathPlan, TextsAreSearchedInOnePass) {
  const Page page("<p>" + std::string(400'000, 'a') + "</p><b>" +
                  std::string(200'000, 'a') + "b</b>");
  EXPECT_EQ(page.find("contains(//p, //b)"), (Found{{"false"}, ""}));
  EXPECT_EQ(page.find("substring-before(//p, //b)"), (Found{{""}, ""}));
  EXPECT_EQ(page.find("substring-after(//p, //b)"), (Found{{""}, ""}));
  EXPECT_EQ(page.find("string-length(translate(//p, //b, 'x'))"),
            (Found{{"400000"}, ""}));
}

// XPath 1.0, section 4.2; a part that is ASCII is translated by a table, what
// else there is by libxml2.
TEST(XPathPlan, TranslateTakesTheFirstOfEachCharacter) {
  struct Row {
    std::string_view arguments;
    std::string_view value;
  };
  const Page page("<p>x</p>");
  for (const Row& row : std::vector<Row>{
           {"'bar', 'abc', 'ABC'", "BAr"},
           {"'--aaa--', 'abc-', 'ABC'", "AAA"},
           {"'aab', 'aa', 'xy'", "xxb"},
           {"'aab', 'aa', ''", "b"},
           {"'abc', 'a', 'xyz'", "xbc"},
           {"'abc', '', 'xyz'", "abc"},
           {"'', 'a', 'b'", ""},
           {"'hé😀', 'h', 'H'", "Hé😀"},
           {"'hé😀', 'éh', 'eH'", "He😀"},
           {"'hh', 'h', 'é'", "éé"},
           {"//p, 'x', 1 = 1", "t"},
           {"12, 1, 3", "32"},
       }) {
    const std::string call = "translate(" + std::string(row.arguments) + ")";
    EXPECT_EQ(page.find(call), (Found{{std::string(row.value)}, ""})) << call;
    EXPECT_EQ(page.find("//p[" + call + " = '" + std::string(row.value) + "']")
                  .values,
              Strings{"<p>x</p>"})
        << call;
  }
}

// The same of every run, on every machine: steps are counted, not seconds.
TEST(XPathPlan, WhatCostsMoreThanAMultipleOfThePageIsLeftOut) {
  struct Row {
    std::string html;
    std::string_view expression;
  };
  const std::string flat = repeated("<p>x</p>", 20'000);
  const std::string bare = repeated("<p></p>", 40'000);
  const std::string deep = repeated("<div>", 8'000);
  // Of few nodes: what counts is bytes.
  const std::string much(std::size_t{1} << 19, 'x');
  const std::string long_text = repeated("<p></p>", 400) + "<b title='" + much +
                                "'>" + much + "</b><!--" + much + "-->";
  for (const Row& row : std::vector<Row>{
           {repeated("<p>x</p><b>y</b>", 10'000), "//p[. = //b]"},
           {flat, "//*[//* = 'y']"},
           {flat, "//*[count(//*[count(//*) > 1]) > 1]"},
           {bare, "//*[contains(string(/), 'x')]"},
           {bare, "//*[starts-with(/, 'x')]"},
           {bare, "//*[/ + 1 = 2]"},
           {bare, "//*[-/]"},
           {bare, "//*[concat(/, 'x') = 'y']"},
           {bare, "//*[sum(//*) = 2]"},
           {bare, "//p[. = '']/following::p[position() < 3]/.."},
           {bare, "//*/preceding::p[last()]"},
           {bare, "//*/following::p[position() mod 2 = 1]"},
           {deep, "//div[. = //div]"},
           {deep, "//div[normalize-space() = string-length(/)]"},
           {deep, "//div[. > //div]"},
           {deep, "//*/ancestor::div[position() mod 2 = 1]"},
           {deep, "//div[../..//div[lang('en')]]"},
           {"<p>" + std::string(400'000, 'a') + "</p><b>" +
                std::string(200'000, 'b') + "</b>",
            "translate(//p, concat('é', //b), 'x')"},
           {long_text, "//*[translate(., 'x', 'y') = string(/)]"},
           {long_text, "//*[contains(string(//*[last()]), string(/))]"},
           {long_text, "//*[. = concat(/, 'x')]"},
           {long_text, "//*[starts-with(/, 'x')]"},
           {long_text, "//*[normalize-space(/) = 'y']"},
           {long_text, "//*[substring(/, 5, 9) = 'y']"},
           {long_text, "//*[substring-before(/, 'y') = 'y']"},
           {long_text, "//*[string-length(/) = 1]"},
           {long_text, "//*[string(/) != string(/)]"},
           {long_text, "//*[id(string(/))]"},
           {long_text, "//*[/ = 'y']"},
           {long_text, "//*[. < string(/)]"},
           {long_text, "//*[. = /]"},
           {long_text, "//*[@none = 1 or string-length(//b/@title) = 1]"},
           {long_text, "//*[string-length(//comment()) = 1]"},
           {repeated("<p>a b c d e f g h </p>", 5'000) +
                repeated("<b id=i>", 100),
            "//p[id(//p)]"},
       }) {
    const Page page(row.html);
    const Found once = page.find(row.expression);
    EXPECT_THAT(once.problem, HasSubstr("too much time or memory"))
        << row.expression;
    EXPECT_EQ(page.find(row.expression), once) << row.expression;
  }
}

TEST(XPathPlan, WhatRealPagesAreAskedIsWithinTheBounds) {
  const Page page(
      repeated("<div class='a row'><h2>t</h2><ul><li>1<li><a href=u>2</a></ul>"
               "<p>text</p></div>\n",
               5'000));
  for (const std::string_view expression :
       {"//div[contains(@class, 'row')]//a/@href",
        "//h2/following-sibling::p[1]", "//a/ancestor::div[1]/@class",
        "//li[last()]/preceding-sibling::li[1]", "//h2 | //p", "//a/../..",
        "//li[. = (//h2)[1]]/..//a", "//li[. = ../../h2]/..//a",
        "//div[h2 = 't' and .//a[. = 2]]/p/text()",
        "//p[preceding-sibling::h2[1] = 't']"}) {
    EXPECT_EQ(page.find(expression).problem, "") << expression;
  }
}

}  // namespace
}  // namespace crawl
