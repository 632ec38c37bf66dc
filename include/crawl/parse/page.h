#ifndef CRAWL_PARSE_PAGE_H_
#define CRAWL_PARSE_PAGE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/link_list.h"
#include "crawl/base/url.h"

namespace crawl {

// Who read a page: the one-pass tag scanner, or gumbo's tree where the tree
// could change the answer.
enum class PageParser : std::uint8_t { kScanner, kTree };

struct PageOptions {
  // Keep every link in Page::links. Otherwise links are only counted.
  bool links = false;
  // Also keep the text inside each `a` (PageLink::text).
  bool anchor_text = false;
  // What a check of the links wants too, of pages whose links are kept: that
  // text, PageLink::line and column, what is no such link, and Page::targets.
  bool check = false;
};

// By which a page's targets are known: of an element's id, or of a fragment
// that is looked for.
std::uint64_t target_key(std::string_view id);

// What a crawler wants to know of an HTML page. Text is valid UTF-8, white
// space stripped and collapsed; nothing where the page does not say.
struct Page {
  std::optional<std::string> title;        // the first `title` element's text
  std::optional<std::string> description;  // meta name=description
  std::optional<std::string> canonical;    // link rel=canonical, resolved
  std::optional<std::string> lang;         // html lang, as written
  std::optional<std::string> robots;  // meta name=robots, several joined ", "
  std::optional<std::string> robots_crawl;  // meta name=crawl: for us by name
  std::optional<std::string> refresh;  // meta http-equiv=refresh, its target
  std::string base;                    // what links are resolved against
  std::string charset;                 // Encoding Standard name, "utf-8"
  std::uint64_t link_count = 0;  // http(s) links of a and area, repeats counted
  LinkList links;  // in source order; empty unless PageOptions::links
  // References that no URL can be made of, as written in the place of URLs;
  // those that are neither http nor https, the beginning of what is long; and
  // the target_key() of all that a fragment can mean, in order. Empty unless
  // PageOptions::check.
  LinkList malformed, other_schemes;
  std::vector<std::uint64_t> targets;
  PageParser parser = PageParser::kTree;

  // Of a page that is no part of what is crawled.
  void drop_links() {
    links.clear();
    malformed.clear();
    other_schemes.clear();
  }
};

// Reads the page that `url` answered with. `body` is the body after content
// decoding, in whatever charset; `content_type` the Content-Type header's
// value, or "".
//
// Any thread, any bytes: never fails, never throws but for lost memory, and
// takes time and stack bounded by a small multiple of the body's size.
Page read_page(std::string_view body, const Url& url,
               std::string_view content_type, const PageOptions& options);

// As read_page(), but nothing for a page whose tags alone do not tell: reading
// that one means building its tree, which takes thirty times as long.
std::optional<Page> read_page_by_tags(std::string_view body, const Url& url,
                                      std::string_view content_type,
                                      const PageOptions& options);

}  // namespace crawl

#endif  // CRAWL_PARSE_PAGE_H_
