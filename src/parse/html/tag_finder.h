#ifndef CRAWL_PARSE_HTML_TAG_FINDER_H_
#define CRAWL_PARSE_HTML_TAG_FINDER_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "parse/html/markup_masks.h"
#include "parse/html/tag_beginnings.h"

namespace crawl {

// Finds the tags of a page one after the other, most of them without a look at
// what they hold: for sixty-four bytes at once it works out whether the first
// `>` behind every `<` ends the tag.
//
// It does unless it is in an attribute's value, and then the last quote of a
// kind before it, in the tag, opens one: that has a `=` or white space in front
// (HTML Standard, "before attribute value state"). Where that is so, and where
// a `<` is in a tag, there is a doubt, and nothing behind it is known until
// somebody says where the tag ends.
class TagFinder {
 public:
  // `kept`, which outlives this, is what find_kept() finds.
  TagFinder(const char* begin, const char* end, const TagBeginnings& kept)
      : end_(end), batch_(begin), batch_end_(begin), kept_(kept) {}

  // The first `<` from `p`, or the end.
  //
  // `p` is the page's begin, behind a `>` or a `<`, or such a `<` itself. No
  // tag is open there, and this has found nothing behind it. `meter` is told of
  // the bytes looked at.
  template <class Meter>
  const char* find(const char* p, Meter& meter) {
    return find_any<false>(p, meter);
  }

  // The same of tags that may be of those kept, and of others whose end is not
  // known.
  template <class Meter>
  const char* find_kept(const char* p, Meter& meter) {
    return find_any<true>(p, meter);
  }

 private:
  // What the end of a block is in, or is: 0 or 1.
  struct Open {
    std::uint64_t tag = 0;
    std::uint64_t double_quotes = 0;
    std::uint64_t single_quotes = 0;
    std::uint64_t before_value = 0;
  };

  template <bool kKept, class Meter>
  const char* find_any(const char* p, Meter& meter);
  // Begins anew at `p`.
  template <class Meter>
  void start_at(const char* p, Meter& meter);
  // Marks the blocks from `p` on; nothing is known of them.
  template <class Meter>
  void load(const char* p, Meter& meter);
  void load(const char* p);
  // Finds the tags from block_ up to a doubt or the end of the batch. Of the
  // first block only the `wanted` bytes count.
  void find_tags(std::uint64_t wanted);

  static constexpr std::size_t kBytes = MarkupMasks::kBytes;
  static constexpr std::size_t kMaxBatch = 8;
  static constexpr std::uint64_t kAll = ~std::uint64_t{0};

  const char* const end_;
  const char* batch_;
  const char* batch_end_;
  const TagBeginnings& kept_;
  std::size_t blocks_ = 0;  // in the batch
  std::size_t block_ = 0;   // the first that is known
  std::size_t known_ = 0;   // behind the last that is known, or to a doubt
  bool doubt_ = false;      // in that last one
  Open open_;               // at its end
  const char* last_tag_ = nullptr;  // found before that
  std::array<MarkupMasks, kMaxBatch> masks_;
  std::array<std::uint64_t, kMaxBatch> tags_;
};

template <bool kKept, class Meter>
const char* TagFinder::find_any(const char* p, Meter& meter) {
  if (p < batch_ || p >= batch_end_) start_at(p, meter);
  for (;;) {
    const auto offset = static_cast<std::size_t>(p < batch_ ? 0 : p - batch_);
    std::uint64_t wanted = kAll << (offset % kBytes);
    for (std::size_t i = offset / kBytes; i < known_; ++i, wanted = kAll) {
      const std::uint64_t tags =
          tags_[i] & wanted & (kKept ? masks_[i].beginning : kAll);
      if (tags != 0) return batch_ + i * kBytes + std::countr_zero(tags);
    }
    if (doubt_) {
      // Somebody has to say where this ends, whether it is kept or not.
      if (kKept && last_tag_ != nullptr && last_tag_ >= p) return last_tag_;
      start_at(p, meter);
    } else if (batch_end_ != end_) {
      load(batch_end_, meter);
      find_tags(kAll);
    } else {
      return end_;
    }
  }
}

template <class Meter>
void TagFinder::start_at(const char* p, Meter& meter) {
  if (p < batch_ || p >= batch_end_) load(p, meter);
  const auto offset = static_cast<std::size_t>(p - batch_);
  block_ = offset / kBytes;
  open_ = {};
  last_tag_ = nullptr;
  meter.add(0);
  find_tags(kAll << (offset % kBytes));
}

template <class Meter>
void TagFinder::load(const char* p, Meter& meter) {
  load(p);
  meter.add(batch_end_ - p);
}

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_TAG_FINDER_H_
