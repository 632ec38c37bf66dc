#include "parse/html/entities.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "crawl/base/utf8.h"
#include "parse/text/byte_scan.h"

namespace crawl {
namespace {

struct Entity {
  std::uint16_t name;   // offset into kNames
  std::uint16_t value;  // offset into kValues
  std::uint8_t name_size;
  std::uint8_t value_size;
};

#include "parse/html/entity_table.inc"

constexpr std::string_view name_of(const Entity& entity) {
  return kNames.substr(entity.name, entity.name_size);
}

constexpr std::string_view value_of(const Entity& entity) {
  return kValues.substr(entity.value, entity.value_size);
}

// kFirst[c] .. kFirst[c + 1]: the entities whose names begin with c.
constexpr auto kFirst = [] {
  std::array<std::uint16_t, 129> first{};
  std::size_t index = 0;
  for (std::size_t c = 0; c < first.size(); ++c) {
    while (index < kEntities.size() &&
           static_cast<unsigned char>(kNames[kEntities[index].name]) < c) {
      ++index;
    }
    first[c] = static_cast<std::uint16_t>(index);
  }
  return first;
}();

// Numbers 0x80 to 0x9F name what windows-1252 has there.
constexpr std::array<std::uint16_t, 32> kC1 = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
    0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

bool is_alnum(char c) { return is_ascii_digit(c) || is_ascii_letter(c); }

// "Numeric character reference end state".
std::uint32_t fix_up(std::uint32_t code) {
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
    return 0xFFFD;
  }
  if (code >= 0x80 && code <= 0x9F) return kC1[code - 0x80];
  return code;
}

// `text` begins behind "&#". Appends the character and returns how much of
// `text` it took, or 0 if this is no reference.
std::size_t decode_numeric(std::string_view text, std::string& out) {
  std::size_t at = 0;
  const bool hex = !text.empty() && (text[0] == 'x' || text[0] == 'X');
  if (hex) ++at;
  const std::size_t digits = at;
  std::uint32_t code = 0;
  for (; at < text.size(); ++at) {
    const int digit = hex_digit_value(text[at]);
    if (digit < 0 || (!hex && digit > 9)) break;
    if (code <= 0x10FFFF) {
      code = code * (hex ? 16 : 10) + static_cast<std::uint32_t>(digit);
    }
  }
  if (at == digits) return 0;
  append_utf8(fix_up(code), out);
  if (at < text.size() && text[at] == ';') ++at;
  return at;
}

// `text` begins behind the `&`. As decode_numeric().
std::size_t decode_reference(std::string_view text, TextContext context,
                             std::string& out) {
  if (text.empty()) return 0;
  if (text[0] == '#') {
    const std::size_t size = decode_numeric(text.substr(1), out);
    return size == 0 ? 0 : size + 1;
  }
  const NamedReference match = match_named_reference(text);
  if (match.size == 0) return 0;
  // Old pages write "?a=1&copy=2" and mean it.
  if (context == TextContext::kAttribute && text[match.size - 1] != ';' &&
      match.size < text.size() &&
      (text[match.size] == '=' || is_alnum(text[match.size]))) {
    return 0;
  }
  out.append(match.value);
  return match.size;
}

}  // namespace

NamedReference match_named_reference(std::string_view text) {
  if (text.starts_with("amp;")) return {4, "&"};
  NamedReference best;
  if (text.empty() || !is_ascii_letter(text[0])) return best;
  const auto letter = static_cast<std::size_t>(text[0]);
  auto first = kEntities.begin() + kFirst[letter];
  auto last = kEntities.begin() + kFirst[letter + 1];
  // [first, last) all begin with the first `size` characters of `text`.
  for (std::size_t size = 1;; ++size) {
    if (first != last && first->name_size == size) {
      best = {size, value_of(*first)};
      ++first;
    }
    if (first == last || size == text.size()) return best;
    const char c = text[size];
    first = std::lower_bound(first, last, c, [size](const Entity& e, char x) {
      return name_of(e)[size] < x;
    });
    last = std::upper_bound(first, last, c, [size](char x, const Entity& e) {
      return x < name_of(e)[size];
    });
  }
}

std::size_t named_reference_count() { return kEntities.size(); }

std::string_view named_reference(std::size_t index) {
  return name_of(kEntities.at(index));
}

std::string_view decode_text(std::string_view raw, TextContext context,
                             std::string& scratch) {
  const char* const end = raw.data() + raw.size();
  const char* p = bytes::find_reference(raw.data(), end);
  if (p == end) return raw;
  scratch.assign(raw.data(), p);
  while (p != end) {
    const char c = *p++;
    if (c == '&' && context != TextContext::kRaw) {
      const std::size_t size = decode_reference(
          {p, static_cast<std::size_t>(end - p)}, context, scratch);
      if (size == 0) scratch.push_back('&');
      p += size;
    } else if (c == '\r') {
      scratch.push_back('\n');
      if (p != end && *p == '\n') ++p;
    } else if (c == '\0') {
      if (context != TextContext::kData) scratch.append(kReplacementCharacter);
    } else {
      scratch.push_back(c);
    }
    const char* const next = bytes::find_reference(p, end);
    scratch.append(p, next);
    p = next;
  }
  return scratch;
}

}  // namespace crawl
