#ifndef CRAWL_PARSE_HTML_SCANNER_H_
#define CRAWL_PARSE_HTML_SCANNER_H_

#include <cstdint>
#include <string_view>

#include "parse/html/page_builder.h"

namespace crawl {

// Why tags alone do not tell what the tree builder would make of a page.
enum class ScanDoubt : std::uint8_t {
  kNone,
  kAnchorText,  // text of an `a` that is not plainly nested
  kForeign,     // HTML inside svg or math, a tag that breaks out of it, or a
                // name or CDATA end in there that decoding may change
  kFrameset,    // a frameset where a body may be open
  kTemplate,    // a column in a template
};
std::string_view to_string(ScanDoubt doubt);

enum class OnDoubt : std::uint8_t { kStop, kGuess };

// Reads a page's tags in one pass, without building a tree, and calls `builder`
// as page_builder.h says, with views into `html`. What it finds is what the
// HTML Standard's tokenizer and tree builder make of the page, scripting off.
//
// `html` is in an encoding that reads_in_place(), or UTF-8 made of one that
// does not, without byte order mark. It may hold any bytes.
//
// Returns the first doubt. With kStop nothing is read behind it, and the
// builder's content is of no use; with kGuess the scan goes on with what the
// tree builder does most often. Time is linear in html.size(); memory is what
// the builder keeps and a few bytes for each open svg or math element.
ScanDoubt scan_page(std::string_view html, OnDoubt on_doubt,
                    PageBuilder& builder);

// As scan_page(), and adds to `steps` how many bytes were looked at, each as
// often as it was, and one for each time that the marks made of a few hundred
// of them were gone through again.
ScanDoubt scan_page_counting(std::string_view html, OnDoubt on_doubt,
                             PageBuilder& builder, std::uint64_t& steps);

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_SCANNER_H_
