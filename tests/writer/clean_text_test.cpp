#include "writer/clean_text.h"

#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>
#include <limits>
#include <memory>
#include <string>

#include "crawl/base/utf8.h"
#include "writer/read_back.h"
#include "writer/sample_records.h"

namespace crawl {
namespace {

using Append = void (*)(std::string_view, std::string&);

// Through an exact-size heap buffer, so that AddressSanitizer sees over-reads.
std::string with(Append append, std::string_view text) {
  const std::unique_ptr<char[]> exact(new char[text.size()]);
  text.copy(exact.get(), text.size());
  std::string out;
  append({exact.get(), text.size()}, out);
  return out;
}

// True if no character of `text` is obeyed, but for those in `except`.
bool only_shown(std::string_view text, std::string_view except) {
  while (!text.empty()) {
    const Utf8Sequence c = first_utf8_sequence(text);
    if (!c.valid) return false;
    if (is_obeyed(c.code_point) &&
        (c.code_point >= 0x80 ||
         except.find(static_cast<char>(c.code_point)) == except.npos)) {
      return false;
    }
    text.remove_prefix(c.size);
  }
  return true;
}

TEST(CleanText, ObeyedAreControlsBidiMarksAndLineEnds) {
  for (char32_t c = 0; c < 0x20; ++c) EXPECT_TRUE(is_obeyed(c));
  for (char32_t c = 0x7F; c < 0xA0; ++c) EXPECT_TRUE(is_obeyed(c));
  for (const char32_t c :
       std::initializer_list<char32_t>{0x061C, 0x200E, 0x200F, 0x2028, 0x2029,
                                       0x202A, 0x202E, 0x2066, 0x2069}) {
    EXPECT_TRUE(is_obeyed(c)) << static_cast<unsigned>(c);
  }
  // The joiners and the soft hyphen belong to scripts and emoji.
  for (const char32_t c : std::initializer_list<char32_t>{
           0x20, 0x7E, 0xA0, 0xAD, 0x200C, 0x200D, 0x202F, 0x2065, 0x206A,
           0xFEFF, 0x1F600}) {
    EXPECT_FALSE(is_obeyed(c)) << static_cast<unsigned>(c);
  }
}

TEST(CleanText, NothingObeyedGetsThroughInAnyFormat) {
  for (const std::string& text : hostile_strings()) {
    EXPECT_TRUE(only_shown(with(append_tsv_cell, text), ""));
    EXPECT_TRUE(only_shown(with(append_csv_cell, text), "\t\r\n"));
    EXPECT_TRUE(only_shown(with(append_shown, text), ""));
    std::string no_controls = text;
    std::erase_if(no_controls,
                  [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    EXPECT_TRUE(only_shown(with(append_clean_json, no_controls), ""));
  }
}

TEST(CleanText, TsvCellLosesNothing) {
  for (const std::string& text : hostile_strings()) {
    EXPECT_EQ(unescape_tsv(with(append_tsv_cell, text)),
              replace_invalid_utf8(text));
  }
}

TEST(CleanText, CsvCellsAreQuotedOnlyWhereTheyMustBe) {
  EXPECT_EQ(with(append_csv_cell, "plain text"), "plain text");
  EXPECT_EQ(with(append_csv_cell, "a,b"), "\"a,b\"");
  EXPECT_EQ(with(append_csv_cell, "say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(with(append_csv_cell, "a\r\nb"), "\"a\r\nb\"");
  EXPECT_EQ(with(append_csv_cell, "esc \x1b"), "esc \uFFFD");
}

TEST(CleanText, ShownTextIsOneLine) {
  EXPECT_EQ(with(append_shown, "a\tb\r\nc"), "a b  c");
  EXPECT_EQ(with(append_shown, "\x1b[2J"), "\uFFFD[2J");
  EXPECT_EQ(with(append_shown, "日本語"), "日本語");
}

TEST(CleanText, ShownTextHasNothingThatNobodySees) {
  for (const char* hidden :
       {"\u200B", "\uFEFF", "\u2060", "\u2063", "\U000E0041", "\u180E"}) {
    EXPECT_EQ(with(append_shown, std::string("a") + hidden + "b"), "a\uFFFDb");
  }
  // Joiners, variations, hyphens where a line ends, and what is seen.
  for (const char* text : {"👩\u200D🔬", "نمی\u200Cخواهم", "❤\uFE0F",
                           "Donau\u00ADdampf", "\u0600\u0661"}) {
    EXPECT_EQ(with(append_shown, text), text);
  }
}

TEST(CleanText, WidthCountsColumns) {
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("日本語"), 6U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("😀"), 2U);
}

TEST(CleanText, CutFitsAndMarksTheCut) {
  EXPECT_EQ(cut_to_width("abc", 3), "abc");
  EXPECT_EQ(cut_to_width("abcd", 3), "ab…");
  EXPECT_EQ(cut_to_width("abcd", 1), "…");
  EXPECT_EQ(cut_to_width("abcd", 0), "");
  EXPECT_EQ(cut_to_width("", 0), "");
  EXPECT_EQ(cut_to_width("日本語", 6), "日本語");
  EXPECT_EQ(cut_to_width("日本語", 5), "日本…");
  EXPECT_EQ(cut_to_width("日本語", 4), "日…");
  for (std::size_t width = 0; width < 12; ++width) {
    for (const char* text :
         {"abcdefghij", "日本語日本語", "a日b本c語", "e\u0301e\u0301x"}) {
      EXPECT_LE(display_width(cut_to_width(text, width)), width);
    }
  }
}

TEST(CleanText, SafeCsvCellsAreNoFormulas) {
  const auto cell = [](std::string_view text) {
    std::string out;
    append_safe_csv_cell(text, out);
    return out;
  };
  for (const std::string begin :
       {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"}) {
    EXPECT_EQ(cell(begin + "1"), "\"'" + begin + "1\"") << begin;
  }
  EXPECT_EQ(cell("=A(\"x\")"), "\"'=A(\"\"x\"\")\"");
  EXPECT_EQ(cell("a;=1"), "\"a;=1\"");
  EXPECT_EQ(cell("plain"), "\"plain\"");
  EXPECT_EQ(cell(""), "\"\"");
}

TEST(CleanText, CutInTheMiddleKeepsBothEnds) {
  EXPECT_EQ(cut_middle_to_width("https://example.org/a/long/way/page.html", 25),
            "https://exam…ay/page.html");
  EXPECT_EQ(cut_middle_to_width("abcdef", 6), "abcdef");
  EXPECT_EQ(cut_middle_to_width("abcdef", 5), "ab…ef");
  EXPECT_EQ(cut_middle_to_width("abcdef", 2), "a…");
  for (std::size_t width = 0; width < 12; ++width) {
    for (const char* text :
         {"abcdefghij", "日本語日本語", "a日b本c語", "e\u0301e\u0301x"}) {
      EXPECT_LE(display_width(cut_middle_to_width(text, width)), width);
    }
  }
}

std::string written(double value) {
  std::string out;
  return append_seconds(value, out) ? out : "none" + out;
}

TEST(CleanText, SecondsHaveMicroseconds) {
  EXPECT_EQ(written(0), "0.000000");
  EXPECT_EQ(written(0.052'123'4), "0.052123");
  EXPECT_EQ(written(0.999'999'6), "1.000000");
  EXPECT_EQ(written(61.5), "61.500000");
  EXPECT_EQ(written(-0.25), "-0.250000");
  EXPECT_EQ(written(-0.0), "0.000000");
  EXPECT_EQ(written(std::numeric_limits<double>::infinity()), "none");
  EXPECT_EQ(written(std::numeric_limits<double>::quiet_NaN()), "none");
  EXPECT_EQ(written(1e300), "none");
}

std::string stamp(std::chrono::system_clock::time_point time) {
  std::string out;
  return append_timestamp(time, out) ? out : "none" + out;
}

TEST(CleanText, Rfc3339_TimestampsAreUtcWithMilliseconds) {
  using namespace std::chrono;
  EXPECT_EQ(stamp(system_clock::time_point{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(stamp(sys_days{year{2024} / 2 / 29} + hours{23} + minutes{59} +
                  seconds{59} + microseconds{999'999}),
            "2024-02-29T23:59:59.999Z");
  EXPECT_EQ(stamp(sys_days{year{1969} / 12 / 31} + milliseconds{1}),
            "1969-12-31T00:00:00.001Z");
  EXPECT_EQ(stamp(system_clock::time_point{} - nanoseconds{1}),
            "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace crawl
