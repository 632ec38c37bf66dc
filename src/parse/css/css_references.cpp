#include "parse/css/css_references.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/ascii.h"
#include "crawl/base/utf8.h"

namespace crawl {
namespace {

bool is_newline(char c) { return c == '\n' || c == '\r' || c == '\f'; }
bool is_space(char c) { return c == ' ' || c == '\t' || is_newline(c); }
bool is_name_char(char c) {
  return is_ascii_letter(c) || is_ascii_digit(c) || c == '_' || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// No name that is looked for is longer.
constexpr std::size_t kLongestName = 32;

class CssReader {
 public:
  CssReader(std::string_view css,
            const std::function<void(const CssReference&)>& use)
      : css_(css), use_(use) {}

  void run() {
    while (at_ < css_.size()) token();
  }

 private:
  // What strings are, outside of functions.
  enum class Rule : std::uint8_t {
    kOther,
    kImport,  // the first is the sheet's URL
    kNames,   // and url() too: of namespaces and documents, fetched by nobody
  };

  std::string_view rest() const { return css_.substr(at_); }
  char here() const { return at_ < css_.size() ? css_[at_] : '\0'; }
  char next() const { return at_ + 1 < css_.size() ? css_[at_ + 1] : '\0'; }
  bool is_escape() const {
    return here() == '\\' && at_ + 1 < css_.size() && !is_newline(next());
  }
  bool is_name() const { return is_name_char(here()) || is_escape(); }

  void token() {
    begin_ = at_;
    const char c = here();
    if (c == '/' && next() == '*') {
      const std::size_t end = css_.find("*/", at_ + 2);
      at_ = end == std::string_view::npos ? css_.size() : end + 2;
    } else if (c == '"' || c == '\'') {
      read_string();
    } else if (c == '@') {
      ++at_;
      const std::string name = take_name();
      rule_ = Rule::kOther;
      if (name == "import") rule_ = Rule::kImport;
      if (name == "namespace" || name == "document" ||
          name == "-moz-document") {
        rule_ = Rule::kNames;
      }
    } else if (c == '#' || is_ascii_digit(c)) {
      ++at_;  // a hash, or a number and its unit
      take_name();
    } else if (rest().starts_with("<!--")) {
      at_ += 4;
    } else if (rest().starts_with("-->")) {
      at_ += 3;
    } else if (is_name()) {
      name_or_function();
    } else {
      ++at_;
      if (c == '(') ++open_;
      if (c == ')') close();
      if (c == ';' || c == '{' || c == '}') {
        rule_ = Rule::kOther;
        open_ = image_set_ = 0;
      }
    }
  }

  void close() {
    if (open_ == image_set_) image_set_ = 0;
    if (open_ > 0) --open_;
  }

  void name_or_function() {
    const std::string name = take_name();
    if (here() != '(' || at_ == css_.size()) return;
    ++at_;
    if (name == "url" || name == "src") {
      while (at_ < css_.size() && is_space(css_[at_])) ++at_;
      if (here() == '"' || here() == '\'') {
        ++open_;
        tell(take_string());
        return;
      }
      if (name == "url") {
        tell(take_bare_url());
        return;
      }
    }
    ++open_;
    if (name == "image-set" || name == "-webkit-image-set") image_set_ = open_;
  }

  // In lower case; cut if it is long.
  std::string take_name() {
    std::string name;
    while (at_ < css_.size() && is_name()) {
      const char c = css_[at_++];
      std::string decoded(1, c);
      if (c == '\\') {
        decoded.clear();
        append_escaped(decoded);
      }
      if (name.size() < kLongestName) name += decoded;
    }
    return lower_case(std::move(name));
  }

  void read_string() {
    const bool is_reference = (rule_ == Rule::kImport && open_ == 0) ||
                              (image_set_ != 0 && open_ == image_set_);
    const std::optional<std::string_view> text = take_string();
    if (is_reference) tell(text);
  }

  void tell(std::optional<std::string_view> reference) {
    if (reference && !reference->empty() && rule_ != Rule::kNames) {
      use_({*reference, begin_, rule_ == Rule::kImport});
    }
    if (rule_ == Rule::kImport) rule_ = Rule::kOther;
  }

  // Nothing if it ends in its line: a bad string.
  std::optional<std::string_view> take_string() {
    const char quote = css_[at_++];
    text_.clear();
    while (at_ < css_.size()) {
      const char c = css_[at_];
      if (is_newline(c)) return std::nullopt;
      ++at_;
      if (c == quote) break;
      if (c == '\\') {
        append_escaped(text_);
      } else {
        text_ += c;
      }
    }
    return text_;
  }

  // Nothing if it holds what none may: a bad url. `at_` is behind its end.
  std::optional<std::string_view> take_bare_url() {
    text_.clear();
    bool bad = false;
    bool ended = false;  // only white space may follow
    while (at_ < css_.size()) {
      const char c = css_[at_++];
      if (c == ')') break;
      if (is_space(c)) {
        ended = ended || !text_.empty();
      } else if (ended || c == '"' || c == '\'' || c == '(' ||
                 (c == '\\' && is_newline(here()))) {
        bad = true;
      } else if (c == '\\') {
        append_escaped(text_);
      } else {
        text_ += c;
      }
    }
    if (bad) return std::nullopt;
    return text_;
  }

  // "Consume an escaped code point", from behind the backslash; a newline,
  // which only strings have there, is left out.
  void append_escaped(std::string& out) {
    if (at_ == css_.size()) return;
    if (hex_digit_value(css_[at_]) < 0) {
      const char c = css_[at_++];
      if (c == '\r' && here() == '\n') ++at_;
      if (!is_newline(c)) out += c;
      return;
    }
    std::uint32_t code = 0;
    for (int digits = 0;
         digits < 6 && at_ < css_.size() && hex_digit_value(css_[at_]) >= 0;
         ++digits) {
      code = code * 16 + static_cast<std::uint32_t>(hex_digit_value(css_[at_]));
      ++at_;
    }
    if (here() == '\r' && next() == '\n') ++at_;
    if (at_ < css_.size() && is_space(css_[at_])) ++at_;
    const bool is_scalar =
        code != 0 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    append_utf8(is_scalar ? static_cast<char32_t>(code) : U'\xFFFD', out);
  }

  const std::string_view css_;
  const std::function<void(const CssReference&)>& use_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;  // of the token
  Rule rule_ = Rule::kOther;
  std::size_t open_ = 0;       // parentheses
  std::size_t image_set_ = 0;  // the one that image-set opened; 0: none
  std::string text_;
};

}  // namespace

void each_css_reference(std::string_view css,
                        const std::function<void(const CssReference&)>& use) {
  CssReader(css, use).run();
}

}  // namespace crawl
