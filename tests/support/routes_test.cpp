#include "support/routes/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/content_codings.h"
#include "support/raw_client.h"
#include "support/synthetic_pages.h"

namespace crawl::testing {
namespace {

using namespace std::string_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Ending = RawClient::Ending;

struct Answer {
  std::string bytes;
  Ending ending = Ending::kNone;

  std::string body() const {
    const std::size_t end = bytes.find("\r\n\r\n");
    return end == std::string::npos ? "" : bytes.substr(end + 4);
  }
};

class RoutesTest : public ::testing::Test {
 protected:
  RoutesTest() { add_routes(site_); }

  // One response on a connection of its own, kept by neither side.
  Answer ask(std::string_view path, std::string_view headers = "") {
    RawClient client(site_.port());
    client.send("GET " + std::string(path) +
                " HTTP/1.1\r\nHost: raw.test\r\nConnection: close\r\n" +
                std::string(headers) + "\r\n");
    Answer answer;
    answer.bytes = client.read_to_end();
    answer.ending = client.ending();
    return answer;
  }

  // At least so much of an answer that has no end.
  std::string start_of(std::string_view path, std::size_t size) {
    RawClient client(site_.port());
    client.get(path);
    return client.read(size);
  }

  LoopbackSite site_;
};

std::string inflate_as(int window_bits, const std::string& packed) {
  z_stream stream{};
  if (inflateInit2(&stream, window_bits) != Z_OK) return "cannot inflate";
  std::string out(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return result == Z_STREAM_END ? out : "damaged after: " + out;
}

TEST_F(RoutesTest, StatusSendsTheStatusAsked) {
  EXPECT_THAT(ask("/status/418").bytes,
              StartsWith("HTTP/1.1 418 I'm a teapot\r\n"));
  EXPECT_EQ(ask("/status/418").body(), "<title>status 418</title>");
  EXPECT_EQ(ask("/status/204").body(), "");
  EXPECT_THAT(ask("/status/204").bytes, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(ask("/status/abc").bytes, StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(ask("/status/1000").bytes, StartsWith("HTTP/1.1 404"));
}

TEST_F(RoutesTest, RetryAfterComesAsSecondsAndAsDate) {
  EXPECT_THAT(ask("/retry-after/503/7").bytes,
              HasSubstr("\r\nRetry-After: 7\r\n"));
  EXPECT_THAT(ask("/retry-after/429/so%20on").bytes,
              HasSubstr("\r\nRetry-After: so on\r\n"));
  EXPECT_THAT(ask("/retry-after-date/429/60").bytes,
              ::testing::ContainsRegex("Retry-After: [A-Z][a-z][a-z], [0-9]+ "
                                       ".* GMT\r\n"));
}

TEST_F(RoutesTest, FlakyFailsForEachPathAsOftenAsAsked) {
  for (const char* path : {"/flaky/2/503/a", "/flaky/2/503/b"}) {
    EXPECT_THAT(ask(path).bytes, StartsWith("HTTP/1.1 503"));
    EXPECT_THAT(ask(path).bytes, StartsWith("HTTP/1.1 503"));
    EXPECT_THAT(ask(path).bytes, StartsWith("HTTP/1.1 200"));
  }
  EXPECT_THAT(ask("/flaky/1/429/c?retry-after=1").bytes,
              HasSubstr("Retry-After: 1\r\n"));
  EXPECT_EQ(ask("/flaky-reset/1/a").ending, Ending::kReset);
  EXPECT_THAT(ask("/flaky-reset/1/a").bytes, StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(ask("/flaky-close/1/a").bytes, "");
  EXPECT_THAT(ask("/flaky-close/1/a").bytes, StartsWith("HTTP/1.1 200"));
}

TEST_F(RoutesTest, RedirectsSayWhereByEachFormOfReference) {
  const auto location = [&](std::string_view path) {
    const std::string bytes = ask(path).bytes;
    const std::size_t begin = bytes.find("Location: ") + 10;
    return bytes.substr(begin, bytes.find("\r\n", begin) - begin);
  };
  EXPECT_EQ(location("/redirect/3"), "/redirect/2");
  EXPECT_EQ(location("/redirect/1"), "0");
  EXPECT_EQ(location("/redirect/2"), "http://raw.test/redirect/1");
  EXPECT_EQ(ask("/redirect/0").body(), "<title>arrived</title>");
  EXPECT_EQ(location("/redirect-loop/a"), "/redirect-loop/b");
  EXPECT_EQ(location("/redirect-file"), "file:///etc/passwd");
  EXPECT_EQ(location("/redirect-empty"), "");
  EXPECT_EQ(location("/redirect-to?url=http%3A%2F%2Fb.test%2F&code=308"),
            "http://b.test/");
  EXPECT_THAT(ask("/redirect-to?url=x&code=308").bytes,
              StartsWith("HTTP/1.1 308"));
  EXPECT_THAT(ask("/redirect-none").bytes, Not(HasSubstr("Location")));
}

TEST_F(RoutesTest, SlowOnesTakeTheirTime) {
  EXPECT_EQ(ask("/delay/20").body(), "<title>after 20</title>");
  EXPECT_EQ(ask("/delay-body/20").body(), "<title>late body</title>");
  EXPECT_EQ(ask("/drip?ms=1").body(), "<title>drop by drop</title>");
  EXPECT_EQ(ask("/drip-head?ms=1").body(), "<title>slow head</title>");
  ASSERT_TRUE(site_.request_log().wait_for_finished(4));
  const LogView log = site_.log();
  const auto time = [&](std::string_view path) {
    return *log.find(path).finished - log.find(path).started;
  };
  EXPECT_GE(time("/delay/20"), std::chrono::milliseconds(20));
  EXPECT_GE(time("/delay-body/20"), std::chrono::milliseconds(20));
  EXPECT_GE(time("/drip"), std::chrono::milliseconds(27));
}

TEST_F(RoutesTest, NeverAnswersOrNeverFinishes) {
  RawClient silent(site_.port());
  RawClient half(site_.port());
  silent.get("/never");
  half.get("/never-body");
  EXPECT_THAT(half.read_until("\r\n\r\n"), HasSubstr("Content-Length: 10"));
  ASSERT_TRUE(site_.request_log().wait_for_started(2));
  EXPECT_EQ(site_.log().max_concurrent(), 2U);
}

TEST_F(RoutesTest, AGateHoldsUntilOpened) {
  RawClient client(site_.port());
  client.get("/gate/x");
  ASSERT_TRUE(site_.request_log().wait_for_started(1));
  EXPECT_FALSE(site_.log()[0].finished.has_value());
  site_.open_gate("x");
  EXPECT_THAT(client.read_response(), EndsWith("<title>through x</title>"));
}

TEST_F(RoutesTest, EndlessOnesDoNotEnd) {
  constexpr std::size_t kEnough = 1'000'000;
  EXPECT_EQ(start_of("/endless-body", kEnough).size(), kEnough);
  EXPECT_EQ(start_of("/endless-chunks", kEnough).size(), kEnough);
  for (const char* path : {"/endless-headers", "/endless-header-line"}) {
    const std::string bytes = start_of(path, kEnough);
    EXPECT_EQ(bytes.size(), kEnough);
    EXPECT_THAT(bytes, Not(HasSubstr("\r\n\r\n")));
  }
  const std::string hints = start_of("/endless-1xx", kEnough);
  EXPECT_EQ(hints.size(), kEnough);
  EXPECT_THAT(hints, Not(HasSubstr("200")));
}

TEST_F(RoutesTest, LargeOnesHaveTheSizeAsked) {
  EXPECT_GE(ask("/big-header/300").bytes.size(), 300U * 1024);
  EXPECT_THAT(ask("/many-headers/500").bytes, HasSubstr("\r\nX-499: v\r\n"));
  EXPECT_EQ(ask("/big-body/3000").body().size(), 3000U * 1024);
  EXPECT_EQ(ask("/title-huge/10").body().size(), 10U * 1024 + 15);
}

TEST_F(RoutesTest, CodedBodiesDecode) {
  const std::string page = inflate_as(31, ask("/gzip").body());
  EXPECT_THAT(page, StartsWith("<!DOCTYPE html><title>coded</title>"));
  EXPECT_EQ(inflate_as(15, ask("/deflate").body()), page);
  EXPECT_EQ(inflate_as(-15, ask("/deflate-raw").body()), page);
  EXPECT_EQ(inflate_as(31, inflate_as(31, ask("/gzip-gzip").body())), page);
  EXPECT_THAT(ask("/br").body(), HasSubstr(page));  // stored, not packed
}

TEST_F(RoutesTest, DamagedCodingsDoNot) {
  for (const char* path : {"/gzip-not", "/gzip-truncated", "/gzip-corrupt"}) {
    const Answer answer = ask(path);
    EXPECT_THAT(answer.bytes, HasSubstr("Content-Encoding: gzip\r\n"));
    EXPECT_THAT(inflate_as(31, answer.body()), StartsWith("damaged")) << path;
  }
}

TEST_F(RoutesTest, AGzipBombIsSmallOnTheWire) {
  EXPECT_LT(ask("/gzip-bomb/64").body().size(), 100'000U);
  EXPECT_EQ(inflate_as(31, gzip_of_spaces(1 << 20)), std::string(1 << 20, ' '));
}

TEST_F(RoutesTest, LengthsLie) {
  const std::string page = "<title>framed</title>";
  EXPECT_THAT(ask("/length-long").bytes, HasSubstr("Content-Length: 1000\r\n"));
  EXPECT_THAT(ask("/length-short").bytes, HasSubstr("Content-Length: 7\r\n"));
  EXPECT_THAT(ask("/length-twice").bytes,
              HasSubstr("Content-Length: 21\r\nContent-Length: 7\r\n"));
  EXPECT_THAT(ask("/length-negative").bytes, HasSubstr("Length: -1\r\n"));
  EXPECT_THAT(ask("/length-junk").bytes, HasSubstr("Length: many\r\n"));
  for (const char* path : {"/length-long", "/length-short", "/length-overflow",
                           "/http10", "/until-close"}) {
    EXPECT_EQ(ask(path).body(), page) << path;
    EXPECT_EQ(ask(path).ending, Ending::kClosed) << path;
  }
}

TEST_F(RoutesTest, ConnectionsEndWhereTheyShouldNot) {
  EXPECT_EQ(ask("/close-at-once").bytes, "");
  EXPECT_EQ(ask("/close-at-once").ending, Ending::kClosed);
  EXPECT_THAT(ask("/close-mid-head").bytes, EndsWith("X-Half: of a he"));
  EXPECT_EQ(ask("/close-mid-body").body(), "<title>framed</title>");
  EXPECT_EQ(ask("/close-mid-body").ending, Ending::kClosed);
  for (const char* path :
       {"/reset-at-once", "/reset-mid-head", "/reset-mid-body"}) {
    EXPECT_EQ(ask(path).ending, Ending::kReset) << path;
  }
}

TEST_F(RoutesTest, ChunksAreSentAsNamed) {
  EXPECT_EQ(ask("/chunked").body(),
            "7\r\n<title>\r\nE\r\nframed</title>\r\n0\r\n\r\n");
  EXPECT_THAT(ask("/chunked-trailers").body(),
              EndsWith("\r\n0\r\nX-Trailer: yes\r\nX-Other: 1\r\n\r\n"));
  EXPECT_THAT(ask("/chunked-extensions").body(), StartsWith("15;name=value;"));
  EXPECT_THAT(ask("/chunked-bad-size").body(), StartsWith("zz\r\n"));
  EXPECT_THAT(ask("/chunked-huge-size").body(), StartsWith("FFFFFFFFFFFF"));
  EXPECT_THAT(ask("/chunked-truncated").body(), EndsWith("100\r\nand then"));
  EXPECT_THAT(ask("/chunked-no-crlf").body(), HasSubstr("</title>XX0\r\n"));
  EXPECT_THAT(ask("/chunked-and-length").bytes,
              HasSubstr("Content-Length: 3\r\nTransfer-Encoding: chunked"));
}

TEST_F(RoutesTest, MalformedResponsesAreSentToTheByte) {
  EXPECT_EQ(ask("/http09").bytes, "<title>malformed</title>");
  EXPECT_THAT(ask("/garbage").bytes, StartsWith("\x00\x01\xFF\xFE"s));
  EXPECT_EQ(ask("/status-line-junk").bytes, "HTTP/1.1 abc Oops\r\n\r\n");
  EXPECT_EQ(ask("/status-line-short").bytes, "HTTP/1.1\r\n\r\n");
  EXPECT_THAT(ask("/nul-header").bytes, HasSubstr("X-Nul: a\0b\r\n"s));
  EXPECT_THAT(ask("/control-header").bytes, HasSubstr("\x01\x02\x7F\x0B\r\n"));
  EXPECT_THAT(ask("/escape-header").bytes, HasSubstr("\x1B[31mred"));
  EXPECT_THAT(ask("/obs-fold").bytes, HasSubstr("first\r\n  second\r\n"));
  EXPECT_THAT(ask("/header-no-colon").bytes, HasSubstr("\r\nno colon in"));
  EXPECT_THAT(ask("/lf-only").bytes, Not(HasSubstr("\r")));
  EXPECT_THAT(ask("/switching").bytes, StartsWith("HTTP/1.1 101 "));
  EXPECT_THAT(ask("/no-content-body/304").bytes,
              StartsWith("HTTP/1.1 304 No Body\r\n"));
  EXPECT_EQ(ask("/no-content-body/204").body(), "<title>malformed</title>");
}

TEST_F(RoutesTest, InterimResponsesComeBeforeTheFinalOne) {
  EXPECT_THAT(ask("/continue-first").bytes,
              StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(ask("/early-hints").bytes,
              EndsWith("<title>after hints</title>"));
  ASSERT_TRUE(site_.request_log().wait_for_finished(2));
  EXPECT_EQ(site_.log()[0].status, 200);
}

TEST_F(RoutesTest, PagesWithAwkwardContent) {
  EXPECT_THAT(ask("/no-content-type").bytes, Not(HasSubstr("Content-Type")));
  EXPECT_EQ(ask("/wrong-charset").body(), "<title>caf\xE9</title>");
  EXPECT_THAT(ask("/title-escapes").body(), HasSubstr("\x1B[2J"));
  EXPECT_EQ(ask("/title-nul").body(), "<title>a\0b</title>"s);
  EXPECT_THAT(ask("/set-cookies").bytes,
              HasSubstr("Set-Cookie: a=1; Path=/\r\nSet-Cookie: b=2"));
  EXPECT_EQ(ask("/empty").body(), "");
  EXPECT_THAT(ask("/many-links/3").body(), HasSubstr("href=\"/link/2\""));
  EXPECT_THAT(ask("/trap/a/").body(), HasSubstr("href=\"/trap/a/next/\""));
}

TEST_F(RoutesTest, EchoTellsWhatArrived) {
  const auto json = nlohmann::json::parse(
      ask("/echo?q=\"", "X-Test: a\tb\"\\\xE9\r\nX-Test: 2\r\n").body());
  EXPECT_EQ(json["method"], "GET");
  EXPECT_EQ(json["target"], "/echo?q=\"");
  EXPECT_EQ(json["host"], "raw.test");
  EXPECT_THAT(json["headers"],
              ::testing::ElementsAre(nlohmann::json{"Host", "raw.test"},
                                     nlohmann::json{"Connection", "close"},
                                     nlohmann::json{"X-Test", "a\tb\"\\\u00e9"},
                                     nlohmann::json{"X-Test", "2"}));
}

TEST_F(RoutesTest, BasicAuthLetsTheRightOneIn) {
  EXPECT_THAT(ask("/auth/basic/Aladdin/open%20sesame").bytes,
              HasSubstr("WWW-Authenticate: Basic realm=\"test\""));
  // The example of RFC 7617 section 2.
  EXPECT_EQ(ask("/auth/basic/Aladdin/open%20sesame",
                "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n")
                .body(),
            "<title>welcome</title>");
}

TEST(ContentCodings, StoredBrotliTakesAnyLength) {
  EXPECT_EQ(stored_brotli(""), "\x06");
  // Window 16 bits, meta-block of 1 stored byte, the byte, the last block.
  EXPECT_EQ(stored_brotli("a"), "\x00\x00\x10"s + "a\x03");
  EXPECT_EQ(stored_brotli(std::string(65537, 'x')).size(), 65537U + 3 + 3 + 1);
}

TEST(SyntheticPages, HaveTheSizeAskedAndReachEachOther) {
  const SyntheticPages pages{1234, 2000};
  std::vector<bool> seen(pages.count + 1);
  std::vector<std::size_t> queue = {1};
  seen[1] = true;
  for (std::size_t at = 0; at < queue.size(); ++at) {
    const std::string page = synthetic_page(pages, queue[at]);
    EXPECT_EQ(page.size(), pages.page_size);
    constexpr std::string_view kLink = "<a href=\"/p/";
    for (std::size_t from = page.find(kLink); from != std::string::npos;
         from = page.find(kLink, from + 1)) {
      const std::size_t number = std::stoul(page.substr(from + kLink.size()));
      ASSERT_LE(number, pages.count);
      if (!seen[number]) queue.push_back(number);
      seen[number] = true;
    }
  }
  EXPECT_EQ(queue.size(), pages.count);
}

TEST(SyntheticPages, AreServedAndListed) {
  LoopbackSite site;
  const SyntheticPages pages{2500, 1000};
  serve_synthetic_pages(site, pages);
  RawClient client(site.port());
  client.get("/p/7.html");
  EXPECT_THAT(client.read_response(), EndsWith(synthetic_page(pages, 7)));
  client.get("/p/2501.html");
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 404"));
  client.get("/urls.txt");
  const std::string list = client.read_to_end();
  EXPECT_EQ(std::count(list.begin(), list.end(), '\n'), 2500 + 4);
  EXPECT_THAT(list, EndsWith("\nhttp://raw.test/p/2500.html\n"));
}

}  // namespace
}  // namespace crawl::testing
