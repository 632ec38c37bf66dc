#include "base/sha1_both.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace crawl {
namespace {

#if defined(__x86_64__)

constexpr std::size_t kBlock = 64;

using State = std::array<std::uint32_t, 5>;

constexpr State kBegin{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476,
                       0xC3D2E1F0};

// The blocks of a content in two pieces, and those that end it (RFC 3174
// section 4).
class Blocks {
 public:
  Blocks(std::string_view first, std::string_view second)
      : first_(first),
        second_(second),
        bits_((first.size() + second.size()) << 3U) {}

  // 64 bytes, until the next call; null at the end.
  const char* next() {
    if (ended_) return nullptr;
    if (first_.empty() && second_.size() >= kBlock) {
      return take(second_, kBlock).data();
    }
    if (first_.size() >= kBlock) return take(first_, kBlock).data();
    std::size_t filled = 0;
    for (std::string_view* piece : {&first_, &second_}) {
      filled += take(*piece, kBlock - filled)
                    .copy(block_.data() + filled, kBlock - filled);
    }
    if (filled == kBlock) return block_.data();
    std::fill(block_.begin() + static_cast<std::ptrdiff_t>(filled),
              block_.end(), '\0');
    if (!marked_) block_[filled++] = '\x80';
    marked_ = true;
    if (filled > kBlock - sizeof bits_) return block_.data();
    for (std::size_t i = 0; i < sizeof bits_; ++i) {
      block_[kBlock - 1 - i] = static_cast<char>(bits_ >> (8 * i) & 0xFFU);
    }
    ended_ = true;
    return block_.data();
  }

 private:
  static std::string_view take(std::string_view& piece, std::size_t most) {
    const std::string_view taken = piece.substr(0, most);
    piece.remove_prefix(taken.size());
    return taken;
  }

  std::string_view first_, second_;
  const std::uint64_t bits_;
  std::array<char, kBlock> block_{};
  bool marked_ = false;
  bool ended_ = false;
};

#define CRAWL_SHA_NI __attribute__((target("sha,sse4.1"), always_inline)) inline

// One content's 80 rounds, four at a time: they need the words of the last 16
// rounds.
struct Lane {
  __m128i abcd, before, w0, w1, w2, w3;
};

CRAWL_SHA_NI void begin(Lane& lane, const State& state, const char* block) {
  const __m128i in_order =
      _mm_set_epi64x(0x0001020304050607, 0x08090A0B0C0D0E0F);
  const auto* const words = reinterpret_cast<const __m128i*>(block);
  lane.w0 = _mm_shuffle_epi8(_mm_loadu_si128(words), in_order);
  lane.w1 = _mm_shuffle_epi8(_mm_loadu_si128(words + 1), in_order);
  lane.w2 = _mm_shuffle_epi8(_mm_loadu_si128(words + 2), in_order);
  lane.w3 = _mm_shuffle_epi8(_mm_loadu_si128(words + 3), in_order);
  lane.before = _mm_shuffle_epi32(
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(state.data())), 0x1B);
  const __m128i e = _mm_set_epi32(static_cast<int>(state[4]), 0, 0, 0);
  lane.abcd = _mm_sha1rnds4_epu32(lane.before, _mm_add_epi32(e, lane.w0), 0);
}

template <int kFunction>
CRAWL_SHA_NI void rounds(Lane& lane, __m128i words) {
  const __m128i e = _mm_sha1nexte_epu32(lane.before, words);
  lane.before = lane.abcd;
  lane.abcd = _mm_sha1rnds4_epu32(lane.abcd, e, kFunction);
}

template <int kFunction>
CRAWL_SHA_NI void scheduled(Lane& lane) {
  const __m128i next = _mm_sha1msg2_epu32(
      _mm_xor_si128(_mm_sha1msg1_epu32(lane.w0, lane.w1), lane.w2), lane.w3);
  lane.w0 = lane.w1;
  lane.w1 = lane.w2;
  lane.w2 = lane.w3;
  lane.w3 = next;
  rounds<kFunction>(lane, next);
}

CRAWL_SHA_NI void end(const Lane& lane, State& state) {
  const __m128i e = _mm_sha1nexte_epu32(
      lane.before, _mm_set_epi32(static_cast<int>(state[4]), 0, 0, 0));
  auto* const abcd = reinterpret_cast<__m128i*>(state.data());
  _mm_storeu_si128(abcd, _mm_add_epi32(_mm_loadu_si128(abcd),
                                       _mm_shuffle_epi32(lane.abcd, 0x1B)));
  state[4] = static_cast<std::uint32_t>(_mm_extract_epi32(e, 3));
}

template <int kFunction>
CRAWL_SHA_NI void twenty_rounds(Lane& a, Lane& b) {
  for (int i = 0; i < 5; ++i) {
    scheduled<kFunction>(a);
    scheduled<kFunction>(b);
  }
}

__attribute__((target("sha,sse4.1"))) void add_blocks(State& a,
                                                      const char* of_a,
                                                      State& b,
                                                      const char* of_b) {
  Lane one, two;
  begin(one, a, of_a);
  begin(two, b, of_b);
  rounds<0>(one, one.w1);
  rounds<0>(two, two.w1);
  rounds<0>(one, one.w2);
  rounds<0>(two, two.w2);
  rounds<0>(one, one.w3);
  rounds<0>(two, two.w3);
  scheduled<0>(one);
  scheduled<0>(two);
  twenty_rounds<1>(one, two);
  twenty_rounds<2>(one, two);
  twenty_rounds<3>(one, two);
  end(one, a);
  end(two, b);
}

#undef CRAWL_SHA_NI

bool has_instructions() {
  constexpr unsigned kSha = 1U << 29U;
  constexpr unsigned kSse41 = 1U << 19U;
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & kSse41) != 0 &&
         __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & kSha) != 0;
}

Sha1Digest digest_of(const State& state) {
  Sha1Digest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<unsigned char>(state[i / 4] >> (24 - i % 4 * 8));
  }
  return digest;
}

Sha1Both side_by_side(std::string_view head, std::string_view body) {
  Blocks of_body({}, body);
  Blocks of_message(head, body);
  State of_body_state = kBegin;
  State of_message_state = kBegin;
  State unused = kBegin;
  const char* of_one = of_body.next();
  const char* of_two = of_message.next();
  // The message is never the shorter one.
  while (of_two != nullptr) {
    if (of_one != nullptr) {
      add_blocks(of_body_state, of_one, of_message_state, of_two);
      of_one = of_body.next();
    } else {
      add_blocks(unused, of_two, of_message_state, of_two);
    }
    of_two = of_message.next();
  }
  return {digest_of(of_body_state), digest_of(of_message_state)};
}

#else

bool has_instructions() { return false; }
Sha1Both side_by_side(std::string_view, std::string_view) { return {}; }

#endif

}  // namespace

Sha1Both sha1_of_both(Sha1& sha1, std::string_view head,
                      std::string_view body) {
  static const bool at_once = has_instructions();
  if (at_once) return side_by_side(head, body);
  Sha1Both both;
  sha1.reset();
  sha1.update(body);
  both.body = sha1.digest();
  sha1.reset();
  sha1.update(head);
  sha1.update(body);
  both.message = sha1.digest();
  return both;
}

}  // namespace crawl
