#ifndef CRAWL_PARSE_CSS_CSS_REFERENCES_H_
#define CRAWL_PARSE_CSS_CSS_REFERENCES_H_

#include <functional>
#include <string_view>

namespace crawl {

// Calls `use` with what a style sheet, or a style attribute, refers to, as it
// stands there but for escapes: the URLs of url() and src(), those that
// @import names, and the strings of image-set(). Not the names of namespaces.
//
// `css` is UTF-8, or any bytes: read as CSS Syntax Level 3 has it
// (https://www.w3.org/TR/css-syntax-3/#tokenization), faults included; it may
// end anywhere. Any thread. Takes time linear in css.size(), and memory for the
// longest reference; a view is good until `use` returns.
void each_css_reference(std::string_view css,
                        const std::function<void(std::string_view)>& use);

}  // namespace crawl

#endif  // CRAWL_PARSE_CSS_CSS_REFERENCES_H_
