#ifndef CRAWL_BASE_ASCII_H_
#define CRAWL_BASE_ASCII_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace crawl {

// Text as protocols and formats see it: only the letters A to Z have a case,
// whatever the locale.

constexpr bool is_ascii_letter(char c) {
  const auto lower = static_cast<unsigned char>(c | 0x20);
  return lower >= 'a' && lower <= 'z';
}

constexpr bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

// What a URL never needs to encode (RFC 3986 section 2.3).
constexpr bool is_unreserved(char c) {
  return is_ascii_letter(c) || is_ascii_digit(c) || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// A field's name, for example (RFC 9110 section 5.6.2).
constexpr bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_ascii_letter(c) || is_ascii_digit(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) !=
               std::string_view::npos;
  });
}

// -1 if it is none.
constexpr int hex_digit_value(char c) {
  if (is_ascii_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Appends a byte as a URL spells it: "%4A".
inline void append_percent(std::string& out, char byte) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto bits = static_cast<unsigned char>(byte);
  const char escaped[3] = {'%', kDigits[bits >> 4U], kDigits[bits & 15U]};
  out.append(escaped, 3);
}

constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

inline std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), to_lower);
  return text;
}

constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return to_lower(x) == to_lower(y); });
}

constexpr bool starts_with_ignoring_case(std::string_view text,
                                         std::string_view prefix) {
  return equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

// `text` without the `blanks` at its ends.
constexpr std::string_view trim(std::string_view text,
                                std::string_view blanks = " \t") {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

// Takes what precedes the first of `stops` (or all) off the front of `rest`.
constexpr std::string_view take_until(std::string_view& rest,
                                      std::string_view stops) {
  const std::string_view taken = rest.substr(0, rest.find_first_of(stops));
  rest.remove_prefix(taken.size());
  return taken;
}

// Where `word` first is, or npos.
constexpr std::size_t find_ignoring_case(std::string_view text,
                                         std::string_view word) {
  const auto* const found =
      std::search(text.begin(), text.end(), word.begin(), word.end(),
                  [](char x, char y) { return to_lower(x) == to_lower(y); });
  return found == text.end() && !word.empty()
             ? std::string_view::npos
             : static_cast<std::size_t>(found - text.begin());
}

// In steps that a compiler can make wide.
constexpr bool is_ascii(std::string_view text) {
  while (!text.empty()) {
    const std::string_view block = text.substr(0, 256);
    text.remove_prefix(block.size());
    unsigned char all = 0;
    for (const char c : block) all |= static_cast<unsigned char>(c);
    if (all >= 0x80) return false;
  }
  return true;
}

}  // namespace crawl

#endif  // CRAWL_BASE_ASCII_H_
