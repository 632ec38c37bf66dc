#include "frontier/shared_entry.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <variant>

namespace crawl {
namespace {

QueuedPage page() {
  QueuedPage page{.url = *Url::parse("https://a.test:8443/x?y=1")};
  page.depth = 3;
  page.parent = 0;
  page.parent_url = "https://a.test/";
  page.allow_private = false;
  page.redirects = {{"https://b.test/1", 302, "https://a.test:8443/x?y=1"}};
  return page;
}

TEST(SharedEntry, APageComesBackAsItWas) {
  for (const PageId parent :
       {kNoPage, kFromSitemap, kFromPrivateSitemap, PageId{0}}) {
    QueuedPage before = page();
    before.parent = parent;
    const auto entry = unpack_entry(pack_entry(before), "a.test");
    ASSERT_TRUE(entry);
    const auto& after = std::get<QueuedPage>(*entry);
    EXPECT_EQ(after.url, before.url);
    EXPECT_EQ(after.depth, 3);
    EXPECT_EQ(after.parent, parent);
    EXPECT_EQ(after.parent_url, "https://a.test/");
    EXPECT_FALSE(after.allow_private);
    ASSERT_EQ(after.redirects.size(), 1u);
    EXPECT_EQ(after.redirects[0].url, "https://b.test/1");
    EXPECT_EQ(after.redirects[0].status_code, 302);
    EXPECT_EQ(after.redirects[0].location, "https://a.test:8443/x?y=1");
  }
}

TEST(SharedEntry, UrlsOfAllKindsComeBackAndThoseAtTheirHostAreShort) {
  struct Case {
    std::string url, parent;
    std::size_t most;
  };
  const std::string longer = "a/long/folder/of/pages/";
  for (const Case& each : {
           Case{"http://h.test/", "", 30},
           Case{"http://h.test/" + longer + "1", "", 55},
           Case{"https://h.test/" + longer + "2",
                "https://h.test/" + longer + "1", 56},
           Case{"https://h.test/" + longer, "https://h.test/" + longer, 56},
           Case{"http://h.test:8080/x", "http://h.test:8080/", 60},
           Case{"http://h.test./x", "http://other.test/", 70},
           Case{"http://h.test/x%20//http://h.test/?#", "x", 70},
           Case{"http://[::1]/x", "http://[::1]/xy", 40},
           Case{"http://h.test.evil.test/x", "http://h.test/", 80},
       }) {
    QueuedPage before{.url = *Url::parse(each.url)};
    before.parent_url = each.parent;
    before.parent = 0;
    const std::string packed = pack_entry(before);
    EXPECT_LE(packed.size(), each.most) << packed;
    const auto entry = unpack_entry(packed, host_name_of(before.url));
    ASSERT_TRUE(entry) << packed;
    const auto& after = std::get<QueuedPage>(*entry);
    EXPECT_EQ(after.url.href(), before.url.href());
    EXPECT_EQ(after.parent_url, each.parent);
    EXPECT_TRUE(after.allow_private);
  }
}

TEST(SharedEntry, CookiesAndThatItWasFoundOnACopyComeBackToo) {
  using std::chrono::hours;
  const CookieJar::Time now{hours(24 * 20'000)};
  QueuedPage before = page();
  before.is_on_copy = true;
  before.cookies.take(before.url, {"a=1; Path=/x; Secure", "b=2; Max-Age=3600"},
                      now);
  const auto entry = unpack_entry(pack_entry(before), host_name_of(before.url));
  ASSERT_TRUE(entry);
  const auto& after = std::get<QueuedPage>(*entry);
  EXPECT_TRUE(after.is_on_copy);
  EXPECT_EQ(after.parent, PageId{0});
  for (const auto& [url, then] : {std::pair{"https://a.test:8443/x", now},
                                  {"https://a.test:8443/", now},
                                  {"http://a.test/x", now},
                                  {"https://b.test/x", now},
                                  {"https://a.test:8443/x", now + hours(2)}}) {
    EXPECT_EQ(after.cookies.header_for(*Url::parse(url), then),
              before.cookies.header_for(*Url::parse(url), then))
        << url;
  }
  EXPECT_EQ(after.cookies.header_for(before.url, now), "a=1; b=2");
}

TEST(SharedEntry, CookiesThatNoServerCouldHaveSetAreLeftOut) {
  const CookieJar jar =
      CookieJar::restore({"a", "1\r\nX: y", "a.test", "/", "h", "",  //
                          "b", "2", "a.test", "/", "h", "",          //
                          "c", "3", "a.test"});
  EXPECT_EQ(jar.header_for(*Url::parse("http://a.test/"), {}), "b=2");
}

TEST(SharedEntry, ASitemapComesBackAsItWas) {
  const auto entry = unpack_entry(
      pack_entry(QueuedSitemap{*Url::parse("http://a.test/s.xml"), 2, true}),
      "a.test");
  ASSERT_TRUE(entry);
  const auto& after = std::get<QueuedSitemap>(*entry);
  EXPECT_EQ(after.url.href(), "http://a.test/s.xml");
  EXPECT_EQ(after.level, 2);
  EXPECT_TRUE(after.allow_private);
  EXPECT_FALSE(after.wanted);
}

TEST(SharedEntry, WhatIsLeftOutComesBackAsItWas) {
  const LeftOut before{"http://a.test/1:2", ErrorKind::kScope, "7:because",
                       "http://a.test/", 2};
  const auto entry = unpack_entry(pack_entry(before), "a.test");
  ASSERT_TRUE(entry);
  const auto& after = std::get<LeftOut>(*entry);
  EXPECT_EQ(after.url, before.url);
  EXPECT_EQ(after.error, before.error);
  EXPECT_EQ(after.reason, before.reason);
  EXPECT_EQ(after.parent, before.parent);
  EXPECT_EQ(after.depth, before.depth);
}

// Whatever stands in Redis, it is read within its bounds or refused.
TEST(SharedEntry, WhatIsCutOrChangedIsRefusedOrAnotherEntry) {
  for (const std::string& whole :
       {pack_entry(page()),
        pack_entry(LeftOut{"u", ErrorKind::kTrap, "r", "p", 1})}) {
    std::size_t refused = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      // Ended between two hops, it is a page with fewer.
      refused += unpack_entry(whole.substr(0, i), "a.test") ? 0 : 1;
      for (const char c : {'\0', ':', '9', '-', 'x'}) {
        std::string changed = whole;
        changed[i] = c;
        static_cast<void>(unpack_entry(changed, "a.test"));
      }
    }
    EXPECT_GE(refused + 1, whole.size());
  }
  EXPECT_FALSE(unpack_entry("99999999999999999999:x", "h"));
  EXPECT_FALSE(unpack_entry("3:ps17:uftp://", "h"));
}

TEST(SharedEntry, AHostIsItsNameWhateverTheSchemeAndPort) {
  for (const char* const url : {"http://a.test/", "https://a.test/x",
                                "http://A.test:81/", "https://a.test./"}) {
    EXPECT_EQ(host_name_of(*Url::parse(url)), "a.test") << url;
  }
}

}  // namespace
}  // namespace crawl
