#include "extract/markdown_writer.h"

#include <cmark-gfm-core-extensions.h>

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "extract/content_names.h"
#include "extract/content_traits.h"
#include "extract/markdown_blocks.h"
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

constexpr unsigned kDeepestTable = 8;
// Of a paragraph: words between elements, links, emphasis.
constexpr std::size_t kMostParts = 50'000;
cmark_syntax_extension* table_extension() {
  static std::once_flag once;
  std::call_once(once, cmark_gfm_core_extensions_ensure_registered);
  static cmark_syntax_extension* const kTables =
      cmark_find_syntax_extension("table");
  return kTables;
}

// A block's code, whatever elements it is dressed in.
class CodeReader {
 public:
  CodeReader(const ContentTree& tree, std::string& out)
      : tree_(tree), out_(out) {}
  Index enter(Index i) {
    if (is_line_number(tree_, i)) return tree_[i].end;
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
      : tree_(tree), plan_(plan), resolver_(resolver), blocks_(most, out) {}

  Index enter(Index i);
  void leave(Index i);
  void text(Index i) {
    const Node& node = tree_[i];
    if (blocks_.stopped()) return;
    begin_paragraph();
    inline_.text(node.text);
    if (inline_.size() > blocks_.left()) blocks_.stop();
  }

  bool finish() {
    flush();
    return blocks_.finish();
  }

 private:
  using Kind = MarkdownBlocks::Kind;

  void begin_paragraph();
  Index enter_block(Index i);
  Index enter_table(Index i);
  void enter_inline(Index i);
  void flush();
  void code_block(Index i);
  void grid(const TableShape& shape);
  void cell(Index i, cmark_node& row);
  void image(Index i);
  int start_of(Index i) const;
  bool is_code_block(Index i) const;
  std::string_view language_of(Index i) const;

  const ContentTree& tree_;
  const ContentPlan& plan_;
  LinkResolver& resolver_;
  MarkdownBlocks blocks_;
  MarkdownInline inline_;
  Index heading_ = 0;  // the element, while it lasts
  unsigned tables_ = 0;
  bool in_cell_ = false;
};

Index MarkdownWriter::enter(Index i) {
  const Node& node = tree_[i];
  if (blocks_.stopped() || is_permalink(tree_, i) || is_line_number(tree_, i)) {
    return node.end;
  }
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

// Behind an empty line; and where one has grown beyond all measure.
void MarkdownWriter::begin_paragraph() {
  if (heading_ == 0 && !in_cell_) {
    if (inline_.ends_paragraph() || inline_.parts() > kMostParts) flush();
  } else if (inline_.parts() > kMostParts) {
    blocks_.stop();
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
      blocks_.begin_list(i, Kind::kList, std::nullopt);
      break;
    case GUMBO_TAG_OL:
      blocks_.begin_list(i, Kind::kList, start_of(i));
      break;
    case GUMBO_TAG_DL:
      blocks_.begin_list(i, Kind::kTerms, std::nullopt);
      break;
    case GUMBO_TAG_LI:
      if (blocks_.in_implied_item()) blocks_.end_item();
      if (blocks_.in(Kind::kList) || blocks_.in(Kind::kTerms)) {
        blocks_.begin_item(i);
      }
      break;
    case GUMBO_TAG_DT:
      if (blocks_.in_implied_item()) blocks_.end_item();
      if (blocks_.in(Kind::kTerms)) blocks_.begin_item();
      inline_.open(i, Span::kStrong);
      break;
    case GUMBO_TAG_DD:
      if (blocks_.in(Kind::kTerms)) blocks_.begin_item();
      break;
    case GUMBO_TAG_BLOCKQUOTE:
      blocks_.begin_quote(i);
      break;
    case GUMBO_TAG_HR:
      if (blocks_.empty()) blocks_.add(CMARK_NODE_THEMATIC_BREAK, 8);
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
  blocks_.leave(i);
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
  blocks_.write_if_large();
  const std::size_t bytes = inline_.size();
  cmark_node* block = nullptr;
  if (heading_ != 0) {
    block = blocks_.add(CMARK_NODE_HEADING, bytes + 8);
    cmark_node_set_heading_level(
        block, static_cast<int>(tree_[heading_].tag) - GUMBO_TAG_H1 + 1);
  } else {
    block = blocks_.add(CMARK_NODE_PARAGRAPH, bytes);
  }
  blocks_.count(
      inline_.build(*block, heading_ != 0 ? Breaks::kSpaces : Breaks::kHard));
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
      blocks_.add(CMARK_NODE_CODE_BLOCK, code.size() + 16, lines);
  if (blocks_.stopped()) return;
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
    if (!append_html_table(tree_, plan_, i, resolver_, blocks_.left(), html)) {
      blocks_.stop();
      return node.end;
    }
    const auto lines = 1 + static_cast<std::size_t>(
                               std::count(html.begin(), html.end(), '\n'));
    cmark_node* const block =
        blocks_.add(CMARK_NODE_HTML_BLOCK, html.size(), lines);
    // With no line's end at its own: behind one cmark forgets what a blank line
    // of a quote begins with.
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
  blocks_.add(table, 6 * shape.columns, shape.rows.size());
  bool first = true;
  for (const std::vector<Index>& cells : shape.rows) {
    if (blocks_.stopped()) return;
    cmark_node* const row = cmark_node_new_with_mem_and_ext(
        CMARK_NODE_TABLE_ROW, MarkdownMemory::get(), extension);
    cmark_node_append_child(table, row);
    if (first) cmark_gfm_extensions_set_table_row_is_header(row, 1);
    first = false;
    blocks_.spend(4);
    for (std::size_t i = 0; i < shape.columns; ++i) {
      cmark_node* const cell_node = cmark_node_new_with_mem_and_ext(
          CMARK_NODE_TABLE_CELL, MarkdownMemory::get(), extension);
      cmark_node_append_child(row, cell_node);
      blocks_.count(1);
      blocks_.spend(3);
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
  blocks_.spend(inline_.size());
  blocks_.count(inline_.build(into, Breaks::kTags));
}

// The number of a list's first item. CommonMark has none of more than nine
// digits, and of no item of a page.
int MarkdownWriter::start_of(Index i) const {
  constexpr std::int64_t kLargest = 900'000'000;
  const std::string_view digits = tree_.get(tree_[i], Attribute::kStart);
  std::int64_t start = 0;
  for (const char c : digits) {
    if (!is_ascii_digit(c)) break;
    start = start * 10 + (c - '0');
    if (start > kLargest) return 1;
  }
  return digits.empty() ? 1 : static_cast<int>(start);
}

void MarkdownWriter::image(Index i) {
  const Node& node = tree_[i];
  std::string url;
  const std::string_view source =
      strip_html_space(tree_.get(node, Attribute::kSrc));
  if (source.empty() || !resolver_.resolve(source, url)) return;
  begin_paragraph();
  inline_.image(url, collapsed(tree_.get(node, Attribute::kAlt)));
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
