// Which links are asked, and what is looked for in what they lead to.

#include "check/link_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "check/check_entry.h"
#include "crawl/parse/page.h"

namespace crawl {
namespace {

std::vector<std::uint64_t> keys(std::vector<std::string> ids) {
  std::vector<std::uint64_t> all;
  for (const std::string& id : ids) all.push_back(target_key(id));
  std::sort(all.begin(), all.end());
  return all;
}

TEST(LinkKind, SpellingsOfOneUrlHaveOneKey) {
  EXPECT_EQ(link_key("http://a.test/%7Eme"), link_key("http://a.test/~me"));
  EXPECT_NE(link_key("http://a.test/a"), link_key("http://a.test/A"));
}

TEST(FragmentWish, NothingIsLookedForWhereEveryPageOrOnlyAScriptHasIt) {
  for (const char* fragment : {"", "top", "TOP", "/route", "!page", ":~:x=1"}) {
    EXPECT_FALSE(fragment_wish({}, fragment).any()) << fragment;
  }
  PageLink image;
  image.element = LinkElement::kImg;
  EXPECT_FALSE(fragment_wish(image, "part").any());
  EXPECT_EQ(fragment_wish({}, "part").target, "part");
}

TEST(FragmentWish, ATextDirectiveStandsBehindTheTarget) {
  const FragmentWish wish = fragment_wish({}, "part:~:text=a,b&text=c");
  EXPECT_EQ(wish.target, "part");
  EXPECT_EQ(wish.text, "text=a,b&text=c");
}

TEST(HasTarget, AsWrittenThenPercentDecoded) {
  const auto targets = keys({"caf\xc3\xa9", "50%25", "user-content-read"});
  EXPECT_TRUE(has_target(targets, "caf%C3%A9", "a.test"));
  EXPECT_TRUE(has_target(targets, "50%25", "a.test"));
  EXPECT_TRUE(has_target(targets, "%74op", "a.test"));
  EXPECT_FALSE(has_target(targets, "50%", "a.test"));
  EXPECT_FALSE(has_target(targets, "read", "a.test"));
  EXPECT_TRUE(has_target(targets, "read", "github.com"));
}

TEST(HasText, PartsInTheirOrderWhateverTheCaseAndTheBlanks) {
  const std::string text =
      "The quick\n\n brown\xc2\xa0"
      "fox, and others";
  for (const char* good :
       {"text=quick%20brown", "text=THE,fox", "text=quick-,brown",
        "text=brown,-fox", "text=nothing&text=fox%2C",
        "text=the-,quick,fox,-%2C"}) {
    EXPECT_TRUE(has_text(comparable_text(text), good)) << good;
  }
  for (const char* bad : {"text=fox,quick", "text=quack", "other=fox"}) {
    EXPECT_FALSE(has_text(comparable_text(text), bad)) << bad;
  }
}

TEST(Judge, AnswersThatDependOnWhoAsksSayNothing) {
  for (const int status : {401, 403, 405, 407, 429, 451, 503, 999}) {
    EXPECT_EQ(judge(ErrorKind::kHttp, status), CheckOutcome::kInconclusive);
  }
  for (const int status : {400, 404, 410, 500, 502, 504}) {
    EXPECT_EQ(judge(ErrorKind::kHttp, status), CheckOutcome::kBroken);
  }
  EXPECT_EQ(judge(ErrorKind::kNone, 200), CheckOutcome::kOk);
  EXPECT_EQ(judge(ErrorKind::kTimeout, 0), CheckOutcome::kInconclusive);
  EXPECT_EQ(judge(ErrorKind::kRobots, 0), CheckOutcome::kInconclusive);
  EXPECT_EQ(judge(ErrorKind::kDns, 0), CheckOutcome::kBroken);
  EXPECT_EQ(judge(ErrorKind::kExcluded, 0), CheckOutcome::kUnchecked);
}

}  // namespace
}  // namespace crawl
