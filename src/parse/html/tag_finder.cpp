#include "parse/html/tag_finder.h"

#include <algorithm>
#include <cstring>

namespace crawl {
namespace {

// From the bits of `begin`, up to and including the next bit of `end` each.
// `open` (0 or 1) begins before the first bit, and is what goes on behind the
// last. A beginning between a beginning and its end is left out.
inline std::uint64_t spans(std::uint64_t begin, std::uint64_t end,
                           std::uint64_t& open) {
  // Adding to all that is no end carries through to the end.
  const std::uint64_t between = ~end;
  std::uint64_t sum = 0;
  const bool carry = __builtin_add_overflow(between, begin, &sum);
  open = (__builtin_add_overflow(sum, open, &sum) || carry) ? 1 : 0;
  return between ^ sum;
}

}  // namespace

void TagFinder::load(const char* p) {
  const auto left = static_cast<std::size_t>(end_ - p);
  batch_ = p;
  block_ = known_ = 0;
  blocks_ = left <= TagBeginnings::kBytes
                ? 0
                : std::min((left - TagBeginnings::kBytes) / kBytes, kMaxBatch);
  mark_markup(p, blocks_, kept_, masks_.data());
  batch_end_ = p + blocks_ * kBytes;
  if (blocks_ != 0 || batch_end_ == end_) return;
  // The page's last bytes, with something behind them.
  std::array<char, kBytes + TagBeginnings::kBytes> padded{};
  const std::size_t rest = std::min(left, kBytes);
  std::memcpy(padded.data(), p, left);
  mark_markup(padded.data(), 1, kept_, masks_.data());
  blocks_ = 1;
  batch_end_ = p + rest;
}

void TagFinder::find_tags(std::uint64_t wanted) {
  Open open = open_;
  std::uint64_t doubts = 0;
  std::size_t i = block_;
  for (; i < blocks_ && doubts == 0; ++i) {
    const MarkupMasks& masks = masks_[i];
    const std::uint64_t less = masks.less & wanted;
    const std::uint64_t greater = masks.greater & wanted;
    wanted = kAll;
    const std::uint64_t in_tags = spans(less, greater, open.tag);
    const std::uint64_t opening = masks.before_value << 1 | open.before_value;
    open.before_value = masks.before_value >> 63;
    const auto values = [in_tags, opening](std::uint64_t quotes,
                                           std::uint64_t& in_quotes) {
      quotes &= in_tags;
      const std::uint64_t opens = quotes & opening;
      const std::uint64_t inside = spans(opens << 1, quotes, in_quotes);
      in_quotes |= opens >> 63;
      return inside;
    };
    std::uint64_t in_values = values(masks.double_quote, open.double_quotes);
    if (((masks.single_quote & in_tags) | open.single_quotes) != 0) {
      in_values |= values(masks.single_quote, open.single_quotes);
    }
    doubts = (less & ~in_tags) | (greater & in_values);
    tags_[i] = less;
  }
  open_ = open;
  known_ = i;
  doubt_ = doubts != 0;
  if (doubt_) tags_[i - 1] &= (doubts & -doubts) - 1;  // those before
  while (i != block_ && tags_[i - 1] == 0) --i;
  if (i != block_) {
    last_tag_ = batch_ + i * kBytes - 1 - std::countl_zero(tags_[i - 1]);
  }
}

}  // namespace crawl
