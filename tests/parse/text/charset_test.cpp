#include "crawl/parse/charset.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/base/utf8.h"

namespace crawl {
namespace {

using namespace std::string_view_literals;

std::string from_base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = (bits << 6U) | static_cast<unsigned>(kDigits.find(c));
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<char>((bits >> count) & 0xFFU));
    }
  }
  return out;
}

// In a buffer of its exact size, so that a sanitizer sees a read past its end.
std::string_view detect(std::string_view body, std::string_view header = "") {
  const std::vector<char> exact(body.begin(), body.end());
  return detect_encoding({exact.data(), exact.size()}, header);
}

TEST(Charset, Html5lib_EncodingSniffing) {
  std::ifstream file(CRAWL_DATA_DIR "/encoding/encoding_sniffing.json");
  const auto cases = nlohmann::json::parse(file);
  EXPECT_EQ(cases.size(), 82U);
  for (const auto& one : cases) {
    const std::string body = from_base64(one["body_b64"].get<std::string>());
    EXPECT_EQ(detect(body), one["encoding"].get<std::string>())
        << one["id"] << "\n"
        << body;
  }
}

TEST(Charset, EncodingStandard_EveryLabel) {
  std::ifstream file(CRAWL_DATA_DIR "/encoding/labels.tsv");
  std::string label;
  std::string name;
  int count = 0;
  while (std::getline(file, label, '\t') && std::getline(file, name)) {
    ++count;
    EXPECT_EQ(encoding_for_label(label), name) << label;
  }
  EXPECT_EQ(count, 228);
}

TEST(Charset, LabelsAreTrimmedAndOfAnyCase) {
  EXPECT_EQ(encoding_for_label(" \t\n\f\rLatin1 "), "windows-1252");
  EXPECT_EQ(encoding_for_label("UTF-8"), "utf-8");
  EXPECT_EQ(encoding_for_label(""), std::nullopt);
  EXPECT_EQ(encoding_for_label("  "), std::nullopt);
  EXPECT_EQ(encoding_for_label("utf-8x"), std::nullopt);
  EXPECT_EQ(encoding_for_label("\vutf-8"), std::nullopt);
  EXPECT_EQ(encoding_for_label(std::string(100'000, 'a')), std::nullopt);
}

TEST(Charset, ByteOrderMarkOutranksHeader) {
  EXPECT_EQ(detect("\xEF\xBB\xBFx", "text/html;charset=koi8-r"), "utf-8");
  EXPECT_EQ(detect("\xFE\xFF\0x"sv, "text/html;charset=koi8-r"), "utf-16be");
  EXPECT_EQ(detect("\xFF\xFEx\0"sv, "text/html;charset=koi8-r"), "utf-16le");
}

TEST(Charset, HeaderOutranksMeta) {
  EXPECT_EQ(detect("<meta charset=koi8-r>", "text/html; charset=\"Shift_JIS\""),
            "shift_jis");
}

TEST(Charset, UnknownHeaderLabelLeavesItToTheMeta) {
  EXPECT_EQ(detect("<meta charset=koi8-r>", "text/html;charset=no"), "koi8-r");
  EXPECT_EQ(detect("<meta charset=koi8-r>", "charset=utf-8"), "koi8-r");
}

TEST(Charset, HeaderMayNameUtf16ButMetaMayNot) {
  EXPECT_EQ(detect("<p>", "text/html;charset=utf-16"), "utf-16le");
  EXPECT_EQ(detect("<meta charset=utf-16be>"), "utf-8");
  EXPECT_EQ(detect("<meta charset=x-user-defined>"), "windows-1252");
}

TEST(Charset, UndeclaredIsUtf8IfValidElseWindows1252) {
  EXPECT_EQ(detect("<p>caf\xC3\xA9"), "utf-8");
  EXPECT_EQ(detect("<p>caf\xE9</p>"), "windows-1252");
  EXPECT_EQ(detect("<p>cafe"), "windows-1252");
  EXPECT_EQ(detect(""), "windows-1252");
}

TEST(Charset, UndeclaredUtf8MayBeCutInACharacter) {
  EXPECT_EQ(detect("<p>caf\xC3\xA9\xE2\x82"), "utf-8");
  EXPECT_EQ(detect("<p>caf\xC3"), "utf-8");
  EXPECT_EQ(detect("<p>caf\xC3<"), "windows-1252");
  EXPECT_EQ(detect("<p>caf\x82"), "windows-1252");
}

TEST(Charset, LateMetaIsNotLookedForInRawText) {
  const std::string pad(2000, ' ');
  EXPECT_EQ(detect(pad + "<script>'<meta charset=koi8-r>'</script>"),
            "windows-1252");
  EXPECT_EQ(detect(pad + "<script>'<meta charset=koi8-r>'</script>"
                         "<meta charset=big5>"),
            "big5");
  EXPECT_EQ(detect(pad + "<script>'<meta charset=koi8-r>'"), "windows-1252");
}

TEST(Charset, XmlDeclarationCountsLast) {
  EXPECT_EQ(detect("<?xml version='1.0' encoding='koi8-r'?><html>"), "koi8-r");
  EXPECT_EQ(detect("<?xml encoding='koi8-r'?><meta charset=big5>"), "big5");
  EXPECT_EQ(detect("<?xml encoding=\"utf-16\"?>"), "utf-8");
  EXPECT_EQ(detect("<?xml encoding='ko i8-r'?>"), "windows-1252");
  EXPECT_EQ(detect("<\0?\0x\0m\0"sv), "utf-16le");
  EXPECT_EQ(detect("\0<\0?\0x\0m"sv), "utf-16be");
}

// The end of input anywhere is the end of an attempt, never of the bytes.
TEST(Charset, EveryPrefixOfADeclarationIsSafe) {
  const std::string page =
      "<?xml encoding='big5'?><!-- x --><p a='b'/><meta content='a charset = "
      "\"koi8-r\"' http-equiv=Content-Type><meta charset=\"greek\">";
  for (std::size_t i = 0; i <= page.size(); ++i) detect(page.substr(0, i));
  EXPECT_EQ(detect(page), "koi8-r");
}

TEST(Charset, ToUtf8DropsTheByteOrderMarkOfItsEncoding) {
  EXPECT_EQ(to_utf8("\xEF\xBB\xBFx", "utf-8"), "x");
  EXPECT_EQ(to_utf8("\xEF\xBB\xBFx", "windows-1252"), "ï»¿x");
  EXPECT_EQ(to_utf8("\xFE\xFF\0x"sv, "utf-16be"), "x");
  EXPECT_EQ(to_utf8("\xFF\xFEx\0"sv, "utf-16le"), "x");
}

TEST(Charset, WhatCannotBeDecodedIsReplaced) {
  EXPECT_EQ(to_utf8("a\xFFz", "utf-8"), "a\uFFFDz");
  EXPECT_EQ(to_utf8("\x3D\xD8\x3D\xD8z\0\x3D"sv, "utf-16le"),
            "\uFFFD\uFFFDz\uFFFD");
  EXPECT_EQ(to_utf8("secret", "replacement"), "\uFFFD");
  EXPECT_EQ(to_utf8("", "replacement"), "");
  EXPECT_EQ(to_utf8("a\x81", "shift_jis"), "a\uFFFD");
}

// An invalid pair must not swallow markup: the ASCII byte of it stays.
TEST(Charset, InvalidPairsLeaveAsciiAlone) {
  for (const std::string_view name : {"big5"sv, "euc-jp"sv, "euc-kr"sv,
                                      "gb18030"sv, "gbk"sv, "shift_jis"sv}) {
    for (int lead = 0x80; lead <= 0xFF; ++lead) {
      for (const char trail : {'"', '<', '>', '\'', '&', '\n', ' '}) {
        const std::string bytes{static_cast<char>(lead), trail};
        const std::string text = to_utf8(bytes, name);
        EXPECT_EQ(text.back(), trail) << name << " " << lead;
      }
    }
  }
}

TEST(Charset, LongTextIsWhole) {
  std::string bytes;
  std::string expected;
  for (int i = 0; i < 10'000; ++i) {
    bytes += "a\x82\xA0";
    expected += "aあ";
  }
  EXPECT_EQ(to_utf8(bytes, "shift_jis"), expected);
}

TEST(Charset, EveryEncodingMakesValidUtf8OfAnyBytes) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    for (int j = 0; j < 256; j += 3) {
      bytes.push_back(static_cast<char>(i));
      bytes.push_back(static_cast<char>(j));
    }
  }
  std::ifstream file(CRAWL_DATA_DIR "/encoding/labels.tsv");
  std::string label;
  std::string name;
  while (std::getline(file, label, '\t') && std::getline(file, name)) {
    EXPECT_TRUE(is_valid_utf8(to_utf8(bytes, name))) << name;
  }
}

}  // namespace
}  // namespace crawl
