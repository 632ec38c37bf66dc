#ifndef CRAWL_BASE_PAGE_FACTS_H_
#define CRAWL_BASE_PAGE_FACTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crawl {

// What a page says of itself in so many words, each list in the page's order.
// All text is valid UTF-8.
struct PageFacts {
  struct Heading {
    int level = 0;  // 1 to 6
    std::string text;
    std::string id;  // "" if it has none
  };
  // A meta element; it comes once for each of its names.
  struct Meta {
    std::string_view attribute;  // "name", "property" or "itemprop"
    std::string name;
    std::string content;
  };
  // A link rel=alternate: a translation, a feed, another format.
  struct Alternate {
    std::string url;
    std::string hreflang, type, title;  // "" if absent
  };

  std::vector<Heading> headings;
  std::vector<Meta> meta;
  std::vector<Alternate> alternates;
  std::vector<std::string> json_ld;  // each a JSON text, without white space
  std::uint64_t json_ld_broken = 0;  // scripts of that type that are no JSON
  std::uint64_t images_without_alt = 0;  // img elements; an empty alt is one
};

}  // namespace crawl

#endif  // CRAWL_BASE_PAGE_FACTS_H_
