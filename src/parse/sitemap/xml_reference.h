#ifndef CRAWL_PARSE_SITEMAP_XML_REFERENCE_H_
#define CRAWL_PARSE_SITEMAP_XML_REFERENCE_H_

#include <cstddef>
#include <string_view>

namespace crawl {

// The reference that a text which begins with `&` begins with: one of XML's
// five names or the number of a character that XML allows, and the `;` (XML
// 1.0, section 4.1; numbers of at most kMaxSize bytes, zeros included). The
// names of a DTD or of HTML are none.
struct XmlReference {
  static constexpr std::size_t kMaxSize = 64;
  static constexpr std::size_t kUnfinished = static_cast<std::size_t>(-1);

  std::size_t size = 0;      // 0: no reference; kUnfinished: more must be seen
  std::string_view numeric;  // the same as a number: "&#38;" of "&amp;"
};
XmlReference match_xml_reference(std::string_view text);

}  // namespace crawl

#endif  // CRAWL_PARSE_SITEMAP_XML_REFERENCE_H_
