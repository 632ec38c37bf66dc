// What a check keeps, in a file that it is gone on with.

#include "check/check_store.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check/check_cache.h"
#include "check/link_kind.h"
#include "support/temp_dir.h"

namespace crawl::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kPage = "http://a.test/";
constexpr std::string_view kFar = "http://b.test/x";

struct Open {
  std::unique_ptr<CheckCache> cache;
  std::unique_ptr<CheckStore> store;
};

class CheckStoreTest : public ::testing::Test {
 protected:
  Open open(std::string_view settings) {
    Open opened;
    auto cache =
        CheckCache::open(file_, std::chrono::system_clock::time_point(
                                    std::chrono::hours(24 * 365 * 50)));
    EXPECT_TRUE(cache.has_value());
    opened.cache = *std::move(cache);
    auto store = CheckStore::open(opened.cache->database(), settings);
    EXPECT_TRUE(store.has_value()) << store.error().message;
    opened.store = *std::move(store);
    return opened;
  }

  static void fill(CheckStore& store) {
    EXPECT_FALSE(*store.is_told(1));
    EXPECT_TRUE(store.add_page({kPage, false, true}).has_value());
    PageLink link;
    const std::string part = std::string(kFar) + "#part";
    link.url = part;
    EXPECT_TRUE(store.add_link(link, *store.add_target(kFar), 0).has_value());
    EXPECT_TRUE(store.end_page().has_value());
    EXPECT_TRUE(store.add_page({"http://a.test/a.css", true}).has_value());
    EXPECT_TRUE(
        store.add_answer({.url = kFar, .status_code = 200, .final_url = kFar})
            .has_value());
  }

  // "seen" or "unseen" for what answered; each link to a part, and what of it.
  static std::vector<std::string> known(CheckStore& store) {
    std::vector<std::string> all;
    const Result<void> read = store.each_known(
        [&](std::uint64_t key, bool was_seen) {
          EXPECT_EQ(key, link_key(kFar));
          all.emplace_back(was_seen ? "seen" : "unseen");
        },
        [&](const PageLink& link, bool has_text, bool at_private) {
          all.push_back(std::string(link.url) + (has_text ? " text" : "") +
                        (at_private ? " private" : ""));
        });
    EXPECT_TRUE(read.has_value());
    return all;
  }

  TempDir files_;
  const std::string file_ = files_.file("links.db");
};

TEST_F(CheckStoreTest, WhatWasCommittedIsThereAndNothingElse) {
  {
    const Open first = open("a");
    EXPECT_FALSE(first.store->resumed());
    fill(*first.store);
    EXPECT_TRUE(first.cache->save().has_value());
    EXPECT_TRUE(first.store->add_targets(kFar, {1, 2}, false).has_value());
    EXPECT_TRUE(first.store->add_text(kFar, "text").has_value());
  }
  {
    const Open second = open("a");
    EXPECT_TRUE(second.store->resumed());
    EXPECT_EQ(second.store->pages(), 1) << "a sheet is none";
    EXPECT_TRUE(*second.store->is_told(1));
    EXPECT_FALSE(*second.store->is_told(2));
    EXPECT_THAT(known(*second.store),
                ElementsAre("unseen", "http://b.test/x#part private"));
    EXPECT_TRUE(second.store->add_targets(kFar, {1, 2}, false).has_value());
    EXPECT_TRUE(second.store->add_text(kFar, "text").has_value());
    EXPECT_TRUE(second.cache->save().has_value());
  }
  const Open third = open("a");
  EXPECT_THAT(known(*third.store),
              ElementsAre("seen", "http://b.test/x#part text private"));
}

TEST_F(CheckStoreTest, AnotherChecksGoes) {
  {
    const Open first = open("a");
    fill(*first.store);
    EXPECT_TRUE(first.cache->note_good("http://b.test/x", 200).has_value());
    EXPECT_TRUE(first.cache->save().has_value());
  }
  {
    const Open other = open("b");
    EXPECT_FALSE(other.store->resumed());
    EXPECT_EQ(other.store->pages(), 0);
    EXPECT_FALSE(*other.store->is_told(1));
    EXPECT_THAT(known(*other.store), IsEmpty());
    EXPECT_TRUE(other.cache->is_good("http://b.test/x"));
    EXPECT_TRUE(other.cache->save().has_value());
  }
  EXPECT_FALSE(open("a").store->resumed());
}

TEST_F(CheckStoreTest, OneAtItsEndLeavesNothingButWhatWasThere) {
  {
    const Open first = open("a");
    fill(*first.store);
    for (int i = 0; i < 20'000; ++i) {
      EXPECT_TRUE(first.store->add_given(kFar).has_value());
    }
    EXPECT_TRUE(first.cache->note_good("http://b.test/x", 200).has_value());
    EXPECT_TRUE(first.cache->save().has_value());
    EXPECT_TRUE(first.store->forget().has_value());
    EXPECT_TRUE(first.cache->save_alone().has_value());
  }
  EXPECT_LT(std::filesystem::file_size(file_), 150'000u);
  const Open next = open("a");
  EXPECT_FALSE(next.store->resumed());
  EXPECT_TRUE(next.cache->is_good("http://b.test/x"));
}

// An answer that says less takes no other's place.
TEST_F(CheckStoreTest, HearsayIsNoNews) {
  const Open check = open("a");
  EXPECT_TRUE(
      check.store
          ->add_answer(
              {.url = kFar, .status_code = 200, .final_url = "http://b.test/y"})
          .has_value());
  EXPECT_TRUE(
      check.store
          ->add_answer(
              {.url = kFar, .error = ErrorKind::kDuplicate, .is_hearsay = true})
          .has_value());
  Statement row;
  ASSERT_EQ(
      row.prepare(check.store->database(), "SELECT status, final FROM answers"),
      SQLITE_OK);
  ASSERT_EQ(row.step(), SQLITE_ROW);
  EXPECT_EQ(row.integer(0), 200);
  EXPECT_EQ(row.text(1), "http://b.test/y");
}

std::string shown(std::int64_t page, bool at_private, const KeptLink& link) {
  return fmt::format("{}{} {}#{} {}:{} {} {} {} {}", page,
                     at_private ? " private" : "", link.target, link.fragment,
                     link.line, link.column,
                     link.given ? "given" : to_string(link.element),
                     to_string(link.attribute), link.advice, link.text);
}

TEST(KeptLinks, AreAsTheyWereAdded) {
  const auto store = CheckStore::open();
  ASSERT_TRUE(store.has_value());
  ASSERT_TRUE((*store)->add_page({kPage, false, true}).has_value());
  PageLink link;
  link.url = "http://b.test/x#a%20b#c";
  link.element = LinkElement::kCss;
  link.attribute = LinkAttribute::kUrl;
  link.line = 4'294'967'295;
  link.column = 2;
  // Cut before the letter that does not fit.
  const std::string text = std::string(199, 'x') + "\u00e9y";
  link.text = text;
  ASSERT_TRUE((*store)->add_link(link, 7, 255).has_value());
  PageLink empty;
  empty.url = "http://b.test/x#";
  ASSERT_TRUE((*store)->add_link(empty, 8, 0).has_value());
  ASSERT_TRUE((*store)->end_page().has_value());
  ASSERT_TRUE((*store)->add_given("http://b.test/x#y").has_value());
  ASSERT_TRUE((*store)->end_page().has_value());

  std::vector<std::string> links;
  const auto note = [&](std::int64_t page, bool at_private,
                        const KeptLink& kept) {
    links.push_back(shown(page, at_private, kept));
    return Result<void>();
  };
  ASSERT_TRUE((*store)->each_link(note).has_value());
  EXPECT_THAT(
      links,
      ElementsAre("1 private 7#a%20b#c 4294967295:2 css url 255 " +
                      std::string(199, 'x'),
                  "1 private 8# 0:0 a href 0 ",
                  fmt::format("0 {}#y 0:0 given href 0 ", link_key(kFar))));
}

// They are written in rows of a bounded size.
TEST(KeptLinks, OfAPageMayBeMany) {
  const auto store = CheckStore::open();
  ASSERT_TRUE(store.has_value());
  ASSERT_TRUE((*store)->add_page({kPage}).has_value());
  constexpr std::uint64_t kLinks = 50'000;
  PageLink link;
  link.url = kFar;
  for (std::uint64_t i = 0; i < kLinks; ++i) {
    ASSERT_TRUE((*store)->add_link(link, i, 0).has_value());
  }
  ASSERT_TRUE((*store)->end_page().has_value());
  std::uint64_t next = 0;
  const auto read = (*store)->each_link(
      [&](std::int64_t, bool, const KeptLink& kept) -> Result<void> {
        EXPECT_EQ(kept.target, next++);
        return {};
      });
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(next, kLinks);
  Statement largest;
  ASSERT_EQ(
      largest.prepare((*store)->database(),
                      "SELECT max(length(CAST(links AS BLOB))) FROM kept"),
      SQLITE_OK);
  ASSERT_EQ(largest.step(), SQLITE_ROW);
  EXPECT_LT(largest.integer(0), 300'000);
}

}  // namespace
}  // namespace crawl::testing
