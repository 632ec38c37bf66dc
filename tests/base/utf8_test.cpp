#include "crawl/base/utf8.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

namespace crawl {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr auto kR = kReplacementCharacter;

std::string repeated(std::string_view what, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += what;
  return out;
}

// Through an exact-size heap buffer, so that AddressSanitizer sees over-reads.
std::string replaced(std::string_view bytes) {
  const std::unique_ptr<char[]> exact(new char[bytes.size()]);
  bytes.copy(exact.get(), bytes.size());
  return replace_invalid_utf8({exact.get(), bytes.size()});
}

TEST(Utf8, EveryScalarValueRoundTrips) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c == 0xD800) c = 0xE000;
    std::string text;
    append_utf8(c, text);
    const Utf8Sequence sequence = first_utf8_sequence(text);
    ASSERT_TRUE(sequence.valid) << std::hex << static_cast<unsigned>(c);
    ASSERT_EQ(sequence.code_point, c);
    ASSERT_EQ(sequence.size, text.size());
    ASSERT_TRUE(is_valid_utf8(text));
  }
}

TEST(Utf8, ValidTextIsLeftAlone) {
  const auto text = "a\0b \x7F ä € 𐍈 \u2028 \uFEFF"s;
  EXPECT_TRUE(is_valid_utf8(text));
  EXPECT_EQ(replaced(text), text);
  EXPECT_EQ(replaced(""), "");
  EXPECT_TRUE(is_valid_utf8(""));
}

TEST(Utf8, EncodingStandard_MaximalSubpartIsReplacedOnce) {
  EXPECT_EQ(replaced("\xC3"), kR);
  EXPECT_EQ(replaced("\xE2\x82"), kR);
  EXPECT_EQ(replaced("\xF0\x9F\x98"), kR);
  EXPECT_EQ(replaced("\xF0\x9F\x98z"), std::string(kR) + "z");
  EXPECT_EQ(replaced("\xE2\x82\xE2\x82\xAC"), std::string(kR) + "€");
  // The Unicode Standard's own table of this practice (chapter 3).
  EXPECT_EQ(
      replaced("\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64"),
      repeated(kR, 3) + "b" + std::string(kR) + "c" + repeated(kR, 2) + "d");
}

TEST(Utf8, OverlongFormsSurrogatesAndTooLargeAreInvalid) {
  EXPECT_EQ(replaced("\xC0\xAF"), repeated(kR, 2));
  EXPECT_EQ(replaced("\xE0\x80\xAF"), repeated(kR, 3));
  EXPECT_EQ(replaced("\xF0\x80\x80\xAF"), repeated(kR, 4));
  EXPECT_EQ(replaced("\xED\xA0\x80"), repeated(kR, 3));              // U+D800
  EXPECT_EQ(replaced("\xED\xA1\x8C\xED\xBE\xB4"), repeated(kR, 6));  // CESU-8
  EXPECT_EQ(replaced("\xF4\x90\x80\x80"), repeated(kR, 4));          // U+110000
  EXPECT_EQ(replaced("\xF5\xFE\xFF"), repeated(kR, 3));
}

TEST(Utf8, OneBadByteIsFoundWhereverItStands) {
  for (std::size_t size = 1; size < 100; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = '\xFF';
      EXPECT_EQ(valid_utf8_prefix(text), at);
      EXPECT_FALSE(is_valid_utf8(text));
      EXPECT_EQ(replaced(text), std::string(at, 'a') + std::string(kR) +
                                    std::string(size - at - 1, 'a'));
    }
  }
}

TEST(Utf8, AppendKeepsWhatWasThere) {
  std::string out = "x";
  append_replacing_invalid_utf8("a\xFF", out);
  EXPECT_EQ(out, "xa" + std::string(kR));
}

}  // namespace
}  // namespace crawl
