#include "parse/text/encoding.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/utf8.h"

namespace crawl {
namespace {

using namespace std::string_view_literals;

constexpr std::array kMultiByte = {"shift_jis"sv, "big5"sv,   "gb18030"sv,
                                   "gbk"sv,       "euc-kr"sv, "euc-jp"sv};

std::string decoded(std::string_view bytes, std::string_view encoding) {
  std::string out;
  append_decoded(bytes, encoding, out);
  return out;
}

std::string query(std::string_view text, std::string_view encoding) {
  std::string out;
  append_encoded_query(text, encoding, out);
  return out;
}

TEST(Encoding, SingleByteIndexesOfTheStandard) {
  std::ifstream file(CRAWL_DATA_DIR "/encoding/single_byte.tsv");
  std::string name;
  std::string row;
  int count = 0;
  while (std::getline(file, name, '\t') && std::getline(file, row)) {
    ++count;
    std::istringstream code_points(row);
    code_points >> std::hex;
    for (int byte = 0x80; byte <= 0xFF; ++byte) {
      std::uint32_t code_point = 0;
      code_points >> code_point;
      std::string expected;
      append_utf8(code_point, expected);
      EXPECT_EQ(decoded(std::string(1, static_cast<char>(byte)), name),
                expected)
          << name << " " << byte;
    }
  }
  EXPECT_EQ(count, 27);
}

// Every 37th entry of the standard's indexes. Characters of the private use
// areas are left out of the count for gb18030, whose 2022 edition moved them,
// and big5 may lack rare HKSCS characters that no library here has.
TEST(Encoding, MultiByteIndexesOfTheStandard) {
  std::ifstream file(CRAWL_DATA_DIR "/encoding/multi_byte.tsv");
  std::string name;
  std::string hex;
  std::string code_point;
  std::map<std::string, int> right;
  std::map<std::string, int> wrong;
  while (std::getline(file, name, '\t') && std::getline(file, hex, '\t') &&
         std::getline(file, code_point)) {
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
      bytes.push_back(
          static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    }
    std::string expected;
    append_utf8(static_cast<char32_t>(std::stoul(code_point, nullptr, 16)),
                expected);
    const bool same = decoded(bytes, name) == expected;
    ++(same ? right : wrong)[name];
    if (name != "big5") {
      EXPECT_TRUE(same) << name << " " << hex;
    }
  }
  EXPECT_EQ(right.size(), 7U);
  EXPECT_LE(wrong["big5"], 5);
}

TEST(Encoding, AsciiIsAsciiWhereverMarkupIsReadInPlace) {
  std::string ascii;
  for (int c = 0; c < 0x80; ++c) ascii.push_back(static_cast<char>(c));
  std::ifstream file(CRAWL_DATA_DIR "/encoding/labels.tsv");
  std::string label;
  std::string name;
  int in_place = 0;
  while (std::getline(file, label, '\t') && std::getline(file, name)) {
    if (!reads_in_place(name)) continue;
    ++in_place;
    EXPECT_EQ(decoded(ascii, name), ascii) << name;
  }
  EXPECT_GT(in_place, 200);
  for (const std::string_view other :
       {"utf-16le"sv, "utf-16be"sv, "iso-2022-jp"sv, "replacement"sv}) {
    EXPECT_FALSE(reads_in_place(other)) << other;
  }
  for (const std::string_view in :
       {"utf-8"sv, "windows-1252"sv, "x-user-defined"sv, "shift_jis"sv,
        "big5"sv, "gb18030"sv, "gbk"sv, "euc-kr"sv, "euc-jp"sv}) {
    EXPECT_TRUE(reads_in_place(in)) << in;
  }
}

// Behind any lead, or what could be one.
TEST(Encoding, WhatDelimitsMarkupIsNeverHalfOfACharacter) {
  std::vector<std::string> fronts;
  for (int a = 0x80; a <= 0xFF; ++a) {
    const std::string lead(1, static_cast<char>(a));
    fronts.push_back(lead);
    fronts.push_back("\x8F" + lead);
    fronts.push_back(lead + "0");
    fronts.push_back(lead + "9\x81");
    fronts.push_back(lead + "5\xFE");
    for (int b = 0x80; b <= 0xFF; ++b) {
      fronts.push_back(lead + static_cast<char>(b));
    }
  }
  for (const std::string_view name : kMultiByte) {
    for (const std::string& front : fronts) {
      for (const char c : "\t\n\f\r !\"#&'-/;<=>?"sv) {
        const std::string text = decoded(front + c, name);
        ASSERT_EQ(text.back(), c) << name;
        std::string cut;
        append_decoded(front, name, cut, Behind::kAscii);
        ASSERT_EQ(cut, text.substr(0, text.size() - 1)) << name;
        ASSERT_EQ(text.find(c), text.size() - 1) << name;
      }
    }
  }
}

TEST(Encoding, AsciiComesOfAsciiOnly) {
  for (const std::string_view name : kMultiByte) {
    for (int a = 0x80; a <= 0xFF; ++a) {
      for (int b = 0; b <= 0xFF; ++b) {
        const std::string bytes = {static_cast<char>(a), static_cast<char>(b)};
        const std::string text = decoded(bytes, name);
        for (std::size_t i = 0; i < text.size(); ++i) {
          const auto byte = static_cast<unsigned char>(text[i]);
          if (byte >= 0x80) continue;
          ASSERT_EQ(byte, b) << name << " " << a;
          ASSERT_EQ(i, text.size() - 1) << name << " " << a;
        }
      }
    }
  }
}

struct Decoding {
  std::string_view encoding;
  std::string_view bytes;
  std::string_view text;
};

// A byte that ends a sequence too soon, or has no meaning with what is before
// it, is read again if it is ASCII, and else lost with it.
TEST(Encoding, InvalidSequencesAsTheStandardHasThem) {
  const Decoding cases[] = {
      {"shift_jis", "\x83\x5C\x83<", "\u30BD\uFFFD<"},
      {"shift_jis", "\x81\xAD|\x81\xAD\x41", "\uFFFD|\uFFFDA"},
      {"shift_jis", "\x85\x41\x85\x80", "\uFFFDA\uFFFD"},
      {"shift_jis", "\x80\xA0\xA1\xDF\xFD\xFF",
       "\u0080\uFFFD\uFF61\uFF9F\uFFFD\uFFFD"},
      {"shift_jis", "\xF0\x40\xF9\xFC", "\uE000\uE757"},
      {"shift_jis", "\x83\x7F\x83\xFD\x83", "\uFFFD\x7F\uFFFD\uFFFD"},
      {"shift_jis", "\\~", "\\~"},
      {"big5", "\xA5\x5C\xA5\"", "\u529F\uFFFD\""},
      {"big5", "\x81\x41\x81\xA1\x80\xFF", "\uFFFDA\uFFFD\uFFFD\uFFFD"},
      {"big5", "\xA4\x7F\xA4\x80\xA4", "\uFFFD\x7F\uFFFD\uFFFD"},
      {"big5", "\x88\x62\x88\x64\x88\xA3\x88\xA5",
       "\u00CA\u0304\u00CA\u030C\u00EA\u0304\u00EA\u030C"},
      {"euc-kr", "\xB0\xA1\x81\x41\x81\x5B\x81>", "\uAC00\uAC02\uFFFD[\uFFFD>"},
      {"euc-kr", "\xC9\xA1\xFE\xA1\x80\xFF\xB0",
       "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"},
      {"euc-jp", "\xC6\xFC\x8E\xB1\x8F\xB0\xA1\xC6>",
       "\u65E5\uFF71\u4E02\uFFFD>"},
      {"euc-jp", "\x8E\xE0\x8E\x41\x8F\x41\x8F\x85",
       "\uFFFD\uFFFDA\uFFFDA\uFFFD"},
      {"euc-jp", "\x8F\xA2<\x8F\xA2\x85\x8F\xA2", "\uFFFD<\uFFFD\uFFFD"},
      {"euc-jp", "\x80\x90\xA0\xFF\xA1\x41\xF5\xA1",
       "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA\uFFFD"},
      {"gb18030", "\x80\xFF\x81\x40\x81<", "\u20AC\uFFFD\u4E02\uFFFD<"},
      {"gb18030", "\x81\x30\x81\x30\x81\x35\xF4\x37\x90\x30\x81\x30",
       "\u0080\uE7C7\U00010000"},
      {"gb18030", "\xE3\x32\x9A\x35\xE3\x32\x9A\x36|", "\U0010FFFF\uFFFD|"},
      {"gb18030", "\x84\x31\xA3\xA0\x85\x30\x81\x30", "\uFFFD1\u3000\uFFFD"},
      {"gb18030", "\x81\x30<\x81\x30\x81<\x81\x30\x80|",
       "\uFFFD0<\uFFFD0\uFFFD<\uFFFD0\u20AC|"},
      {"gb18030", "\x81", "\uFFFD"},
      {"gb18030", "\x81\x30", "\uFFFD"},
      {"gb18030", "\x81\x30\x81", "\uFFFD"},
      {"gbk", "\x81\x7F\x81\xFF\x81\x30\x81\x31", "\uFFFD\x7F\uFFFD\u0081"},
  };
  for (const Decoding& c : cases) {
    EXPECT_EQ(decoded(c.bytes, c.encoding), c.text)
        << c.encoding << " " << &c - cases;
  }
}

TEST(Encoding, MultiByteEncodingsKeepAscii) {
  std::string ascii;
  for (int c = 0; c < 0x80; ++c) {
    // Shifts of iso-2022-jp, which the standard's decoder refuses.
    if (c != 0x0E && c != 0x0F && c != 0x1B)
      ascii.push_back(static_cast<char>(c));
  }
  for (const std::string_view name :
       {"iso-2022-jp"sv, "shift_jis"sv, "big5"sv, "gb18030"sv, "gbk"sv,
        "euc-kr"sv, "euc-jp"sv}) {
    EXPECT_EQ(decoded(ascii, name), ascii) << name;
  }
}

TEST(Encoding, QueryIsEncodedAsThePageIs) {
  EXPECT_EQ(query("q=caf\u00E9", "windows-1252"), "q=caf%E9");
  EXPECT_EQ(query("q=\u0436", "koi8-r"), "q=%D6");
  EXPECT_EQ(query("q=\u3042", "shift_jis"), "q=%82%A0");
  EXPECT_EQ(query("q=\u3042\u3042&b", "iso-2022-jp"), "q=%1B$B$%22$%22%1B(B&b");
  EXPECT_EQ(query("\uF7FF", "x-user-defined"), "%FF");
}

TEST(Encoding, QueryCharacterThatThePageCannotWriteIsAReference) {
  EXPECT_EQ(query("q=\u3042", "windows-1252"), "q=%26%2312354%3B");
  EXPECT_EQ(query("\u00E9\U0001F600", "windows-1252"), "%E9%26%23128512%3B");
  EXPECT_EQ(query("\u3042\U0001F600", "shift_jis"), "%82%A0%26%23128512%3B");
}

TEST(Encoding, QueriesOfUnicodePagesAreUtf8) {
  EXPECT_TRUE(encodes_queries_as_utf8("utf-8"));
  EXPECT_TRUE(encodes_queries_as_utf8("utf-16le"));
  EXPECT_FALSE(encodes_queries_as_utf8("windows-1252"));
}

}  // namespace
}  // namespace crawl
