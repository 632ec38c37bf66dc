// HTTP/2 servers that break its rules, or their word: in frames, in answers, by
// going away.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fetch/http/http2_hostile.h"

namespace crawl::testing {
namespace {

INSTANTIATE_TEST_SUITE_P(, Http2Hostile, all_fetchers(), NameOfParameter());

// --- The rules of the connection are broken, behind a part of a page.

std::vector<Case> broken_connections() {
  const auto behind_part = [](std::function<std::string(std::int32_t)> wrong) {
    return [wrong = std::move(wrong)](std::int32_t id) {
      return begun(id) + wrong(id);
    };
  };
  // The fault may not be laid at one page's door: then it is asked for again.
  const std::set<ErrorKind> ends{kProtocol, kClosed};
  std::vector<Case> cases{
      {"a frame over SETTINGS_MAX_FRAME_SIZE", ends, behind_part([](auto id) {
         return h2::data(id, std::string(16'385, 'x'));
       })},
      {"CONTINUATION alone", ends, behind_part([](auto id) {
         return h2::continuation(id, {}, h2::kEndHeaders);
       })},
      {"padding longer than the frame", ends, behind_part([](auto id) {
         return h2::frame(h2::kData, h2::kPadded, id,
                          "\x20"
                          "abc");
       })},
      {"padding of HEADERS longer than the frame", ends,
       [](auto id) {
         return h2::frame(h2::kHeaders, h2::kPadded | h2::kEndHeaders, id,
                          "\x20"
                          "abc");
       }},
      {"padded without a length", ends, behind_part([](auto id) {
         return h2::frame(h2::kData, h2::kPadded, id, "");
       })},
      {"HPACK of no meaning", ends,
       [](auto id) {
         return h2::frame(h2::kHeaders, h2::kEndHeaders, id,
                          std::string(20, '\xff'));
       }},
      {"an HPACK index that is nowhere", ends,
       [](auto id) {
         return h2::frame(h2::kHeaders, h2::kEndHeaders, id, "\xfe");
       }},
      {"an HPACK table larger than agreed", ends,
       [](auto id) {
         return h2::frame(h2::kHeaders, h2::kEndHeaders, id,
                          "\x3f\xe1\xff\xff\x03\x88");
       }},
      {"HPACK cut short", ends,
       [](auto id) {
         return h2::frame(h2::kHeaders, h2::kEndHeaders, id,
                          std::string("\x00\x07:sta", 6));
       }},
      {"another frame between HEADERS and CONTINUATION", ends,
       [](auto id) {
         return h2::headers(id, kOk, h2::kNoFlags) + h2::data(id, "x");
       }},
      {"HEADERS of another stream before CONTINUATION", ends,
       [](auto id) {
         return h2::headers(id, kOk, h2::kNoFlags) + h2::headers(1, kOk);
       }},
      {"RST_STREAM of a wrong size", ends, behind_part([](auto id) {
         return h2::frame(h2::kRstStream, 0, id, "abc");
       })},
      {"WINDOW_UPDATE of a wrong size", ends, behind_part([](auto id) {
         return h2::frame(h2::kWindowUpdate, 0, id, "abc");
       })},
      {"a push that was refused beforehand", ends, behind_part([](auto id) {
         return h2::push_promise(id, 2,
                                 {{":method", "GET"},
                                  {":scheme", "https"},
                                  {":authority", "127.0.0.1"},
                                  {":path", "/pushed"}});
       })},
  };
  return cases;
}

TEST_P(Http2Hostile, AConnectionThatBreaksTheRulesCostsOnlyThePageAtFault) {
  for (const Case& row : broken_connections()) check(row);
}

// Nobody's page is at fault: all are asked for again, and end well where the
// next connection is good.
TEST_P(Http2Hostile, AFaultOfTheConnectionCostsNoPage) {
  const std::vector<std::pair<std::string, std::string>> faults{
      {"DATA on stream 0", h2::data(0, "x")},
      {"HEADERS on stream 0", h2::headers(0, kOk)},
      {"RST_STREAM on stream 0", h2::rst(0, 0)},
      {"PRIORITY on stream 0", h2::priority(0)},
      {"SETTINGS on a stream", h2::frame(h2::kSettings, 0, 99, "")},
      {"SETTINGS of a wrong size", h2::frame(h2::kSettings, 0, 0, "abc")},
      {"SETTINGS ACK with values",
       h2::frame(h2::kSettings, h2::kAck, 0, h2::number(0, 6))},
      {"SETTINGS_ENABLE_PUSH 2", h2::settings({{h2::kEnablePush, 2}})},
      {"SETTINGS_INITIAL_WINDOW_SIZE too large",
       h2::settings({{h2::kInitialWindowSize, 0x80000000u}})},
      {"SETTINGS_MAX_FRAME_SIZE too small",
       h2::settings({{h2::kMaxFrameSize, 1}})},
      {"SETTINGS_MAX_FRAME_SIZE too large",
       h2::settings({{h2::kMaxFrameSize, 1u << 24}})},
      {"PING of a wrong size", h2::frame(h2::kPing, 0, 0, "abc")},
      {"PING on a stream", h2::frame(h2::kPing, 0, 99, "12345678")},
      {"GOAWAY of a wrong size", h2::frame(h2::kGoaway, 0, 0, "abc")},
      {"GOAWAY on a stream", h2::frame(h2::kGoaway, 0, 99, h2::number(0, 8))},
      {"WINDOW_UPDATE 0", h2::window_update(0, 0)},
      {"a window that overflows", h2::window_update(0, 0x7fffffff)},
      {"an answer to no request", h2::headers(2, kOk)},
      {"an answer to a later request", h2::headers(99, kOk)},
      {"DATA of a stream that never was", h2::data(99, "x")},
      {"RST_STREAM of a stream that never was", h2::rst(99, 0)},
      {"HTTP/1.1", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"},
      {"no protocol at all", std::string(64, '\xff')},
  };
  for (const auto& [name, bytes] : faults) {
    SCOPED_TRACE(name);
    const std::string& wrong = bytes;
    const Http2Site server(
        identity(), [&wrong](Peer& peer, const Request& request) {
          if (peer.index() > 0) {
            peer.send(h2::answer(request.stream, good_body()));
          } else if (peer.requests().size() == kPages) {
            std::string out;
            for (const Request& each : peer.requests()) {
              out += begun(each.stream);
            }
            peer.send(out + wrong);
          }
        });
    for (const FetchResult& result : fetch_all(server, good)) {
      expect_good(result);
    }
    EXPECT_EQ(server.connections(), 2u);
  }
}

// --- A page breaks the rules, the connection does not.

std::vector<Case> broken_pages() {
  const auto head = [](Fields fields) {
    return [fields = std::move(fields)](std::int32_t id) {
      return h2::headers(id, fields) + h2::data(id, "x", h2::kEndStream);
    };
  };
  const std::set<ErrorKind> ends{kProtocol};
  const std::set<ErrorKind> broken_off{kClosed};
  std::vector<Case> cases{
      {"no :status", ends, head({{"content-type", "text/html"}})},
      {"two of :status", ends, head({{":status", "200"}, {":status", "204"}})},
      {"an unknown pseudo field", ends, head(with(kOk, ":what", "x"))},
      {"a request's pseudo field", ends,
       head({{":status", "200"}, {":path", "/"}})},
      {"a pseudo field behind others", ends,
       head({{"content-type", "text/html"}, {":status", "200"}})},
      {":status of letters", ends, head({{":status", "abc"}})},
      {":status of two digits", ends, head({{":status", "20"}})},
      {":status 000", ends, head({{":status", "000"}})},
      {":status 050", ends, head({{":status", "050"}})},
      {":status of four digits", ends, head({{":status", "2000"}})},
      {":status with a sign", ends, head({{":status", "+20"}})},
      {"an empty :status", ends, head({{":status", ""}})},
      {"a name in upper case", ends, head(with(kOk, "X-Upper", "x"))},
      {"a name with a blank", ends, head(with(kOk, "a b", "x"))},
      {"a name with a line break", ends, head(with(kOk, "a\r\nb", "x"))},
      {"a value with a line break", ends, head(with(kOk, "a", "b\r\nc: d"))},
      {"a value with a zero byte", ends,
       head(with(kOk, "a", std::string("b\0c", 3)))},
      {"connection", ends, head(with(kOk, "connection", "close"))},
      {"keep-alive", ends, head(with(kOk, "keep-alive", "timeout=5"))},
      {"proxy-connection", ends, head(with(kOk, "proxy-connection", "close"))},
      {"transfer-encoding", ends,
       head(with(kOk, "transfer-encoding", "chunked"))},
      {"upgrade", ends, head(with(kOk, "upgrade", "h2c"))},
      {"a body longer than content-length", ends,
       [](auto id) {
         return h2::headers(id, with(kOk, "content-length", "3")) +
                h2::data(id, "<title>", h2::kEndStream);
       }},
      {"a body longer than content-length in two frames", ends,
       [](auto id) {
         return h2::headers(id, with(kOk, "content-length", "3")) +
                h2::data(id, "<title>") + h2::data(id, "", h2::kEndStream);
       }},
      // What ends too soon has broken off, as over HTTP/1.1.
      {"a body shorter than content-length", broken_off,
       [](auto id) {
         return h2::headers(id, with(kOk, "content-length", "30")) +
                h2::data(id, "<title>", h2::kEndStream);
       }},
      {"a padded body shorter than content-length",
       {kProtocol, kClosed},
       [](auto id) {
         return h2::headers(id, with(kOk, "content-length", "30")) +
                h2::padded_data(id, "<title>", 9) +
                h2::padded_data(id, "x", 9, h2::kEndStream);
       }},
      {"no body where content-length says one", broken_off,
       [](auto id) {
         return h2::headers(id, with(kOk, "content-length", "30"),
                            h2::kEndHeaders | h2::kEndStream);
       }},
      {"two of content-length", ends,
       head(with(with(kOk, "content-length", "1"), "content-length", "2"))},
      {"content-length of letters", ends,
       head(with(kOk, "content-length", "one"))},
      {"DATA before HEADERS",
       {kProtocol, kClosed},
       [](auto id) { return h2::data(id, "x", h2::kEndStream); }},
      {"1xx, and the end of the stream", broken_off,
       [](auto id) {
         return h2::headers(id, {{":status", "103"}}) +
                h2::data(id, "", h2::kEndStream);
       }},
      {"1xx that ends the stream", broken_off,
       [](auto id) {
         return h2::headers(id, {{":status", "103"}},
                            h2::kEndHeaders | h2::kEndStream);
       }},
      {"DATA behind 1xx", ends,
       [](auto id) {
         return h2::headers(id, {{":status", "103"}}) +
                h2::data(id, "x", h2::kEndStream);
       }},
      {"trailers that do not end the stream", ends,
       [](auto id) {
         return begun(id) + h2::headers(id, {{"a", "b"}});
       }},
      {"trailers with a pseudo field", ends,
       [](auto id) {
         return begun(id) + h2::headers(id, {{":status", "200"}},
                                        h2::kEndHeaders | h2::kEndStream);
       }},
      {"a window of the stream that overflows",
       {kProtocol, kClosed},
       [](auto id) { return begun(id) + h2::window_update(id, 0x7fffffff); }},
      {"WINDOW_UPDATE 0 of the stream",
       {kProtocol, kClosed},
       [](auto id) { return begun(id) + h2::window_update(id, 0); }},
      {"headers over the limit", ends,
       [](auto id) {
         std::string out = h2::headers(id, kOk, h2::kNoFlags);
         for (int i = 0; i < 40; ++i) {
           out += h2::continuation(
               id, h2::block({{"x-long", std::string(10'000, 'x')}}),
               i == 39 ? h2::kEndHeaders : h2::kNoFlags);
         }
         return out + h2::data(id, "x", h2::kEndStream);
       }},
      {"headers over the limit by 1xx", ends,
       [](auto id) {
         return repeated(h2::headers(id, {{":status", "103"},
                                          {"link", std::string(10'000, 'x')}}),
                         40) +
                h2::answer(id, good_body());
       }},
      {"HPACK bomb", ends,
       [](auto id) {
         // One entry of 4,000 bytes, then named so often.
         const std::string entry = std::string(
                                       "\x40\x01"
                                       "a\x7f\xa1\x1e",
                                       6) +
                                   std::string(4'000, 'x');
         return h2::headers(id, kOk, h2::kNoFlags) +
                h2::continuation(id, entry + std::string(10'000, '\xbe'),
                                 h2::kEndHeaders) +
                h2::data(id, "x", h2::kEndStream);
       }},
  };
  return cases;
}

TEST_P(Http2Hostile, APageThatBreaksTheRulesCostsOnlyItself) {
  for (const Case& row : broken_pages()) check(row);
}

TEST_P(Http2Hostile, AResetStreamIsNoWholePage) {
  for (std::uint32_t code = 0; code < 16; ++code) {
    // The site speaks no HTTP/1.1.
    const std::set<ErrorKind> ends{code == h2::kHttp11Required ? ErrorKind::kTls
                                                               : kClosed};
    check({"before, " + std::to_string(code), ends,
           [code](auto id) { return h2::rst(id, code); }});
    check({"in the body, " + std::to_string(code), ends,
           [code](auto id) { return begun(id) + h2::rst(id, code); }});
    // A whole answer is one, whatever follows.
    check({"behind, " + std::to_string(code), {kNone}, [code](auto id) {
             return h2::answer(id, good_body()) + h2::rst(id, code);
           }});
  }
}

// --- What is odd, but allowed.

TEST_P(Http2Hostile, WhatIsAllowedIsRead) {
  const std::set<ErrorKind> ends{kNone};
  const std::vector<Case> cases{
      {"1xx first", ends,
       [](auto id) {
         return h2::headers(id, {{":status", "103"}, {"link", "</a>"}}) +
                h2::headers(id, {{":status", "100"}}) +
                h2::answer(id, good_body());
       }},
      {"trailers", ends,
       [](auto id) {
         return h2::headers(id, kOk) + h2::data(id, good_body()) +
                h2::headers(id, {{"x-sum", "1"}},
                            h2::kEndHeaders | h2::kEndStream);
       }},
      {"padding", ends,
       [](auto id) {
         return h2::headers(id, kOk) + h2::padded_data(id, "", 255) +
                h2::padded_data(id, good_body(), 200, h2::kEndStream);
       }},
      {"an empty frame at the end", ends,
       [](auto id) {
         return h2::headers(id, kOk) + h2::data(id, good_body()) +
                h2::data(id, "", h2::kEndStream);
       }},
      {"a content-length that is right", ends,
       [](auto id) {
         return h2::headers(id, with(kOk, "content-length",
                                     std::to_string(good_body().size()))) +
                h2::data(id, good_body(), h2::kEndStream);
       }},
      {"HEADERS in many pieces", ends,
       [](auto id) {
         const std::string block = h2::block(kOk);
         std::string out = h2::frame(h2::kHeaders, 0, id, block.substr(0, 1));
         out += h2::continuation(id, block.substr(1, 1));
         out += h2::continuation(id, "");
         out += h2::continuation(id, block.substr(2), h2::kEndHeaders);
         return out + h2::data(id, good_body(), h2::kEndStream);
       }},
      {"a byte a frame", ends,
       [](auto id) {
         std::string out = h2::headers(id, kOk);
         for (const char byte : good_body()) out += h2::data(id, {&byte, 1});
         return out + h2::data(id, "", h2::kEndStream);
       }},
      {"frames of unknown types", ends,
       [](auto id) {
         return h2::frame(0xee, 0xff, id, "what") + h2::frame(0x55, 0, 0, "") +
                h2::answer(id, good_body());
       }},
      {"PRIORITY and WINDOW_UPDATE", ends,
       [](auto id) {
         return h2::priority(id) + h2::window_update(id, 1) +
                h2::window_update(0, 1) + h2::answer(id, good_body());
       }},
      {"PING", ends,
       [](auto id) { return h2::ping() + h2::answer(id, good_body()); }},
      {"a header table of no size", ends,
       [](auto id) {
         return h2::settings({{h2::kHeaderTableSize, 0}}) +
                h2::answer(id, good_body());
       }},
      {"windows of no size, and larger ones", ends,
       [](auto id) {
         return h2::settings({{h2::kInitialWindowSize, 0}}) +
                h2::settings({{h2::kInitialWindowSize, 1u << 20}}) +
                h2::answer(id, good_body());
       }},
      {"settings that nobody knows", ends,
       [](auto id) {
         return h2::settings({{0xabcd, 1}, {0xa, 5}}) +
                h2::answer(id, good_body());
       }},
  };
  for (const Case& row : cases) check(row);
}

// --- Connections that go.

TEST_P(Http2Hostile, AConnectionThatEndsIsNoWholePage) {
  for (const bool notify : {true, false}) {
    const auto end = [notify](Peer& peer) { peer.close(notify); };
    const std::string how = notify ? " (close_notify)" : " (cut)";
    check({"before the headers" + how,
           {kClosed},
           [](auto) { return std::string(); }},
          end);
    check({"behind the headers" + how,
           {kClosed},
           [](auto id) { return h2::headers(id, kOk); }},
          end);
    check({"in the body" + how, {kClosed}, [](auto id) { return begun(id); }},
          end);
    check({"in a frame" + how,
           {kClosed},
           [](auto id) {
             return begun(id) +
                    h2::data(id, "abc", h2::kEndStream).substr(0, 10);
           },
           true},
          end);
    check({"behind the body" + how,
           {kNone},
           [](auto id) { return h2::answer(id, good_body()); }},
          end);
  }
}

// However many pages end their connection, each time with all that is asked on
// it.
TEST_P(Http2Hostile, PagesThatEndTheirConnectionCostNoOthers) {
  constexpr std::uint64_t kCount = 60;
  for (const bool begun_first : {true, false}) {
    SCOPED_TRACE(begun_first);
    const Http2Site server(
        identity(), [begun_first](Peer& peer, const Request& request) {
          if (request.path != "/bad") {
            peer.send(h2::answer(request.stream, good_body()));
            return;
          }
          if (begun_first) peer.send(begun(request.stream));
          peer.close(true);
        });
    for (std::uint64_t i = 0; i < kCount; ++i) {
      fetcher().start(
          {.id = i, .url = url_of(server.url(i % 3 == 0 ? "/bad" : "/good"))});
    }
    for (const FetchResult& result : collect(kCount)) {
      if (result.id % 3 == 0) {
        expect_end(result, {kClosed});
      } else {
        expect_good(result);
      }
    }
  }
}

TEST_P(Http2Hostile, WhatGoawayLeavesOutIsAskedForElsewhere) {
  for (std::uint32_t code = 0; code < 14; ++code) {
    for (const std::size_t last : {0u, 1u, 3u, 6u}) {
      SCOPED_TRACE(fmt::format("code {}, {} of {}", code, last, kPages));
      const Http2Site server(
          identity(), [=](Peer& peer, const Request& request) {
            if (peer.index() > 0) {
              peer.send(h2::answer(request.stream, good_body()));
              return;
            }
            if (peer.requests().size() < kPages) return;
            std::string out = h2::goaway(
                last == 0 ? 0 : peer.requests()[last - 1].stream, code);
            for (std::size_t i = 0; i < last; ++i) {
              out += h2::answer(peer.requests()[i].stream, good_body());
            }
            peer.send(out);
          });
      for (const FetchResult& result : fetch_all(server, good)) {
        expect_good(result);
      }
      EXPECT_EQ(server.connections(), last == kPages ? 1u : 2u);
    }
  }
}

TEST_P(Http2Hostile, WhatIsRefusedIsAskedForAgain) {
  std::atomic<int> refusals = 0;
  const Http2Site server(
      identity(), [&refusals](Peer& peer, const Request& request) {
        peer.send(refusals++ < 3 ? h2::rst(request.stream, h2::kRefusedStream)
                                 : h2::answer(request.stream, good_body()));
      });
  for (const FetchResult& result : fetch_all(server, good)) expect_good(result);
  EXPECT_EQ(refusals, static_cast<int>(kPages) + 3);
}

TEST_P(Http2Hostile, WhoRefusesEverythingIsNotAskedForEver) {
  for (const std::string& refusal :
       {h2::goaway(0, 0), h2::goaway(0, 11), std::string("GOAWAY and end"),
        std::string("RST")}) {
    std::atomic<int> requests = 0;
    const Http2Site server(identity(), [&](Peer& peer, const Request& request) {
      ++requests;
      if (refusal == "RST") {
        peer.send(h2::rst(request.stream, h2::kRefusedStream));
      } else if (refusal == "GOAWAY and end") {
        peer.send(h2::goaway(0, 0));
        peer.close(true);
      } else {
        peer.send(refusal);
      }
    });
    for (const FetchResult& result : fetch_all(server, good)) {
      if (result.id >= 100) {
        expect_good(result);
      } else {
        expect_end(result, {kClosed});
      }
    }
    EXPECT_LE(requests, static_cast<int>(kPages) * 6);
  }
}

// A header block longer than any server takes.
TEST_P(Http2Hostile, ARequestThatCannotBeSentCostsNoOther) {
  const std::string path = "/" + std::string(17u << 20, 'x');
  for (std::uint64_t i = 0; i < 4; ++i) {
    fetcher().start(
        {.id = i, .url = url_of(good.url(i == 2 ? path : "/page"))});
  }
  for (const FetchResult& result : collect(4)) {
    if (result.id == 2) {
      EXPECT_EQ(result.error, kProtocol);
      EXPECT_NE(result.error_message.find("the request cannot be sent"),
                std::string::npos)
          << result.error_message;
    } else {
      expect_good(result);
    }
  }
  EXPECT_EQ(good.connections(), 1u);
}

}  // namespace
}  // namespace crawl::testing
