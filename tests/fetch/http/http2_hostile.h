#ifndef CRAWL_TESTS_FETCH_HTTP_HTTP2_HOSTILE_H_
#define CRAWL_TESTS_FETCH_HTTP_HTTP2_HOSTILE_H_

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crawl/base/error_kind.h"
#include "fetch/fetch_fixture.h"
#include "support/http2_site.h"

// Whatever an HTTP/2 server does: its page gets a clear error or its whole
// answer, never a part of one that counts as good; what else was asked of the
// host comes out right, and other hosts notice nothing.

namespace crawl::testing {

using h2::Fields;
using Peer = Http2Site::Peer;
using Request = Http2Site::Request;

inline const Http2Identity& identity() {
  static const Http2Identity made;
  return made;
}

inline const Fields kOk{{":status", "200"}, {"content-type", "text/html"}};

inline std::string good_body() {
  return "<title>good</title>" + std::string(99, 'x');
}

inline Fields with(Fields fields, const std::string& name,
                   const std::string& value) {
  fields.emplace_back(name, value);
  return fields;
}

// A page's answer up to a part of its body.
inline std::string begun(std::int32_t id) {
  return h2::headers(id, kOk) + h2::data(id, "<title>part");
}

inline std::string repeated(const std::string& bytes, std::size_t count) {
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

inline constexpr ErrorKind kNone = ErrorKind::kNone;
inline constexpr ErrorKind kProtocol = ErrorKind::kProtocol;
inline constexpr ErrorKind kClosed = ErrorKind::kClosed;

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
      // An interim answer is none.
      EXPECT_TRUE(result.status_code == 0 || result.status_code >= 200)
          << result.status_code;
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

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_FETCH_HTTP_HTTP2_HOSTILE_H_
