#include "parse/html/entities.h"

#include <gtest/gtest.h>
#include <gumbo.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace crawl {
namespace {

// In a buffer of exactly its size, so that a sanitizer sees every over-read.
std::string decode(std::string_view raw, TextContext context) {
  const auto heap = std::make_unique<char[]>(raw.size());
  std::memcpy(heap.get(), raw.data(), raw.size());
  std::string scratch;
  return std::string(decode_text({heap.get(), raw.size()}, context, scratch));
}
std::string attribute(std::string_view raw) {
  return decode(raw, TextContext::kAttribute);
}
std::string data(std::string_view raw) {
  return decode(raw, TextContext::kData);
}

// What gumbo makes of it in an attribute and in a title.
struct GumboText {
  std::string attribute;
  std::string title;
};
GumboText gumbo_text(const std::string& raw) {
  const std::string page =
      "<title>" + raw + "</title><body title=\"" + raw + "\">";
  GumboOutput* output =
      gumbo_parse_with_options(&kGumboDefaultOptions, page.data(), page.size());
  const auto child = [](const GumboNode* node, unsigned i) {
    return static_cast<const GumboNode*>(node->v.element.children.data[i]);
  };
  const GumboNode* title = child(child(output->root, 0), 0);
  const GumboNode* body = child(output->root, 1);
  GumboText text;
  for (unsigned i = 0; i < title->v.element.children.length; ++i) {
    text.title += child(title, i)->v.text.text;
  }
  text.attribute =
      gumbo_get_attribute(&body->v.element.attributes, "title")->value;
  gumbo_destroy_output(&kGumboDefaultOptions, output);
  return text;
}

TEST(Entities, TableHasTheStandardsNames) {
  EXPECT_EQ(named_reference_count(), 2231U);
  for (std::size_t i = 1; i < named_reference_count(); ++i) {
    EXPECT_LT(named_reference(i - 1), named_reference(i));
  }
}

TEST(Entities, EveryNameIsWhatGumboMakesOfIt) {
  for (std::size_t i = 0; i < named_reference_count(); ++i) {
    for (const char* behind : {"", "z", ";", "=", " ", "&"}) {
      const std::string raw =
          "&" + std::string(named_reference(i)) + behind + "x";
      const GumboText expected = gumbo_text(raw);
      EXPECT_EQ(attribute(raw), expected.attribute) << raw;
      EXPECT_EQ(decode(raw, TextContext::kRcdata), expected.title) << raw;
    }
  }
}

TEST(Entities, LongestNameWins) {
  EXPECT_EQ(data("&notit;"), "\u00ACit;");
  EXPECT_EQ(data("&notin;"), "\u2209");
  EXPECT_EQ(data("&notinva;"), "\u2209");
  EXPECT_EQ(data("&notinv;"), "\u00ACinv;");
  EXPECT_EQ(data("&NotEqualTilde;"), "\u2242\u0338");
}

TEST(Entities, UnknownOrUnfinishedStaysAsWritten) {
  for (const char* raw : {"&", "&&", "& amp;", "&nosuch;", "&am", "&#", "&#;",
                          "&#x", "&#x;", "&#xg", "&#a", "&lang", "&1;"}) {
    EXPECT_EQ(data(raw), raw);
    EXPECT_EQ(attribute(raw), raw);
  }
}

TEST(Entities, NoSemicolonInAnAttributeNeedsAnEnd) {
  EXPECT_EQ(attribute("?a=1&copy=2"), "?a=1&copy=2");
  EXPECT_EQ(attribute("?a=1&copya"), "?a=1&copya");
  EXPECT_EQ(attribute("?a=1&copy1"), "?a=1&copy1");
  EXPECT_EQ(attribute("?a=1&copy&b"), "?a=1\u00A9&b");
  EXPECT_EQ(attribute("?a=1&copy"), "?a=1\u00A9");
  EXPECT_EQ(attribute("?a=1&copy;=2"), "?a=1\u00A9=2");
  EXPECT_EQ(data("?a=1&copy=2"), "?a=1\u00A9=2");
}

TEST(Entities, NumbersAreFixedUp) {
  EXPECT_EQ(data("&#65;&#x42;&#X43;&#68"), "ABCD");
  EXPECT_EQ(data("&#0;"), "\uFFFD");
  EXPECT_EQ(data("&#xD800;&#xDFFF;"), "\uFFFD\uFFFD");
  EXPECT_EQ(data("&#x110000;"), "\uFFFD");
  EXPECT_EQ(data("&#x10FFFF;"), "\U0010FFFF");
  EXPECT_EQ(data("&#128;&#x9f;&#x81;"), "\u20AC\u0178\u0081");
  EXPECT_EQ(data("&#13;&#10;"), "\r\n");
  EXPECT_EQ(data("&#99999999999999999999;"), "\uFFFD");
  EXPECT_EQ(data("&#x100000041;"), "\uFFFD");
  EXPECT_EQ(data("&#x1F600;"), "\U0001F600");
}

TEST(Entities, NewlinesAndNuls) {
  EXPECT_EQ(data("a\r\nb\rc\nd"), "a\nb\nc\nd");
  EXPECT_EQ(data(std::string_view("a\0b", 3)), "ab");
  EXPECT_EQ(attribute(std::string_view("a\0b", 3)), "a\uFFFDb");
  EXPECT_EQ(decode(std::string_view("a\0b", 3), TextContext::kRcdata),
            "a\uFFFDb");
  EXPECT_EQ(decode("&amp;\r", TextContext::kRaw), "&amp;\n");
}

TEST(Entities, UnchangedTextIsNotCopied) {
  const std::string_view raw = "a plain text, with nothing to decode";
  std::string scratch;
  EXPECT_EQ(decode_text(raw, TextContext::kAttribute, scratch).data(),
            raw.data());
}

}  // namespace
}  // namespace crawl
