#ifndef CRAWL_PARSE_HTML_NESTING_GAUGE_H_
#define CRAWL_PARSE_HTML_NESTING_GAUGE_H_

#include <cstddef>
#include <string_view>

namespace crawl {

// How much of `html` a tree can be built of at a bearable cost: the size of the
// longest prefix whose tags cost at most `budget`, all of it on any honest
// page.
//
// A tree builder looks through its open elements at every tag, and through a
// tag's earlier attributes at every attribute, so that its time goes with the
// square of nesting. The cost of a tag is how many elements seem to be open,
// those that it would have to rebuild counting more; the cost of an attribute
// how many precede it. Found by a rough look at the tags, at some hundred MB/s:
// who aims at it can deceive it.
std::size_t affordable_prefix(std::string_view html, std::size_t budget);

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_NESTING_GAUGE_H_
