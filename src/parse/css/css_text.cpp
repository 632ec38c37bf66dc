#include "parse/css/css_text.h"

#include "base/ascii.h"
#include "crawl/base/utf8.h"

namespace crawl {
namespace {

constexpr bool is_name_start(char c) {
  return is_ascii_letter(c) || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

bool CssText::is_name_char(char c) {
  return is_name_start(c) || is_ascii_digit(c) || c == '-';
}

void CssText::skip_comments() {
  while (looking_at("/*")) {
    const std::size_t end = text_.find("*/", at_ + 2);
    at_ = end == text_.npos ? text_.size() : end + 2;
  }
}

bool CssText::skip_space() {
  bool space = false;
  for (;;) {
    skip_comments();
    if (at_end() || !is_space(text_[at_])) return space;
    ++at_;
    space = true;
  }
}

bool CssText::starts_escape(std::size_t ahead) const {
  return peek(ahead) == '\\' && !is_newline(peek(ahead + 1));
}

bool CssText::starts_name(std::size_t ahead) const {
  if (at_ + ahead >= text_.size()) return false;
  if (peek(ahead) == '-') {
    return peek(ahead + 1) == '-' || is_name_start(peek(ahead + 1)) ||
           starts_escape(ahead + 1);
  }
  return is_name_start(peek(ahead)) || starts_escape(ahead);
}

// "Consume an escaped code point", from the backslash on.
void CssText::escape(std::string& out) {
  ++at_;
  if (at_end()) {
    out += kReplacementCharacter;
    return;
  }
  if (hex_digit_value(text_[at_]) < 0) {
    const Utf8Sequence next = first_utf8_sequence(text_.substr(at_));
    out += text_.substr(at_, next.size);
    at_ += next.size;
    return;
  }
  char32_t code = 0;
  for (int digits = 0; digits < 6 && !at_end(); ++digits, ++at_) {
    const int value = hex_digit_value(text_[at_]);
    if (value < 0) break;
    code = code * 16 + static_cast<char32_t>(value);
  }
  if (looking_at("\r\n")) ++at_;
  if (!at_end() && is_space(text_[at_])) ++at_;
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
    out += kReplacementCharacter;
  } else {
    append_utf8(code, out);
  }
}

std::string CssText::name_chars() {
  std::string out;
  while (!at_end()) {
    if (is_name_char(text_[at_])) {
      out.push_back(text_[at_++]);
    } else if (starts_escape()) {
      escape(out);
    } else {
      break;
    }
  }
  return out;
}

bool CssText::string(std::string& out) {
  out.clear();
  const char quote = text_[at_++];
  while (!at_end()) {
    const char c = text_[at_];
    if (is_newline(c)) return false;
    if (c != '\\') {
      ++at_;
      if (c == quote) return true;
      out.push_back(c);
    } else if (at_ + 1 == text_.size()) {
      ++at_;
    } else if (starts_escape()) {
      escape(out);
    } else {  // a line goes on
      at_ += looking_at("\\\r\n") ? 3 : 2;
    }
  }
  return true;
}

bool CssText::bare_url(std::string& out) {
  out.clear();
  bool good = true;
  bool ended = false;  // only white space may follow
  while (!at_end()) {
    const char c = text_[at_];
    if (starts_escape()) {
      good = good && !ended;
      escape(out);
      continue;
    }
    ++at_;
    if (c == ')') break;
    if (is_space(c)) {
      ended = ended || !out.empty();
    } else if (ended || c == '"' || c == '\'' || c == '(' || c == '\\') {
      good = false;
    } else {
      out.push_back(c);
    }
  }
  return good;
}

}  // namespace crawl
