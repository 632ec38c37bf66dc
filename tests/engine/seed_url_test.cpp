#include "engine/seed_url.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>

namespace crawl {
namespace {

std::string href(std::string_view line) {
  const auto seed = parse_seed(line);
  return seed ? std::string(seed->url.href())
              : std::string(to_string(seed.error().kind));
}

TEST(SeedUrl, LineWithoutASchemeMeansHttps) {
  EXPECT_EQ(href("example.org"), "https://example.org/");
  EXPECT_EQ(href("example.org/a?b#c"), "https://example.org/a?b#c");
  EXPECT_EQ(href("//example.org/a"), "https://example.org/a");
  EXPECT_EQ(href("[::1]/x"), "https://[::1]/x");
}

TEST(SeedUrl, PortAfterAHostIsNoScheme) {
  EXPECT_EQ(href("localhost:8080"), "https://localhost:8080/");
  EXPECT_EQ(href("localhost:8080/x"), "https://localhost:8080/x");
  EXPECT_EQ(href("example.org:8443?q"), "https://example.org:8443/?q");
}

TEST(SeedUrl, HttpAndHttpsStandAsTheyAre) {
  EXPECT_EQ(href("http://example.org"), "http://example.org/");
  EXPECT_EQ(href("HTTPS://EXAMPLE.org:443/%7e"), "https://example.org/%7e");
}

TEST(SeedUrl, UserinfoIsTakenOutAndDecoded) {
  for (const auto& [line, url, user_password] :
       {std::tuple{"http://me:p%40w@a.test/x", "http://a.test/x", "me:p@w"},
        {"https://me@a.test:8443/", "https://a.test:8443/", "me:"},
        {"//:pw@a.test", "https://a.test/", ":pw"},
        {"http://m:a:b@[::1]/?@#@", "http://[::1]/?@#@", "m:a:b"},
        {"http://:@a.test/", "http://a.test/", ""},
        {"http://a.test/me:pw@b", "http://a.test/me:pw@b", ""}}) {
    const auto seed = parse_seed(line);
    ASSERT_TRUE(seed) << line;
    EXPECT_EQ(seed->url.href(), url);
    EXPECT_EQ(seed->user_password, user_password) << line;
  }
}

TEST(SeedUrl, OtherSchemesAreRecognised) {
  for (const char* line :
       {"mailto:a@b.test", "ftp://a.test/", "file:///etc",
        "javascript:alert(1)", "data:text/html,x", "tel:+123", "about:blank"}) {
    EXPECT_EQ(href(line), "unsupported_scheme") << line;
  }
}

TEST(SeedUrl, GarbageIsInvalid) {
  for (const char* line : {"http://", "http://[", "https://a b/", "http://:80/",
                           "http://a.test:99999/", "not a url", "%%%"}) {
    EXPECT_EQ(href(line), "invalid_url") << line;
  }
}

TEST(SeedUrl, BinaryAndEndlessLinesAreInvalid) {
  EXPECT_EQ(href(std::string_view("http://a/\0x", 11)), "invalid_url");
  EXPECT_EQ(href("http://a.test/" + std::string(kMaxUrlBytes, 'x')),
            "invalid_url");
}

}  // namespace
}  // namespace crawl
