#ifndef CRAWL_EXTRACT_MARKDOWN_WRITER_H_
#define CRAWL_EXTRACT_MARKDOWN_WRITER_H_

#include <cstddef>
#include <string>

#include "extract/content_finder.h"
#include "extract/content_tree.h"

namespace crawl {

class LinkResolver;

// Appends what is read as Markdown: CommonMark 0.29 with GFM's tables. Links
// and images are absolute; code is fenced, with its language where a class
// names it; what a table of GFM cannot hold is a table of HTML; a definition
// list is a list whose items begin with the term. Rendered again it gives the
// text that append_content_text() gives: what looks like markup in the page's
// text is escaped.
//
// False if that is more than `most` bytes or than a bounded number of parts:
// then the front of it. `plan` is the tree's.
bool append_markdown(const ContentTree& tree, const ContentPlan& plan,
                     LinkResolver& resolver, std::size_t most,
                     std::string& out);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_MARKDOWN_WRITER_H_
