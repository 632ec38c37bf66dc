// What a state keeps of a crawl, in one run and from one to the next.
#include "crawl/frontier/state_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "frontier/state_store_fixture.h"

namespace crawl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::StateStoreTest;
using testing::url;

TEST_F(StateStoreTest, AUrlIsTakenOnce) {
  const auto store = open();
  EXPECT_FALSE(store->knows("http://a/1"));
  EXPECT_TRUE(*store->add(url("http://a/1"), 0, kNoPage));
  EXPECT_FALSE(*store->add(url("http://a/1"), 0, kNoPage));
  EXPECT_FALSE(*store->add(url("http://a/1#x"), 0, kNoPage));
  EXPECT_TRUE(store->knows("http://a/1"));
  EXPECT_TRUE(store->knows("http://a/1#y"));
  EXPECT_EQ(store->counts().admitted, 1u);
}

TEST_F(StateStoreTest, Rfc3986_6_2_2_2_SpellingsOfOneUrlAreOne) {
  {
    const auto store = open();
    EXPECT_TRUE(*store->add(url("http://a/%7Eme"), 0, kNoPage));
    EXPECT_FALSE(*store->add(url("http://a/~me#x"), 0, kNoPage));
    EXPECT_TRUE(*store->remember("http://a/%41%2f"));
    EXPECT_FALSE(*store->remember("http://a/A%2F"));
    EXPECT_TRUE(*store->add(url("http://a/A/"), 0, kNoPage));
    ASSERT_TRUE(store->commit({{"records", 0}}));
  }
  const auto store = open();
  EXPECT_TRUE(store->knows("http://a/~me"));
  EXPECT_TRUE(store->knows("http://a/%41%2F"));
  EXPECT_THAT(load(*store, 0, 9), ElementsAre("http://a/%7Eme", "http://a/A/"));
}

TEST_F(StateStoreTest, RememberedUrlsAreKnownButNotQueued) {
  const auto store = open();
  EXPECT_TRUE(*store->remember("http://b/out"));
  EXPECT_FALSE(*store->remember("http://b/out#x"));
  EXPECT_FALSE(*store->add(url("http://b/out"), 0, kNoPage));
  EXPECT_EQ(store->counts().known, 1u);
  EXPECT_EQ(store->counts().admitted, 0u);
}

TEST_F(StateStoreTest, AHostsQueueIsFirstComeFirstServed) {
  const auto store = open();
  for (int i = 0; i < 10; ++i) {
    add(*store, "http://a/" + std::to_string(i));
    add(*store, "https://b/" + std::to_string(i));
  }
  ASSERT_EQ(store->hosts(), 2u);
  EXPECT_EQ(store->host_key(0), "http://a:80");
  EXPECT_EQ(store->host_key(1), "https://b:443");
  EXPECT_THAT(load(*store, 1, 2), ElementsAre("https://b/0", "https://b/1"));
  EXPECT_THAT(load(*store, 0, 1), ElementsAre("http://a/0"));
  EXPECT_THAT(load(*store, 1, 1), ElementsAre("https://b/2"));
  EXPECT_EQ(store->waiting(1), 7u);
  EXPECT_EQ(store->admitted(1), 10u);
  EXPECT_EQ(load(*store, 1, 100).size(), 7u);
  EXPECT_THAT(load(*store, 1, 100), IsEmpty());
  add(*store, "https://b/late");
  EXPECT_THAT(load(*store, 1, 100), ElementsAre("https://b/late"));
}

TEST_F(StateStoreTest, APageKeepsWhatBelongsToIt) {
  const auto store = open();
  const PageId seed = add(*store, "http://a:8080/x?y=1#z");
  const PageId same = add(*store, "http://a:8080/2", 1, seed);
  const PageId other = add(*store, "https://u:p@b/3", 2, same);
  std::vector<QueuedPage> pages;
  ASSERT_TRUE(store->load(0, 9, pages));
  ASSERT_TRUE(store->load(1, 9, pages));
  ASSERT_EQ(pages.size(), 3u);
  EXPECT_EQ(pages[0].url.href(), "http://a:8080/x?y=1");
  EXPECT_EQ(pages[0].parent, kNoPage);
  EXPECT_EQ(pages[1].parent, seed);
  EXPECT_EQ(pages[1].depth, 1);
  EXPECT_EQ(pages[2].id, other);
  EXPECT_EQ(pages[2].url.href(), "https://u:p@b/3");
  EXPECT_EQ(pages[2].parent, same);
  EXPECT_EQ(*store->url_of(seed), "http://a:8080/x?y=1");
  EXPECT_EQ(*store->url_of(other), "https://u:p@b/3");
}

TEST_F(StateStoreTest, APageOfASitemapKeepsThat) {
  {
    const auto store = open();
    add(*store, "http://a/1", 0, kNoPage);
    add(*store, "http://a/2", 0, kFromSitemap);
    add(*store, "http://a/3", 0, kFromPrivateSitemap);
    add(*store, "http://a/4", 1, PageId{0});
    ASSERT_TRUE(store->commit({{"records", 0}}));
  }
  const auto store = open();
  std::vector<QueuedPage> pages;
  ASSERT_TRUE(store->load(0, 9, pages));
  ASSERT_EQ(pages.size(), 4u);
  EXPECT_EQ(pages[0].parent, kNoPage);
  EXPECT_EQ(pages[1].parent, kFromSitemap);
  EXPECT_EQ(pages[2].parent, kFromPrivateSitemap);
  EXPECT_EQ(pages[3].parent, PageId{0});
}

TEST_F(StateStoreTest, PagesAreAddedAndLoadedByTurns) {
  const auto store = open();
  std::vector<std::string> given;
  for (int i = 0; i < 3000; ++i) {
    add(*store, "http://a/" + std::to_string(i));
    if (i % 7 < 3) continue;
    add(*store, "http://b/" + std::to_string(i));
    add(*store, "http://a/" + std::to_string(i) + "x");
    for (const std::string& href : load(*store, 0, 1)) given.push_back(href);
  }
  for (const std::string& href : load(*store, 0, 9999)) given.push_back(href);
  EXPECT_EQ(given.size(), store->admitted(0));
  EXPECT_EQ(std::set<std::string>(given.begin(), given.end()).size(),
            given.size());
  EXPECT_EQ(load(*store, 1, 9999).size(), store->admitted(1));
}

// More than is kept back before it is written.
TEST_F(StateStoreTest, ManyPagesBetweenCommits) {
  {
    const auto store = open();
    for (int i = 0; i < 70'000; ++i) {
      add(*store,
          "http://h" + std::to_string(i % 31) + "/" + std::to_string(i));
    }
    EXPECT_EQ(*store->url_of(PageId{2} << 32 | 2000),
              "http://h2/" + std::to_string(2000 * 31 + 2));
    ASSERT_TRUE(store->commit({{"records", 0}}));
  }
  const auto store = open();
  EXPECT_EQ(store->counts().admitted, 70'000u);
  for (unsigned host = 0; host < 31; ++host) {
    const auto pages = load(*store, host, 9999);
    ASSERT_EQ(pages.size(), store->admitted(host));
    for (std::size_t i = 0; i < pages.size(); ++i) {
      ASSERT_EQ(pages[i], "http://h" + std::to_string(host) + "/" +
                              std::to_string(i * 31 + host));
    }
  }
}

TEST_F(StateStoreTest, WhatIsCommittedIsThereAgain) {
  {
    const auto store = open();
    EXPECT_FALSE(store->resumed());
    for (int i = 0; i < 5; ++i) add(*store, "http://a/" + std::to_string(i));
    ASSERT_TRUE(store->remember("http://out/"));
    std::vector<QueuedPage> pages;
    ASSERT_TRUE(store->load(0, 3, pages));
    store->done(pages[0].id);
    store->done(pages[2].id);
    ASSERT_TRUE(store->set_note("totals", "1 2"));
    ASSERT_TRUE(store->set_note("empty", ""));
    ASSERT_TRUE(store->commit({{"records", 1234}}));
  }
  const auto store = open();
  EXPECT_TRUE(store->resumed());
  EXPECT_EQ(store->position("records"), 1234u);
  EXPECT_EQ(store->counts().admitted, 5u);
  EXPECT_EQ(store->counts().known, 6u);
  EXPECT_EQ(store->counts().done, 2u);
  EXPECT_EQ(store->waiting(0), 3u);
  EXPECT_TRUE(store->knows("http://a/4"));
  EXPECT_TRUE(store->knows("http://out/"));
  EXPECT_EQ(*store->note("totals"), "1 2");
  EXPECT_EQ(*store->note("empty"), "");
  EXPECT_EQ(*store->note("none"), std::nullopt);
  // What was under way waits again; what is done does not.
  EXPECT_THAT(load(*store, 0, 9),
              ElementsAre("http://a/1", "http://a/3", "http://a/4"));
}

TEST_F(StateStoreTest, WhatIsNotCommittedIsUndone) {
  {
    const auto store = open();
    add(*store, "http://a/1");
    std::vector<QueuedPage> pages;
    ASSERT_TRUE(store->load(0, 9, pages));
    ASSERT_TRUE(store->commit({{"records", 10}}));
    store->done(pages[0].id);
    add(*store, "http://a/2");
    ASSERT_TRUE(store->set_note("n", "x"));
  }
  const auto store = open();
  EXPECT_EQ(store->counts().admitted, 1u);
  EXPECT_EQ(store->counts().done, 0u);
  EXPECT_FALSE(store->knows("http://a/2"));
  EXPECT_EQ(*store->note("n"), std::nullopt);
  EXPECT_THAT(load(*store, 0, 9), ElementsAre("http://a/1"));
}

// Done in any order, over several runs: the queue never gives one again, and
// nothing is left out.
TEST_F(StateStoreTest, DoneInAnyOrderOverManyRuns) {
  std::mt19937 random(5);
  std::set<std::string> finished;
  std::size_t added = 0;
  for (int run = 0; run < 40; ++run) {
    const auto store = open();
    ASSERT_EQ(store->counts().done, finished.size());
    std::vector<QueuedPage> under_way;
    std::set<std::string> finished_now;
    std::set<std::string> finished_at_commit = finished;
    std::size_t added_at_commit = added;
    for (int step = 0; step < 60; ++step) {
      switch (random() % 4) {
        case 0:
          if (added < 400) {
            add(*store, "http://a/" + std::to_string(added++));
          }
          break;
        case 1:
          if (store->hosts() > 0) {
            ASSERT_TRUE(store->load(0, random() % 5, under_way));
          }
          break;
        case 2:
          if (!under_way.empty()) {
            const std::size_t pick = random() % under_way.size();
            const std::string href(under_way[pick].url.href());
            ASSERT_TRUE(finished.insert(href).second) << href;
            store->done(under_way[pick].id);
            store->done(under_way[pick].id);  // twice is once
            under_way.erase(under_way.begin() +
                            static_cast<std::ptrdiff_t>(pick));
          }
          break;
        default:
          if (random() % 3 == 0) {
            ASSERT_TRUE(store->commit({{"records", 0}}));
            finished_at_commit = finished;
            added_at_commit = added;
          }
      }
      if (store->hosts() > 0) {
        ASSERT_EQ(store->waiting(0),
                  added - finished.size() - under_way.size());
      }
    }
    finished = finished_at_commit;
    added = added_at_commit;
  }
  const auto store = open();
  std::vector<QueuedPage> rest;
  ASSERT_TRUE(store->load(0, 1000, rest));
  for (const QueuedPage& page : rest) {
    EXPECT_TRUE(finished.insert(std::string(page.url.href())).second);
    store->done(page.id);
  }
  EXPECT_EQ(finished.size(), added);
  EXPECT_EQ(store->counts().done, added);
}

TEST_F(StateStoreTest, FirstPageWithABody) {
  const Fingerprint one = fingerprint("one"), two = fingerprint("two");
  {
    const auto store = open();
    EXPECT_EQ(*store->first_with_body(one, 5), 5u);
    EXPECT_EQ(*store->first_with_body(two, 6), 6u);
    EXPECT_EQ(*store->first_with_body(one, 7), 5u);
    EXPECT_EQ(*store->first_with_body({one.high, one.low + 1}, 8), 8u);
    ASSERT_TRUE(store->commit({{"records", 0}}));
  }
  EXPECT_EQ(*open()->first_with_body(two, 9), 6u);
}

TEST_F(StateStoreTest, TrustIsOfEachHostAndLasts) {
  constexpr unsigned kHosts = 12'000;
  {
    const auto store = open();
    for (unsigned i = 0; i < kHosts; ++i) {
      add(*store, "http://h" + std::to_string(i) + "/");
      EXPECT_FALSE(store->trusted(i));
      for (int twice = 0; twice < 2 && i % 3 == 0; ++twice) {
        ASSERT_TRUE(store->trust(i));
      }
      EXPECT_EQ(store->trusted(i), i % 3 == 0);
    }
    ASSERT_TRUE(store->commit({{"records", 0}}));
    ASSERT_TRUE(store->trust(1));
  }
  const auto store = open();
  for (unsigned i = 0; i < kHosts; ++i) {
    ASSERT_EQ(store->trusted(i), i % 3 == 0) << i;
  }
}

TEST_F(StateStoreTest, CountersAreAsOfTheLastCommit) {
  {
    const auto store = open();
    EXPECT_EQ(store->counter("pages"), 0u);
    add(*store, "http://a/");
    store->set_counter("pages", 7);
    store->set_counter("bytes", ~std::uint64_t{0});
    ASSERT_TRUE(store->commit({{"records", 0}}));
    store->set_counter("bytes", 5);
    ASSERT_TRUE(store->commit({{"records", 0}}));
    store->set_counter("pages", 8);
    store->set_counter("seconds", 1);
    EXPECT_EQ(store->counter("pages"), 8u);
  }
  const auto store = open();
  EXPECT_EQ(store->counter("pages"), 7u);
  EXPECT_EQ(store->counter("bytes"), 5u);
  EXPECT_EQ(store->counter("seconds"), 0u);
}

TEST_F(StateStoreTest, TheLargestCounterLasts) {
  {
    const auto store = open();
    add(*store, "http://a/");
    store->set_counter("bytes", ~std::uint64_t{0});
    ASSERT_TRUE(store->commit({{"records", 0}}));
  }
  EXPECT_EQ(open()->counter("bytes"), ~std::uint64_t{0});
}

TEST_F(StateStoreTest, AnyNumberOfSinksIsAsOfTheLastCommit) {
  const SinkPositions some = {{"records", 10}, {"skipped", 20}};
  const SinkPositions others = {{"records", 11}, {"warc", 1}};
  {
    const auto store = open();
    EXPECT_THAT(store->positions(), IsEmpty());
    EXPECT_EQ(store->position("records"), 0u);
    add(*store, "http://a/");
    ASSERT_TRUE(store->commit(some));
    EXPECT_EQ(store->positions(), some);
  }
  {
    const auto store = open();
    EXPECT_EQ(store->positions(), some);
    EXPECT_EQ(store->position("skipped"), 20u);
    EXPECT_EQ(store->position("records"), 10u);
    ASSERT_TRUE(store->commit(others));
  }
  {
    const auto store = open();
    EXPECT_EQ(store->positions(), others);
    EXPECT_EQ(store->position("skipped"), 0u);
    ASSERT_TRUE(store->commit(SinkPositions()));
  }
  EXPECT_THAT(open()->positions(), IsEmpty());
}

TEST_F(StateStoreTest, AStateWithOnlyAHeaderInASinkIsGoneOnWith) {
  ASSERT_TRUE(open()->commit({{"records", 0}, {"archive", 99}}));
  const auto store = open();
  EXPECT_TRUE(store->resumed());
  EXPECT_EQ(store->position("archive"), 99u);
}

TEST_F(StateStoreTest, ManyHosts) {
  constexpr int kHosts = 3000;
  {
    const auto store = open();
    for (int i = 0; i < kHosts; ++i) {
      add(*store, "http://h" + std::to_string(i) + "/");
    }
    ASSERT_TRUE(store->commit({{"records", 0}}));
  }
  const auto store = open();
  ASSERT_EQ(store->hosts(), std::size_t{kHosts});
  for (unsigned i = 0; i < kHosts; ++i) {
    const std::string name = "http://h" + std::to_string(i);
    ASSERT_EQ(store->host_key(i), name + ":80");
    ASSERT_THAT(load(*store, i, 2), ElementsAre(name + "/"));
  }
}

}  // namespace
}  // namespace crawl
