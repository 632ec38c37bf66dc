#include "crawl/base/cookie_jar.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace crawl {
namespace {

using namespace std::chrono_literals;

// 2024-06-01 12:00:00 UTC
const CookieJar::Time kNow{std::chrono::seconds(1'717'243'200)};

Url url(std::string_view text) { return *Url::parse(text); }

class CookieJarTest : public ::testing::Test {
 protected:
  void set(std::string_view from, std::vector<std::string> values,
           CookieJar::Time now = kNow) {
    jar.take(url(from), values, now);
  }
  std::string sent(std::string_view to, CookieJar::Time now = kNow) const {
    return jar.header_for(url(to), now);
  }

  CookieJar jar;
};

TEST_F(CookieJarTest, ACookieComesBackToItsHost) {
  EXPECT_EQ(sent("http://h.test/"), "");
  set("http://h.test/", {"a=1", "b=2; HttpOnly; SameSite=Strict"});
  EXPECT_EQ(sent("http://h.test/"), "a=1; b=2");
  EXPECT_EQ(sent("http://h.test:8080/x?y"), "a=1; b=2");
  for (const char* other :
       {"http://www.h.test/", "http://test/", "http://xh.test/",
        "http://h.test.evil.test/", "http://h.test./", "http://h.test@i.test/",
        "http://127.0.0.1/"}) {
    EXPECT_EQ(sent(other), "") << other;
  }
}

TEST_F(CookieJarTest, Rfc6265_5_2_WhatASetCookieSays) {
  for (const auto& [value, sends] :
       std::vector<std::pair<std::string, std::string>>{
           {"a=1", "a=1"},
           {"  a \t= 1 2  ; Path=/", "a=1 2"},
           {"a=", "a="},
           {"a=\"1, 2\"", "a=\"1, 2\""},
           {"a=b=c", "a=b=c"},
           {"a=1;;;httponly=0;x=y", "a=1"},
           {"a=1; path=x", "a=1"},
           {"a=1; domain=; Domain", "a=1"},
           {"a=1; MAX-AGE=60", "a=1"},
           {"a=1; max-age=x; max-age=1x; max-age=", "a=1"},
           {"a=1; max-age=99999999999999999999999999", "a=1"},
           {"a=1; expires=never", "a=1"},
           {"a=\xc3\xa9", "a=\xc3\xa9"},
           // What is no cookie, or one that is over.
           {"", ""},
           {"a", ""},
           {"=1", ""},
           {" =1", ""},
           {"; a=1", ""},
           {"a=1\r\nX: y", ""},
           {std::string("a=\0", 3), ""},
           {"a=1\x7f", ""},
           {"a=1; path=/\x01", ""},
           {"a=1; max-age=0", ""},
           {"a=1; max-age=-5", ""},
           {"a=1; expires=Thu, 01 Jan 1970 00:00:00 GMT", ""},
           {"a=1; max-age=60; max-age=0", ""},
       }) {
    jar = {};
    set("http://h.test/", {value});
    EXPECT_EQ(sent("http://h.test/"), sends) << value;
  }
}

TEST_F(CookieJarTest, Rfc6265_5_3_MaxAgeCountsBeforeExpires) {
  set("http://h.test/",
      {"a=1; expires=Thu, 01 Jan 1970 00:00:00 GMT; max-age=60",
       "b=1; max-age=0; expires=Fri, 01 Jan 2100 00:00:00 GMT"});
  EXPECT_EQ(sent("http://h.test/"), "a=1");
}

TEST_F(CookieJarTest, Rfc6265_5_3_DomainsWidenToWhatIsRegistrable) {
  struct Case {
    const char* from;
    const char* domain;
    const char* to;
    bool sent;
  };
  for (const auto& [from, domain, to, is_sent] : std::vector<Case>{
           {"http://www.h.org/", "h.org", "http://h.org/", true},
           {"http://www.h.org/", ".H.Org", "http://a.b.h.org/", true},
           {"http://www.h.org/", "www.h.org", "http://a.www.h.org/", true},
           {"http://www.h.org/", "www.h.org", "http://h.org/", false},
           {"http://www.h.org/", "h.org", "http://xh.org/", false},
           // Not for others, nor for a whole public suffix.
           {"http://www.h.org/", "i.org", "http://www.h.org/", false},
           {"http://www.h.org/", "a.www.h.org", "http://a.www.h.org/", false},
           {"http://www.h.org/", "org", "http://i.org/", false},
           {"http://www.h.org/", "org", "http://www.h.org/", false},
           {"http://a.co.uk/", "co.uk", "http://b.co.uk/", false},
           {"http://a.github.io/", "github.io", "http://b.github.io/", false},
           {"http://h.org/", "..h.org", "http://h.org/", false},
           // A suffix that is a host may have cookies for itself.
           {"http://github.io/", "github.io", "http://github.io/", true},
           {"http://github.io/", "github.io", "http://a.github.io/", false},
           {"http://localhost/", "localhost", "http://localhost/", true},
           {"http://localhost/", "localhost", "http://a.localhost/", false},
           // Addresses have no parts.
           {"http://10.0.0.1/", "10.0.0.1", "http://10.0.0.1/", true},
           {"http://10.0.0.1/", "0.0.1", "http://10.0.0.1/", false},
           {"http://[::1]/", "[::1]", "http://[::1]/", true},
       }) {
    jar = {};
    set(from, {std::string("a=1; Domain=") + domain});
    EXPECT_EQ(sent(to), is_sent ? "a=1" : "") << from << domain << to;
  }
}

TEST_F(CookieJarTest, Rfc6265_5_1_4_Paths) {
  struct Case {
    const char* from;
    const char* path;
    const char* to;
    bool sent;
  };
  for (const auto& [from, path, to, is_sent] : std::vector<Case>{
           {"http://h/a/b", nullptr, "http://h/a/c", true},
           {"http://h/a/b", nullptr, "http://h/a", true},
           {"http://h/a/b", nullptr, "http://h/ab", false},
           {"http://h/a/b", nullptr, "http://h/", false},
           {"http://h/a", nullptr, "http://h/b", true},
           {"http://h/a/", nullptr, "http://h/a/b?c", true},
           {"http://h/a/b", "/", "http://h/c", true},
           {"http://h/a/b", "/c", "http://h/c/d", true},
           {"http://h/a/b", "/c", "http://h/cd", false},
           {"http://h/a/b", "/c/", "http://h/c/d", true},
           {"http://h/a/b", "/c/", "http://h/c", false},
           {"http://h/a/b", "c", "http://h/a/", true},
           {"http://h/a/b", "", "http://h/a/", true},
       }) {
    jar = {};
    set(from, {path == nullptr ? "a=1" : std::string("a=1; Path=") + path});
    EXPECT_EQ(sent(to), is_sent ? "a=1" : "")
        << from << " " << (path == nullptr ? "-" : path) << " " << to;
  }
}

TEST_F(CookieJarTest, WhatHttpsSetsStaysWithHttps) {
  set("https://h/", {"a=1", "b=2; Secure"});
  EXPECT_EQ(sent("https://h/"), "a=1; b=2");
  EXPECT_EQ(sent("http://h/"), "");
  jar = {};
  set("http://h/", {"a=1", "b=2; Secure"});
  EXPECT_EQ(sent("https://h/"), "a=1; b=2");
  EXPECT_EQ(sent("http://h/"), "a=1");
}

TEST_F(CookieJarTest, ANewOneTakesThePlaceOfItsLike) {
  set("http://h/", {"a=1", "b=1", "a=2", "a=3; path=/x"});
  EXPECT_EQ(sent("http://h/"), "a=2; b=1");
  // Longer paths first, then the earlier one.
  EXPECT_EQ(sent("http://h/x"), "a=3; a=2; b=1");
  set("http://h/", {"a=; max-age=0"});
  EXPECT_EQ(sent("http://h/x"), "a=3; b=1");
}

TEST_F(CookieJarTest, ExpiresWhileItWaits) {
  set("http://h/",
      {"a=1; max-age=10", "b=1; expires=Sat, 01 Jun 2024 12:01:00 GMT", "c=1"});
  EXPECT_EQ(sent("http://h/", kNow + 9s), "a=1; b=1; c=1");
  EXPECT_EQ(sent("http://h/", kNow + 10s), "b=1; c=1");
  EXPECT_EQ(sent("http://h/", kNow + 60s), "c=1");
}

TEST_F(CookieJarTest, Limits) {
  const std::string long_value(CookieJar::kMaxBytes - 1, 'x');
  set("http://h/", {"a=" + long_value + "x"});
  EXPECT_EQ(sent("http://h/"), "");
  set("http://h/", {"a=" + long_value, "b=" + long_value, "c=1"});
  // The second would make the header too long.
  EXPECT_EQ(sent("http://h/"), "a=" + long_value + "; c=1");

  jar = {};
  std::vector<std::string> many;
  for (int i = 0; i < 60; ++i) many.push_back("n" + std::to_string(i) + "=");
  set("http://h/", many);
  const std::string header = sent("http://h/");
  EXPECT_EQ(header.substr(0, 10), "n10=; n11=");
  EXPECT_EQ(header.substr(header.size() - 4), "n59=");
}

TEST(CookieDate, Rfc6265_5_1_1) {
  const auto at = [](std::string_view text) {
    return std::chrono::duration_cast<std::chrono::seconds>(
               parse_cookie_date(text).time_since_epoch())
        .count();
  };
  for (const char* same :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994", "6 nov 1994 8:49:37",
        "1994 NOVEMBER 6th "
        "08:49:37x",
        "08:49:37 06/Nov/94"}) {
    EXPECT_EQ(at(same), 784'111'777) << same;
  }
  EXPECT_EQ(at("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
  EXPECT_EQ(at("Mon, 01 Jan 1601 00:00:00 GMT"), 0);
  EXPECT_EQ(at("29 Feb 24 00:00:00"), 1'709'164'800);
  EXPECT_GT(parse_cookie_date("Fri, 31 Dec 9999 23:59:59 GMT"), kNow);
  EXPECT_LT(parse_cookie_date("Fri, 31 Dec 9999 23:59:59 GMT"),
            CookieJar::Time::max());
  for (const char* none :
       {"", "never", "06 Nov 1994", "Nov 1994 08:49:37", "06 1994 08:49:37",
        "06 Nov 08:49:37", "31 Feb 1994 08:49:37", "06 Nov 1994 24:00:00",
        "06 Nov 1994 08:60:00", "06 Nov 1994 08:49:60", "06 Nov 1600 08:49:37",
        "06 Nov 19945 08:49:37", "00 Nov 1994 08:49:37", "0",
        "06 Nov 1994 08:49", "06 Nov 1994 008:49:37"}) {
    EXPECT_EQ(parse_cookie_date(none), CookieJar::Time::max()) << none;
  }
}

}  // namespace
}  // namespace crawl
