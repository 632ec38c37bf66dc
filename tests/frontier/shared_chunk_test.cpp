// URLs that wait in chunks: alone, and in a crawl at a Redis.
#include "frontier/shared_chunk.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "frontier/packed.h"
#include "frontier/shared_redis_fixture.h"

namespace crawl {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Worker;
using namespace std::chrono_literals;
using Verdict = StateNews::Claim::Verdict;

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

TEST(SharedChunk, ComesBackAsItWas) {
  for (const std::size_t count : {2u, 3u, 64u}) {
    std::vector<std::string> entries;
    for (std::size_t i = 0; i < count; ++i) {
      entries.push_back(fmt::format("an entry of a list\0, {}", i));
    }
    const std::string packed = pack_chunk(views(entries));
    ASSERT_FALSE(packed.empty());
    EXPECT_EQ(unpack_chunk(packed, count), entries);
    EXPECT_FALSE(unpack_chunk(packed, count - 1));
    EXPECT_FALSE(unpack_chunk(packed, count + 1));
    for (std::size_t cut = 0; cut < packed.size(); ++cut) {
      EXPECT_FALSE(unpack_chunk(packed.substr(0, cut), count));
    }
  }
}

TEST(SharedChunk, IsNoneIfItSavesNothing) {
  EXPECT_EQ(pack_chunk({}), "");
  EXPECT_EQ(pack_chunk({"the only one, the only one, the only one"}), "");
  EXPECT_EQ(pack_chunk({"ab", "cd"}), "");
}

TEST(SharedChunk, HoldsNoMoreThanOneMay) {
  const std::string large(kMostChunkBytes, 'x');
  const std::string packed = pack_chunk({large, large});
  ASSERT_FALSE(packed.empty());
  EXPECT_FALSE(unpack_chunk(packed, 2));
  std::vector<std::string> many(kMostInChunk + 1, "entry");
  EXPECT_FALSE(unpack_chunk(pack_chunk(views(many)), many.size()));
}

TEST(SharedChunk, ThatWasChangedIsNoneOrAnother) {
  std::vector<std::string> entries;
  for (int i = 0; i < 20; ++i) {
    entries.push_back(fmt::format("an entry of a list, {}", i * i));
  }
  const std::string packed = pack_chunk(views(entries));
  for (std::size_t at = 0; at < packed.size(); ++at) {
    for (unsigned bit = 1; bit < 256; bit *= 2) {
      std::string changed = packed;
      changed[at] = static_cast<char>(
          static_cast<unsigned>(static_cast<unsigned char>(changed[at])) ^ bit);
      if (const auto other = unpack_chunk(changed, entries.size())) {
        EXPECT_EQ(other->size(), entries.size());
      }
    }
  }
}

class SharedChunkTest : public testing::SharedRedisTest {
 protected:
  SharedOptions options(const std::string& worker) override {
    SharedOptions options = SharedRedisTest::options(worker);
    options.lease = lease_;
    options.max_pages = max_pages_;
    return options;
  }
  std::string key(const std::string& rest) {
    return fmt::format("crawl:{{{}}}:{}", name_, rest);
  }
  static std::string url(std::size_t n) {
    return fmt::format("http://h.test/a/folder/of/pages/page-{}.html", n);
  }
  // All that are found on a page, once it is handed out.
  static void find(Worker& worker, std::size_t count) {
    worker.add("http://h.test/");
    ASSERT_TRUE(worker.turn());
    for (std::size_t i = 0; i < count; ++i) {
      worker.add(url(i), worker.page("http://h.test/"), 1);
    }
    worker.state().done(worker.page("http://h.test/"));
    worker.pages.clear();
  }

  std::chrono::milliseconds lease_{30'000};
  std::uint64_t max_pages_ = 0;
};

TEST_F(SharedChunkTest, UrlsThatWaitTakeAQuarterOfTheirLength) {
  const auto a = worker("a");
  find(*a, 1000);
  ASSERT_TRUE(a->turn());
  const int bytes = std::atoi(
      redis_->ask({"MEMORY", "USAGE", key("q:h.test"), "SAMPLES", "0"})
          .c_str());
  EXPECT_GT(bytes, 0);
  EXPECT_LE(bytes, 1000 * 12);
}

// Redis does nothing else while it has a call.
TEST_F(SharedChunkTest, WhatAHugePageLeadsToIsToldInSeveralCalls) {
  constexpr std::size_t kLinks = 40'000;
  lease_ = 2s;
  const auto known = [&] {
    return std::atoi(redis_->ask({"HGET", key("meta"), "known"}).c_str());
  };
  const auto a = worker("a");
  find(*a, kLinks);
  const int before = known();
  ASSERT_TRUE(a->state().commit({{"records", 1}}));
  // Killed with a part of it told: the page is not done.
  while (known() == before) {
  }
  EXPECT_LT(known(), static_cast<int>(kLinks));
  EXPECT_EQ(redis_->ask({"HGET", key("meta"), "done"}), "\n");
  const auto b = worker("b");
  testing::turn_until_it_has(*b, "http://h.test/");
  b->pages.erase(std::remove_if(b->pages.begin(), b->pages.end(),
                                [](const QueuedPage& page) {
                                  return page.url.href() != "http://h.test/";
                                }),
                 b->pages.end());
  find(*b, kLinks);
  ASSERT_TRUE(b->turn());
  EXPECT_EQ(known(), static_cast<int>(kLinks + 1));
  EXPECT_EQ(redis_->ask({"HGET", key("meta"), "left"}),
            std::to_string(kLinks) + "\n");
  EXPECT_EQ(redis_->ask({"HGET", key("meta"), "done"}), "1\n");
}

TEST_F(SharedChunkTest, EachIsHandedOutOnceInOrderAndHasItsPlace) {
  const auto a = worker("a");
  find(*a, 300);
  std::vector<std::string> all;
  std::uint64_t place = 1;
  while (a->state().more_may_come() && !HasFatalFailure()) {
    testing::turn(*a);
    for (const QueuedPage& page : a->pages) {
      all.emplace_back(page.url.href());
      EXPECT_EQ(page.place, place++);
      a->state().done(page.id);
    }
    a->pages.clear();
  }
  ASSERT_EQ(all.size(), 300u);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], url(i));
}

TEST_F(SharedChunkTest, WhatIsNotDoneGoesToTheNextWorkerWithItsPlace) {
  lease_ = 1s;
  const auto a = worker("a");
  find(*a, 100);
  ASSERT_TRUE(a->turn());
  ASSERT_GE(a->pages.size(), 3u);
  std::set<std::string> done;
  for (const std::size_t i : {std::size_t{0}, std::size_t{2}}) {
    done.emplace(a->pages[i].url.href());
    a->state().done(a->pages[i].id);
  }
  ASSERT_TRUE(a->turn());
  a->state().done(a->pages[1].id);  // and never told
  const auto b = worker("b");
  std::set<std::uint64_t> places;
  while (b->state().more_may_come() && !HasFatalFailure()) {
    testing::turn(*b);
    for (const QueuedPage& page : b->pages) {
      EXPECT_TRUE(done.emplace(page.url.href()).second) << page.url.href();
      EXPECT_EQ(page.url.href(), url(*page.place - 1));
      b->state().done(page.id);
    }
    b->pages.clear();
  }
  EXPECT_EQ(done.size(), 100u);
  EXPECT_EQ(redis_->ask({"EXISTS", key("p:h.test"), key("q:h.test")}), "0\n");
}

TEST_F(SharedChunkTest, NoMoreThanMaxPagesAreHandedOut) {
  max_pages_ = 70;
  const auto a = worker("a");
  find(*a, 200);
  a->state().set_counter("records", 1);
  std::size_t had = 1;
  while (a->state().more_may_come() && !HasFatalFailure()) {
    testing::turn(*a);
    for (const QueuedPage& page : std::exchange(a->pages, {})) {
      a->state().done(page.id);
      ++had;
    }
    a->state().set_counter("records", had);
  }
  EXPECT_EQ(had, 70u);
}

TEST_F(SharedChunkTest, OneThatIsLedOnGoesOnFromThereAfterAKill) {
  lease_ = 1s;
  const auto a = worker("a");
  find(*a, 20);
  ASSERT_TRUE(a->turn());
  const Url to = *Url::parse("http://h.test/to");
  Redirect redirect{.page = a->page(url(1)), .target = to};
  redirect.hops = {{url(1), 301, "/to"}};
  ASSERT_EQ(*a->state().claim_redirect(redirect), std::nullopt);
  ASSERT_TRUE(a->turn());
  EXPECT_EQ(a->claims[a->page(url(1))], Verdict::kYes);
  const auto b = worker("b");
  while (b->pages.empty()) ASSERT_TRUE(b->turn());
  std::vector<std::string> expected{"http://h.test/to"};
  while (b->state().more_may_come() && !HasFatalFailure()) {
    testing::turn(*b);
    for (const QueuedPage& page : b->pages) b->state().done(page.id);
  }
  std::vector<std::string> all = b->urls();
  for (std::size_t i = 0; i < 20; ++i) {
    if (i != 1) expected.push_back(url(i));
  }
  EXPECT_THAT(all, ::testing::UnorderedElementsAreArray(expected));
}

TEST_F(SharedChunkTest, WhereMostAreKnownTheOthersWaitByThemselves) {
  const auto a = worker("a"), b = worker("b");
  find(*a, 64);
  ASSERT_TRUE(a->turn());
  redis_->ask({"DEL", key("q:h.test")});
  b->add("http://g.test/");
  ASSERT_TRUE(b->turn());
  for (std::size_t i = 1; i < 65; ++i) {
    b->add(url(i), b->page("http://g.test/"), 1);
  }
  ASSERT_TRUE(b->turn());
  const std::string kept = redis_->ask({"LRANGE", key("q:h.test"), "0", "-1"});
  EXPECT_THAT(kept, HasSubstr("page-64.html"));
  EXPECT_LE(kept.size(), 120u);
}

TEST_F(SharedChunkTest, WhatSomebodyElseWroteEndsTheCrawlWithAWord) {
  const std::string good = pack_chunk({"3:ps05:0page1:01:00:",  //
                                       "3:ps05:0page1:01:00:"});
  const std::string bomb =
      pack_chunk({std::string(1'000'000, 'x'), std::string(1'000'000, 'x')});
  int number = 0;
  for (const std::string& entry :
       {std::string("Z"), std::string("z"), std::string("Z:"),
        std::string("z:"), std::string("Z2:garbage"), "Z2:" + bomb,
        "Z3:" + good, "z1:" + good, "Z999999999999:" + good, "Z-1:" + good,
        "z1x:" + good, "Zx:" + good, "z000:" + good,
        std::string("z111111:") + std::string(1000, '\xff')}) {
    name_ = fmt::format("foreign{}", ++number);
    const auto a = worker("a");
    a->add("http://h.test/");
    redis_->ask({"RPUSH", key("q:g.test"), entry});
    redis_->ask({"ZADD", key("ready"), "1", "g.test"});
    EXPECT_FALSE(a->turn()) << entry.substr(0, 20);
    EXPECT_THAT(a->state().commit({}).error().message,
                HasSubstr("no crawl of this program"))
        << entry.substr(0, 20);
  }
}

}  // namespace
}  // namespace crawl
