#ifndef CRAWL_BASE_BASE32_H_
#define CRAWL_BASE_BASE32_H_

#include <span>
#include <string_view>

namespace crawl {

// Writes bytes as capital letters and digits (RFC 4648 section 6), without what
// fills the last up to eight; returns where they end.
inline char* write_base32(std::span<const unsigned char> bytes, char* to) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  unsigned bits = 0;
  unsigned held = 0;
  for (const unsigned char byte : bytes) {
    bits = (bits << 8U | byte) & 0xFFFFU;
    for (held += 8; held >= 5;) {
      held -= 5;
      *to++ = kLetters[bits >> held & 31U];
    }
  }
  if (held > 0) *to++ = kLetters[bits << (5 - held) & 31U];
  return to;
}

}  // namespace crawl

#endif  // CRAWL_BASE_BASE32_H_
