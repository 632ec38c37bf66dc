#include "parse/html/link_resolver.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crawl {
namespace {

const Url& page_url() {
  static const Url url = *Url::parse("https://site.test/dir/page?q");
  return url;
}

LinkResolver resolver(std::optional<std::string_view> base,
                      std::string_view encoding = "utf-8",
                      std::size_t budget = 1'000'000) {
  return LinkResolver(page_url(), base, encoding, budget);
}

TEST(LinkResolver, BaseIsResolvedAgainstThePage) {
  EXPECT_EQ(resolver("b/").base().href(), "https://site.test/dir/b/");
  EXPECT_EQ(resolver(std::nullopt).base().href(), page_url().href());
  EXPECT_EQ(resolver("data:,x").base().href(), page_url().href());
  EXPECT_EQ(resolver("").base().href(), page_url().href());
}

TEST(LinkResolver, OnlyHttpAndHttps) {
  LinkResolver links = resolver(std::nullopt);
  EXPECT_EQ(links.resolve("x"), "https://site.test/dir/x");
  EXPECT_EQ(links.resolve("http://h"), "http://h/");
  EXPECT_EQ(links.resolve("mailto:x"), std::nullopt);
  EXPECT_EQ(links.resolve("ft\tp://x"), std::nullopt);
  EXPECT_EQ(links.resolve("http://"), std::nullopt);
}

TEST(LinkResolver, QueryIsInThePagesEncodingTheRestInUtf8) {
  LinkResolver links = resolver(std::nullopt, "windows-1252");
  EXPECT_EQ(links.resolve("\u00E9?\u00E9#\u00E9"),
            "https://site.test/dir/%C3%A9?%E9#%C3%A9");
  EXPECT_EQ(links.resolve("#?\u00E9"), "https://site.test/dir/page?q#?%C3%A9");
}

TEST(LinkResolver, StopsWhenTheBudgetIsUsedUp) {
  LinkResolver links = resolver(std::nullopt, "utf-8", 100);
  EXPECT_TRUE(links.resolve("a"));
  EXPECT_TRUE(links.resolve("b"));
  EXPECT_TRUE(links.resolve("c"));
  EXPECT_FALSE(links.resolve("d"));
  EXPECT_FALSE(links.resolve(""));
}

TEST(LinkResolver, APlainLinkIsOneThatResolves) {
  const std::vector<std::string_view> references = {
      "",         "x",       "/x",    "\\x",    "?q",       "#f",
      "a/b:c",    "./a:b",   "a?b:c", " \t/x",  "/\n/h/x",  "//h/x",
      "\\\\h",    "/\\h",    "//",    "//[",    "///",      "/ /h",
      "/\t/[",    "a//b",    "x:y",   "1:2",    "http:x",   "http://[",
      "mailto:x", "\x01//[", "/%zz",  ":",      "ja\tva:x", "\x1f ?[",
      "/x//[",    "\xff",    "a\nb",  "https:", "/"};
  for (const std::string_view reference : references) {
    LinkResolver links = resolver(std::nullopt);
    if (links.is_plain_link(reference)) {
      EXPECT_TRUE(links.resolve(reference)) << reference;
    }
  }
  const LinkResolver links = resolver(std::nullopt);
  for (const std::string_view plain : {"", "x", "/x", "?q", "#f", "a/b:c"}) {
    EXPECT_TRUE(links.is_plain_link(plain)) << plain;
  }
  for (const std::string_view other : {"//h", "/\t\\h", "http:x", "1:2"}) {
    EXPECT_FALSE(links.is_plain_link(other)) << other;
  }
  EXPECT_FALSE(resolver("mailto:x").is_plain_link("x"));
  // Decoded, these may be what changes the meaning.
  using namespace std::string_view_literals;
  for (const std::string_view raw :
       {"&#47;/h"sv, "&colon;x"sv, "a&#58;b"sv, "\0//h"sv, "\x83\\h"sv}) {
    EXPECT_FALSE(links.is_plain_link(raw)) << raw;
  }
}

TEST(ReferenceTable, RemembersByBytesAndKind) {
  ReferenceTable table(10);
  const std::string again = "a";
  std::uint32_t* a = table.find("a", false);
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(*a, ReferenceTable::kNew);
  *a = 7;
  EXPECT_EQ(*table.find(again, false), 7U);
  EXPECT_EQ(*table.find("a", true), ReferenceTable::kNew);
  EXPECT_EQ(*table.find("", false), ReferenceTable::kNew);
}

TEST(ReferenceTable, HoldsAllThatWereExpected) {
  std::vector<std::string> names;
  for (int i = 0; i < 10'000; ++i) names.push_back(std::to_string(i));
  ReferenceTable table(names.size());
  std::uint32_t number = 0;
  for (const std::string& name : names) {
    std::uint32_t* slot = table.find(name, false);
    ASSERT_NE(slot, nullptr);
    ASSERT_EQ(*slot, ReferenceTable::kNew);
    *slot = number++;
  }
  number = 0;
  for (const std::string& name : names) {
    EXPECT_EQ(*table.find(name, false), number++);
  }
}

// What collides too often is not remembered, and is resolved again each time.
TEST(ReferenceTable, FullTableFindsNoPlace) {
  ReferenceTable table(0);
  std::vector<std::string> names;
  for (int i = 0; i < 100; ++i) names.push_back(std::to_string(i));
  int without_place = 0;
  for (const std::string& name : names) {
    if (table.find(name, false) == nullptr) ++without_place;
  }
  EXPECT_EQ(without_place, 84);
}

}  // namespace
}  // namespace crawl
