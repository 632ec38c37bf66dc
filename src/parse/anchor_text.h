#ifndef CRAWL_PARSE_ANCHOR_TEXT_H_
#define CRAWL_PARSE_ANCHOR_TEXT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "parse/page_builder.h"
#include "parse/scanner_names.h"

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
    formatting_.clear();
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
    switch (kAnchorTags.find(key, name, page_end, AnchorTag::kPlain)) {
      case AnchorTag::kDoubt:
        return false;
      case AnchorTag::kBlock:
        ++blocks_;
        break;
      case AnchorTag::kFormatting:
        formatting_.push_back(key);
        break;
      case AnchorTag::kPlain:
        break;
    }
    return true;
  }
  bool end_tag(const bytes::NameKey& key, const char* name,
               const char* page_end) {
    if (key == bytes::constant_key("a")) return end();
    switch (kAnchorTags.find(key, name, page_end, AnchorTag::kPlain)) {
      case AnchorTag::kDoubt:
        return false;
      case AnchorTag::kFormatting:
        return end_formatting(key);
      case AnchorTag::kBlock:
      case AnchorTag::kPlain:
        break;
    }
    return true;
  }

 private:
  // The adoption agency goes through no more than eight blocks.
  static constexpr std::size_t kMostBlocks = 6;

  bool end() {
    anchor_ = PageBuilder::kNoAnchor;
    return blocks_ <= kMostBlocks;
  }

  // The end of formatting that began outside, with a block in between, may take
  // the `a` from the list of active formatting elements.
  bool end_formatting(const bytes::NameKey& key) {
    const auto found = std::find(formatting_.begin(), formatting_.end(), key);
    if (found == formatting_.end()) return blocks_ == 0;
    formatting_.erase(found);
    return true;
  }

  PageBuilder& builder_;
  PageBuilder::Anchor anchor_ = PageBuilder::kNoAnchor;
  std::size_t blocks_ = 0;
  std::vector<bytes::NameKey> formatting_;
};

}  // namespace crawl

#endif  // CRAWL_PARSE_ANCHOR_TEXT_H_
