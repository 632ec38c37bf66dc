#ifndef CRAWL_CHECK_LINK_KIND_H_
#define CRAWL_CHECK_LINK_KIND_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/link_list.h"

namespace crawl {

// By which a check of links knows a URL, without fragment: the same for all
// spellings that a crawl takes for one.
std::uint64_t link_key(std::string_view href);

// Whether the element leads neither a reader nor a browser anywhere: where a
// form sends its data, a hint to connect, a name that looks like a URL.
bool is_no_destination(const PageLink& link);
// Whether a check asks for it: all that lead somewhere, or those of `a` and
// `area`.
bool is_checked(const PageLink& link, bool only_anchors);

// Whether the element is part of its page, loaded with it.
bool is_part_of_page(const PageLink& link);

// What is to be found in the page that a link leads to.
struct FragmentWish {
  std::string_view target;  // as written; "" for nothing
  std::string_view text;    // of a text directive, behind ":~:"; "" for none

  bool any() const { return !target.empty() || !text.empty(); }
};

// `fragment`: without the '#'. Nothing is wished where every page has it: the
// top of the page; or where only its scripts know: "#/route", "#!route".
FragmentWish fragment_wish(const PageLink& link, std::string_view fragment);

// HTML Standard, "find a potential indicated element": as written, then
// percent-decoded. `targets`: Page::targets; `host`: of the page. GitHub's
// pages give the targets of their texts a prefix, and take it off by script.
bool has_target(const std::vector<std::uint64_t>& targets,
                std::string_view target, std::string_view host);

// Text Fragments: whether one of the directives ("text=start,end&text=...") is
// found in the text. Letters of ASCII are the same in either case, white space
// is the same however much it is: `text` is what comparable_text() made of it.
bool has_text(std::string_view text, std::string_view directives);
std::string comparable_text(std::string_view text);

std::string percent_decoded(std::string_view text);

}  // namespace crawl

#endif  // CRAWL_CHECK_LINK_KIND_H_
