#ifndef CRAWL_PARSE_TEXT_ENCODING_TABLES_H_
#define CRAWL_PARSE_TEXT_ENCODING_TABLES_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "parse/text/multi_byte.h"

namespace crawl {

// Code points of the bytes 0x80 to 0xFF of a single-byte encoding.
using HighHalf = std::array<char16_t, 128>;

enum class EncodingKind : std::uint8_t {
  kUtf8,
  kSingleByte,   // ASCII and a HighHalf
  kUserDefined,  // ASCII, and 0x80 to 0xFF at U+F780
  kMultiByte,    // by append_multi_byte()
  kLibrary,      // by ICU's converter
  kReplacement,  // never decoded, since it is not safe: one U+FFFD
};

// An encoding of the Encoding Standard, section 4.2 "Names and labels".
struct EncodingInfo {
  std::string_view name;  // lower case
  EncodingKind kind;
  const HighHalf* high;  // of a kSingleByte
  const char* icu_name;  // of a kMultiByte, kLibrary
  MultiByte multi_byte = MultiByte::kBig5;
};

// By name, by label (lower case, trimmed); null if there is no such.
const EncodingInfo* encoding_named(std::string_view name);
const EncodingInfo* encoding_labelled(std::string_view label);

}  // namespace crawl

#endif  // CRAWL_PARSE_TEXT_ENCODING_TABLES_H_
