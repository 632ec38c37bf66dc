#include "extract/css_tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/ascii.h"
#include "crawl/base/utf8.h"

namespace crawl {
namespace {

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

constexpr bool is_name_start(char c) {
  return is_ascii_letter(c) || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

bool CssTokens::is_name_char(char c) {
  return is_name_start(c) || is_ascii_digit(c) || c == '-';
}

void CssTokens::fail(std::string message, std::size_t offset) {
  throw CssFault{{std::move(message), offset}};
}

void CssTokens::skip_comments() {
  while (looking_at("/*")) {
    const std::size_t end = text_.find("*/", at_ + 2);
    at_ = end == text_.npos ? text_.size() : end + 2;
  }
}

bool CssTokens::skip_space() {
  bool space = false;
  for (;;) {
    skip_comments();
    if (at_end() || !is_space(text_[at_])) return space;
    ++at_;
    space = true;
  }
}

bool CssTokens::starts_escape(std::size_t ahead) const {
  if (peek(ahead) != '\\') return false;
  const std::size_t next = at_ + ahead + 1;
  return next >= text_.size() ||
         (text_[next] != '\n' && text_[next] != '\r' && text_[next] != '\f');
}

bool CssTokens::starts_name(std::size_t ahead) const {
  if (at_ + ahead >= text_.size()) return false;
  if (peek(ahead) == '-') {
    return peek(ahead + 1) == '-' || is_name_start(peek(ahead + 1)) ||
           starts_escape(ahead + 1);
  }
  return is_name_start(peek(ahead)) || starts_escape(ahead);
}

// What stands behind a backslash.
void CssTokens::escape(std::string& out) {
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

std::string CssTokens::name_chars() {
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

std::string CssTokens::name(std::string_view what) {
  if (!starts_name()) fail(fmt::format("{} is expected here", what));
  return name_chars();
}

std::string CssTokens::string_token() {
  const char quote = text_[at_];
  const std::size_t begin = at_++;
  std::string out;
  while (!at_end() && text_[at_] != quote) {
    const char c = text_[at_];
    if (c == '\n' || c == '\r' || c == '\f') {
      fail("the string that begins here is not closed", begin);
    }
    if (c != '\\') {
      out.push_back(c);
      ++at_;
    } else if (at_ + 1 == text_.size()) {
      ++at_;
    } else if (starts_escape()) {
      escape(out);
    } else {  // a line goes on
      at_ += text_.substr(at_ + 1).starts_with("\r\n") ? 3 : 2;
    }
  }
  if (!at_end()) ++at_;  // as everywhere, the end closes what is open
  return out;
}

int CssTokens::number_of(std::string_view digits) {
  constexpr std::int64_t kMost = 1'000'000'000;
  std::int64_t value = 0;
  for (const char digit : digits) {
    value = std::min<std::int64_t>(value * 10 + (digit - '0'), kMost);
  }
  return static_cast<int>(value);
}

int CssTokens::count() {
  const std::size_t begin = at_;
  while (is_ascii_digit(peek())) ++at_;
  return number_of(text_.substr(begin, at_ - begin));
}

}  // namespace crawl
