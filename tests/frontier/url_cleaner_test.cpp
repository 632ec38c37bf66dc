#include "crawl/frontier/url_cleaner.h"

#include <gtest/gtest.h>

#include <string>

namespace crawl {
namespace {

std::string clean(const std::string& text, std::vector<std::string> strip = {},
                  bool sort = false) {
  const UrlCleaner cleaner({std::move(strip), sort});
  return std::string(cleaner.clean(*Url::parse(text)).href());
}

TEST(UrlCleaner, DropsTheFragment) {
  EXPECT_EQ(clean("http://h/a?b#c"), "http://h/a?b");
  EXPECT_EQ(clean("http://h/a#"), "http://h/a");
  EXPECT_EQ(clean("http://h/a#c", {"x"}, true), "http://h/a");
  EXPECT_EQ(clean("http://h/a?x#c", {"x"}), "http://h/a");
}

TEST(UrlCleaner, LeavesTheQueryAloneUnlessAsked) {
  EXPECT_EQ(clean("http://h/?b&&a=%41&b=?&"), "http://h/?b&&a=%41&b=?&");
}

TEST(UrlCleaner, StripsParametersByName) {
  const std::vector<std::string> names = {"utm_*", "sid"};
  EXPECT_EQ(clean("http://h/?utm_source=x&a=1&sid=2&utm_=3", names),
            "http://h/?a=1");
  EXPECT_EQ(clean("http://h/?sid2=1&a=sid&SID=1", names),
            "http://h/?sid2=1&a=sid&SID=1");
  EXPECT_EQ(clean("http://h/p?sid&sid=1", names), "http://h/p");
  EXPECT_EQ(clean("http://h/?utm%5Fsource=x&s%69d", names), "http://h/");
}

TEST(UrlCleaner, SortsParametersByName) {
  EXPECT_EQ(clean("http://h/?b=2&a=9&b=1&&a", {}, true),
            "http://h/?a=9&a&b=2&b=1");
  EXPECT_EQ(clean("http://h/?a=%26&A", {}, true), "http://h/?A&a=%26");
}

TEST(UrlCleaner, CleaningTwiceChangesNothing) {
  for (const char* text : {"http://h/?c&b&a=1?&&", "http://h/?&", "http://h/?",
                           "http://h/a?x=#"}) {
    const std::string once = clean(text, {"b*"}, true);
    EXPECT_EQ(clean(once, {"b*"}, true), once);
  }
}

TEST(UrlCleaner, Globs) {
  EXPECT_TRUE(matches_glob("", ""));
  EXPECT_TRUE(matches_glob("*", ""));
  EXPECT_TRUE(matches_glob("a*c*", "abbc"));
  EXPECT_TRUE(matches_glob("*b", "ab"));
  EXPECT_TRUE(matches_glob("*ab", "aab"));
  EXPECT_FALSE(matches_glob("a", "ab"));
  EXPECT_FALSE(matches_glob("*b", "ba"));
  EXPECT_FALSE(matches_glob("a*a", "a"));
}

}  // namespace
}  // namespace crawl
