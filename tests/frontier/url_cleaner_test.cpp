#include "crawl/frontier/url_cleaner.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

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

TEST(UrlCleaner, LeavesParametersAloneUnlessAsked) {
  for (const char* text :
       {"http://h/?b&&a=%41&b=?&", "http://h/;a=1/b;c;?d", "http://h/?sid=1",
        "http://h/a;sid=1;/", "http://h/;?", "http://h/?sessionid=7",
        "http://h/?cfid=7", "http://h/?a=jsessionid", "http://h/jsessionid=1",
        "http://h/?xjsessionid=1", "http://h/a/;/b", "mailto:a;jsessionid=1"}) {
    EXPECT_EQ(clean(text), text);
  }
}

TEST(UrlCleaner, SessionIdsGo) {
  for (const auto& [text, cleaned] :
       std::vector<std::pair<std::string, std::string>>{
           {"http://h/a;jsessionid=1F?b=c", "http://h/a?b=c"},
           {"http://h/a;JSESSIONID=1F!2!-3", "http://h/a"},
           {"http://h/a;jsessionid=1/b;v=2;jsessionid=3;w",
            "http://h/a/b;v=2;w"},
           {"http://h/;jsessionid=1", "http://h/"},
           {"http://h/a;jsessionid", "http://h/a"},
           {"http://h/a;sessionid=1#top", "http://h/a"},
           {"http://h/a;%6asessionid=1", "http://h/a"},
           {"http://h/..;jsessionid=1/b", "http://h/b"},
           {"http://h/a;jsessionid=1?", "http://h/a?"},
           {"http://h/?a=1&PHPSESSID=2&b=3", "http://h/?a=1&b=3"},
           {"http://h/?jsessionid=2", "http://h/"},
           {"http://h/?ASPSESSIONIDQQQDABCD=2&a", "http://h/?a"},
           {"http://h/?CFID=1&a=2&CFTOKEN=3", "http://h/?a=2"},
           {"http://h/?osCsid=1", "http://h/"},
           {"https://u:p@h:81/a;jsessionid=1?x#y", "https://u:p@h:81/a?x"},
           {"http://h/a?x=1;jsessionid=2", "http://h/a?x=1"},
           {"http://h/a?x=1;JSESSIONID=2&b", "http://h/a?x=1&b"},
           {"http://h/(S(lit3py55t21z5v55vlm25s55))/o.aspx", "http://h/o.aspx"},
           {"http://h/a/(s(lit3py55t21z5v55vlm25s55))/b?c", "http://h/a/b?c"},
       }) {
    EXPECT_EQ(clean(text), cleaned) << text;
    EXPECT_EQ(clean(cleaned), cleaned);
    // With the other options too; and only as long as that is wanted.
    EXPECT_EQ(clean(text, {"utm_*"}), cleaned) << text;
    const Url url = *Url::parse(text);
    EXPECT_EQ(UrlCleaner({.strip_session_ids = false}).clean(url),
              url.without_fragment());
  }
}

TEST(UrlCleaner, StripsParametersOfThePathToo) {
  const std::vector<std::string> names = {"utm_*", "sid"};
  EXPECT_EQ(clean("http://h/a;sid=1/b;v=1;utm_x=2;sid?sid=3", names),
            "http://h/a/b;v=1");
  EXPECT_EQ(clean("http://h/sid=1/sid", names), "http://h/sid=1/sid");
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
  EXPECT_EQ(clean("http://h/?b=2&%61=9&b=1", {}, true),
            "http://h/?%61=9&b=2&b=1");
  EXPECT_EQ(clean("http://h/?a=%26&A", {}, true), "http://h/?A&a=%26");
}

TEST(UrlCleaner, CleaningTwiceChangesNothing) {
  for (const char* text :
       {"http://h/?c&b&a=1?&&", "http://h/?&", "http://h/?", "http://h/a?x=#",
        "http://h/a;b;b/..;b/c;jsessionid?b&"}) {
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
