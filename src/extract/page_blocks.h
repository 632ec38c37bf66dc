#ifndef CRAWL_EXTRACT_PAGE_BLOCKS_H_
#define CRAWL_EXTRACT_PAGE_BLOCKS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "crawl/extract/repeated_blocks.h"
#include "extract/content_finder.h"
#include "extract/content_tree.h"

namespace crawl {

// The blocks of what is read of a page, in order: the text of a paragraph, a
// heading, a list's item, a table's row, all code of a box. For one tree and a
// plan of it, which must outlive it; time and memory go with the tree's size.
class PageBlocks {
 public:
  PageBlocks(const ContentTree& tree, const ContentPlan& plan);

  // What they say, each once, in the order of numbers: not more than
  // kMostBlocks, the smallest.
  std::vector<BlockKey> keys() const;

  // Leaves out of `plan`, the tree's, those that are repeated: at the beginning
  // and at the end of what is read, and between if they say much; what has a
  // few words there is what its neighbours are called. A heading (a term, a row
  // of table headings) stays where what follows it does. All of them stay, if
  // none would.
  void leave_out(const BlockSet& repeated, ContentPlan& plan) const;

 private:
  struct Block {
    BlockKey key = 0;
    std::uint32_t first_text = 0;  // in texts_
    std::uint32_t words = 0;
    bool is_heading = false;
  };
  class Reader;

  std::vector<bool> judge(const BlockSet& repeated) const;

  const ContentTree& tree_;
  std::vector<Block> blocks_;
  std::vector<ContentTree::Index> texts_;
};

}  // namespace crawl

#endif  // CRAWL_EXTRACT_PAGE_BLOCKS_H_
