// Asserts that the tag scanner says of a page what gumbo's tree says. The
// last byte, a newline in data/pages, chooses charset and options.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "support/page_oracle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const bool anchor_text = (data[size - 1] & 1) != 0;
  const std::string_view encoding =
      (data[size - 1] & 4) != 0 ? "windows-1252" : "utf-8";
  const std::string_view body(reinterpret_cast<const char*>(data), size - 1);
  const crawl::testing::PageComparison comparison =
      crawl::testing::compare_readers(body, encoding, anchor_text);
  if (!comparison.difference.empty() && comparison.departure.empty()) {
    std::fputs(comparison.difference.c_str(), stderr);
    std::abort();
  }
  return 0;
}
