#ifndef CRAWL_TESTS_SUPPORT_PLAIN_MATCHER_H_
#define CRAWL_TESTS_SUPPORT_PLAIN_MATCHER_H_

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "extract/css_matcher.h"
#include "extract/css_selector.h"
#include "extract/page_tree.h"

namespace crawl::testing {

// Says of one element whether a selector matches it, by the words of the
// specification: from the right, one way after the other, in exponential time.
// For small trees; nothing after too many steps. Of what is asked of an element
// alone it asks CssMatcher.
class PlainMatcher {
 public:
  using Index = PageTree::Index;

  explicit PlainMatcher(const PageTree& tree) : tree_(tree) {}

  std::optional<bool> matches(const CssComplex& selector, Index element) {
    steps_ = 0;
    const bool matched = complex(selector, element);
    if (steps_ > kMostSteps) return std::nullopt;
    return matched;
  }

 private:
  static constexpr std::uint64_t kMostSteps = 200'000;

  Index parent(Index i) const { return tree_.elements()[i].parent; }
  Index previous(Index i) const { return tree_.elements()[i].previous; }
  Index size() const { return static_cast<Index>(tree_.elements().size()); }

  bool is_below(Index i, Index above) const {
    for (i = parent(i); i != PageTree::kNone; i = parent(i)) {
      if (i == above) return true;
    }
    return false;
  }
  bool is_after(Index i, Index before) const {
    for (i = previous(i); i != PageTree::kNone; i = previous(i)) {
      if (i == before) return true;
    }
    return false;
  }
  // `to` stands where `combinator` says, seen from `from`.
  bool related(CssCombinator combinator, Index from, Index to) const {
    switch (combinator) {
      case CssCombinator::kDescendant:
        return is_below(to, from);
      case CssCombinator::kDescendantOrSelf:
        return to == from || is_below(to, from);
      case CssCombinator::kChild:
        return parent(to) == from;
      case CssCombinator::kNextSibling:
        return previous(to) == from;
      case CssCombinator::kLaterSibling:
        return is_after(to, from);
    }
    return false;
  }

  bool complex(const CssComplex& selector, Index element) {
    return up_to(selector, selector.compounds.size() - 1, element);
  }
  bool up_to(const CssComplex& selector, std::size_t last, Index element) {
    if (++steps_ > kMostSteps) return false;
    if (!compound(selector.compounds[last], element)) return false;
    if (last == 0) return true;
    for (Index other = PageTree::kRoot; other < size(); ++other) {
      if (related(selector.combinators[last - 1], other, element) &&
          up_to(selector, last - 1, other)) {
        return true;
      }
    }
    return false;
  }
  // From compounds[first] on, whatever is before it being `element`.
  bool from(const CssComplex& selector, std::size_t first, Index element) {
    if (first == selector.compounds.size()) return true;
    if (++steps_ > kMostSteps) return false;
    const CssCombinator combinator =
        first == 0 ? selector.leading : selector.combinators[first - 1];
    for (Index other = PageTree::kRoot; other < size(); ++other) {
      if (related(combinator, element, other) &&
          compound(selector.compounds[first], other) &&
          from(selector, first + 1, other)) {
        return true;
      }
    }
    return false;
  }
  bool any(const CssList& list, Index element) {
    return std::any_of(list.begin(), list.end(), [&](const CssComplex& one) {
      return complex(one, element);
    });
  }
  bool compound(const CssCompound& tests, Index element) {
    return std::all_of(tests.begin(), tests.end(), [&](const CssTest& test) {
      return holds(test, element);
    });
  }

  bool holds(const CssTest& test, Index element) {
    using Kind = CssTest::Kind;
    switch (test.kind) {
      case Kind::kIs:
        return any(test.list, element);
      case Kind::kNot:
        return !any(test.list, element);
      case Kind::kHas:
        return std::any_of(
            test.list.begin(), test.list.end(),
            [&](const CssComplex& one) { return from(one, 0, element); });
      case Kind::kNthChild:
      case Kind::kNthLastChild:
      case Kind::kNthOfType:
      case Kind::kNthLastOfType:
        return nth(test, element);
      default: {
        CssComplex alone;
        alone.compounds = {{test}};
        return CssMatcher(tree_).match(alone)[element] != 0;
      }
    }
  }

  bool nth(const CssTest& test, Index element) {
    using Kind = CssTest::Kind;
    const bool of_type =
        test.kind == Kind::kNthOfType || test.kind == Kind::kNthLastOfType;
    const bool from_end =
        test.kind == Kind::kNthLastChild || test.kind == Kind::kNthLastOfType;
    const auto counts = [&](Index i) {
      if (of_type) {
        const auto& a = tree_.elements()[i];
        const auto& b = tree_.elements()[element];
        return a.name == b.name && a.name_space == b.name_space;
      }
      return test.list.empty() || any(test.list, i);
    };
    if (!counts(element)) return false;
    std::int64_t place = 1;
    for (Index i = PageTree::kRoot; i < size(); ++i) {
      if (from_end ? is_after(i, element) : is_after(element, i)) {
        place += counts(i) ? 1 : 0;
      }
    }
    for (std::int64_t n = 0;
         n <= place + std::abs(std::int64_t{test.b}) && n <= 100'000; ++n) {
      if (test.a * n + test.b == place) return true;
      if (test.a == 0) break;
    }
    return false;
  }

  const PageTree& tree_;
  std::uint64_t steps_ = 0;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_PLAIN_MATCHER_H_
