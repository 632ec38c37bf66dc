#ifndef CRAWL_EXTRACT_MARKDOWN_TABLE_H_
#define CRAWL_EXTRACT_MARKDOWN_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "extract/content_finder.h"
#include "extract/content_tree.h"

namespace crawl {

class LinkResolver;

// A table of a page, as far as it decides how it can be written.
struct TableShape {
  enum class Kind : std::uint8_t {
    kLayout,  // its cells are places on the page, one below the other
    kGrid,    // GFM can hold it
    kHtml,
  };
  using Index = ContentTree::Index;

  Kind kind = Kind::kLayout;
  std::size_t columns = 0;
  std::vector<std::vector<Index>> rows;  // cells
  std::vector<std::uint8_t> alignment;   // of each column: 0, 'l', 'c', 'r'
  std::vector<Index> captions;
};

TableShape table_shape(const ContentTree& tree, const ContentPlan& plan,
                       ContentTree::Index table);

// The table as HTML of a few harmless elements, on lines none of which is
// empty, as an HTML block of CommonMark must be. False, and cut short, beyond
// `most` bytes.
bool append_html_table(const ContentTree& tree, const ContentPlan& plan,
                       ContentTree::Index table, LinkResolver& resolver,
                       std::size_t most, std::string& out);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_MARKDOWN_TABLE_H_
