#include "base/robots_rules.h"

#include <gtest/gtest.h>

namespace crawl {
namespace {

TEST(RobotsRules, AreReadAsMetaElementsAndHeadersHaveThem) {
  const struct {
    const char* rules;
    bool said;
  } cases[] = {
      {"nofollow", true},
      {"noindex , NOFOLLOW", true},
      {"none", true},
      {"nofollowing, all", false},
      {"", false},
      {",,", false},
      {"otherbot: noindex, crawl: nofollow", true},
      {"CRAWL: nofollow", true},
      {"crawl: noindex, nofollow", true},
      {"otherbot: nofollow", false},
      {"other-bot_2: noindex, nofollow", false},
      {"crawl: noindex, otherbot: nofollow", false},
      {"nofollow, otherbot: all", true},
      // Rules that have values, which name no crawler.
      {"unavailable_after: 25 Jun 2030 15:00:00 PST, nofollow", true},
      {"unavailable_after: Tuesday, 25 Jun 2030 15:00 PST, nofollow", true},
      {"max-snippet:-1, max-image-preview:large, nofollow", true},
      {"unavailable_after: 25 Jun 2030, follow", false},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(robots_say(each.rules, "nofollow", {"crawl"}), each.said)
        << each.rules;
  }
}

TEST(RobotsRules, AreForAnyOfSeveralNames) {
  EXPECT_TRUE(robots_say("googlebot: noindex", "noindex", {"*", "googlebot"}));
  EXPECT_TRUE(robots_say("*: noindex", "noindex", {"*", "googlebot"}));
  EXPECT_FALSE(robots_say("bingbot: noindex", "noindex", {"*", "googlebot"}));
}

}  // namespace
}  // namespace crawl
