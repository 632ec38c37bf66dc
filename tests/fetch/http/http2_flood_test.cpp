// HTTP/2 servers that send without end, or not at all, or what nobody asked
// for.
#include <gtest/gtest.h>

#include <cstdint>
#include <future>
#include <list>
#include <string>
#include <utility>
#include <vector>

#include "fetch/http/http2_hostile.h"

namespace crawl::testing {
namespace {

INSTANTIATE_TEST_SUITE_P(, Http2Hostile, all_fetchers(), NameOfParameter());

// --- Floods end with the connection, long before any time limit.

TEST_P(Http2Hostile, FloodsEndTheConnection) {
  options.max_time = std::chrono::minutes(3);
  options.stall_time = std::chrono::minutes(3);
  const std::vector<Case> floods{
      {"empty DATA", {}, [](auto id) { return h2::data(id, ""); }},
      {"padding only",
       {},
       [](auto id) { return h2::padded_data(id, "", 255); }},
      {"PRIORITY", {}, [](auto id) { return h2::priority(id); }},
      {"WINDOW_UPDATE", {}, [](auto id) { return h2::window_update(id, 1); }},
      {"WINDOW_UPDATE of the connection",
       {},
       [](auto) { return h2::window_update(0, 1); }},
      {"RST_STREAM", {}, [](auto) { return h2::rst(1, 0); }},
      {"PING", {}, [](auto) { return h2::ping(); }},
      {"PING ACK",
       {},
       [](auto) { return h2::frame(h2::kPing, h2::kAck, 0, "12345678"); }},
      {"SETTINGS", {}, [](auto) { return h2::settings({}); }},
      {"SETTINGS with values",
       {},
       [](auto) {
         return h2::settings({{h2::kInitialWindowSize, 1}});
       }},
      {"GOAWAY", {}, [](auto) { return h2::goaway(0x7fffffff, 0); }},
      {"unknown frames",
       {},
       [](auto id) { return h2::frame(0xee, 0, id, "what"); }},
      {"large unknown frames",
       {},
       [](auto) { return h2::frame(0xee, 0, 0, std::string(16'384, 'x')); }},
      {"1xx",
       {},
       [](auto id) {
         return h2::headers(id, {{":status", "103"}});
       }},
  };
  for (const Case& flood : floods) {
    SCOPED_TRACE(flood.name);
    const Http2Site server(identity(), [&flood](Peer& peer,
                                                const Request& request) {
      if (request.path != "/bad") {
        peer.send(h2::answer(request.stream, good_body()));
        return;
      }
      peer.send(begun(request.stream)
                    .substr(0, flood.name == "1xx" ? 0 : std::string::npos));
      peer.flood(repeated(flood.bytes(request.stream),
                          flood.name.starts_with("large") ? 1 : 200));
    });
    for (const FetchResult& result : fetch_all(server, good)) {
      if (result.id == kAtFault) {
        expect_end(result, {kProtocol, kClosed});
      } else {
        expect_good(result);
      }
    }
  }
}

TEST_P(Http2Hostile, AFloodOfContinuationEndsTheConnection) {
  options.max_time = std::chrono::minutes(3);
  options.stall_time = std::chrono::minutes(3);
  for (const std::string& more :
       {std::string(), h2::block({{"a", "b"}}),
        h2::block({{"a", std::string(16'000, 'x')}})}) {
    SCOPED_TRACE(more.size());
    const Http2Site server(
        identity(), [&more](Peer& peer, const Request& request) {
          if (request.path != "/bad") {
            peer.send(h2::answer(request.stream, good_body()));
            return;
          }
          peer.send(h2::headers(request.stream, kOk, h2::kNoFlags));
          peer.flood(repeated(h2::continuation(request.stream, more), 50));
        });
    for (const FetchResult& result : fetch_all(server, good)) {
      if (result.id == kAtFault) {
        expect_end(result, {kProtocol, kClosed});
      } else {
        expect_good(result);
      }
    }
  }
}

// As many as the limit for headers needs, and of every answer.
TEST_P(Http2Hostile, LongHeadersAreNoFlood) {
  constexpr int kContinuations = 200;
  constexpr std::size_t kAnswers = 30;
  const std::string more = h2::block({{"x-long", std::string(1'000, 'x')}});
  const Http2Site server(
      identity(), [&more](Peer& peer, const Request& request) {
        std::string out = h2::headers(request.stream, kOk, h2::kNoFlags);
        for (int i = 1; i <= kContinuations; ++i) {
          out += h2::continuation(
              request.stream, more,
              i == kContinuations ? h2::kEndHeaders : h2::kNoFlags);
        }
        peer.send(out + h2::data(request.stream, good_body(), h2::kEndStream));
      });
  for (std::uint64_t id = 0; id < kAnswers; ++id) {
    fetcher().start(
        {.id = id, .url = url_of(server.url("/" + std::to_string(id)))});
  }
  for (const FetchResult& result : collect(kAnswers)) expect_good(result);
  EXPECT_EQ(server.connections(), 1u);
}

// --- Idle connections.

TEST_P(Http2Hostile, NothingOnAnIdleConnectionAnswersTheNextRequest) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"an answer", h2::answer(3, "<title>false</title>")},
      {"DATA", h2::data(3, "<title>false</title>", h2::kEndStream)},
      {"the old stream again", h2::answer(1, "<title>false</title>")},
      {"a push", h2::push_promise(1, 2, {{":path", "/"}})},
      {"HTTP/1.1", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfalse"},
      {"GOAWAY", h2::goaway(1, 0)},
      {"PING", h2::ping()},
      {"half a frame", h2::answer(3, "false").substr(0, 12)},
  };
  for (const auto& [name, bytes] : cases) {
    SCOPED_TRACE(name);
    const std::string& extra = bytes;
    const Http2Site server(
        identity(), [&extra](Peer& peer, const Request& request) {
          peer.send(h2::answer(request.stream, good_body()) +
                    (peer.index() == 0 && request.stream == 1 ? extra
                                                              : std::string()));
        });
    options.stall_time = std::chrono::seconds(2);
    for (int i = 0; i < 3; ++i) {
      const FetchResult result =
          fetch({.id = 1, .url = url_of(server.url("/" + std::to_string(i)))});
      if (name == "half a frame" && i == 1) {
        // What is said there is all its own fault.
        EXPECT_NE(result.body, "false");
      } else {
        expect_good(result);
      }
    }
  }
}

TEST_P(Http2Hostile, ARequestOnAConnectionJustClosedGoesOutAgain) {
  for (const bool notify : {true, false}) {
    for (int round = 0; round < 10; ++round) {
      std::promise<void> closed;
      const Http2Site server(
          identity(), [&](Peer& peer, const Request& request) {
            peer.send(h2::answer(request.stream, good_body()));
            if (peer.index() > 0) return;
            peer.close(notify);
            closed.set_value();
          });
      expect_good(fetch({.id = 1, .url = url_of(server.url("/1"))}));
      closed.get_future().wait();
      const FetchResult result =
          fetch({.id = 2, .url = url_of(server.url("/2"))});
      expect_good(result);
      EXPECT_FALSE(result.reused_connection);
    }
  }
}

// --- Time.

// Each of these would go on for ever.
TEST_P(Http2Hostile, TimeLimitsHoldWhateverArrives) {
  options.stall_time = std::chrono::seconds(2);
  options.max_time = std::chrono::seconds(8);
  const std::vector<Case> endless{
      {"nothing", {}, [](auto) { return std::string(); }},
      {"headers only", {}, [](auto id) { return h2::headers(id, kOk); }},
      {"part of a body", {}, [](auto id) { return begun(id); }},
      {"no window",
       {},
       [](auto) {
         return h2::settings({{h2::kInitialWindowSize, 0}});
       }},
      {"half a frame",
       {},
       [](auto id) {
         return id == 1 ? h2::headers(id, kOk).substr(0, 20) : std::string();
       }},
      {"PING", {}, [](auto) { return h2::ping(); }},
  };
  std::list<Http2Site> sites;
  std::uint64_t id = 0;
  for (const Case& row : endless) {
    const Http2Site& server = sites.emplace_back(
        identity(), [&row](Peer& peer, const Request& request) {
          peer.send(row.bytes(request.stream));
        });
    for (int i = 0; i < 2; ++i) {
      fetcher().start(
          {.id = id++, .url = url_of(server.url("/" + std::to_string(i)))});
    }
  }
  for (int i = 0; i < 10; ++i) {
    fetcher().start({.id = 100u + static_cast<unsigned>(i),
                     .url = url_of(good.url("/" + std::to_string(i)))});
  }
  for (const FetchResult& result : collect(id + 10)) {
    if (result.id >= 100) {
      expect_good(result);
    } else {
      SCOPED_TRACE(endless[result.id / 2].name);
      expect_end(result, {ErrorKind::kTimeout});
    }
  }
}

// It is alive, and answers nothing.
TEST_P(Http2Hostile, AConnectionOnWhichPagesTimeOutIsRetired) {
  options.stall_time = std::chrono::seconds(2);
  for (const bool alive : {false, true}) {
    SCOPED_TRACE(alive);
    const Http2Site server(
        identity(), [alive](Peer& peer, const Request& request) {
          if (peer.index() > 0) {
            peer.send(h2::answer(request.stream, good_body()));
          } else if (alive) {
            peer.send(h2::ping());
          }
        });
    for (std::uint64_t i = 0; i < 3; ++i) {
      fetcher().start(
          {.id = i, .url = url_of(server.url("/" + std::to_string(i)))});
    }
    for (const FetchResult& result : collect(3)) {
      expect_end(result, {ErrorKind::kTimeout});
    }
    expect_good(fetch({.id = 9, .url = url_of(server.url("/next"))}));
    EXPECT_EQ(server.connections(), 2u);
  }
}

// --- Pages that are cut.

// The server sends what it has sent when it learns that no more is wanted.
TEST_P(Http2Hostile, WhatIsStillOnItsWayWhenABodyIsCutIsNoFlood) {
  options.keep_body = false;
  const Http2Site server(identity(), [](Peer& peer, const Request& request) {
    std::string out = h2::headers(request.stream, kOk);
    out += repeated(h2::data(request.stream, std::string(1'000, 'x')), 900);
    out += h2::data(request.stream, "", h2::kEndStream);
    peer.send(out);
  });
  for (std::uint64_t i = 0; i < 8; ++i) {
    FetchRequest wanted{.id = i,
                        .url = url_of(server.url("/" + std::to_string(i)))};
    wanted.max_body = 500;
    fetcher().start(std::move(wanted));
  }
  for (const FetchResult& result : collect(8)) {
    EXPECT_EQ(result.error, kNone) << result.error_message;
    EXPECT_TRUE(result.truncated);
  }
  EXPECT_EQ(server.connections(), 1u);
}

}  // namespace
}  // namespace crawl::testing
