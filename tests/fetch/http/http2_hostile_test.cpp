// Whatever an HTTP/2 server does: its page gets a clear error or its whole
// answer, never a part of one that counts as good; what else was asked of the
// host comes out right, and other hosts notice nothing.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <list>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "crawl/base/error_kind.h"
#include "fetch/fetch_fixture.h"
#include "support/http2_site.h"

namespace crawl::testing {
namespace {

using h2::Fields;
using Peer = Http2Site::Peer;
using Request = Http2Site::Request;

const Http2Identity& identity() {
  static const Http2Identity made;
  return made;
}

const Fields kOk{{":status", "200"}, {"content-type", "text/html"}};

std::string good_body() { return "<title>good</title>" + std::string(99, 'x'); }

Fields with(Fields fields, const std::string& name, const std::string& value) {
  fields.emplace_back(name, value);
  return fields;
}

// A page's answer up to a part of its body.
std::string begun(std::int32_t id) {
  return h2::headers(id, kOk) + h2::data(id, "<title>part");
}

std::string repeated(const std::string& bytes, std::size_t count) {
  std::string out;
  out.reserve(bytes.size() * count);
  while (count-- > 0) out += bytes;
  return out;
}

// What is wrong, on the stream of the page at fault, and what that page may
// come to.
struct Case {
  std::string name;
  std::set<ErrorKind> ends;
  std::function<std::string(std::int32_t)> bytes;
  bool last = false;  // it comes when the other pages are whole
};

constexpr ErrorKind kNone = ErrorKind::kNone;
constexpr ErrorKind kProtocol = ErrorKind::kProtocol;
constexpr ErrorKind kClosed = ErrorKind::kClosed;

class Http2Hostile : public FetcherTest {
 protected:
  Http2Hostile() {
    options.ca_file = identity().ca_file();
    options.keep_body = true;
  }

  static constexpr std::size_t kPages = 6;
  static constexpr std::size_t kAtFault = 2;

  // Answers good pages well. On its first connection a site waits until all
  // pages have been asked for and has begun to answer them when it does what is
  // wrong; on others it does what is wrong as soon as it is asked.
  static Http2Site::Handler answers(
      const Case& row, std::function<void(Peer&)> then = [](Peer&) {}) {
    return [&row, then = std::move(then)](Peer& peer, const Request& request) {
      if (peer.index() > 0) {
        if (request.path == "/bad") {
          peer.send(row.bytes(request.stream));
          then(peer);
        } else {
          peer.send(h2::answer(request.stream, good_body()));
        }
        return;
      }
      if (peer.requests().size() < kPages) return;
      std::string before;
      std::string wrong;
      std::string after;
      for (const Request& each : peer.requests()) {
        if (each.path == "/bad") {
          wrong = row.bytes(each.stream);
          continue;
        }
        before += h2::headers(each.stream, kOk) +
                  h2::data(each.stream, good_body().substr(0, 30));
        after += h2::data(each.stream, good_body().substr(30), h2::kEndStream);
      }
      peer.send(row.last ? before + after + wrong : before + wrong + after);
      then(peer);
    };
  }

  // Asks for the pages of a site, one of them at fault, and for those of
  // another.
  std::vector<FetchResult> fetch_all(const Http2Site& server,
                                     const Http2Site& other) {
    for (std::size_t i = 0; i < kPages; ++i) {
      fetcher().start(
          {.id = i,
           .url = url_of(server.url(i == kAtFault ? std::string("/bad")
                                                  : "/" + std::to_string(i)))});
      fetcher().start(
          {.id = 100 + i, .url = url_of(other.url("/" + std::to_string(i)))});
    }
    return collect(2 * kPages);
  }

  static void expect_good(const FetchResult& result) {
    EXPECT_EQ(result.error, kNone) << result.id << ": " << result.error_message;
    EXPECT_EQ(result.status_code, 200) << result.id;
    EXPECT_EQ(result.body, good_body()) << result.id;
  }

  static void expect_end(const FetchResult& result,
                         const std::set<ErrorKind>& ends) {
    EXPECT_TRUE(ends.contains(result.error))
        << to_string(result.error) << ": " << result.error_message;
    if (result.error == kNone) {
      expect_good(result);
    } else {
      EXPECT_FALSE(result.error_message.empty());
      EXPECT_FALSE(result.page.has_value());
    }
  }

  void check(
      const Case& row, std::function<void(Peer&)> then = [](Peer&) {}) {
    SCOPED_TRACE(row.name);
    const Http2Site server(identity(), answers(row, std::move(then)));
    for (const FetchResult& result : fetch_all(server, good)) {
      if (result.id == kAtFault) {
        expect_end(result, row.ends);
      } else {
        expect_good(result);
      }
    }
  }

  const Http2Site good{identity(), [](Peer& peer, const Request& request) {
                         peer.send(h2::answer(request.stream, good_body()));
                       }};
};
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
      {"a body shorter than content-length", ends,
       [](auto id) {
         return h2::headers(id, with(kOk, "content-length", "30")) +
                h2::data(id, "<title>", h2::kEndStream);
       }},
      {"no body where content-length says one", ends,
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
      {"1xx that ends the stream", ends,
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

TEST_P(Http2Hostile, AFewStreamsAtATimeAreEnoughForAll) {
  for (const std::uint32_t most : {0u, 1u, 2u}) {
    SCOPED_TRACE(most);
    const Http2Site server(
        identity(),
        [](Peer& peer, const Request& request) {
          peer.send(h2::answer(request.stream, good_body()));
        },
        [most](Peer& peer) {
          peer.send(h2::settings({{h2::kMaxConcurrentStreams, most}}));
        });
    for (const FetchResult& result : fetch_all(server, good)) {
      expect_good(result);
    }
  }
}

// The first answers say that fewer streams are taken from now on.
TEST_P(Http2Hostile, FewerStreamsLaterAreEnoughForAll) {
  const Http2Site server(identity(), [](Peer& peer, const Request& request) {
    peer.send((peer.requests().size() == 2
                   ? h2::settings({{h2::kMaxConcurrentStreams, 1}})
                   : std::string()) +
              h2::answer(request.stream, good_body()));
  });
  for (int round = 0; round < 3; ++round) {
    for (const FetchResult& result : fetch_all(server, good)) {
      expect_good(result);
    }
  }
}

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
