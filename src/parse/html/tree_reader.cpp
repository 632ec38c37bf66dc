#include "parse/html/tree_reader.h"

#include <gumbo.h>

#include <algorithm>
#include <array>
#include <functional>
#include <utility>
#include <vector>

#include "parse/html/gumbo_tree.h"
#include "parse/html/nesting_gauge.h"
#include "parse/html/page_builder.h"

namespace crawl {
namespace {

constexpr std::less<const char*> kBefore;

std::string_view view_of(const GumboStringPiece& piece) {
  return {piece.data, piece.length};
}

PageElement kind_of(const GumboElement& element) {
  static const auto kHtml = [] {
    std::array<PageElement, GUMBO_TAG_LAST> kinds{};
    for (int tag = 0; tag < GUMBO_TAG_UNKNOWN; ++tag) {
      kinds.at(static_cast<std::size_t>(tag)) =
          html_element(gumbo_normalized_tagname(static_cast<GumboTag>(tag)));
    }
    return kinds;
  }();
  switch (element.tag_namespace) {
    case GUMBO_NAMESPACE_HTML:
      return kHtml.at(static_cast<std::size_t>(element.tag));
    case GUMBO_NAMESPACE_SVG: {
      if (element.tag != GUMBO_TAG_UNKNOWN) {
        return svg_element(gumbo_normalized_tagname(element.tag));
      }
      GumboStringPiece name = element.original_tag;
      gumbo_tag_from_original_text(&name);
      return svg_element(view_of(name));
    }
    case GUMBO_NAMESPACE_MATHML:
      break;
  }
  return PageElement::kOther;
}

// Elements that the tree builder made of another's tag, not of one of theirs.
bool is_made_up(const GumboNode& node) {
  return (node.parse_flags & (GUMBO_INSERTION_RECONSTRUCTED_FORMATTING_ELEMENT |
                              GUMBO_INSERTION_ADOPTION_AGENCY_CLONED |
                              GUMBO_INSERTION_FROM_ISINDEX)) != 0;
}

// True if the text inside is none of the page's: code, or the prompt that gumbo
// puts into the label it makes of `isindex`.
bool holds_no_text(const GumboNode& node) {
  const GumboElement& element = node.v.element;
  if (element.tag == GUMBO_TAG_LABEL &&
      (node.parse_flags & GUMBO_INSERTION_FROM_ISINDEX) != 0) {
    return true;
  }
  if (element.tag_namespace != GUMBO_NAMESPACE_HTML) {
    return element.tag == GUMBO_TAG_SCRIPT || element.tag == GUMBO_TAG_STYLE;
  }
  switch (element.tag) {
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_NOEMBED:
    case GUMBO_TAG_NOFRAMES:
      return true;
    default:
      return false;
  }
}

// Walks a tree with its own stack, notes what concerns the builder, and hands
// it over in the order of the source.
class TreeWalk {
 public:
  explicit TreeWalk(PageBuilder& builder) : builder_(builder) {}

  void run(const GumboNode* root) {
    stack_.push_back({root, nullptr, false});
    while (!stack_.empty()) {
      const Step step = stack_.back();
      stack_.pop_back();
      visit(step);
    }
    hand_over_elements();
    if (builder_.wants_text()) hand_over_text();
  }

 private:
  struct Step {
    const GumboNode* node;
    const char* anchor;  // the tag of the innermost `a` around
    bool hidden;         // text here is none of the page's
  };
  struct Found {
    const char* at;  // in the source
    PageElement kind;
    const GumboElement* element;
  };
  struct Text {
    const char* at;
    const char* anchor;
    std::string_view text;
  };

  void visit(Step step) {
    const GumboNode& node = *step.node;
    switch (node.type) {
      case GUMBO_NODE_ELEMENT:
        enter(node, step);
        push_children(node.v.element.children, step);
        break;
      case GUMBO_NODE_DOCUMENT:
        push_children(node.v.document.children, step);
        break;
      case GUMBO_NODE_TEXT:
      case GUMBO_NODE_WHITESPACE:
      case GUMBO_NODE_CDATA:
        if (step.anchor != nullptr && !step.hidden) {
          text_.push_back(
              {node.v.text.original_text.data, step.anchor, node.v.text.text});
        }
        break;
      case GUMBO_NODE_TEMPLATE:  // its contents are another document's
      case GUMBO_NODE_COMMENT:
        break;
    }
  }

  void push_children(const GumboVector& children, Step step) {
    for (unsigned i = children.length; i-- > 0;) {
      step.node = static_cast<const GumboNode*>(children.data[i]);
      stack_.push_back(step);
    }
  }

  void enter(const GumboNode& node, Step& step) {
    const GumboElement& element = node.v.element;
    const PageElement kind = kind_of(element);
    if (kind == PageElement::kA || kind == PageElement::kSvgA) {
      if (builder_.wants_text() && has_href(element)) {
        step.anchor = element.original_tag.data;
      }
    }
    step.hidden = step.hidden || holds_no_text(node);
    if (builder_.wants_check()) note_targets(element);
    if (kind == PageElement::kOther || is_made_up(node)) return;
    found_.push_back({position_of(kind, element), kind, &element});
  }

  void note_targets(const GumboElement& element) {
    AttributeSet named;
    for (const auto& [name, attribute] :
         {std::pair{"id", PageAttribute::kId},
          std::pair{"name", PageAttribute::kName}}) {
      const GumboAttribute* const found =
          gumbo_get_attribute(&element.attributes, name);
      if (found != nullptr) named.add(attribute, found->value);
    }
    builder_.targets(named, element.tag == GUMBO_TAG_A);
  }

  static bool has_href(const GumboElement& element) {
    return gumbo_get_attribute(&element.attributes, "href") != nullptr;
  }

  // A second body tag gives its attributes to the first.
  static const char* position_of(PageElement kind,
                                 const GumboElement& element) {
    if (kind == PageElement::kBody) {
      const GumboAttribute* background =
          gumbo_get_attribute(&element.attributes, "background");
      if (background != nullptr) return background->original_name.data;
    }
    return element.original_tag.data;
  }

  void hand_over_elements() {
    const auto by_place = [](const Found& a, const Found& b) {
      return kBefore(a.at, b.at);
    };
    if (!std::is_sorted(found_.begin(), found_.end(), by_place)) {
      std::stable_sort(found_.begin(), found_.end(), by_place);
    }
    AttributeSet attributes;
    for (const Found& found : found_) {
      if (found.kind == PageElement::kTitle) {
        builder_.title(content_of(*found.element));
        continue;
      }
      attributes.clear();
      const GumboVector& list = found.element->attributes;
      for (unsigned i = 0; i < list.length; ++i) {
        const auto* const attribute =
            static_cast<const GumboAttribute*>(list.data[i]);
        attributes.add(name_of(*attribute), attribute->value);
      }
      builder_.place(found.at);
      const PageBuilder::Anchor anchor =
          builder_.element(found.kind, attributes);
      if (anchor != PageBuilder::kNoAnchor) {
        anchors_.emplace_back(found.at, anchor);
      }
    }
  }

  static PageAttribute name_of(const GumboAttribute& attribute) {
    if (attribute.attr_namespace == GUMBO_ATTR_NAMESPACE_XLINK) {
      return std::string_view(attribute.name) == "href"
                 ? PageAttribute::kXlinkHref
                 : PageAttribute::kOther;
    }
    if (attribute.attr_namespace != GUMBO_ATTR_NAMESPACE_NONE) {
      return PageAttribute::kOther;
    }
    return page_attribute(attribute.name);
  }

  // A title holds one text, or nothing.
  static std::string_view content_of(const GumboElement& title) {
    if (title.children.length == 0) return {};
    const auto* const child =
        static_cast<const GumboNode*>(title.children.data[0]);
    if (child->type != GUMBO_NODE_TEXT &&
        child->type != GUMBO_NODE_WHITESPACE) {
      return {};
    }
    return child->v.text.text;
  }

  void hand_over_text() {
    std::stable_sort(
        text_.begin(), text_.end(),
        [](const Text& a, const Text& b) { return kBefore(a.at, b.at); });
    for (const Text& text : text_) {
      const auto anchor = std::lower_bound(
          anchors_.begin(), anchors_.end(), text.anchor,
          [](const std::pair<const char*, PageBuilder::Anchor>& a,
             const char* at) { return kBefore(a.first, at); });
      if (anchor != anchors_.end() && anchor->first == text.anchor) {
        builder_.anchor_text(anchor->second, text.text);
      }
    }
  }

  PageBuilder& builder_;
  std::vector<Step> stack_;
  std::vector<Found> found_;
  std::vector<Text> text_;
  std::vector<std::pair<const char*, PageBuilder::Anchor>> anchors_;
};

// Nothing if `html`, of which the nesting was judged, takes too much after all.
std::optional<Page> read_judged(std::string_view html, const Url& url,
                                std::string_view encoding,
                                const PageOptions& options,
                                const TreeLimits& limits) {
  const double megabytes = static_cast<double>(html.size()) / (1 << 20);
  const GumboTree tree(html, limits.memory, limits.seconds * (1 + megabytes));
  if (tree.root() == nullptr) return std::nullopt;
  PageBuilder builder(url, options, nullptr);
  builder.source(html, true);
  TreeWalk(builder).run(tree.root());
  return builder.finish(encoding, PageParser::kTree);
}

}  // namespace

std::optional<Page> read_whole_tree(std::string_view html, const Url& url,
                                    std::string_view encoding,
                                    const PageOptions& options,
                                    const TreeLimits& limits) {
  if (affordable_prefix(html, limits.nesting_cost) != html.size()) {
    return std::nullopt;
  }
  return read_judged(html, url, encoding, options, limits);
}

Page read_tree(std::string_view html, const Url& url, std::string_view encoding,
               const PageOptions& options, const TreeLimits& limits) {
  html = html.substr(0, affordable_prefix(html, limits.nesting_cost));
  while (!html.empty()) {
    if (auto page = read_judged(html, url, encoding, options, limits)) {
      return *std::move(page);
    }
    html = html.substr(0, html.size() / 4);
  }
  return PageBuilder(url, options, nullptr).finish(encoding, PageParser::kTree);
}

}  // namespace crawl
