#ifndef CRAWL_PARSE_TAG_FINDER_H_
#define CRAWL_PARSE_TAG_FINDER_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "parse/byte_scan.h"

namespace crawl {

// Finds every `<` of a page, sixty-four bytes at once. Unlike a search from
// where the last tag ended, it knows the next place before what is in front of
// it has been read: the processor can begin with the next tag while it still
// works on this one.
//
// Small, and worth copying into a loop that does nothing but look for tags.
class TagFinder {
 public:
  TagFinder(const char* begin, const char* end)
      : end_(end), block_(begin), behind_block_(begin) {}

  // The first `<` from `p`, which is not before what this has found, or the
  // end. `meter` is told of what has been looked at.
  template <class Meter>
  const char* find(const char* p, Meter& meter) {
    for (;;) {
      while (tags_ != 0) {
        const char* const found = block_ + std::countr_zero(tags_);
        tags_ &= tags_ - 1;
        if (found >= p) return found;
      }
      if (p > behind_block_) behind_block_ = p;
      if (behind_block_ == end_) return end_;
      const auto left = static_cast<std::size_t>(end_ - behind_block_);
      meter.add(static_cast<std::ptrdiff_t>(std::min(left, kBlock)));
      load_block(left);
    }
  }

  // Lets find() find what it has found last once more.
  void unfind(const char* tag) {
    tags_ |= std::uint64_t{1} << static_cast<unsigned>(tag - block_);
  }

 private:
  static constexpr std::size_t kBlock = 64;

  void load_block(std::size_t left) {
    block_ = behind_block_;
    if (left >= kBlock) [[likely]] {
      behind_block_ += kBlock;
      tags_ = bytes::equal64(block_, '<');
      return;
    }
    behind_block_ = end_;
    std::array<char, kBlock> padded{};
    std::memcpy(padded.data(), block_, left);
    tags_ = bytes::equal64(padded.data(), '<');
  }

  const char* end_;
  const char* block_;
  const char* behind_block_;
  std::uint64_t tags_ = 0;  // in the block, not found yet
};

}  // namespace crawl

#endif  // CRAWL_PARSE_TAG_FINDER_H_
