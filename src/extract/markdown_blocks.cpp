#include "extract/markdown_blocks.h"

#include <algorithm>
#include <string_view>

#include "crawl/base/utf8.h"
#include "extract/markdown_render.h"

// In no header that Debian installs.
extern "C" {
extern cmark_node_type CMARK_NODE_TABLE;
}

namespace crawl {
namespace {

// Lists and quotes in one another, and what each adds to a line.
constexpr std::size_t kDeepest = 24;
constexpr std::size_t kIndent = 4;
// cmark counts through an ordered list's items for every one of them.
constexpr int kMostItems = 1000;
// Rendered at once, about.
constexpr std::size_t kPart = std::size_t{256} << 10;
constexpr std::size_t kManyNodes = std::size_t{1} << 14;
// Of cmark's, each some hundred bytes.
constexpr std::size_t kMostNodes = std::size_t{1} << 19;

// An item that begins with a list, a table or HTML: cmark writes these so that
// they are not read as the item's. With a comment in front of them they are.
bool needs_something_before(cmark_node* parent, cmark_node* node) {
  if (cmark_node_get_type(parent) != CMARK_NODE_ITEM ||
      cmark_node_first_child(parent) != nullptr) {
    return false;
  }
  const cmark_node_type type = cmark_node_get_type(node);
  return type == CMARK_NODE_LIST || type == CMARK_NODE_HTML_BLOCK ||
         type == CMARK_NODE_TABLE;
}

constexpr const char* kNothing = "<!-- -->";

bool is_nothing(cmark_node* block) {
  cmark_node* const child = cmark_node_first_child(block);
  return child != nullptr &&
         cmark_node_get_type(child) == CMARK_NODE_HTML_INLINE &&
         std::string_view(cmark_node_get_literal(child)) == kNothing;
}

}  // namespace

MarkdownBlocks::MarkdownBlocks(std::size_t most, std::string& out)
    : out_(out),
      begin_(out.size()),
      limit_(most),
      left_(most),
      document_(MarkdownMemory::node(CMARK_NODE_DOCUMENT)) {}

void MarkdownBlocks::begin_list(Index element, Kind kind,
                                std::optional<int> start) {
  if (containers_.size() + 1 >= kDeepest) return;
  cmark_node* const list = add(CMARK_NODE_LIST, 2);
  cmark_node_set_list_type(list,
                           start ? CMARK_ORDERED_LIST : CMARK_BULLET_LIST);
  if (start) cmark_node_set_list_start(list, *start);
  containers_.push_back({list, element, kind});
}

void MarkdownBlocks::begin_quote(Index element) {
  if (containers_.size() >= kDeepest) return;
  cmark_node* const quote = add(CMARK_NODE_BLOCK_QUOTE, 2);
  containers_.push_back({quote, element, Kind::kQuote});
}

void MarkdownBlocks::leave(Index element) {
  for (std::size_t at = containers_.size(); at-- > 0;) {
    if (containers_[at].element == element) return close_down_to(at);
  }
}

void MarkdownBlocks::add(cmark_node* node, std::size_t bytes,
                         std::size_t lines) {
  cmark_node* const parent = place();
  if (needs_something_before(parent, node)) {
    cmark_node* const comment = MarkdownMemory::node(CMARK_NODE_HTML_INLINE);
    cmark_node_set_literal(comment, kNothing);
    cmark_node* const paragraph = MarkdownMemory::node(CMARK_NODE_PARAGRAPH);
    cmark_node_append_child(paragraph, comment);
    cmark_node_append_child(parent, paragraph);
    nodes_ += 2;
    spend(12);
  }
  cmark_node_append_child(parent, node);
  ++nodes_;
  spend(bytes + lines * containers_.size() * kIndent);
}

cmark_node* MarkdownBlocks::add(cmark_node_type type, std::size_t bytes,
                                std::size_t lines) {
  cmark_node* const node = MarkdownMemory::node(type);
  add(node, bytes, lines);
  return node;
}

// Where the next block goes: what is in a list is in an item.
cmark_node* MarkdownBlocks::place() {
  if (containers_.empty()) return document_;
  const Kind kind = containers_.back().kind;
  if (kind == Kind::kList || kind == Kind::kTerms) {
    begin_item();
  }
  return containers_.back().node;
}

void MarkdownBlocks::spend(std::size_t bytes) {
  unwritten_ += bytes;
  if (bytes > left_ || nodes_ > kMostNodes) stopped_ = true;
  left_ -= std::min(left_, bytes);
}

void MarkdownBlocks::begin_item(Index element) {
  Container& list = containers_.back();
  if (list.items == kMostItems &&
      cmark_node_get_list_type(list.node) == CMARK_ORDERED_LIST) {
    cmark_node* const next = MarkdownMemory::node(CMARK_NODE_LIST);
    cmark_node_set_list_type(next, CMARK_ORDERED_LIST);
    cmark_node_set_list_start(
        next, cmark_node_get_list_start(list.node) + list.items);
    cmark_node_insert_after(list.node, next);
    close(list);
    list.node = next;
    list.items = 0;
  }
  ++list.items;
  cmark_node* const item = MarkdownMemory::node(CMARK_NODE_ITEM);
  cmark_node_append_child(list.node, item);
  ++nodes_;
  spend(containers_.size() * kIndent + 4);
  containers_.push_back({item, element, Kind::kItem});
}

void MarkdownBlocks::close_down_to(std::size_t size) {
  while (containers_.size() > size) {
    close(containers_.back());
    containers_.pop_back();
  }
}

// What holds nothing goes; a list of single lines is a tight one.
void MarkdownBlocks::close(const Container& container) {
  cmark_node* const first = cmark_node_first_child(container.node);
  if (first == nullptr ||
      (cmark_node_next(first) == nullptr && is_nothing(first))) {
    if (container.kind == Kind::kItem) {
      --containers_[containers_.size() - 2].items;
    }
    cmark_node_free(container.node);
    return;
  }
  if (container.kind != Kind::kList && container.kind != Kind::kTerms) return;
  bool tight = true;
  for (cmark_node* item = cmark_node_first_child(container.node);
       item != nullptr && tight; item = cmark_node_next(item)) {
    cmark_node* child = cmark_node_first_child(item);
    if (cmark_node_get_type(child) == CMARK_NODE_PARAGRAPH) {
      child = cmark_node_next(child);
    }
    // Right behind a line a list may only begin with 1.
    tight = child == nullptr ||
            (cmark_node_get_type(child) == CMARK_NODE_LIST &&
             cmark_node_next(child) == nullptr &&
             (cmark_node_get_list_type(child) == CMARK_BULLET_LIST ||
              cmark_node_get_list_start(child) == 1));
  }
  cmark_node_set_list_tight(container.node, tight ? 1 : 0);
}

void MarkdownBlocks::write_if_large() {
  if (!containers_.empty()) return;
  if (unwritten_ > kPart || nodes_ > kManyNodes) write();
}

void MarkdownBlocks::write() {
  if (cmark_node_first_child(document_) != nullptr) {
    render_in_runs(*document_);
    char* const text = cmark_render_commonmark(document_, CMARK_OPT_DEFAULT, 0);
    if (out_.size() > begin_) out_.push_back('\n');
    // Where a document begins, this would be no text.
    constexpr std::string_view kMark = "\xEF\xBB\xBF";
    std::string_view rendered = text;
    if (out_.size() == begin_ && rendered.starts_with(kMark)) {
      out_ += "&#65279;";
      rendered.remove_prefix(kMark.size());
    }
    out_ += rendered;
  }
  memory_.reset();
  document_ = MarkdownMemory::node(CMARK_NODE_DOCUMENT);
  unwritten_ = 0;
  nodes_ = 0;
}

bool MarkdownBlocks::finish() {
  containers_.clear();
  write();
  while (out_.size() > begin_ && out_.back() == '\n') out_.pop_back();
  if (out_.size() - begin_ > limit_) {
    stopped_ = true;
    out_.resize(begin_ + valid_utf8_prefix(
                             std::string_view(out_).substr(begin_, limit_)));
  }
  return !stopped_;
}

}  // namespace crawl
