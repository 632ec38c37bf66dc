// Whatever a server does, an exchange ends once, soon, and as what it was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "fetch/fetch_fixture.h"
#include "support/closed_ports.h"
#include "support/ports.h"

namespace crawl::testing {
namespace {

using namespace std::chrono_literals;

class BadServer : public FetchTest {
 protected:
  BadServer() {
    options.max_time = 10min;
    options.max_body = 1u << 20;
  }

  void expect(const std::string& path, ErrorKind kind) {
    const FetchResult result = fetch(path);
    EXPECT_EQ(result.error, kind) << path << ": " << to_string(result.error)
                                  << ": " << result.error_message;
    EXPECT_EQ(result.error_message.empty(), kind == ErrorKind::kNone) << path;
    if (kind != ErrorKind::kNone) {
      // A page only of what could be decoded, and then it is a part of one.
      EXPECT_EQ(result.page.has_value(),
                kind == ErrorKind::kDecode && result.size_body > 0)
          << path;
      EXPECT_EQ(result.truncated, kind == ErrorKind::kDecode) << path;
      EXPECT_FALSE(result.body_digest.has_value()) << path;
    }
  }
};
INSTANTIATE_TEST_SUITE_P(, BadServer, all_ways_and_http2(), NameOfParameter());

// What HTTP/2 has no words for.
class BadHttp1Server : public BadServer {};
INSTANTIATE_TEST_SUITE_P(, BadHttp1Server, all_ways(), NameOfParameter());

TEST_P(BadServer, ClosesBeforeTheEnd) {
  for (const char* path : {"/length-long", "/close-at-once", "/close-mid-head",
                           "/close-mid-body", "/chunked-truncated"}) {
    expect(path, ErrorKind::kClosed);
  }
}

TEST_P(BadServer, Resets) {
  for (const char* path :
       {"/reset-at-once", "/reset-mid-head", "/reset-mid-body"}) {
    expect(path, ErrorKind::kClosed);
  }
}

// What was received counts, whatever the body is.
TEST_P(BadServer, RedirectsWithABrokenBody) {
  const std::string head = "HTTP/1.1 301 Moved\r\nLocation: /there\r\n";
  const struct {
    const char* path;
    std::string fields;
    const char* body;
    ErrorKind error;
  } kCases[] = {
      {"/coded", "Content-Encoding: gzip\r\nContent-Length: 5\r\n", "plain",
       ErrorKind::kDecode},
      {"/short", "Content-Length: 50\r\n", "short", ErrorKind::kClosed},
      {"/chunk", "Transfer-Encoding: chunked\r\n", "5\r\nhel",
       ErrorKind::kClosed},
      {"/size", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\nx\r\n",
       ErrorKind::kProtocol},
  };
  options.keep_body = true;  // none of them is passed over unread
  for (const auto& one : kCases) {
    // HTTP/2 has no chunks that could be wrong.
    if (is_http2() && one.error == ErrorKind::kProtocol) continue;
    site.serve(one.path, [&](const HttpRequest&) {
      return Reply().send(head + one.fields + "\r\n" + one.body).close();
    });
    const FetchResult result = fetch(one.path);
    EXPECT_EQ(result.error, one.error) << one.path;
    EXPECT_TRUE(result.headers_complete) << one.path;
    EXPECT_TRUE(result.answered()) << one.path;
    EXPECT_EQ(result.status_code, 301) << one.path;
    EXPECT_EQ(result.location, "/there") << one.path;
  }
}

TEST_P(BadHttp1Server, FramesBadly) {
  for (const char* path :
       {"/chunked-bad-size", "/chunked-huge-size", "/chunked-no-crlf",
        "/length-negative", "/length-junk"}) {
    expect(path, ErrorKind::kProtocol);
  }
}

// What is still framed well enough to be read is read.
TEST_P(BadServer, SendsMoreThanItSaid) {
  options.keep_body = true;
  const FetchResult result = fetch("/length-short");
  EXPECT_EQ(result.error, ErrorKind::kNone);
  EXPECT_EQ(result.body, "<title>");
  EXPECT_EQ(fetch("/status/200").status_code, 200);
  EXPECT_EQ(fetch("/no-content-body/204").size_body, 0u);
  EXPECT_EQ(fetch("/no-content-body/304").size_body, 0u);
}

TEST_P(BadHttp1Server, DoesNotSpeakHttp) {
  for (const char* path : {"/http09", "/garbage", "/status-line-junk",
                           "/status-line-short", "/nul-header"}) {
    expect(path, ErrorKind::kProtocol);
  }
}

TEST_P(BadHttp1Server, SwitchesProtocolsUnasked) {
  expect("/switching", ErrorKind::kProtocol);
}

TEST_P(BadHttp1Server, SendsOddHeaders) {
  options.keep_headers = true;
  for (const char* path :
       {"/control-header", "/escape-header", "/obs-fold", "/lf-only"}) {
    expect(path, ErrorKind::kNone);
  }
}

TEST_P(BadServer, SendsWhatDoesNotDecode) {
  for (const char* path : {"/gzip-not", "/br-not", "/gzip-corrupt"}) {
    expect(path, ErrorKind::kDecode);
  }
}

TEST_P(BadServer, WhatIsWrongWithItsCodingIsSaid) {
  const struct {
    const char* codings;
    std::string body;
    const char* word;
  } kCases[] = {
      {"gzip", "no such thing",
       "is not coded as the response's headers say (gzip)"},
      {"deflate, br", "\xff\xff", "say (deflate, br)"},
      {"foo, zstd", "no such thing", "say (zstd)"},
      {"gzip", std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10),
       "breaks off before the end of its coding (gzip)"},
      {"gzip,gzip,br,gzip", "x", "coded 4 times over (gzip, gzip, ...)"},
  };
  for (const std::size_t size : {0u, 1'000'000u}) {
    for (const auto& one : kCases) {
      site.serve("/coded", [&](const HttpRequest&) {
        return Reply::response(
            200,
            {{"Content-Type", "text/html"}, {"Content-Encoding", one.codings}},
            one.body + std::string(size, 'x'));
      });
      const FetchResult result = fetch("/coded");
      EXPECT_EQ(result.error, ErrorKind::kDecode) << one.codings;
      if (size > 0 && one.body.size() == 10) continue;  // goes on, and wrong
      EXPECT_THAT(result.error_message, ::testing::HasSubstr(one.word));
    }
  }
}

TEST_P(BadServer, NamesACodingThatNobodyKnows) {
  expect("/coding-unknown", ErrorKind::kNone);
}

TEST_P(BadServer, EndlessHeadersEnd) {
  for (const char* path :
       {"/endless-headers", "/endless-header-line", "/endless-1xx",
        "/big-header/300", "/many-headers/100000"}) {
    expect(path, ErrorKind::kProtocol);
  }
  expect("/many-headers/1000", ErrorKind::kNone);
  expect("/big-header/64", ErrorKind::kNone);
}

TEST_P(BadServer, TheHeaderLimitIsAnOption) {
  options.max_header_bytes = 1'000;
  expect("/big-header/1", ErrorKind::kProtocol);
  expect("/status/200", ErrorKind::kNone);
}

TEST_P(BadServer, AnEndlessBodyIsCut) {
  for (const char* path : {"/endless-body", "/endless-chunks"}) {
    const FetchResult result = fetch(path);
    EXPECT_EQ(result.error, ErrorKind::kNone) << path;
    EXPECT_TRUE(result.truncated) << path;
    EXPECT_EQ(result.size_body, options.max_body) << path;
    EXPECT_TRUE(result.page.has_value()) << path;
  }
}

TEST_P(BadServer, ABombIsCut) {
  options.keep_body = true;
  const FetchResult result = fetch("/gzip-bomb/32");
  EXPECT_EQ(result.error, ErrorKind::kNone);
  EXPECT_TRUE(result.truncated);
  EXPECT_EQ(result.size_body, options.max_body);
  EXPECT_EQ(result.body.size(), options.max_body);
  EXPECT_LE(result.body.capacity(), 2 * options.max_body);
}

TEST_P(BadServer, NeverAnswers) {
  options.max_time = 200ms;
  for (const char* path :
       {"/never", "/never-body", "/drip?ms=50", "/drip-head?ms=50"}) {
    expect(path, ErrorKind::kTimeout);
  }
}

TEST_P(BadServer, StallsBeforeItsTimeIsUp) {
  options.stall_time = 1s;
  expect("/never-body", ErrorKind::kTimeout);
}

TEST_P(BadServer, DoesNotAcceptInTime) {
  const SilentPort silent;
  options.connect_timeout = 200ms;
  const FetchResult result =
      fetch({.id = 1,
             .url = url_of(scheme() +
                           "://127.0.0.1:" + std::to_string(silent.port()))});
  EXPECT_EQ(result.error, ErrorKind::kTimeout) << result.error_message;
}

// Silent, but it accepts: what is missing is the answer, or the handshake.
TEST_P(BadServer, AcceptsAndSaysNothing) {
  const BoundSocket listener = listen_on();
  options.connect_timeout = 1s;
  options.max_time = 1500ms;
  const FetchResult result =
      fetch({.id = 1,
             .url = url_of(scheme() +
                           "://127.0.0.1:" + std::to_string(listener.port))});
  EXPECT_EQ(result.error, ErrorKind::kTimeout);
  EXPECT_THAT(result.error_message,
              ::testing::Not(::testing::HasSubstr("no connection")));
}

TEST_P(BadServer, Refuses) {
  const RefusingPort refusing;
  const FetchResult result =
      fetch({.id = 1,
             .url = url_of(scheme() +
                           "://127.0.0.1:" + std::to_string(refusing.port()))});
  EXPECT_EQ(result.error, ErrorKind::kConnect) << result.error_message;
  EXPECT_EQ(result.status_code, 0);
  EXPECT_EQ(result.http_version, "");
}

TEST_P(BadServer, DoesNotExist) {
  for (std::uint64_t i = 0; i < 20; ++i) {
    fetcher().start({.id = i, .url = url_of(scheme() + "://nobody.invalid/")});
  }
  for (const FetchResult& result : collect(20)) {
    EXPECT_EQ(result.error, ErrorKind::kDns) << result.error_message;
    EXPECT_EQ(result.remote_ip, "");
  }
}

TEST_P(BadServer, IsNotOneAtAll) {
  const FetchResult result = fetch({.id = 1, .url = url_of("ftp://a.test/")});
  EXPECT_EQ(result.error, ErrorKind::kUnsupportedScheme);
}

// A failure leaves nothing behind that the next exchange trips over.
TEST_P(BadServer, GoodAndBadTakeTurns) {
  std::vector<std::pair<std::string, ErrorKind>> paths = {
      {"/reset-mid-body", ErrorKind::kClosed},
      {"/gzip-not", ErrorKind::kDecode},
      {"/endless-body", ErrorKind::kNone},
      {"/close-at-once", ErrorKind::kClosed}};
  if (!is_http2()) {
    paths.emplace_back("/chunked-bad-size", ErrorKind::kProtocol);
    paths.emplace_back("/http09", ErrorKind::kProtocol);
  }
  for (int round = 0; round < 5; ++round) {
    for (const auto& [path, kind] : paths) {
      expect(path, kind);
      EXPECT_EQ(fetch("/gzip").page->title, "coded");
    }
  }
}

TEST_P(BadServer, OnlyWhatGoesOutIsSent) {
  const RefusingPort refusing;
  const auto is_sent = [this](const std::string& url) {
    return fetch(FetchRequest{.id = 1, .url = url_of(url)}).sent;
  };
  EXPECT_TRUE(is_sent(site.url("/reset-at-once")));
  EXPECT_TRUE(is_sent(site.url("/status/404")));
  EXPECT_FALSE(is_sent(scheme() + "://nobody.invalid/"));
  EXPECT_FALSE(is_sent(refusing.url("/")));
  if (is_tls()) {
    // Another name than its certificate's.
    options.resolve = {"other.invalid:" + std::to_string(site.port()) +
                       ":127.0.0.1"};
    drop_fetcher();
    EXPECT_FALSE(is_sent(site.url("other.invalid", "/")));
  }
}

}  // namespace
}  // namespace crawl::testing
