#ifndef CRAWL_BASE_ROBOTS_RULES_H_
#define CRAWL_BASE_ROBOTS_RULES_H_

#include <initializer_list>
#include <string_view>

namespace crawl {

// Does a page's own word say `rule`, or "none", which is all of them? `rules`
// is a robots meta element's content or an X-Robots-Tag value, "noindex,
// nofollow". A part may begin with the crawler that it and those behind it are
// for, "otherbot: none": then it counts if that is one of `names`
// (https://developers.google.com/search/docs/crawling-indexing/
// robots-meta-tag).
bool robots_say(std::string_view rules, std::string_view rule,
                std::initializer_list<std::string_view> names);

}  // namespace crawl

#endif  // CRAWL_BASE_ROBOTS_RULES_H_
