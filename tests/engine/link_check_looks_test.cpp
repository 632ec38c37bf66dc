// Which pages a check of links has to see once more, and where it may look for
// them.

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "check/link_kind.h"
#include "crawl/frontier/job.h"
#include "engine/link_check.h"

namespace crawl {
namespace {

constexpr std::string_view kText = "http://127.0.0.1/#:~:text=secret";
constexpr std::string_view kPart = "http://far.test/#part";

PageLink link_to(std::string_view url) {
  PageLink link;
  link.url = url;
  return link;
}

Job page(bool allow_private, bool at_private) {
  Job job(0, "", *Url::parse("http://page.test/"));
  job.allow_private = allow_private;
  job.at_private = at_private;
  return job;
}

// A page that may be at a private address, as one that the user gave, need not
// be at one: then its links may not lead there.
TEST(LinkCheck, LooksAtPrivateAddressesForPagesAtSuchAlone) {
  for (const bool allow_private : {false, true}) {
    for (const bool at_private : {false, true}) {
      LinkCheck check({});
      ASSERT_TRUE(check.takes(link_to(kText), kText.find('#'),
                              page(allow_private, at_private)));
      const std::vector<LinkPolicy::Look> looks = check.take_looks();
      ASSERT_EQ(looks.size(), 1u);
      EXPECT_TRUE(looks[0].text);
      EXPECT_EQ(looks[0].allow_private, allow_private && at_private);
    }
  }
}

// What an earlier run knew.
struct Known {
  bool answered = false, was_seen = false, has_text = false;
};

std::vector<LinkPolicy::Look> looks_after(const Known& known,
                                          std::string_view url) {
  LinkCheckOptions options;
  options.each_known = [&](const auto& answered, const auto& to_part) {
    if (known.answered) {
      answered(link_key(url.substr(0, url.find('#'))), known.was_seen);
    }
    to_part(link_to(url), known.has_text, true);
    return Result<void>();
  };
  LinkCheck check(std::move(options));
  EXPECT_TRUE(check.go_on().has_value());
  return check.take_looks();
}

TEST(LinkCheck, GoesOnWithLooksThatWereNotMade) {
  EXPECT_EQ(looks_after({.answered = true}, kPart).size(), 1u);
  EXPECT_EQ(looks_after({.answered = true, .was_seen = true}, kPart).size(),
            0u);
  // It is yet to be asked for, and will be seen then.
  EXPECT_EQ(looks_after({}, kPart).size(), 0u);
  EXPECT_EQ(looks_after({.answered = true, .was_seen = true}, kText).size(),
            1u);
  EXPECT_EQ(
      looks_after({.answered = true, .was_seen = true, .has_text = true}, kText)
          .size(),
      0u);
}

}  // namespace
}  // namespace crawl
