#include "crawl/base/fingerprint.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>

namespace crawl {
namespace {

// The reference value of XXH3's 128-bit variant for no input: the digests are
// in saved state and in output, so the function may not change.
TEST(Fingerprint, IsXxh3_128) {
  EXPECT_EQ(to_hex(fingerprint("")), "99aa06d3014798d86001c324468d497f");
}

TEST(Fingerprint, PiecesHashLikeTheWhole) {
  std::string bytes;
  for (int i = 0; i < 5'000; ++i) bytes += static_cast<char>(i * 31 % 251);
  FingerprintStream stream;
  for (const std::size_t piece : {1u, 7u, 240u, 241u, 1024u, 4999u}) {
    stream.reset();
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      stream.update(std::string_view(bytes).substr(at, piece));
    }
    EXPECT_EQ(stream.digest(), fingerprint(bytes)) << piece;
  }
  stream.reset();
  EXPECT_EQ(stream.digest(), fingerprint(""));
}

TEST(Fingerprint, HexIsHighThenLowWithLeadingZeros) {
  EXPECT_EQ(to_hex({0x1, 0xab}), "000000000000000100000000000000ab");
  EXPECT_EQ(to_hex({0x0123456789abcdef, 0x1}),
            "0123456789abcdef0000000000000001");
}

TEST(Fingerprint, TellsInputsApart) {
  std::unordered_set<Fingerprint> seen;
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(seen.insert(fingerprint(text)).second);
    text.push_back('\0');
  }
  EXPECT_EQ(fingerprint("http://h/a"), fingerprint(std::string("http://h/a")));
}

TEST(Fingerprint, IsOrderedByHighThenLow) {
  EXPECT_LT((Fingerprint{1, 9}), (Fingerprint{2, 0}));
  EXPECT_LT((Fingerprint{1, 0}), (Fingerprint{1, 1}));
}

}  // namespace
}  // namespace crawl
