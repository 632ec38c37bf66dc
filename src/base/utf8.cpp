#include "crawl/base/utf8.h"

#include <cstdint>
#include <cstring>

namespace crawl {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080U;

std::uint64_t word_at(const char* p) {
  std::uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

// Size of the run of ASCII at the beginning, or a little less.
std::size_t ascii_words(std::string_view bytes) {
  const char* const begin = bytes.data();
  const char* p = begin;
  const char* const end = begin + bytes.size();
  while (end - p >= 32) {
    const std::uint64_t all =
        word_at(p) | word_at(p + 8) | word_at(p + 16) | word_at(p + 24);
    if ((all & kHighBits) != 0) break;
    p += 32;
  }
  while (end - p >= 8 && (word_at(p) & kHighBits) == 0) p += 8;
  return static_cast<std::size_t>(p - begin);
}

bool is_tail(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

}  // namespace

Utf8Sequence first_utf8_sequence(std::string_view bytes) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(bytes[i]);
  };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};

  unsigned needed;
  char32_t code_point;
  // The second byte's range is narrower after some leads: that is what keeps
  // overlong forms, surrogates and what is past U+10FFFF out.
  unsigned char lower = 0x80;
  unsigned char upper = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    needed = 1;
    code_point = lead & 0x1FU;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    if (lead == 0xE0) lower = 0xA0;
    if (lead == 0xED) upper = 0x9F;
    needed = 2;
    code_point = lead & 0x0FU;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    if (lead == 0xF0) lower = 0x90;
    if (lead == 0xF4) upper = 0x8F;
    needed = 3;
    code_point = lead & 0x07U;
  } else {
    return {0xFFFD, 1, false};
  }
  for (unsigned i = 1; i <= needed; ++i) {
    if (i >= bytes.size() || byte(i) < lower || byte(i) > upper) {
      return {0xFFFD, i, false};
    }
    code_point = (code_point << 6U) | (byte(i) & 0x3FU);
    lower = 0x80;
    upper = 0xBF;
  }
  return {code_point, needed + 1, true};
}

std::size_t valid_utf8_prefix(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (static_cast<unsigned char>(bytes[at]) < 0x80) {
      at += ascii_words(bytes.substr(at));
      while (at < bytes.size() && static_cast<unsigned char>(bytes[at]) < 0x80)
        ++at;
      continue;
    }
    // Most are so, and need not be looked at more closely.
    if (bytes.size() - at > 2) {
      const auto lead = static_cast<unsigned char>(bytes[at]);
      const bool tail = is_tail(bytes[at + 1]);
      if (lead >= 0xC2 && lead <= 0xDF && tail) {
        at += 2;
        continue;
      }
      const auto second = static_cast<unsigned char>(bytes[at + 1]);
      if (lead >= 0xE0 && lead <= 0xEF && tail && is_tail(bytes[at + 2]) &&
          (lead != 0xE0 || second >= 0xA0) &&
          (lead != 0xED || second <= 0x9F)) {
        at += 3;
        continue;
      }
    }
    const Utf8Sequence sequence = first_utf8_sequence(bytes.substr(at));
    if (!sequence.valid) break;
    at += sequence.size;
  }
  return at;
}

bool is_valid_utf8(std::string_view bytes) {
  return valid_utf8_prefix(bytes) == bytes.size();
}

std::string replace_invalid_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  append_replacing_invalid_utf8(bytes, out);
  return out;
}

void append_replacing_invalid_utf8(std::string_view bytes, std::string& out) {
  for (;;) {
    const std::size_t valid = valid_utf8_prefix(bytes);
    out.append(bytes.substr(0, valid));
    bytes.remove_prefix(valid);
    if (bytes.empty()) return;
    out.append(kReplacementCharacter);
    bytes.remove_prefix(first_utf8_sequence(bytes).size);
  }
}

void append_utf8(char32_t code_point, std::string& out) {
  const auto put = [&](char32_t byte) {
    out.push_back(static_cast<char>(static_cast<unsigned char>(byte)));
  };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | (code_point >> 6U));
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | (code_point >> 12U));
    put(0x80 | ((code_point >> 6U) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | (code_point >> 18U));
    put(0x80 | ((code_point >> 12U) & 0x3F));
    put(0x80 | ((code_point >> 6U) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

}  // namespace crawl
