#ifndef CRAWL_PARSE_TEXT_BYTE_SCAN_H_
#define CRAWL_PARSE_TEXT_BYTE_SCAN_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace crawl::bytes {

// Looking for bytes in [p, end), sixteen at a time where the machine can. None
// of these reads a byte outside.

enum : std::uint8_t {
  kSpace = 1,    // tab, line feed, form feed, carriage return, space
  kTagEnd = 2,   // what ends a tag name: white space, '/', '>'
  kNameEnd = 4,  // what ends an attribute name: the above and '='
  kBareEnd = 8,  // what ends an unquoted value: white space, '>'
  kAlpha = 16,
  kDecoded = 32,  // what text decoding may change: control, '&', not ASCII
};

inline constexpr auto kClass = [] {
  std::array<std::uint8_t, 256> table{};
  for (const char ws : {'\t', '\n', '\f', '\r', ' '}) {
    table[static_cast<unsigned char>(ws)] =
        kSpace | kTagEnd | kNameEnd | kBareEnd;
  }
  table['/'] |= kTagEnd | kNameEnd;
  table['>'] |= kTagEnd | kNameEnd | kBareEnd;
  table['='] |= kNameEnd;
  for (unsigned c = 'a'; c <= 'z'; ++c) {
    table[c] |= kAlpha;
    table[c - 32] |= kAlpha;
  }
  for (unsigned c = 0; c < 32; ++c) table[c] |= kDecoded;
  for (unsigned c = 128; c < 256; ++c) table[c] |= kDecoded;
  table['&'] |= kDecoded;
  return table;
}();

inline bool is(char c, std::uint8_t classes) {
  return (kClass[static_cast<unsigned char>(c)] & classes) != 0;
}

inline bool is_not_ascii(char c) { return static_cast<signed char>(c) < 0; }

inline const char* skip(const char* p, const char* end, std::uint8_t classes) {
  while (p != end && is(*p, classes)) ++p;
  return p;
}

#if defined(__SSE2__)
inline __m128i load16(const char* p) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}
// The other half is zeros.
inline __m128i load8(const char* p) {
  return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
}
inline unsigned mask16(__m128i bytes) {
  return static_cast<unsigned>(_mm_movemask_epi8(bytes));
}
inline __m128i equal16(__m128i bytes, char c) {
  return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
}
// Bytes up to and including `limit` (as unsigned).
inline __m128i at_most16(__m128i bytes, char limit) {
  return _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(limit)), bytes);
}
#endif

// The first `c`, or `end`. Inline for the short runs of real pages; long ones
// go to memchr, which uses whatever the processor has.
inline const char* find(const char* p, const char* end, char c) {
#if defined(__SSE2__)
  for (int i = 0; i < 4; ++i) {
    if (end - p < 16) break;
    const unsigned mask = mask16(equal16(load16(p), c));
    if (mask != 0) return p + std::countr_zero(mask);
    p += 16;
  }
#endif
  if (p == end) return end;
  const void* found = std::memchr(p, static_cast<unsigned char>(c),
                                  static_cast<std::size_t>(end - p));
  return found == nullptr ? end : static_cast<const char*>(found);
}

// The first byte of class `classes`, or `end`; `classes` is kTagEnd, kNameEnd
// or kBareEnd.
template <std::uint8_t classes>
inline const char* find_class(const char* p, const char* end) {
#if defined(__SSE2__)
  while (end - p >= 16) {
    const __m128i bytes = load16(p);
    __m128i hit = _mm_or_si128(at_most16(bytes, ' '), equal16(bytes, '>'));
    if constexpr ((classes & (kTagEnd | kNameEnd)) != 0) {
      hit = _mm_or_si128(hit, equal16(bytes, '/'));
    }
    if constexpr ((classes & kNameEnd) != 0) {
      hit = _mm_or_si128(hit, equal16(bytes, '='));
    }
    unsigned mask = mask16(hit);
    if (mask == 0) {
      p += 16;
      continue;
    }
    const char* found = p + std::countr_zero(mask);
    if (is(*found, classes)) [[likely]]
      return found;
    p = found + 1;  // another control character
  }
#endif
  while (p != end && !is(*p, classes)) ++p;
  return p;
}

// The first white space that is not one space between two other characters, or
// the end: up to there text is the same collapsed.
inline const char* find_loose_space(const char* p, const char* end) {
#if defined(__SSE2__)
  while (end - p >= 9) {
    const bool whole = end - p >= 17;  // else half of it
    const __m128i here = whole ? load16(p) : load8(p);
    const __m128i behind = whole ? load16(p + 1) : load8(p + 1);
    const unsigned space = mask16(equal16(here, ' '));
    const unsigned low = mask16(at_most16(here, ' '));
    const unsigned next = mask16(at_most16(behind, ' '));
    const unsigned mask =
        ((low & ~space) | (space & next)) & (whole ? 0xFFFFU : 0xFFU);
    if (mask == 0) {
      p += whole ? 16 : 8;
      continue;
    }
    // It may be another control character.
    const char* const found = p + std::countr_zero(mask);
    if (is(*found, kSpace) && (*found != ' ' || is(found[1], kSpace))) {
      return found;
    }
    p = found + 1;
  }
#endif
  for (; p != end; ++p) {
    if (!is(*p, kSpace)) continue;
    if (*p != ' ' || p + 1 == end || is(p[1], kSpace)) return p;
  }
  return end;
}

// The first byte that text decoding may change (kDecoded), or the end.
inline const char* find_decoded(const char* p, const char* end) {
#if defined(__SSE2__)
  while (end - p >= 16) {
    const __m128i bytes = load16(p);
    // Signed: not ASCII is negative, so below ' ' as control characters are.
    const __m128i hit = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')),
                                     equal16(bytes, '&'));
    const unsigned mask = mask16(hit);
    if (mask != 0) return p + std::countr_zero(mask);
    p += 16;
  }
#endif
  while (p != end && !is(*p, kDecoded)) ++p;
  return p;
}

// The first byte that decode_text() may change in ASCII text: `&`, carriage
// return, NUL; or the end.
inline const char* find_reference(const char* p, const char* end) {
#if defined(__SSE2__)
  while (end - p >= 16) {
    const __m128i bytes = load16(p);
    const __m128i hit =
        _mm_or_si128(equal16(bytes, '&'),
                     _mm_or_si128(equal16(bytes, '\r'), equal16(bytes, '\0')));
    const unsigned mask = mask16(hit);
    if (mask != 0) return p + std::countr_zero(mask);
    p += 16;
  }
#endif
  while (p != end && *p != '&' && *p != '\r' && *p != '\0') ++p;
  return p;
}

// A name of letters in either case, for comparing: its first eight characters
// in lower case as one number, and its length.
struct NameKey {
  std::uint64_t head = 0;
  std::size_t size = 0;
  friend constexpr bool operator==(const NameKey&, const NameKey&) = default;
};

inline NameKey name_key(const char* p, std::size_t size, const char* end) {
  std::uint64_t head = 0;
  if (end - p >= 8) {
    std::memcpy(&head, p, 8);
    if constexpr (std::endian::native == std::endian::big) {
      head = __builtin_bswap64(head);
    }
    if (size < 8) head &= (std::uint64_t{1} << (8 * size)) - 1;
  } else {
    for (std::size_t i = 0; i < size && i < 8; ++i) {
      head |= std::uint64_t{static_cast<unsigned char>(p[i])} << (8 * i);
    }
  }
  // Bytes from 0x40 on get the bit that makes letters lower case. It changes
  // others of them too, but none into a letter.
  head |= (head & 0x4040404040404040) >> 1;
  return {head, size};
}

constexpr NameKey constant_key(std::string_view name) {
  NameKey key;
  key.size = name.size();
  for (std::size_t i = 0; i < name.size() && i < 8; ++i) {
    key.head |= std::uint64_t{static_cast<unsigned char>(name[i])} << (8 * i);
  }
  return key;
}

// Whether [p, p + name.size()) is `name` (lower-case letters) in any case.
inline bool matches(const char* p, const char* end, std::string_view name) {
  if (static_cast<std::size_t>(end - p) < name.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if ((p[i] | 0x20) != name[i]) return false;
  }
  return true;
}

}  // namespace crawl::bytes

#endif  // CRAWL_PARSE_TEXT_BYTE_SCAN_H_
