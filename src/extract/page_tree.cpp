#include "extract/page_tree.h"

#include <cstring>

#include "base/ascii.h"
#include "crawl/base/utf8.h"

namespace crawl {
namespace {

CssNamespace namespace_of(const GumboElement& element) {
  switch (element.tag_namespace) {
    case GUMBO_NAMESPACE_SVG:
      return CssNamespace::kSvg;
    case GUMBO_NAMESPACE_MATHML:
      return CssNamespace::kMath;
    case GUMBO_NAMESPACE_HTML:
      break;
  }
  return CssNamespace::kHtml;
}

std::string replace_nuls(std::string text) {
  for (std::size_t at = 0; (at = text.find('\0', at)) != text.npos;) {
    text.replace(at, 1, kReplacementCharacter);
  }
  return text;
}

}  // namespace

std::string_view element_name(const GumboElement& element,
                              std::deque<std::string>& kept) {
  const bool svg = element.tag_namespace == GUMBO_NAMESPACE_SVG;
  if (element.tag != GUMBO_TAG_UNKNOWN && !svg) {
    return gumbo_normalized_tagname(element.tag);
  }
  GumboStringPiece tag = element.original_tag;
  if (tag.data == nullptr) return gumbo_normalized_tagname(element.tag);
  gumbo_tag_from_original_text(&tag);
  if (svg) {
    if (const char* name = gumbo_normalize_svg_tagname(&tag)) return name;
    if (element.tag != GUMBO_TAG_UNKNOWN) {
      return gumbo_normalized_tagname(element.tag);
    }
  }
  return kept.emplace_back(
      replace_nuls(lower_case(std::string(tag.data, tag.length))));
}

std::string qualified_name(const GumboAttribute& attribute) {
  const std::string name = attribute.name;
  switch (attribute.attr_namespace) {
    case GUMBO_ATTR_NAMESPACE_XLINK:
      return "xlink:" + name;
    case GUMBO_ATTR_NAMESPACE_XML:
      return "xml:" + name;
    case GUMBO_ATTR_NAMESPACE_XMLNS:
      return name == "xmlns" ? name : "xmlns:" + name;
    case GUMBO_ATTR_NAMESPACE_NONE:
      break;
  }
  return name;
}

PageTree::PageTree(const GumboNode& root) {
  if (root.parent != nullptr && root.parent->type == GUMBO_NODE_DOCUMENT) {
    quirks_ =
        root.parent->v.document.doc_type_quirks_mode == GUMBO_DOCTYPE_QUIRKS;
  }
  struct Level {
    const GumboVector* children;
    unsigned next;
    Index parent;
    Index previous;
    bool text_before;
  };
  std::vector<Level> open;
  elements_.emplace_back();
  tags_.push_back(kForeign);
  add_element(root, kNone, kNone);
  open.push_back({&root.v.element.children, 0, kRoot, kNone, false});
  while (!open.empty()) {
    Level& level = open.back();
    if (level.next == level.children->length) {
      open.pop_back();
      continue;
    }
    const GumboNode& node = child_at(*level.children, level.next++);
    if (is_text(node)) {
      add_text(node, level.parent, level.text_before);
      level.text_before = true;
      continue;
    }
    level.text_before = false;
    if (!is_element(node)) continue;
    const auto index = static_cast<Index>(elements_.size());
    add_element(node, level.parent, level.previous);
    level.previous = index;
    // Not `level` from here on: it may move.
    if (node.type == GUMBO_NODE_ELEMENT && node.v.element.children.length > 0) {
      open.push_back({&node.v.element.children, 0, index, kNone, false});
    }
  }
}

void PageTree::add_element(const GumboNode& node, Index parent,
                           Index previous) {
  const GumboElement& source = node.v.element;
  Element element;
  element.node = &node;
  element.name = element_name(source, joined_);
  element.name_space = namespace_of(source);
  element.parent = parent;
  element.previous = previous;
  element.order = order_++;
  for (unsigned i = 0; i < source.attributes.length; ++i) {
    const GumboAttribute& attribute = attribute_at(source, i);
    if (attribute.attr_namespace != GUMBO_ATTR_NAMESPACE_NONE) continue;
    if (attribute.name[0] == 'c' && std::strcmp(attribute.name, "class") == 0) {
      element.classes = attribute.value;
    } else if (attribute.name[0] == 'i' &&
               std::strcmp(attribute.name, "id") == 0) {
      element.id = attribute.value;
    }
  }
  elements_[previous].last = false;
  elements_[parent].empty = false;
  elements_.push_back(element);
  tags_.push_back(element.name_space == CssNamespace::kHtml
                      ? static_cast<std::uint16_t>(source.tag)
                      : kForeign);
}

// The standard puts text behind text into the same node; gumbo, where it moves
// text out of a table, makes another.
void PageTree::add_text(const GumboNode& node, Index parent, bool goes_on) {
  const std::string_view text = node.v.text.text;
  if (text.empty()) return;
  elements_[parent].empty = false;
  if (!goes_on || texts_.empty() || texts_.back().parent != parent) {
    texts_.push_back({text, parent, order_++});
    return;
  }
  std::string_view& before = texts_.back().text;
  if (joined_.empty() || joined_.back().data() != before.data()) {
    joined_.emplace_back(before);
  }
  joined_.back() += text;
  before = joined_.back();
}

}  // namespace crawl
