#ifndef CRAWL_EXTRACT_CSS_MATCHER_H_
#define CRAWL_EXTRACT_CSS_MATCHER_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "extract/css_selector.h"
#include "extract/page_tree.h"

namespace crawl {

// For each of a tree's elements, whether it is meant. The first, which is
// none, never is.
using Marks = std::vector<std::uint8_t>;

// Finds what selectors mean in one page.
//
// A selector is worked off compound by compound, each for all elements at once:
// its time is the number of elements times its own length, whatever the page
// nests and whatever it combines.
//
// One thread at a time; the tree must outlive it.
class CssMatcher {
 public:
  explicit CssMatcher(const PageTree& tree) : tree_(tree) {}

  // Elements that match `selector`; what it takes of them is the caller's
  // matter.
  Marks match(const CssComplex& selector);

 private:
  using Index = PageTree::Index;
  using Counts = std::vector<std::uint32_t>;

  // A test with what had to be found out for all elements before.
  struct Prepared {
    const CssTest* test;
    Marks marks;
    bool marked;
  };

  Marks match_any(const CssList& list);
  Marks match_relative(const CssList& list);
  Marks match_relative(const CssComplex& selector);
  std::vector<Prepared> prepare(const CssCompound& compound);
  // Of the elements in `among` (null: of all) those that match.
  Marks match_compound(const CssCompound& compound, const Marks* among);
  bool holds(const CssTest& test, Index element) const;
  // Leaves in `marks` those whose name is meant.
  void keep_named(const CssTest& test, Marks& marks) const;
  bool attribute_holds(const CssTest& test,
                       const PageTree::Element& element) const;

  // What stands where `combinator` says, seen from the elements in `from`.
  Marks reached(CssCombinator combinator, const Marks& from) const;
  // From where what stands in `to` is seen.
  Marks reaching(CssCombinator combinator, const Marks& to) const;

  Marks match_nth(const CssTest& test);
  Marks match_language(const CssTest& test);
  const Marks& disabled();
  const Marks& indeterminate();
  // Each element's number among its siblings of the same type, from the first
  // and from the last.
  void number_types();

  std::size_t size() const { return tree_.elements().size(); }
  const PageTree::Element& at(Index index) const {
    return tree_.elements()[index];
  }

  const PageTree& tree_;
  Counts of_type_;
  Counts last_of_type_;
  Marks disabled_;
  Marks indeterminate_;
  std::vector<std::string_view> languages_;
};

// The attribute that a test or target means, from place `at` on, which is then
// behind it; null if there is none. In any namespace there may be several.
const GumboAttribute* next_attribute(const PageTree::Element& element,
                                     CssNamespace name_space,
                                     std::string_view name,
                                     std::string_view lower, unsigned& at);

// The first of them.
const GumboAttribute* find_attribute(const PageTree::Element& element,
                                     CssNamespace name_space,
                                     std::string_view name,
                                     std::string_view lower);

// The value of an attribute without a namespace.
std::optional<std::string_view> attribute_value(
    const PageTree::Element& element, std::string_view name);

inline bool is_html(const PageTree::Element& element) {
  return element.name_space == CssNamespace::kHtml;
}
// One of HTML with one of these names.
bool is_html(const PageTree::Element& element,
             std::initializer_list<std::string_view> names);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_CSS_MATCHER_H_
