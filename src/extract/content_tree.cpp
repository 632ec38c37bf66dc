#include "extract/content_tree.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/ascii.h"
#include "extract/html_writer.h"
#include "extract/page_tree.h"

namespace crawl {
namespace {

using Attribute = ContentTree::Attribute;

// Whose inside is not text of the page: programs, pictures, what stands for
// something that could not be shown, what is typed into.
constexpr bool is_never_read(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_META:
    case GUMBO_TAG_LINK:
    case GUMBO_TAG_SVG:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_NOFRAMES:
    case GUMBO_TAG_NOEMBED:
    case GUMBO_TAG_FRAMESET:
    case GUMBO_TAG_OBJECT:
    case GUMBO_TAG_APPLET:
    case GUMBO_TAG_AUDIO:
    case GUMBO_TAG_VIDEO:
    case GUMBO_TAG_CANVAS:
    case GUMBO_TAG_DATALIST:
    case GUMBO_TAG_TEXTAREA:
    case GUMBO_TAG_RP:
    case GUMBO_TAG_ANNOTATION_XML:
      return true;
    default:
      return false;
  }
}

// Of elements that gumbo does not know.
bool is_called(const GumboElement& element, std::string_view name) {
  GumboStringPiece tag = element.original_tag;
  if (element.tag != GUMBO_TAG_UNKNOWN || tag.data == nullptr) return false;
  gumbo_tag_from_original_text(&tag);
  return equals_ignoring_case({tag.data, tag.length}, name);
}

constexpr std::size_t kLongestTitle = 4096;

constexpr bool is_preformatted(GumboTag tag) {
  return tag == GUMBO_TAG_PRE || tag == GUMBO_TAG_LISTING ||
         tag == GUMBO_TAG_XMP || tag == GUMBO_TAG_PLAINTEXT;
}

constexpr Layout find_layout(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_P:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_DIR:
    case GUMBO_TAG_MENU:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_LISTING:
    case GUMBO_TAG_XMP:
    case GUMBO_TAG_PLAINTEXT:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_FIGURE:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_FIELDSET:
    case GUMBO_TAG_HR:
      return Layout::kParagraph;
    case GUMBO_TAG_ADDRESS:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_BODY:
    case GUMBO_TAG_CENTER:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_DETAILS:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_FIGCAPTION:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_HGROUP:
    case GUMBO_TAG_LEGEND:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_OPTGROUP:
    case GUMBO_TAG_OPTION:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_SUMMARY:
    case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_THEAD:
    case GUMBO_TAG_TBODY:
    case GUMBO_TAG_TFOOT:
    case GUMBO_TAG_COLGROUP:
      return Layout::kBlock;
    case GUMBO_TAG_TR:
      return Layout::kRow;
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH:
      return Layout::kCell;
    default:
      return Layout::kInline;
  }
}

// What is asked of every element.
struct TagTraits {
  Layout layout;
  bool never_read;
  bool preformatted;
};
constexpr auto kTagTraits = [] {
  std::array<TagTraits, GUMBO_TAG_LAST + 1> traits{};
  for (std::size_t i = 0; i < traits.size(); ++i) {
    const auto tag = static_cast<GumboTag>(i);
    traits[i] = {find_layout(tag), is_never_read(tag), is_preformatted(tag)};
  }
  return traits;
}();

}  // namespace

Layout layout_of(GumboTag tag) { return kTagTraits[tag].layout; }

ContentTree::ContentTree(const GumboNode& root) {
  struct Level {
    const GumboVector* children;
    unsigned next;
    Index node;
  };
  const GumboVector& top = root.v.element.children;
  const GumboNode* body = nullptr;
  for (unsigned i = 0; i < top.length && body == nullptr; ++i) {
    const GumboNode& child = child_at(top, i);
    if (child.type != GUMBO_NODE_ELEMENT) continue;
    if (child.v.element.tag == GUMBO_TAG_HEAD) read_title(child);
    if (child.v.element.tag == GUMBO_TAG_BODY) body = &child;
  }
  ContentTreeBuilder builder(std::move(*this));
  std::vector<Level> open;
  const auto enter = [&](const GumboNode& node, Index parent) {
    const GumboElement& element = node.v.element;
    for (unsigned i = 0; i < element.attributes.length; ++i) {
      const GumboAttribute& attribute = attribute_at(element, i);
      if (attribute.attr_namespace != GUMBO_ATTR_NAMESPACE_NONE) continue;
      const std::string_view name = attribute.name;
      if (name == "hidden") {
        builder.hidden(attribute.value);
      } else if (name == "open") {
        builder.open_attribute();
      } else {
        builder.attribute(ContentTreeBuilder::attribute_named(name),
                          attribute.value);
      }
    }
    const bool html = element.tag_namespace == GUMBO_NAMESPACE_HTML;
    // MathML's source in another language.
    if (is_called(element, "annotation")) return builder.forget_attributes();
    if (is_called(element, "dialog")) builder.dialog();
    if (const auto index = builder.open(element.tag, html, parent)) {
      open.push_back({&element.children, 0, *index});
    }
  };
  if (body != nullptr) enter(*body, kRoot);
  while (!open.empty()) {
    Level& level = open.back();
    if (level.next == level.children->length) {
      builder.close(level.node);
      open.pop_back();
      continue;
    }
    const GumboNode& node = child_at(*level.children, level.next++);
    if (is_text(node)) {
      if (*node.v.text.text != '\0') {
        builder.text(node.v.text.text, level.node);
      }
    } else if (node.type == GUMBO_NODE_ELEMENT) {
      enter(node, level.node);
    }
  }
  *this = builder.finish();
}

void ContentTree::read_title(const GumboNode& head) {
  const GumboVector& children = head.v.element.children;
  for (unsigned i = 0; i < children.length; ++i) {
    const GumboNode& child = child_at(children, i);
    if (child.type == GUMBO_NODE_ELEMENT &&
        child.v.element.tag == GUMBO_TAG_TITLE) {
      append_text(child, kLongestTitle, title_);
      return;
    }
  }
}

void ContentTreeBuilder::attribute(Attribute name, std::string_view value) {
  if (name == Attribute::kOther) return;
  if (name == Attribute::kStyle) {
    for (std::size_t i = first_; i < tree_.values_.size(); ++i) {
      if (tree_.values_[i].name == name) return;
    }
    style_ = read_visibility(value);
  }
  tree_.values_.push_back({name, value});
}

void ContentTreeBuilder::hidden(std::string_view value) {
  hidden_ = hidden_ || !equals_ignoring_case(value, "until-found");
}

// Style sheets of pages come before what a browser has of its own.
bool ContentTreeBuilder::displayed() const {
  if (style_.display != StyleVisibility::Display::kUnsaid) {
    return style_.display == StyleVisibility::Display::kShown;
  }
  return !hidden_ && (!dialog_ || open_);
}

bool ContentTreeBuilder::is_invisible(Index parent) const {
  if (tree_.nodes_.empty()) return false;
  if (style_.visibility == StyleVisibility::Visibility::kUnsaid) {
    return tree_.nodes_[parent].invisible;
  }
  return style_.visibility == StyleVisibility::Visibility::kHidden;
}

void ContentTreeBuilder::close(Index element) {
  std::vector<ContentTree::Node>& nodes = tree_.nodes_;
  nodes[element].end = tree_.size();
  if (!nodes[element].invisible) return;
  // Of what is not seen only that stays which holds what is.
  const auto seen = [](const ContentTree::Node& node) {
    return !node.invisible;
  };
  if (std::none_of(nodes.begin() + element, nodes.end(), seen)) {
    nodes.resize(element);
  }
}

void ContentTreeBuilder::forget_attributes() {
  tree_.values_.resize(first_);
  hidden_ = open_ = dialog_ = false;
  style_ = {};
}

std::optional<ContentTree::Index> ContentTreeBuilder::open(GumboTag tag,
                                                           bool html,
                                                           Index parent) {
  const bool is_body = tree_.nodes_.empty();
  // A body is hidden only until its scripts have run.
  const bool unseen = !displayed();
  const TagTraits& traits = kTagTraits[tag];
  if (traits.never_read || (unseen && !is_body)) {
    forget_attributes();
    return std::nullopt;
  }
  ContentTree::Node element;
  element.first_attribute = static_cast<std::uint32_t>(first_);
  element.attributes = static_cast<std::uint16_t>(
      std::min<std::size_t>(tree_.values_.size() - first_,
                            std::numeric_limits<std::uint16_t>::max()));
  element.parent = parent;
  element.tag = static_cast<std::uint16_t>(html ? tag : GUMBO_TAG_UNKNOWN);
  element.layout = html ? traits.layout : Layout::kInline;
  element.preformatted = is_line_of_code(element) ||
                         (!is_body && tree_.nodes_[parent].preformatted) ||
                         (html && traits.preformatted);
  element.invisible = is_invisible(parent);
  const Index index = tree_.size();
  element.end = index + 1;
  tree_.nodes_.push_back(element);
  first_ = tree_.values_.size();
  hidden_ = open_ = dialog_ = false;
  style_ = {};
  return index;
}

ContentTree::Index ContentTreeBuilder::implied(GumboTag tag, Index parent) {
  const Index index = tree_.size();
  ContentTree::Node element;
  element.first_attribute = static_cast<std::uint32_t>(first_);
  element.parent = parent;
  element.end = index + 1;
  element.tag = static_cast<std::uint16_t>(tag);
  element.layout = layout_of(tag);
  element.preformatted = index > 0 && tree_.nodes_[parent].preformatted;
  element.invisible = index > 0 && tree_.nodes_[parent].invisible;
  tree_.nodes_.push_back(element);
  return index;
}

// Of a block in which each line of code is an element, as doxygen has them.
bool ContentTreeBuilder::is_line_of_code(
    const ContentTree::Node& element) const {
  return element.tag == GUMBO_TAG_DIV && !tree_.nodes_.empty() &&
         tree_.get(element, Attribute::kClass) == "line" &&
         tree_.get(tree_.nodes_[element.parent], Attribute::kClass) ==
             "fragment";
}

void ContentTreeBuilder::text(std::string_view text, Index parent) {
  if (tree_.nodes_[parent].invisible) return;
  const bool preformatted = tree_.nodes_[parent].preformatted;
  ContentTree::Node& node = tree_.nodes_.emplace_back();
  node.text = text;
  node.parent = parent;
  node.end = tree_.size();
  node.is_text = true;
  node.preformatted = preformatted;
}

ContentTree ContentTreeBuilder::finish() {
  if (tree_.nodes_.empty()) implied(GUMBO_TAG_BODY, ContentTree::kRoot);
  tree_.nodes_[ContentTree::kRoot].end = tree_.size();
  return std::move(tree_);
}

const std::string_view* ContentTree::find(const Node& node,
                                          Attribute name) const {
  const Value* const first = values_.data() + node.first_attribute;
  for (const Value* value = first; value != first + node.attributes; ++value) {
    if (value->name == name) return &value->value;
  }
  return nullptr;
}

std::string_view ContentTree::get(const Node& node, Attribute name) const {
  const std::string_view* const found = find(node, name);
  return found == nullptr ? std::string_view() : *found;
}

}  // namespace crawl
