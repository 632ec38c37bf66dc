#include "base/gzip_member.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/inflate.h"

namespace crawl {
namespace {

std::string unpacked(std::string_view packed) {
  std::string text;
  Inflater inflater(Inflater::Format::kGzip);
  EXPECT_EQ(inflater.inflate(packed,
                             [&](std::string_view piece) {
                               text += piece;
                               return true;
                             }),
            Inflater::Outcome::kGood);
  EXPECT_TRUE(inflater.complete());
  return text;
}

TEST(GzipMember, HoldsWhatItIsGiven) {
  GzipMember packer;
  for (const std::size_t size :
       {0U, 1U, 3'999U, 4'001U, 65'535U, 65'536U, 200'000U}) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) {
      text += static_cast<char>(i * i >> 3U);
    }
    std::string members = "before";
    packer.append(text, members);
    EXPECT_EQ(unpacked(members.substr(6)), text) << size;
    for (const std::size_t cut : {std::size_t{0}, size / 2, size}) {
      std::string stored;
      GzipMember::append_stored(
          {std::string_view(text).substr(0, cut), {}, text.substr(cut)},
          stored);
      EXPECT_EQ(unpacked(stored), text) << size;
      EXPECT_LE(stored.size(), size + 60);
    }
    // One behind the other is a file too.
    packer.append("end", members);
    EXPECT_EQ(unpacked(members.substr(6)), text + "end");
  }
}

}  // namespace
}  // namespace crawl
