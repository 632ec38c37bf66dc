#ifndef CRAWL_PARSE_TEXT_MULTI_BYTE_H_
#define CRAWL_PARSE_TEXT_MULTI_BYTE_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace crawl {

// The legacy multi-byte encodings whose ASCII bytes below 0x40 but digits are
// never part of a longer character: what can be found in a page as it is.
enum class MultiByte : std::uint8_t {
  kBig5,
  kEucJp,
  kEucKr,
  kGb18030,  // and gbk
  kShiftJis,
};

// What is behind the bytes that are decoded.
enum class Behind : std::uint8_t {
  kNothing,
  kAscii,  // text goes on with an ASCII byte, of which nothing is half
};

// Decodes `bytes` onto the end of `out` as UTF-8, as the decoders of the
// Encoding Standard do (https://encoding.spec.whatwg.org/, sections 10 to 13):
// U+FFFD for what is invalid, of which ASCII bytes are read again.
//
// The characters of an encoding are asked of ICU when the first of them is met,
// and kept: 96 KiB for two-byte ones, 77 KiB for gb18030's four-byte ones.
// Without ICU's data, every one of them is U+FFFD.
//
// Any thread, any bytes.
void append_multi_byte(std::string_view bytes, MultiByte encoding,
                       Behind behind, std::string& out);

}  // namespace crawl

#endif  // CRAWL_PARSE_TEXT_MULTI_BYTE_H_
