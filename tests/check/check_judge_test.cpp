// What comes of links and answers: in a time that is a multiple of how many
// they are.

#include "check/check_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "check/check_store.h"
#include "check/link_kind.h"
#include "crawl/parse/page.h"

namespace crawl {
namespace {

constexpr const char* kPage = "http://a.test/";

// A page with so many parts and as many links to parts, half of which it has;
// returns what SQLite had to do for its result.
std::size_t work_for(int links) {
  const auto store = CheckStore::open();
  EXPECT_TRUE(store.has_value());
  std::vector<std::uint64_t> targets;
  EXPECT_TRUE((*store)->add_page({kPage}).has_value());
  for (int i = 0; i < links; ++i) {
    targets.push_back(target_key("has" + std::to_string(i)));
    PageLink link;
    const std::string url = std::string(kPage) + "#" +
                            (i % 2 == 0 ? "has" : "no") + std::to_string(i);
    link.url = url;
    link.line = 1;
    EXPECT_TRUE((*store)->add_link(link, link_key(kPage), 0).has_value());
  }
  EXPECT_TRUE((*store)->add_target(kPage).has_value());
  EXPECT_TRUE((*store)->end_page().has_value());
  std::sort(targets.begin(), targets.end());
  EXPECT_TRUE((*store)->add_targets(kPage, targets, false).has_value());
  CheckAnswer answer;
  answer.url = answer.final_url = kPage;
  answer.status_code = 200;
  EXPECT_TRUE((*store)->add_answer(answer).has_value());

  std::size_t work = 0;
  sqlite3_progress_handler((*store)->database(), 1,
                           [](void* count) {
                             ++*static_cast<std::size_t*>(count);
                             return 0;
                           },
                           &work);
  CheckJudge judge(**store, false, 10);
  EXPECT_TRUE(judge.judge({}).has_value());
  std::size_t sources = 0;
  const auto nothing = [](const CheckEntry&) { return Result<void>(); };
  const auto counted = [&](const CheckEntry& entry, const CheckSource&) {
    EXPECT_EQ(entry.outcome, CheckOutcome::kBroken);
    ++sources;
    return Result<void>();
  };
  EXPECT_TRUE(judge.each_entry(nothing, counted, nothing).has_value());
  EXPECT_TRUE(judge.each_source(counted).has_value());
  EXPECT_EQ(sources, static_cast<std::size_t>(links));  // a half, twice
  EXPECT_EQ(judge.totals().broken, static_cast<std::uint64_t>(links / 2));
  return work;
}

TEST(CheckJudge, ManyLinksToPartsOfAPageAreNoSquare) {
  const std::size_t some = work_for(1'000);
  EXPECT_LT(work_for(4'000), 6 * some);
}

// Of more parts than are counted at hand, those of several rounds are counted.
TEST(CheckJudge, EveryLinkIsCountedHoweverManyPartsThereAre) {
  constexpr int kParts = 80'000;
  constexpr int kRounds = 3;
  const auto store = CheckStore::open();
  ASSERT_TRUE(store.has_value());
  ASSERT_TRUE((*store)->add_target(kPage).has_value());
  for (int round = 0; round < kRounds; ++round) {
    ASSERT_TRUE((*store)->add_page({kPage}).has_value());
    for (int i = 0; i < kParts; ++i) {
      PageLink link;
      const std::string url = std::string(kPage) + "#no" + std::to_string(i);
      link.url = url;
      link.line = static_cast<std::uint32_t>(round + 1);
      // The last of the first round says something that no other does.
      const bool last = round == 0 && i == kParts - 1;
      ASSERT_TRUE((*store)
                      ->add_link(link, link_key(kPage),
                                 last ? unsigned{kPrivateAddress} : 0)
                      .has_value());
    }
    ASSERT_TRUE((*store)->end_page().has_value());
  }
  ASSERT_TRUE((*store)->add_targets(kPage, {}, false).has_value());
  CheckAnswer answer;
  answer.url = answer.final_url = kPage;
  answer.status_code = 200;
  ASSERT_TRUE((*store)->add_answer(answer).has_value());

  CheckJudge judge(**store, false, 10);
  ASSERT_TRUE(judge.judge({}).has_value());
  EXPECT_EQ(judge.totals().links, std::uint64_t{kParts} * kRounds);
  EXPECT_EQ(judge.totals().broken, std::uint64_t{kParts});
  int wrong = 0, sources = 0;
  const auto read = judge.each_entry(
      [&](const CheckEntry& entry) {
        if (entry.links != kRounds) ++wrong;
        return Result<void>();
      },
      [&](const CheckEntry&, const CheckSource& source) {
        if (source.line !=
            static_cast<std::uint64_t>(sources++ % kRounds + 1)) {
          ++wrong;
        }
        return Result<void>();
      },
      [](const CheckEntry&) { return Result<void>(); });
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(sources, kParts * kRounds);
}

}  // namespace
}  // namespace crawl
