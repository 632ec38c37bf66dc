#ifndef CRAWL_CHECK_KEPT_LINK_H_
#define CRAWL_CHECK_KEPT_LINK_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "crawl/base/link_list.h"

namespace crawl {

// A link of a page as a check keeps it: most are never looked at again, so that
// those of a page are one row, behind one another.
struct KeptLink {
  std::uint64_t target = 0;  // link_key()
  std::string_view fragment;
  std::uint32_t line = 0, column = 0;
  bool given = false;  // by the user; then it is in no element
  LinkElement element = LinkElement::kA;
  LinkAttribute attribute = LinkAttribute::kHref;
  unsigned advice = 0;  // of 8 bits
  std::string_view text;

  // All links to the same part of a target have it in common.
  std::uint64_t part() const;
};

// Appends it, its text cut to what says something to people.
void append(const KeptLink& link, std::string& links);

// Takes the first off `links`; false if there is none. Its views are into them.
bool take_first(std::string_view& links, KeptLink& link);

}  // namespace crawl

#endif  // CRAWL_CHECK_KEPT_LINK_H_
