#include "parse/css/css_references.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/ascii.h"
#include "parse/css/css_text.h"

namespace crawl {
namespace {

class CssReader : CssText {
 public:
  CssReader(std::string_view css,
            const std::function<void(const CssReference&)>& use)
      : CssText(css), use_(use) {}

  void run() {
    // Nothing refers to anything without one of those.
    if (text_.find('(') == text_.npos && text_.find('@') == text_.npos) return;
    while (!at_end()) token();
  }

 private:
  // What strings are, outside of functions.
  enum class Rule : std::uint8_t {
    kOther,
    kImport,  // the first is the sheet's URL
    kNames,   // and url() too: of namespaces and documents, fetched by nobody
  };

  void token() {
    begin_ = at_;
    const char c = peek();
    if (c == '/' && peek(1) == '*') {
      skip_comments();
    } else if (c == '"' || c == '\'') {
      read_string();
    } else if (c == '@') {
      ++at_;
      const std::string name = lower_case(name_chars());
      rule_ = Rule::kOther;
      if (name == "import") rule_ = Rule::kImport;
      if (name == "namespace" || name == "document" ||
          name == "-moz-document") {
        rule_ = Rule::kNames;
      }
    } else if (c == '#' || is_ascii_digit(c)) {
      ++at_;  // a hash, or a number and its unit
      skip_name();
    } else if (c == '<' && looking_at("<!--")) {
      at_ += 4;
    } else if (c == '-' && looking_at("-->")) {
      at_ += 3;
    } else if (is_name_char(c) || starts_escape()) {
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
    skip_name();
    if (peek() != '(') return;
    const std::size_t bracket = at_;
    at_ = begin_;
    const std::string name = lower_case(name_chars());
    at_ = bracket + 1;
    if (name == "url" || name == "src") {
      while (is_space(peek())) ++at_;
      if (peek() == '"' || peek() == '\'') {
        ++open_;
        tell(string(reference_));
        return;
      }
      if (name == "url") {
        tell(bare_url(reference_));
        return;
      }
    }
    ++open_;
    if (name == "image-set" || name == "-webkit-image-set") image_set_ = open_;
  }

  // Most are of no function: they are not gathered.
  void skip_name() {
    while (is_name_char(peek())) ++at_;
    if (starts_escape()) name_chars();
  }

  void read_string() {
    const bool is_reference = (rule_ == Rule::kImport && open_ == 0) ||
                              (image_set_ != 0 && open_ == image_set_);
    const bool good = string(reference_);
    if (is_reference) tell(good);
  }

  void tell(bool good) {
    if (good && !reference_.empty() && rule_ != Rule::kNames) {
      use_({reference_, begin_, rule_ == Rule::kImport});
    }
    if (rule_ == Rule::kImport) rule_ = Rule::kOther;
  }

  const std::function<void(const CssReference&)>& use_;
  std::size_t begin_ = 0;  // of the token
  Rule rule_ = Rule::kOther;
  std::size_t open_ = 0;       // parentheses
  std::size_t image_set_ = 0;  // the one that image-set opened; 0: none
  std::string reference_;
};

}  // namespace

void each_css_reference(std::string_view css,
                        const std::function<void(const CssReference&)>& use) {
  CssReader(css, use).run();
}

}  // namespace crawl
