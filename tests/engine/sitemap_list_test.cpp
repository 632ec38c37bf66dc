#include "engine/sitemap_list.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace crawl {
namespace {

using Added = SitemapList::Added;

Added add(SitemapList& list, const std::string& url, int level = 0) {
  return list.add({*Url::parse(url), level, false});
}

TEST(SitemapList, TakesEachOnce) {
  SitemapList list;
  EXPECT_EQ(add(list, "http://a.test/1.xml"), Added::kNew);
  EXPECT_EQ(add(list, "http://a.test/1.xml"), Added::kKnown);
}

TEST(SitemapList, SaysWhatIsTooDeep) {
  SitemapList list;
  EXPECT_EQ(add(list, "http://a.test/1.xml", 3), Added::kNew);
  EXPECT_EQ(add(list, "http://a.test/2.xml", 4), Added::kTooDeep);
}

TEST(SitemapList, EveryHostMayHaveAsManyAsAnIndexCanName) {
  SitemapList list;
  for (int i = 0; i < 50'000; ++i) {
    ASSERT_EQ(add(list, fmt::format("http://a.test/{}", i)), Added::kNew);
  }
  EXPECT_EQ(add(list, "http://a.test/one-more"), Added::kTooMany);
  EXPECT_EQ(add(list, "http://b.test/first"), Added::kNew);
}

TEST(SitemapList, WhatWaitsIsBoundedByBytes) {
  SitemapList list;
  const std::string path(4'000, 'x');
  int taken = 0;
  while (add(list, fmt::format("http://h{}.test/{}", taken, path)) ==
         Added::kNew) {
    ++taken;
  }
  EXPECT_GT(taken, 8'000);
  EXPECT_LT(taken, 9'000);
  list.finished(fmt::format("http://h0.test/{}", path));
  EXPECT_EQ(add(list, "http://other.test/"), Added::kNew);
}

TEST(SitemapList, WhatIsLeftComesBack) {
  SitemapList list;
  add(list, "http://a.test/1.xml", 2);
  add(list, "http://a.test/2.xml");
  list.finished("http://a.test/2.xml");
  const auto left = SitemapList::read_left(list.left());
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].url.href(), "http://a.test/1.xml");
  EXPECT_EQ(left[0].level, 2);
}

}  // namespace
}  // namespace crawl
