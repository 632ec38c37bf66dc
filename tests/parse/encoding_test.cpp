#include "parse/encoding.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

#include "crawl/base/utf8.h"

namespace crawl {
namespace {

using namespace std::string_view_literals;

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
  EXPECT_GT(in_place, 150);
  for (const std::string_view other :
       {"utf-16le"sv, "utf-16be"sv, "iso-2022-jp"sv, "shift_jis"sv, "big5"sv,
        "gb18030"sv, "gbk"sv, "euc-kr"sv, "euc-jp"sv, "replacement"sv}) {
    EXPECT_FALSE(reads_in_place(other)) << other;
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
