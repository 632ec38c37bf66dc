// Where a response ends (RFC 9112), whole and cut anywhere.
#include "fetch/http/http1_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "fetch/http/read_response.h"

namespace crawl::testing {
namespace {

using ::testing::ElementsAre;
using State = Http1Reader::State;
using namespace std::string_literals;

// Read at once; that it is the same in pieces is part of every test.
ReadResponse read(std::string_view bytes) {
  ReadResponse whole = read_response(bytes, bytes.size(), bytes.size() + 1);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    ReadResponse parts = read_response(bytes, cut, bytes.size() + 1);
    parts.wholes = whole.wholes;
    EXPECT_EQ(parts, whole) << "cut at " << cut << " of " << bytes;
  }
  ReadResponse bytewise = read_response(bytes, 1, 1);
  bytewise.wholes = whole.wholes;
  EXPECT_EQ(bytewise, whole) << bytes;
  return whole;
}

std::string ok(std::string_view fields, std::string_view body) {
  return "HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\n" +
         std::string(body);
}

void expect_body(const std::string& bytes, std::string_view body) {
  const ReadResponse read_it = read(bytes);
  EXPECT_EQ(read_it.state, State::kDone) << bytes << read_it.fault;
  EXPECT_EQ(read_it.body, body) << bytes;
  EXPECT_EQ(read_it.rest, "") << bytes;
}

void expect_malformed(const std::string& bytes) {
  const ReadResponse read_it = read(bytes);
  EXPECT_EQ(read_it.state, State::kMalformed) << bytes;
  EXPECT_NE(read_it.fault, "") << bytes;
}

TEST(Http1Reader, Rfc9112_6_3_ALengthEndsTheBody) {
  const ReadResponse it = read(ok("Content-Length: 5\r\n", "hello"));
  EXPECT_EQ(it.state, State::kDone);
  EXPECT_EQ(it.body, "hello");
  EXPECT_TRUE(it.keeps_alive);
  EXPECT_EQ(it.wholes, 1);
  EXPECT_THAT(it.lines, ElementsAre("HTTP/1.1 200 OK\r\n",
                                    "Content-Length: 5\r\n", "\r\n"));
}

TEST(Http1Reader, Rfc9112_6_3_WhatFollowsIsLeftOver) {
  EXPECT_EQ(read(ok("Content-Length: 5\r\n", "hello, you")).rest, ", you");
  EXPECT_EQ(read(ok("Content-Length: 0\r\n", "x")).rest, "x");
  EXPECT_EQ(read("HTTP/1.1 204 No\r\n\r\nx").rest, "x");
  EXPECT_EQ(read("HTTP/1.1 304 Same\r\nContent-Length: 5\r\n\r\nhello").rest,
            "hello");
}

TEST(Http1Reader, Rfc9112_6_3_NothingSaidMeansToTheEndOfTheConnection) {
  const ReadResponse it = read(ok("", "hello"));
  EXPECT_EQ(it.state, State::kDone);
  EXPECT_TRUE(it.complete);
  EXPECT_FALSE(it.keeps_alive);
  EXPECT_EQ(it.body, "hello");
}

TEST(Http1Reader, AConnectionThatEndsEarlyCompletesNothing) {
  for (const std::string& bytes :
       {""s, "HTTP/1.1 2"s, "HTTP/1.1 200 OK\r\nA: b\r\n"s,
        ok("Content-Length: 5\r\n", "hell"),
        ok("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n"),
        ok("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n")}) {
    EXPECT_FALSE(read(bytes).complete) << bytes;
  }
}

TEST(Http1Reader, Rfc9112_7_1_ChunksAreJoined) {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  expect_body(ok(chunked, "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"), "hello!");
  expect_body(ok(chunked, "A;x=\"y\"\r\n0123456789\r\n000;z\r\n\r\n"),
              "0123456789");
  expect_body(ok(chunked, "0\r\nTrailer: t\r\nOther: u\r\n\r\n"), "");
  expect_body(ok(chunked, "0\r\nTrailer: t\r\n \r\n u\r\n\r\n"), "");
  expect_body(ok(chunked, "5 \nhello\n0\n\n"), "hello");
  EXPECT_TRUE(read(ok(chunked, "0\r\n\r\n")).keeps_alive);
  EXPECT_EQ(read(ok(chunked, "0\r\n\r\nmore")).rest, "more");
}

TEST(Http1Reader, Rfc9112_7_1_ChunksThatBreakTheRules) {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  for (const std::string& body :
       {"\r\n"s, "x\r\n"s, "-1\r\n"s, "5\r\nhello!\r\n"s, "5\r\nhello\r\r\n"s,
        ";x\r\n"s, "5x\r\n"s, "FFFFFFFFFFFFFFFFFF\r\n"s, " 5\r\nhello"s}) {
    expect_malformed(ok(chunked, body));
  }
}

TEST(Http1Reader, AnEndlessChunkExtensionEnds) {
  const std::string bytes =
      ok("Transfer-Encoding: chunked\r\n", "5;" + std::string(100'000, 'x'));
  EXPECT_EQ(read_response(bytes, 4096, 4096).state, State::kMalformed);
}

TEST(Http1Reader, Rfc9112_6_3_TransferEncodingGoesBeforeLength) {
  const ReadResponse it =
      read(ok("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
              "5\r\nhello\r\n0\r\n\r\n"));
  EXPECT_EQ(it.body, "hello");
  EXPECT_FALSE(it.keeps_alive);
}

TEST(Http1Reader, Rfc9112_6_3_CodedButNotChunkedGoesToTheEnd) {
  const ReadResponse it = read(ok("Transfer-Encoding: gzip\r\n", "hello"));
  EXPECT_TRUE(it.complete);
  EXPECT_FALSE(it.keeps_alive);
  EXPECT_EQ(read(ok("Transfer-Encoding: chunked, gzip\r\n", "5\r\n")).body,
            "5\r\n");
  expect_body(ok("Transfer-Encoding: gzip\r\nTransfer-Encoding: CHUNKED\r\n",
                 "1\r\nx\r\n0\r\n\r\n"),
              "x");
}

TEST(Http1Reader, Rfc9112_6_3_LengthsThatAreNone) {
  for (const char* value :
       {"-1", "+1", "many", "5 5", "5x", "0x5", "5, 6", "5;q=1", ",", "1.0"}) {
    expect_malformed(ok("Content-Length: "s + value + "\r\n", "hello"));
  }
  expect_malformed(ok("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"));
  expect_malformed(ok("Content-Length: 5\r\n 6\r\n", "hello"));
}

TEST(Http1Reader, Rfc9110_8_6_ALengthMayBeRepeated) {
  expect_body(ok("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"),
              "hello");
  expect_body(ok("Content-Length: 5, 5\r\n", "hello"), "hello");
}

TEST(Http1Reader, ALengthThatNobodyCanSend) {
  const ReadResponse it =
      read(ok("Content-Length: 99999999999999999999999\r\n", "hello"));
  EXPECT_EQ(it.body, "hello");
  EXPECT_FALSE(it.complete);
}

TEST(Http1Reader, Rfc9110_15_2_InterimResponsesArePassedOver) {
  const ReadResponse it = read(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: <a>\r\n"
      "Content-Length: 9\r\n\r\n" +
      ok("Content-Length: 2\r\n", "ok"));
  EXPECT_EQ(it.state, State::kDone);
  EXPECT_EQ(it.body, "ok");
}

TEST(Http1Reader, Rfc9110_15_2_2_NobodyAskedToSwitchProtocols) {
  const ReadResponse it = read("HTTP/1.1 101 Switch\r\nUpgrade: x\r\n\r\nwhat");
  EXPECT_EQ(it.state, State::kMalformed);
  EXPECT_NE(it.fault.find("101"), std::string::npos);
  EXPECT_EQ(it.body, "");
}

TEST(Http1Reader, Rfc9112_9_3_WhoKeepsTheConnection) {
  const auto kept = [](std::string_view version, std::string_view field) {
    return read("HTTP/" + std::string(version) + " 200 OK\r\n" +
                std::string(field) + "Content-Length: 0\r\n\r\n")
        .keeps_alive;
  };
  EXPECT_TRUE(kept("1.1", ""));
  EXPECT_TRUE(kept("1.1", "Connection: keep-alive\r\n"));
  EXPECT_FALSE(kept("1.1", "Connection: close\r\n"));
  EXPECT_FALSE(kept("1.1", "connection: Upgrade, CLOSE\r\n"));
  EXPECT_FALSE(kept("1.1", "Connection: x\r\nConnection: close\r\n"));
  EXPECT_FALSE(kept("1.0", ""));
  EXPECT_TRUE(kept("1.0", "Connection: Keep-Alive\r\n"));
}

TEST(Http1Reader, Rfc9112_6_3_AnAnswerToHeadEndsWithItsHead) {
  for (const char* fields :
       {"", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n",
        "Content-Length: five\r\n"}) {
    const std::string bytes = ok(fields, "next");
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
      const ReadResponse it =
          read_response(bytes, cut, bytes.size() + 1, 10'000, true);
      EXPECT_EQ(it.state, State::kDone) << fields;
      EXPECT_TRUE(it.keeps_alive) << fields;
      EXPECT_EQ(it.body, "") << fields;
      EXPECT_EQ(it.rest, "next") << fields;
    }
  }
}

TEST(Http1Reader, WhatIsNotHttp1) {
  for (const std::string& bytes :
       {"<title>page</title>"s, "\0\1\xFF"s, "HTTP/2 200\r\n\r\n"s,
        "HTTP/1.2 200 OK\r\n\r\n"s, "HTTP/1.1\r\n\r\n"s, "HTTP/1.1 20\r\n\r\n"s,
        "HTTP/1.1 abc\r\n\r\n"s, "HTTP/1.1 2000 OK\r\n\r\n"s,
        "HTTP/1.1 099 No\r\n\r\n"s, "HTTP/1.1  200 OK\r\n\r\n"s, "\r\n"s,
        "http/1.1 200 OK\r\n\r\n"s, "ICY 200 OK\r\n\r\n"s, "HTTQ"s,
        "\rHTTP/1.1 200 OK\r\n\r\n"s}) {
    expect_malformed(bytes);
  }
}

TEST(Http1Reader, LinesMayEndWithoutCr) {
  expect_body("HTTP/1.0 200 OK\nContent-Length: 2\n\nok", "ok");
  expect_body("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", "ok");
}

TEST(Http1Reader, ANulInTheHeadIsNoHeader) {
  expect_malformed("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n"s);
}

TEST(Http1Reader, TheSinkEndsEndlessHeads) {
  const std::string line = "X: " + std::string(100, 'x') + "\r\n";
  std::string bytes = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 100; ++i) bytes += line;
  EXPECT_EQ(read_response(bytes, 1, 50, 1'000).state, State::kStopped);
  EXPECT_EQ(read_response(bytes, 9'000, 9'000, 1'000).state, State::kStopped);
  bytes = "HTTP/1.1 200 OK\r\nX: " + std::string(5'000, 'x');
  EXPECT_EQ(read_response(bytes, 100, 100, 1'000).state, State::kStopped);
  std::string interim;
  for (int i = 0; i < 100; ++i) interim += "HTTP/1.1 102 Wait\r\n\r\n";
  EXPECT_EQ(read_response(interim, 100, 100, 1'000).state, State::kStopped);
  std::string trailers = ok("Transfer-Encoding: chunked\r\n", "0\r\n");
  for (int i = 0; i < 100; ++i) trailers += line;
  EXPECT_EQ(read_response(trailers, 100, 100, 1'000).state, State::kStopped);
}

TEST(Http1Reader, AHeaderThatLooksLikeAStatusLineIsNone) {
  const ReadResponse it =
      read(ok("HTTP/1.1 100 Continue\r\nContent-Length: 2\r\n", "ok"));
  EXPECT_EQ(it.state, State::kDone);
  EXPECT_EQ(it.body, "ok");
}

}  // namespace
}  // namespace crawl::testing
