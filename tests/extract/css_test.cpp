// The tables in data/extract: what selectors find in one page, and where
// invalid ones go wrong. Facts of Selectors Level 3 and 4, in the order of the
// specification.
#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawl/extract/extractor.h"
#include "extract/css_matcher.h"
#include "extract/css_selector.h"
#include "extract/page_tree.h"
#include "parse/html/gumbo_tree.h"
#include "support/data_file.h"
#include "support/plain_matcher.h"

namespace crawl {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// Lines of two columns.
std::vector<std::pair<std::string, std::string>> rows_of(
    const std::string& name) {
  std::vector<std::pair<std::string, std::string>> rows;
  const std::string text = testing::read_data_file(name);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) {
      EXPECT_TRUE(line.starts_with("# ")) << line;
      continue;
    }
    rows.emplace_back(line.substr(0, tab), line.substr(tab + 1));
  }
  return rows;
}

// A page, its tree, and what selectors find in it.
class Page {
 public:
  explicit Page(std::string html)
      : html_(std::move(html)),
        gumbo_(html_, std::size_t{64} << 20, 10),
        tree_(*gumbo_.root()) {}

  const PageTree& tree() const { return tree_; }

  // The ids of what is found, with spaces between.
  std::string ids(std::string_view selector) const {
    const auto list = parse_css(selector);
    if (!list) return "invalid: " + list.error().message;
    CssMatcher matcher(tree_);
    Marks any(tree_.elements().size());
    for (const CssComplex& complex : *list) {
      const Marks marks = matcher.match(complex);
      for (std::size_t i = 0; i < any.size(); ++i) any[i] |= marks[i];
    }
    std::string ids;
    for (std::size_t i = 1; i < any.size(); ++i) {
      if (any[i] == 0) continue;
      const char* const id = tree_.elements()[i].id;
      if (!ids.empty()) ids += ' ';
      ids += id == nullptr ? "?" : id;
    }
    return ids.empty() ? "-" : ids;
  }

 private:
  std::string html_;
  GumboTree gumbo_;
  PageTree tree_;
};

TEST(Css, FindsWhatTheTableSays) {
  const Page page(testing::read_data_file("extract/selectors.html"));
  const auto rows = rows_of("extract/selectors.tsv");
  EXPECT_GT(rows.size(), 740U);
  for (const auto& [selector, ids] : rows) {
    EXPECT_EQ(page.ids(selector), ids) << selector;
  }
}

TEST(Css, SaysWhereASelectorGoesWrong) {
  const auto rows = rows_of("extract/invalid.tsv");
  EXPECT_GT(rows.size(), 390U);
  for (const auto& [selector, offset] : rows) {
    const auto list = parse_css(selector);
    ASSERT_FALSE(list.has_value()) << selector;
    EXPECT_EQ(std::to_string(list.error().offset), offset)
        << selector << ": " << list.error().message;
    EXPECT_THAT(list.error().message, Not(IsEmpty())) << selector;
  }
}

// Worked off for all elements at once, selectors mean what they mean element by
// element.
TEST(Css, FindsWhatAPlainReadingFinds) {
  const Page page(testing::read_data_file("extract/selectors.html"));
  std::size_t compared = 0;
  for (const auto& [selector, ids] : rows_of("extract/selectors.tsv")) {
    CssMatcher matcher(page.tree());
    testing::PlainMatcher plain(page.tree());
    const auto list = parse_css(selector);
    ASSERT_TRUE(list.has_value()) << selector;
    for (const CssComplex& complex : *list) {
      const Marks marks = matcher.match(complex);
      for (PageTree::Index i = 1; i < marks.size(); ++i) {
        const std::optional<bool> wanted = plain.matches(complex, i);
        if (!wanted) continue;
        ++compared;
        EXPECT_EQ(marks[i] != 0, *wanted) << selector << ": element " << i;
      }
    }
  }
  EXPECT_GT(compared, 100'000U);
}

// Whatever is cut off, what is left is parsed or refused, at a place within.
TEST(Css, TakesEveryFrontOfASelector) {
  for (const auto& [selector, ids] : rows_of("extract/selectors.tsv")) {
    for (std::size_t size = 0; size < selector.size(); ++size) {
      const auto list = parse_css(std::string_view(selector).substr(0, size));
      EXPECT_TRUE(list || list.error().offset <= size) << selector;
    }
  }
}

TEST(Css, ALineBreakInAStringMustBeEscaped) {
  const Page page("<p id=a title=hello>");
  EXPECT_EQ(page.ids("[title='he\\\nllo']"), "a");
  EXPECT_EQ(page.ids("[title='he\\\r\nllo']"), "a");
  EXPECT_EQ(page.ids("[title='he\\\fllo']"), "a");
  for (const std::string_view broken :
       {"[title='he\nllo']", "[title='he\rllo']", "[title='he\fllo']"}) {
    EXPECT_EQ(parse_css(broken).error().offset, 7U);
  }
}

TEST(Css, AllWhiteSpaceIsAlike) {
  const Page page("<div id=a><p id=b class='x y'></p><p id=c></p></div>");
  for (const std::string space :
       {" ", "\t", "\n", "\r", "\r\n", "\f", " \t\r\n\f ", " /**/ "}) {
    EXPECT_EQ(page.ids("div" + space + "p"), "b c");
    for (const std::string combinator : {">", "+", "~", ","}) {
      const std::string other = combinator == ">" ? "div" : "p";
      const std::string wanted = combinator == ">"   ? "b c"
                                 : combinator == "," ? "b c"
                                                     : "c";
      for (const std::string& selector :
           {other + space + combinator + "p", other + combinator + space + "p",
            space + other + space + combinator + space + "p" + space}) {
        EXPECT_EQ(page.ids(selector), wanted) << selector;
      }
    }
    EXPECT_EQ(page.ids("[" + space + "class" + space + "~=" + space + "'x'" +
                       space + "i" + space + "]"),
              "b");
    EXPECT_EQ(page.ids("p:nth-child(" + space + "2n" + space + "+" + space +
                       "1" + space + "of" + space + "p" + space + ")"),
              "b");
  }
}

TEST(Css, NumbersBeyondAllCountingAreTheLargest) {
  const Page page("<p id=a><p id=b>");
  EXPECT_EQ(page.ids("p:nth-child(n-99999999999999999999)"), "a b");
  EXPECT_EQ(page.ids("p:nth-child(n - 99999999999999999999)"), "a b");
  EXPECT_EQ(page.ids("p:nth-child(-n+99999999999999999999)"), "a b");
}

TEST(Css, BadEscapesStandForTheReplacementCharacter) {
  const Page page("<p id=a class='\xEF\xBF\xBD'><p id=b class=x>");
  for (const std::string_view selector :
       {".\\0", ".\\0 ", ".\\d800", ".\\110000", ".\\ffffff", ".\\"}) {
    EXPECT_EQ(page.ids(selector), "a") << selector;
  }
  EXPECT_FALSE(parse_css(".\xFF").has_value());
  EXPECT_EQ(parse_css("p.x\xFF").error().offset, 3U);
}

// CSS Syntax Level 3, "Consume an escaped code point", "Consume an ident
// sequence".
TEST(Css, AnIdMayBeWrittenWithEscapes) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"plain", "#plain"},
      {"0blank", "#\\30 blank"},
      {"0next", "#\\30next"},
      {"0six", "#\\000030six"},
      {"0six", "#\\000030 six"},
      {"00more", "#\\30\\30 more"},
      {"00more", "#\\30 \\30 more"},
      {"more00", "#more\\30 \\30 "},
      {"more00", "#more\\30\\30"},
      {"zero\uFFFD", "#zero\\0"},
      {"zero\uFFFD", "#zero\\000000"},
      {"\uFFFDone", "#\\d83d one"},
      {"two\uFFFD\uFFFD", "#two\\d83d\\dd11"},
      {"far\uFFFD", "#far\\110000"},
      {"far\uFFFD", "#far\\23456a"},
      {"far\uFFFD", "#far\\ffffff"},
      {"\uFFFDlow", "#\\00DFFFlow"},
      {"\U0010FFFD", "#\\10fFfD"},
      {"\U0010FFFD0", "#\\10fFfD0"},
      {"\U00100000"
       "00",
       "#\\10000000"},
      {"\uE000", "#\\E000"},
      {"high\uD799", "#high\\D799"},
      {"\U0001F511key", "#\\1f511 key"},
      {"end\uFFFD", "#end\\"},
      {".dot", "#\\.dot"},
      {"-dash", "#\\-dash"},
      {"-dash", "#-dash"},
      {"-m", "#-\\6d"},
      {"--", "#--"},
      {"---", "#---"},
      {"--1", "#--1"},
      {"g", "#\\g"},
      {"hello", "#hel\\6Co"},
      {"hello", "#hel\\6C o"},
      {"&B", "#\\26 B"},
      {"lines", "#lin\\65\r\ns"},
      {"spaces", "#sp\\61\tc\\65\fs"},
      {"a b\tc", "#a\\ b\\\tc"},
      {".,:!", "#\\.\\,\\:\\!"},
      {"test", "#te\\s\\t"},
      {"_x1", "#_x1"},
      {"\u1234", "#\u1234"},
      {"\u00A0", "#\u00A0"},
      {"\U00012345", "#\U00012345"},
  };
  for (const auto& [id, selector] : rows) {
    std::string value = id;
    if (const auto at = value.find('&'); at != value.npos) {
      value.replace(at, 1, "&amp;");
    }
    EXPECT_EQ(Page("<p id=\"" + value + "\">").ids(selector), id) << selector;
  }
  // Never what the escape does not stand for.
  EXPECT_EQ(Page("<p id='far0'>").ids("#far\\110030"), "-");
  EXPECT_EQ(Page("<p id='end\\'>").ids("#end\\"), "-");
  EXPECT_EQ(Page("<p id='\U0001F511'>").ids("#\\d83d\\dd11"), "-");
}

TEST(Css, InQuirksModeIdsAndClassesHaveNoCase) {
  const std::string body = "<p id=One class=Red>";
  const Page quirks(body);
  EXPECT_EQ(quirks.ids("#one"), "One");
  EXPECT_EQ(quirks.ids(".RED"), "One");
  EXPECT_EQ(quirks.ids("[class=red]"), "-");
  const Page standard("<!DOCTYPE html>" + body);
  EXPECT_EQ(standard.ids("#one"), "-");
  EXPECT_EQ(standard.ids(".RED"), "-");
  EXPECT_EQ(standard.ids("#One.Red"), "One");
}

TEST(Css, AMetaSaysTheLanguageWhereNoElementDoes) {
  const Page page(
      "<meta http-equiv=Content-Language content=' fr-CA x'>"
      "<p id=a><p id=b lang=de>");
  EXPECT_EQ(page.ids("p:lang(fr)"), "a");
  const Page several(
      "<meta http-equiv=content-language content='fr,de'><p id=a>");
  EXPECT_EQ(several.ids("p:lang(fr)"), "-");
}

TEST(Css, TextIsWhatTheStandardJoins) {
  // gumbo moves both out of the table, one after the other.
  const Page page("<div id=a><table id=t>x<tr id=r></tr>y</table></div>");
  EXPECT_EQ(page.ids("div:empty"), "-");
  EXPECT_EQ(page.ids("table ~ *"), "-");
}

TEST(Css, SelectorsHaveALongestAndADeepest) {
  EXPECT_TRUE(parse_css(std::string(4096, 'a')).has_value());
  EXPECT_EQ(parse_css(std::string(4097, 'a')).error().offset, 4096U);
  const auto nested = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += ":is(";
    return text + "a" + std::string(static_cast<std::size_t>(depth), ')');
  };
  EXPECT_TRUE(parse_css(nested(16)).has_value());
  EXPECT_EQ(parse_css(nested(17)).error().offset, 16U * 4 + 1);
  std::string many;
  for (int i = 0; i < 65; ++i) many += ":is(a)";
  EXPECT_EQ(parse_css(many).error().offset, 64U * 6 + 1);
}

TEST(Css, MistakesOfOtherLanguagesAreExplained) {
  const auto message = [](std::string_view selector) {
    return parse_css(selector).error().message;
  };
  EXPECT_THAT(message("p:contains('x')"), ::testing::HasSubstr("XPath"));
  EXPECT_THAT(message("[a!=b]"), ::testing::HasSubstr(":not("));
  EXPECT_THAT(message("a:text"), ::testing::HasSubstr("::text"));
  EXPECT_THAT(message("id('x')"), ::testing::HasSubstr("xpath:"));
  EXPECT_THAT(message("a | frist"), ::testing::HasSubstr("first"));
  EXPECT_THAT(message("a|frist"), ::testing::HasSubstr("first"));
  EXPECT_THAT(message("a::text|frist"), ::testing::HasSubstr("filter"));
  EXPECT_THAT(message("a::attr(xlink:href)"),
              ::testing::HasSubstr("xlink|href"));
  EXPECT_THAT(message("a:hovr"), ::testing::HasSubstr("':hover'"));
  EXPECT_THAT(message("a:hover(x)"), ::testing::HasSubstr("no parentheses"));
  EXPECT_THAT(message("a:not"), ::testing::HasSubstr("needs parentheses"));
}

TEST(Css, ATextOfItsOwnBehindASpaceIsAllTextBelow) {
  const auto last = [](std::string_view selector) {
    return parse_css(selector)->front().combinators.back();
  };
  EXPECT_EQ(last("p ::text"), CssCombinator::kDescendantOrSelf);
  EXPECT_EQ(last("p *::text"), CssCombinator::kDescendantOrSelf);
  EXPECT_EQ(last("p ::attr(id)"), CssCombinator::kDescendantOrSelf);
  EXPECT_EQ(last("p b::text"), CssCombinator::kDescendant);
  EXPECT_EQ(last("p .x::text"), CssCombinator::kDescendant);
  EXPECT_EQ(last("p > ::text"), CssCombinator::kChild);
  EXPECT_EQ(last("p *"), CssCombinator::kDescendant);
  EXPECT_THAT(parse_css("::text")->front().compounds, SizeIs(1));
}

}  // namespace
}  // namespace crawl
