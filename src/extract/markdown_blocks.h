#ifndef CRAWL_EXTRACT_MARKDOWN_BLOCKS_H_
#define CRAWL_EXTRACT_MARKDOWN_BLOCKS_H_

#include <cmark-gfm.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "extract/content_tree.h"
#include "extract/markdown_memory.h"

namespace crawl {

// The blocks of a Markdown document on their way to text: lists, items and
// quotes that are open, and what was added to them. Lists and quotes in one
// another deeper than two dozen are left out, since every line of a block
// begins with a few bytes for each; what is in them stays.
//
// Writes to `out` from time to time, so that memory is bounded. One at a time
// on a thread.
class MarkdownBlocks {
 public:
  using Index = ContentTree::Index;
  enum class Kind : std::uint8_t { kList, kTerms, kItem, kQuote };

  // Not more than `most` bytes, about: then stopped().
  MarkdownBlocks(std::size_t most, std::string& out);

  bool stopped() const { return stopped_; }
  void stop() { stopped_ = true; }
  std::size_t left() const { return left_; }

  bool empty() const { return containers_.empty(); }
  // The innermost container is of this kind.
  bool in(Kind kind) const {
    return !containers_.empty() && containers_.back().kind == kind;
  }
  // It is an item that no element opened: one of terms, or of a list's own
  // text.
  bool in_implied_item() const {
    return in(Kind::kItem) && containers_.back().element == ContentTree::kRoot;
  }

  // Opened by the element, until leave() of it. A list with `start` is ordered.
  void begin_list(Index element, Kind kind, std::optional<int> start);
  void begin_item(Index element = ContentTree::kRoot);
  void end_item() { close_down_to(containers_.size() - 1); }
  void begin_quote(Index element);
  void leave(Index element);

  // Adds a block where one can be: what is in a list is in an item. `bytes`:
  // about what it takes, `lines`: how many.
  cmark_node* add(cmark_node_type type, std::size_t bytes,
                  std::size_t lines = 1);
  void add(cmark_node* node, std::size_t bytes, std::size_t lines = 1);
  void spend(std::size_t bytes);
  // That there are so many nodes more.
  void count(std::size_t nodes) { nodes_ += nodes; }
  // Writes what there is, if that is much and no list or quote is open.
  void write_if_large();
  // Writes the rest. False if stopped, or cut.
  bool finish();

 private:
  struct Container {
    cmark_node* node;
    Index element;
    Kind kind;
    int items = 0;
  };

  void close_down_to(std::size_t size);
  void close(const Container& container);
  cmark_node* place();
  void write();

  MarkdownMemory memory_;
  std::string& out_;
  const std::size_t begin_;
  const std::size_t limit_;
  std::size_t left_;
  cmark_node* document_;
  std::size_t unwritten_ = 0;
  std::size_t nodes_ = 0;
  std::vector<Container> containers_;
  bool stopped_ = false;
};

}  // namespace crawl

#endif  // CRAWL_EXTRACT_MARKDOWN_BLOCKS_H_
