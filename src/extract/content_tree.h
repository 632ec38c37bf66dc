#ifndef CRAWL_EXTRACT_CONTENT_TREE_H_
#define CRAWL_EXTRACT_CONTENT_TREE_H_

#include <gumbo.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "extract/style_visibility.h"

namespace crawl {

// How a browser lays an element out, as far as text goes (HTML Standard,
// "Rendering"): in a line, on lines of its own, or with an empty line around.
enum class Layout : std::uint8_t { kInline, kBlock, kParagraph, kRow, kCell };

// A page's body as it is read: elements and texts in the document's order, each
// with the place where what is in it ends. What no reader of the page sees is
// not in it: scripts, styles, pictures' inside, what says it is hidden.
//
// One thread at a time; what it was made of must outlive it.
class ContentTree {
 public:
  using Index = std::uint32_t;
  static constexpr Index kRoot = 0;  // the body

  // The attributes that content is judged by or written with.
  enum class Attribute : std::uint8_t {
    kAlign,
    kAlt,
    kAriaHidden,
    kClass,
    kColspan,
    kDatetime,
    kHref,
    kId,
    kItemprop,
    kLanguage,  // data-lang and the like
    kRel,
    kRole,
    kRowspan,
    kSrc,
    kStart,
    kStyle,
    kOther,
  };

  struct Node {
    std::string_view text;  // of a text, as in the document
    Index parent = 0;
    Index end = 0;  // behind the last node in it
    std::uint32_t first_attribute = 0;
    std::uint16_t attributes = 0;
    std::uint16_t tag = GUMBO_TAG_UNKNOWN;  // of an element
    Layout layout = Layout::kInline;
    bool is_text = false;
    bool preformatted = false;  // white space counts
    bool invisible = false;     // of an element; what is in it may be seen

    bool is(GumboTag one) const { return !is_text && tag == one; }
  };

  struct Value {  // of an attribute
    Attribute name;
    std::string_view value;
  };

  // `root`: gumbo's html element.
  explicit ContentTree(const GumboNode& root);
  ContentTree(ContentTree&&) = default;
  ContentTree& operator=(ContentTree&&) = default;

  const std::vector<Node>& nodes() const { return nodes_; }
  const Node& operator[](Index i) const { return nodes_[i]; }
  Index size() const { return static_cast<Index>(nodes_.size()); }

  // Null where the element has it not.
  const std::string_view* find(const Node& node, Attribute name) const;
  std::span<const Value> attributes(const Node& node) const {
    return {values_.data() + node.first_attribute, node.attributes};
  }
  // "" then.
  std::string_view get(const Node& node, Attribute name) const;

  // The text of the document's title, as it is.
  const std::string& title() const { return title_; }

 private:
  friend class ContentTreeBuilder;

  ContentTree() = default;
  void read_title(const GumboNode& head);

  std::vector<Node> nodes_;
  std::vector<Value> values_;
  std::deque<std::string> kept_;
  std::string title_;
};

// Puts a tree together in the document's order, the body first.
class ContentTreeBuilder {
 public:
  using Attribute = ContentTree::Attribute;
  using Index = ContentTree::Index;

  // `page`: bytes.
  explicit ContentTreeBuilder(std::size_t page) {
    constexpr std::size_t kMost = 1U << 16U;
    tree_.nodes_.reserve(std::min(page / 24, kMost));
    tree_.values_.reserve(std::min(page / 64, kMost));
  }
  explicit ContentTreeBuilder(ContentTree tree) : tree_(std::move(tree)) {}

  // What an attribute is called (lower case) here; kOther if it is of no use.
  static constexpr Attribute attribute_named(std::string_view name) {
    for (const auto& [known, attribute] : kNames) {
      if (known == name) return attribute;
    }
    return Attribute::kOther;
  }

  // An attribute of the element that open() opens next, or hidden or open,
  // which have no name here. The first of a name counts.
  void attribute(Attribute name, std::string_view value);
  void hidden(std::string_view value);
  void open_attribute() { open_ = true; }
  // The next element is a dialog, of which gumbo knows nothing: unseen unless
  // open.
  void dialog() { dialog_ = true; }
  void forget_attributes();

  // An element of HTML, or any other. Nothing, without a change, if it is not
  // for readers.
  std::optional<Index> open(GumboTag tag, bool html, Index parent);
  // One without attributes, before that whose attributes were just read.
  Index implied(GumboTag tag, Index parent);
  void close(Index element);
  // `text` is not empty.
  void text(std::string_view text, Index parent);
  // Keeps a string as long as the tree.
  std::string_view keep(std::string text) {
    return tree_.kept_.emplace_back(std::move(text));
  }
  void title(std::string_view title) { tree_.title_ = title; }

  // With a body, whether there was one or not.
  ContentTree finish();

 private:
  static constexpr std::array<std::pair<std::string_view, Attribute>, 17>
      kNames = {{
          {"align", Attribute::kAlign},
          {"alt", Attribute::kAlt},
          {"aria-hidden", Attribute::kAriaHidden},
          {"class", Attribute::kClass},
          {"colspan", Attribute::kColspan},
          {"data-lang", Attribute::kLanguage},
          {"data-language", Attribute::kLanguage},
          {"datetime", Attribute::kDatetime},
          {"href", Attribute::kHref},
          {"id", Attribute::kId},
          {"itemprop", Attribute::kItemprop},
          {"rel", Attribute::kRel},
          {"role", Attribute::kRole},
          {"rowspan", Attribute::kRowspan},
          {"src", Attribute::kSrc},
          {"start", Attribute::kStart},
          {"style", Attribute::kStyle},
      }};

  bool is_line_of_code(const ContentTree::Node& element) const;
  // Of the element that open() opens next.
  bool displayed() const;
  bool is_invisible(Index parent) const;

  ContentTree tree_;
  std::size_t first_ = 0;  // of the attributes of the next element
  StyleVisibility style_;
  bool hidden_ = false;
  bool open_ = false;
  bool dialog_ = false;
};

Layout layout_of(GumboTag tag);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_CONTENT_TREE_H_
