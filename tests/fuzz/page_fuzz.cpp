// Asserts that the tag scanner says of a page what gumbo's tree says, and takes
// time that is linear in its size. The last byte, a newline in most of
// data/pages, chooses charset and options.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "support/page_oracle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  constexpr std::array<std::string_view, 16> kEncodings = {
      "shift_jis", "windows-1252", "utf-8",       "koi8-r",
      "utf-8",     "iso-8859-8",   "windows-874", "x-user-defined",
      "gbk",       "gb18030",      "big5",        "euc-jp",
      "euc-kr",    "shift_jis",    "gb18030",     "iso-2022-jp"};
  if (size == 0) return 0;
  const std::uint8_t options = data[size - 1];
  const bool anchor_text = (options & 1) != 0;
  const std::string_view encoding = kEncodings.at((options >> 2U) & 15U);
  const std::string_view body(reinterpret_cast<const char*>(data), size - 1);
  const crawl::testing::PageComparison comparison =
      crawl::testing::compare_readers(body, encoding, anchor_text);
  if (!comparison.difference.empty() && comparison.departure.empty()) {
    std::fputs(comparison.difference.c_str(), stderr);
    std::abort();
  }
  if (comparison.steps > 5 * comparison.bytes + 64) {
    std::fprintf(stderr, "%zu bytes took %zu steps\n", comparison.bytes,
                 static_cast<std::size_t>(comparison.steps));
    std::abort();
  }
  return 0;
}
