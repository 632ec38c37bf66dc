#include "parse/html/markup_masks.h"

#include <algorithm>
#include <array>
#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "parse/text/byte_scan.h"

namespace crawl {
namespace {

constexpr std::size_t kBytes = MarkupMasks::kBytes;

// Which of the bytes that `less` has are before one of the beginnings.
std::uint64_t beginnings_among(std::uint64_t less, const char* p,
                               const TagBeginnings& beginnings) {
  std::uint64_t found = 0;
  for (; less != 0; less &= less - 1) {
    if (beginnings.has(p + std::countr_zero(less) + 1)) found |= less & -less;
  }
  return found;
}

void mark_one_by_one(const char* p, std::size_t count,
                     const TagBeginnings& beginnings, MarkupMasks* masks) {
  for (; count != 0; --count, ++masks, p += kBytes) {
    *masks = {};
    for (std::size_t i = 0; i < kBytes; ++i) {
      const auto add = [i](std::uint64_t& mask, bool hit) {
        mask |= std::uint64_t{hit} << i;
      };
      add(masks->less, p[i] == '<');
      add(masks->greater, p[i] == '>');
      add(masks->double_quote, p[i] == '"');
      add(masks->single_quote, p[i] == '\'');
      add(masks->before_value,
          p[i] == '=' || static_cast<unsigned char>(p[i]) <= ' ');
    }
    masks->beginning = beginnings_among(masks->less, p, beginnings);
  }
}

#if defined(__x86_64__)

void mark_by_16(const char* p, std::size_t count,
                const TagBeginnings& beginnings, MarkupMasks* masks) {
  for (; count != 0; --count, ++masks, p += kBytes) {
    *masks = {};
    for (unsigned i = 0; i < kBytes; i += 16) {
      const __m128i part = bytes::load16(p + i);
      const auto bits = [i](__m128i hits) {
        return std::uint64_t{bytes::mask16(hits)} << i;
      };
      masks->less |= bits(bytes::equal16(part, '<'));
      masks->greater |= bits(bytes::equal16(part, '>'));
      masks->double_quote |= bits(bytes::equal16(part, '"'));
      masks->single_quote |= bits(bytes::equal16(part, '\''));
      masks->before_value |= bits(
          _mm_or_si128(bytes::at_most16(part, ' '), bytes::equal16(part, '=')));
    }
    masks->beginning = beginnings_among(masks->less, p, beginnings);
  }
}

// Functions, not lambdas: those would not have the attribute.
#define CRAWL_AVX2 [[gnu::target("avx2")]]

CRAWL_AVX2 inline __m256i load_32(const char* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}

CRAWL_AVX2 inline std::uint64_t bits_of(__m256i low, __m256i high) {
  const auto low_bits = static_cast<unsigned>(_mm256_movemask_epi8(low));
  const auto high_bits = static_cast<unsigned>(_mm256_movemask_epi8(high));
  return std::uint64_t{high_bits} << 32 | low_bits;
}

CRAWL_AVX2 inline std::uint64_t equal(__m256i low, __m256i high, char c) {
  const __m256i wanted = _mm256_set1_epi8(c);
  return bits_of(_mm256_cmpeq_epi8(low, wanted),
                 _mm256_cmpeq_epi8(high, wanted));
}

CRAWL_AVX2 inline std::uint64_t at_most(__m256i low, __m256i high, char c) {
  const __m256i limit = _mm256_set1_epi8(c);
  return bits_of(_mm256_cmpeq_epi8(_mm256_min_epu8(low, limit), low),
                 _mm256_cmpeq_epi8(_mm256_min_epu8(high, limit), high));
}

CRAWL_AVX2 inline __m256i table_32(const TagBeginnings::Table& table) {
  return _mm256_broadcastsi128_si256(
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(table.data())));
}

struct Tables32 {
  __m256i low[TagBeginnings::kBytes];
  __m256i high[TagBeginnings::kBytes];
};

// The groups that have all three bytes from each place on.
CRAWL_AVX2 inline __m256i groups_of(const char* p, const Tables32& tables) {
  const __m256i half = _mm256_set1_epi8(15);
  __m256i groups = _mm256_set1_epi8(-1);
  for (std::size_t k = 0; k < TagBeginnings::kBytes; ++k) {
    const __m256i bytes = load_32(p + k);
    const __m256i low = _mm256_and_si256(bytes, half);
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half);
    groups = _mm256_and_si256(
        groups, _mm256_and_si256(_mm256_shuffle_epi8(tables.low[k], low),
                                 _mm256_shuffle_epi8(tables.high[k], high)));
  }
  return groups;
}

CRAWL_AVX2 void mark_by_32(const char* p, std::size_t count,
                           const TagBeginnings& beginnings,
                           MarkupMasks* masks) {
  Tables32 tables;
  for (std::size_t k = 0; k < TagBeginnings::kBytes; ++k) {
    tables.low[k] = table_32(beginnings.low[k]);
    tables.high[k] = table_32(beginnings.high[k]);
  }
  const __m256i none = _mm256_setzero_si256();
  for (; count != 0; --count, ++masks, p += kBytes) {
    const __m256i low = load_32(p);
    const __m256i high = load_32(p + 32);
    masks->less = equal(low, high, '<');
    masks->greater = equal(low, high, '>');
    masks->double_quote = equal(low, high, '"');
    masks->single_quote = equal(low, high, '\'');
    masks->before_value = equal(low, high, '=') | at_most(low, high, ' ');
    const std::uint64_t others =
        bits_of(_mm256_cmpeq_epi8(groups_of(p + 1, tables), none),
                _mm256_cmpeq_epi8(groups_of(p + 33, tables), none));
    masks->beginning = masks->less & ~others;
  }
}

#undef CRAWL_AVX2
#define CRAWL_AVX512 [[gnu::target("avx512bw")]]

CRAWL_AVX512 inline __m512i table_64(const TagBeginnings::Table& table) {
  std::array<TagBeginnings::Table, 4> copies;
  copies.fill(table);
  return _mm512_loadu_si512(copies.data());
}

CRAWL_AVX512 inline std::uint64_t equal(__m512i bytes, char c) {
  return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(c));
}

CRAWL_AVX512 void mark_by_64(const char* p, std::size_t count,
                             const TagBeginnings& beginnings,
                             MarkupMasks* masks) {
  constexpr std::size_t kPlaces = TagBeginnings::kBytes;
  __m512i low[kPlaces];
  __m512i high[kPlaces];
  for (std::size_t k = 0; k < kPlaces; ++k) {
    low[k] = table_64(beginnings.low[k]);
    high[k] = table_64(beginnings.high[k]);
  }
  const __m512i half = _mm512_set1_epi8(15);
  for (; count != 0; --count, ++masks, p += kBytes) {
    const __m512i bytes = _mm512_loadu_si512(p);
    masks->less = equal(bytes, '<');
    masks->greater = equal(bytes, '>');
    masks->double_quote = equal(bytes, '"');
    masks->single_quote = equal(bytes, '\'');
    masks->before_value = equal(bytes, '=') |
                          _mm512_cmple_epu8_mask(bytes, _mm512_set1_epi8(' '));
    __m512i groups = _mm512_set1_epi8(-1);  // as in groups_of()
    for (std::size_t k = 0; k < kPlaces; ++k) {
      const __m512i next = _mm512_loadu_si512(p + k + 1);
      const __m512i in_low =
          _mm512_shuffle_epi8(low[k], _mm512_and_si512(next, half));
      const __m512i in_high = _mm512_shuffle_epi8(
          high[k], _mm512_and_si512(_mm512_srli_epi16(next, 4), half));
      groups = _mm512_and_si512(groups, _mm512_and_si512(in_low, in_high));
    }
    masks->beginning = masks->less & _mm512_test_epi8_mask(groups, groups);
  }
}

#undef CRAWL_AVX512

#endif  // __x86_64__

}  // namespace

std::span<const MarkupMarker> markup_markers() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  static const std::array markers{
      MarkupMarker{"AVX-512", __builtin_cpu_supports("avx512bw") != 0,
                   mark_by_64},
      MarkupMarker{"AVX2", __builtin_cpu_supports("avx2") != 0, mark_by_32},
      MarkupMarker{"SSE2", true, mark_by_16},
      MarkupMarker{"one by one", true, mark_one_by_one},
  };
#else
  static const std::array markers{
      MarkupMarker{"one by one", true, mark_one_by_one},
  };
#endif
  return markers;
}

void mark_markup(const char* p, std::size_t count,
                 const TagBeginnings& beginnings, MarkupMasks* masks) {
  static const auto mark =
      std::find_if(markup_markers().begin(), markup_markers().end(),
                   [](const MarkupMarker& m) { return m.works_here; })
          ->mark;
  mark(p, count, beginnings, masks);
}

}  // namespace crawl
