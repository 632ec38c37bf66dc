#ifndef CRAWL_BASE_UTF8_H_
#define CRAWL_BASE_UTF8_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace crawl {

// UTF-8 as the Encoding Standard's decoder reads it: no surrogates, no overlong
// forms, nothing past U+10FFFF (https://encoding.spec.whatwg.org/#utf-8).
// Any thread, any bytes; no locale is asked.

inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

// What bytes begin with: a character, or an invalid sequence (as long as the
// decoder takes it to be: one U+FFFD stands for it, "maximal subpart").
struct Utf8Sequence {
  char32_t code_point = 0xFFFD;
  unsigned size = 0;  // bytes taken, 1 to 4
  bool valid = false;
};

// The first character of `bytes`, which must not be empty.
Utf8Sequence first_utf8_sequence(std::string_view bytes);

// Size of the longest prefix that is valid UTF-8.
std::size_t valid_utf8_prefix(std::string_view bytes);

bool is_valid_utf8(std::string_view bytes);

// `bytes` with every invalid sequence replaced by U+FFFD.
std::string replace_invalid_utf8(std::string_view bytes);

// As replace_invalid_utf8(), appended to `out`; a plain append when there is
// nothing to replace. `bytes` may not be a view into `out`.
void append_replacing_invalid_utf8(std::string_view bytes, std::string& out);

// Appends `code_point`, which must be a Unicode scalar value.
void append_utf8(char32_t code_point, std::string& out);

}  // namespace crawl

#endif  // CRAWL_BASE_UTF8_H_
