#ifndef CRAWL_ENGINE_SITE_OPTIONS_H_
#define CRAWL_ENGINE_SITE_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/error.h"
#include "crawl/base/link_list.h"
#include "crawl/base/url.h"
#include "crawl/frontier/scope.h"
#include "crawl/frontier/url_cleaner.h"

namespace crawl {

// When robots.txt is asked: for what links lead to, or for seeds too, or never.
enum class RobotsMode : std::uint8_t { kNever, kLinks, kAlways };

// A crawl that checks links asks for all that its pages link to, and follows
// only what belongs to it. A value.
struct LinkCheckOptions {
  bool only_anchors = false;  // links of `a` and `area` alone
  // What neither belongs to the crawl nor is local is not asked.
  bool offline = false;
  // What is answered without the network: robots.txt has no say in it; null for
  // nothing. The crawl loop's thread, as the next.
  std::function<bool(const Url& url)> is_local;
  // What need not be asked, since it was there a short time ago; null for
  // nothing.
  std::function<bool(std::string_view href)> is_known;
  // Of a check that is gone on with, what it knew: calls `answered` for each
  // URL that has its answer, by its key, and whether what it holds was seen;
  // then `to_part` for each link to a part of a page, whether that page's text
  // is known, and whether the link may lead to a private address. Null for
  // nothing.
  std::function<Result<void>(
      const std::function<void(std::uint64_t key, bool was_seen)>& answered,
      const std::function<void(const PageLink& link, bool has_text,
                               bool allow_private)>& to_part)>
      each_known;
};

// What -r adds to a crawl. A value.
struct SiteOptions {
  std::optional<int> depth;  // links followed from a seed, at most
  ScopeOptions scope;
  UrlCleanerOptions cleaner;
  // How many copies of earlier pages, found on copies, a host may have before
  // their links are no longer followed; 0: any.
  std::size_t max_duplicates = 50;
  std::vector<LinkElement> follow = {LinkElement::kA, LinkElement::kArea,
                                     LinkElement::kFrame, LinkElement::kIframe};
  // Follow a refresh, of a meta element or a header, where a page has no other
  // link to follow.
  bool follow_lone_refresh = true;
  bool obey_nofollow = true;  // rel, meta robots and X-Robots-Tag
  bool all_types = false;     // keep what is not HTML too
  // Also fetch what the pages need to be shown, wherever it is: images, styles,
  // scripts, fonts, media, frames. FetchOptions::style_urls goes with it.
  bool page_requisites = false;

  std::optional<LinkCheckOptions> check;

  bool read_sitemaps = true;          // those that robots.txt names
  std::vector<std::string> sitemaps;  // --sitemap: these too
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_SITE_OPTIONS_H_
