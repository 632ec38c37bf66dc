// Redirect targets: fetched under another page's name, and lost by no kill.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crawl/frontier/state_store.h"
#include "frontier/state_store_fixture.h"

namespace crawl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::StateStoreTest;
using testing::url;

class StateClaimsTest : public StateStoreTest {
 protected:
  // Pages 0 to 3 of http://a/, handed out.
  std::unique_ptr<FileState> open_with_pages() {
    auto store = open();
    for (int i = 0; i < 4; ++i) add(*store, "http://a/" + std::to_string(i));
    load(*store, 0, 9);
    return store;
  }
  static bool claim(FileState& store, std::string_view target, PageId by) {
    const auto claimed = store.claim(url(target), by, 3);
    EXPECT_TRUE(claimed) << claimed.error().message;
    return claimed.value_or(false);
  }
  static bool is_added(FileState& store, std::string_view text, int depth,
                       PageId parent) {
    const auto page = store.add(url(text), depth, parent);
    EXPECT_TRUE(page) << page.error().message;
    return page && page->has_value();
  }
};

TEST_F(StateClaimsTest, ATargetIsOnePagesAndIsNotQueued) {
  const auto store = open_with_pages();
  EXPECT_TRUE(claim(*store, "http://b/t#x", 0));
  EXPECT_TRUE(claim(*store, "http://b/t", 0)) << "still its own";
  EXPECT_FALSE(claim(*store, "http://b/t", 1));
  EXPECT_FALSE(is_added(*store, "http://b/t#y", 1, 2));
  EXPECT_FALSE(store->knows("http://b/t")) << "not fetched yet";
}

TEST_F(StateClaimsTest, WhatIsKnownCannotBeClaimed) {
  const auto store = open_with_pages();
  EXPECT_FALSE(claim(*store, "http://a/1", 0));
  ASSERT_TRUE(*store->remember("http://out/"));
  EXPECT_FALSE(claim(*store, "http://out/", 0));
}

TEST_F(StateClaimsTest, TargetsOfAPageThatIsDoneAreKnownForGood) {
  {
    const auto store = open_with_pages();
    ASSERT_TRUE(claim(*store, "http://b/t", 0));
    ASSERT_TRUE(claim(*store, "http://b/u", 0));
    EXPECT_FALSE(is_added(*store, "http://b/t", 1, 2));
    store->done(0);
    store->done(0);  // twice is once
    EXPECT_TRUE(store->knows("http://b/t"));
    EXPECT_TRUE(store->knows("http://b/u"));
    EXPECT_FALSE(is_added(*store, "http://b/t", 1, 2));
    EXPECT_FALSE(claim(*store, "http://b/u", 1));
    ASSERT_TRUE(store->commit({{"records", 0}}));
  }
  const auto store = open();
  EXPECT_EQ(store->counts().known, 6u);
  EXPECT_TRUE(store->knows("http://b/t"));
  EXPECT_TRUE(store->knows("http://b/u"));
  EXPECT_EQ(store->hosts(), 1u) << "nothing waits at the target's host";
}

// The page that redirected is asked once more, and may say something else.
TEST_F(StateClaimsTest, ATargetThatOthersLinkToOutlivesItsClaim) {
  {
    const auto store = open_with_pages();
    ASSERT_TRUE(claim(*store, "http://b/t", 0));
    EXPECT_FALSE(is_added(*store, "http://b/t", 7, 2));
    EXPECT_FALSE(is_added(*store, "http://b/t", 8, 3));
    store->done(2);
    store->done(3);
    ASSERT_TRUE(store->commit({{"records", 0}}));
    // Killed here.
  }
  for (int run = 0; run < 2; ++run) {
    const auto store = open();
    EXPECT_THAT(load(*store, 0, 9), ElementsAre("http://a/0", "http://a/1"));
    ASSERT_EQ(store->hosts(), 2u);
    std::vector<QueuedPage> pages;
    ASSERT_TRUE(store->load(1, 9, pages));
    ASSERT_EQ(pages.size(), 1u);
    EXPECT_EQ(pages[0].url.href(), "http://b/t");
    EXPECT_EQ(pages[0].depth, 7);
    EXPECT_EQ(pages[0].parent, PageId{2});
    EXPECT_FALSE(claim(*store, "http://b/t", 0)) << "it is its own page now";
    if (run == 0) continue;  // killed again, before the first commit
    store->done(0);
    store->done(1);
    store->done(pages[0].id);
    ASSERT_TRUE(store->commit({{"records", 0}}));
  }
  const auto store = open();
  EXPECT_EQ(store->counts().admitted, 5u);
  EXPECT_EQ(store->counts().done, 5u);
}

// A page left out as a duplicate of a target under way wants it too.
TEST_F(StateClaimsTest, ATargetThatOthersRedirectToOutlivesItsClaim) {
  {
    const auto store = open_with_pages();
    ASSERT_TRUE(claim(*store, "http://b/t", 0));
    EXPECT_FALSE(claim(*store, "http://b/t", 1));
    store->done(1);
    ASSERT_TRUE(store->commit({{"records", 0}}));
  }
  const auto store = open();
  std::vector<QueuedPage> pages;
  ASSERT_EQ(store->hosts(), 2u);
  ASSERT_TRUE(store->load(1, 9, pages));
  ASSERT_EQ(pages.size(), 1u);
  EXPECT_EQ(pages[0].url.href(), "http://b/t");
  EXPECT_EQ(pages[0].parent, PageId{1});
  EXPECT_EQ(pages[0].depth, 3);
}

TEST_F(StateClaimsTest, ATargetThatNobodyElseWantsIsItsPagesAgain) {
  {
    const auto store = open_with_pages();
    ASSERT_TRUE(claim(*store, "http://b/t", 0));
    ASSERT_TRUE(store->commit({{"records", 0}}));
  }
  const auto store = open();
  EXPECT_EQ(store->hosts(), 1u);
  load(*store, 0, 9);
  EXPECT_TRUE(claim(*store, "http://b/t", 1));
}

TEST_F(StateClaimsTest, ASitemapWantsATargetAsWell) {
  for (const PageId parent : {kNoPage, kFromSitemap, kFromPrivateSitemap}) {
    std::filesystem::remove(path_);
    {
      const auto store = open_with_pages();
      ASSERT_TRUE(claim(*store, "http://b/t", 0));
      EXPECT_FALSE(is_added(*store, "http://b/t", 0, parent));
      ASSERT_TRUE(store->commit({{"records", 0}}));
    }
    const auto store = open();
    std::vector<QueuedPage> pages;
    ASSERT_EQ(store->hosts(), 2u);
    ASSERT_TRUE(store->load(1, 9, pages));
    ASSERT_EQ(pages.size(), 1u);
    EXPECT_EQ(pages[0].parent, parent);
  }
}

// A site whose URLs link on or redirect, and change their mind from run to run.
// Whatever is linked to by a page that is done has a record in the end: its own
// or that of a page that was redirected to it. None has two.
TEST_F(StateClaimsTest, NothingIsLostOrFetchedTwiceThroughManyKills) {
  constexpr int kUrls = 300;
  const auto href = [](int number) {
    return "http://h" + std::to_string(number % 3) + "/" +
           std::to_string(number);
  };
  for (unsigned round = 0; round < 8; ++round) {
    std::filesystem::remove(path_);
    std::mt19937 random(round);
    // As committed; a URL's records: of a page, or of its claim.
    std::map<std::string, int> records, records_now;
    std::set<std::string> linked, linked_now;
    bool finished = false;
    for (int run = 0; !finished; ++run) {
      ASSERT_LT(run, 2000);
      const auto store = open();
      records_now = records;
      linked_now = linked;
      ASSERT_TRUE(store->add(url(href(0)), 0, kNoPage));
      struct UnderWay {
        PageId id;
        std::vector<std::string> chain;
      };
      std::vector<UnderWay> under_way;
      const auto life = 40 + random() % 200;
      for (auto step = life; step > 0; --step) {
        std::vector<QueuedPage> pages;
        for (StateStore::HostId host = 0; host < store->hosts(); ++host) {
          ASSERT_TRUE(store->load(host, random() % 3, pages));
        }
        for (const QueuedPage& page : pages) {
          under_way.push_back({page.id, {std::string(page.url.href())}});
        }
        std::uint64_t waiting = 0;
        for (StateStore::HostId host = 0; host < store->hosts(); ++host) {
          waiting += store->waiting(host);
        }
        if (under_way.empty() && waiting == 0) {
          ASSERT_TRUE(store->commit({{"records", 0}}));
          finished = true;
          break;
        }
        if (under_way.empty()) continue;
        const std::size_t at = random() % under_way.size();
        UnderWay& page = under_way[at];
        const int number = std::atoi(page.chain.back().c_str() +
                                     page.chain.back().rfind('/') + 1);
        const auto other = [&] {
          return href(static_cast<int>(random() % kUrls));
        };
        if (random() % 3 == 0) {  // a redirect
          const std::string target = other();
          const auto claimed = store->claim(url(target), page.id, 1);
          ASSERT_TRUE(claimed);
          if (*claimed) {
            if (target != page.chain.back()) page.chain.push_back(target);
            continue;
          }
          linked_now.insert(target);
        } else {
          for (int link = 1; link <= 3; ++link) {
            const std::string target =
                random() % 2 == 0 ? other() : href((number + link) % kUrls);
            ASSERT_TRUE(store->add(url(target), 1, page.id));
            linked_now.insert(target);
          }
        }
        const std::set<std::string> reached(page.chain.begin(),
                                            page.chain.end());
        for (const std::string& one : reached) ++records_now[one];
        store->done(page.id);
        under_way.erase(under_way.begin() + static_cast<std::ptrdiff_t>(at));
        if (random() % 20 == 0) {
          ASSERT_TRUE(store->commit({{"records", 0}}));
          records = records_now;
          linked = linked_now;
        }
      }
      if (finished) {
        records = records_now;
        linked = linked_now;
      }
    }
    EXPECT_GT(records.size(), kUrls / 2u);
    for (const auto& [one, count] : records) EXPECT_EQ(count, 1) << one;
    for (const std::string& one : linked) {
      EXPECT_EQ(records.count(one), 1u) << one << " is lost, round " << round;
    }
  }
}

}  // namespace
}  // namespace crawl
