#include "crawl/base/link_list.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace crawl {
namespace {

PageLink link_to(std::string_view url, std::string_view rel = {},
                 std::string_view text = {}) {
  return {url, LinkElement::kA, LinkAttribute::kHref, rel, text};
}

TEST(LinkList, GivesBackWhatWasAddedInOrder) {
  LinkList links;
  EXPECT_TRUE(links.empty());
  {
    // Copied: the views need not outlive the call.
    const std::string url = "http://h/a";
    links.add({url, LinkElement::kImg, LinkAttribute::kSrcset, "", ""});
  }
  links.add(link_to("http://h/b", "nofollow", "B"));
  ASSERT_EQ(links.size(), 2U);
  EXPECT_EQ(links[0], (PageLink{"http://h/a", LinkElement::kImg,
                                LinkAttribute::kSrcset, "", ""}));
  EXPECT_EQ(links[1], link_to("http://h/b", "nofollow", "B"));
  EXPECT_THROW(links[2], std::out_of_range);
}

TEST(LinkList, KeepsRepeats) {
  LinkList links;
  links.add(link_to("http://h/a"));
  links.add(link_to("http://h/a"));
  EXPECT_EQ(links.size(), 2U);
}

// Each add() shares some text with an earlier link and appends enough besides
// to move the buffer, whichever of the three views is the new one.
TEST(LinkList, TakesViewsOfItsOwnTextWhileTheBufferGrows) {
  LinkList links;
  links.add(link_to("http://h/first", "rel", "text"));
  for (std::size_t i = 0; i < 200; ++i) {
    const std::string added(i * 7 + 40, static_cast<char>('a' + i % 26));
    const PageLink first = links[0];
    links.add(i % 3 == 0   ? link_to(added, first.rel, first.text)
              : i % 3 == 1 ? link_to(first.url, added, first.text)
                           : link_to(first.url, first.rel, added));
    const PageLink last = links[links.size() - 1];
    EXPECT_EQ(last.url, i % 3 == 0 ? added : "http://h/first");
    EXPECT_EQ(last.rel, i % 3 == 1 ? added : "rel");
    EXPECT_EQ(last.text, i % 3 == 2 ? added : "text");
  }
  EXPECT_EQ(links[0], link_to("http://h/first", "rel", "text"));
}

TEST(LinkList, SharesTheTextOfItsOwnLinks) {
  LinkList links;
  links.add(link_to("http://h/a"));
  for (int i = 0; i < 100; ++i) links.add(links[0]);
  EXPECT_EQ(links[0].url.data(), links[100].url.data());
  // Part of a link is as good.
  links.add(link_to(links[0].url.substr(0, 8)));
  EXPECT_EQ(links[101].url, "http://h");
  EXPECT_EQ(links[101].url.data(), links[0].url.data());
}

TEST(LinkList, CopiesAndMovesAreIndependent) {
  LinkList links;
  links.add(link_to("http://h/a"));
  LinkList copy = links;
  links.add(link_to("http://h/b"));
  EXPECT_EQ(copy.size(), 1U);
  const LinkList moved = std::move(links);
  EXPECT_EQ(moved[1].url, "http://h/b");
  copy.clear();
  EXPECT_TRUE(copy.empty());
  copy.add(moved[0]);
  EXPECT_EQ(copy[0].url, "http://h/a");
}

TEST(LinkList, NamesOfElementsAndAttributes) {
  EXPECT_EQ(to_string(LinkElement::kA), "a");
  EXPECT_EQ(to_string(LinkElement::kButton), "button");
  EXPECT_EQ(to_string(LinkElement::kForm), "form");
  EXPECT_EQ(to_string(LinkElement::kImage), "image");
  EXPECT_EQ(to_string(LinkElement::kMeta), "meta");
  EXPECT_EQ(to_string(LinkElement::kScript), "script");
  EXPECT_EQ(to_string(LinkElement::kVideo), "video");
  EXPECT_EQ(to_string(LinkAttribute::kAction), "action");
  EXPECT_EQ(to_string(LinkAttribute::kData), "data");
  EXPECT_EQ(to_string(LinkAttribute::kImagesrcset), "imagesrcset");
  EXPECT_EQ(to_string(LinkAttribute::kSrcset), "srcset");
  EXPECT_EQ(to_string(LinkAttribute::kXlinkHref), "xlink:href");
}

}  // namespace
}  // namespace crawl
