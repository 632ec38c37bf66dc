#include "extract/markdown_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/ascii.h"
#include "extract/content_traits.h"
#include "parse/html/html_text.h"
#include "parse/html/link_resolver.h"

namespace crawl {
namespace {

using Attribute = ContentTree::Attribute;
using Index = ContentTree::Index;
using Node = ContentTree::Node;

// What GFM holds at most here; who pads short rows must not be made to pad
// without end.
constexpr std::size_t kMostColumns = 64;
constexpr int kMostSpan = 1000;

int span_of(const ContentTree& tree, const Node& cell, Attribute name) {
  int span = 0;
  for (const char c : tree.get(cell, name)) {
    if (!is_ascii_digit(c)) break;
    span = std::min(span * 10 + (c - '0'), kMostSpan);
  }
  return std::max(span, 1);
}

std::uint8_t alignment_of(const ContentTree& tree, const Node& cell) {
  std::string_view word = trim(tree.get(cell, Attribute::kAlign));
  if (word.empty()) {
    constexpr std::string_view kProperty = "text-align:";
    const std::string_view style = tree.get(cell, Attribute::kStyle);
    const std::size_t at = find_ignoring_case(style, kProperty);
    if (at != style.npos) word = trim(style.substr(at + kProperty.size()));
  }
  if (starts_with_ignoring_case(word, "center")) return 'c';
  if (starts_with_ignoring_case(word, "right")) return 'r';
  if (starts_with_ignoring_case(word, "left")) return 'l';
  return 0;
}

bool is_complex(const Node& node) {
  switch (node.tag) {
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_HR:
      return true;
    default:
      return node.tag >= GUMBO_TAG_H1 && node.tag <= GUMBO_TAG_H6;
  }
}

// Reads a table's rows, without those of tables in it.
class ShapeReader {
 public:
  ShapeReader(const ContentTree& tree, Index table, TableShape& shape)
      : tree_(tree), table_(table), shape_(shape) {}

  Index enter(Index i) {
    const Node& node = tree_[i];
    if (i == table_) return i + 1;
    if (node.is(GUMBO_TAG_TABLE)) {
      nested_ = true;
      return node.end;
    }
    if (node.is(GUMBO_TAG_CAPTION)) {
      shape_.captions.push_back(i);
      // Behind a row it would come to stand in front.
      complex_ = complex_ || !shape_.rows.empty();
      return node.end;
    }
    if (node.is(GUMBO_TAG_TR)) shape_.rows.emplace_back();
    if (node.layout == Layout::kCell && !shape_.rows.empty()) {
      shape_.rows.back().push_back(i);
      header_ = header_ || node.tag == GUMBO_TAG_TH;
      spans_ = spans_ || span_of(tree_, node, Attribute::kColspan) > 1 ||
               span_of(tree_, node, Attribute::kRowspan) > 1;
    }
    complex_ = complex_ || (!node.is_text && is_complex(node));
    return i + 1;
  }
  void leave(Index) {}
  void text(Index) {}

  void judge() {
    std::erase_if(shape_.rows, [](const auto& row) { return row.empty(); });
    std::size_t cells = 0;
    for (const auto& row : shape_.rows) {
      cells += row.size();
      shape_.columns = std::max(shape_.columns, row.size());
    }
    const std::string_view role = tree_.get(tree_[table_], Attribute::kRole);
    if (role == "presentation" || role == "none" || shape_.columns < 2 ||
        (nested_ && !header_) ||
        (shape_.rows.size() < 2 && (complex_ || nested_))) {
      shape_.kind = TableShape::Kind::kLayout;
      return;
    }
    const bool ragged =
        shape_.columns * shape_.rows.size() > 4 * cells + kMostColumns;
    if (complex_ || nested_ || spans_ || ragged ||
        shape_.columns > kMostColumns) {
      shape_.kind = TableShape::Kind::kHtml;
      return;
    }
    shape_.kind = TableShape::Kind::kGrid;
    shape_.alignment.resize(shape_.columns);
    for (std::size_t row = 0;
         row < std::min<std::size_t>(shape_.rows.size(), 2); ++row) {
      for (std::size_t i = 0; i < shape_.rows[row].size(); ++i) {
        std::uint8_t& alignment = shape_.alignment[i];
        if (alignment == 0) {
          alignment = alignment_of(tree_, tree_[shape_.rows[row][i]]);
        }
      }
    }
  }

 private:
  const ContentTree& tree_;
  const Index table_;
  TableShape& shape_;
  bool nested_ = false;
  bool header_ = false;
  bool spans_ = false;
  bool complex_ = false;
};

std::string_view html_name(const Node& node) {
  switch (node.tag) {
    case GUMBO_TAG_A:
    case GUMBO_TAG_B:
    case GUMBO_TAG_STRONG:
    case GUMBO_TAG_I:
    case GUMBO_TAG_EM:
    case GUMBO_TAG_CODE:
    case GUMBO_TAG_SUP:
    case GUMBO_TAG_SUB:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_P:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_THEAD:
    case GUMBO_TAG_TBODY:
    case GUMBO_TAG_TFOOT:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH:
      return gumbo_normalized_tagname(static_cast<GumboTag>(node.tag));
    default:
      if (node.tag >= GUMBO_TAG_H1 && node.tag <= GUMBO_TAG_H6) return "b";
      return node.layout == Layout::kInline ? std::string_view() : "div";
  }
}

class HtmlTableWriter {
 public:
  HtmlTableWriter(const ContentTree& tree, LinkResolver& resolver,
                  std::size_t most, std::string& out)
      : tree_(tree),
        resolver_(resolver),
        out_(out),
        limit_(out.size() + most) {}

  Index enter(Index i) {
    const Node& node = tree_[i];
    if (out_.size() > limit_ || is_permalink(tree_, i) ||
        is_line_number(tree_, i)) {
      return node.end;
    }
    if (node.is(GUMBO_TAG_BR)) {
      out_ += "<br>";
      return node.end;
    }
    if (node.is(GUMBO_TAG_IMG)) {
      image(node);
      return node.end;
    }
    const std::string_view name = html_name(node);
    if (name.empty()) return i + 1;
    if (node.is(GUMBO_TAG_TR)) out_.push_back('\n');
    out_.append("<").append(name);
    if (node.is(GUMBO_TAG_A)) {
      if (const auto url =
              resolver_.resolve(tree_.get(node, Attribute::kHref))) {
        attribute("href", *url);
      }
    }
    if (node.layout == Layout::kCell) cell(node);
    out_.push_back('>');
    return i + 1;
  }

  void leave(Index i) {
    const std::string_view name = html_name(tree_[i]);
    if (!name.empty()) out_.append("</").append(name).push_back('>');
  }

  void text(Index i) {
    const Node& node = tree_[i];
    if (out_.size() > limit_) return;
    bool space = false;
    for (const char c : node.text) {
      if (node.preformatted ? c == '\n' : is_html_space(c)) {
        if (node.preformatted) {
          out_ += "&#10;";
        } else if (!space) {
          out_.push_back(' ');
        }
        space = true;
        continue;
      }
      space = false;
      append(c, false);
    }
  }

 private:
  void append(char c, bool in_attribute) {
    switch (c) {
      case '&':
        out_ += "&amp;";
        break;
      case '<':
        out_ += "&lt;";
        break;
      case '>':
        out_ += "&gt;";
        break;
      case '"':
        out_ += in_attribute ? "&quot;" : "\"";
        break;
      case '\n':
      case '\r':
        out_.push_back(' ');
        break;
      default:
        out_.push_back(c);
    }
  }

  void attribute(std::string_view name, std::string_view value) {
    out_.append(" ").append(name).append("=\"");
    for (const char c : value) append(c, true);
    out_.push_back('"');
  }

  void cell(const Node& node) {
    const int columns = span_of(tree_, node, Attribute::kColspan);
    const int rows = span_of(tree_, node, Attribute::kRowspan);
    if (columns > 1) attribute("colspan", fmt::format("{}", columns));
    if (rows > 1) attribute("rowspan", fmt::format("{}", rows));
    switch (alignment_of(tree_, node)) {
      case 'l':
        return attribute("align", "left");
      case 'c':
        return attribute("align", "center");
      case 'r':
        return attribute("align", "right");
      default:
        return;
    }
  }

  void image(const Node& node) {
    const std::string_view source =
        strip_html_space(tree_.get(node, Attribute::kSrc));
    const auto url = resolver_.resolve(source);
    if (source.empty() || !url) return;
    out_ += "<img";
    attribute("src", *url);
    attribute("alt", tree_.get(node, Attribute::kAlt));
    out_.push_back('>');
  }

  const ContentTree& tree_;
  LinkResolver& resolver_;
  std::string& out_;
  const std::size_t limit_;
};

}  // namespace

TableShape table_shape(const ContentTree& tree, const ContentPlan& plan,
                       Index table) {
  TableShape shape;
  ShapeReader reader(tree, table, shape);
  walk_content(tree, plan, table, reader);
  reader.judge();
  return shape;
}

bool append_html_table(const ContentTree& tree, const ContentPlan& plan,
                       Index table, LinkResolver& resolver, std::size_t most,
                       std::string& out) {
  const std::size_t begin = out.size();
  HtmlTableWriter writer(tree, resolver, most, out);
  walk_content(tree, plan, table, writer);
  return out.size() - begin <= most;
}

}  // namespace crawl
