#include "fetch/http/response_headers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>

namespace crawl {
namespace {

class ResponseHeadersTest : public testing::Test {
 protected:
  void SetUp() override { headers.begin(&result, true, 10'000); }
  void add(std::initializer_list<std::string_view> lines) {
    for (const auto line : lines) {
      ASSERT_TRUE(headers.add_line(std::string(line) + "\r\n"));
    }
  }

  FetchResult result;
  ResponseHeaders headers;
};

TEST_F(ResponseHeadersTest, KeepsWhatACrawlNeeds) {
  add({"HTTP/1.1 301 Moved Permanently", "Content-Type:text/html",
       "LOCATION: /there ", "Retry-After:  120", "X-Other: a:b"});
  EXPECT_FALSE(headers.done());
  add({""});
  EXPECT_TRUE(headers.done());
  EXPECT_EQ(result.status_code, 301);
  EXPECT_EQ(result.content_type, "text/html");
  EXPECT_EQ(result.location, "/there");
  EXPECT_EQ(result.retry_after, "120");
  ASSERT_EQ(result.headers.size(), 4u);
  EXPECT_EQ(result.headers[3],
            std::make_pair(std::string("X-Other"), std::string("a:b")));
}

TEST_F(ResponseHeadersTest, KeepsNoListUnlessAsked) {
  headers.begin(&result, false, 10'000);
  add({"HTTP/1.1 200 OK", "Content-Type: text/html", "X-Other: 1", ""});
  EXPECT_TRUE(result.headers.empty());
  EXPECT_EQ(result.content_type, "text/html");
}

TEST_F(ResponseHeadersTest, SetCookiesOfARedirectAreKeptOneByOne) {
  headers.begin(&result, false, 100'000);
  add({"HTTP/1.1 302 Found", "Set-Cookie: a=1; Expires=Thu, 01 Jan 2100",
       "SET-COOKIE:b=2", "  ; Path=/", "Set-Cookie2: no", ""});
  EXPECT_THAT(
      result.set_cookies,
      testing::ElementsAre("a=1; Expires=Thu, 01 Jan 2100", "b=2 ; Path=/"));
  // Nobody follows from another response.
  headers.begin(&result, false, 100'000);
  add({"HTTP/1.1 200 OK", "Set-Cookie: a=1", ""});
  EXPECT_THAT(result.set_cookies, testing::IsEmpty());
  headers.begin(&result, false, 100'000);
  add({"HTTP/1.1 302 Found"});
  for (int i = 0; i < 60; ++i) add({"Set-Cookie: a=1"});
  EXPECT_EQ(result.set_cookies.size(), kMaxSetCookies);
}

TEST_F(ResponseHeadersTest, InterimResponsesAreForgotten) {
  add({"HTTP/1.1 103 Early Hints", "Location: /no", "Link: </s.css>", ""});
  EXPECT_FALSE(headers.done());
  add({"HTTP/1.1 200 OK", "Content-Type: text/html", ""});
  EXPECT_TRUE(headers.done());
  EXPECT_EQ(result.status_code, 200);
  EXPECT_EQ(result.location, "");
  EXPECT_EQ(result.headers.size(), 1u);
}

TEST_F(ResponseHeadersTest, AnInterimResponseThatBreaksOffIsVoid) {
  add({"HTTP/1.1 103 Early Hints", "Link: </a>", "Location: /no"});
  headers.end();
  EXPECT_EQ(result.status_code, 0);
  EXPECT_EQ(result.link + result.location, "");
  EXPECT_TRUE(result.headers.empty());
  headers.begin(&result, true, 10'000);
  add({"HTTP/1.1 301 Moved", "Location: /there"});
  headers.end();
  EXPECT_EQ(result.status_code, 301);
  EXPECT_EQ(result.location, "/there");
}

TEST_F(ResponseHeadersTest, TrailersAreNotHeaders) {
  add({"HTTP/1.1 200 OK", "Transfer-Encoding: chunked", ""});
  EXPECT_TRUE(headers.chunked());
  add({"Location: /trailer", "X-Late: 1", ""});
  EXPECT_EQ(result.location, "");
  EXPECT_EQ(result.headers.size(), 1u);
}

TEST_F(ResponseHeadersTest, RepeatedFields) {
  add({"HTTP/2 200", "location: /first", "location: /second",
       "content-type: text/plain", "content-type: text/html",
       "x-robots-tag: noindex", "x-robots-tag: nofollow", ""});
  EXPECT_EQ(result.location, "/first");
  EXPECT_EQ(result.content_type, "text/html");
  EXPECT_EQ(result.x_robots_tag, "noindex, nofollow");
}

TEST_F(ResponseHeadersTest, Fetch_OfSeveralContentTypesTheLastValidOneCounts) {
  add({"HTTP/1.1 200 OK", "Content-Type: text/html; charset=gbk",
       "Content-Type: text/html", "Content-Type: nonsense", "Content-Type: */*",
       ""});
  EXPECT_EQ(result.content_type, "text/html;charset=gbk");
  headers.begin(&result, true, 10'000);
  add({"HTTP/1.1 200 OK",
       "Content-Type: text/html, text/html; charset=windows-1251", ""});
  EXPECT_EQ(result.content_type, "text/html; charset=windows-1251");
}

TEST_F(ResponseHeadersTest, LinksAreJoinedAndOneRefreshCounts) {
  add({"HTTP/1.1 103 Early Hints", "Link: </early>", "Refresh: 1", ""});
  add({"HTTP/1.1 200 OK", "Link: </a>; rel=next", "link: </b>",
       "REFRESH: 0; url=/first", "Refresh: 0; url=/second", ""});
  EXPECT_EQ(result.link, "</a>; rel=next, </b>");
  EXPECT_EQ(result.refresh, "0; url=/first");
}

TEST_F(ResponseHeadersTest, TheHeadersAreCompleteOnlyAtTheirEnd) {
  add({"HTTP/1.1 100 Continue", ""});
  EXPECT_FALSE(result.headers_complete);
  add({"HTTP/1.1 200 OK", "Content-Type: a/b"});
  EXPECT_FALSE(result.headers_complete);
  add({""});
  EXPECT_TRUE(result.headers_complete);
}

TEST_F(ResponseHeadersTest, Rfc9112_5_2_FoldedLinesAreOneValue) {
  add({"HTTP/1.1 200 OK", "X-Robots-Tag: noindex,", "\t nofollow", "X-A: 1",
       " 2", ""});
  EXPECT_EQ(result.x_robots_tag, "noindex, nofollow");
  ASSERT_EQ(result.headers.size(), 2u);
  EXPECT_EQ(result.headers[0].second, "noindex, nofollow");
  EXPECT_EQ(result.headers[1].second, "1 2");
}

TEST_F(ResponseHeadersTest,
       Rfc9112_5_2_AValueThatIsFoldedAtOnceHasNoBlankBefore) {
  add({"HTTP/1.1 200 OK", "Content-Type:", " text/html", "X-A: ", " ", "\tb",
       "Link: </a>", "Link:", " </b>", ""});
  EXPECT_EQ(result.content_type, "text/html");
  EXPECT_EQ(result.link, "</a>, </b>");
  ASSERT_EQ(result.headers.size(), 4u);
  EXPECT_EQ(result.headers[0].second, "text/html");
  EXPECT_EQ(result.headers[1].second, "b");
}

// Whatever is kept of a field: what it is folded into is no field, and no end.
TEST_F(ResponseHeadersTest, Rfc9112_5_2_FoldedLinesAreNeverFields) {
  for (const bool keep_all : {true, false}) {
    headers.begin(&result, keep_all, 10'000);
    add({"HTTP/1.1 302 Found", "X-Other: a", " Content-Length: 10",
         "\tLocation: /other", " ", "Location: /here", "Location: /there",
         " Transfer-Encoding: chunked", "no colon", " Location: /nowhere"});
    EXPECT_FALSE(headers.done());
    add({"Content-Type: a/b", ""});
    EXPECT_TRUE(headers.done());
    EXPECT_EQ(result.location, "/here");
    EXPECT_EQ(result.content_type, "a/b");
    EXPECT_EQ(headers.framing().content_length, "");
    EXPECT_FALSE(headers.chunked());
  }
}

TEST_F(ResponseHeadersTest, Rfc9112_2_2_AFoldedFirstLineIsIgnored) {
  add({"HTTP/1.1 200 OK", "  text/html", " Content-Length: 2", " ", "no colon",
       "Content-Type: a/b", ""});
  EXPECT_EQ(result.content_type, "a/b");
  EXPECT_EQ(headers.framing().content_length, "");
  EXPECT_EQ(result.headers.size(), 1u);
}

TEST_F(ResponseHeadersTest, OddStatusLines) {
  add({"HTTP/1.1   404", ""});
  EXPECT_EQ(result.status_code, 404);
  headers.begin(&result, true, 10'000);
  add({"HTTP/1.1", ""});
  EXPECT_EQ(result.status_code, 0);
  EXPECT_FALSE(headers.done());
}

TEST_F(ResponseHeadersTest, EveryByteCountsTowardsTheLimit) {
  headers.begin(&result, true, 60);
  EXPECT_TRUE(headers.add_line("HTTP/1.1 100 Continue\r\n"));
  EXPECT_TRUE(headers.add_line("\r\n"));
  EXPECT_TRUE(headers.add_line("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(headers.add_line("A: 0123456789\r\n"));
  EXPECT_FALSE(headers.add_line("B: 0123456789\r\n"));
}

}  // namespace
}  // namespace crawl
