#ifndef CRAWL_PARSE_CSS_CSS_TEXT_H_
#define CRAWL_PARSE_CSS_CSS_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace crawl {

// CSS, read from its front on: characters and tokens (CSS Syntax Level 3,
// section 4). Comments may stand between any two tokens; the end closes what is
// open. UTF-8, or any bytes; the text must outlive this.
class CssText {
 protected:
  explicit CssText(std::string_view text) : text_(text) {}

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

  static bool is_newline(char c) { return c == '\n' || c == '\r' || c == '\f'; }
  static bool is_space(char c) {
    return c == ' ' || c == '\t' || is_newline(c);
  }
  static bool is_name_char(char c);

  void skip_comments();
  // True if there was white space, not only comments.
  bool skip_space();

  bool starts_escape(std::size_t ahead = 0) const;
  bool starts_name(std::size_t ahead = 0) const;
  // The characters of a name, however it begins.
  std::string name_chars();

  // From the quote on. False if the line ends before it does: a bad string.
  bool string(std::string& out);
  // From behind a "url(" that no quote follows to behind its ")". False if it
  // holds what none may: a bad url.
  bool bare_url(std::string& out);

  const std::string_view text_;
  std::size_t at_ = 0;

 private:
  void escape(std::string& out);
};

}  // namespace crawl

#endif  // CRAWL_PARSE_CSS_CSS_TEXT_H_
