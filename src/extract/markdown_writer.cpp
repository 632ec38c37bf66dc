#include "extract/markdown_writer.h"

#include <cmark-gfm-core-extensions.h>

#include <algorithm>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "crawl/base/utf8.h"
#include "extract/content_names.h"
#include "extract/markdown_inline.h"
#include "extract/markdown_memory.h"
#include "extract/markdown_table.h"
#include "parse/html/html_text.h"
#include "parse/html/link_resolver.h"

// In no header that Debian installs.
extern "C" {
extern cmark_node_type CMARK_NODE_TABLE;
extern cmark_node_type CMARK_NODE_TABLE_ROW;
extern cmark_node_type CMARK_NODE_TABLE_CELL;
}

namespace crawl {
namespace {

using Attribute = ContentTree::Attribute;
using Index = ContentTree::Index;
using Node = ContentTree::Node;
using Breaks = MarkdownInline::Breaks;
using Span = MarkdownInline::Span;

// Lists and quotes in one another; deeper ones are written as if they were not.
// Every line of a block begins with a few bytes for each.
constexpr std::size_t kDeepest = 24;
constexpr std::size_t kIndent = 4;
constexpr unsigned kDeepestTable = 8;
// cmark counts through an ordered list's items for every one of them.
constexpr int kMostItems = 1000;
// Rendered at once, about.
constexpr std::size_t kPart = std::size_t{256} << 10;
// Of cmark's, each some two hundred bytes.
constexpr std::size_t kMostNodes = std::size_t{1} << 20;

cmark_syntax_extension* table_extension() {
  static std::once_flag once;
  std::call_once(once, cmark_gfm_core_extensions_ensure_registered);
  static cmark_syntax_extension* const kTables =
      cmark_find_syntax_extension("table");
  return kTables;
}

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

// A block's code, whatever elements it is dressed in.
class CodeReader {
 public:
  CodeReader(const ContentTree& tree, std::string& out)
      : tree_(tree), out_(out) {}
  Index enter(Index i) {
    if (tree_[i].is(GUMBO_TAG_BR)) out_.push_back('\n');
    edge(i);
    return i + 1;
  }
  void leave(Index i) { edge(i); }
  void text(Index i) {
    const Node& node = tree_[i];
    // Between the lines, where each is an element.
    if (!node.preformatted && strip_html_space(node.text).empty()) return;
    out_ += node.text;
  }

 private:
  void edge(Index i) {
    const bool block = tree_[i].layout != Layout::kInline;
    if (block && !out_.empty() && out_.back() != '\n') out_.push_back('\n');
  }
  const ContentTree& tree_;
  std::string& out_;
};

class MarkdownWriter {
 public:
  MarkdownWriter(const ContentTree& tree, const ContentPlan& plan,
                 LinkResolver& resolver, std::size_t most, std::string& out)
      : tree_(tree),
        plan_(plan),
        resolver_(resolver),
        out_(out),
        begin_(out.size()),
        left_(most),
        limit_(most),
        document_(MarkdownMemory::node(CMARK_NODE_DOCUMENT)) {}

  Index enter(Index i);
  void leave(Index i);
  void text(Index i) {
    const Node& node = tree_[i];
    if (stopped_) return;
    if (inline_.ends_paragraph() && heading_ == 0 && !in_cell_) flush();
    inline_.text(node.text);
    if (inline_.size() > left_) stopped_ = true;
  }

  bool finish() {
    flush();
    containers_.clear();
    render();
    while (out_.size() > begin_ && out_.back() == '\n') out_.pop_back();
    if (out_.size() - begin_ > limit_) {
      stopped_ = true;
      out_.resize(begin_ + valid_utf8_prefix(
                               std::string_view(out_).substr(begin_, limit_)));
    }
    return !stopped_;
  }

 private:
  struct Container {
    cmark_node* node;
    Index element;
    enum class Kind : std::uint8_t { kList, kTerms, kItem, kQuote } kind;
    int items = 0;
  };
  using Kind = Container::Kind;

  Index enter_block(Index i);
  Index enter_table(Index i);
  void enter_inline(Index i);
  void begin_list(Index i, bool ordered, Kind kind);
  void begin_item(Index element);
  void end_item();
  void close_down_to(std::size_t size);
  void close(const Container& container);
  cmark_node* place();
  cmark_node* add_block(cmark_node_type type, std::size_t bytes);
  void add(cmark_node* node, std::size_t bytes);
  void flush();
  void code_block(Index i);
  void grid(const TableShape& shape);
  void cell(Index i, cmark_node& row);
  void image(Index i);
  void spend(std::size_t bytes);
  void render();
  bool is_code_block(Index i) const;
  std::string_view language_of(Index i) const;

  const ContentTree& tree_;
  const ContentPlan& plan_;
  LinkResolver& resolver_;
  std::string& out_;
  const std::size_t begin_;
  std::size_t left_;
  const std::size_t limit_;
  MarkdownMemory memory_;
  cmark_node* document_;
  std::size_t unrendered_ = 0;
  std::size_t nodes_ = 0;
  std::vector<Container> containers_;
  MarkdownInline inline_;
  Index heading_ = 0;  // the element, while it lasts
  unsigned tables_ = 0;
  bool in_cell_ = false;
  bool stopped_ = false;
};

Index MarkdownWriter::enter(Index i) {
  const Node& node = tree_[i];
  if (stopped_ || is_permalink(tree_, i)) return node.end;
  if (node.is(GUMBO_TAG_BR)) {
    inline_.line_break();
    return node.end;
  }
  if (node.is(GUMBO_TAG_IMG)) {
    image(i);
    return node.end;
  }
  if (node.layout != Layout::kInline) return enter_block(i);
  enter_inline(i);
  return i + 1;
}

void MarkdownWriter::enter_inline(Index i) {
  const Node& node = tree_[i];
  switch (node.tag) {
    case GUMBO_TAG_A:
      if (const std::string_view* const href =
              tree_.find(node, Attribute::kHref)) {
        std::string url;
        if (resolver_.resolve(*href, url)) inline_.open(i, Span::kLink, url);
      }
      break;
    case GUMBO_TAG_EM:
    case GUMBO_TAG_I:
    case GUMBO_TAG_CITE:
    case GUMBO_TAG_DFN:
    case GUMBO_TAG_VAR:
      inline_.open(i, Span::kEmphasis);
      break;
    case GUMBO_TAG_STRONG:
    case GUMBO_TAG_B:
      inline_.open(i, Span::kStrong);
      break;
    case GUMBO_TAG_SUP:
      inline_.open(i, Span::kSup);
      break;
    case GUMBO_TAG_SUB:
      inline_.open(i, Span::kSub);
      break;
    case GUMBO_TAG_CODE:
    case GUMBO_TAG_TT:
    case GUMBO_TAG_KBD:
    case GUMBO_TAG_SAMP:
      inline_.open_code();
      break;
    default:
      break;
  }
}

Index MarkdownWriter::enter_block(Index i) {
  const Node& node = tree_[i];
  if (in_cell_ || heading_ != 0) {
    // No room for blocks: each on a line.
    if (!inline_.empty()) inline_.line_break();
    return i + 1;
  }
  if (is_code_block(i)) {
    code_block(i);
    return node.end;
  }
  flush();
  switch (node.tag) {
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
      heading_ = i;
      break;
    case GUMBO_TAG_UL:
    case GUMBO_TAG_MENU:
    case GUMBO_TAG_DIR:
      begin_list(i, false, Kind::kList);
      break;
    case GUMBO_TAG_OL:
      begin_list(i, true, Kind::kList);
      break;
    case GUMBO_TAG_DL:
      begin_list(i, false, Kind::kTerms);
      break;
    case GUMBO_TAG_LI:
      if (!containers_.empty() && containers_.back().kind == Kind::kItem &&
          containers_.back().element == ContentTree::kRoot) {
        end_item();
      }
      if (!containers_.empty() && containers_.back().kind != Kind::kItem &&
          containers_.back().kind != Kind::kQuote) {
        begin_item(i);
      }
      break;
    case GUMBO_TAG_DT:
    case GUMBO_TAG_DD: {
      const bool in_item = !containers_.empty() &&
                           containers_.back().kind == Kind::kItem &&
                           containers_.back().element == ContentTree::kRoot;
      if (in_item && node.tag == GUMBO_TAG_DT) end_item();
      if (!containers_.empty() && containers_.back().kind == Kind::kTerms) {
        begin_item(ContentTree::kRoot);
      }
      if (node.tag == GUMBO_TAG_DT) {
        inline_.open(i, Span::kStrong);
      }
      break;
    }
    case GUMBO_TAG_BLOCKQUOTE:
      if (containers_.size() < kDeepest) {
        cmark_node* const quote = add_block(CMARK_NODE_BLOCK_QUOTE, 2);
        containers_.push_back({quote, i, Kind::kQuote});
      }
      break;
    case GUMBO_TAG_HR:
      if (containers_.empty()) add_block(CMARK_NODE_THEMATIC_BREAK, 8);
      return node.end;
    case GUMBO_TAG_TABLE:
      return enter_table(i);
    default:
      break;
  }
  return i + 1;
}

void MarkdownWriter::leave(Index i) {
  const Node& node = tree_[i];
  if (node.layout == Layout::kInline) {
    switch (node.tag) {
      case GUMBO_TAG_CODE:
      case GUMBO_TAG_TT:
      case GUMBO_TAG_KBD:
      case GUMBO_TAG_SAMP:
        return inline_.close_code();
      default:
        return inline_.close(i);
    }
  }
  if (in_cell_ || (heading_ != 0 && heading_ != i)) {
    if (!inline_.empty()) inline_.line_break();
    return;
  }
  if (node.tag == GUMBO_TAG_DT) inline_.close(i);
  flush();
  if (heading_ == i) heading_ = 0;
  if (node.tag == GUMBO_TAG_TABLE && tables_ > 0) --tables_;
  for (std::size_t at = containers_.size(); at-- > 0;) {
    if (containers_[at].element == i) return close_down_to(at);
  }
}

// Where the next block goes: what is in a list is in an item.
cmark_node* MarkdownWriter::place() {
  if (containers_.empty()) return document_;
  const Kind kind = containers_.back().kind;
  if (kind == Kind::kList || kind == Kind::kTerms) {
    begin_item(ContentTree::kRoot);
  }
  return containers_.back().node;
}

void MarkdownWriter::add(cmark_node* node, std::size_t bytes) {
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
  spend(bytes + containers_.size() * kIndent);
}

cmark_node* MarkdownWriter::add_block(cmark_node_type type, std::size_t bytes) {
  cmark_node* const node = MarkdownMemory::node(type);
  add(node, bytes);
  return node;
}

void MarkdownWriter::spend(std::size_t bytes) {
  unrendered_ += bytes;
  if (bytes > left_ || nodes_ > kMostNodes) stopped_ = true;
  left_ -= std::min(left_, bytes);
}

void MarkdownWriter::begin_list(Index i, bool ordered, Kind kind) {
  if (containers_.size() + 1 >= kDeepest) return;
  cmark_node* const list = add_block(CMARK_NODE_LIST, 2);
  cmark_node_set_list_type(list,
                           ordered ? CMARK_ORDERED_LIST : CMARK_BULLET_LIST);
  if (ordered) {
    int start = 0;
    const std::string_view digits = tree_.get(tree_[i], Attribute::kStart);
    for (const char c : digits) {
      if (!is_ascii_digit(c) || start > 100'000'000) break;
      start = start * 10 + (c - '0');
    }
    cmark_node_set_list_start(list, digits.empty() ? 1 : start);
  }
  containers_.push_back({list, i, kind});
}

void MarkdownWriter::begin_item(Index element) {
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

void MarkdownWriter::end_item() { close_down_to(containers_.size() - 1); }

void MarkdownWriter::close_down_to(std::size_t size) {
  while (containers_.size() > size) {
    close(containers_.back());
    containers_.pop_back();
  }
}

// What holds nothing goes; a list of single lines is a tight one.
void MarkdownWriter::close(const Container& container) {
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

void MarkdownWriter::flush() {
  if (inline_.empty()) {
    // White space, and links around nothing.
    if (inline_.size() > 0) {
      cmark_node* const nowhere = MarkdownMemory::node(CMARK_NODE_PARAGRAPH);
      inline_.build(*nowhere, Breaks::kHard);
    }
    return;
  }
  if (containers_.empty() && unrendered_ > kPart) render();
  const std::size_t bytes = inline_.size();
  cmark_node* block = nullptr;
  if (heading_ != 0) {
    block = add_block(CMARK_NODE_HEADING, bytes + 8);
    cmark_node_set_heading_level(
        block, static_cast<int>(tree_[heading_].tag) - GUMBO_TAG_H1 + 1);
  } else {
    block = add_block(CMARK_NODE_PARAGRAPH, bytes);
  }
  nodes_ +=
      inline_.build(*block, heading_ != 0 ? Breaks::kSpaces : Breaks::kHard);
}

bool MarkdownWriter::is_code_block(Index i) const {
  const Node& node = tree_[i];
  if (node.is_text || node.layout == Layout::kInline) return false;
  const bool around =
      i != ContentTree::kRoot && tree_[node.parent].preformatted;
  return (node.preformatted && !around) || is_code_of_lines(tree_, i);
}

// The class of the block, of the code in it or of what is around it says.
std::string_view MarkdownWriter::language_of(Index i) const {
  const auto named = [&](Index at) {
    const Node& node = tree_[at];
    const std::string_view language =
        fence_language(tree_.get(node, Attribute::kLanguage));
    return !language.empty()
               ? language
               : code_language(tree_.get(node, Attribute::kClass));
  };
  std::string_view language = named(i);
  if (language.empty() && i + 1 < tree_[i].end &&
      tree_[i + 1].is(GUMBO_TAG_CODE)) {
    language = named(i + 1);
  }
  for (unsigned up = 0; up < 3 && language.empty() && i != 0; ++up) {
    i = tree_[i].parent;
    if (tree_[i].is(GUMBO_TAG_BODY)) break;
    language = named(i);
  }
  return language;
}

void MarkdownWriter::code_block(Index i) {
  flush();
  std::string code;
  CodeReader reader(tree_, code);
  walk_content(tree_, plan_, i, reader);
  std::erase(code, '\r');
  while (!code.empty() && is_html_space(code.back())) code.pop_back();
  code.erase(0, std::min(code.find_first_not_of('\n'), code.size()));
  if (code.empty()) return;
  code.push_back('\n');
  const auto lines =
      static_cast<std::size_t>(std::count(code.begin(), code.end(), '\n'));
  const std::string language(language_of(i));
  cmark_node* const block =
      add_block(CMARK_NODE_CODE_BLOCK,
                code.size() + 16 + lines * containers_.size() * kIndent);
  if (stopped_) return;
  cmark_node_set_literal(block, code.c_str());
  // cmark indents code that nothing is said of; a space makes it fence it.
  cmark_node_set_fence_info(block, language.empty() ? " " : language.c_str());
}

Index MarkdownWriter::enter_table(Index i) {
  const Node& node = tree_[i];
  if (tables_ >= kDeepestTable) return i + 1;
  const TableShape shape = table_shape(tree_, plan_, i);
  if (shape.kind == TableShape::Kind::kLayout) {
    ++tables_;
    return i + 1;
  }
  if (shape.kind == TableShape::Kind::kHtml) {
    std::string html;
    if (!append_html_table(tree_, plan_, i, resolver_, left_, html)) {
      stopped_ = true;
      return node.end;
    }
    const auto lines =
        static_cast<std::size_t>(std::count(html.begin(), html.end(), '\n'));
    cmark_node* const block =
        add_block(CMARK_NODE_HTML_BLOCK,
                  html.size() + lines * containers_.size() * kIndent);
    cmark_node_set_literal(block, html.c_str());
    return node.end;
  }
  for (const Index caption : shape.captions) {
    walk_content(tree_, plan_, caption, *this);
  }
  grid(shape);
  return node.end;
}

void MarkdownWriter::grid(const TableShape& shape) {
  cmark_syntax_extension* const extension = table_extension();
  cmark_node* const table = cmark_node_new_with_mem_and_ext(
      CMARK_NODE_TABLE, MarkdownMemory::get(), extension);
  cmark_gfm_extensions_set_table_columns(
      table, static_cast<std::uint16_t>(shape.columns));
  std::vector<std::uint8_t> alignment = shape.alignment;
  cmark_gfm_extensions_set_table_alignments(
      table, static_cast<std::uint16_t>(shape.columns), alignment.data());
  add(table, 6 * shape.columns);
  bool first = true;
  for (const std::vector<Index>& cells : shape.rows) {
    if (stopped_) return;
    cmark_node* const row = cmark_node_new_with_mem_and_ext(
        CMARK_NODE_TABLE_ROW, MarkdownMemory::get(), extension);
    cmark_node_append_child(table, row);
    if (first) cmark_gfm_extensions_set_table_row_is_header(row, 1);
    first = false;
    spend(4 + containers_.size() * kIndent);
    for (std::size_t i = 0; i < shape.columns; ++i) {
      cmark_node* const cell_node = cmark_node_new_with_mem_and_ext(
          CMARK_NODE_TABLE_CELL, MarkdownMemory::get(), extension);
      cmark_node_append_child(row, cell_node);
      ++nodes_;
      spend(3);
      if (i < cells.size()) cell(cells[i], *cell_node);
    }
  }
}

void MarkdownWriter::cell(Index i, cmark_node& into) {
  in_cell_ = true;
  // The cell itself is no line of its own.
  for (Index child = i + 1; child < tree_[i].end; child = tree_[child].end) {
    walk_content(tree_, plan_, child, *this);
  }
  in_cell_ = false;
  spend(inline_.size());
  nodes_ += inline_.build(into, Breaks::kTags);
}

void MarkdownWriter::image(Index i) {
  const Node& node = tree_[i];
  std::string url;
  const std::string_view source =
      strip_html_space(tree_.get(node, Attribute::kSrc));
  if (source.empty() || !resolver_.resolve(source, url)) return;
  if (inline_.ends_paragraph() && heading_ == 0 && !in_cell_) flush();
  inline_.image(url, collapsed(tree_.get(node, Attribute::kAlt)));
}

void MarkdownWriter::render() {
  if (cmark_node_first_child(document_) != nullptr) {
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
  unrendered_ = 0;
  nodes_ = 0;
}

}  // namespace

bool append_markdown(const ContentTree& tree, const ContentPlan& plan,
                     LinkResolver& resolver, std::size_t most,
                     std::string& out) {
  MarkdownWriter writer(tree, plan, resolver, most, out);
  if (plan.heading != ContentTree::kRoot) {
    walk_content(tree, plan, plan.heading, writer);
  }
  walk_content(tree, plan, plan.region, writer);
  return writer.finish();
}

}  // namespace crawl
