#include "crawl/parse/content_type.h"

#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "crawl/base/utf8.h"
#include "crawl/parse/charset.h"

namespace crawl {
namespace {

// The cases write the header's bytes as the characters U+0000 to U+00FF.
// Nothing if there are others, since no header has them.
std::optional<std::string> header_bytes(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    const Utf8Sequence next = first_utf8_sequence(text);
    if (next.code_point > 0xFF) return std::nullopt;
    bytes.push_back(static_cast<char>(next.code_point));
    text.remove_prefix(next.size);
  }
  return bytes;
}

TEST(ContentType, WebPlatformTests_MimeTypes) {
  std::ifstream file(CRAWL_DATA_DIR "/encoding/mime_types.json");
  const auto cases = nlohmann::json::parse(file);
  int tried = 0;
  int no_header = 0;
  for (const auto& one : cases) {
    if (!one.is_object()) continue;
    const auto input = header_bytes(one["input"].get<std::string>());
    if (!input) {
      ++no_header;
      continue;
    }
    ++tried;
    SCOPED_TRACE(one.dump());
    const auto parsed = parse_content_type(*input);
    ASSERT_EQ(parsed.has_value(), !one["output"].is_null());
    if (!parsed) continue;
    EXPECT_EQ(parsed->to_string(),
              header_bytes(one["output"].get<std::string>()));
    if (!one.contains("encoding")) continue;
    std::optional<std::string_view> encoding;
    if (const auto label = parsed->parameter("charset")) {
      encoding = encoding_for_label(*label);
    }
    if (one["encoding"].is_null()) {
      EXPECT_EQ(encoding, std::nullopt);
    } else {
      std::string name = one["encoding"].get<std::string>();
      for (char& c : name) c = static_cast<char>(std::tolower(c));
      EXPECT_EQ(encoding, name);
    }
  }
  EXPECT_EQ(tried + no_header, 74);
  EXPECT_EQ(no_header, 2);
}

TEST(ContentType, KnowsHtml) {
  EXPECT_TRUE(parse_content_type("Text/HTML; charset=utf-8")->is_html());
  EXPECT_TRUE(parse_content_type("application/xhtml+xml")->is_html());
  EXPECT_FALSE(parse_content_type("text/plain")->is_html());
  EXPECT_FALSE(parse_content_type("text/html5")->is_html());
  EXPECT_EQ(parse_content_type("Text/HTML ; a=b")->essence(), "text/html");
}

TEST(ContentType, Fetch_OfSeveralValuesTheLastValidOneCounts) {
  const struct {
    const char* values;
    const char* counts;
  } kCases[] = {
      // As they are in the Fetch standard's own examples.
      {"text/plain;charset=gbk, text/html", "text/html"},
      {"text/html;charset=gbk;a=b, text/html;x=y", "text/html;x=y;charset=gbk"},
      {"text/html;charset=gbk;a=b, text/html;x=y, a/b, text/html", "text/html"},
      {"text/html;charset=gbk, x/x, text/html;x=y", "text/html;x=y"},
      {"text/html, cannot-parse", "text/html"},
      {"text/html, */*", "text/html"},
      {"text/html,", "text/html"},
      // And besides.
      {"text/html, text/html; charset=windows-1251",
       "text/html; charset=windows-1251"},
      {"text/html;charset=gbk,,text/html,", "text/html;charset=gbk"},
      {"text/html;charset=gbk, text/html;charset=utf-8, TEXT/HTML",
       "text/html;charset=utf-8"},
      {"text/html; a=\"b, c\"", "text/html; a=\"b, c\""},
      {"text/plain;a=\"\\\",\", text/html;b=\",", "text/html;b=\","},
      {"text/html;a=\"open, text/plain", "text/html;a=\"open, text/plain"},
      {" text/html ;charset=gbk", " text/html ;charset=gbk"},
      // None counts.
      {"*/*, html", "*/*, html"},
      {",", ","},
      {"*/*", "*/*"},
      {"", ""},
  };
  for (const auto& one : kCases) {
    EXPECT_EQ(content_type_that_counts(one.values), one.counts) << one.values;
  }
}

TEST(ContentType, LongHeadersAreReadInLinearTime) {
  std::string header = "text/html";
  for (int i = 0; i < 20'000; ++i) header += ";=";
  EXPECT_TRUE(parse_content_type(header)->parameters.empty());
  std::string values = "text/html;charset=gbk";
  for (int i = 0; i < 20'000; ++i) values += ",text/html";
  EXPECT_EQ(content_type_that_counts(values), "text/html;charset=gbk");
}

}  // namespace
}  // namespace crawl
