#ifndef CRAWL_EXTRACT_CSS_TOKENS_H_
#define CRAWL_EXTRACT_CSS_TOKENS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "crawl/extract/extractor.h"
#include "parse/css/css_text.h"

namespace crawl {

// Thrown by what reads a selector's text, and caught by parse_css().
struct CssFault {
  SelectorFault fault;
};

// A selector's text, in which faults end all. Valid UTF-8.
class CssTokens : protected CssText {
 public:
  explicit CssTokens(std::string_view text) : CssText(text) {}

 protected:
  [[noreturn]] void fail(std::string message) const {
    fail(std::move(message), at_);
  }
  [[noreturn]] static void fail(std::string message, std::size_t offset);

  // Fails if no name begins here, where `what` is expected.
  std::string name(std::string_view what);
  // From the quote on.
  std::string string_token();
  // Digits; the largest number they say is a thousand million.
  int count();
  static int number_of(std::string_view digits);
};

}  // namespace crawl

#endif  // CRAWL_EXTRACT_CSS_TOKENS_H_
