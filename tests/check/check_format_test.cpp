// The forms a check's result is written in, and what strangers' text does to
// them.

#include "check/check_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace crawl {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

// What somebody might put into a link, its text, a Location or a URL.
const std::vector<std::string> kHostile = {
    "</script><script>alert(1)</script>",
    "]]>--><![CDATA[",
    "\x1b[31m\x1b]8;;http://evil/\x07red\x9b",
    "a\nb\r\nc\td\0e",
    "\xe2\x80\xae\xe2\x80\xa8 turned round \xef\xbf\xbe\xef\xbf\xbf",
    "\xff\xfe not UTF-8 \xc3",
    "`` ` ``` [x](javascript:alert(1)) <b>@everyone</b> | # *_~ &lt; \\",
    "\" ' & < > = onload=\"x\"",
    "",
};

std::string written(CheckFormat format, const std::string& text,
                    CheckStyle style = {}) {
  CheckTotals totals;
  totals.pages = 1;
  totals.links = totals.targets = 4;
  totals.broken = totals.inconclusive = totals.ok = 1;
  std::string out;
  const auto formatter = make_check_formatter(format, style);
  formatter->begin(totals, out);
  for (const CheckOutcome outcome :
       {CheckOutcome::kBroken, CheckOutcome::kInconclusive, CheckOutcome::kOk,
        CheckOutcome::kUnchecked}) {
    CheckEntry entry;
    entry.url = "http://a.test/" + text;
    entry.outcome = outcome;
    entry.reason = outcome == CheckOutcome::kOk ? "" : "http";
    entry.message = text;
    entry.status_code = 404;
    entry.final_url = text;
    entry.links = 1;
    if (outcome == CheckOutcome::kOk) {
      entry.advice = kMovedForGood | kMixedContent;
      entry.redirects = {{entry.url, 301, text}};
    }
    CheckSource source;
    const std::string page = "http://a.test/page" + text;
    source.page = page;
    source.line = 12;
    source.column = 5;
    source.element = "a";
    source.attribute = "href";
    source.text = text;
    if (!formatter->by_page()) formatter->entry(entry, out);
    formatter->source(entry, source, out);
    if (!formatter->by_page()) formatter->entry_end(entry, out);
  }
  formatter->end(totals, out);
  return out;
}

class EveryFormat : public ::testing::TestWithParam<CheckFormat> {};
INSTANTIATE_TEST_SUITE_P(CheckFormat, EveryFormat,
                         ::testing::Values(CheckFormat::kText,
                                           CheckFormat::kJsonl,
                                           CheckFormat::kJunit,
                                           CheckFormat::kMarkdown,
                                           CheckFormat::kSarif));

TEST_P(EveryFormat, HoldsNothingThatAScreenObeysAndIsValidUtf8) {
  for (const std::string& text : kHostile) {
    const std::string out = written(GetParam(), text);
    EXPECT_EQ(std::count_if(out.begin(), out.end(),
                            [](char c) {
                              return (static_cast<unsigned char>(c) < 0x20 &&
                                      c != '\n') ||
                                     c == '\x7f';
                            }),
              0)
        << out;
    // nlohmann throws on what is not UTF-8.
    EXPECT_NO_THROW((void)json(out).dump()) << out;
    EXPECT_THAT(out, Not(HasSubstr("\xe2\x80\xae")));
    EXPECT_THAT(out, Not(HasSubstr("\xc2\x9b")));
  }
}

TEST(CheckJsonl, EachTargetIsAnObjectWithItsSources) {
  for (const std::string& text : kHostile) {
    std::istringstream lines(written(CheckFormat::kJsonl, text));
    std::vector<json> entries;
    for (std::string line; std::getline(lines, line);) {
      entries.push_back(json::parse(line));
    }
    ASSERT_EQ(entries.size(), 4u);
    EXPECT_EQ(entries[0]["outcome"], "broken");
    EXPECT_EQ(entries[0]["sources"][0]["line"], 12);
    EXPECT_EQ(entries[0]["sources"][0]["column"], 5);
    EXPECT_EQ(entries[2]["advice"],
              json({"moved_permanently", "mixed_content"}));
    EXPECT_EQ(entries[2]["redirects"][0]["status_code"], 301);
  }
}

TEST(CheckJunit, IsXmlWithATestcaseForEachTarget) {
  for (const std::string& text : kHostile) {
    const std::string out = written(CheckFormat::kJunit, text);
    const std::unique_ptr<xmlDoc, void (*)(xmlDocPtr)> doc(
        xmlReadMemory(out.data(), static_cast<int>(out.size()), "", nullptr,
                      XML_PARSE_NONET | XML_PARSE_NOERROR),
        &xmlFreeDoc);
    ASSERT_NE(doc, nullptr) << out;
    const xmlNode* suite =
        xmlFirstElementChild(xmlDocGetRootElement(doc.get()));
    std::vector<std::string> inside;
    for (xmlNode* each = xmlFirstElementChild(const_cast<xmlNode*>(suite));
         each != nullptr; each = xmlNextElementSibling(each)) {
      ASSERT_EQ(xmlChildElementCount(each), 1u) << out;
      inside.emplace_back(
          reinterpret_cast<const char*>(xmlFirstElementChild(each)->name));
    }
    EXPECT_THAT(inside, ::testing::ElementsAre("failure", "skipped",
                                               "system-out", "skipped"));
  }
}

TEST(CheckSarif, HasTheShapeOfVersion210) {
  for (const std::string& text : kHostile) {
    const json log = json::parse(written(CheckFormat::kSarif, text));
    EXPECT_EQ(log["version"], "2.1.0");
    ASSERT_EQ(log["runs"].size(), 1u);
    const json& run = log["runs"][0];
    EXPECT_EQ(run["tool"]["driver"]["name"], "crawl");
    EXPECT_EQ(run["columnKind"], "unicodeCodePoints");
    const json& rules = run["tool"]["driver"]["rules"];
    ASSERT_GE(run["results"].size(), 3u);
    for (const json& result : run["results"]) {
      const std::size_t rule = result["ruleIndex"];
      ASSERT_LT(rule, rules.size());
      EXPECT_EQ(rules[rule]["id"], result["ruleId"]);
      EXPECT_FALSE(result["message"]["text"].get<std::string>().empty());
      const json& place = result["locations"][0]["physicalLocation"];
      EXPECT_EQ(place["region"]["startLine"], 12);
      EXPECT_EQ(place["region"]["startColumn"], 5);
      EXPECT_TRUE(place["artifactLocation"]["uri"].is_string());
    }
    EXPECT_EQ(run["results"][0]["level"], "error");
    EXPECT_EQ(run["results"][1]["level"], "warning");
    EXPECT_EQ(run["results"][2]["level"], "note");
  }
}

TEST(CheckMarkdown, WhatStrangersWriteIsTextAndNothingElse) {
  const std::string out = written(
      CheckFormat::kMarkdown, "[x](javascript:a) <b> @all `` http://evil.test");
  EXPECT_THAT(out, HasSubstr("\\[x\\]\\(javascript&#58;a\\) &#60;b\\> "
                             "&#64;all \\`\\` http&#58;\\/\\/evil&#46;test"));
  EXPECT_THAT(out, HasSubstr("``` http://a.test/[x](javascript:a) <b> @all `` "
                             "http://evil.test ```"));
}

TEST(CheckText, IsGroupedByPageAndColouredOnAScreenOnly) {
  CheckStyle style;
  EXPECT_THAT(written(CheckFormat::kText, "x", style), Not(HasSubstr("\x1b")));
  style.color = true;
  EXPECT_THAT(written(CheckFormat::kText, "x", style),
              HasSubstr("\x1b[31mbroken"));
}

TEST(CheckStyle, ThePagesOfAFolderAreItsFiles) {
  CheckStyle style;
  style.base = "https://a.test/";
  style.folder = "public/";
  EXPECT_EQ(shown_page("https://a.test/x/y.html", style), "public/x/y.html");
  EXPECT_EQ(shown_page("https://b.test/x", style), "https://b.test/x");
}

}  // namespace
}  // namespace crawl
