#ifndef CRAWL_PARSE_CSS_CSS_REFERENCES_H_
#define CRAWL_PARSE_CSS_CSS_REFERENCES_H_

#include <cstddef>
#include <functional>
#include <string_view>

namespace crawl {

// One of a style sheet, or of a style attribute.
struct CssReference {
  std::string_view url;    // as it stands there but for escapes
  std::size_t at = 0;      // where in the text its token begins
  bool is_import = false;  // @import's
};

// Calls `use` with what a style sheet, or a style attribute, refers to:
// the URLs of url() and src(), those that @import names, and the strings of
// image-set(). Not what only names something: @namespace, @document.
//
// `css` is UTF-8, or any bytes: read as CSS Syntax Level 3 has it
// (https://www.w3.org/TR/css-syntax-3/#tokenization), faults included; it may
// end anywhere. Any thread. Takes time linear in css.size(), and memory for the
// longest name or reference; a view is good until `use` returns.
void each_css_reference(std::string_view css,
                        const std::function<void(const CssReference&)>& use);

}  // namespace crawl

#endif  // CRAWL_PARSE_CSS_CSS_REFERENCES_H_
