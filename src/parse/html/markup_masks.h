#ifndef CRAWL_PARSE_HTML_MARKUP_MASKS_H_
#define CRAWL_PARSE_HTML_MARKUP_MASKS_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "parse/html/tag_beginnings.h"

namespace crawl {

// Which of sixty-four bytes are those that decide where a tag begins and ends:
// bit i for the byte i.
struct MarkupMasks {
  static constexpr std::size_t kBytes = 64;

  std::uint64_t less;          // <
  std::uint64_t greater;       // >
  std::uint64_t double_quote;  // "
  std::uint64_t single_quote;  // '
  // Behind which a quote can open a value: `=`, white space and, since they do
  // no harm, all other bytes up to the space.
  std::uint64_t before_value;
  // Behind which there is one of the tag beginnings asked for.
  std::uint64_t beginning;

  friend bool operator==(const MarkupMasks&, const MarkupMasks&) = default;
};

// The masks of the `count` blocks of MarkupMasks::kBytes that begin at `p`,
// with the widest instructions that the processor has. TagBeginnings::kBytes
// more can be read.
void mark_markup(const char* p, std::size_t count,
                 const TagBeginnings& beginnings, MarkupMasks* masks);

// One of the ways to do that.
struct MarkupMarker {
  const char* name;
  bool works_here;  // has the processor what it takes?
  void (*mark)(const char* p, std::size_t count,
               const TagBeginnings& beginnings, MarkupMasks* masks);
};

// All of them, the widest first; the last works everywhere.
std::span<const MarkupMarker> markup_markers();

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_MARKUP_MASKS_H_
