#include "base/idna.h"

#include <idn2.h>

#include <array>
#include <memory>

#include "base/url_chars.h"
#include "crawl/base/utf8.h"

namespace crawl::url {
namespace {

// No name that DNS could hold is longer, even with every character written as
// a four-byte one and some ignored ones besides; keeps what libidn2 has to
// chew on short.
constexpr std::size_t kLongestUnicodeDomain = 16 * 1024;

struct Replacement {
  std::string_view from;
  std::string_view to;
};

// The label separators of UTS #46 (section 2.3), and the mappings that changed
// between the Unicode version of Debian's libidn2 and Unicode 16.
constexpr std::array<Replacement, 14> kReplacements = {{
    {"\u3002", "."},
    {"\uFF0E", "."},
    {"\uFF61", "."},
    {"\u180E", ""},
    {"\u206A", ""},
    {"\u206B", ""},
    {"\u206C", ""},
    {"\u206D", ""},
    {"\u206E", ""},
    {"\u206F", ""},
    {"\u1E9E", "\u00DF"},
    {"\u04C0", "\u04CF"},
    {"\u2183", "\u2184"},
    {"\U0002F868", "\u36FC"},
}};

// Whether IDN2_TRANSITIONAL, which skips libidn2's checks of labels, could give
// another answer than UTS #46: it maps four characters that we must keep, and
// would let right-to-left text pass unchecked (the blocks that have any).
bool needs_label_checks(std::string_view label) {
  while (!label.empty()) {
    const Utf8Sequence sequence = first_utf8_sequence(label);
    const char32_t c = sequence.code_point;
    label.remove_prefix(sequence.size);
    const bool deviation =
        c == 0xDF || c == 0x3C2 || c == 0x200C || c == 0x200D;
    const bool right_to_left =
        (c >= 0x590 && c <= 0x8FF) || (c >= 0xFB1D && c <= 0xFDFF) ||
        (c >= 0xFE70 && c <= 0xFEFE) || (c >= 0x10800 && c <= 0x10FFF) ||
        (c >= 0x1E800 && c <= 0x1EFFF);
    if (deviation || right_to_left) return true;
  }
  return false;
}

std::string replaced(std::string_view domain) {
  std::string result;
  result.reserve(domain.size());
  while (!domain.empty()) {
    std::string_view character =
        domain.substr(0, first_utf8_sequence(domain).size);
    domain.remove_prefix(character.size());
    if (character.size() > 1) {
      for (const Replacement& replacement : kReplacements) {
        if (replacement.from == character) {
          character = replacement.to;
          break;
        }
      }
    }
    result.append(character);
  }
  return result;
}

struct Idn2Free {
  void operator()(std::uint8_t* text) const { idn2_free(text); }
};

// `label` must be NUL-terminated and hold no NUL.
int append_lookup(const std::string& label, int flags, std::string& out) {
  std::uint8_t* raw = nullptr;
  const int status =
      idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(label.c_str()), &raw,
                     flags | IDN2_NFC_INPUT);
  const std::unique_ptr<std::uint8_t, Idn2Free> result(raw);
  if (status == IDN2_OK) out.append(reinterpret_cast<char*>(result.get()));
  return status;
}

bool append_label(std::string_view text, std::string& out) {
  std::string label;
  label.reserve(text.size());
  for (const char c : text) label.push_back(to_lower(c));
  const bool ascii = (roles_of_all(label) & kHostSlow) == 0;
  if (ascii && label.compare(0, 4, "xn--") != 0) {
    out.append(label);
    return true;
  }
  if (label.find('\0') != std::string::npos) return false;
  // An ASCII label is given in Punycode and has to be valid. For any other the
  // way back would refuse the ASCII punctuation that UTS #46 lets pass here.
  const int flags = ascii ? 0 : IDN2_NO_ALABEL_ROUNDTRIP;
  int status = append_lookup(label, flags | IDN2_NONTRANSITIONAL, out);
  if (status == IDN2_DISALLOWED && !ascii && !needs_label_checks(label)) {
    // IDNA2008 has no symbols, UTS #46 keeps them, and libidn2 does so only in
    // transitional processing.
    status = append_lookup(label, flags | IDN2_TRANSITIONAL, out);
  }
  return status == IDN2_OK;
}

}  // namespace

std::optional<std::string> domain_to_ascii(std::string_view domain) {
  std::string out;
  out.reserve(domain.size());
  if ((roles_of_all(domain) & kHostSlow) == 0) {
    for (const char c : domain) out.push_back(to_lower(c));
    return out;
  }
  if (domain.size() > kLongestUnicodeDomain) return std::nullopt;
  const std::string mapped = replaced(domain);
  for (std::size_t begin = 0;;) {
    const std::size_t dot = mapped.find('.', begin);
    const std::size_t end = dot == std::string::npos ? mapped.size() : dot;
    if (!append_label(std::string_view(mapped).substr(begin, end - begin), out))
      return std::nullopt;
    if (dot == std::string::npos) return out;
    out.push_back('.');
    begin = dot + 1;
  }
}

}  // namespace crawl::url
