#ifndef CRAWL_EXTRACT_CSS_PSEUDO_CLASSES_H_
#define CRAWL_EXTRACT_CSS_PSEUDO_CLASSES_H_

#include <string>
#include <string_view>

#include "extract/css_selector.h"

namespace crawl {

// A pseudo-class (Selectors Level 4), and what it asks of an element. Those
// that no element of a still page is in are known, and ask the impossible.
struct CssPseudoClass {
  std::string_view name;
  CssTest::Kind kind;
  int a = 0;
  int b = 0;
};

// One that stands alone, and one that takes something in parentheses; names are
// in lower case. Null if there is none.
const CssPseudoClass* find_pseudo_class(std::string_view name);
const CssPseudoClass* find_pseudo_function(std::string_view name);

// Why one of the two found nothing, for people.
std::string why_no_pseudo_class(std::string_view word);

}  // namespace crawl

#endif  // CRAWL_EXTRACT_CSS_PSEUDO_CLASSES_H_
