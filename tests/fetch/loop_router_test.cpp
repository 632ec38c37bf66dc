#include "fetch/loop_router.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace crawl {
namespace {

TEST(LoopRouter, AHostHasAHome) {
  LoopRouter router(4);
  const std::size_t home = router.choose(42, false);
  for (int i = 0; i < 100; ++i) {
    router.finished(home);
    EXPECT_EQ(router.choose(42, false), home);
  }
}

TEST(LoopRouter, OneHostAloneUsesEveryLoop) {
  LoopRouter router(4);
  for (int i = 0; i < 64; ++i) router.choose(42, false);
  for (std::size_t loop = 0; loop < 4; ++loop) {
    EXPECT_GE(router.load(loop), 12u);
    EXPECT_LE(router.load(loop), 20u);
  }
}

TEST(LoopRouter, AHostThatMaySpeakHttp2StaysAtHome) {
  LoopRouter router(4);
  const std::size_t home = router.choose(42, true);
  for (int i = 1; i < 64; ++i) EXPECT_EQ(router.choose(42, true), home);
}

TEST(LoopRouter, UntilItIsKnownToSpeakHttp1) {
  LoopRouter router(2);
  for (int i = 0; i < 8; ++i) router.choose(42, true);
  router.speaks_http1(42);
  for (int i = 0; i < 56; ++i) router.choose(42, true);
  EXPECT_GE(router.load(0), 24u);
  EXPECT_GE(router.load(1), 24u);
}

TEST(LoopRouter, ManyHostsSpreadOverTheLoops) {
  LoopRouter router(2);
  for (LoopRouter::Host host = 0; host < 1'000; ++host) {
    router.choose(host * 7919, true);
  }
  EXPECT_GE(router.load(0), 400u);
  EXPECT_GE(router.load(1), 400u);
}

TEST(LoopRouter, CountsWhatIsInFlight) {
  LoopRouter router(3);
  std::vector<std::size_t> loops;
  for (LoopRouter::Host host = 0; host < 50; ++host) {
    loops.push_back(router.choose(host, false));
  }
  EXPECT_EQ(router.in_flight(), 50u);
  for (const std::size_t loop : loops) router.finished(loop);
  EXPECT_EQ(router.in_flight(), 0u);
  for (std::size_t loop = 0; loop < 3; ++loop) EXPECT_EQ(router.load(loop), 0u);
}

}  // namespace
}  // namespace crawl
