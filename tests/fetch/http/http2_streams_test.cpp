// How many streams at a time an HTTP/2 server takes.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "fetch/http/http2_hostile.h"

namespace crawl::testing {
namespace {

INSTANTIATE_TEST_SUITE_P(, Http2Hostile, all_fetchers(), NameOfParameter());

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

// The first connection of all cannot know it; the others need not wait to be
// told again.
TEST_P(Http2Hostile, WhatAServerTakesIsKnownToItsOtherConnections) {
  constexpr std::size_t kAll = 20;
  constexpr std::size_t kMost = 2;
  const std::string settings =
      h2::settings({{h2::kMaxConcurrentStreams, kMost}});
  std::atomic<std::size_t> most_unread{0};
  const Http2Site server(
      identity(),
      [&](Peer& peer, const Request& request) {
        if (peer.index() > 0) {
          // Each connection has a thread of its own.
          if (!peer.settings_read()) {
            const std::size_t count = peer.requests().size();
            for (std::size_t most = most_unread;
                 count > most &&
                 !most_unread.compare_exchange_weak(most, count);) {
            }
          }
          peer.send(h2::answer(request.stream, good_body()));
          return;
        }
        const std::size_t count = peer.requests().size();
        if (count > kAll) {
          peer.send(h2::answer(request.stream, good_body()));
        }
        if (count != kAll) return;
        std::string out = settings;
        for (std::size_t i = 0; i < kAll; ++i) {
          const std::int32_t stream = peer.requests()[i].stream;
          out += i < kMost ? h2::answer(stream, good_body())
                           : h2::rst(stream, h2::kRefusedStream);
        }
        peer.send(out);
      },
      [&settings](Peer& peer) {
        peer.send(peer.index() > 0 ? settings : h2::settings({}));
      });
  for (std::uint64_t id = 0; id < kAll; ++id) {
    fetcher().start(
        {.id = id, .url = url_of(server.url("/" + std::to_string(id)))});
  }
  for (const FetchResult& result : collect(kAll)) expect_good(result);
  EXPECT_GT(server.connections(), 1u);
  EXPECT_LE(server.connections(), kAll / kMost);
  EXPECT_LE(most_unread, kMost);
}

}  // namespace
}  // namespace crawl::testing
