// The forms a check's result is written in, and what strangers' text does to
// them.

#include "check/check_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include <algorithm>
#include <cctype>
#include <map>
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
  totals.broken = totals.inconclusive = totals.ok = totals.unchecked = 1;
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

std::string name_of(const xmlNode* node) {
  return reinterpret_cast<const char*>(node->name);
}
std::vector<std::string> attributes_of(const xmlNode* node) {
  std::vector<std::string> names;
  for (const xmlAttr* each = node->properties; each != nullptr;
       each = each->next) {
    names.emplace_back(reinterpret_cast<const char*>(each->name));
  }
  return names;
}
std::string attribute_of(const xmlNode* node, const std::string& name) {
  const std::unique_ptr<xmlChar, decltype(xmlFree)> value(
      xmlGetProp(node, reinterpret_cast<const xmlChar*>(name.c_str())),
      xmlFree);
  return value ? reinterpret_cast<const char*>(value.get()) : "";
}

// Of the elements and attributes that Jenkins' junit-10.xsd has, in its order,
// and the numbers are true.
TEST(CheckJunit, IsXmlWithATestcaseForEachTarget) {
  for (const std::string& text : kHostile) {
    const std::string out = written(CheckFormat::kJunit, text);
    const std::unique_ptr<xmlDoc, void (*)(xmlDocPtr)> doc(
        xmlReadMemory(out.data(), static_cast<int>(out.size()), "", nullptr,
                      XML_PARSE_NONET | XML_PARSE_NOERROR),
        &xmlFreeDoc);
    ASSERT_NE(doc, nullptr) << out;
    xmlNode* const suites = xmlDocGetRootElement(doc.get());
    EXPECT_EQ(name_of(suites), "testsuites");
    ASSERT_EQ(xmlChildElementCount(suites), 1u);
    xmlNode* const suite = xmlFirstElementChild(suites);
    EXPECT_EQ(name_of(suite), "testsuite");
    EXPECT_THAT(attributes_of(suite),
                ::testing::UnorderedElementsAre("name", "tests", "failures",
                                                "skipped", "errors"));
    std::vector<std::string> inside;
    std::map<std::string, int> count = {{"errors", 0}};
    xmlNode* each = xmlFirstElementChild(suite);
    for (; each != nullptr && name_of(each) == "testcase";
         each = xmlNextElementSibling(each)) {
      EXPECT_THAT(attributes_of(each),
                  ::testing::UnorderedElementsAre("classname", "name"));
      ASSERT_EQ(xmlChildElementCount(each), 1u) << out;
      xmlNode* const result = xmlFirstElementChild(each);
      inside.push_back(name_of(result));
      ++count["tests"];
      if (inside.back() == "failure") {
        ++count["failures"];
        EXPECT_THAT(attributes_of(result),
                    ::testing::UnorderedElementsAre("type", "message"));
      } else if (inside.back() == "skipped") {
        ++count["skipped"];
        EXPECT_THAT(attributes_of(result), ::testing::ElementsAre("message"));
      }
    }
    EXPECT_THAT(inside, ::testing::ElementsAre("failure", "skipped",
                                               "system-out", "skipped"));
    for (const auto& [attribute, number] : count) {
      EXPECT_EQ(attribute_of(suite, attribute), std::to_string(number))
          << attribute;
    }
    ASSERT_NE(each, nullptr);
    EXPECT_EQ(name_of(each), "system-out");
    EXPECT_EQ(xmlNextElementSibling(each), nullptr);
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

// What the schema of version 2.1.0 (OASIS, sarif-schema-2.1.0.json) requires, a
// row for each member of an object: of what kind it is, and whether it must be
// there. Nothing else may be.
struct Member {
  const char* object;
  const char* name;
  json::value_t type;
  bool required;
};
constexpr auto kText = json::value_t::string;
constexpr auto kWhole = json::value_t::number_unsigned;
constexpr auto kList = json::value_t::array;
constexpr auto kObject = json::value_t::object;
const std::vector<Member> kSarifSchema = {
    {"sarifLog", "$schema", kText, false},
    {"sarifLog", "version", kText, true},
    {"sarifLog", "runs", kList, true},
    {"run", "tool", kObject, true},
    {"run", "columnKind", kText, false},
    {"run", "results", kList, false},
    {"run", "invocations", kList, false},
    {"tool", "driver", kObject, true},
    {"toolComponent", "name", kText, true},
    {"toolComponent", "version", kText, false},
    {"toolComponent", "rules", kList, false},
    {"reportingDescriptor", "id", kText, true},
    {"reportingDescriptor", "shortDescription", kObject, false},
    {"reportingDescriptor", "defaultConfiguration", kObject, false},
    {"reportingConfiguration", "level", kText, false},
    {"message", "text", kText, true},  // or an id
    {"invocation", "executionSuccessful", json::value_t::boolean, true},
    {"invocation", "toolExecutionNotifications", kList, false},
    {"notification", "message", kObject, true},
    {"notification", "level", kText, false},
    {"result", "ruleId", kText, false},
    {"result", "ruleIndex", kWhole, false},
    {"result", "level", kText, false},
    {"result", "message", kObject, true},
    {"result", "locations", kList, false},
    {"location", "physicalLocation", kObject, false},
    {"physicalLocation", "artifactLocation", kObject, true},  // or an address
    {"physicalLocation", "region", kObject, false},
    {"artifactLocation", "uri", kText, false},
    {"region", "startLine", kWhole, false},
    {"region", "startColumn", kWhole, false},
};
// Which object each member holds.
const std::map<std::string, std::string> kSarifObjects = {
    {"runs", "run"},
    {"tool", "tool"},
    {"driver", "toolComponent"},
    {"rules", "reportingDescriptor"},
    {"shortDescription", "message"},
    {"defaultConfiguration", "reportingConfiguration"},
    {"invocations", "invocation"},
    {"toolExecutionNotifications", "notification"},
    {"message", "message"},
    {"results", "result"},
    {"locations", "location"},
    {"physicalLocation", "physicalLocation"},
    {"artifactLocation", "artifactLocation"},
    {"region", "region"}};

void expect_valid(const json& object, const std::string& type) {
  ASSERT_TRUE(object.is_object()) << type;
  for (const Member& member : kSarifSchema) {
    if (type != member.object) continue;
    EXPECT_TRUE(!member.required || object.contains(member.name))
        << type << " has no " << member.name;
  }
  for (const auto& item : object.items()) {
    const std::string name = item.key();
    const json& value = item.value();
    const auto member = std::find_if(
        kSarifSchema.begin(), kSarifSchema.end(), [&](const Member& each) {
          return type == each.object && name == each.name;
        });
    ASSERT_NE(member, kSarifSchema.end()) << type << " may not have " << name;
    EXPECT_EQ(value.type(), member->type) << type << "." << name;
    if (name == "level") {
      EXPECT_THAT((std::vector<json>{"none", "note", "warning", "error"}),
                  ::testing::Contains(value));
    }
    if (value.type() == kWhole && name != "ruleIndex") {
      EXPECT_GE(value, 1);
    }
    if (name == "uri") {
      // RFC 3986, URI-reference: of nothing but its characters.
      const std::string uri = value;
      const std::size_t wrong = uri.find_first_not_of(
          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
          "-._~:/?#[]@!$&'()*+,;=%");
      EXPECT_EQ(wrong, uri.npos) << uri;
      for (std::size_t i = 0; (i = uri.find('%', i)) != uri.npos; ++i) {
        EXPECT_TRUE(i + 2 < uri.size() && std::isxdigit(uri[i + 1]) != 0 &&
                    std::isxdigit(uri[i + 2]) != 0)
            << uri;
      }
    }
    const auto inner = kSarifObjects.find(name);
    if (inner == kSarifObjects.end()) continue;
    if (value.is_array()) {
      for (const json& each : value) expect_valid(each, inner->second);
    } else {
      expect_valid(value, inner->second);
    }
  }
}

TEST(CheckSarif, IsWhatTheSchemaHas) {
  for (const std::string& text : kHostile) {
    for (const char* folder : {"", "public/", "/srv/the site/", "a:b/%/"}) {
      CheckStyle style;
      style.version = "1.0";
      style.folder = folder;
      if (*folder != '\0') style.base = "http://a.test/";
      const std::string out = written(CheckFormat::kSarif, text, style);
      SCOPED_TRACE(out);
      expect_valid(json::parse(out), "sarifLog");
    }
  }
}

TEST(CheckSarif, AUrlThatWasGivenIsItsOwnPlace) {
  CheckEntry entry;
  entry.url = "http://a.test/[x]|?q=%zz#a#b";
  entry.outcome = CheckOutcome::kBroken;
  CheckSource source;
  source.page = "the command line";
  source.element = "input";
  CheckTotals totals;
  totals.not_asked = 1;
  std::string out;
  const auto formatter = make_check_formatter(CheckFormat::kSarif, {});
  formatter->begin(totals, out);
  formatter->source(entry, source, out);
  formatter->end(totals, out);
  const json log = json::parse(out);
  expect_valid(log, "sarifLog");
  const json& place =
      log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"],
            "http://a.test/%5Bx%5D%7C?q=%25zz#a%23b");
  EXPECT_FALSE(place.contains("region"));
  EXPECT_EQ(log["runs"][0]["invocations"][0]["executionSuccessful"], false);
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
  EXPECT_EQ(shown_page("https://a.test/caf%C3%A9/", style),
            "public/caf\xc3\xa9/index.html");
  EXPECT_EQ(page_reference("https://a.test/caf%C3%A9/", style),
            "public/caf%C3%A9/index.html");
  EXPECT_EQ(shown_page("https://b.test/x", style), "https://b.test/x");
}

}  // namespace
}  // namespace crawl
