#include "frontier/fingerprint_set.h"

#include <gtest/gtest.h>

#include <random>
#include <unordered_set>

namespace crawl {
namespace {

TEST(FingerprintSet, HoldsWhatWasPutIn) {
  FingerprintSet set;
  EXPECT_FALSE(set.contains(7));
  EXPECT_TRUE(set.insert(7));
  EXPECT_FALSE(set.insert(7));
  EXPECT_TRUE(set.contains(7));
  EXPECT_FALSE(set.contains(8));
  EXPECT_EQ(set.size(), 1u);
}

TEST(FingerprintSet, ZeroIsAHashToo) {
  FingerprintSet set;
  EXPECT_FALSE(set.contains(0));
  EXPECT_TRUE(set.insert(0));
  EXPECT_TRUE(set.contains(0));
  EXPECT_FALSE(set.insert(0));
}

TEST(FingerprintSet, AgreesWithTheStandardSet) {
  std::mt19937_64 random(1);
  FingerprintSet set;
  std::unordered_set<std::uint64_t> reference;
  for (int i = 0; i < 300'000; ++i) {
    // A narrow range now and then, for repeats.
    const std::uint64_t hash = i % 3 == 0 ? (random() % 1000) << 40 : random();
    ASSERT_EQ(set.insert(hash), reference.insert(hash).second);
    const std::uint64_t other = random();
    ASSERT_EQ(set.contains(other), reference.contains(other));
  }
  EXPECT_EQ(set.size(), reference.size());
  for (const std::uint64_t hash : reference) ASSERT_TRUE(set.contains(hash));
}

TEST(FingerprintSet, HashesThatCrowdOneEndOfATable) {
  FingerprintSet set;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    EXPECT_TRUE(set.insert(~std::uint64_t{0} - i));
  }
  for (std::uint64_t i = 0; i < 1000; ++i) {
    EXPECT_TRUE(set.contains(~std::uint64_t{0} - i));
  }
  EXPECT_FALSE(set.contains(~std::uint64_t{0} - 1000));
}

TEST(FingerprintSet, TakesAtMostThirteenBytesAMember) {
  std::mt19937_64 random(2);
  FingerprintSet grown, reserved;
  reserved.reserve(1'000'000);
  const std::size_t before = reserved.memory_use();
  for (int i = 1; i <= 1'000'000; ++i) {
    grown.insert(random());
    reserved.insert(random());
    if (i % 50'000 == 0 && i >= 200'000) {
      EXPECT_LE(grown.memory_use(), static_cast<std::size_t>(i) * 13);
    }
  }
  EXPECT_EQ(reserved.memory_use(), before);
  EXPECT_LE(before, std::size_t{12'000'000});
}

}  // namespace
}  // namespace crawl
