#include "frontier/duplicate_trap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <unordered_set>
#include <vector>

#include "crawl/base/url.h"

namespace crawl {
namespace {

using ::testing::HasSubstr;

Url url(std::string_view text) { return *Url::parse(text); }

// Tells the trap of a page; are its links followed?
bool followed(DuplicateTrap& trap, std::string_view page,
              std::string_view parent, bool duplicate) {
  trap.note(url(page).href(), parent, duplicate);
  return !trap.caught();
}

// Crawls a host where every URL answers with the same page, whose links are
// `relative`, breadth first. How many pages were asked for, at most `most`.
std::size_t crawl_catch_all(DuplicateTrap& trap, std::string_view seed,
                            const std::vector<std::string>& relative,
                            std::size_t most) {
  struct Page {
    Url url;
    std::string parent;
  };
  std::deque<Page> queue = {{url(seed), ""}};
  std::unordered_set<std::string> seen = {std::string(seed)};
  std::size_t asked = 0;
  for (; !queue.empty() && asked < most; ++asked) {
    const Page page = queue.front();
    queue.pop_front();
    trap.note(page.url.href(), page.parent, asked > 0);
    if (trap.caught()) continue;
    for (const std::string& link : relative) {
      const auto next = page.url.resolve(link);
      if (next && seen.emplace(next->href()).second) {
        queue.push_back({*next, std::string(page.url.href())});
      }
    }
  }
  return asked;
}

TEST(DuplicateTrap, APageThatLeadsToItselfForEverIsLeftSoon) {
  for (const auto& links :
       std::vector<std::vector<std::string>>{{"a/", "b/", "c/", "d/"},
                                             {"a", "b/", "../c", "d/e"},
                                             {"x/"},
                                             {"?a", "?b", "y/?c"}}) {
    DuplicateTrap trap(50);
    EXPECT_LE(crawl_catch_all(trap, "http://h/", links, 100'000), 50 * 5 + 5u)
        << links.front();
  }
}

TEST(DuplicateTrap, ZeroCatchesNothing) {
  DuplicateTrap trap(0);
  EXPECT_EQ(crawl_catch_all(trap, "http://h/", {"a/", "b/"}, 2'000), 2'000u);
  EXPECT_FALSE(trap.take_notice());
}

TEST(DuplicateTrap, CopiesBeyondTheLimitAreCaught) {
  DuplicateTrap trap(3);
  EXPECT_TRUE(followed(trap, "http://h/t/0", "", false));
  EXPECT_TRUE(followed(trap, "http://h/t/1", "http://h/t/0", true));
  EXPECT_TRUE(followed(trap, "http://h/t/2", "http://h/t/1", true));
  EXPECT_TRUE(followed(trap, "http://h/t/3", "http://h/t/2", true));
  EXPECT_TRUE(followed(trap, "http://h/t/4", "http://h/t/3", true));
  EXPECT_FALSE(followed(trap, "http://h/t/5", "http://h/t/4", true));
  EXPECT_FALSE(followed(trap, "http://h/t/6", "http://h/t/2", true));
}

TEST(DuplicateTrap, ANewPageIsNeverCaught) {
  DuplicateTrap trap(1);
  crawl_catch_all(trap, "http://h/", {"a/", "b/"}, 1'000);
  EXPECT_TRUE(followed(trap, "http://h/a/new", "http://h/a/", false));
}

TEST(DuplicateTrap, ManyCopiesFoundOnRealPagesAreNoTrap) {
  DuplicateTrap trap(5);
  for (int i = 0; i < 1'000; ++i) {
    const std::string n = std::to_string(i);
    // An article and its print view; an album's index, the same in each.
    EXPECT_TRUE(followed(trap, "http://h/" + n, "http://h/", false));
    EXPECT_TRUE(
        followed(trap, "http://h/" + n + "?print", "http://h/" + n, true));
    EXPECT_TRUE(
        followed(trap, "http://h/album/" + n + "/", "http://h/", i > 0));
    EXPECT_TRUE(followed(trap, "http://h/album/" + n + "/1.html",
                         "http://h/album/" + n + "/", false));
  }
  EXPECT_FALSE(trap.take_notice());
}

TEST(DuplicateTrap, EachHostIsCountedByItself) {
  DuplicateTrap trap(1);
  crawl_catch_all(trap, "http://h/", {"a/", "b/"}, 1'000);
  EXPECT_TRUE(followed(trap, "http://i/1", "http://i/", true));
  EXPECT_TRUE(followed(trap, "http://i/2", "http://i/1", true));
  EXPECT_FALSE(followed(trap, "http://i/3", "http://i/1", true));
}

TEST(DuplicateTrap, SaysOnceWhereItHappened) {
  DuplicateTrap trap(10);
  crawl_catch_all(trap, "http://h/app/", {"a/", "b/"}, 12);
  EXPECT_FALSE(trap.take_notice());
  crawl_catch_all(trap, "http://h/app/", {"a/", "b/"}, 1'000);
  const auto notice = trap.take_notice();
  ASSERT_TRUE(notice);
  EXPECT_THAT(*notice, HasSubstr("11 pages below http://h/app/ "));
  EXPECT_THAT(*notice, HasSubstr("--max-duplicates 10"));
  crawl_catch_all(trap, "http://h/x/", {"a/", "b/"}, 1'000);
  EXPECT_FALSE(trap.take_notice());
}

// A crawl that is stopped and gone on with again and again is no way out.
TEST(DuplicateTrap, WhatEarlierRunsCountedCounts) {
  DuplicateTrap first(10);
  crawl_catch_all(first, "http://h/app/", {"a/", "b/"}, 9);
  EXPECT_TRUE(first.take_changed());
  EXPECT_FALSE(first.take_changed());

  DuplicateTrap second(10);
  second.restore(first.save());
  // Their parents were copies, as only the first run knew.
  int followed_copies = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string page = "http://h/app/x/" + std::to_string(i);
    followed_copies += followed(second, page, "http://h/app/x", true) ? 1 : 0;
  }
  EXPECT_LE(followed_copies, 10);
  EXPECT_TRUE(followed(second, "http://i/1", "http://i/", true));
  EXPECT_TRUE(followed(second, "http://h/new", "http://h/", false));

  DuplicateTrap third(10);
  third.restore(second.save());
  EXPECT_FALSE(followed(third, "http://h/app/y", "http://h/app/x", true));
  third.restore("no such thing\n7\n");
}

// Each of those who share a crawl has an origin for a while.
TEST(DuplicateTrap, CountsAreGoneOnWithByWhoeverHasTheOriginNext) {
  std::string counted;
  int followed_copies = 0;
  for (int turn = 0; turn < 30; ++turn) {
    DuplicateTrap trap(10);
    trap.restore(counted, false);
    trap.note_copy("http://h/app/x");
    const std::string page = "http://h/app/x/" + std::to_string(turn);
    followed_copies += followed(trap, page, "http://h/app/x", true) ? 1 : 0;
    counted = trap.take_counted();
    EXPECT_EQ(trap.take_counted(), "");
    // Nor is a copy counted that was found on a page.
    EXPECT_TRUE(followed(trap, page + "y", "http://h/other", true));
    EXPECT_EQ(trap.take_counted(), "");
  }
  EXPECT_EQ(followed_copies, 10);
}

}  // namespace
}  // namespace crawl
