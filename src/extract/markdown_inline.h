#ifndef CRAWL_EXTRACT_MARKDOWN_INLINE_H_
#define CRAWL_EXTRACT_MARKDOWN_INLINE_H_

#include <cmark-gfm.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "extract/content_tree.h"

namespace crawl {

// The text of one paragraph, heading or cell on its way to Markdown: collects
// words, code, links and emphasis as they come, and makes cmark's nodes of what
// CommonMark can say: emphasis that its rules would not see (0.29 section 6.2,
// left- and right-flanking), and emphasis in emphasis, is left out, so that
// nothing becomes stars in the text.
//
// Links and emphasis stay open over build(), since in HTML they may hold
// blocks.
class MarkdownInline {
 public:
  using Index = ContentTree::Index;
  enum class Span : std::uint8_t { kEmphasis, kStrong, kLink, kSup, kSub };
  enum class Breaks : std::uint8_t { kHard, kSpaces, kTags };

  // The element opens a span, or a link to `url`, unless it is in one already.
  void open(Index element, Span span, std::string_view url = {});
  void close(Index element);

  // White space collapses. Text of a code element is code.
  void text(std::string_view text);
  void space() { space_ = true; }
  void line_break() { ++breaks_; }
  void image(std::string_view url, std::string_view alt);
  void open_code() { ++code_; }
  void close_code();

  bool empty() const { return !visible_; }
  // True if the text so far ends in two line breaks: then what comes is another
  // paragraph.
  bool ends_paragraph() const { return visible_ && breaks_ > 1; }
  std::size_t parts() const { return items_.size(); }
  std::size_t size() const { return chars_.size() + 8 * items_.size(); }

  // Puts what was collected into `block`, and forgets it. Says how many nodes
  // that took.
  std::size_t build(cmark_node& block, Breaks breaks);

 private:
  enum class Kind : std::uint8_t {
    kText,
    kCode,
    kBreak,
    kImage,
    kOpen,
    kClose
  };
  struct Item {
    Kind kind;
    Span span = Span::kLink;
    bool dropped = false;
    std::size_t begin = 0;  // in chars_: text, code, the URL
    std::size_t end = 0;
    std::size_t alt_end = 0;  // of an image: its alt is behind the URL
    std::size_t partner = 0;  // of an opening one, and the other way
  };
  struct Active {
    Index element;
    Span span;
    std::string url;
    std::size_t item;
  };

  // Single spaces apart.
  void add_words(std::string_view words);
  void pay();
  std::size_t put(Item item, std::string_view chars);
  void reopen(Active& active);
  void drop_what_cannot_be();
  void judge_emphasis();
  char32_t before(std::size_t item) const;
  char32_t after(std::size_t item) const;
  std::string_view chars(const Item& item) const {
    return std::string_view(chars_).substr(item.begin, item.end - item.begin);
  }

  std::string chars_;
  std::vector<Item> items_;
  std::vector<Active> active_;
  unsigned breaks_ = 0;
  unsigned code_ = 0;
  bool code_ended_ = false;
  bool space_ = false;
  bool visible_ = false;
};

}  // namespace crawl

#endif  // CRAWL_EXTRACT_MARKDOWN_INLINE_H_
