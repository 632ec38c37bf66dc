#include "parse/html/plain_tree.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "parse/html/entities.h"
#include "parse/html/gumbo_tree.h"
#include "parse/html/plain_scan.h"

namespace crawl {
namespace {

// Memory given back all at once.
class Arena {
 public:
  // Takes about twelve times a page's size.
  Arena(std::size_t page, std::size_t most)
      : chunk_size_(std::clamp<std::size_t>(page * 4, 4 << 10, 1 << 20)),
        left_(most) {}

  template <class T>
  T* make(std::size_t count) {
    T* const made = static_cast<T*>(take(count * sizeof(T)));
    std::uninitialized_value_construct_n(made, count);
    return made;
  }

  // A copy that ends in a zero.
  const char* keep(std::string_view text) {
    char* const copy = static_cast<char*>(take(text.size() + 1));
    std::copy(text.begin(), text.end(), copy);
    copy[text.size()] = '\0';
    return copy;
  }

  // Whether it took more than it may.
  bool exceeded() const { return exceeded_; }
  std::vector<std::unique_ptr<std::byte[]>> release() {
    return std::move(chunks_);
  }

 private:
  void* take(std::size_t size) {
    constexpr std::size_t kAlign = alignof(std::max_align_t);
    size = (size + kAlign - 1) / kAlign * kAlign;
    if (size > static_cast<std::size_t>(end_ - next_)) {
      const std::size_t chunk = std::max(size, chunk_size_);
      exceeded_ = exceeded_ || chunk > left_;
      left_ -= std::min(left_, chunk);
      // Not made zero: most of it is written twice already.
      chunks_.emplace_back(new std::byte[chunk]);
      next_ = chunks_.back().get();
      end_ = next_ + chunk;
    }
    return std::exchange(next_, next_ + size);
  }

  const std::size_t chunk_size_;
  std::size_t left_;
  bool exceeded_ = false;
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
};

// Those of svg that are written in mixed case (HTML Standard, "adjust SVG
// attributes").
constexpr std::array<const char*, 58> kSvgNames = {"attributeName",
                                                   "attributeType",
                                                   "baseFrequency",
                                                   "baseProfile",
                                                   "calcMode",
                                                   "clipPathUnits",
                                                   "diffuseConstant",
                                                   "edgeMode",
                                                   "filterUnits",
                                                   "glyphRef",
                                                   "gradientTransform",
                                                   "gradientUnits",
                                                   "kernelMatrix",
                                                   "kernelUnitLength",
                                                   "keyPoints",
                                                   "keySplines",
                                                   "keyTimes",
                                                   "lengthAdjust",
                                                   "limitingConeAngle",
                                                   "markerHeight",
                                                   "markerUnits",
                                                   "markerWidth",
                                                   "maskContentUnits",
                                                   "maskUnits",
                                                   "numOctaves",
                                                   "pathLength",
                                                   "patternContentUnits",
                                                   "patternTransform",
                                                   "patternUnits",
                                                   "pointsAtX",
                                                   "pointsAtY",
                                                   "pointsAtZ",
                                                   "preserveAlpha",
                                                   "preserveAspectRatio",
                                                   "primitiveUnits",
                                                   "refX",
                                                   "refY",
                                                   "repeatCount",
                                                   "repeatDur",
                                                   "requiredExtensions",
                                                   "requiredFeatures",
                                                   "specularConstant",
                                                   "specularExponent",
                                                   "spreadMethod",
                                                   "startOffset",
                                                   "stdDeviation",
                                                   "stitchTiles",
                                                   "surfaceScale",
                                                   "systemLanguage",
                                                   "tableValues",
                                                   "targetX",
                                                   "targetY",
                                                   "textLength",
                                                   "viewBox",
                                                   "viewTarget",
                                                   "xChannelSelector",
                                                   "yChannelSelector",
                                                   "zoomAndPan"};

// Those with a prefix that means something ("adjust foreign attributes").
struct ForeignName {
  const char* name;
  const char* local;
  GumboAttributeNamespaceEnum name_space;
};
constexpr std::array<ForeignName, 12> kForeignNames = {{
    {"xlink:actuate", "actuate", GUMBO_ATTR_NAMESPACE_XLINK},
    {"xlink:arcrole", "arcrole", GUMBO_ATTR_NAMESPACE_XLINK},
    {"xlink:href", "href", GUMBO_ATTR_NAMESPACE_XLINK},
    {"xlink:role", "role", GUMBO_ATTR_NAMESPACE_XLINK},
    {"xlink:show", "show", GUMBO_ATTR_NAMESPACE_XLINK},
    {"xlink:title", "title", GUMBO_ATTR_NAMESPACE_XLINK},
    {"xlink:type", "type", GUMBO_ATTR_NAMESPACE_XLINK},
    {"xml:base", "base", GUMBO_ATTR_NAMESPACE_XML},
    {"xml:lang", "lang", GUMBO_ATTR_NAMESPACE_XML},
    {"xml:space", "space", GUMBO_ATTR_NAMESPACE_XML},
    {"xmlns", "xmlns", GUMBO_ATTR_NAMESPACE_XMLNS},
    {"xmlns:xlink", "xlink", GUMBO_ATTR_NAMESPACE_XMLNS},
}};

void adjust_for_svg(GumboAttribute& attribute) {
  const std::string_view name = attribute.name;
  for (const ForeignName& foreign : kForeignNames) {
    if (name != foreign.name) continue;
    attribute.name = foreign.local;
    attribute.attr_namespace = foreign.name_space;
    return;
  }
  for (const char* const mixed : kSvgNames) {
    if (equals_ignoring_case(name, mixed)) attribute.name = mixed;
  }
}

class TreeSink {
 public:
  using Node = GumboNode*;
  static constexpr bool kReadsBase = true;
  static constexpr bool kFosters = true;

  explicit TreeSink(Arena& arena)
      : arena_(arena), document_(arena.make<GumboNode>(1)) {
    document_->type = GUMBO_NODE_DOCUMENT;
  }

  Node document() const { return document_; }

  void attribute(std::string_view name, std::string_view value);
  void forget_attributes() { attributes_.clear(); }
  bool unknown(std::string_view, std::string_view tag) {
    unknown_ = tag;
    return true;
  }

  Node open(GumboTag tag, Node parent);
  Node open_svg(std::string_view name, std::string_view tag, Node parent);
  Node implied(GumboTag tag, Node parent);
  void close(Node node);
  Node foster(GumboTag tag, Node table);
  void foster_text(std::string_view raw, Node table) {
    foster(make_text(GUMBO_NODE_TEXT, raw, TextContext::kData), table);
  }

  void text(std::string_view raw, Node parent) {
    add(make_text(GUMBO_NODE_TEXT, raw, TextContext::kData), parent);
  }
  void raw_text(GumboTag tag, std::string_view raw, Node parent);
  void comment(std::string_view text, Node parent) {
    add(make_text(GUMBO_NODE_COMMENT, text, TextContext::kRaw), parent);
  }
  // As gumbo reads it.
  bool quirks(std::string_view doctype) {
    quirks_ = GUMBO_DOCTYPE_NO_QUIRKS;
    if (equals_ignoring_case(doctype, kUsualDoctype)) return false;
    const GumboTree tree(doctype, std::size_t{64} << 10, 1);
    good_ = good_ && tree.root() != nullptr;
    if (tree.root() == nullptr) return true;
    quirks_ = tree.root()->parent->v.document.doc_type_quirks_mode;
    return quirks_ == GUMBO_DOCTYPE_QUIRKS;
  }

  // False if something was too much.
  bool good() const { return good_ && !arena_.exceeded(); }

  const GumboNode* finish() {
    document_->v.document.doc_type_quirks_mode = quirks_;
    fill(document_->v.document.children, in_document_, 0);
    fill(html_->v.element.children, in_html_, 0);
    fill(head_->v.element.children, in_head_, 0);
    return html_;
  }

 private:
  using Children = std::vector<GumboNode*>;

  struct Level {
    GumboNode* node;
    std::size_t begin;     // of its children in pending_
    std::size_t fostered;  // and in fostered_ of what stands before it
  };

  static constexpr std::size_t kMostAttributes = 64;

  void fill(GumboVector& vector, Children& children, std::size_t begin) {
    const std::size_t count = children.size() - begin;
    if (count == 0) return;
    vector.data = arena_.make<void*>(count);
    vector.length = vector.capacity = static_cast<unsigned>(count);
    std::copy(children.begin() + static_cast<std::ptrdiff_t>(begin),
              children.end(), vector.data);
    for (std::size_t i = begin; i < children.size(); ++i) {
      children[i]->index_within_parent = i - begin;
    }
    children.resize(begin);
  }

  // Elements end in the order of a stack, but for those around the body, which
  // get something until the page ends.
  void add(GumboNode* node, Node parent) {
    node->parent = parent;
    if (!levels_.empty() && levels_.back().node == parent) {
      return pending_.push_back(node);
    }
    Children& children = parent == document_ ? in_document_
                         : parent == html_   ? in_html_
                                             : in_head_;
    children.push_back(node);
  }

  GumboNode* make_text(GumboNodeType type, std::string_view raw,
                       TextContext context) {
    auto* const node = arena_.make<GumboNode>(1);
    node->type = type;
    const char* const end = raw.data() + raw.size();
    node->v.text.text =
        arena_.keep(bytes::find_reference(raw.data(), end) == end
                        ? raw
                        : decode_text(raw, context, scratch_));
    return node;
  }

  void foster(GumboNode* node, Node table) {
    node->parent = table->parent;
    fostered_.push_back(node);
  }

  GumboNode* make_element(GumboTag tag);
  Node add_element(GumboTag tag, Node parent);
  void give_attributes(GumboElement& element);
  const char* name_of(std::string_view name);

  Arena& arena_;
  GumboNode* const document_;
  GumboNode* html_ = nullptr;
  GumboNode* head_ = nullptr;
  Children in_document_;
  Children in_html_;
  Children in_head_;
  Children pending_;
  Children fostered_;
  std::vector<Level> levels_;
  std::vector<GumboAttribute> attributes_;  // of the next element
  std::string_view unknown_;
  std::array<std::string_view, 128> names_;  // some that were kept
  std::string scratch_;
  GumboQuirksModeEnum quirks_ = GUMBO_DOCTYPE_QUIRKS;
  bool good_ = true;
};

// In lower case. Few are met often.
const char* TreeSink::name_of(std::string_view name) {
  scratch_.resize(name.size());
  std::size_t hash = name.size();
  for (std::size_t i = 0; i < name.size(); ++i) {
    scratch_[i] = to_lower(name[i]);
    hash = hash * 31 + static_cast<unsigned char>(scratch_[i]);
  }
  std::string_view& known = names_[hash % names_.size()];
  if (known.data() == nullptr || known != scratch_) {
    known = {arena_.keep(scratch_), scratch_.size()};
  }
  return known.data();
}

void TreeSink::attribute(std::string_view name, std::string_view value) {
  if (!good_) return;
  GumboAttribute attribute{};
  attribute.attr_namespace = GUMBO_ATTR_NAMESPACE_NONE;
  attribute.name = name_of(name);
  for (const GumboAttribute& other : attributes_) {
    if (other.name == attribute.name ||
        std::strcmp(other.name, attribute.name) == 0) {
      return;  // the first of a name counts
    }
  }
  if (attributes_.size() == kMostAttributes) {
    good_ = false;  // each is compared with all before
    return;
  }
  const char* const end = value.data() + value.size();
  attribute.value =
      arena_.keep(bytes::find_reference(value.data(), end) == end
                      ? value
                      : decode_text(value, TextContext::kAttribute, scratch_));
  attributes_.push_back(attribute);
}

GumboNode* TreeSink::make_element(GumboTag tag) {
  auto* const node = arena_.make<GumboNode>(1);
  node->type = GUMBO_NODE_ELEMENT;
  node->v.element.tag = tag;
  node->v.element.tag_namespace = GUMBO_NAMESPACE_HTML;
  return node;
}

GumboNode* TreeSink::add_element(GumboTag tag, Node parent) {
  GumboNode* const node = make_element(tag);
  add(node, parent);
  if (parent == document_) {
    html_ = node;
  } else if (tag == GUMBO_TAG_HEAD) {
    head_ = node;
  } else {
    levels_.push_back({node, pending_.size(), fostered_.size()});
  }
  return node;
}

GumboNode* TreeSink::implied(GumboTag tag, Node parent) {
  return add_element(tag, parent);
}

GumboNode* TreeSink::open(GumboTag tag, Node parent) {
  GumboNode* const node = add_element(tag, parent);
  give_attributes(node->v.element);
  return node;
}

GumboNode* TreeSink::foster(GumboTag tag, Node table) {
  GumboNode* const node = make_element(tag);
  foster(node, table);
  levels_.push_back({node, pending_.size(), fostered_.size()});
  give_attributes(node->v.element);
  return node;
}

void TreeSink::close(Node node) {
  const Level level = levels_.back();
  levels_.pop_back();
  fill(node->v.element.children, pending_, level.begin);
  if (node->v.element.tag != GUMBO_TAG_TABLE ||
      fostered_.size() == level.fostered) {
    return;
  }
  // It is the last that its parent has got.
  pending_.pop_back();
  const auto first =
      fostered_.begin() + static_cast<std::ptrdiff_t>(level.fostered);
  pending_.insert(pending_.end(), first, fostered_.end());
  pending_.push_back(node);
  fostered_.erase(first, fostered_.end());
}

GumboNode* TreeSink::open_svg(std::string_view name, std::string_view tag,
                              Node parent) {
  GumboNode* const node = add_element(
      gumbo_tagn_enum(name.data(), static_cast<unsigned>(name.size())), parent);
  node->v.element.tag_namespace = GUMBO_NAMESPACE_SVG;
  node->v.element.original_tag = {tag.data(), tag.size()};
  for (GumboAttribute& attribute : attributes_) adjust_for_svg(attribute);
  give_attributes(node->v.element);
  return node;
}

void TreeSink::give_attributes(GumboElement& element) {
  if (element.tag == GUMBO_TAG_UNKNOWN &&
      element.original_tag.data == nullptr) {
    element.original_tag = {unknown_.data(), unknown_.size()};
  }
  const std::size_t count = attributes_.size();
  if (count == 0) return;
  auto* const kept = arena_.make<GumboAttribute>(count);
  std::copy(attributes_.begin(), attributes_.end(), kept);
  GumboVector& vector = element.attributes;
  vector.data = arena_.make<void*>(count);
  vector.length = vector.capacity = static_cast<unsigned>(count);
  for (std::size_t i = 0; i < count; ++i) vector.data[i] = kept + i;
  attributes_.clear();
}

void TreeSink::raw_text(GumboTag tag, std::string_view raw, Node parent) {
  GumboNode* const node = open(tag, parent);
  if (tag == GUMBO_TAG_TEXTAREA) {
    if (raw.starts_with('\r')) raw.remove_prefix(1);
    if (raw.starts_with('\n')) raw.remove_prefix(1);
  }
  const bool references = tag == GUMBO_TAG_TEXTAREA || tag == GUMBO_TAG_TITLE;
  if (!raw.empty()) {
    add(make_text(GUMBO_NODE_TEXT, raw,
                  references ? TextContext::kRcdata : TextContext::kRaw),
        node);
  }
  close(node);
}

}  // namespace

PlainTree::PlainTree(std::string_view html, std::size_t max_memory) {
  Arena arena(html.size(), max_memory);
  TreeSink sink(arena);
  if (PlainScan<TreeSink>(html, sink).run()) root_ = sink.finish();
  if (root_ != nullptr) chunks_ = arena.release();
}

}  // namespace crawl
