#include "parse/html/markup_masks.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "parse/html/scanner_names.h"

namespace crawl {
namespace {

constexpr std::size_t kBlocks = 9;
constexpr std::size_t kBytes = kBlocks * MarkupMasks::kBytes;

std::vector<MarkupMasks> marked(const MarkupMarker& marker,
                                const std::string& text) {
  // Exactly what may be read.
  const std::vector<char> bytes(text.begin(), text.end());
  std::vector<MarkupMasks> masks(kBlocks);
  marker.mark(bytes.data(), kBlocks, kBodyTags, masks.data());
  return masks;
}

void check_all_markers(const std::string& text) {
  ASSERT_EQ(text.size(), kBytes + TagBeginnings::kBytes);
  const std::vector<MarkupMasks> wanted = marked(markup_markers().back(), text);
  for (const MarkupMarker& marker : markup_markers()) {
    if (!marker.works_here) continue;
    EXPECT_EQ(marked(marker, text), wanted) << marker.name << ": " << text;
  }
}

TEST(MarkupMasks, OneBitAByte) {
  std::string text(kBytes + TagBeginnings::kBytes, 'x');
  text[70] = '<';
  text[71] = 'a';
  text[72] = ' ';
  text[73] = '=';
  text[74] = '"';
  text[75] = '\'';
  text[127] = '>';
  for (const MarkupMarker& marker : markup_markers()) {
    if (!marker.works_here) continue;
    const std::vector<MarkupMasks> masks = marked(marker, text);
    const auto bit = [](unsigned i) { return std::uint64_t{1} << i; };
    EXPECT_EQ(masks[0], MarkupMasks{});
    EXPECT_EQ(masks[1], (MarkupMasks{.less = bit(6),
                                     .greater = bit(63),
                                     .double_quote = bit(10),
                                     .single_quote = bit(11),
                                     .before_value = bit(8) | bit(9),
                                     .beginning = bit(6)}))
        << marker.name;
  }
}

TEST(MarkupMasks, AllMarkersAgree) {
  std::minstd_rand random(1);
  const std::string markup = "<<<>>\"'= /!\t\nabcdefghijklmnopqrstuvwxyzABTF";
  for (int round = 0; round < 2'000; ++round) {
    std::string text(kBytes + TagBeginnings::kBytes, '\0');
    for (char& c : text) {
      // Any byte at all, and what pages are made of.
      c = round % 2 == 0 ? static_cast<char>(random() >> 8)
                         : markup[random() % markup.size()];
    }
    check_all_markers(text);
  }
}

TEST(MarkupMasks, AllMarkersKnowTheSameBeginnings) {
  std::string text(kBytes + TagBeginnings::kBytes, ' ');
  std::size_t place = 0;
  const auto add = [&](const std::string& tag) {
    if (place + tag.size() > text.size()) {
      check_all_markers(text);
      place = 0;
    }
    text.replace(place, tag.size(), tag);
    place += tag.size();
  };
  for (char a = ' '; a < 127; ++a) {
    for (char b = ' '; b < 127; b = static_cast<char>(b + 3)) {
      for (char c = ' '; c < 127; c = static_cast<char>(c + 5)) {
        add({'<', a, b, c});
      }
    }
  }
  check_all_markers(text);
}

}  // namespace
}  // namespace crawl
