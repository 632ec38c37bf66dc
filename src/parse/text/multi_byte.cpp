#include "parse/text/multi_byte.h"

#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "crawl/base/utf8.h"
#include "parse/text/byte_scan.h"

namespace crawl {
namespace {

constexpr char32_t kInvalid = 0xFFFD;

unsigned char byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

bool within(unsigned char byte, unsigned char first, unsigned char last) {
  return byte >= first && byte <= last;
}

// Tells single characters by ICU's converter.
class Library {
 public:
  explicit Library(const char* name) {
    UErrorCode error = U_ZERO_ERROR;
    converter_.reset(ucnv_open(name, &error));
    ucnv_setToUCallBack(converter_.get(), UCNV_TO_U_CALLBACK_STOP, nullptr,
                        nullptr, nullptr, &error);
    if (U_FAILURE(error)) converter_.reset();
  }

  // 0 if `bytes` are not one character. ASCII is none: bytes that look like
  // markup must be all that is.
  char32_t character(std::string_view bytes) {
    if (!converter_) return 0;
    std::array<UChar, 4> units{};
    UErrorCode error = U_ZERO_ERROR;
    const std::int32_t size = ucnv_toUChars(
        converter_.get(), units.data(), static_cast<std::int32_t>(units.size()),
        bytes.data(), static_cast<std::int32_t>(bytes.size()), &error);
    if (U_FAILURE(error)) return 0;
    if (size == 1 && (units[0] & 0xF800) != 0xD800) {
      return units[0] < 0x80 || units[0] == kInvalid ? 0 : units[0];
    }
    if (size != 2 || (units[0] & 0xFC00) != 0xD800) return 0;
    return 0x10000 + ((units[0] & 0x3FFU) << 10U) + (units[1] & 0x3FFU);
  }

 private:
  struct Closer {
    void operator()(UConverter* converter) const { ucnv_close(converter); }
  };
  std::unique_ptr<UConverter, Closer> converter_;
};

// The characters of two bytes, behind a third in front of all if it is not 0.
class Index {
 public:
  Index(const char* name, bool private_use, char front = 0) {
    Library library(name);
    const std::size_t skip = front == 0 ? 1 : 0;
    for (unsigned lead = kFirstLead; lead <= kLast; ++lead) {
      for (unsigned trail = kFirstTrail; trail <= kLast; ++trail) {
        const std::array<char, 3> bytes = {front, static_cast<char>(lead),
                                           static_cast<char>(trail)};
        const char32_t character =
            library.character({bytes.data() + skip, bytes.size() - skip});
        if (!private_use && character >= 0xE000 && character <= 0xF8FF) {
          continue;
        }
        characters_[place(lead, trail)] = character;
      }
    }
  }

  // 0 if there is none. `lead` is not ASCII.
  char32_t find(unsigned char lead, unsigned char trail) const {
    if (!within(lead, kFirstLead, kLast) || !within(trail, kFirstTrail, kLast))
      return 0;
    return characters_[place(lead, trail)];
  }

 private:
  static constexpr unsigned char kFirstLead = 0x81;
  static constexpr unsigned char kFirstTrail = 0x40;
  static constexpr unsigned char kLast = 0xFE;
  static constexpr std::size_t kTrails = kLast - kFirstTrail + 1;

  static std::size_t place(unsigned lead, unsigned trail) {
    return (lead - kFirstLead) * kTrails + trail - kFirstTrail;
  }

  std::vector<char32_t> characters_ =
      std::vector<char32_t>((kLast - kFirstLead + 1) * kTrails);
};

// gb18030's four-byte characters within the Basic Multilingual Plane.
std::vector<char16_t> four_byte_characters() {
  constexpr std::size_t kCount = 39420;
  std::vector<char16_t> characters(kCount);
  Library library("gb18030");
  for (std::size_t pointer = 0; pointer < kCount; ++pointer) {
    const std::array<char, 4> bytes = {
        static_cast<char>(0x81 + pointer / 12600),
        static_cast<char>(0x30 + pointer / 1260 % 10),
        static_cast<char>(0x81 + pointer / 10 % 126),
        static_cast<char>(0x30 + pointer % 10)};
    characters[pointer] =
        static_cast<char16_t>(library.character({bytes.data(), bytes.size()}));
  }
  return characters;
}

// One step of a decoder: how many bytes it takes, and what they are.
struct Step {
  std::size_t size;
  char32_t character;
  char32_t mark = 0;  // behind it, in big5
};

// Two bytes that were looked up: an ASCII byte that is no trail stays.
Step two_bytes(char32_t character, unsigned char trail) {
  if (character != 0) return {2, character};
  return {trail < 0x80 ? 1U : 2U, kInvalid};
}

// In each, `bytes` begin with one that is not ASCII.

Step big5(std::string_view bytes, Behind /*behind*/) {
  static const Index index("Big5-HKSCS", false);
  const unsigned char lead = byte_at(bytes, 0);
  if (!within(lead, 0x81, 0xFE) || bytes.size() == 1) return {1, kInvalid};
  const unsigned char trail = byte_at(bytes, 1);
  if (lead == 0x88) {
    if (trail == 0x62) return {2, 0xCA, 0x304};
    if (trail == 0x64) return {2, 0xCA, 0x30C};
    if (trail == 0xA3) return {2, 0xEA, 0x304};
    if (trail == 0xA5) return {2, 0xEA, 0x30C};
  }
  return two_bytes(index.find(lead, trail), trail);
}

Step euc_kr(std::string_view bytes, Behind /*behind*/) {
  static const Index index("windows-949-2000", false);
  const unsigned char lead = byte_at(bytes, 0);
  if (!within(lead, 0x81, 0xFE) || bytes.size() == 1) return {1, kInvalid};
  return two_bytes(index.find(lead, byte_at(bytes, 1)), byte_at(bytes, 1));
}

Step euc_jp(std::string_view bytes, Behind /*behind*/) {
  static const Index jis0208("euc-jp", false);
  static const Index jis0212("euc-jp", false, '\x8F');
  const unsigned char lead = byte_at(bytes, 0);
  if (lead != 0x8E && lead != 0x8F && !within(lead, 0xA1, 0xFE))
    return {1, kInvalid};
  if (bytes.size() == 1) return {1, kInvalid};
  const unsigned char trail = byte_at(bytes, 1);
  if (lead == 0x8E && within(trail, 0xA1, 0xDF)) return {2, 0xFEC0U + trail};
  if (lead == 0x8F && within(trail, 0xA1, 0xFE)) {
    if (bytes.size() == 2) return {2, kInvalid};
    const unsigned char third = byte_at(bytes, 2);
    const char32_t character = jis0212.find(trail, third);
    if (character != 0) return {3, character};
    return {third < 0x80 ? 2U : 3U, kInvalid};
  }
  return two_bytes(
      within(lead, 0xA1, 0xFE) ? jis0208.find(lead, trail) : char32_t{0},
      trail);
}

Step gb18030_of_four(std::string_view bytes, Behind behind) {
  // Of what is not whole, the digit is read again if something follows.
  const Step cut = {behind == Behind::kNothing ? bytes.size() : 1, kInvalid};
  if (bytes.size() == 2) return cut;
  if (!within(byte_at(bytes, 2), 0x81, 0xFE)) return {1, kInvalid};
  if (bytes.size() == 3) return cut;
  if (!within(byte_at(bytes, 3), '0', '9')) return {1, kInvalid};
  static const std::vector<char16_t> characters = four_byte_characters();
  const std::uint32_t pointer =
      (byte_at(bytes, 0) - 0x81U) * 12600 + (byte_at(bytes, 1) - 0x30U) * 1260 +
      (byte_at(bytes, 2) - 0x81U) * 10 + byte_at(bytes, 3) - 0x30U;
  if (pointer < characters.size() && characters[pointer] != 0)
    return {4, characters[pointer]};
  if (pointer >= 189000 && pointer <= 1237575)
    return {4, 0x10000U + pointer - 189000};
  return {4, kInvalid};
}

Step gb18030(std::string_view bytes, Behind behind) {
  static const Index index("gb18030", true);
  const unsigned char lead = byte_at(bytes, 0);
  if (lead == 0x80) return {1, 0x20AC};
  if (lead == 0xFF || bytes.size() == 1) return {1, kInvalid};
  const unsigned char trail = byte_at(bytes, 1);
  if (within(trail, '0', '9')) return gb18030_of_four(bytes, behind);
  if (lead == 0xA3 && trail == 0xA0) return {2, 0x3000};  // ICU: private use
  return two_bytes(index.find(lead, trail), trail);
}

Step shift_jis(std::string_view bytes, Behind /*behind*/) {
  static const Index index("ibm-943_P15A-2003", true);
  const unsigned char lead = byte_at(bytes, 0);
  if (lead == 0x80) return {1, 0x80};
  if (within(lead, 0xA1, 0xDF)) return {1, 0xFEC0U + lead};
  if (lead == 0xA0 || lead > 0xFC || bytes.size() == 1) return {1, kInvalid};
  return two_bytes(index.find(lead, byte_at(bytes, 1)), byte_at(bytes, 1));
}

void append_steps(std::string_view bytes, Behind behind,
                  Step (*step)(std::string_view, Behind), std::string& out) {
  for (;;) {
    const auto size = static_cast<std::size_t>(
        std::find_if(bytes.begin(), bytes.end(), bytes::is_not_ascii) -
        bytes.begin());
    out.append(bytes.substr(0, size));
    bytes.remove_prefix(size);
    if (bytes.empty()) return;
    const Step taken = step(bytes, behind);
    append_utf8(taken.character, out);
    if (taken.mark != 0) append_utf8(taken.mark, out);
    bytes.remove_prefix(taken.size);
  }
}

}  // namespace

void append_multi_byte(std::string_view bytes, MultiByte encoding,
                       Behind behind, std::string& out) {
  switch (encoding) {
    case MultiByte::kBig5:
      return append_steps(bytes, behind, big5, out);
    case MultiByte::kEucJp:
      return append_steps(bytes, behind, euc_jp, out);
    case MultiByte::kEucKr:
      return append_steps(bytes, behind, euc_kr, out);
    case MultiByte::kGb18030:
      return append_steps(bytes, behind, gb18030, out);
    case MultiByte::kShiftJis:
      return append_steps(bytes, behind, shift_jis, out);
  }
}

}  // namespace crawl
