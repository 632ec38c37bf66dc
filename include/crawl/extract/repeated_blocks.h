#ifndef CRAWL_EXTRACT_REPEATED_BLOCKS_H_
#define CRAWL_EXTRACT_REPEATED_BLOCKS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace crawl {

// What a block of a page says: a digest of its text, white space apart.
using BlockKey = std::uint64_t;
using BlockSet = std::unordered_set<BlockKey>;

// Of a page so many are looked at.
inline constexpr std::size_t kMostBlocks = 4'096;

// What the blocks of a page say, together; of sorted ones.
std::uint64_t page_key(std::span<const BlockKey> blocks);

// Finds the blocks that stand on many pages of one host: on half of them at
// least, and on five. A host's pages are to come in the order of their
// page_key(); the first kMostPages that differ count, which is the same for the
// same pages, in whatever order they were read, and bounds the memory.
class RepeatedBlocks {
 public:
  static constexpr std::size_t kMostPages = 512;

  void add(std::uint64_t page, std::span<const BlockKey> blocks);
  // Of the pages so far.
  BlockSet found() const;
  // For another host.
  void clear();

 private:
  std::unordered_map<BlockKey, std::uint32_t> pages_of_;
  std::size_t pages_ = 0;
  std::uint64_t last_ = 0;
};

}  // namespace crawl

#endif  // CRAWL_EXTRACT_REPEATED_BLOCKS_H_
