#ifndef CRAWL_EXTRACT_PAGE_TREE_H_
#define CRAWL_EXTRACT_PAGE_TREE_H_

#include <gumbo.h>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "extract/css_selector.h"

namespace crawl {

// gumbo's tree, laid out flat in the order of the document, so that whatever is
// asked of it is a loop and no recursion. What a template holds is another
// document's and not in it.
//
// One thread at a time; gumbo's tree must outlive it.
class PageTree {
 public:
  // An element's place among elements(). 0 is no element: it stands for the
  // document above the root, and for the sibling that there is not.
  using Index = std::uint32_t;
  static constexpr Index kNone = 0;
  static constexpr Index kRoot = 1;

  struct Element {
    const GumboNode* node = nullptr;
    std::string_view name;     // HTML ones in lower case
    const char* id = nullptr;  // attributes, null if absent
    const char* classes = nullptr;
    Index parent = kNone;
    Index previous = kNone;   // sibling
    std::uint32_t order = 0;  // before and after texts too
    CssNamespace name_space = CssNamespace::kHtml;
    bool last = true;   // among its siblings
    bool empty = true;  // has neither elements nor text
  };
  struct Text {
    std::string_view text;
    Index parent = kNone;
    std::uint32_t order = 0;
  };

  // `root`: gumbo's html element.
  explicit PageTree(const GumboNode& root);

  // In document order; the first is none.
  const std::vector<Element>& elements() const { return elements_; }
  const std::vector<Text>& texts() const { return texts_; }
  // gumbo's tag of each element of HTML, which is as good as its name unless it
  // is GUMBO_TAG_UNKNOWN; kForeign of others.
  const std::vector<std::uint16_t>& tags() const { return tags_; }
  static constexpr std::uint16_t kForeign = 0xFFFF;
  // Of ids and classes no letter's case matters then.
  bool quirks() const { return quirks_; }

 private:
  void add_element(const GumboNode& node, Index parent, Index previous);
  void add_text(const GumboNode& node, Index parent, bool goes_on);

  std::vector<Element> elements_;
  std::vector<std::uint16_t> tags_;
  std::vector<Text> texts_;
  std::deque<std::string> joined_;
  std::uint32_t order_ = 0;
  bool quirks_ = false;
};

// An element's name as the document has it, which for those of svg is in mixed
// case. In `kept` where gumbo has it nowhere.
std::string_view element_name(const GumboElement& element,
                              std::deque<std::string>& kept);

// The attribute's name with its prefix: "xlink:href".
std::string qualified_name(const GumboAttribute& attribute);

inline bool is_element(const GumboNode& node) {
  return node.type == GUMBO_NODE_ELEMENT || node.type == GUMBO_NODE_TEMPLATE;
}
inline bool is_text(const GumboNode& node) {
  return node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE ||
         node.type == GUMBO_NODE_CDATA;
}
inline const GumboNode& child_at(const GumboVector& children, unsigned i) {
  return *static_cast<const GumboNode*>(children.data[i]);
}
inline const GumboAttribute& attribute_at(const GumboElement& element,
                                          unsigned i) {
  return *static_cast<const GumboAttribute*>(element.attributes.data[i]);
}

}  // namespace crawl

#endif  // CRAWL_EXTRACT_PAGE_TREE_H_
