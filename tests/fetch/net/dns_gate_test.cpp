#include "fetch/net/dns_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace crawl {
namespace {

using Answer = DnsGate::Answer;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

// The gate follows no pointer: any will do.
Exchange* exchange(std::uintptr_t number) {
  return reinterpret_cast<Exchange*>(number * 64);
}

class DnsGateTest : public testing::Test {
 protected:
  Answer enter(DnsGate::Host host, std::uintptr_t number) {
    return gate.enter(host, exchange(number), now);
  }
  void settled(DnsGate::Host host, bool resolved) {
    released.clear();
    next.clear();
    gate.settled(host, resolved, now, released, next);
  }

  DnsGate gate{2};
  DnsGate::time_point now{1h};
  std::vector<Exchange*> released;
  std::vector<Exchange*> next;
};

TEST_F(DnsGateTest, OneLooksUpAndTheOthersWaitForIt) {
  EXPECT_EQ(enter(7, 1), Answer::kLookUp);
  EXPECT_EQ(enter(7, 2), Answer::kWait);
  EXPECT_EQ(enter(7, 3), Answer::kWait);
  settled(7, true);
  EXPECT_THAT(released, ElementsAre(exchange(2), exchange(3)));
  EXPECT_THAT(next, IsEmpty());
  EXPECT_EQ(enter(7, 4), Answer::kGo);
}

TEST_F(DnsGateTest, AResolvedNameIsKnownForAWhile) {
  EXPECT_EQ(enter(7, 1), Answer::kLookUp);
  settled(7, true);
  now += 49s;
  EXPECT_EQ(enter(7, 2), Answer::kGo);
  now += 2s;
  EXPECT_EQ(enter(7, 3), Answer::kLookUp);
}

TEST_F(DnsGateTest, AFailedNameIsForgottenAtOnce) {
  EXPECT_EQ(enter(7, 1), Answer::kLookUp);
  EXPECT_EQ(enter(7, 2), Answer::kWait);
  settled(7, false);
  EXPECT_THAT(released, ElementsAre(exchange(2)));
  EXPECT_EQ(enter(7, 3), Answer::kLookUp);
}

TEST_F(DnsGateTest, NoMoreLookUpsThanAllowed) {
  EXPECT_EQ(enter(1, 1), Answer::kLookUp);
  EXPECT_EQ(enter(2, 2), Answer::kLookUp);
  EXPECT_EQ(enter(3, 3), Answer::kWait);
  EXPECT_EQ(enter(3, 4), Answer::kWait);
  EXPECT_EQ(enter(4, 5), Answer::kWait);
  EXPECT_EQ(gate.lookups(), 2u);

  settled(1, true);
  EXPECT_THAT(released, IsEmpty());
  EXPECT_THAT(next, ElementsAre(exchange(3)));
  settled(3, true);
  EXPECT_THAT(released, ElementsAre(exchange(4)));
  EXPECT_THAT(next, ElementsAre(exchange(5)));
  settled(2, false);
  settled(4, true);
  EXPECT_THAT(next, IsEmpty());
  EXPECT_EQ(gate.lookups(), 0u);
}

TEST_F(DnsGateTest, SettlingWhatIsNotLookedUpChangesNothing) {
  settled(9, true);
  EXPECT_EQ(gate.lookups(), 0u);
  EXPECT_EQ(enter(9, 1), Answer::kLookUp);
  settled(9, true);
  settled(9, true);
  EXPECT_EQ(gate.lookups(), 0u);
}

TEST_F(DnsGateTest, ClearForgetsEverything) {
  enter(1, 1);
  enter(2, 2);
  enter(3, 3);
  gate.clear();
  EXPECT_EQ(gate.lookups(), 0u);
  settled(1, true);
  EXPECT_THAT(next, IsEmpty());
  EXPECT_EQ(enter(3, 4), Answer::kLookUp);
}

TEST_F(DnsGateTest, AMillionHostsDoNotStay) {
  for (DnsGate::Host host = 0; host < 100'000; ++host) {
    ASSERT_EQ(enter(host, 1), Answer::kLookUp);
    settled(host, true);
    now += 100ms;
  }
  EXPECT_LE(gate.known(), 2'048u);
}

}  // namespace
}  // namespace crawl
