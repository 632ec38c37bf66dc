// How HTTP/1.1 connections are shared out, used again, and left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "fetch/fetch_fixture.h"

namespace crawl::testing {
namespace {

using namespace std::chrono_literals;

class Http1 : public FetchTest {
 protected:
  // One after the other.
  std::vector<FetchResult> in_turn(const std::vector<std::string>& paths) {
    std::vector<FetchResult> results;
    for (const std::string& path : paths) results.push_back(fetch(path));
    return results;
  }
  void expect_good(const FetchResult& result) {
    EXPECT_EQ(result.error, ErrorKind::kNone) << result.error_message;
    EXPECT_EQ(result.status_code, 200);
  }
};
INSTANTIATE_TEST_SUITE_P(, Http1, all_ways(), NameOfParameter());

// Neither half a header block nor one that says two things at a time counts.
TEST_P(Http1, RedirectsWithHeadersThatCannotBeBelieved) {
  const char* const kFields[] = {"X-Half: ", "Content-Length: 5x\r\n\r\nhello",
                                 "Content-Length: 5, 6\r\n\r\nhello!"};
  for (const std::string fields : kFields) {
    site.serve("/r", [&](const HttpRequest&) {
      return Reply()
          .send("HTTP/1.1 301 Moved\r\nLocation: /there\r\n" + fields)
          .close();
    });
    EXPECT_FALSE(fetch("/r").answered()) << fields;
  }
}

TEST_P(Http1, Rfc9112_9_3_1_ARequestOnAConnectionJustClosedIsRepeated) {
  std::atomic<int> asked{0};
  site.serve("/second-fails", [&asked](const HttpRequest&) {
    // The server closes the connection as the second request arrives on it.
    return ++asked == 2 ? Reply().close() : Reply::html("<title>x</title>");
  });
  for (const FetchResult& result :
       in_turn({"/second-fails", "/second-fails", "/second-fails"})) {
    expect_good(result);
  }
  EXPECT_EQ(asked, 4);
}

TEST_P(Http1, AResetInPlaceOfAnAnswerIsRepeatedToo) {
  std::atomic<int> asked{0};
  site.serve("/second-fails", [&asked](const HttpRequest&) {
    return ++asked == 2 ? Reply().reset() : Reply::html("<title>x</title>");
  });
  for (const FetchResult& result :
       in_turn({"/second-fails", "/second-fails"})) {
    expect_good(result);
  }
}

TEST_P(Http1, WhatAnEarlierResponseLeftBehindIsNoAnswer) {
  std::atomic<int> asked{0};
  site.serve("/leaves-more", [&asked](const HttpRequest&) {
    return ++asked == 2 ? Reply().send(
                              "\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
                              "\r\nok")
                        : Reply::html("<title>x</title>");
  });
  for (const FetchResult& result : in_turn({"/leaves-more", "/leaves-more"})) {
    expect_good(result);
    ASSERT_TRUE(result.page);
    EXPECT_EQ(result.page->title, "x");
  }
  EXPECT_EQ(asked, 3);
}

TEST_P(Http1, AFreshConnectionsNonsenseIsNotAskedForAgain) {
  std::atomic<int> asked{0};
  site.serve("/nonsense", [&asked](const HttpRequest&) {
    ++asked;
    return Reply().send("nonsense").close();
  });
  EXPECT_EQ(fetch("/nonsense").error, ErrorKind::kProtocol);
  EXPECT_EQ(asked, 1);
}

TEST_P(Http1, AFreshConnectionIsOneIfAskedFor) {
  expect_good(fetch("/status/200"));
  EXPECT_TRUE(fetch("/status/200").reused_connection);
  FetchRequest fresh = request("/status/200");
  fresh.fresh_connection = true;
  EXPECT_FALSE(fetch(std::move(fresh)).reused_connection);
  EXPECT_TRUE(fetch("/status/200").reused_connection);
}

TEST_P(Http1, ANewConnectionIsTriedOnce) {
  std::atomic<int> asked{0};
  site.serve("/never-answers", [&asked](const HttpRequest&) {
    ++asked;
    return Reply().close();
  });
  EXPECT_EQ(fetch("/never-answers").error, ErrorKind::kClosed);
  EXPECT_EQ(asked, 1);
  expect_good(fetch("/status/200"));
  EXPECT_EQ(fetch("/never-answers").error, ErrorKind::kClosed);
  EXPECT_EQ(asked, 3);  // once on the used connection, once on a new one
}

TEST_P(Http1, AnAnswerThatBreaksOffIsNotRepeated) {
  std::atomic<int> asked{0};
  site.serve("/half", [&asked](const HttpRequest&) {
    ++asked;
    return Reply().send("HTTP/1.1 200 OK\r\nConte").close();
  });
  expect_good(fetch("/status/200"));
  EXPECT_EQ(fetch("/half").error, ErrorKind::kClosed);
  EXPECT_EQ(asked, 1);
}

TEST_P(Http1, WhatFollowsAResponseReachesNoOther) {
  site.serve("/double", [](const HttpRequest&) {
    return Reply().send(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 23\r\n"
        "\r\n<title>poisoned</title>");
  });
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(fetch("/double").size_body, 2u);
    EXPECT_EQ(fetch("/gzip").page->title, "coded");
  }
}

// It is there before the connection is wanted again, though nobody has looked.
TEST_P(Http1, Rfc9112_9_2_WhatComesUnaskedIsNoAnswer) {
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  const std::pair<const char*, Reply> kCases[] = {
      {"an answer",
       Reply().send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
                    "Content-Length: 23\r\n\r\n<title>poisoned</title>")},
      {"a timeout", Reply()
                        .send("HTTP/1.1 408 Request Timeout\r\n"
                              "Content-Length: 0\r\n\r\n")
                        .close()},
      {"half an answer", Reply().send("HTTP/1.1 200 OK\r\nContent-Type: te")},
      {"an empty line", Reply().send("\r\n")},
      {"the end", Reply().close()},
      {"a cut", Reply().cut()},
      {"a reset", Reply().reset()},
  };
  std::size_t asked = 0;
  for (const auto& [what, unasked] : kCases) {
    SCOPED_TRACE(what);
    Reply first = Reply().send(answer).wait_for(what).then(unasked);
    site.serve("/first", [first](const HttpRequest&) { return first; });
    expect_good(fetch("/first"));
    site.open_gate(what);
    ASSERT_TRUE(site.request_log().wait_for_finished(++asked));
    const FetchResult result = fetch("/gzip");
    expect_good(result);
    EXPECT_FALSE(result.reused_connection);
    ASSERT_TRUE(result.page.has_value());
    EXPECT_EQ(result.page->title, "coded");
    ASSERT_TRUE(site.request_log().wait_for_finished(++asked));
    EXPECT_EQ(site.log().size(), asked);
  }
}

// It was on its way when the request came, and is not the answer to it; on a
// new connection it is, and so is one that leaves the connection open.
TEST_P(Http1, Rfc9110_15_5_9_A408OnAUsedConnectionIsNoAnswer) {
  std::atomic<int> asked{0};
  bool closes = true;
  site.serve("/second-late", [&](const HttpRequest&) {
    if (++asked != 2) return Reply::html("<title>x</title>");
    return closes ? Reply()
                        .send(
                            "HTTP/1.1 408 Request Timeout\r\nConnection: "
                            "close\r\nContent-Length: 4\r\n\r\nlate")
                        .close()
                  : Reply::html("late", 408);
  });
  for (const FetchResult& result : in_turn({"/second-late", "/second-late"})) {
    expect_good(result);
    EXPECT_FALSE(result.reused_connection);
    ASSERT_TRUE(result.page);
    EXPECT_EQ(result.page->title, "x");
  }
  EXPECT_EQ(asked, 3);
  asked = 0;
  closes = false;
  EXPECT_EQ(in_turn({"/second-late", "/second-late"})[1].status_code, 408);
  site.serve("/late", [&](const HttpRequest&) {
    ++asked;
    return Reply()
        .send("HTTP/1.1 408 Late\r\nContent-Length: 0\r\n\r\n")
        .close();
  });
  asked = 0;
  FetchRequest fresh = request("/late");
  fresh.fresh_connection = true;
  EXPECT_EQ(fetch(std::move(fresh)).status_code, 408);
  EXPECT_EQ(asked, 1);
}

TEST_P(Http1, AnUnaskedAnswerReachesNoOne) {
  site.serve("/late", [](const HttpRequest&) {
    return Reply()
        .send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        .wait(20ms)
        .send(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
            "Content-Length: 23\r\n\r\n<title>poisoned</title>")
        .close();
  });
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(fetch("/late").size_body, 2u);
    fetch("/delay/40");
    EXPECT_EQ(fetch("/gzip").page->title, "coded");
  }
}

TEST_P(Http1, ConnectionsSaidToCloseAreNotUsedAgain) {
  site.serve("/closing", [](const HttpRequest&) {
    return Reply::response(
        200, {{"Connection", "close"}, {"Content-Type", "text/html"}}, "x");
  });
  for (const FetchResult& result : in_turn({"/closing", "/closing"})) {
    expect_good(result);
    EXPECT_FALSE(result.reused_connection);
  }
}

TEST_P(Http1, OtherPortsAreOtherHosts) {
  LoopbackSite other(site_options());
  add_routes(other);
  expect_good(fetch("/status/200"));
  const FetchResult there =
      fetch({.id = 1, .url = url_of(other.url("/status/200"))});
  expect_good(there);
  EXPECT_FALSE(there.reused_connection);
  EXPECT_EQ(other.log().size(), 1u);
}

TEST_P(Http1, Ipv6Works) {
  LoopbackSiteOptions six_options = site_options();
  six_options.address = "::1";
  LoopbackSite six(std::move(six_options));
  six.serve("/page", "<title>six</title>");
  for (const bool again : {false, true}) {
    const FetchResult result =
        fetch({.id = 1, .url = url_of(six.url("/page"))});
    expect_good(result);
    EXPECT_EQ(result.remote_ip, "::1");
    EXPECT_EQ(result.reused_connection, again);
    EXPECT_EQ(result.page->title, "six");
  }
}

TEST_P(Http1, ALargePageIsReadWhole) {
  std::string page = "<title>large</title>";
  while (page.size() < 3u << 20) page += "<a href=/x>x</a> some text ";
  site.serve("/large", page);
  options.keep_body = true;
  const FetchResult result = fetch("/large");
  expect_good(result);
  EXPECT_TRUE(result.body == page);
  EXPECT_EQ(result.page->title, "large");
}

TEST_P(Http1, AHostHeaderOfTheUsersIsSent) {
  options.headers = {{"Host", "elsewhere.test"}};
  fetch("/status/200");
  ASSERT_EQ(site.log().size(), 1u);
  EXPECT_EQ(site.log()[0].request.host, "elsewhere.test");
}

TEST_P(Http1, EveryRequestIsTheSame) {
  options.user_agent = "test/1.0";
  options.headers = {{"X-One", "1"}};
  fetch("/a?b=c");
  const auto log = site.log();
  ASSERT_EQ(log.size(), 1u);
  std::vector<std::string> names;
  for (const auto& header : log[0].request.headers) {
    names.push_back(header.first);
  }
  EXPECT_THAT(names,
              ::testing::UnorderedElementsAre("Host", "Accept", "X-One",
                                              "User-Agent", "Accept-Encoding"));
  EXPECT_EQ(log[0].request.target, "/a?b=c");
}

TEST_P(Http1, FewerConnectionsAreKeptThanWereOpen) {
  options.max_connections = 8;
  std::vector<FetchResult> results;
  for (std::uint64_t id = 0; id < 4; ++id) {
    FetchRequest wanted = request("/status/200");
    wanted.id = id;
    fetcher().start(std::move(wanted));
  }
  collect(4);
  LoopbackSite second(site_options());
  add_routes(second);
  for (std::uint64_t id = 0; id < 8; ++id) {
    fetcher().start({.id = id, .url = url_of(second.url("/status/200"))});
  }
  for (const FetchResult& result : collect(8)) expect_good(result);
  EXPECT_LE(site.open_connections() + second.open_connections(), 12u);
}

}  // namespace
}  // namespace crawl::testing
