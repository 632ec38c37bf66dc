#include "parse/text/byte_scan.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

#include "parse/html/html_text.h"

namespace crawl {
namespace {

// Byte by byte, what find_loose_space() is said to find.
std::size_t loose_space(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_html_space(text[i])) continue;
    const bool between = i > 0 && i + 1 < text.size() &&
                         !is_html_space(text[i - 1]) &&
                         !is_html_space(text[i + 1]);
    if (text[i] != ' ' || !between) return i;
  }
  return text.size();
}

TEST(ByteScan, LooseSpaceIsFoundWhereverItIs) {
  std::mt19937 random(1);
  constexpr std::string_view kBytes = "abc> \xC3\xA9 \x01 e f g \t\n\r\f";
  for (int round = 0; round < 20'000; ++round) {
    std::string text = "x";
    const std::size_t plain = random() % 50;
    while (text.size() < plain) text += text.size() % 4 == 3 ? ' ' : 'y';
    if (text.back() == ' ') text.back() = 'z';
    const std::size_t more = random() % 20;
    for (std::size_t i = 0; i < more; ++i) {
      text.push_back(kBytes[random() % kBytes.size()]);
    }
    const char* const end = text.data() + text.size();
    EXPECT_EQ(static_cast<std::size_t>(
                  bytes::find_loose_space(text.data(), end) - text.data()),
              loose_space(text))
        << text;
  }
}

}  // namespace
}  // namespace crawl
