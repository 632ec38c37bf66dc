#ifndef CRAWL_EXTRACT_CSS_TOKENS_H_
#define CRAWL_EXTRACT_CSS_TOKENS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "crawl/extract/extractor.h"

namespace crawl {

// Thrown by what reads a selector's text, and caught by parse_css().
struct CssFault {
  SelectorFault fault;
};

// A selector's text, read from its front on: characters and tokens (CSS Syntax
// Level 3, section 4). Comments may stand between any two tokens; the end
// closes what is open. The text is valid UTF-8 and must outlive this.
class CssTokens {
 public:
  explicit CssTokens(std::string_view text) : text_(text) {}

 protected:
  [[noreturn]] void fail(std::string message) const {
    fail(std::move(message), at_);
  }
  [[noreturn]] static void fail(std::string message, std::size_t offset);

  bool at_end() const { return at_ >= text_.size(); }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool looking_at(std::string_view word) const {
    return text_.substr(at_).starts_with(word);
  }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void skip_comments();
  // True if there was white space, not only comments.
  bool skip_space();

  static bool is_name_char(char c);
  bool starts_name(std::size_t ahead = 0) const;
  // The characters of a name, however it begins.
  std::string name_chars();
  // Fails if no name begins here, where `what` is expected.
  std::string name(std::string_view what);
  // From the quote on.
  std::string string_token();
  // Digits; the largest number they say is a thousand million.
  int count();
  static int number_of(std::string_view digits);

  const std::string_view text_;
  std::size_t at_ = 0;

 private:
  bool starts_escape(std::size_t ahead = 0) const;
  void escape(std::string& out);
};

}  // namespace crawl

#endif  // CRAWL_EXTRACT_CSS_TOKENS_H_
