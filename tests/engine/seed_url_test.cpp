#include "engine/seed_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <utility>

namespace crawl {
namespace {

using ::testing::HasSubstr;

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

TEST(SeedUrl, LineWithAPortAndNoSchemeMeansHttp) {
  for (const auto& [line, url] :
       {std::pair{"localhost:8080", "http://localhost:8080/"},
        {"localhost:8080/x", "http://localhost:8080/x"},
        {"example.org:8443?q", "http://example.org:8443/?q"},
        {"[::1]:80/", "http://[::1]/"},
        {"[::1]:81/", "http://[::1]:81/"},
        {"127.0.0.1:8000#f", "http://127.0.0.1:8000/#f"},
        {"1.test:80/a:b", "http://1.test/a:b"},
        {"//localhost:8080/", "https://localhost:8080/"},
        // What https's own port speaks is known.
        {"example.org:443/x", "https://example.org/x"}}) {
    EXPECT_EQ(href(line), url) << line;
  }
}

TEST(SeedUrl, QuotesAroundAUrlAreNoPartOfIt) {
  for (const auto& [line, url] :
       {std::pair{"\"http://a.test/x\"", "http://a.test/x"},
        {"'http://a.test/x'", "http://a.test/x"},
        {"<http://a.test/x>", "http://a.test/x"},
        {"<a.test/x>", "https://a.test/x"},
        {"\"localhost:80\"", "http://localhost/"},
        {"http://a.test/'x'", "http://a.test/'x'"},
        {"<>", "invalid_url"}}) {
    EXPECT_EQ(href(line), url) << line;
  }
}

TEST(SeedUrl, AQuoteThatIsNotClosedIsNoPartOfAHost) {
  for (const char* line : {"\"http://me:pw@a.test/", "'a.test",
                           "<http://a.test/", "\"http://a.test/'", "\"", "'"}) {
    const auto seed = parse_seed(line);
    ASSERT_FALSE(seed) << line;
    EXPECT_EQ(seed.error().kind, ErrorKind::kInvalidUrl);
    EXPECT_THAT(seed.error().message, HasSubstr("not closed")) << line;
  }
}

TEST(SeedUrl, HostAndPortIsAUrlWhereOtherNamesMayBeFiles) {
  for (const char* text : {"localhost:8080", "a.test:80/x?y", "[::1]:80/",
                           "me:pw@localhost:8080/x"}) {
    EXPECT_TRUE(names_host_and_port(text)) << text;
  }
  for (const char* text :
       {"urls.txt", "a.test", "a.test/x:80", "./a:80", "C:\\urls.txt",
        "mailto:a@b.test:25", "a b:80", "a:99999", "a:", ":80", "-", ""}) {
    EXPECT_FALSE(names_host_and_port(text)) << text;
  }
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
        {"me:pw@a.test:8080/x", "http://a.test:8080/x", "me:pw"},
        {"me@a.test:8080/x", "http://a.test:8080/x", "me:"},
        {"'http://me:pw@a.test/'", "http://a.test/", "me:pw"},
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
        "javascript:alert(1)", "data:text/html,x", "tel:+123", "about:blank",
        "mailto:x", "foo:bar", "foo:bar/80", "urn:isbn:0451450523",
        "mailto:a@b.test:25", "sip:a@b.test:5060"}) {
    EXPECT_EQ(href(line), "unsupported_scheme") << line;
  }
}

TEST(SeedUrl, GarbageIsInvalid) {
  for (const char* line : {"http://", "http://[", "https://a b/", "http://:80/",
                           "http://a.test:99999/", "not a url", "%%%"}) {
    EXPECT_EQ(href(line), "invalid_url") << line;
  }
}

// The URL Standard takes tabs out, and "http://a/\t200" would be a/200.
TEST(SeedUrl, ATabIsNoPartOfAUrl) {
  const auto seed = parse_seed("http://a.test/\t200");
  ASSERT_FALSE(seed);
  EXPECT_EQ(seed.error().kind, ErrorKind::kInvalidUrl);
  EXPECT_NE(seed.error().message.find("holds a tab"), std::string::npos);
}

TEST(SeedUrl, BinaryAndEndlessLinesAreInvalid) {
  EXPECT_EQ(href(std::string_view("http://a/\0x", 11)), "invalid_url");
  EXPECT_EQ(href("http://a.test/" + std::string(kMaxUrlBytes, 'x')),
            "invalid_url");
}

}  // namespace
}  // namespace crawl
