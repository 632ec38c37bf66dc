#include "support/loopback_site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "support/closed_ports.h"
#include "support/raw_client.h"

namespace crawl::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(LoopbackSite, AnswersWithWhatItWasGiven) {
  LoopbackSite site;
  site.serve("/a.html", "<title>A</title>");
  RawClient client(site.port());
  client.get("/a.html");
  EXPECT_EQ(client.read_response(),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: text/html; charset=utf-8\r\n"
            "Content-Length: 16\r\n"
            "\r\n"
            "<title>A</title>");
}

TEST(LoopbackSite, AnswersUnknownPathsWith404) {
  LoopbackSite site;
  RawClient client(site.port());
  client.get("/nothing");
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 404 Not Found\r\n"));
}

TEST(LoopbackSite, AHandlerThatThrowsIsAnswered500) {
  LoopbackSite site;
  site.serve("/bug", [](const HttpRequest&) -> Reply {
    throw std::runtime_error("a bug");
  });
  RawClient client(site.port());
  client.get("/bug");
  EXPECT_THAT(client.read_response(), EndsWith("a bug"));
}

TEST(LoopbackSite, KeepsTheConnectionForTheNextRequest) {
  LoopbackSite site;
  RawClient client(site.port());
  for (int i = 0; i < 3; ++i) {
    client.get("/x");
    client.read_response();
  }
  EXPECT_EQ(site.log().size(), 3U);
  EXPECT_EQ(site.log().connections(), 1U);
}

TEST(LoopbackSite, AnswersPipelinedRequestsInOrder) {
  LoopbackSite site;
  site.serve("/slow", [](const HttpRequest&) {
    return Reply().wait(milliseconds(5)).then(Reply::text("first"));
  });
  site.serve("/fast", [](const HttpRequest&) { return Reply::text("second"); });
  RawClient client(site.port());
  client.send(
      "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /fast HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.read_response(), EndsWith("first"));
  EXPECT_THAT(client.read_response(), EndsWith("second"));
  EXPECT_EQ(site.log().max_concurrent(), 1U);
}

TEST(LoopbackSite, TakesARequestInPieces) {
  LoopbackSite site;
  RawClient client(site.port());
  for (const char c : std::string("GET /piece HTTP/1.1\r\nHost: a\r\n\r\n")) {
    client.send(std::string(1, c));
  }
  client.read_response();
  EXPECT_EQ(site.log().count("/piece"), 1U);
}

TEST(LoopbackSite, ClosesAfterHttp10AndConnectionClose) {
  LoopbackSite site;
  for (const std::string request :
       {"GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"}) {
    RawClient client(site.port());
    client.send(request);
    EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 404"));
    EXPECT_EQ(client.ending(), RawClient::Ending::kClosed);
  }
}

TEST(LoopbackSite, AHeadRequestGetsNoBody) {
  LoopbackSite site;
  site.serve("/a", "<title>A</title>");
  RawClient client(site.port());
  client.send("HEAD /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.read_to_end(), EndsWith("Content-Length: 16\r\n\r\n"));
}

TEST(LoopbackSite, ReadsARequestBodyByItsLength) {
  LoopbackSite site;
  site.serve("/post", [](const HttpRequest& request) {
    return Reply::text("got " + request.body);
  });
  RawClient client(site.port());
  client.send(
      "POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
      "GET /after HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.read_response(), EndsWith("got hello"));
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 404"));
}

TEST(LoopbackSite, RefusesWhatIsNoRequestAndCloses) {
  LoopbackSite site;
  for (const std::string bytes :
       {"\x16\x03\x01", "nonsense\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n"}) {
    RawClient client(site.port());
    client.send(bytes);
    EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 400")) << bytes;
  }
}

TEST(LoopbackSite, StandsInForAProxy) {
  LoopbackSite site;
  site.serve("//far.test/page", "<title>far</title>");
  RawClient client(site.port());
  client.send(
      "GET http://far.test/page?q HTTP/1.1\r\nHost: other.test\r\n\r\n");
  EXPECT_THAT(client.read_response(), EndsWith("<title>far</title>"));
  EXPECT_EQ(site.log()[0].request.host, "far.test");
  EXPECT_EQ(site.log()[0].request.query, "q");
  client.send("CONNECT far.test:443 HTTP/1.1\r\nHost: far.test:443\r\n\r\n");
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 405"));
}

TEST(LoopbackSite, RoutesByPathThenLongestPrefixAndHostFirst) {
  LoopbackSite site;
  const auto say = [&](const std::string& pattern) {
    site.serve(pattern,
               [pattern](const HttpRequest&) { return Reply::text(pattern); });
  };
  for (const char* pattern :
       {"/*", "/a/*", "/a/b/*", "/a/b/c", "//h.test/a/*"}) {
    say(pattern);
  }
  const auto ask = [&](const std::string& host, const std::string& path) {
    RawClient client(site.port());
    client.send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    const std::string response = client.read_response();
    return response.substr(response.find("\r\n\r\n") + 4);
  };
  EXPECT_EQ(ask("x.test", "/a/b/c"), "/a/b/c");
  EXPECT_EQ(ask("x.test", "/a/b/d"), "/a/b/*");
  EXPECT_EQ(ask("x.test", "/a/b/"), "/a/b/*");
  EXPECT_EQ(ask("x.test", "/a/x/y"), "/a/*");
  EXPECT_EQ(ask("x.test", "/z"), "/*");
  EXPECT_EQ(ask("h.test:8080", "/a/b/c"), "//h.test/a/*");
  EXPECT_EQ(ask("h.test", "/z"), "/*");
}

TEST(LoopbackSite, LogsWhatArrived) {
  LoopbackSite site;
  RawClient client(site.port());
  client.send("GET /x?q=%41&r HTTP/1.1\r\nHost: a.test:1\r\nX-Y:  z \r\n\r\n");
  const std::string response = client.read_response();
  ASSERT_TRUE(site.request_log().wait_for_finished(1));
  const LogView log = site.log();
  const LoggedRequest& entry = log.find("/x");
  EXPECT_EQ(entry.request.method, "GET");
  EXPECT_EQ(entry.request.target, "/x?q=%41&r");
  EXPECT_EQ(entry.request.host, "a.test:1");
  EXPECT_EQ(entry.request.header("x-y"), "z");
  EXPECT_EQ(entry.request.query_parameter("q"), "A");
  EXPECT_EQ(entry.status, 404);
  EXPECT_EQ(entry.bytes_sent, response.size());
  EXPECT_FALSE(entry.client_left);
  EXPECT_LE(entry.started, *entry.finished);
}

TEST(LoopbackSite, LatencyComesBeforeEveryAnswer) {
  LoopbackSiteOptions options;
  options.latency = milliseconds(20);
  LoopbackSite site(options);
  RawClient client(site.port());
  client.get("/x");
  client.read_response();
  ASSERT_TRUE(site.request_log().wait_for_finished(1));
  const LogView log = site.log();
  EXPECT_GE(*log[0].finished - log[0].started, milliseconds(20));
}

TEST(LoopbackSite, WaitsOfManyConnectionsRunAtOnce) {
  LoopbackSite site;
  site.serve("/gated", [](const HttpRequest&) {
    return Reply().wait_for("all here").then(Reply::text("go"));
  });
  std::vector<std::unique_ptr<RawClient>> clients;
  for (std::size_t i = 1; i <= 200; ++i) {
    clients.push_back(std::make_unique<RawClient>(site.port()));
    clients.back()->get("/gated");
  }
  ASSERT_TRUE(site.request_log().wait_for_started(200));
  EXPECT_EQ(site.log().max_concurrent(), 200U);
  EXPECT_EQ(site.open_connections(), 200U);
  site.open_gate("all here");
  for (auto& client : clients) {
    EXPECT_THAT(client->read_response(), EndsWith("go"));
  }
  clients[0]->get("/gated");  // open for good
  EXPECT_THAT(clients[0]->read_response(), EndsWith("go"));
}

TEST(LoopbackSite, DelaysEndInTheOrderOfTheirLengths) {
  LoopbackSite site;
  site.serve("/wait/*", [](const HttpRequest& request) {
    return Reply()
        .wait(milliseconds(std::stoi(request.path.substr(6))))
        .then(Reply::text("done"));
  });
  RawClient slow(site.port());
  RawClient fast(site.port());
  slow.get("/wait/300");
  ASSERT_TRUE(site.request_log().wait_for_started(1));
  fast.get("/wait/5");
  fast.read_response();
  slow.read_response();
  ASSERT_TRUE(site.request_log().wait_for_finished(2));
  const LogView log = site.log();
  EXPECT_LT(*log.find("/wait/5").finished, *log.find("/wait/300").finished);
}

TEST(LoopbackSite, NotesAClientThatLeavesBeforeTheEnd) {
  LoopbackSite site;
  site.serve("/hang", [](const HttpRequest&) { return Reply().hang(); });
  {
    RawClient client(site.port());
    client.get("/hang");
    ASSERT_TRUE(site.request_log().wait_for_started(1));
    EXPECT_EQ(site.log().max_concurrent(), 1U);
  }
  ASSERT_TRUE(site.request_log().wait_for_finished(1));
  EXPECT_TRUE(site.log()[0].client_left);
  EXPECT_EQ(site.log()[0].status, 0);
}

TEST(LoopbackSite, EndsWithRepliesUnderWay) {
  auto site = std::make_unique<LoopbackSite>();
  site->serve("/hang", [](const HttpRequest&) { return Reply().hang(); });
  site->serve("/wait", [](const HttpRequest&) {
    return Reply().wait(std::chrono::hours(1));
  });
  RawClient hanging(site->port());
  RawClient waiting(site->port());
  hanging.get("/hang");
  waiting.get("/wait");
  ASSERT_TRUE(site->request_log().wait_for_started(2));
  site.reset();
  EXPECT_EQ(hanging.read_to_end(), "");
  EXPECT_EQ(waiting.read_to_end(), "");
}

TEST(LoopbackSite, ASlowReaderHoldsUpNobody) {
  LoopbackSite site;
  site.serve("/endless", [](const HttpRequest&) {
    return Reply().generate([](std::string& out) {
      out.append(100'000, 'x');
      return true;
    });
  });
  RawClient stuck(site.port());
  stuck.get("/endless");
  ASSERT_TRUE(site.request_log().wait_for_started(1));
  RawClient other(site.port());
  for (int i = 0; i < 100; ++i) {
    other.get("/x");
    EXPECT_THAT(other.read_response(), StartsWith("HTTP/1.1 404"));
  }
}

TEST(LoopbackSite, AGeneratedBodyMayBeLong) {
  LoopbackSite site;
  site.serve("/long", [](const HttpRequest&) {
    return Reply()
        .generate([left = 200](std::string& out) mutable {
          if (left == 0) return false;
          --left;
          out.append(100'000, 'x');
          return true;
        })
        .close();
  });
  RawClient client(site.port());
  client.get("/long");
  EXPECT_EQ(client.read_to_end().size(), 20'000'000U);
}

TEST(LoopbackSite, ListensOnOtherLoopbackAddresses) {
  LoopbackSiteOptions options;
  options.address = "127.0.0.2";
  LoopbackSite site(options);
  EXPECT_THAT(site.url("/a"), StartsWith("http://127.0.0.2:"));
  options.address = "not an address";
  EXPECT_THROW(LoopbackSite{options}, std::system_error);
}

TEST(LoopbackSite, APortInUseIsAnError) {
  LoopbackSite first;
  LoopbackSiteOptions options;
  options.port = first.port();
  EXPECT_THROW(LoopbackSite{options}, std::system_error);
}

TEST(LogView, MeasuresPolitenessByHost) {
  const LoggedRequest::time_point zero{};
  const auto entry = [&](std::string host, int from, int to) {
    LoggedRequest logged;
    logged.request.host = std::move(host);
    logged.request.connection = static_cast<std::uint64_t>(from);
    logged.started = zero + milliseconds(from);
    if (to > 0) logged.finished = zero + milliseconds(to);
    return logged;
  };
  const LogView log({entry("a", 0, 10), entry("b", 5, 25), entry("a", 10, 30),
                     entry("A", 40, 0), entry("b", 50, 60)});
  EXPECT_EQ(log.max_concurrent(), 2U);
  EXPECT_EQ(log.max_concurrent("a"), 1U);
  EXPECT_EQ(log.min_gap(), milliseconds(5));
  EXPECT_EQ(log.min_gap("a"), milliseconds(10));
  EXPECT_EQ(log.min_gap("b"), milliseconds(45));
  EXPECT_EQ(log.min_gap("c"), std::nullopt);
  EXPECT_EQ(log.connections("a"), 3U);
}

TEST(RequestLog, StartsAfreshWhenCleared) {
  LoopbackSite site;
  site.serve("/gated", [](const HttpRequest&) {
    return Reply().wait_for("go").then(Reply::text("gone"));
  });
  RawClient old(site.port());
  old.get("/gated");
  ASSERT_TRUE(site.request_log().wait_for_started(1));
  site.clear_log();
  site.open_gate("go");
  old.read_response();
  old.get("/new");
  old.read_response();
  ASSERT_TRUE(site.request_log().wait_for_finished(1));
  ASSERT_EQ(site.log().size(), 1U);
  EXPECT_EQ(site.log()[0].request.path, "/new");
}

TEST(ClosedPorts, ARefusingPortRefuses) {
  const RefusingPort port;
  EXPECT_THROW(RawClient{port.port()}, std::system_error);
}

}  // namespace
}  // namespace crawl::testing
