#ifndef CRAWL_EXTRACT_CONTENT_SCAN_H_
#define CRAWL_EXTRACT_CONTENT_SCAN_H_

#include <optional>
#include <string_view>

#include "extract/content_tree.h"

namespace crawl {

// The tree of a page read from its tags alone, at many times the speed of a
// tree builder: the same that gumbo's tree gives, where every element is closed
// in the order in which they were opened, or left to be closed by what follows
// as paragraphs, items, rows and cells may be. Nothing where more than that is
// to be known: text in a table outside of its cells, emphasis that crosses
// blocks, svg with HTML in it. (gumbo 0.10.1 puts the text right before a
// form's end behind the form, against the standard; this does not.)
//
// `html` is valid UTF-8 and must outlive the tree. Linear in its size.
std::optional<ContentTree> scan_content(std::string_view html);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_CONTENT_SCAN_H_
