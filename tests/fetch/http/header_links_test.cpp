// What a response's headers say of its page, and where they lead.
#include "fetch/http/header_links.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace crawl {
namespace {

const Url& page_url() {
  static const Url kUrl = *Url::parse("http://a.test/dir/page?q");
  return kUrl;
}

TEST(HeaderLinks, AByteThatIsNoUtf8StandsForItself) {
  const struct {
    const char* reference;
    const char* href;
  } kCases[] = {
      {"/caf\xE9", "http://a.test/caf%E9"},
      {"/caf\xC3\xA9", "http://a.test/caf%C3%A9"},
      {"/caf%E9", "http://a.test/caf%E9"},
      {"x?\xE9=\xFF#\x80", "http://a.test/dir/x?%E9=%FF#%80"},
      {"/\xC3", "http://a.test/%C3"},
      {"/\xC3\xA9\xE2\x82/\xC3\xA9", "http://a.test/%C3%A9%E2%82/%C3%A9"},
      {"/\xED\xA0\x80", "http://a.test/%ED%A0%80"},
      {"/\xF0\x9F\x98\x80", "http://a.test/%F0%9F%98%80"},
      {"", "http://a.test/dir/page?q"},
      {"//b.test", "http://b.test/"},
  };
  for (const auto& one : kCases) {
    const auto url = resolve_header_url(page_url(), one.reference);
    ASSERT_TRUE(url) << one.href;
    EXPECT_EQ(url->href(), one.href);
  }
  EXPECT_FALSE(resolve_header_url(page_url(), "http://\xE9.test/"));
}

TEST(HeaderLinks, Rfc8288_TheCanonicalLink) {
  const struct {
    const char* field;
    const char* target;  // null: none
  } kCases[] = {
      {"<https://b.test/x>; rel=\"canonical\"", "https://b.test/x"},
      {"<x>;rel=canonical", "x"},
      {"<x>; REL = \"CANONICAL\"", "x"},
      {"  < x >\t;\trel=canonical  ", " x "},
      {"<x>; title=\"a; rel=next, <y>\"; rel=canonical", "x"},
      {"<x>; title=\"\\\"\"; rel=canonical", "x"},
      {"<a,b;c>; rel=canonical", "a,b;c"},
      // Several links, several relations.
      {"<a>; rel=next, <b>; rel=canonical, <c>; rel=canonical", "b"},
      {"<a>;rel=\"next\",<b>;rel=\"prev canonical\"", "b"},
      {"<x>; rel=\"canonical\tnext\"", "x"},
      // Section 3.3: the first rel counts.
      {"<x>; rel=next; rel=canonical", nullptr},
      {"<x>; rel=canonical; rel=next", "x"},
      // Section 3.2: a link of something else.
      {"<x>; rel=canonical; anchor=\"#part\"", nullptr},
      {"<x>; anchor=/other; rel=canonical, <y>; rel=canonical", "y"},
      // None.
      {"", nullptr},
      {"<x>", nullptr},
      {"<x>; rel", nullptr},
      {"<x>; rel=", nullptr},
      {"<x>; rel=canonicals", nullptr},
      {"<x>; rel=non-canonical", nullptr},
      {"<x>; rev=canonical", nullptr},
      {"<x>; title=canonical", nullptr},
      {"<x>, rel=canonical", nullptr},
      {"x; rel=canonical", nullptr},
      {"<x; rel=canonical", nullptr},
      {"<x>; title=\"; rel=canonical", nullptr},
      {"; rel=canonical", nullptr},
      // What is none does not hide what is one.
      {"junk, <x>; rel=canonical", "x"},
      {"junk \"a, <y>; rel=canonical\", <x>; rel=canonical", "x"},
      {",,<x>;;rel=canonical;", "x"},
      {"<y>; rel=next junk, <x>; rel=\"canonical\" junk", "x"},
  };
  for (const auto& one : kCases) {
    const auto target = link_target(one.field, "canonical");
    EXPECT_EQ(target.has_value(), one.target != nullptr) << one.field;
    if (target && one.target != nullptr) {
      EXPECT_EQ(*target, one.target) << one.field;
    }
  }
}

TEST(HeaderLinks, AnyBytesAreReadInLinearTime) {
  for (const char* piece :
       {"<", ",", ";", "=", "\"", "<>;", "<x>;rel=\"", "\\"}) {
    std::string field;
    for (int i = 0; i < 100'000; ++i) field += piece;
    EXPECT_FALSE(link_target(field, "canonical")) << piece;
  }
}

Page with_headers(std::string link, std::string refresh, Page page = {},
                  bool links = true) {
  FetchResult result;
  result.link = std::move(link);
  result.refresh = std::move(refresh);
  apply_header_links(page, result, page_url(), {.links = links});
  return page;
}

TEST(HeaderLinks, LinkFillsCanonicalWhereThePageSaysNothing) {
  EXPECT_EQ(with_headers("<../x\xE9>; rel=canonical", "").canonical,
            "http://a.test/x%E9");
  Page page;
  page.canonical = "http://a.test/own";
  EXPECT_EQ(with_headers("<x>; rel=canonical", "", page).canonical,
            "http://a.test/own");
  for (const char* link :
       {"<>; rel=canonical", "< >; rel=canonical", "<mailto:x>; rel=canonical",
        "<http://[/>; rel=canonical", "<x>; rel=next"}) {
    EXPECT_EQ(with_headers(link, "").canonical, std::nullopt) << link;
  }
}

TEST(HeaderLinks, RefreshIsALinkAsAMetaElementsIs) {
  for (const char* refresh :
       {"0; url=/next", "5;URL='/next'", "0, /next", "0.5 url = \"/next\""}) {
    const Page page = with_headers("", refresh);
    EXPECT_EQ(page.refresh, "http://a.test/next") << refresh;
    ASSERT_EQ(page.links.size(), 1u);
    EXPECT_EQ(page.links[0], (PageLink{"http://a.test/next", LinkElement::kMeta,
                                       LinkAttribute::kContent, "", ""}));
  }
  EXPECT_EQ(with_headers("", "0;url=\xE9").refresh, "http://a.test/dir/%E9");
  EXPECT_TRUE(with_headers("", "0; url=/next", {}, false).links.empty());
  for (const char* refresh : {"", "5", "url=/next", "0; url=", "0; url=''",
                              "0; url=javascript:x", "x"}) {
    const Page page = with_headers("", refresh);
    EXPECT_EQ(page.refresh, std::nullopt) << refresh;
    EXPECT_TRUE(page.links.empty()) << refresh;
  }
}

TEST(HeaderLinks, ThePagesOwnRefreshComesFirst) {
  Page page;
  page.refresh = "http://a.test/own";
  page.links.add({"http://a.test/own", LinkElement::kMeta,
                  LinkAttribute::kContent, "", ""});
  page = with_headers("", "0; url=/next", page);
  EXPECT_EQ(page.refresh, "http://a.test/own");
  EXPECT_EQ(page.links.size(), 2u);
}

}  // namespace
}  // namespace crawl
