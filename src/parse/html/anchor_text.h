#ifndef CRAWL_PARSE_HTML_ANCHOR_TEXT_H_
#define CRAWL_PARSE_HTML_ANCHOR_TEXT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parse/html/page_builder.h"
#include "parse/html/scanner_names.h"

namespace crawl {

// Which `a` the text between a page's tags is in, told from the tags alone.
//
// The tree builder closes an `a` at `</a>` and at the next `<a>`. Until then
// all text is in it, whatever else is opened and closed meanwhile: where that
// takes the element off the stack, the text that follows opens it again
// ("reconstruct the active formatting elements"). Not so where tables, objects
// and the like keep formatting in or out; such tags, met while an `a` is open,
// are a doubt.
class AnchorText {
 public:
  explicit AnchorText(PageBuilder& builder) : builder_(builder) {}

  bool is_open() const { return anchor_ != PageBuilder::kNoAnchor; }

  // A start tag `a`; `anchor` is kNoAnchor if it has no href.
  void begin(PageBuilder::Anchor anchor) {
    anchor_ = anchor;
    blocks_ = 0;
    formatting_.fill(0);
  }

  // Text of an open `a`.
  void text(const char* begin, const char* end) {
    if (begin == end) return;
    builder_.anchor_text(anchor_,
                         {begin, static_cast<std::size_t>(end - begin)});
  }

  // Other tags, while an `a` is open. False if the tree has to tell.
  bool start_tag(const bytes::NameKey& key, const char* name,
                 const char* page_end) {
    const AnchorTag tag = find(key, name, page_end);
    if (tag == AnchorTag::kBlock) ++blocks_;
    if (tag >= AnchorTag::kFormatting) ++open_formatting(tag);
    return tag != AnchorTag::kDoubt;
  }
  bool end_tag(const bytes::NameKey& key, const char* name,
               const char* page_end) {
    if (key == kA) return end();
    const AnchorTag tag = find(key, name, page_end);
    if (tag >= AnchorTag::kFormatting) return end_formatting(tag);
    return tag != AnchorTag::kDoubt;
  }

 private:
  static constexpr bytes::NameKey kA = bytes::constant_key("a");
  // The adoption agency goes through no more than eight blocks.
  static constexpr std::size_t kMostBlocks = 6;

  bool end() {
    anchor_ = PageBuilder::kNoAnchor;
    return blocks_ <= kMostBlocks;
  }

  // The end of formatting that began outside, with a block in between, may take
  // the `a` from the list of active formatting elements.
  bool end_formatting(AnchorTag tag) {
    std::uint32_t& open = open_formatting(tag);
    if (open == 0) return blocks_ == 0;
    --open;
    return true;
  }

  static AnchorTag find(const bytes::NameKey& key, const char* name,
                        const char* page_end) {
    return kAnchorTags.find(key, name, page_end, AnchorTag::kPlain);
  }
  std::uint32_t& open_formatting(AnchorTag tag) {
    return formatting_[static_cast<std::size_t>(tag) -
                       static_cast<std::size_t>(AnchorTag::kFormatting)];
  }

  PageBuilder& builder_;
  PageBuilder::Anchor anchor_ = PageBuilder::kNoAnchor;
  std::size_t blocks_ = 0;
  std::array<std::uint32_t, kFormattingTags> formatting_{};
};

}  // namespace crawl

#endif  // CRAWL_PARSE_HTML_ANCHOR_TEXT_H_
