#ifndef CRAWL_EXTRACT_CSS_SELECTOR_H_
#define CRAWL_EXTRACT_CSS_SELECTOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "crawl/extract/extractor.h"

namespace crawl {

// Selectors as https://www.w3.org/TR/selectors-3/ and the parts of -4 named at
// parse_css() have them, parsed.

// Which namespace a name is in; prefixes need no declaration: html, svg, math
// for elements, xlink and xml for attributes.
enum class CssNamespace : std::uint8_t {
  kAny,
  kNone,
  kHtml,
  kSvg,
  kMath,
  kXlink,
  kXml,
};

struct CssComplex;
using CssList = std::vector<CssComplex>;

// One condition on one element.
struct CssTest {
  enum class Kind : std::uint8_t {
    kName,  // `name`; `lower` for HTML elements
    kNamespace,
    kId,
    kClass,
    // Of the attribute `name`, with `value`.
    kAttributeIs,
    kAttributeHasWord,
    kAttributeDash,
    kAttributeBegins,
    kAttributeEnds,
    kAttributeContains,
    kHasAttribute,
    kRoot,
    kEmpty,
    // `a`n+`b`; with `list`, counted among what matches it.
    kNthChild,
    kNthLastChild,
    kNthOfType,
    kNthLastOfType,
    kIs,    // matches one of `list`
    kNot,   // matches none of `list`
    kHas,   // `list` is relative: see CssComplex::leading
    kLang,  // one of `words`
    kLink,
    kChecked,
    kEnabled,
    kDisabled,
    kRequired,
    kOptional,
    kIndeterminate,
    kNever,  // what is true of no still page: :hover
  };
  // Letters A to Z of attribute values: as written, or as the HTML Standard
  // has it for the attribute, or without case.
  enum class Case : std::uint8_t { kByName, kMatters, kIgnored };

  Kind kind = Kind::kNever;
  CssNamespace name_space = CssNamespace::kAny;
  Case letter_case = Case::kByName;
  std::string name;
  std::string lower;  // `name` in lower case
  std::string value;
  int a = 0;
  int b = 0;
  CssList list;
  std::vector<std::string> words;
};

using CssCompound = std::vector<CssTest>;  // all of them; none: any element

enum class CssCombinator : std::uint8_t {
  kDescendant,
  kChild,
  kNextSibling,
  kLaterSibling,
  // Not written: before a ::text of its own, as in "p ::text".
  kDescendantOrSelf,
};

// What of an element is taken.
struct CssTarget {
  enum class Kind : std::uint8_t { kElement, kText, kAttribute, kNothing };
  Kind kind = Kind::kElement;
  CssNamespace name_space = CssNamespace::kNone;
  std::string name;
  std::string lower;
};

struct CssComplex {
  std::vector<CssCompound> compounds;  // at least one
  // combinators[i] is before compounds[i + 1].
  std::vector<CssCombinator> combinators;
  // Within :has(), what is before compounds[0].
  CssCombinator leading = CssCombinator::kDescendant;
  CssTarget target;
};

// Parses a list of selectors: Selectors Level 3 whole, and of Level 4 :is(),
// :where(), :not() with a list, :has(), :scope, :any-link, :nth-child(an+b of
// S), the flags i and s; and Scrapy's ::text and ::attr(name). Unlike in a
// style sheet, one bad part of an :is() makes all of it invalid.
tl::expected<CssList, SelectorFault> parse_css(std::string_view text);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_CSS_SELECTOR_H_
