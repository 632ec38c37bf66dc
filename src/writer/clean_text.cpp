#include "writer/clean_text.h"

#include <fmt/format.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>

#include "crawl/base/utf8.h"

namespace crawl {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kHighBits = kOnes << 7U;

// Not 0 if a byte of `word` is `byte`.
constexpr std::uint64_t has_byte(std::uint64_t word, unsigned char byte) {
  const std::uint64_t x = word ^ (kOnes * byte);
  return (x - kOnes) & ~x & kHighBits;
}

// Not 0 if a byte of `word` is below `limit`, at most 0x80.
constexpr std::uint64_t has_below(std::uint64_t word, unsigned char limit) {
  return (word - kOnes * limit) & ~word & kHighBits;
}

// What a format must look at: one test for eight bytes and one for a byte,
// which agree.
struct JsonSpecial {
  static bool in(std::uint64_t word) {
    return ((word & kHighBits) | has_byte(word, 0x7F)) != 0;
  }
  static bool is(unsigned char c) { return c >= 0x7F; }
};
struct ControlSpecial {
  static bool in(std::uint64_t word) {
    return JsonSpecial::in(word) || has_below(word, 0x20) != 0;
  }
  static bool is(unsigned char c) { return c < 0x20 || c >= 0x7F; }
};
template <char kAlso>
struct ControlOr {
  static bool in(std::uint64_t word) {
    return ControlSpecial::in(word) || has_byte(word, kAlso) != 0;
  }
  static bool is(unsigned char c) {
    return ControlSpecial::is(c) || c == kAlso;
  }
};

template <class Special>
std::size_t plain_prefix(std::string_view text) {
  std::size_t at = 0;
  while (text.size() - at >= 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    if (Special::in(word)) break;
    at += 8;
  }
  while (at < text.size() &&
         !Special::is(static_cast<unsigned char>(text[at]))) {
    ++at;
  }
  return at;
}

// Appends `text`: what is plain or kept as it is, what is not as
// `put(code_point, out)` has it.
template <class Special, class Keep, class Put>
void append_with(std::string_view text, std::string& out, Keep keep, Put put) {
  std::size_t run = 0;  // where what has yet to be appended begins
  std::size_t at = 0;
  while (at < text.size()) {
    at += plain_prefix<Special>(text.substr(at));
    while (at < text.size() &&
           Special::is(static_cast<unsigned char>(text[at]))) {
      const Utf8Sequence sequence = first_utf8_sequence(text.substr(at));
      if (!sequence.valid || !keep(sequence.code_point)) {
        out.append(text.substr(run, at - run));
        run = at + sequence.size;
        if (sequence.valid) {
          put(sequence.code_point, out);
        } else {
          out.append(kReplacementCharacter);
        }
      }
      at += sequence.size;
    }
  }
  out.append(text.substr(run));
}

bool is_line_space(char32_t c) { return c == '\t' || c == '\n' || c == '\r'; }

void put_unicode_escape(char32_t c, std::string& out) {
  fmt::format_to(std::back_inserter(out), "\\u{:04X}",
                 static_cast<std::uint32_t>(c));
}

void put_tsv(char32_t c, std::string& out) {
  switch (c) {
    case '\t':
      out += "\\t";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\\':
      out += "\\\\";
      break;
    default:
      put_unicode_escape(c, out);
  }
}

// Columns of a terminal.
std::size_t width_of(char32_t c) {
  if (c < 0x80) return 1;
  const auto code_point = static_cast<UChar32>(c);
  switch (u_charType(code_point)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_FORMAT_CHAR:
      return 0;
    default:
      break;
  }
  const int width = u_getIntPropertyValue(code_point, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

// Takes no place on a screen and joins nothing, so that two texts that look the
// same may differ in it. (A soft hyphen is one where a line ends.)
bool is_invisible(char32_t c) {
  constexpr char32_t kSoftHyphen = 0xAD;
  constexpr char32_t kNonJoiner = 0x200C;
  constexpr char32_t kJoiner = 0x200D;
  if (c < 0x80 || c == kSoftHyphen || c == kNonJoiner || c == kJoiner) {
    return false;
  }
  const auto code_point = static_cast<UChar32>(c);
  return u_charType(code_point) == U_FORMAT_CHAR &&
         u_hasBinaryProperty(code_point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) !=
             0;
}

void put_two_digits(std::string& out, unsigned value) {
  out.push_back(static_cast<char>('0' + value / 10));
  out.push_back(static_cast<char>('0' + value % 10));
}

}  // namespace

bool is_obeyed(char32_t c) {
  if (c < 0x20 || (c >= 0x7F && c <= 0x9F)) return true;
  return c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

void append_clean_json(std::string_view json, std::string& out) {
  append_with<JsonSpecial>(
      json, out, [](char32_t c) { return !is_obeyed(c); }, put_unicode_escape);
}

void append_tsv_cell(std::string_view text, std::string& out) {
  append_with<ControlOr<'\\'>>(
      text, out, [](char32_t c) { return c != '\\' && !is_obeyed(c); },
      put_tsv);
}

void append_clean(std::string_view text, std::string& out) {
  append_with<ControlSpecial>(
      text, out, [](char32_t c) { return is_line_space(c) || !is_obeyed(c); },
      [](char32_t, std::string& to) { to += kReplacementCharacter; });
}

namespace {

void append_csv_text(std::string_view text, std::string& out) {
  append_with<ControlOr<'"'>>(
      text, out,
      [](char32_t c) {
        return is_line_space(c) || (c != '"' && !is_obeyed(c));
      },
      [](char32_t c, std::string& to) {
        to += c == '"' ? std::string_view("\"\"") : kReplacementCharacter;
      });
}

bool begins_formula(std::string_view text) {
  static constexpr std::array<std::string_view, 11> kBegins = {
      "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"};
  return std::any_of(
      kBegins.begin(), kBegins.end(),
      [text](std::string_view begin) { return text.starts_with(begin); });
}

}  // namespace

void append_csv_cell(std::string_view text, std::string& out) {
  const bool quoted = std::any_of(text.begin(), text.end(), [](char c) {
    return c == ',' || c == '"' || c == '\r' || c == '\n';
  });
  if (quoted) out.push_back('"');
  append_csv_text(text, out);
  if (quoted) out.push_back('"');
}

void append_safe_csv_cell(std::string_view text, std::string& out) {
  out.push_back('"');
  if (begins_formula(text)) out.push_back('\'');
  append_csv_text(text, out);
  out.push_back('"');
}

void append_shown(std::string_view text, std::string& out) {
  append_with<ControlSpecial>(
      text, out, [](char32_t c) { return !is_obeyed(c) && !is_invisible(c); },
      [](char32_t c, std::string& to) {
        to += is_line_space(c) ? std::string_view(" ") : kReplacementCharacter;
      });
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Utf8Sequence sequence = first_utf8_sequence(text);
    width += width_of(sequence.code_point);
    text.remove_prefix(sequence.size);
  }
  return width;
}

std::string cut_to_width(std::string_view text, std::size_t width) {
  std::size_t used = 0;
  std::size_t keep = 0;  // bytes that leave a column for the ellipsis
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Sequence sequence = first_utf8_sequence(text.substr(at));
    used += width_of(sequence.code_point);
    at += sequence.size;
    if (used > width) {
      return width == 0 ? std::string()
                        : std::string(text.substr(0, keep)) + "…";
    }
    if (used < width) keep = at;
  }
  return std::string(text);
}

std::string cut_middle_to_width(std::string_view text, std::size_t width) {
  if (width < 3 || display_width(text) <= width) {
    return cut_to_width(text, width);
  }
  const std::size_t end_width = (width - 1) / 2;
  std::string out = cut_to_width(text, width - end_width);
  std::size_t left = display_width(text);
  while (left > end_width) {
    const Utf8Sequence sequence = first_utf8_sequence(text);
    left -= width_of(sequence.code_point);
    text.remove_prefix(sequence.size);
  }
  // Marks that belong to the character before them go with it.
  while (!text.empty()) {
    const Utf8Sequence sequence = first_utf8_sequence(text);
    if (width_of(sequence.code_point) > 0) break;
    text.remove_prefix(sequence.size);
  }
  return out.append(text);
}

bool append_seconds(double seconds, std::string& out) {
  // Far beyond any transfer, and its microseconds still fit a double.
  constexpr double kLongest = 1e9;
  if (!(std::abs(seconds) <= kLongest)) return false;
  const std::int64_t micros = std::llround(seconds * 1e6);
  const auto size = static_cast<std::uint64_t>(std::abs(micros));
  if (micros < 0) out.push_back('-');
  const fmt::format_int whole(size / 1'000'000);
  out.append(whole.data(), whole.size());
  char digits[7] = {'.', '0', '0', '0', '0', '0', '0'};
  auto rest = static_cast<unsigned>(size % 1'000'000);
  for (std::size_t i = 6; i >= 1; --i) {
    digits[i] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  }
  out.append(digits, sizeof digits);
  return true;
}

bool append_timestamp(std::chrono::system_clock::time_point time,
                      std::string& out) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) return false;
  const auto millis =
      static_cast<unsigned>(floor<milliseconds>(time - day).count());
  put_two_digits(out, static_cast<unsigned>(year) / 100);
  put_two_digits(out, static_cast<unsigned>(year) % 100);
  out.push_back('-');
  put_two_digits(out, static_cast<unsigned>(date.month()));
  out.push_back('-');
  put_two_digits(out, static_cast<unsigned>(date.day()));
  out.push_back('T');
  put_two_digits(out, millis / 3'600'000);
  out.push_back(':');
  put_two_digits(out, millis / 60'000 % 60);
  out.push_back(':');
  put_two_digits(out, millis / 1'000 % 60);
  out.push_back('.');
  out.push_back(static_cast<char>('0' + millis / 100 % 10));
  put_two_digits(out, millis % 100);
  out.push_back('Z');
  return true;
}

}  // namespace crawl
