#include "base/ascii.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace crawl {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

TEST(Ascii, OnlyLettersHaveACase) {
  for (int i = -128; i < 128; ++i) {
    const char c = static_cast<char>(i);
    const bool upper = c >= 'A' && c <= 'Z';
    EXPECT_EQ(to_lower(c), upper ? static_cast<char>(c + 32) : c) << i;
    EXPECT_EQ(is_ascii_letter(c), upper || (c >= 'a' && c <= 'z')) << i;
    EXPECT_EQ(is_ascii_digit(c), c >= '0' && c <= '9') << i;
    const std::size_t hex =
        c == '\0' ? std::string_view::npos : kHexDigits.find(c);
    EXPECT_EQ(hex_digit_value(c),
              hex == std::string_view::npos
                  ? -1
                  : static_cast<int>(hex < 16 ? hex : hex - 6))
        << i;
  }
  EXPECT_EQ(lower_case("AbZ[@`{\xC3\x84"), "abz[@`{\xC3\x84");
}

TEST(Ascii, Rfc9110_5_6_2_Tokens) {
  for (int i = -128; i < 128; ++i) {
    const char c = static_cast<char>(i);
    const bool delimiter = std::string_view("\"(),/:;<=>?@[\\]{}").find(c) !=
                           std::string_view::npos;
    EXPECT_EQ(is_token({&c, 1}), c > ' ' && c < '\x7f' && !delimiter) << i;
  }
  EXPECT_FALSE(is_token(""));
  EXPECT_TRUE(is_token("X-Robots-Tag"));
  EXPECT_FALSE(is_token("X Robots"));
}

TEST(Ascii, ComparesIgnoringCase) {
  EXPECT_TRUE(equals_ignoring_case("Content-TYPE", "content-type"));
  EXPECT_TRUE(equals_ignoring_case("", ""));
  EXPECT_FALSE(equals_ignoring_case("content", "content-type"));
  EXPECT_FALSE(equals_ignoring_case("a@", "a`"));
  EXPECT_FALSE(equals_ignoring_case("k", "\xE2\x84\xAA"));  // a Kelvin sign
  EXPECT_TRUE(starts_with_ignoring_case("<HTML>", "<html"));
  EXPECT_FALSE(starts_with_ignoring_case("<htm", "<html"));
  EXPECT_EQ(find_ignoring_case("text; CharSet=x", "charset"), 6U);
  EXPECT_EQ(find_ignoring_case("text; chars", "charset"),
            std::string_view::npos);
  EXPECT_EQ(find_ignoring_case("", ""), 0U);
}

TEST(Ascii, OneByteOutsideIsEnough) {
  std::string text(700, 'a');
  EXPECT_TRUE(is_ascii(""));
  EXPECT_TRUE(is_ascii(text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    text[i] = '\x80';
    EXPECT_FALSE(is_ascii(text)) << i;
    text[i] = '\x7F';
  }
  EXPECT_TRUE(is_ascii(text));
}

}  // namespace
}  // namespace crawl
